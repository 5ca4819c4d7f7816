"""Files through the clients: over real HTTP, and with answers that the application does not give at will."""

import asyncio
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.client import (
    AnswerError,
    AsyncClient,
    Client,
    FileOptions,
    Job,
    JobFailedError,
    JobStatus,
    Problem,
    Retries,
    ServerError,
    TimedOutError,
    UnreachableError,
)
from api.client.files import poll_waits
from api.errors import InferenceFailedError, TritonUnavailableError
from tests.api.served import served
from tests.api.stand_ins import PATIENCE_SECONDS, StandInClient

TEXT = b"One.\nTwo.\n"
JOB: dict[str, Any] = {
    "id": "a job",
    "status": "done",
    "filename": "notes.txt",
    "targets": ["de"],
    "segments_total": 2,
    "segments_done": 2,
    "untranslated": 0,
    "characters": 8,
    "error": None,
    "expires_at": "2030-01-02T03:04:05Z",
}
NAMED = {"Content-Disposition": "attachment; filename*=UTF-8''notes.de.txt"}
INTERNAL = {"error": "no", "error_type": "internal"}


def job(**values: Any) -> httpx.Response:
    return httpx.Response(200, json=JOB | values)


def answering(*answers: httpx.Response | Exception) -> tuple[httpx.MockTransport, list[str]]:
    """Return a transport that gives these answers one after another, and the list of what it was asked."""
    following = iter(answers)
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.raw_path.decode()}")
        found = next(following)
        if isinstance(found, Exception):
            raise found
        return found

    return httpx.MockTransport(answer), asked


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_file_is_translated_into_each_language(client: StandInClient, tmp_path: Path) -> None:
    source = tmp_path / "notes.md"
    source.write_bytes(b"# One\n\nTwo, *three*.\n")
    with served(client) as url, Client(url) as translator:
        translated = translator.translate_file(source)
    assert translated.files.keys() == {"de", "fr"}
    assert translated.files["de"].filename == "notes.de.md"
    assert translated.files["fr"].content.startswith(b"# fr0:One\n\n")
    assert (translated.segments_total, translated.untranslated) == (2, 0)


async def test_so_it_is_by_coroutines(client: StandInClient, tmp_path: Path) -> None:
    source = tmp_path / "notes.txt"
    source.write_bytes(TEXT)
    seen: list[Job] = []
    with served(client) as url:
        async with AsyncClient(url) as translator:
            translated = await translator.translate_file(str(source), FileOptions(targets=["fr"]), progress=seen.append)
            with pytest.raises(ServerError) as gone:
                await translator.cancel_job(seen[0].id)
    assert {target: file.content for target, file in translated.files.items()} == {"fr": b"fr0:One.\nfr0:Two.\n"}
    assert (seen[-1].status, gone.value.error_type) == ("done", "job_not_found")


def test_nothing_of_it_stays_on_the_server(client: StandInClient) -> None:
    seen: list[Job] = []
    with served(client) as url, Client(url) as translator:
        translator.translate_file(TEXT, filename="notes.txt", progress=seen.append)
        with pytest.raises(ServerError) as gone:
            translator.job(seen[0].id)
    assert gone.value.error_type == "job_not_found"


def test_what_was_asked_for_counts(client: StandInClient) -> None:
    options = FileOptions(
        targets=("de",),
        beam_size=2,
        do_not_translate=("Ada Co", "Bob Co"),
        glossary={"de": {"board": "Vorstand"}},
    )
    with served(client) as url, Client(url) as translator:
        translated = translator.translate_file(b"The board of Ada Co, Bob Co.", options, filename="a.txt")
    [first, *_] = client.requests
    assert (first.model, first.beam_size) == ("translate_en_de", 2)
    assert not any(word in first.texts[0] for word in ("board", "Ada", "Bob"))
    assert all(word in translated.files["de"].content.decode() for word in ("Vorstand", "Ada Co", "Bob Co"))


def test_sentences_that_stay_in_english_are_counted(client: StandInClient) -> None:
    client.failures["Two."] = InferenceFailedError()
    with served(client) as url, Client(url) as translator:
        translated = translator.translate_file(TEXT, FileOptions(targets=["de"]), filename="notes.txt")
    assert translated.files["de"].content == b"de0:One.\nTwo.\n"
    assert (translated.segments_total, translated.untranslated) == (2, 1)


def test_a_job_that_failed_says_why_and_is_forgotten(client: StandInClient) -> None:
    client.failures["One."] = TritonUnavailableError()
    seen: list[Job] = []
    with served(client, job_patience_seconds=0.001) as url, Client(url) as translator:
        with pytest.raises(JobFailedError) as failed:
            translator.translate_file(b"One.", filename="a.txt", progress=seen.append)
        with pytest.raises(ServerError):
            translator.job(seen[0].id)
    assert failed.value.error_type == "triton_unavailable"
    assert seen[-1].problem == Problem(str(failed.value), "triton_unavailable")


def test_what_cannot_be_sent_is_told(client: StandInClient, tmp_path: Path) -> None:
    with served(client) as url, Client(url) as translator:
        with pytest.raises(ServerError) as unknown:
            translator.translate_file(b"MZ", filename="a.exe")
        with pytest.raises(FileNotFoundError):
            translator.translate_file(tmp_path / "missing.txt")
        with pytest.raises(ValueError, match="filename"):
            translator.translate_file(TEXT)
    assert (unknown.value.status, unknown.value.error_type) == (415, "unsupported_file")


@pytest.mark.parametrize("name", ["Übersicht 1.txt", "a + %41; b.txt", "日本.txt"])
def test_a_name_is_kept(client: StandInClient, name: str) -> None:
    with served(client) as url, Client(url) as translator:
        translated = translator.translate_file(TEXT, FileOptions(targets=["de"]), filename=name)
    assert translated.files["de"].filename == name.replace(".txt", ".de.txt")


def test_a_name_that_is_not_utf_8_can_be_sent(client: StandInClient, tmp_path: Path) -> None:
    source = tmp_path / os.fsdecode(b"caf\xe9.txt")
    source.write_bytes(TEXT)
    with served(client) as url, Client(url) as translator:
        assert translator.translate_file(source).files["de"].filename == "caf?.de.txt"


def test_too_long_is_cancelled(client: StandInClient) -> None:
    client.hold(["One."])
    with served(client) as url, Client(url) as translator:
        with pytest.raises(TimedOutError):
            translator.translate_file(TEXT, filename="notes.txt", timeout_seconds=0.3)
        eventually(lambda: client.cancelled == 1)


def test_a_caller_who_is_interrupted_cancels(client: StandInClient) -> None:
    def interrupt(seen: Job) -> None:
        if seen.status is JobStatus.TRANSLATING and client.started.is_set():
            raise KeyboardInterrupt

    client.hold(["One."])
    with served(client) as url, Client(url) as translator:
        with pytest.raises(KeyboardInterrupt):
            translator.translate_file(TEXT, filename="notes.txt", progress=interrupt)
        eventually(lambda: client.cancelled == 1)


async def test_a_coroutine_that_is_cancelled_cancels(client: StandInClient) -> None:
    client.hold(["One."])
    with served(client) as url:
        async with AsyncClient(url) as translator:
            task = asyncio.create_task(translator.translate_file(TEXT, filename="notes.txt"))
            await asyncio.to_thread(eventually, client.started.is_set)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await asyncio.to_thread(eventually, lambda: client.cancelled == 1)
    assert task.cancelled()


def test_the_parts_can_be_had_one_by_one(client: StandInClient) -> None:
    with served(client) as url, Client(url) as translator:
        submitted = translator.submit_file(TEXT, filename="notes.txt")
        assert (submitted.status, submitted.targets, submitted.segments_total) == ("queued", ("de", "fr"), 2)
        assert (submitted.characters, submitted.problem, submitted.expires_at) == (8, None, None)
        done = translator.wait_for_job(translator.job(submitted.id))
        assert (done.has_ended, done.segments_done) == (True, 2)
        assert done.expires_at is not None
        assert done.expires_at > datetime.now(UTC)
        file = translator.job_result(done.id, "fr")
        translator.cancel_job(done.id)
        with pytest.raises(ServerError):
            translator.job_result(done.id, "fr")
    assert (file.filename, file.content) == ("notes.fr.txt", b"fr0:One.\nfr0:Two.\n")


async def test_and_so_by_coroutines(client: StandInClient) -> None:
    with served(client) as url:
        async with AsyncClient(url) as translator:
            done = await translator.wait_for_job(await translator.submit_file(TEXT, filename="notes.txt"))
            file = await translator.job_result(done.id, "de")
            await translator.cancel_job(done.id)
            with pytest.raises(ServerError):
                await translator.job(done.id)
    assert file.content == b"de0:One.\nde0:Two.\n"


def test_whoever_is_told_to_come_back_sends_the_whole_file_again() -> None:
    bodies: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(request.read())
        full = {"error": "full", "error_type": "too_many_jobs"}
        return job() if len(bodies) > 1 else httpx.Response(429, headers={"Retry-After": "0"}, json=full)

    with Client(transport=httpx.MockTransport(answer)) as translator:
        assert translator.submit_file(TEXT, filename="notes.txt").id == "a job"
    assert [TEXT in body for body in bodies] == [True, True]


def test_the_progress_is_told() -> None:
    transport, asked = answering(
        job(status="queued", segments_done=0),
        job(status="translating", segments_done=1),
        job(),
        httpx.Response(200, headers=NAMED, content=b"x"),
        httpx.Response(204),
    )
    seen: list[tuple[str, int]] = []
    with Client(transport=transport) as translator:
        translated = translator.translate_file(
            TEXT, filename="notes.txt", progress=lambda now: seen.append((now.status, now.segments_done))
        )
    assert seen == [("queued", 0), ("translating", 1), ("done", 2)]
    assert translated.files["de"].content == b"x"
    # Whatever an id looks like, it leads nowhere else.
    one = "/jobs/a%20job"
    assert asked == ["POST /jobs", f"GET {one}", f"GET {one}", f"GET {one}/result?target=de", f"DELETE {one}"]


@pytest.mark.parametrize(
    "answer", [httpx.Response(500, json=INTERNAL), httpx.ReadTimeout("slow"), httpx.ConnectError("gone")]
)
def test_a_result_is_not_lost_when_the_job_cannot_be_deleted(answer: httpx.Response | Exception) -> None:
    transport, asked = answering(job(), httpx.Response(200, headers=NAMED, content=b"x"), answer)
    with Client(transport=transport) as translator:
        assert translator.translate_file(TEXT, filename="notes.txt").files["de"].content == b"x"
    assert asked[-1].startswith("DELETE")


def test_a_server_that_goes_away_is_told() -> None:
    transport, asked = answering(job(status="queued"), httpx.ConnectError("gone"), httpx.ConnectError("gone"))
    with Client(transport=transport, retries=Retries(attempts=1)) as translator, pytest.raises(UnreachableError):
        translator.translate_file(TEXT, filename="notes.txt")
    assert len(asked) == 3


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", b"{}", json.dumps(JOB | {"status": "?"}).encode(), json.dumps(JOB | {"error": 1}).encode()],
)
def test_another_server_is_noticed(body: bytes) -> None:
    transport, _ = answering(httpx.Response(200, content=body))
    with Client(transport=transport) as translator, pytest.raises(AnswerError):
        translator.job("x")


@pytest.mark.parametrize(
    "headers",
    [{}]
    + [
        {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        for name in ("", "..", "%2F", "a%2F..", "%5C..", "a%00b")
    ],
)
def test_a_result_without_a_name_is_none(headers: dict[str, str]) -> None:
    transport, _ = answering(httpx.Response(200, headers=headers, content=b"x"))
    with Client(transport=transport) as translator, pytest.raises(AnswerError):
        translator.job_result("x", "de")


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fa.txt", "C%3A%5Ca.txt", "a.txt"])
def test_a_name_leads_nowhere_else(name: str) -> None:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    transport, _ = answering(httpx.Response(200, headers=headers, content=b"x"))
    with Client(transport=transport) as translator:
        assert translator.job_result("x", "de").filename == "a.txt"


def test_the_waits_grow_up_to_a_limit() -> None:
    waits = poll_waits(None)
    found = [next(waits) for _ in range(20)]
    assert found[0] == 0.1
    assert found == sorted(found)
    assert found[-1] == 2.0


def test_the_waits_end_in_time() -> None:
    waits = poll_waits(0.05)
    assert 0 < next(waits) <= 0.05
    time.sleep(0.06)
    with pytest.raises(TimedOutError):
        next(waits)


def test_only_what_is_given_is_sent() -> None:
    assert FileOptions().form() == {}
    assert FileOptions(targets=["de"], beam_size=1, glossary={"de": {"a": "ä"}}).form() == {
        "target": ["de"],
        "beam_size": "1",
        "glossary": '{"de": {"a": "\\u00e4"}}',
    }

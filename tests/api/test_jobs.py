"""Jobs: queued, translated, kept, fetched, cancelled and forgotten."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from api.errors import (
    FileTooLargeError,
    InternalError,
    JobNotFoundError,
    JobNotReadyError,
    TooManyJobsError,
    TritonUnavailableError,
    UnsupportedFileError,
    UnsupportedLanguageError,
)
from api.file_translation import FileTranslator
from api.inference import Inference
from api.jobs import Job, JobStatus, JobStore
from api.metrics import Metrics
from api.text.options import Options
from tests.api.stand_ins import PATIENCE_SECONDS, StandInClient, settings

OPTIONS = Options()


@asynccontextmanager
async def store_on(client: StandInClient, metrics: Metrics | None = None, **values: Any) -> AsyncIterator[JobStore]:
    limits = settings(**values)
    translator = FileTranslator(Inference(client, limits, Metrics()), patience_seconds=0.001)
    store = JobStore(translator, limits, metrics or Metrics())
    try:
        yield store
    finally:
        await store.close()


async def submitted(
    store: JobStore, text: str = "one\ntwo", *, name: str = "a.txt", account: str = "anyone", targets: str = "de"
) -> Job:
    document = await store.read(name, text.encode(), OPTIONS)
    return store.submit(account, name, document, targets.split(), OPTIONS)


async def ended(job: Job) -> Job:
    await asyncio.wait_for(job.ended.wait(), PATIENCE_SECONDS)
    return job


async def test_a_job_ends_with_a_file_for_each_language(client: StandInClient) -> None:
    async with store_on(client) as store:
        job = await submitted(store, targets="de fr")
        assert (job.status, job.segments_total, job.segments_done, job.characters) == (JobStatus.QUEUED, 2, 0, 6)
        assert (await ended(job)).status is JobStatus.DONE
    assert (job.segments_done, job.untranslated, job.error) == (2, 0, None)
    assert job.result("de") == ("a.de.txt", b"de0:one\nde0:two")
    assert job.result("fr") == ("a.fr.txt", b"fr0:one\nfr0:two")


@pytest.mark.parametrize(
    ("name", "result"),
    [("my report.txt", "my report.de.txt"), ("C:\\a\\b.TXT", "b.de.TXT"), ("../../etc/x.md", "x.de.md")],
)
async def test_the_result_is_named_after_the_file(client: StandInClient, name: str, result: str) -> None:
    async with store_on(client) as store:
        assert (await ended(await submitted(store, name=name))).result()[0] == result


async def test_a_job_with_several_languages_must_be_told_which(client: StandInClient) -> None:
    async with store_on(client) as store:
        job = await ended(await submitted(store, targets="de fr"))
    for target in (None, "es"):
        with pytest.raises(UnsupportedLanguageError):
            job.result(target)


async def test_there_is_no_result_before_the_end(client: StandInClient) -> None:
    release = client.hold(["one"])
    async with store_on(client) as store:
        job = await submitted(store)
        with pytest.raises(JobNotReadyError):
            job.result()
        release.set()
        assert (await ended(job)).result()


async def test_the_time_that_is_left_is_judged_by_the_time_taken(client: StandInClient) -> None:
    async with store_on(client) as store:
        job = await submitted(store)
        assert job.seconds_remaining is None
        job.status, job.started, job.segments_total, job.segments_done = JobStatus.TRANSLATING, -1e9, 30, 10
        assert job.seconds_remaining is not None
        assert job.seconds_remaining >= 2e9
        await ended(job)
    assert job.seconds_remaining is None


async def test_jobs_wait_for_their_turn(client: StandInClient) -> None:
    release = client.hold(["first"])
    async with store_on(client, max_running_jobs=1) as store:
        first, second = await submitted(store, "first"), await submitted(store, "second")
        await asyncio.wait_for(client.started.wait(), PATIENCE_SECONDS)
        assert (first.status, second.status) == (JobStatus.TRANSLATING, JobStatus.QUEUED)
        release.set()
        await ended(second)
    assert [request.texts for request in client.requests] == [("first",), ("second",)]


async def test_a_job_fails_when_triton_stays_away(client: StandInClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.file_translation._FIRST_WAIT_SECONDS", 0.001)
    client.failures["one"] = TritonUnavailableError()
    async with store_on(client) as store:
        job = await ended(await submitted(store, "one"))
    assert job.status is JobStatus.FAILED
    with pytest.raises(TritonUnavailableError):
        job.result()


async def test_what_nobody_thought_of_fails_the_job_alone(client: StandInClient) -> None:
    client.crash = RuntimeError("secret")
    async with store_on(client) as store:
        job = await ended(await submitted(store))
    assert job.status is JobStatus.FAILED
    with pytest.raises(InternalError) as told:
        job.result()
    assert "secret" not in told.value.message


async def test_a_file_of_an_unknown_kind_is_refused(client: StandInClient) -> None:
    async with store_on(client) as store:
        with pytest.raises(UnsupportedFileError, match=r"\.txt"):
            await submitted(store, name="a.exe")


async def test_a_file_with_too_much_text_is_refused(client: StandInClient) -> None:
    async with store_on(client, max_file_characters=5) as store:
        with pytest.raises(FileTooLargeError, match="at most 5 characters"):
            await submitted(store, "one\ntwo")
        assert await submitted(store, "one\nto")


async def test_a_job_is_another_accounts_secret(client: StandInClient) -> None:
    async with store_on(client) as store:
        job = await submitted(store, account="shop")
        assert store.get(job.job_id) is store.get(job.job_id, "shop") is job
        with pytest.raises(JobNotFoundError):
            store.get(job.job_id, "other")
        with pytest.raises(JobNotFoundError):
            store.get("unknown")


async def test_the_key_is_not_the_id(client: StandInClient) -> None:
    async with store_on(client) as store:
        job, other = await submitted(store), await submitted(store)
    assert job.is_key(job.key)
    assert not any(job.is_key(key) for key in (job.job_id, other.key, "", "é"))


async def test_an_ended_job_expires(client: StandInClient) -> None:
    async with store_on(client, job_expiry_seconds=1) as store:
        job = await submitted(store)
        assert job.expires is None
        await ended(job)
        assert store.get(job.job_id).expires is not None
        await asyncio.sleep(1.1)
        with pytest.raises(JobNotFoundError):
            store.get(job.job_id)


async def test_a_cancelled_job_stops_and_is_forgotten(client: StandInClient) -> None:
    client.hold(["one"])
    async with store_on(client) as store:
        job = await submitted(store)
        await asyncio.wait_for(client.started.wait(), PATIENCE_SECONDS)
        store.remove(job)
        await ended(job)
        await asyncio.sleep(0.05)
        with pytest.raises(JobNotFoundError):
            store.get(job.job_id)
        with pytest.raises(JobNotReadyError):
            job.result()
        store.remove(job)
    assert client.cancelled == 1


async def test_an_account_has_so_many_jobs_and_no_more(client: StandInClient) -> None:
    async with store_on(client, max_jobs=2) as store:
        first, second = await submitted(store), await submitted(store, targets="de fr")
        await submitted(store, account="other")
        with pytest.raises(TooManyJobsError):
            await submitted(store)
        store.remove(first)
        assert await submitted(store)
        (await ended(second)).result("de")
        with pytest.raises(TooManyJobsError):
            await submitted(store)
        second.result("fr")
        # What was fetched makes room.
        assert await submitted(store)
        with pytest.raises(JobNotFoundError):
            store.get(second.job_id)


async def test_closing_cancels_and_forgets_all(client: StandInClient) -> None:
    client.hold(["one"])
    async with store_on(client) as store:
        job = await submitted(store)
        await asyncio.wait_for(client.started.wait(), PATIENCE_SECONDS)
    assert client.cancelled == 1
    with pytest.raises(JobNotFoundError):
        store.get(job.job_id)


async def test_jobs_are_counted(client: StandInClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.file_translation._FIRST_WAIT_SECONDS", 0.001)
    client.failures["bad"] = TritonUnavailableError()
    client.hold(["slow"])
    metrics = Metrics()
    async with store_on(client, metrics) as store:
        for text, name in (("one", "a.txt"), ("two", "b.htm"), ("bad", "c.txt")):
            await ended(await submitted(store, text, name=name))
        await submitted(store, "slow")
        await asyncio.sleep(0.01)
        assert _value(metrics, "translate_jobs_kept", status="done") == 2
        assert _value(metrics, "translate_jobs_kept", status="translating") == 1
    ends = [("txt", "done"), ("html", "done"), ("txt", "failed"), ("txt", "cancelled")]
    assert [_value(metrics, "translate_jobs_total", format=kind, outcome=outcome) for kind, outcome in ends] == [1] * 4
    assert _value(metrics, "translate_characters_total") == 6


def _value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)

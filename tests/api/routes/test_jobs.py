"""`/jobs` over HTTP."""

import asyncio
import tempfile
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from api.errors import TritonUnavailableError
from api.keys import key_line
from tests.api.stand_ins import PATIENCE_SECONDS, StandInClient, serving

TEXT = ("notes.txt", b"one\ntwo")


async def submit(http: httpx.AsyncClient, file: tuple[str, bytes] = TEXT, **fields: Any) -> httpx.Response:
    return await http.post("/jobs", files={"file": file}, data=fields)


async def ended(http: httpx.AsyncClient, response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 202, response.text
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            job: dict[str, Any] = (await http.get(response.headers["Location"])).json()
            if job["status"] in ("done", "failed"):
                return job
            await asyncio.sleep(0.01)


async def test_a_file_is_translated_into_all_languages(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await submit(http)
        job = response.json()
        assert response.headers["Location"] == f"/jobs/{job['id']}"
        assert (job["status"], job["filename"], job["targets"]) == ("queued", "notes.txt", ["de", "fr"])
        assert (job["segments_total"], job["segments_done"], job["characters"]) == (2, 0, 6)
        assert (job["error"], job["expires_at"]) == (None, None)
        job = await ended(http, response)
        german = await http.get(f"/jobs/{job['id']}/result", params={"target": "de"})
        french = await http.get(f"/jobs/{job['id']}/result", params={"target": "fr"})
    assert (job["status"], job["segments_done"], job["untranslated"]) == ("done", 2, 0)
    assert 3590 < (datetime.fromisoformat(job["expires_at"]) - datetime.now(UTC)).total_seconds() <= 3600
    assert (german.content, french.content) == (b"de0:one\nde0:two", b"fr0:one\nfr0:two")
    assert german.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert german.headers["Content-Disposition"] == "attachment; filename*=UTF-8''notes.de.txt"


@pytest.mark.parametrize("target", ["fr", ["fr"], ["fr", "fr"], "fr,", " fr "])
async def test_one_language_need_not_be_named_again(client: StandInClient, target: str | list[str]) -> None:
    async with serving(client) as http:
        job = await ended(http, await submit(http, target=target))
        result = await http.get(f"/jobs/{job['id']}/result")
    assert (job["targets"], result.content) == (["fr"], b"fr0:one\nfr0:two")


async def test_the_options_of_the_form_count(client: StandInClient) -> None:
    client.hold([])
    async with serving(client) as http:
        fields = {
            "glossary": '{"de": {"board": "Vorstand"}}',
            "do_not_translate": ["Ada Co", "Bob Co"],
            "beam_size": "2",
            "target": "de",
        }
        await ended(http, await submit(http, ("a.txt", b"the board of Ada Co and Bob Co"), **fields))
    [first, *_] = client.requests
    assert first.beam_size == 2
    assert not any(word in first.texts[0] for word in ("board", "Ada", "Bob"))


@pytest.mark.parametrize(
    ("fields", "status", "error_type"),
    [
        ({"target": "es"}, 400, "unsupported_language"),
        ({"target": ","}, 400, "unsupported_language"),
        ({"target": "de", "colour": "red"}, 422, "validation_error"),
        ({"beam_size": "many"}, 422, "validation_error"),
        ({"beam_size": "99"}, 422, "validation_error"),
        ({"glossary": "{"}, 422, "validation_error"),
        ({"glossary": '{"es": {}}'}, 422, "validation_error"),
        ({"do_not_translate": [" "]}, 422, "validation_error"),
    ],
)
async def test_what_cannot_be_done_is_refused(
    client: StandInClient, fields: dict[str, Any], status: int, error_type: str
) -> None:
    async with serving(client) as http:
        response = await submit(http, **fields)
    assert (response.status_code, response.json()["error_type"]) == (status, error_type)


@pytest.mark.parametrize(
    ("file", "status", "error_type"),
    [
        (("a.exe", b"MZ"), 415, "unsupported_file"),
        (("a", b"text"), 415, "unsupported_file"),
        (("a.txt", b"\0\1\2"), 422, "broken_file"),
        (("a.txt", b"\xff\xfe\x00\xd8"), 422, "broken_file"),
        (("a.txt", b"x" * 1001), 413, "file_too_large"),
    ],
)
async def test_a_file_that_is_none_is_refused(
    client: StandInClient, file: tuple[str, bytes], status: int, error_type: str
) -> None:
    async with serving(client, max_file_bytes=1000) as http:
        response = await submit(http, file)
    assert (response.status_code, response.json()["error_type"]) == (status, error_type)
    assert client.requests == []


async def test_a_body_beyond_any_file_is_not_read(client: StandInClient) -> None:
    async with serving(client, max_file_bytes=1000, max_body_bytes=1000) as http:
        response = await submit(http, ("a.txt", b"x" * 2000))
    assert (response.status_code, response.json()["error_type"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "request_of",
    [
        {"json": {"file": "one"}},
        {"data": {"file": "one"}},
        {"files": {"document": TEXT}},
        {"files": [("file", TEXT), ("target", ("x", b"de"))]},
        {"files": {"file": ("", b"one")}},
        {"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}},
        {"content": b"--x", "headers": {"Content-Type": "multipart/form-data; boundary=y"}},
    ],
)
async def test_a_form_without_a_file_is_refused(client: StandInClient, request_of: dict[str, Any]) -> None:
    async with serving(client) as http:
        response = await http.post("/jobs", **request_of)
    assert (response.status_code, response.json()["error_type"]) == (422, "validation_error")


async def test_a_job_that_failed_says_why(client: StandInClient) -> None:
    client.failures["one"] = TritonUnavailableError()
    async with serving(client, job_patience_seconds=0.001) as http:
        job = await ended(http, await submit(http, ("a.txt", b"one"), target="de"))
        result = await http.get(f"/jobs/{job['id']}/result")
    assert job["status"] == "failed"
    assert job["error"]["error_type"] == "triton_unavailable"
    assert (result.status_code, result.json()) == (503, job["error"])


async def test_an_early_result_is_a_conflict(client: StandInClient) -> None:
    client.hold(["one"])
    async with serving(client) as http:
        response = await submit(http, target="de")
        result = await http.get(f"{response.headers['Location']}/result")
    assert (result.status_code, result.json()["error_type"]) == (409, "job_not_ready")


async def test_a_job_can_be_cancelled(client: StandInClient) -> None:
    client.hold(["one"])
    async with serving(client) as http:
        location = (await submit(http)).headers["Location"]
        assert (await http.delete(location)).status_code == 204
        answers = [await http.get(location), await http.get(f"{location}/result"), await http.delete(location)]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert answers[0].json()["error_type"] == "job_not_found"


async def test_one_job_too_many_is_told_to_come_back(client: StandInClient) -> None:
    client.hold(["one"])
    async with serving(client, max_jobs=1) as http:
        await submit(http)
        response = await submit(http)
    assert (response.status_code, response.json()["error_type"]) == (429, "too_many_jobs")
    assert int(response.headers["Retry-After"]) > 0


async def test_a_job_belongs_to_its_key(client: StandInClient, tmp_path: Any) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"{key_line('shop', 'tt_one')}\n{key_line('desk', 'tt_two')}\n")
    one, two = ({"Authorization": f"Bearer {key}"} for key in ("tt_one", "tt_two"))
    async with serving(client, api_keys_file=str(keys)) as http:
        assert (await submit(http)).status_code == 401
        location = (await http.post("/jobs", files={"file": TEXT}, headers=one)).headers["Location"]
        assert (await http.get(location)).status_code == 401
        assert (await http.get(location, headers=two)).status_code == 404
        assert (await http.get(location, headers=one)).status_code == 200


async def test_the_characters_of_a_file_count_towards_the_limit(client: StandInClient) -> None:
    async with serving(client, characters_per_minute=10) as http:
        assert (await submit(http)).status_code == 202
        refused = await submit(http)
        too_long = await submit(http, ("a.txt", b"eleven char"))
    assert (refused.status_code, refused.json()["error_type"]) == (429, "rate_limited")
    assert too_long.status_code == 413


async def test_a_large_file_of_little_text_is_taken_and_touches_no_disk(
    client: StandInClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    html = b"<!--" + b"x" * 2_000_000 + b"--><p>one</p>"
    async with serving(client) as http:
        job = await ended(http, await submit(http, ("a.html", html), target="de"))
        result = await http.get(f"/jobs/{job['id']}/result")
    assert result.content.endswith(b"<p>de0:one</p>")

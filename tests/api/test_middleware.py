"""The limit on the body, request ids, access lines, and the last resort for exceptions."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs
from structlog.typing import EventDict

from api.metrics import Metrics
from api.middleware import AccessMiddleware, BodyLimitMiddleware, is_sane_request_id
from tests.api.stand_ins import StandInClient, serving

JSON = {"Content-Type": "application/json"}
SECRET = "Secret words"


async def in_pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def access_line(http: httpx.AsyncClient, method: str, path: str, **request: object) -> EventDict:
    with capture_logs() as logs:
        await http.request(method, path, **request)  # type: ignore[arg-type]
    [line] = [entry for entry in logs if entry["event"] == "request"]
    return line


async def test_an_announced_body_over_the_limit_is_refused(client: StandInClient) -> None:
    async with serving(client, max_body_bytes=20) as http:
        response = await http.post("/infer", content=b'{"text": "' + b"a" * 20 + b'"}', headers=JSON)
    expected = {"error": "the body may have at most 20 bytes", "error_type": "body_too_large"}
    assert (response.status_code, response.json()) == (413, expected)


async def test_a_body_over_the_limit_that_comes_in_pieces_is_refused(client: StandInClient) -> None:
    pieces = in_pieces(b'{"text": "', b"a" * 20, b'"}')
    async with serving(client, max_body_bytes=20) as http:
        response = await http.post("/infer", content=pieces, headers=JSON)
    assert (response.status_code, response.json()["error_type"]) == (413, "body_too_large")


@pytest.mark.parametrize("content", [b'{"text":"abcdefghi"}', in_pieces(b'{"text":', b'"abcdefghi"}')])
async def test_a_body_of_exactly_the_limit_is_read(
    client: StandInClient, content: bytes | AsyncIterator[bytes]
) -> None:
    async with serving(client, max_body_bytes=20) as http:
        response = await http.post("/infer", content=content, headers=JSON)
    assert response.status_code == 200


async def test_a_refused_body_is_counted_as_an_error(client: StandInClient) -> None:
    async with serving(client, max_body_bytes=1) as http:
        line = await access_line(http, "POST", "/infer", content=b"{}")
    assert line["error_type"] == "body_too_large"


@pytest.mark.parametrize("value", ["a", "A-1.b_2:c", "0" * 64])
def test_a_short_plain_request_id_is_sane(value: str) -> None:
    assert is_sane_request_id(value)


@pytest.mark.parametrize("value", ["", "0" * 65, "a b", "a\nb", "é", '"'])
def test_another_request_id_is_not(value: str) -> None:
    assert not is_sane_request_id(value)


async def test_a_sane_request_id_comes_back(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.get("/languages", headers={"X-Request-ID": "order-66"})
    assert response.headers["X-Request-ID"] == "order-66"


@pytest.mark.parametrize("path", ["/languages", "/missing"])
async def test_an_answer_has_a_request_id_of_our_own_when_none_came(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        response = await http.get(path)
    assert is_sane_request_id(response.headers["X-Request-ID"])


async def test_an_insane_request_id_is_replaced(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.get("/languages", headers={"X-Request-ID": "a b"})
    assert response.headers["X-Request-ID"] != "a b"


async def test_an_access_line_says_what_was_asked_and_answered(client: StandInClient) -> None:
    async with serving(client) as http:
        line = await access_line(http, "POST", "/infer", json={"texts": ["one", "four"]})
    assert line.pop("duration_ms") >= 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "route": "/infer",
        "method": "POST",
        "status": 200,
        "items": 2,
        "characters": 7,
        "error_type": None,
    }


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
async def test_what_is_polled_does_not_bury_the_log(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        line = await access_line(http, "GET", path)
    assert line["log_level"] == "debug"


async def test_an_access_line_has_no_texts_by_default(client: StandInClient) -> None:
    async with serving(client) as http:
        line = await access_line(http, "POST", "/translate", json={"q": SECRET, "target": "de"})
    assert SECRET not in str(line)


async def test_an_access_line_has_the_texts_when_that_is_switched_on(client: StandInClient) -> None:
    async with serving(client, log_texts=True) as http:
        line = await access_line(http, "POST", "/translate", json={"q": SECRET, "target": "de"})
    assert line["texts"] == [SECRET]


async def test_an_access_line_names_the_error(client: StandInClient) -> None:
    async with serving(client) as http:
        line = await access_line(http, "POST", "/infer", json={})
    assert (line["status"], line["error_type"]) == (422, "validation_error")


async def test_an_unexpected_exception_is_answered_without_details(client: StandInClient) -> None:
    client.crash = RuntimeError("inner details")
    async with serving(client) as http:
        response = await http.post("/infer", json={"text": "a"})
    expected = {"error": "Something unexpected went wrong in the service.", "error_type": "internal"}
    assert (response.status_code, response.json()) == (500, expected)
    assert "X-Request-ID" in response.headers


async def test_an_unexpected_exception_is_logged(client: StandInClient) -> None:
    client.crash = RuntimeError("inner details")
    with capture_logs() as logs:
        async with serving(client) as http:
            await http.post("/infer", json={"text": "a"})
    assert [entry["event"] for entry in logs] == ["unhandled_exception", "request"]
    assert (logs[1]["status"], logs[1]["error_type"]) == (500, "internal")


async def test_an_exception_after_the_answer_has_begun_reaches_the_server() -> None:
    async def breaking(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("broken off")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("nothing to read")

    with pytest.raises(RuntimeError, match="broken off"):
        await AccessMiddleware(breaking, metrics=Metrics())({"type": "http", "method": "GET"}, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start"]


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
async def test_what_is_not_http_passes_through(kind: str) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope)

    async def receive() -> Message:
        raise AssertionError("nothing to read")

    async def send(_message: Message) -> None:
        raise AssertionError("nothing to send")

    wrapped = AccessMiddleware(BodyLimitMiddleware(app, max_bytes=1, max_bytes_of={}), metrics=Metrics())
    await wrapped({"type": kind}, receive, send)
    assert seen == [{"type": kind}]

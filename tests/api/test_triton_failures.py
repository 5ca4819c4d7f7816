"""Every way in which Triton can fail to answer, seen by the real client over a loopback port."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from api.errors import (
    InferenceFailedError,
    InferenceRejectedError,
    OverloadedError,
    TranslateError,
    TritonUnavailableError,
)
from tests.api.stand_in_triton import (
    GERMAN,
    StandInTriton,
    answering,
    bytes_tensor,
    client_of,
    failing,
    float_tensor,
    free_address,
    inference_answer,
    one_target,
)


@asynccontextmanager
async def raw_server(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """Run a server that speaks whatever `serve` writes, and yield its address."""

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve(reader, writer)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(once, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"{host}:{port}"


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "[request id: 7] TEXT is not valid UTF-8", InferenceRejectedError),
        (500, "in ensemble 'translate_ensemble', something broke", InferenceFailedError),
        (503, "in ensemble 'translate_ensemble', Exceeds maximum queue size", OverloadedError),
        (503, "Request timeout expired", OverloadedError),
        (503, "Server is stopping", TritonUnavailableError),
        (400, "Request for unknown model: 'translate_en_de' is not found", TritonUnavailableError),
        (500, "message: Stub process 'marian_en_de_0_0' is not healthy.", TritonUnavailableError),
        (404, "nothing here", TritonUnavailableError),
        (502, "bad gateway", TritonUnavailableError),
    ],
)
async def test_what_triton_reports_becomes_our_error(status: int, message: str, kind: type[TranslateError]) -> None:
    triton = failing(status, message)
    async with triton.running(), client_of(triton.address) as client:
        with pytest.raises(kind):
            await client.infer(GERMAN)


async def test_what_triton_says_is_not_repeated_to_the_caller() -> None:
    triton = failing(400, "inner details")
    async with triton.running(), client_of(triton.address) as client:
        with pytest.raises(InferenceRejectedError) as caught:
            await client.infer(GERMAN)
    assert "inner details" not in caught.value.message


async def test_a_refused_connection_means_unavailable() -> None:
    async with client_of(free_address()) as client:
        with pytest.raises(TritonUnavailableError):
            await client.infer(GERMAN)


async def test_an_answer_that_takes_too_long_means_unavailable() -> None:
    async def never(_request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets the event")

    triton = StandInTriton(infer=never)
    async with triton.running(), client_of(triton.address, timeout_seconds=0.05) as client:
        with pytest.raises(TritonUnavailableError):
            await client.infer(GERMAN)


async def hang_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nInference-Header-Content-Length: 900\r\n\r\n{")


async def break_off_an_error(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b'HTTP/1.1 503 Unavailable\r\nContent-Length: 1000\r\n\r\n{"error": "')


async def speak_another_protocol(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"220 mail.example.org ESMTP\r\n")


@pytest.mark.parametrize("serve", [hang_up, break_off, break_off_an_error, speak_another_protocol])
async def test_a_connection_that_breaks_means_unavailable(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> None:
    async with raw_server(serve) as address, client_of(address) as client:
        with pytest.raises(TritonUnavailableError):
            await client.infer(GERMAN)


GARBAGE: dict[str, Callable[[], web.Response]] = {
    "empty": lambda: web.Response(),
    "html": lambda: web.Response(text="<html>Welcome!</html>", content_type="text/html"),
    "html-error": lambda: web.Response(text="<html>Sorry!</html>", content_type="text/html", status=502),
    "list": lambda: web.json_response([1, 2]),
    "no-outputs": lambda: web.json_response({"model_name": "x"}),
    "other-outputs": lambda: inference_answer({"SOMETHING": bytes_tensor([[b"a"]])}),
    "bad-head-length": lambda: web.Response(body=b"{}", headers={"Inference-Header-Content-Length": "many"}),
    "other-batch": lambda: inference_answer(one_target("DE", [["a"], ["b"]])),
    "other-widths": lambda: inference_answer({**one_target("DE", [["a"]]), "SCORES_DE": float_tensor([[1.0, 2.0]])}),
    "cut-tensor": lambda: inference_answer(
        {**one_target("DE", [["a"]]), "HYPOTHESES_DE": ("BYTES", [1, 1], b"\x09\x00\x00\x00a")}
    ),
    "text-as-json": lambda: web.json_response(
        {
            "outputs": [
                {"name": f"{name}_DE", "datatype": "BYTES", "shape": [1, 1], "data": ["a"]}
                for name in ("HYPOTHESES", "SCORES", "CONFIDENCES", "FLAGS")
            ]
        }
    ),
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
async def test_an_answer_of_another_form_means_unavailable(garbage: Callable[[], web.Response]) -> None:
    async def infer(_request: web.Request) -> web.StreamResponse:
        return garbage()

    triton = StandInTriton(infer=infer)
    async with triton.running(), client_of(triton.address) as client:
        with pytest.raises(TritonUnavailableError):
            await client.infer(GERMAN)


async def test_the_client_works_again_once_triton_is_back() -> None:
    triton = answering(one_target("DE", [["Hallo"]]))
    async with triton.running():
        pass
    async with client_of(triton.address) as client:
        with pytest.raises(TritonUnavailableError):
            await client.infer(GERMAN)
        async with triton.running(triton.port):
            [output] = await client.infer(GERMAN)
    assert output.hypotheses["de"][0].text == "Hallo"

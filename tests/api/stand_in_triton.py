"""A stand-in for Triton's HTTP endpoint on a loopback port, and clients of it."""

import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from aiohttp import web

from api.triton_client import InferenceRequest, TritonHttpClient
from tests.api.stand_ins import PATIENCE_SECONDS

GERMAN = InferenceRequest("translate_en_de", ("hello",))


def bytes_tensor(rows: Sequence[Sequence[bytes]]) -> tuple[str, list[int], bytes]:
    """Return datatype, shape and wire form of a BYTES tensor."""
    data = b"".join(struct.pack("<I", len(cell)) + cell for row in rows for cell in row)
    return "BYTES", [len(rows), len(rows[0])], data


def float_tensor(rows: Sequence[Sequence[float]]) -> tuple[str, list[int], bytes]:
    """Return datatype, shape and wire form of an FP32 tensor."""
    array = np.array(rows, dtype="<f4")
    return "FP32", list(array.shape), array.tobytes()


def inference_answer(tensors: Mapping[str, tuple[str, list[int], bytes]]) -> web.Response:
    """Return what Triton answers to an inference that yields these output tensors."""
    outputs = [
        {"name": name, "datatype": kind, "shape": shape, "parameters": {"binary_data_size": len(data)}}
        for name, (kind, shape, data) in tensors.items()
    ]
    head = json.dumps({"model_name": "stand-in", "model_version": "1", "outputs": outputs}).encode()
    return web.Response(
        body=head + b"".join(data for _, _, data in tensors.values()),
        headers={"Inference-Header-Content-Length": str(len(head))},
    )


def one_target(
    suffix: str,
    texts: Sequence[Sequence[str]],
    scores: Sequence[Sequence[float]] | None = None,
    confidences: Sequence[Sequence[float]] | None = None,
    flags: Sequence[Sequence[str]] | None = None,
    alignments: Sequence[Sequence[str]] | None = None,
) -> dict[str, tuple[str, list[int], bytes]]:
    """Return the five output tensors of one target; what is not given is unremarkable."""
    nothing = [["" for _ in row] for row in texts]
    return {
        f"HYPOTHESES_{suffix}": bytes_tensor([[cell.encode() for cell in row] for row in texts]),
        f"SCORES_{suffix}": float_tensor(scores or [[-0.5 for _ in row] for row in texts]),
        f"CONFIDENCES_{suffix}": float_tensor(confidences or [[0.5 for _ in row] for row in texts]),
        f"FLAGS_{suffix}": bytes_tensor([[cell.encode() for cell in row] for row in flags or nothing]),
        f"ALIGNMENTS_{suffix}": bytes_tensor([[cell.encode() for cell in row] for row in alignments or nothing]),
    }


@dataclass
class StandInTriton:
    """Triton's HTTP endpoint on a loopback port, as far as the API uses it."""

    max_batch_size: int = 8
    live: bool = True
    not_ready: frozenset[str] = frozenset()
    infer: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
    config: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None

    port: int = 0
    bodies: list[bytes] = field(default_factory=list)
    heads: list[dict[str, Any]] = field(default_factory=list)
    configs_asked: int = 0

    @property
    def address(self) -> str:
        """Host and port it listens on, once it runs."""
        return f"127.0.0.1:{self.port}"

    async def _infer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        head_length = int(request.headers["Inference-Header-Content-Length"])
        self.heads.append(json.loads(body[:head_length]))
        self.bodies.append(body[head_length:])
        if self.infer is None:
            raise AssertionError("the test did not expect an inference")
        return await self.infer(request)

    async def _config(self, request: web.Request) -> web.StreamResponse:
        self.configs_asked += 1
        if self.config is not None:
            return await self.config(request)
        return web.json_response({"name": request.match_info["model"], "max_batch_size": self.max_batch_size})

    async def _live(self, _request: web.Request) -> web.Response:
        return web.Response(status=200 if self.live else 400)

    async def _ready(self, request: web.Request) -> web.Response:
        missing = request.match_info["model"] in self.not_ready
        return web.json_response({"error": "not ready"}, status=400) if missing else web.Response()

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[None]:
        """Listen, on a free port unless one is given, until the block ends."""
        app = web.Application()
        app.router.add_get("/v2/health/live", self._live)
        app.router.add_get("/v2/models/{model}/ready", self._ready)
        app.router.add_get("/v2/models/{model}/config", self._config)
        app.router.add_post("/v2/models/{model}/infer", self._infer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
            self.port = runner.addresses[0][1]
            yield
        finally:
            await runner.cleanup()


@asynccontextmanager
async def client_of(address: str, timeout_seconds: float = PATIENCE_SECONDS) -> AsyncIterator[TritonHttpClient]:
    client = TritonHttpClient(address, max_connections=4, timeout_seconds=timeout_seconds)
    try:
        yield client
    finally:
        await client.close()


def answering(*tensors: dict[str, tuple[str, list[int], bytes]]) -> StandInTriton:
    """Return a Triton whose inferences yield these tensors."""
    merged = {name: tensor for group in tensors for name, tensor in group.items()}

    async def infer(_request: web.Request) -> web.StreamResponse:
        return inference_answer(merged)

    return StandInTriton(infer=infer)


def failing(status: int, message: str) -> StandInTriton:
    """Return a Triton whose inferences fail as Triton's do."""

    async def infer(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"error": message}, status=status)

    return StandInTriton(infer=infer)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def free_address() -> str:
    """Return an address that nothing listens on."""
    return f"127.0.0.1:{free_port()}"

"""The application with its real client, and `python -m api`."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn

from api.__main__ import main
from api.main import create_app
from tests.api.stand_in_triton import StandInTriton
from tests.api.stand_in_triton import free_port as any_free_port
from tests.api.stand_ins import PATIENCE_SECONDS, StandInClient, serving, settings

STARTING_SECONDS = 30.0


@pytest.fixture
def free_port() -> int:
    return any_free_port()


@pytest.fixture
def _settings(monkeypatch: pytest.MonkeyPatch, free_port: int) -> None:
    monkeypatch.setenv("TRANSLATE_PORT", str(free_port))


@asynccontextmanager
async def process(**environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m api` until the block ends."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api", env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


async def logged_event(started: asyncio.subprocess.Process, event: str) -> None:
    """Wait until the process logs this event."""
    assert started.stderr is not None
    async with asyncio.timeout(STARTING_SECONDS):
        async for line in started.stderr:
            if json.loads(line)["event"] == event:
                return
    raise AssertionError(f"the process ended without logging {event!r}")


async def test_the_application_is_wired_to_the_triton_of_the_settings() -> None:
    triton = StandInTriton()
    async with triton.running():
        app = create_app(settings(triton_url=triton.address))
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as http,
        ):
            response = await http.get("/health/ready")
    assert response.json()["status"] == "ready"


async def test_the_connections_are_given_back_at_the_end(client: StandInClient) -> None:
    async with serving(client):
        assert not client.closed
    assert client.closed


async def test_more_requests_than_the_limit_in_flight_are_told_to_come_back(client: StandInClient) -> None:
    release = client.hold(["held"])
    async with serving(client, max_in_flight=1, retry_after_seconds=9) as http:
        first = asyncio.create_task(http.post("/infer", json={"text": "held"}))
        await client.started.wait()
        second = await http.post("/infer", json={"text": "second"})
        release.set()
        await first
    assert (second.status_code, second.json()["error_type"]) == (429, "overloaded")
    assert second.headers["Retry-After"] == "9"


async def test_health_and_languages_answer_while_translations_are_refused(client: StandInClient) -> None:
    release = client.hold(["held"])
    async with serving(client, max_in_flight=1) as http:
        first = asyncio.create_task(http.post("/infer", json={"text": "held"}))
        await client.started.wait()
        statuses = [(await http.get(path)).status_code for path in ("/health/ready", "/languages", "/metrics")]
        release.set()
        await first
    assert statuses == [200, 200, 200]


async def test_the_process_serves_until_interrupted(free_port: int) -> None:
    url = f"http://127.0.0.1:{free_port}"
    async with process(TRANSLATE_PORT=str(free_port), TRANSLATE_TRITON_URL="127.0.0.1:1") as started:
        await logged_event(started, "listening")
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as http:
            live = await http.get("/health/live")
            translation = await http.post("/infer", json={"text": "hello"})
        started.send_signal(signal.SIGINT)
        async with asyncio.timeout(STARTING_SECONDS):
            code = await started.wait()
    assert (live.status_code, translation.status_code, code) == (200, 503, 0)
    assert "server" not in live.headers


@pytest.mark.usefixtures("_settings", "logging_as_before")
def test_a_taken_port_gives_one_clear_line(free_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", free_port)):
        assert main() == 1
    [line] = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert (entry["event"], entry["address"]) == ("port_taken", f"127.0.0.1:{free_port}")


@pytest.mark.usefixtures("_settings", "logging_as_before")
def test_an_address_of_another_machine_gives_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRANSLATE_HOST", "203.0.113.1")
    assert main() == 1
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "cannot_listen"


@pytest.mark.usefixtures("_settings", "logging_as_before")
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TRANSLATE_MAX_ITEMS", "many")
    assert main() == 2
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["setting"] == "TRANSLATE_MAX_ITEMS"


@pytest.mark.usefixtures("_settings", "logging_as_before")
@pytest.mark.parametrize(("starts", "code"), [(True, 0), (False, 3)])
def test_the_exit_code_says_whether_the_application_started(
    monkeypatch: pytest.MonkeyPatch, *, starts: bool, code: int
) -> None:
    def run(server: uvicorn.Server, sockets: list[socket.socket]) -> None:  # noqa: ARG001
        server.started = starts

    monkeypatch.setattr(uvicorn.Server, "run", run)
    assert main() == code


@pytest.mark.usefixtures("_settings", "logging_as_before")
def test_ctrl_c_is_a_clean_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_server: uvicorn.Server, sockets: list[socket.socket]) -> None:  # noqa: ARG001
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "run", run)
    assert main() == 0

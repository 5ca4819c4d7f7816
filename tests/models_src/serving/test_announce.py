"""Saying where the service listens, once it is ready."""

import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from api.settings import Settings
from models_src.serving.announce import announce_when_ready, base_url

PATIENCE_SECONDS = 10


class Loopback(HTTPServer):
    """Answers the given statuses one after the other, the last for ever."""

    def __init__(self, *statuses: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = list(statuses)
        self.paths: list[str] = []
        self.asked = threading.Event()

    @property
    def settings(self) -> Settings:
        return Settings(host="127.0.0.1", port=self.server_port)


class _Handler(BaseHTTPRequestHandler):
    server: Loopback

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.send_response(self.server.statuses[0])
        if len(self.server.statuses) > 1:
            del self.server.statuses[0]
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.asked.set()

    def log_message(self, *_arguments: object) -> None:
        """Nothing on the terminal of the tests."""


@contextmanager
def loopback(*statuses: int) -> Iterator[Loopback]:
    with Loopback(*statuses) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def announce(settings: Settings, stopped: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=announce_when_ready, args=(settings, stopped), daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),  # noqa: S104 - only a setting
        ("::", "http://[::1]:8080"),
        ("::1", "http://[::1]:8080"),
        ("translate.example", "http://translate.example:8080"),
    ],
)
def test_the_address_can_be_typed(host: str, url: str) -> None:
    assert base_url(Settings(host=host, port=8080)) == url


def test_a_ready_service_is_announced_with_a_request_to_try(capsys: pytest.CaptureFixture[str]) -> None:
    with loopback(200) as server:
        announce_when_ready(server.settings, threading.Event())
        assert f"curl -s http://127.0.0.1:{server.server_port}/infer" in capsys.readouterr().out


def test_the_ready_endpoint_is_asked() -> None:
    with loopback(200) as server:
        announce_when_ready(server.settings, threading.Event())
        assert server.paths == ["/health/ready"]


def test_nothing_is_said_before_the_service_is_ready(capsys: pytest.CaptureFixture[str]) -> None:
    with loopback(503) as server:
        stopped = threading.Event()
        thread = announce(server.settings, stopped)
        assert server.asked.wait(PATIENCE_SECONDS)
        stopped.set()
        thread.join(PATIENCE_SECONDS)
    assert (thread.is_alive(), capsys.readouterr().out) == (False, "")


def test_a_service_that_becomes_ready_is_announced(capsys: pytest.CaptureFixture[str]) -> None:
    with loopback(503, 200) as server:
        announce_when_ready(server.settings, threading.Event())
    assert "Ready." in capsys.readouterr().out


def test_a_service_that_never_listens_is_given_up_when_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    with loopback(200) as server:
        settings = server.settings
    stopped = threading.Event()
    stopped.set()
    announce_when_ready(settings, stopped)
    assert capsys.readouterr().out == ""


def test_a_proxy_in_the_environment_is_not_asked_for_the_own_service(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Whoever asked before has made urllib remember the proxies of that moment.
    monkeypatch.setattr(urllib.request, "_opener", None)
    with loopback(502) as proxy, loopback(200) as server:
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server_port}")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        stopped = threading.Event()
        stopped.set()
        announce_when_ready(server.settings, stopped)
    assert "Ready." in capsys.readouterr().out

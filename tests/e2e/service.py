"""The whole service as a user starts it: Triton and the API in a process tree of their own."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import psutil

from perf.server import free_ports

ROOT = Path(__file__).resolve().parents[2]
SERVING_PYTHON = ROOT / ".venv" / "bin" / "python"

START_SECONDS = 60.0
STOP_SECONDS = 30.0
_POLL_SECONDS = 0.1


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Poll ``condition``; fail the test with ``what`` when it does not hold in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:.0f} s")
        time.sleep(_POLL_SECONDS)


class Service:
    """``python -m models_src.serving`` on free ports, in the environment without torch that ``make serve`` uses."""

    def __init__(self, **settings: str) -> None:
        api, http, grpc, metrics = free_ports(4)
        self.api_url = f"http://127.0.0.1:{api}"
        self.triton_url = f"http://127.0.0.1:{http}"
        self.metrics_url = f"http://127.0.0.1:{metrics}/metrics"
        self.settings = {
            "TRANSLATE_PORT": str(api),
            "TRANSLATE_TRITON_HTTP_PORT": str(http),
            "TRANSLATE_TRITON_GRPC_PORT": str(grpc),
            "TRANSLATE_TRITON_METRICS_PORT": str(metrics),
            **settings,
        }
        self._log = tempfile.NamedTemporaryFile("w+", suffix=".log")  # noqa: SIM115 - closed by stop()
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> "Service":
        """Start the process tree; returns at once."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TRANSLATE_")}
        python = SERVING_PYTHON if SERVING_PYTHON.is_file() else sys.executable
        self.process = subprocess.Popen(
            [python, "-m", "models_src.serving"],
            cwd=ROOT,
            env={**environment, **self.settings},
            stdout=self._log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        return self

    def wait_until_ready(self) -> "Service":
        """Wait until the service says that it translates; fails at once if it ends before."""
        wait_until(lambda: self.exit_code() is not None or self.is_ready(), START_SECONDS, f"ready\n{self.log()}")
        assert self.exit_code() is None, self.log()
        return self

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.api_url}/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return httpx.post(f"{self.api_url}{path}", json=body, timeout=60)

    def statistics(self, model: str) -> dict[str, int]:
        """Triton's counters of ``model``: requests, sentences (``inferences``) and executions since its start."""
        answer = httpx.get(f"{self.triton_url}/v2/models/{model}/stats", timeout=10).json()["model_stats"][0]
        return {
            "requests": answer["inference_stats"]["success"]["count"],
            "inferences": answer["inference_count"],
            "executions": answer["execution_count"],
        }

    def descendants(self) -> list[psutil.Process]:
        """Every process of the tree below the supervisor."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def find(self, name: str, argument: str = "") -> psutil.Process:
        """The process of the tree with this executable, and with ``argument`` somewhere in its command line."""
        for process in self.descendants():
            line = process.cmdline()
            if line and Path(line[0]).name == name and any(argument in part for part in line):
                return process
        raise AssertionError(f"no process {name} {argument}\n{self.log()}")

    def exit_code(self) -> int | None:
        assert self.process is not None
        return self.process.poll()

    def log(self) -> str:
        return Path(self._log.name).read_text()

    def stop(self) -> int:
        """Ctrl-C, as a terminal sends it; the exit code. Nothing of the tree is left running."""
        assert self.process is not None
        tree = self.descendants() if self.exit_code() is None else []
        self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(STOP_SECONDS)
        finally:
            for process in tree:
                if process.is_running():
                    process.kill()
            self._log.close()
        return code

    def __enter__(self) -> "Service":
        return self.start().wait_until_ready()

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self.stop()

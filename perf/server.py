"""The service under test: started with given settings on free ports, and what its processes and counters say."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from prometheus_client.parser import text_string_to_metric_families

from models_src.checkpoint import PROJECT_ROOT

SERVING_PYTHON = PROJECT_ROOT / ".venv" / "bin" / "python"

_START_SECONDS = 120.0
_STOP_SECONDS = 30.0
_POLL_SECONDS = 0.1
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ServerError(Exception):
    """The service did not start; the message ends with its log."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Triton's counters since its start, by model.

    Attributes:
        inferences: texts.
        executions: batches that the model ran.
    """

    inferences: Mapping[str, float]
    executions: Mapping[str, float]

    def batches_since(self, earlier: "Counters") -> dict[str, float]:
        """Average batch of each model that worked between the two readings."""
        executed = {model: count - earlier.executions.get(model, 0) for model, count in self.executions.items()}
        return {
            model: (self.inferences[model] - earlier.inferences.get(model, 0)) / count
            for model, count in executed.items()
            if count > 0
        }


def parse_counters(text: str) -> Counters:
    """Read Triton's Prometheus text."""
    wanted = {"nv_inference_count": {}, "nv_inference_exec_count": {}}  # type: dict[str, dict[str, float]]
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            name = sample.name.removesuffix("_total")
            if name in wanted:
                wanted[name][sample.labels["model"]] = sample.value
    return Counters(wanted["nv_inference_count"], wanted["nv_inference_exec_count"])


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor time (seconds since start) and memory (MiB, resident and not shared) of each part of the service."""

    cpu_seconds: Mapping[str, float] = field(default_factory=dict)
    memory_mib: Mapping[str, float] = field(default_factory=dict)

    def cores_since(self, earlier: "Usage", seconds: float) -> float:
        """Cores that the whole service kept busy between the two readings, ``seconds`` apart."""
        return (sum(self.cpu_seconds.values()) - sum(earlier.cpu_seconds.values())) / seconds


def part_of_service(command: list[str]) -> str:
    """Which part of the service a process with this command line is."""
    executable = Path(command[0]).name if command else ""
    if executable == "triton_python_backend_stub":
        return Path(next((part for part in command if part.endswith("model.py")), "/model/1/x")).parts[-3]
    if executable == "tritonserver":
        return "triton"
    modules = [argument for flag, argument in pairwise(command) if flag == "-m"]
    return "api" if modules == ["api"] else "supervision"


class Server:
    """`python -m models_src.serving`, in the environment that `make serve` uses.

    Args:
        settings: environment variables; those of the caller that begin with TRANSLATE_ are left out.
        log: file that its output goes to.
    """

    def __init__(self, settings: Mapping[str, str], log: Path) -> None:
        api, http, grpc, metrics = free_ports(4)
        self.triton_address = f"127.0.0.1:{http}"
        self.api_url = f"http://127.0.0.1:{api}"
        self._metrics_url = f"http://127.0.0.1:{metrics}/metrics"
        self._log = log
        self._settings = {
            "TRANSLATE_PORT": str(api),
            "TRANSLATE_TRITON_HTTP_PORT": str(http),
            "TRANSLATE_TRITON_GRPC_PORT": str(grpc),
            "TRANSLATE_TRITON_METRICS_PORT": str(metrics),
            "TRANSLATE_LOG_LEVEL": "warning",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TRANSLATE_")}
        needs_torch = self._settings.get("TRANSLATE_ENGINE") == "transformers"
        python = SERVING_PYTHON if SERVING_PYTHON.is_file() and not needs_torch else Path(sys.executable)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(python), "-m", "models_src.serving"],
                cwd=PROJECT_ROOT,
                env={**environment, **self._settings},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if not self._tree() or time.monotonic() > deadline:
                raise ServerError(f"the service did not become ready:\n{self._log.read_text()[-2000:]}")
            time.sleep(_POLL_SECONDS)

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._stop()

    def counters(self) -> Counters:
        """Triton's counters now."""
        with _DIRECT.open(self._metrics_url, timeout=10) as response:
            return parse_counters(response.read().decode())

    def usage(self) -> Usage:
        """What its processes have used until now."""
        cpu: defaultdict[str, float] = defaultdict(float)
        memory: defaultdict[str, float] = defaultdict(float)
        for process in self._tree():
            try:
                part = part_of_service(process.cmdline())
                times = process.cpu_times()
                cpu[part] += times.user + times.system
                memory[part] += process.memory_full_info().uss / 2**20
            except psutil.NoSuchProcess:
                continue
        return Usage(dict(cpu), dict(memory))

    def _tree(self) -> list[psutil.Process]:
        if self._process is None or self._process.poll() is not None:
            return []
        supervisor = psutil.Process(self._process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def _is_ready(self) -> bool:
        try:
            with _DIRECT.open(f"{self.api_url}/health/ready", timeout=5) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _stop(self) -> None:
        tree = self._tree()
        if self._process is not None and tree:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        for process in tree:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in sockets]
    for listener in sockets:
        listener.close()
    return ports

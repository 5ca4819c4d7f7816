"""``python -m models_src.serving.triton``: one Triton with its model processes, kept healthy.

Triton goes on reporting "ready" after one of its model processes has died, and answers every further request to that
model with an error. This process therefore watches them: when one dies, Triton is started anew, which takes a few
seconds. When Triton itself ends, or restarts come too often, this process ends with an exit code that is not 0.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from types import FrameType
from typing import IO

import psutil

from models_src.checkpoint import PROJECT_ROOT, CheckpointError
from models_src.serving import triton_server
from models_src.serving.cpu import available_cores
from models_src.serving.install import InstallError, TritonInstallation, install
from models_src.serving.repository import check_weights, render
from models_src.serving.settings import ServingSettings, SettingsError, read_settings

_POLL_SECONDS = 0.2
_MAX_RESTARTS = 5
_RESTART_WINDOW_SECONDS = 60.0
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where POSIX shared memory lives on Linux
# Linux cuts the name of a process to 15 characters; psutil knows the rest of it only while the process lives.
_STUB = "triton_python_backend_stub"[:15]

# What Triton says on every machine without a GPU. It is harmless, and reads as if something were broken.
_NO_GPU_NOISE = re.compile(r"CUDA|CudaDriverHelper|pinned (system )?memory")


class TritonProcess:
    """A running ``tritonserver`` and the model processes that it started."""

    def __init__(
        self, command: list[str], environment: dict[str, str], shared_memory_prefix: str, has_gpu: bool = False
    ) -> None:
        self._prefix = shared_memory_prefix
        self._server = subprocess.Popen(
            command, env=environment, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._processes = psutil.Process(self._server.pid)
        self._stubs: set[psutil.Process] = set()
        assert self._server.stdout is not None  # noqa: S101 - because stdout=PIPE; for the type checker
        self._printer = threading.Thread(target=_print_log, args=(self._server.stdout, has_gpu), daemon=True)
        self._printer.start()

    def exit_code(self) -> int | None:
        """Triton's exit code, None while it runs."""
        return self._server.poll()

    def has_lost_model(self) -> bool:
        """Whether a model process that was there has ended although Triton runs on."""
        try:
            self._stubs.update(child for child in self._processes.children() if child.name().startswith(_STUB))
        except psutil.NoSuchProcess:
            return False
        return not all(stub.is_running() and stub.status() != psutil.STATUS_ZOMBIE for stub in self._stubs)

    def terminate(self) -> int:
        """Ask Triton to finish what it is doing and to end; its exit code."""
        self._server.terminate()
        return self._server.wait()

    def clean_up(self) -> None:
        """End whatever is left of Triton, and remove the shared memory that it could not remove."""
        for process in (*self._stubs, self._processes):
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        self._server.wait()
        self._printer.join()
        for region in _SHARED_MEMORY.glob(f"{self._prefix}*"):
            region.unlink(missing_ok=True)


class Watchdog:
    """Runs Triton until it is asked to stop."""

    def __init__(self, installation: TritonInstallation, settings: ServingSettings, repository: Path) -> None:
        self._prefix = f"triton-translate-{os.getpid()}-"
        self._command = triton_server.command(installation, settings, repository, self._prefix)
        self._environment = triton_server.environment(installation)
        self._has_gpu = settings.device == "cuda"
        self._asked_to_stop = threading.Event()
        self._restarts: deque[float] = deque(maxlen=_MAX_RESTARTS)

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """Signal handler: end Triton in an orderly way."""
        self._asked_to_stop.set()

    def run(self) -> int:
        """The exit code: 0 only when asked to stop."""
        while True:
            triton = TritonProcess(self._command, self._environment, self._prefix, self._has_gpu)
            try:
                code = self._watch(triton)
            finally:
                triton.clean_up()
            if self._asked_to_stop.is_set():
                return 0
            if code is not None:
                _say(f"Triton ended with exit code {code}")
                return code or 1
            if self._restarts_too_often():
                _say(f"model processes died {_MAX_RESTARTS} times within {_RESTART_WINDOW_SECONDS:.0f} s: giving up")
                return 1
            _say("a model process died: starting Triton anew")

    def _watch(self, triton: TritonProcess) -> int | None:
        """Wait until Triton ends (its exit code) or has lost a model process (None)."""
        while (code := triton.exit_code()) is None:
            if self._asked_to_stop.wait(_POLL_SECONDS):
                return triton.terminate()
            if triton.has_lost_model():
                return None
        return code

    def _restarts_too_often(self) -> bool:
        now = time.monotonic()
        self._restarts.append(now)
        return len(self._restarts) == _MAX_RESTARTS and now - self._restarts[0] < _RESTART_WINDOW_SECONDS


def _print_log(log: IO[str], has_gpu: bool) -> None:
    with log:
        for line in log:
            if has_gpu or not _NO_GPU_NOISE.search(line):
                _say(line.rstrip("\n"))


def _say(message: str) -> None:
    sys.stdout.write(f"{message}\n")
    sys.stdout.flush()


def main() -> None:
    try:
        settings = read_settings(ServingSettings)
        installation = install(PROJECT_ROOT / settings.triton_home)
        check_weights(settings)
    except (SettingsError, InstallError, CheckpointError) as error:
        sys.exit(f"error: {error}")
    with tempfile.TemporaryDirectory(prefix="triton-translate-") as scratch:
        repository = Path(scratch) / "model_repository"
        render(settings, available_cores(), repository)
        watchdog = Watchdog(installation, settings, repository)
        signal.signal(signal.SIGTERM, watchdog.stop)
        signal.signal(signal.SIGINT, watchdog.stop)
        sys.exit(watchdog.run())


if __name__ == "__main__":
    main()

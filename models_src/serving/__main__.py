"""``python -m models_src.serving``: Triton and the API in one supervised process tree, until Ctrl-C.

If either of the two ends, the other is stopped and the exit code is not 0. A model process that dies inside Triton is
restarted by Triton itself.
"""

import os
import shlex
import socket
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Never

from honcho import manager as honcho_manager
from honcho.manager import Manager

from api.settings import Settings as ApiSettings
from models_src.checkpoint import PROJECT_ROOT, Checkpoint, CheckpointError
from models_src.serving import triton_server
from models_src.serving.announce import announce_when_ready
from models_src.serving.cpu import available_cores
from models_src.serving.install import InstallError, install
from models_src.serving.repository import render
from models_src.serving.settings import ServingSettings

_GRACE_SECONDS = 8
_ASKED_TO_STOP = (130, 143)


def main() -> None:
    settings, api_settings = ServingSettings(), ApiSettings()
    try:
        installation = install(settings.triton_home)
        for language in ("de", "fr"):
            Checkpoint.load(settings.weights.resolve() / f"en-{language}")
    except (InstallError, CheckpointError) as error:
        _fail(str(error))
    for name, host, port in _ports(settings, api_settings):
        if not _is_free(host, port):
            _fail(f"port {port} on {host} is taken: stop what listens there, or choose another with {name}")
    with tempfile.TemporaryDirectory(prefix="triton-translate-") as scratch:
        repository = Path(scratch) / "model_repository"
        render(settings, available_cores(), repository)
        sys.exit(
            _supervise(
                {
                    "triton": (
                        triton_server.command(installation, settings, repository),
                        triton_server.environment(installation),
                    ),
                    "api": (
                        [sys.executable, "-m", "api"],
                        {**os.environ, "TRANSLATE_TRITON_URL": f"{settings.triton_host}:{settings.triton_http_port}"},
                    ),
                },
                api_settings,
            )
        )


def _supervise(processes: Mapping[str, tuple[Sequence[str], Mapping[str, str]]], api_settings: ApiSettings) -> int:
    """Run ``processes`` until one of them ends or a signal asks to stop; the exit code of the whole."""
    honcho_manager.KILL_WAIT = _GRACE_SECONDS
    manager = Manager()
    for name, (command, environment) in processes.items():
        manager.add_process(name, f"exec {shlex.join(command)}", env=dict(environment), cwd=str(PROJECT_ROOT))
    stopped = threading.Event()
    announcer = threading.Thread(target=announce_when_ready, args=(api_settings, stopped), daemon=True)
    announcer.start()
    manager.loop()
    stopped.set()
    if manager.returncode in _ASKED_TO_STOP:
        return 0
    return manager.returncode or 1


def _ports(settings: ServingSettings, api_settings: ApiSettings) -> list[tuple[str, str, int]]:
    return [
        ("TRANSLATE_PORT", api_settings.host, api_settings.port),
        ("TRANSLATE_TRITON_HTTP_PORT", settings.triton_host, settings.triton_http_port),
        ("TRANSLATE_TRITON_GRPC_PORT", settings.triton_host, settings.triton_grpc_port),
        ("TRANSLATE_TRITON_METRICS_PORT", settings.triton_host, settings.triton_metrics_port),
    ]


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _fail(message: str) -> Never:
    sys.exit(f"error: {message}")


if __name__ == "__main__":
    main()

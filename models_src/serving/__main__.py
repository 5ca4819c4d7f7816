"""``python -m models_src.serving``: Triton and the API in one supervised process tree, until Ctrl-C.

If either of the two ends, the other is stopped and the exit code is not 0. A model process that dies inside Triton
does not end the service: `models_src.serving.triton` starts Triton anew.
"""

import os
import shlex
import socket
import sys
import threading
from collections.abc import Mapping
from typing import Never

from honcho import manager as honcho_manager
from honcho.manager import Manager

from api.settings import Settings as ApiSettings
from models_src.checkpoint import PROJECT_ROOT, CheckpointError
from models_src.serving.announce import announce_when_ready
from models_src.serving.install import InstallError, install
from models_src.serving.mode import apply_mode
from models_src.serving.repository import check_weights
from models_src.serving.settings import ServingSettings, SettingsError, read_settings

_GRACE_SECONDS = 10
_ASKED_TO_STOP = (130, 143)


def main() -> None:
    try:
        apply_mode()
        settings, api_settings = read_settings(ServingSettings), read_settings(ApiSettings)
        install(PROJECT_ROOT / settings.triton_home)
        check_weights(settings)
    except (SettingsError, InstallError, CheckpointError) as error:
        _fail(str(error))
    for name, host, port in _ports(settings, api_settings):
        if not _is_free(host, port):
            _fail(f"port {port} on {host} is taken: stop what listens there, or choose another with {name}")
    environment = {**os.environ, "TRANSLATE_TRITON_URL": f"{settings.triton_host}:{settings.triton_http_port}"}
    if sys.stdout.isatty():
        environment.setdefault("TRANSLATE_LOG_FORMAT", "console")
    sys.exit(_supervise({"triton": "models_src.serving.triton", "api": "api"}, environment, api_settings))


def _supervise(modules: Mapping[str, str], environment: Mapping[str, str], api_settings: ApiSettings) -> int:
    """Run ``modules`` by name until one of them ends or a signal asks to stop; the exit code of the whole."""
    honcho_manager.KILL_WAIT = _GRACE_SECONDS
    manager = Manager()
    for name, module in modules.items():
        command = f"exec {shlex.quote(sys.executable)} -m {module}"
        manager.add_process(name, command, env=dict(environment), cwd=str(PROJECT_ROOT))
    stopped = threading.Event()
    threading.Thread(target=announce_when_ready, args=(api_settings, stopped), daemon=True).start()
    manager.loop()
    stopped.set()
    return 0 if manager.returncode in _ASKED_TO_STOP else manager.returncode or 1


def _ports(settings: ServingSettings, api_settings: ApiSettings) -> list[tuple[str, str, int]]:
    return [
        ("TRANSLATE_PORT", api_settings.host, api_settings.port),
        ("TRANSLATE_TRITON_HTTP_PORT", settings.triton_host, settings.triton_http_port),
        ("TRANSLATE_TRITON_GRPC_PORT", settings.triton_host, settings.triton_grpc_port),
        ("TRANSLATE_TRITON_METRICS_PORT", settings.triton_host, settings.triton_metrics_port),
    ]


def _is_free(host: str, port: int) -> bool:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
    return True


def _fail(message: str) -> Never:
    sys.exit(f"error: {message}")


if __name__ == "__main__":
    main()

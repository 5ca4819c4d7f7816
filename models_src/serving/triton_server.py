"""The command line and environment of ``tritonserver`` over a rendered model repository."""

import os
import sys
from pathlib import Path

from models_src.serving.install import TritonInstallation
from models_src.serving.settings import ServingSettings


def command(
    installation: TritonInstallation, settings: ServingSettings, repository: Path, shared_memory_prefix: str
) -> list[str]:
    """Arguments that start Triton on ``repository``; it exits when a model cannot be loaded.

    The shared-memory regions between Triton and its model processes get names that start with
    ``shared_memory_prefix``, so that they can be found when Triton could not remove them itself.
    """
    return [
        str(installation.binary),
        f"--model-repository={repository}",
        f"--backend-directory={installation.backends}",
        f"--backend-config=python,shm-region-prefix-name={shared_memory_prefix}",
        f"--cache-directory={installation.caches}",
        *([f"--cache-config=local,size={settings.cache_bytes}"] if settings.cache_bytes else []),
        "--disable-auto-complete-config",
        f"--http-address={settings.triton_host}",
        f"--http-port={settings.triton_http_port}",
        f"--grpc-address={settings.triton_host}",
        f"--grpc-port={settings.triton_grpc_port}",
        f"--metrics-address={settings.triton_host}",
        f"--metrics-port={settings.triton_metrics_port}",
        f"--allow-gpu-metrics={str(settings.device == 'cuda').lower()}",
        f"--log-info={str(settings.triton_log_info).lower()}",
        f"--exit-timeout-secs={settings.triton_exit_timeout_seconds}",
    ]


def environment(installation: TritonInstallation) -> dict[str, str]:
    """The environment of Triton and of its model processes.

    A model process embeds Python in isolated mode, without ``PYTHONPATH``: it imports what the first ``python3`` on
    ``PATH`` has installed, and the project from the working directory.
    """
    return {
        **os.environ,
        "PATH": _prepend(Path(sys.executable).parent, "PATH"),
        "LD_LIBRARY_PATH": _prepend(installation.libpython_folder(), "LD_LIBRARY_PATH"),
        # Each engine is given its threads; nothing else in a model process may start a pool of its own.
        "OMP_NUM_THREADS": "1",
    }


def _prepend(folder: Path | None, variable: str) -> str:
    return os.pathsep.join(filter(None, [str(folder) if folder else "", os.environ.get(variable, "")]))

"""The command line and environment of ``tritonserver`` over a rendered model repository."""

import os
import sysconfig
from pathlib import Path

from models_src.checkpoint import PROJECT_ROOT
from models_src.serving.install import TritonInstallation
from models_src.serving.settings import ServingSettings


def command(installation: TritonInstallation, settings: ServingSettings, repository: Path) -> list[str]:
    """Arguments that start Triton on ``repository``; it exits when a model cannot be loaded."""
    return [
        str(installation.binary),
        f"--model-repository={repository}",
        f"--backend-directory={installation.backends}",
        f"--cache-directory={installation.caches}",
        "--disable-auto-complete-config",
        f"--http-address={settings.triton_host}",
        f"--http-port={settings.triton_http_port}",
        f"--grpc-address={settings.triton_host}",
        f"--grpc-port={settings.triton_grpc_port}",
        f"--metrics-address={settings.triton_host}",
        f"--metrics-port={settings.triton_metrics_port}",
        "--allow-gpu-metrics=false",
        "--exit-timeout-secs=4",
    ]


def environment(installation: TritonInstallation) -> dict[str, str]:
    """The environment of Triton and of its stub processes, which import the project and its dependencies."""
    libraries = [str(installation.libpython_folder()), os.environ.get("LD_LIBRARY_PATH", "")]
    packages = [str(PROJECT_ROOT), sysconfig.get_path("purelib"), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "LD_LIBRARY_PATH": os.pathsep.join(filter(None, libraries)),
        "PYTHONPATH": os.pathsep.join(filter(None, packages)),
        # Each engine is given its threads; nothing else in a stub process may start a pool of its own.
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }

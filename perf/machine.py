"""What the figures were measured on and with."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil

from models_src.checkpoint import PROJECT_ROOT
from models_src.serving.cpu import available_cores
from models_src.serving.install import TRITON_VERSION

_PACKAGES = ("ctranslate2", "fastapi", "locust", "numpy", "sentencepiece", "torch", "transformers", "uvicorn")
_CPU_FEATURES = ("avx2", "avx512f", "avx512_vnni", "amx_int8")


def describe_machine() -> dict[str, str]:
    """Processor, memory and operating system."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    name = re.search(r"^model name\s*:\s*(.+)$", info, re.MULTILINE)
    flags = set((re.search(r"^flags\s*:\s*(.+)$", info, re.MULTILINE) or [""])[0].split())
    features = ", ".join(feature for feature in _CPU_FEATURES if feature in flags)
    return {
        "processor": name.group(1) if name else platform.processor(),
        "cores": str(available_cores()),
        "instructions": features or "none of those that matter",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": _system(),
        "kernel": platform.release(),
        "load before the run": f"{os.getloadavg()[0]:.2f}",
    }


def describe_versions(perf_analyzer: str) -> dict[str, str]:
    """Versions of what was measured and of what measured it."""
    return {
        "commit": _commit(),
        "Triton": TRITON_VERSION,
        "perf_analyzer": perf_analyzer,
        "Python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
    }


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()


def _commit() -> str:
    command = ["git", "-C", str(PROJECT_ROOT), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"

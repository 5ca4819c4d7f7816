"""The containers of docker-compose.yml, built from a clean checkout, under a name and on a port of their own."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx

from perf.server import free_ports
from tests.e2e.service import ROOT

PROJECT = "triton-translate-test"
BUILD_SECONDS = 540
_UP = ("up", "--detach", "--wait", "--wait-timeout", "90")

_STATISTICS = """
from urllib.request import urlopen
print(urlopen("http://127.0.0.1:8000/v2/models/{model}/stats", timeout=10).read().decode())
"""


def engine_runs() -> bool:
    """Whether there is a Docker engine with compose to talk to."""
    commands = (["docker", "info"], ["docker", "compose", "version"])
    return shutil.which("docker") is not None and all(
        subprocess.run(command, capture_output=True, check=False).returncode == 0 for command in commands
    )


def check_out(destination: Path) -> None:
    """Copy what git knows, or would add, and nothing that was installed or built here."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (destination / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, destination / name)


class Stack:
    """``docker compose`` in the folder ``checkout``."""

    def __init__(self, checkout: Path) -> None:
        self._checkout = checkout
        port, http, grpc, metrics = free_ports(4)
        self.api_url = f"http://127.0.0.1:{port}"
        self.triton_url = f"http://127.0.0.1:{http}"
        self.metrics_url = f"http://127.0.0.1:{metrics}/metrics"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TRANSLATE_")},
            "TRANSLATE_PORT": str(port),
            "TRANSLATE_TRITON_HTTP_PORT": str(http),
            "TRANSLATE_TRITON_GRPC_PORT": str(grpc),
            "TRANSLATE_TRITON_METRICS_PORT": str(metrics),
        }

    def compose(self, *arguments: str, overlay: str | None = None, **variables: str) -> str:
        """Run ``docker compose`` with more environment ``variables``; its standard output. Fails with what it said."""
        files = ["docker-compose.yml", *([overlay] if overlay else [])]
        command = [
            "docker",
            "compose",
            "--project-name",
            PROJECT,
            *(part for file in files for part in ("-f", file)),
        ]
        finished = subprocess.run(
            [*command, *arguments],
            cwd=self._checkout,
            env={**self._environment, **variables},
            capture_output=True,
            check=False,
            text=True,
            timeout=BUILD_SECONDS,
        )
        assert finished.returncode == 0, f"{arguments}\n{finished.stdout}\n{finished.stderr}"
        return finished.stdout

    def up(self, *options: str, overlay: str | None = None) -> None:
        """Start what does not run, from the images that are there, and wait until it is healthy."""
        self.compose(*_UP, "--no-build", *options, overlay=overlay)

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return httpx.post(f"{self.api_url}{path}", json=body, timeout=60)

    def python(self, service: str, code: str, index: int = 1) -> str:
        """What ``code`` prints in a container of ``service``."""
        return self.compose("exec", "-T", "--index", str(index), service, "python", "-c", code)

    def inferences(self, model: str, index: int = 1) -> int:
        """Texts that ``model`` has inferred in this Triton container since its start."""
        statistics = json.loads(self.python("triton", _STATISTICS.format(model=model), index))
        return int(statistics["model_stats"][0]["inference_count"])

    def inspect(self, service: str) -> dict[str, Any]:
        """What the engine knows about the first container of ``service``."""
        inspected: dict[str, Any] = json.loads(self._docker("inspect", service))[0]
        return inspected

    def log(self, service: str) -> list[str]:
        """The lines that the first container of ``service`` has logged."""
        return self._docker("logs", service).splitlines()

    def _docker(self, command: str, service: str) -> str:
        container = self.compose("ps", "--all", "--quiet", service).split()[0]
        return subprocess.run(
            ["docker", command, container], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, text=True
        ).stdout

    def run_of(self, service: str) -> tuple[str, str, int]:
        """What is another one after every restart."""
        container = self.inspect(service)
        return container["Id"], container["State"]["StartedAt"], container["RestartCount"]

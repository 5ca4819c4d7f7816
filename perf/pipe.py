"""`python -m perf.pipe`: lines through the command `tt`, against the same requests to `/infer_batch` sent directly.

Asks the service that `make serve` runs, or the one at `--url`. The two take turns, so that both meet the same machine.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from api.client.clients import DEFAULT_URL
from api.command.lines import BATCH_SIZE, PARALLEL
from perf.workload import sentences

_POLL_SECONDS = 0.05
_TIMEOUT_SECONDS = 300.0


class PipeError(Exception):
    """The command failed, or did not answer each line with one; the message says which."""


@dataclass(frozen=True, slots=True)
class Piped:
    """What the command took: wall seconds, and the most resident memory in MiB."""

    seconds: float
    peak_mib: float


def direct(url: str, lines: Sequence[str]) -> float:
    """Return the seconds for all lines, in batches and as many at a time as the command has. Raises httpx.HTTPError."""
    batches = [lines[at : at + BATCH_SIZE] for at in range(0, len(lines), BATCH_SIZE)]
    with httpx.Client(base_url=url, timeout=_TIMEOUT_SECONDS) as http, ThreadPoolExecutor(PARALLEL) as pool:
        started = time.perf_counter()
        for response in pool.map(lambda batch: http.post("/infer_batch", json={"texts": batch}), batches):
            response.raise_for_status()
        return time.perf_counter() - started


def piped(url: str, lines: Sequence[str]) -> Piped:
    """Run the command on all lines. Raises PipeError."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source"), Path(folder, "target")
        source.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        started = time.perf_counter()
        with source.open("rb") as stdin, target.open("wb") as stdout:
            command = [sys.executable, "-m", "api.command", "--url", url, "--timeout", str(_TIMEOUT_SECONDS)]
            process = psutil.Popen(command, stdin=stdin, stdout=stdout)
            peak = 0
            while process.poll() is None:
                peak = max(peak, _resident_bytes(process))
                time.sleep(_POLL_SECONDS)
        seconds = time.perf_counter() - started
        answered = target.read_text(encoding="utf-8").count("\n")
    if process.returncode or answered != len(lines):
        raise PipeError(f"the command ended with {process.returncode}, {answered} lines for {len(lines)}")
    return Piped(seconds, peak / 2**20)


def _resident_bytes(process: psutil.Popen) -> int:
    try:
        resident: int = process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0
    return resident


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=DEFAULT_URL)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    different = sentences()
    lines = [different[number % len(different)] for number in range(arguments.lines)]
    direct(arguments.url, lines[: BATCH_SIZE * PARALLEL])
    direct_seconds = piped_seconds = peak_mib = 0.0
    for _ in range(arguments.rounds):
        direct_seconds += direct(arguments.url, lines)
        found = piped(arguments.url, lines)
        piped_seconds += found.seconds
        peak_mib = max(peak_mib, found.peak_mib)
    count = arguments.rounds * len(lines)
    sys.stdout.write(
        f"directly  {count / direct_seconds:.1f} lines/s\n"
        f"tt        {count / piped_seconds:.1f} lines/s, {direct_seconds / piped_seconds:.1%} of it, "
        f"{peak_mib:.0f} MiB at most\n"
    )


if __name__ == "__main__":
    try:
        main()
    except (PipeError, httpx.HTTPError, subprocess.SubprocessError) as error:
        sys.exit(f"error: {error}")

"""`python -m perf.soak`: does a process of the service grow while it works?

Starts the service, sends it requests of every kind, mistakes and files among them, and reads the memory of its
processes all the while.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, TypeAlias

import httpx

from api.client import Client, ClientError
from perf.server import Server, ServerError, Usage
from perf.workload import sentences

__all__ = ["KINDS", "MOST_GROWTH_MIB", "Kind", "Part", "SoakError", "growth", "soak"]

# With the very same batches again and again the memory of a model process goes up and down by 25 MiB: its allocator's.
MOST_GROWTH_MIB = 32.0

_MINUTES = 10.0
_WORKERS = 4
_READINGS = 40
_MOST_LINES = 40
_TIMEOUT_SECONDS = 60.0


class SoakError(Exception):
    """A request was not answered as it should be; the message says which, and how it was."""


Kind: TypeAlias = Callable[[httpx.Client, Sequence[str]], None]
"""Sends one request, or a few that belong together, with these lines. Raises SoakError."""


def _post(http: httpx.Client, path: str, *, expected: int = 200, **request: Any) -> httpx.Response:
    response = http.post(path, **request)
    if response.status_code != expected:
        raise SoakError(f"{path}: {response.status_code} instead of {expected}: {response.text[:300]}")
    return response


def _infer(http: httpx.Client, path: str, **body: Any) -> None:
    for result in _post(http, path, json=body).json()["results"]:
        if result["error"] is not None:
            raise SoakError(f"{path}: {result['error']}")


def _one_by_one(http: httpx.Client, lines: Sequence[str]) -> None:
    _infer(http, "/infer", texts=lines[:4], num_alternatives=3)


def _together(http: httpx.Client, lines: Sequence[str]) -> None:
    _infer(http, "/infer_batch", texts=lines, segments=True)


def _one_text(http: httpx.Client, lines: Sequence[str]) -> None:
    _infer(http, "/infer", text=" ".join(lines), targets=["fr"], beam_size=2)


def _with_terms(http: httpx.Client, lines: Sequence[str]) -> None:
    first = lines[0].partition(" ")[0]
    _infer(http, "/infer", text=f"{lines[0]} {{{first}}}", glossary={"de": {first: first.upper()}})


def _markup(http: httpx.Client, lines: Sequence[str]) -> None:
    parts = (line.partition(" ") for line in lines)
    paragraphs = "".join(f"<p><b>{first}</b> {others}</p>" for first, _, others in parts)
    _post(http, "/translate", json={"q": paragraphs, "source": "auto", "target": "de", "format": "html"})


def _mistakes(http: httpx.Client, lines: Sequence[str]) -> None:
    _post(http, "/infer", json={"texts": dict.fromkeys(lines)}, expected=422)
    _post(http, "/infer", json={"texts": [lines[0]] * 1000}, expected=413)
    _post(http, "/v2/translate", data={"text": lines[0], "target_lang": "XX"}, expected=400)
    _post(http, f"/{len(lines)}", expected=404)
    _post(http, "/jobs", files={"file": ("a.docx", lines[0].encode())}, data={"target": "de"}, expected=422)


def _file(http: httpx.Client, lines: Sequence[str]) -> None:
    with Client(str(http.base_url), timeout_seconds=_TIMEOUT_SECONDS) as client:
        translated = client.translate_file("\n\n".join(lines[:8]).encode(), filename="lines.md")
    if translated.untranslated:
        raise SoakError(f"/jobs: {translated.untranslated} of {translated.segments_total} sentences failed")


KINDS: tuple[Kind, ...] = (_one_by_one, _together, _one_text, _with_terms, _markup, _mistakes, _file)


def _work(url: str, worker: int, stop: threading.Event) -> int:
    """Send requests until told to stop; return how many of `KINDS`. One that fails stops all workers."""
    chance = random.Random(worker)  # noqa: S311 - repeatable, not secret
    lines = sentences()
    sent = 0
    try:
        with httpx.Client(base_url=url, timeout=_TIMEOUT_SECONDS) as http:
            while not stop.is_set():
                chance.choice(KINDS)(http, chance.sample(lines, chance.randint(1, _MOST_LINES)))
                sent += 1
    finally:
        stop.set()
    return sent


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the service: how much memory it has at the end, and by how much it has grown, in MiB."""

    memory_mib: float
    growth_mib: float


def growth(readings: Sequence[Mapping[str, float]]) -> dict[str, Part]:
    """Return what readings (MiB by part, at least 4) say: the mean of the last quarter, and less the second one.

    The first quarter is left out: in it everything happens for the first time.
    """
    quarter = len(readings) // 4
    early, late = readings[quarter : 2 * quarter], readings[-quarter:]
    return {
        name: Part(
            memory_mib=(memory := fmean(reading[name] for reading in late)),
            growth_mib=memory - fmean(reading[name] for reading in early),
        )
        for name in set.intersection(*(set(reading) for reading in readings))
    }


def soak(url: str, usage: Callable[[], Usage], seconds: float) -> tuple[int, dict[str, Part]]:
    """Send requests for so long; return how many, and what became of the memory of each part.

    Raises SoakError, httpx.TransportError, or ClientError of a file.
    """
    readings: list[Mapping[str, float]] = []
    stop = threading.Event()
    begun = time.monotonic()
    with ThreadPoolExecutor(_WORKERS) as pool:
        workers = [pool.submit(_work, url, worker, stop) for worker in range(_WORKERS)]
        try:
            while len(readings) < _READINGS and not stop.wait(
                begun + seconds * (len(readings) + 1) / _READINGS - time.monotonic()
            ):
                readings.append(usage().memory_mib)
        finally:
            stop.set()
        sent = sum(worker.result() for worker in workers)
    return sent, growth(readings)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m perf.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=_MINUTES)
    minutes: float = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as scratch, Server({}, Path(scratch, "service.log")) as server:
        sent, parts = soak(server.api_url, server.usage, minutes * 60)
    sys.stdout.write(f"{sent} requests in {minutes:g} minutes\n")
    for name, part in sorted(parts.items()):
        sys.stdout.write(f"{name:14} {part.memory_mib:7.1f} MiB, grown by {part.growth_mib:+.1f}\n")
    if grown := sorted(name for name, part in parts.items() if part.growth_mib > MOST_GROWTH_MIB):
        sys.exit(f"error: grown by more than {MOST_GROWTH_MIB:g} MiB: {', '.join(grown)}")


if __name__ == "__main__":
    try:
        main()
    except (SoakError, ServerError, ClientError, httpx.HTTPError) as error:
        sys.exit(f"error: {error}")

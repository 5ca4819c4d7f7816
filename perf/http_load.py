"""Load over HTTP by locust, against the API, Triton's JSON endpoint, or anything else that takes JSON."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models_src.checkpoint import PROJECT_ROOT

LOCUSTFILE = Path(__file__).with_name("locustfile.py")

_FEWEST_ANSWERS = 8
_SHORTEST_SPAN_SECONDS = 0.001
_REFUSED = (429, 503)
_START_SECONDS = 30.0


class HttpLoadError(Exception):
    """locust ended without answers; the message is what it printed."""


@dataclass(frozen=True, slots=True)
class HttpFigures:
    """Of the requests that were sent after the warm-up and answered. Latencies, in ms, are those of answers 200.

    Attributes:
        per_second: answers 200 that came a second, from the end of the warm-up to the last request.
        refused, failed: shares of 429 and 503, and of everything else that is not 200.
    """

    answers: int
    per_second: float
    p50_ms: float | None
    p90_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    average_ms: float | None
    refused: float
    failed: float


def summarize(answers: Sequence[dict[str, float]], warm_up_seconds: float) -> HttpFigures:
    """Figures of ``answers`` (started: s, seconds, status), without those sent in the first seconds.

    Where the answers are so slow that fewer than `_FEWEST_ANSWERS` would be left, all count.

    Raises:
        HttpLoadError: there are no answers.
    """
    if not answers:
        raise HttpLoadError("no request was answered")
    first = min(answer["started"] for answer in answers)
    begin = first + warm_up_seconds
    kept = [answer for answer in answers if answer["started"] >= begin]
    if len(kept) < min(_FEWEST_ANSWERS, len(answers)):
        begin, kept = first, list(answers)
    good = np.array([answer["seconds"] for answer in kept if answer["status"] == 200]) * 1000
    end = max(answer["started"] for answer in answers)
    span = max(end - begin, _SHORTEST_SPAN_SECONDS)
    done = sum(answer["status"] == 200 and begin <= answer["started"] + answer["seconds"] <= end for answer in answers)
    refused = sum(answer["status"] in _REFUSED for answer in kept) / len(kept)
    p50, p90, p95, p99 = np.percentile(good, [50, 90, 95, 99]).tolist() if len(good) else [None] * 4
    return HttpFigures(
        answers=len(kept),
        per_second=done / span,
        p50_ms=p50,
        p90_ms=p90,
        p95_ms=p95,
        p99_ms=p99,
        average_ms=float(good.mean()) if len(good) else None,
        refused=refused,
        failed=sum(answer["status"] not in (200, *_REFUSED) for answer in kept) / len(kept),
    )


def run_locust(
    url: str, path: str, bodies: Sequence[Any], *, users: int = 1, rate: float | None = None, seconds: float
) -> list[dict[str, float]]:
    """Post ``bodies``, one after the other, for ``seconds``; each answer's start, duration and status.

    Args:
        users: requests in flight (closed loop), when there is no ``rate``.
        rate: requests a second with exponential gaps (open loop).

    Raises:
        HttpLoadError: locust failed.
    """
    with tempfile.TemporaryDirectory() as scratch:
        posted, answers = Path(scratch) / "bodies.json", Path(scratch) / "answers.json"
        plan = {"path": path, "rate": rate, "bodies": str(posted), "answers": str(answers)}
        posted.write_text(json.dumps(list(bodies)))
        command = [
            sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--host", url, "--skip-log",
            "--users", str(users if rate is None else 1), "--spawn-rate", "1000", "--run-time", f"{seconds:g}s",
            "--stop-timeout", "30", "--only-summary",
        ]  # fmt: skip
        done = subprocess.run(
            command,
            cwd=PROJECT_ROOT,
            env={**os.environ, "PERF_HTTP_PLAN": json.dumps(plan)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds + 30 + _START_SECONDS,
            check=False,
        )
        if not answers.exists():
            raise HttpLoadError(f"locust gave no figures:\n{done.stdout[-2000:]}")
        found: list[dict[str, float]] = json.loads(answers.read_text())
        return found

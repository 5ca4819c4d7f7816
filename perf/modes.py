"""The rules that turn the sweep's figures into the two modes, and the files that `MODE=` names."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from perf.levels import Level

FOLDER = Path(__file__).with_name("modes")

# Less than this does not show against the drift of a machine within minutes.
NOISE = 0.05
LATENCY_CONCURRENCIES = (1, 2)
LATENCY_P99_MS = 1000.0
WEAK_MACHINE_P99_MS = 5000.0
THROUGHPUT_P95_MS = 1000.0
THROUGHPUT_LATENCY_FACTOR = 4.0


class NoModeError(Exception):
    """No measured setting satisfies a mode's rule."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a rule chose: the variant of the sweep, the level that decided, and the bound that it kept."""

    variant: str
    level: Level
    bound_ms: float


def choose_latency(sweep: Iterable[Level]) -> Choice:
    """The variant with the lowest p95 at 1 and 2 requests in flight (the worse of the two), with every p99 under 1 s.

    Where no variant stays under 1 s, on a weak machine, the bound is 5 s. Of variants within 5 % of the lowest it is
    the first of the sweep, which begins with the defaults.

    Raises:
        NoModeError: no variant stays under 5 s.
    """
    groups: dict[str, list[Level]] = {}
    for level in sweep:
        if level.load == "concurrency" and level.level in LATENCY_CONCURRENCIES and level.batch == 1:
            groups.setdefault(level.variant, []).append(level)
    complete = {name: levels for name, levels in groups.items() if len(levels) == len(LATENCY_CONCURRENCIES)}
    for bound in (LATENCY_P99_MS, WEAK_MACHINE_P99_MS):
        fit = {name: max(levels, key=_p95) for name, levels in complete.items() if max(map(_p99, levels)) < bound}
        if fit:
            enough = (1 + NOISE) * min(map(_p95, fit.values()))
            name = next(name for name, level in fit.items() if _p95(level) <= enough)
            return Choice(name, fit[name], bound)
    raise NoModeError(f"no setting keeps p99 under {WEAK_MACHINE_P99_MS:.0f} ms at {LATENCY_CONCURRENCIES} in flight")


def choose_throughput(sweep: Iterable[Level], latency: Choice) -> Choice:
    """The variant and concurrency of the most sentences a second whose p95 keeps the bound.

    The bound is 1 s, or four times the p95 of the latency mode where that is more. Of levels within 5 % of the most
    it is the first of the sweep, which begins with the defaults.

    Raises:
        NoModeError: every level is slower.
    """
    bound = max(THROUGHPUT_P95_MS, THROUGHPUT_LATENCY_FACTOR * _p95(latency.level))
    fit = [level for level in sweep if level.load == "concurrency" and level.batch == 1 and _p95(level) <= bound]
    if not fit:
        raise NoModeError(f"no setting keeps p95 within {bound:.0f} ms")
    enough = max(level.sentences_per_second for level in fit) / (1 + NOISE)
    best = next(level for level in fit if level.sentences_per_second >= enough)
    return Choice(best.variant, best, bound)


def admitted(saturation: float, bound_ms: float) -> int:
    """Requests that may be in flight so that the last of them is answered within the bound, by Little's law.

    Args:
        saturation: single texts a second that the service can do.
    """
    return max(1, math.floor(saturation * bound_ms / 1000))


def render(name: str, choice: Choice, settings: Mapping[str, str], about: Sequence[str]) -> str:
    """The text of a mode's file: lines ``VARIABLE=value``, as both `make serve` and Docker Compose read them."""
    head = [f"# Settings of MODE={name}, written by `make perf`.", *(f"# {line}" for line in about)]
    head.append(f"# Chosen: {choice.variant}.")
    return "\n".join([*head, *(f"{variable}={value}" for variable, value in sorted(settings.items()))]) + "\n"


def _p95(level: Level) -> float:
    return math.inf if level.p95_ms is None else level.p95_ms


def _p99(level: Level) -> float:
    return math.inf if level.p99_ms is None else level.p99_ms

"""The numbers that texts quote from a run's figures, by name."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from perf.experiments import (
    BATCH,
    CONCURRENCY,
    HTTP,
    OPEN_LOOP,
    OVERLOAD,
    PARAMETERS,
    SATURATING,
    SATURATION,
    SIDE_BY_SIDE,
)
from perf.levels import Level

ENSEMBLE = "translate_ensemble"
_LATENCY_BOUND_MS = 1000.0
_FEW_IN_FLIGHT = 8


class MissingFigureError(Exception):
    """A text or the summary needs a level that the run does not have."""


def find(levels: Iterable[Level], **wanted: Any) -> Level:
    """The first level whose fields have these values.

    Raises:
        MissingFigureError: there is none.
    """
    for level in levels:
        if all(getattr(level, name) == value for name, value in wanted.items()):
            return level
    raise MissingFigureError(f"no level with {wanted}")


class Quotes(dict[str, str]):
    """Numbers by name; one that this run does not have says so."""

    def __missing__(self, name: str) -> str:
        return "(not measured)"


def quotes(facts: Mapping[str, Any], levels: Sequence[Level]) -> Quotes:
    """Every number that the report's prose may name, as text."""
    return Quotes(
        {
            name: value if isinstance(value, str) else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
            for name, value in {
                **_overall(levels),
                **_batch(levels),
                **_concurrency(levels),
                **_side_by_side(levels),
                **_parameters(levels),
                **_open_loop(levels),
                **_http(levels),
                **_modes(facts),
            }.items()
        }
    )


def highest(levels: Iterable[Level]) -> Level:
    """The level of the ensemble with the highest throughput, whatever its latency."""
    return max(
        (level for level in levels if level.experiment == CONCURRENCY and level.target == ENSEMBLE),
        key=lambda level: level.sentences_per_second,
    )


def _overall(levels: Sequence[Level]) -> dict[str, float | str]:
    rounds = [level for level in levels if level.experiment == SATURATION]
    ours = [level for level in rounds if level.target == ENSEMBLE]
    bounds = [level.sentences_per_second for level in rounds if level.target != ENSEMBLE]
    shares = [level.sentences_per_second / bound for level, bound in zip(ours, bounds, strict=True)]
    reached = median(level.sentences_per_second for level in ours)
    baseline = max(level.sentences_per_second for level in levels if level.experiment == "baseline")
    return {
        "saturation": reached,
        "saturation_at": f"{ours[0].level:.0f}",
        "saturation_p95": median(level.p95_ms or 0.0 for level in ours),
        "bound": median(bounds),
        "baseline": baseline,
        "share_of_bound": f"{median(shares):.0%}",
        "lowest_share_of_bound": f"{min(shares):.0%}",
        "highest_share_of_bound": f"{max(shares):.0%}",
        "multiple_of_baseline": reached / baseline,
    }


def _batch(levels: Sequence[Level]) -> dict[str, float | str]:
    def rate(target: str, batch: int) -> Level:
        return find(levels, experiment=BATCH, target=target, batch=batch)

    return {
        "batch16_gain": rate(ENSEMBLE, 16).sentences_per_second / rate(ENSEMBLE, 1).sentences_per_second,
        "batch16_p95": rate(ENSEMBLE, 16).p95_ms or 0.0,
        "batch1_p95": rate(ENSEMBLE, 1).p95_ms or 0.0,
        "tokenize_batch1": rate("tokenize", 1).sentences_per_second,
        "tokenize_batch16": rate("tokenize", 16).sentences_per_second,
        "marian_de_batch1": rate("marian_en_de", 1).sentences_per_second,
        "marian_de_batch16": rate("marian_en_de", 16).sentences_per_second,
    }


def _concurrency(levels: Sequence[Level]) -> dict[str, float | str]:
    def at(number: int) -> Level:
        return find(levels, experiment=CONCURRENCY, target=ENSEMBLE, level=number)

    return {
        "concurrency_gain": highest(levels).sentences_per_second / at(1).sentences_per_second,
        "batch_at_8": at(8).batch_marian_en_de or 0.0,
        "p95_at_1": at(1).p95_ms or 0.0,
        "p95_at_8": at(8).p95_ms or 0.0,
        "sentences_at_8": at(8).sentences_per_second,
        "batch_at_saturation": highest(levels).batch_marian_en_de or 0.0,
        "highest_at": f"{highest(levels).level:.0f}",
        "client_cores_at_highest": highest(levels).client_cores or 0.0,
    }


def _side_by_side(levels: Sequence[Level]) -> dict[str, float | str]:
    def at(target: str, number: int) -> Level:
        return find(levels, experiment=SIDE_BY_SIDE, target=target, level=number)

    slowest = max((at(f"marian_en_{target}", 1) for target in ("de", "fr")), key=lambda level: level.p50_ms or 0)
    both, tokenize = at(ENSEMBLE, 1), at("tokenize", 1)
    one = [at(f"translate_en_{target}", SATURATING).sentences_per_second for target in ("de", "fr")]
    return {
        "slowest_step": slowest.target,
        "ensemble_over_slowest_ms": (both.p50_ms or 0) - (slowest.p50_ms or 0),
        "tokenize_p50": tokenize.p50_ms or 0.0,
        "tokenize_share": f"{(tokenize.p50_ms or 0) / (both.p50_ms or 1):.1%}",
        "one_target_p50": at("translate_en_de", 1).p50_ms or 0.0,
        "two_targets_p50": both.p50_ms or 0.0,
        "one_target_saturated": sum(one) / len(one),
        "two_targets_saturated": at(ENSEMBLE, SATURATING).sentences_per_second,
        "p50_alone": both.p50_ms or 0.0,
        "p95_alone": both.p95_ms or 0.0,
    }


def _parameters(levels: Sequence[Level]) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    for level in levels:
        if level.experiment == PARAMETERS:
            # How many requests a loaded service has in flight differs from machine to machine.
            load = f"at_{level.level:.0f}" if level.level <= _FEW_IN_FLIGHT else "loaded"
            key = f"{level.variant.replace(' ', '_').replace(',', '')}_{load}"
            found[f"{key}_rate"] = level.sentences_per_second
            found[f"{key}_p50"] = level.p50_ms or 0.0
            found[f"{key}_p95"] = level.p95_ms or 0.0
            if load == "loaded":
                found["loaded"] = f"{level.level:.0f}"
    return found


def _open_loop(levels: Sequence[Level]) -> dict[str, float | str]:
    measured = [level for level in levels if level.experiment == OPEN_LOOP]
    kept = [level.level for level in measured if level.p95_ms is not None and level.p95_ms <= _LATENCY_BOUND_MS]
    left = [level.level for level in measured if level.p95_ms is None or level.p95_ms > _LATENCY_BOUND_MS]
    worst = max((level for level in levels if level.experiment == OVERLOAD), key=lambda level: level.level)
    return {
        "rate_within_1s": max(kept, default=0.0),
        "rate_beyond_1s": min(left) if left else "none of the measured rates",
        "overload_rate": worst.level,
        "overload_answered": worst.requests_per_second,
        "overload_refused": f"{worst.refused:.0%}",
        "overload_failed": f"{abs(worst.failed):.1%}",
        "overload_p95": worst.p95_ms or 0.0,
    }


def _http(levels: Sequence[Level]) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    for number in (1, 8):
        api = find(levels, experiment=HTTP, target="/infer", batch=1, level=number)
        triton = find(levels, experiment=HTTP, target="Triton, JSON", batch=1, level=number)
        suffix = "" if number == 1 else f"_at_{number}"
        found[f"api_added_p50{suffix}"] = (api.p50_ms or 0) - (triton.p50_ms or 0)
        found[f"api_added_p99{suffix}"] = (api.p99_ms or 0) - (triton.p99_ms or 0)
    return found


def _modes(facts: Mapping[str, Any]) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    for mode, chosen in facts["modes"].items():
        found[f"mode_{mode}"] = chosen["variant"]
        found[f"mode_{mode}_in_flight"] = chosen["concurrency"]
    return found

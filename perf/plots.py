"""The plots of the report, as SVG."""

from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from perf.experiments import BATCH, BOUND, CONCURRENCY, OPEN_LOOP, OVERLOAD
from perf.levels import Level

ENSEMBLE = "translate_ensemble"
_SIZE = (8.0, 3.4)


def draw(levels: Sequence[Level], folder: Path) -> None:
    """Write `batch.svg`, `concurrency.svg` and `open-loop.svg` to ``folder``."""
    # The same figures give the same file.
    with mpl.rc_context({"svg.hashsalt": "triton-translate", "font.size": 9}):
        for name, figure in (
            ("batch", _batch(levels)),
            ("concurrency", _concurrency(levels)),
            ("open-loop", _open_loop(levels)),
        ):
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


def _axes(columns: int) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = [figure.add_subplot(1, columns, column + 1) for column in range(columns)]
    for axis in axes:
        axis.grid(visible=True, alpha=0.3)
    return figure, axes


def _batch(levels: Sequence[Level]) -> Figure:
    figure, (rate, latency) = _axes(2)
    for target in ("marian_en_de", "marian_en_fr", ENSEMBLE):
        chosen = [level for level in levels if level.experiment == BATCH and level.target == target]
        batches = [level.batch for level in chosen]
        rate.plot(batches, [level.sentences_per_second for level in chosen], marker="o", label=target)
        latency.plot(batches, [level.p95_ms or 0.0 for level in chosen], marker="o", label=target)
    rate.set(xlabel="texts in a request", ylabel="sentences/s", ylim=(0, None))
    latency.set(xlabel="texts in a request", ylabel="p95 (ms)", ylim=(0, None))
    rate.legend()
    return figure


def _concurrency(levels: Sequence[Level]) -> Figure:
    figure, (rate, latency) = _axes(2)
    chosen = [level for level in levels if level.experiment == CONCURRENCY and level.target == ENSEMBLE]
    numbers = [level.level for level in chosen]
    rate.plot(numbers, [level.sentences_per_second for level in chosen], marker="o", label=ENSEMBLE)
    for batch, style in ((32, "--"), (1, ":")):
        bounds = [level.sentences_per_second for level in levels if level.experiment == BOUND and level.batch == batch]
        if bounds:
            label = f"the engine alone, batch {batch}"
            rate.axhline(mean(bounds), linestyle=style, color="gray", label=label)
    for name in ("p50", "p95", "p99"):
        latency.plot(numbers, [getattr(level, f"{name}_ms") for level in chosen], marker="o", label=name)
    rate.set(xlabel="requests in flight", ylabel="sentences/s", xscale="log", ylim=(0, None))
    latency.set(xlabel="requests in flight", ylabel="ms", xscale="log", yscale="log")
    rate.legend()
    latency.legend()
    return figure


def _open_loop(levels: Sequence[Level]) -> Figure:
    figure, (triton, api) = _axes(2)
    for axis, experiment in ((triton, OPEN_LOOP), (api, OVERLOAD)):
        chosen = [level for level in levels if level.experiment == experiment]
        for name in ("p50", "p95", "p99"):
            values = [getattr(level, f"{name}_ms") for level in chosen]
            axis.plot([level.level for level in chosen], values, marker="o", label=name)
        axis.axhline(1000, linestyle="--", color="gray")
        axis.set(xlabel="offered requests/s", ylabel="ms", ylim=(0, None))
    triton.set_title("Triton")
    api.set_title("the API, beyond saturation (answers 200)")
    triton.legend()
    return figure

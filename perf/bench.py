"""Taking one level's figures: perf_analyzer or locust outside, Triton's counters and the processes' usage inside."""

import logging
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

from models_src.checkpoint import Checkpoint
from models_src.serving.repository import TARGETS
from models_src.serving.settings import ServingSettings
from models_src.tokenizer import Tokenizer
from perf import workload
from perf.analyzer import Load, PerfAnalyzer, Windows
from perf.http_load import run_locust, summarize
from perf.levels import PARTS, Level
from perf.server import Server

LOG = logging.getLogger(__name__)

ENSEMBLE = "translate_ensemble"
_HTTP_WARM_UP_SECONDS = 1.0
_ANALYZER_SECONDS = 180.0
_WARM_UP_REQUESTS = 16
_MANY_IN_FLIGHT = 16

Measured = TypeVar("Measured")


class Inputs:
    """perf_analyzer's input files in ``folder``, by model, for sentences of ours."""

    def __init__(self, folder: Path, settings: ServingSettings) -> None:
        self.lines = workload.sentences()
        self._folder = folder
        self._files: dict[str, Path] = {}
        texts = workload.text_input(self.lines)
        for model in (ENSEMBLE, "translate_en_de", "translate_en_fr"):
            self._files[model] = self._write(model, texts)
        self._files["tokenize"] = self._write("tokenize", workload.text_input(self.lines, options=False))
        for target in TARGETS:
            tokenizer = Tokenizer(Checkpoint.load(settings.weights / f"en-{target}"))
            model = f"marian_en_{target}"
            self._files[model] = self._write(model, workload.token_input(self.lines, tokenizer, target))

    def __getitem__(self, model: str) -> Path:
        return self._files[model]

    def __contains__(self, model: object) -> bool:
        return model in self._files

    def with_beam(self, beam_size: int) -> Path:
        """Texts for the ensemble that ask for a beam of their own."""
        return self._write(f"beam{beam_size}", workload.text_input(self.lines, beam_size=beam_size))

    def repeated(self, different: int) -> Path:
        """Texts for the ensemble of which only ``different`` differ, for the response cache."""
        return self._write(f"repeated{different}", workload.text_input(self.lines[:different]))

    def second_half(self) -> Path:
        """Texts for the ensemble that no warm-up has sent."""
        return self._write("second_half", workload.text_input(self.lines[len(self.lines) // 2 :]))

    def _write(self, name: str, data: dict[str, Any]) -> Path:
        return workload.write(self._folder / f"{name}.json", data)


class Bench:
    """Measures levels and keeps them.

    Args:
        analyzer: installed perf_analyzer.
        inputs: its input files.
        windows: how long it measures.
        http_seconds: how long locust measures, warm-up included.
    """

    def __init__(self, analyzer: PerfAnalyzer, inputs: Inputs, windows: Windows, http_seconds: float) -> None:
        self.levels: list[Level] = []
        self.inputs = inputs
        self._analyzer = analyzer
        self._windows = windows
        self._http_seconds = http_seconds

    def triton(
        self,
        server: Server,
        experiment: str,
        model: str,
        load: Load,
        *,
        variant: str = "default",
        data: Path | None = None,
        once: bool = False,
    ) -> Level:
        """perf_analyzer against one of Triton's models; ``once``: no text may come twice."""

        windows = self._windows
        if (load.concurrency or 0) > _MANY_IN_FLIGHT:
            # Answers come by the batch there: a short window has a batch more or less by chance.
            windows = replace(windows, milliseconds=2 * windows.milliseconds)

        given = (model, server.triton_address, data or self.inputs[model], load, windows)

        def run() -> Any:
            return self._analyzer.measure(*given, seconds=_ANALYZER_SECONDS, once=once)

        figures, observed = _observe(server, run)
        times = {name: value for name, value in asdict(figures).items() if name.endswith("_us")}
        latencies = {f"{name}_ms": times.pop(f"{name}_us") / 1000 for name in ("p50", "p90", "p95", "p99", "average")}
        is_open = load.rate is not None
        return self._keep(
            Level(
                experiment=experiment,
                variant=variant,
                target=model,
                batch=load.batch,
                load="rate" if is_open else "concurrency",
                level=float(load.rate if load.rate is not None else load.concurrency or 0),
                stable=figures.stable,
                requests_per_second=figures.sentences_per_second / load.batch,
                sentences_per_second=figures.sentences_per_second,
                **latencies,
                **times,
                **observed,
            )
        )

    def http(
        self,
        server: Server | None,
        experiment: str,
        url: str,
        path: str,
        bodies: Sequence[Any],
        *,
        target: str,
        batch: int = 1,
        users: int = 1,
        rate: float | None = None,
        seconds: float | None = None,
        variant: str = "default",
    ) -> Level:
        """locust against whatever listens at ``url``; ``server`` None: its insides are not known."""

        def run() -> Any:
            return run_locust(url, path, bodies, users=users, rate=rate, seconds=seconds or self._http_seconds)

        answers, observed = _observe(server, run)
        figures = summarize(answers, _HTTP_WARM_UP_SECONDS)
        return self._keep(
            Level(
                experiment=experiment,
                variant=variant,
                target=target,
                batch=batch,
                load="concurrency" if rate is None else "rate",
                level=users if rate is None else rate,
                requests_per_second=figures.per_second,
                sentences_per_second=figures.per_second * batch,
                p50_ms=figures.p50_ms,
                p90_ms=figures.p90_ms,
                p95_ms=figures.p95_ms,
                p99_ms=figures.p99_ms,
                average_ms=figures.average_ms,
                refused=figures.refused,
                failed=figures.failed,
                **observed,
            )
        )

    def warm_up(self, server: Server) -> None:
        """A burst of texts through the ensemble, so that no level pays for first-time work."""
        load = Load(batch=8, concurrency=4)
        self._analyzer.warm_up(ENSEMBLE, server.triton_address, self.inputs[ENSEMBLE], load, _WARM_UP_REQUESTS)

    def keep(self, level: Level) -> Level:
        """Add a level that was measured elsewhere."""
        return self._keep(level)

    def _keep(self, level: Level) -> Level:
        self.levels.append(level)
        LOG.info(
            "%s %s %s b%d %s %g: %.1f sentences/s, p50 %s p95 %s ms%s",
            level.experiment,
            level.variant,
            level.target,
            level.batch,
            level.load,
            level.level,
            level.sentences_per_second,
            "-" if level.p50_ms is None else f"{level.p50_ms:.0f}",
            "-" if level.p95_ms is None else f"{level.p95_ms:.0f}",
            " (unstable)" if level.stable is False else "",
        )
        return level


def _observe(server: Server | None, run: Callable[[], Measured]) -> tuple[Measured, Mapping[str, float]]:
    """Run, and return what the service's counters and processes said about it, as fields of `Level`."""
    client_before, begun = _children_cpu(), time.monotonic()
    if server is None:
        return run(), {}
    counters, usage = server.counters(), server.usage()
    measured = run()
    seconds = time.monotonic() - begun
    usage_after, batches = server.usage(), server.counters().batches_since(counters)
    observed = {
        "service_cores": usage_after.cores_since(usage, seconds),
        "client_cores": (_children_cpu() - client_before) / seconds,
        **{f"batch_{model}": batch for model, batch in batches.items() if f"batch_{model}" in Level.model_fields},
        **{f"memory_{part}_mib": usage_after.memory_mib[part] for part in PARTS if part in usage_after.memory_mib},
    }
    return measured, observed


def _children_cpu() -> float:
    """Processor seconds of the children that have ended: the load generators, not the service, which runs on."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

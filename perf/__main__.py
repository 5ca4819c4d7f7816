"""`python -m perf`: measure everything, choose the two modes, verify them, write the report. `make perf` runs it."""

import argparse
import contextlib
import json
import logging
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from models_src.checkpoint import PROJECT_ROOT
from models_src.serving.cpu import available_cores
from models_src.serving.settings import ServingSettings
from perf import modes, report
from perf.analyzer import HOME, PerfAnalyzer, Windows
from perf.bench import Bench, Inputs
from perf.experiments import BOUND, Experiments, Variant, variants
from perf.levels import Level, write_levels
from perf.machine import describe_machine, describe_versions

LOG = logging.getLogger("perf")

RESULTS = Path(__file__).with_name("results")

_BOUND_BATCHES = (1, 8, 32)
_BASELINE_USERS = (1, 8)
_BASELINE_START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Form:
    """How thorough a run is."""

    name: str
    windows: Windows
    http_seconds: float
    bound_rounds: int


QUICK = Form("quick", Windows(milliseconds=1000, trials=3, stability_percent=25), http_seconds=5, bound_rounds=2)
FULL = Form("full", Windows(milliseconds=5000, trials=10, stability_percent=10), http_seconds=30, bound_rounds=7)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m perf", description=__doc__)
    parser.add_argument("--full", action="store_true", help="every level and longer windows: about two hours")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the figures (default: perf/results)")
    arguments = parser.parse_args()
    # Ending in any way stops the services.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S", level=logging.INFO)
    run(FULL if arguments.full else QUICK, arguments.results)


def run(form: Form, results: Path) -> None:
    """Everything, from installing perf_analyzer to the report."""
    begun = time.time()
    machine = describe_machine()
    analyzer = PerfAnalyzer.install(HOME)
    results.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(analyzer, Inputs(Path(scratch), ServingSettings()), form.windows, form.http_seconds)
        experiments = Experiments(bench, Path(scratch) / "service.log", quick=form is QUICK)
        tokens: dict[str, float] = {}
        for batch in _BOUND_BATCHES:
            level, tokens = _engine_alone(batch, form.bound_rounds)
            bench.keep(level)
        with experiments.service({}) as server:
            experiments.batch_sizes(server)
            saturation = experiments.concurrencies(server)
            experiments.saturation(server, lambda: _engine_alone(max(_BOUND_BATCHES), form.bound_rounds)[0])
            experiments.side_by_side(server)
            experiments.http(server)
            experiments.open_loop(server, saturation)
            experiments.overload(server, saturation)
        settings = variants(available_cores(), quick=form is QUICK)
        sweep = experiments.parameters(settings, saturation)
        chosen = _choose(sweep, settings)
        for mode, (choice, _) in chosen.items():
            concurrencies = modes.LATENCY_CONCURRENCIES if mode == "latency" else (int(choice.level.level),)
            experiments.verify(mode, concurrencies)
        _baseline(bench)
        write_levels(results / "levels.csv", bench.levels)
    facts = {
        "form": form.name,
        "started": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(begun)),
        "minutes": round((time.time() - begun) / 60, 1),
        "machine": machine,
        "versions": describe_versions(analyzer.version()),
        "windows": {
            "milliseconds": form.windows.milliseconds,
            "trials": form.windows.trials,
            "stability_percent": form.windows.stability_percent,
        },
        "settings": {variant.name: dict(variant.settings) for variant in settings},
        "target_tokens_per_sentence": tokens,
        "modes": {
            mode: {
                "variant": choice.variant,
                "concurrency": choice.level.level,
                "bound_ms": choice.bound_ms,
                "settings": values,
            }
            for mode, (choice, values) in chosen.items()
        },
    }
    (results / "run.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    LOG.info("measured in %.1f minutes; writing the report", facts["minutes"])
    report.write(results, Path(__file__).with_name("REPORT.md"))


def _engine_alone(batch: int, rounds: int) -> tuple[Level, dict[str, float]]:
    """The engine alone in batches, and the target tokens of an average sentence by language."""
    command = [sys.executable, "-m", "perf.bound", "--batch", str(batch), "--rounds", str(rounds)]
    done = subprocess.run(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    rate = median(found["sentences_per_second"])
    level = Level(
        experiment=BOUND,
        target="engine",
        batch=batch,
        level=1,
        requests_per_second=rate / batch,
        sentences_per_second=rate,
    )
    return level, found["target_tokens_per_sentence"]


def _baseline(bench: Bench) -> None:
    """transformers' `generate` behind FastAPI."""
    with _baseline_server() as url:
        for users in _BASELINE_USERS:
            bodies = [{"texts": [line]} for line in bench.inputs.lines]
            bench.http(None, "baseline", url, "/infer", bodies, target="baseline", users=users, seconds=12)


@contextlib.contextmanager
def _baseline_server() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "perf.baseline", "--port", str(port)], cwd=PROJECT_ROOT)
    try:
        deadline = time.monotonic() + _BASELINE_START_SECONDS
        while not _answers(f"http://127.0.0.1:{port}/openapi.json"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the baseline did not start")
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
            return True
    except (urllib.error.URLError, OSError):
        return False


def _choose(sweep: list[Level], settings: list[Variant]) -> dict[str, tuple[modes.Choice, dict[str, str]]]:
    """Apply the rules and write the modes' files."""
    by_name = {variant.name: dict(variant.settings) for variant in settings}
    latency = modes.choose_latency(sweep)
    throughput = modes.choose_throughput(sweep, latency)
    saturation = max(level.sentences_per_second for level in sweep if level.variant == latency.variant)
    admitted = modes.admitted(saturation, latency.bound_ms)
    chosen = {
        "latency": (latency, {**by_name[latency.variant], "TRANSLATE_MAX_IN_FLIGHT": str(admitted)}),
        "throughput": (throughput, by_name[throughput.variant]),
    }
    for mode, (choice, values) in chosen.items():
        text = modes.render(mode, choice, values, report.rule_of(mode))
        (modes.FOLDER / f"{mode}.env").write_text(text, encoding="utf-8")
        LOG.info("MODE=%s: %s %s", mode, choice.variant, values)
    return chosen


if __name__ == "__main__":
    main()

"""The report of recorded figures."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perf import experiments
from perf.levels import Level, read_levels, write_levels
from perf.quotes import ENSEMBLE, MissingFigureError, find, quotes
from perf.report import Report, parse_interpretation, table, write

PERF = Path("perf")
FACTS: dict[str, Any] = {
    "form": "quick",
    "started": "2026-01-31 12:00 UTC",
    "minutes": 14.2,
    "machine": {"processor": "a processor"},
    "versions": {"Triton": "2.51.0"},
    "windows": {"milliseconds": 1200, "trials": 4, "stability_percent": 15.0},
    "settings": {"default": {}, "batch 64": {"TRANSLATE_MAX_BATCH_SIZE": "64"}},
    "target_tokens_per_sentence": {"de": 20.0, "fr": 30.0},
    "modes": {
        "latency": {"variant": "default", "concurrency": 2, "bound_ms": 1000.0, "settings": {"A": "1"}},
        "throughput": {"variant": "batch 64", "concurrency": 64, "bound_ms": 1000.0, "settings": {}},
    },
}


def level(experiment: str, target: str, number: float, **more: Any) -> Level:
    """A level whose throughput is ten times the load, and p50, p95, p99 one, two and three milliseconds times it."""
    latencies = {"p50_ms": number, "p90_ms": 1.5 * number, "p95_ms": 2 * number, "p99_ms": 3 * number}
    rates = {"requests_per_second": 10 * number, "sentences_per_second": 10 * number}
    return Level.model_validate(
        {**latencies, **rates, **more, "experiment": experiment, "target": target, "level": number}
    )


def all_levels() -> Iterator[Level]:
    for model in experiments.MODELS:
        for batch in experiments.BATCHES:
            yield level(experiments.BATCH, model, 1, batch=batch, sentences_per_second=10 * batch)
        for number in (1, 2, 4, 8):
            yield level(experiments.CONCURRENCY, model, number, batch_marian_en_de=number / 2)
    for model in (*experiments.MODELS, "translate_en_de", "translate_en_fr"):
        for number in (1, experiments.SATURATING):
            yield level(experiments.SIDE_BY_SIDE, model, number)
    for variant in ("default", "batch 64"):
        for number in (1, 2, 64):
            yield level(experiments.PARAMETERS, ENSEMBLE, number, variant=variant)
    for rate in (400, 600):
        yield level(experiments.OPEN_LOOP, ENSEMBLE, rate, load="rate", stable=rate < 500)
    yield level(experiments.OVERLOAD, "/infer", 900, load="rate", refused=0.25, failed=0.0)
    for number in (1, 8):
        yield level(experiments.HTTP, "/infer", number, p50_ms=number + 2.5)
        yield level(experiments.HTTP, "Triton, JSON", number)
    yield level(experiments.BOUND, "engine", 1, batch=32, sentences_per_second=110)
    for number, ours in ((1, 75), (2, 80), (3, 90)):
        variant = f"round {number}"
        yield level(experiments.SATURATION, "engine", 1, batch=32, sentences_per_second=100, variant=variant)
        yield level(experiments.SATURATION, ENSEMBLE, 64, sentences_per_second=ours, variant=variant)
    yield level("baseline", "baseline", 1, sentences_per_second=16)
    yield level(experiments.VERIFICATION, ENSEMBLE, 2, variant="latency")
    yield level(experiments.VERIFICATION, ENSEMBLE, 64, variant="throughput", p95_ms=1200)


LEVELS = list(all_levels())
INTERPRETATION = "run: 2026-01-31 12:00 UTC\n\n## bounds\nThe ensemble reaches {share_of_bound} of the engine.\n"


@pytest.fixture(scope="module")
def report() -> str:
    return Report(FACTS, LEVELS, INTERPRETATION).render()


def test_a_table_is_markdown() -> None:
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_the_summary_compares_with_the_bounds(report: str) -> None:
    assert "| share of what the engine alone does in one process | 80% |" in report
    assert "| multiple of a plain transformers and FastAPI server | 5 × |" in report
    assert "| what the API adds to it (p50) | 2.5 ms |" in report


def test_every_experiment_has_a_section(report: str) -> None:
    headings = re.findall(r"^## (.*)$", report, re.MULTILINE)
    assert [heading.split(".")[0] for heading in headings[1:7]] == list("123456")
    assert headings[7:] == ["Bounds: the engine alone, and a plain server", "The two modes"]


def test_what_was_not_stable_is_marked(report: str) -> None:
    assert "| 600.0 | 6,000.0† |" in report
    assert "| 400.0 | 4,000.0 |" in report


def test_one_language_counts_its_own_tokens(report: str) -> None:
    assert "| `marian_en_de` | 1 | 10.0 | 10.0 | 200 |" in report
    assert "| `translate_ensemble` | 1 | 10.0 | 10.0 | 500 |" in report
    assert "| `tokenize` | 1 | 10.0 | 10.0 | – |" in report


def test_the_modes_are_compared_with_their_fresh_run(report: str) -> None:
    assert "| `latency` | default: `A=1` | 2 | 20.0 → 20.0 | 2 → 2 | 4 → 4 | 6 → 6 | 1,000 (p99) | yes |" in report
    assert "| 128 → 1,200 | 192 → 192 | 1,000 (p95) | **no** |" in report


def test_texts_quote_figures(report: str) -> None:
    assert "The ensemble reaches 80% of the engine." in report
    assert "Written for" not in report


def test_a_text_for_another_run_says_so() -> None:
    text = Report({**FACTS, "started": "2027-01-01 00:00 UTC"}, LEVELS, INTERPRETATION).render()
    assert "*(Written for the run of 2026-01-31 12:00 UTC;" in text


def test_an_interpretation_names_its_run() -> None:
    with pytest.raises(ValueError, match="must begin with"):
        parse_interpretation("## batch\nIt depends.\n")


def test_the_rate_at_which_p95_leaves_a_second_is_found() -> None:
    found = quotes(FACTS, LEVELS)
    assert (found["rate_within_1s"], found["rate_beyond_1s"]) == ("400", "600")


def test_a_text_may_name_what_was_not_measured() -> None:
    text = INTERPRETATION + "Threads: {16_threads_at_1_p50}.\n"
    assert "Threads: (not measured)." in Report(FACTS, LEVELS, text).render()


def test_a_missing_level_is_named() -> None:
    with pytest.raises(MissingFigureError, match="imaginary"):
        find(LEVELS, experiment="imaginary")


def test_the_report_is_written_beside_its_plots(tmp_path: Path) -> None:
    write_levels(tmp_path / "levels.csv", LEVELS)
    (tmp_path / "run.json").write_text(json.dumps(FACTS))
    write(tmp_path, tmp_path / "REPORT.md")
    plots = re.findall(r"!\[[^]]+\]\(results/(\S+)\)", (tmp_path / "REPORT.md").read_text(encoding="utf-8"))
    assert len(plots) == 3
    assert all((tmp_path / plot).read_text(encoding="utf-8").count("<path") > 10 for plot in plots)


def test_the_committed_report_is_that_of_the_committed_figures() -> None:
    facts = json.loads((PERF / "results" / "run.json").read_text(encoding="utf-8"))
    levels = read_levels(PERF / "results" / "levels.csv")
    interpretation = (PERF / "interpretation.md").read_text(encoding="utf-8")
    rendered = Report(facts, levels, interpretation).render()
    assert (PERF / "REPORT.md").read_text(encoding="utf-8") == rendered
    assert "Written for the run" not in rendered

"""`python -m perf.report`: REPORT.md and its plots from the figures of a run. Nothing in it is typed by hand except
`interpretation.md`, whose numbers are quotes filled in from the same figures."""

import argparse
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from perf import plots
from perf.experiments import (
    BATCH,
    BOUND,
    CONCURRENCY,
    HTTP,
    OPEN_LOOP,
    OVERLOAD,
    PARAMETERS,
    SATURATION,
    SIDE_BY_SIDE,
    VERIFICATION,
)
from perf.levels import Level, read_levels
from perf.quotes import quotes

INTERPRETATION = Path(__file__).with_name("interpretation.md")
UNSTABLE_MARK = "†"

Column = tuple[str, Callable[[Level], str]]

_RULES = {
    "latency": (
        "Rule: the lowest p95 at 1 and 2 requests in flight (the worse of the two), every p99 under 1 s (5 s where no",
        "setting stays under 1 s); the defaults, if they are within 5 % of it. TRANSLATE_MAX_IN_FLIGHT: as many",
        "requests as the service answers within the bound.",
    ),
    "throughput": (
        "Rule: the most sentences a second with a p95 within 1 s, or within four times the p95 of MODE=latency where",
        "that is more; the defaults, if they are within 5 % of it.",
    ),
}


def rule_of(mode: str) -> Sequence[str]:
    """The rule of a mode in words, in lines of at most 120 characters."""
    return _RULES[mode]


def number(value: float | None, digits: int = 0) -> str:
    """A figure for a table; unknown ones are a dash."""
    return "–" if value is None else f"{value:,.{digits}f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _throughput(level: Level) -> str:
    return number(level.sentences_per_second, 1) + (UNSTABLE_MARK if level.stable is False else "")


def _tokens(per_sentence: Mapping[str, float]) -> Callable[[Level], str]:
    def tokens(level: Level) -> str:
        targets = [target for target in per_sentence if level.target.endswith(f"_{target}")] or list(per_sentence)
        if level.target == "tokenize":
            return "–"
        return number(level.sentences_per_second * sum(per_sentence[target] for target in targets))

    return tokens


def _batches(level: Level) -> str:
    found = [level.batch_tokenize, level.batch_marian_en_de, level.batch_marian_en_fr]
    return " / ".join(number(batch, 1) for batch in found)


def _memory(level: Level) -> str:
    found = [
        level.memory_triton_mib, level.memory_tokenize_mib, level.memory_marian_en_de_mib,
        level.memory_marian_en_fr_mib, level.memory_api_mib,
    ]  # fmt: skip
    return " / ".join(number(memory) for memory in found)


_TARGET: Column = ("measured", lambda level: f"`{level.target}`")
_VARIANT: Column = ("setting", lambda level: level.variant)
_BATCH: Column = ("batch", lambda level: str(level.batch))
_LEVEL: Column = ("in flight", lambda level: number(level.level))
_RATE: Column = ("offered/s", lambda level: number(level.level, 1))
_REQUESTS: Column = ("requests/s", lambda level: number(level.requests_per_second, 1))
_SENTENCES: Column = ("sentences/s", _throughput)
_P50: Column = ("p50 ms", lambda level: number(level.p50_ms, 1))
_P90: Column = ("p90 ms", lambda level: number(level.p90_ms, 1))
_P95: Column = ("p95 ms", lambda level: number(level.p95_ms, 1))
_P99: Column = ("p99 ms", lambda level: number(level.p99_ms, 1))
_CORES: Column = ("cores: service, client", lambda level: _pair(level.service_cores, level.client_cores))
_AVERAGE_BATCH: Column = ("average batch: tokenize / de / fr", _batches)
_MEMORY: Column = ("MiB: triton / tokenize / de / fr / api", _memory)
_LATENCY = (_P50, _P90, _P95, _P99)


def _pair(first: float | None, second: float | None) -> str:
    return f"{number(first, 2)}, {number(second, 2)}"


def _milliseconds(*names: str) -> Callable[[Level], str]:
    def total(level: Level) -> str:
        values = [value for name in names if (value := getattr(level, name)) is not None]
        return number(sum(values) / 1000, 1) if values else "–"

    return total


_TIMES: tuple[Column, ...] = (
    ("client ms", _milliseconds("client_send_us", "network_us", "client_receive_us")),
    ("queue ms", _milliseconds("queue_us")),
    ("input ms", _milliseconds("compute_input_us")),
    ("infer ms", _milliseconds("compute_infer_us")),
    ("output ms", _milliseconds("compute_output_us")),
)


def levels_table(levels: Iterable[Level], columns: Sequence[Column]) -> str:
    """One row for each level."""
    return table([name for name, _ in columns], [[cell(level) for _, cell in columns] for level in levels])


class Report:
    """The parts of REPORT.md.

    Args:
        facts: `run.json`.
        levels: `levels.csv`.
        interpretation: the text of `interpretation.md`.
    """

    def __init__(self, facts: Mapping[str, Any], levels: Sequence[Level], interpretation: str) -> None:
        self._facts = facts
        self._levels = levels
        self._quotes = quotes(facts, levels)
        self._written_for, self._texts = parse_interpretation(interpretation)
        self._tokens: Column = ("target tokens/s", _tokens(facts["target_tokens_per_sentence"]))

    def of(self, experiment: str) -> list[Level]:
        """The levels of one experiment."""
        return [level for level in self._levels if level.experiment == experiment]

    def render(self) -> str:
        """The whole document."""
        parts = [
            "# Load tests",
            self._summary(),
            "## Machine and method",
            self._method(),
            "## 1. Batch size",
            "![Throughput by batch size](results/batch.svg)",
            levels_table(self.of(BATCH), [_TARGET, _BATCH, _REQUESTS, _SENTENCES, self._tokens, *_LATENCY, _CORES]),
            levels_table(self.of(BATCH), [_TARGET, _BATCH, *_TIMES, _AVERAGE_BATCH, _MEMORY]),
            self._text("batch"),
            "## 2. Concurrency",
            "![Throughput and latency by concurrency](results/concurrency.svg)",
            levels_table(
                self.of(CONCURRENCY), [_TARGET, _LEVEL, _REQUESTS, _SENTENCES, self._tokens, *_LATENCY, _CORES]
            ),
            levels_table(self.of(CONCURRENCY), [_TARGET, _LEVEL, *_TIMES, _AVERAGE_BATCH, _MEMORY]),
            self._text("concurrency"),
            "## 3. The models side by side",
            levels_table(self.of(SIDE_BY_SIDE), [_TARGET, _LEVEL, _SENTENCES, _P50, _P95, _AVERAGE_BATCH, _CORES]),
            self._text("side-by-side"),
            "## 4. The server's own parameters",
            levels_table(
                self.of(PARAMETERS), [_VARIANT, _LEVEL, _SENTENCES, self._tokens, *_LATENCY, _AVERAGE_BATCH, _CORES]
            ),
            self._text("parameters"),
            "## 5. Open loop and overload",
            "![Latency by offered rate](results/open-loop.svg)",
            "Poisson arrivals at Triton (perf_analyzer):",
            levels_table(self.of(OPEN_LOOP), [_RATE, _SENTENCES, *_LATENCY, _AVERAGE_BATCH, _CORES]),
            "Poisson arrivals at the API (locust), far beyond what it can do:",
            self._overload(),
            self._text("open-loop"),
            "## 6. Through the API",
            levels_table(self.of(HTTP), [_TARGET, _BATCH, _LEVEL, _REQUESTS, _SENTENCES, *_LATENCY, _CORES]),
            self._text("http"),
            "## Bounds: the engine alone, and a plain server",
            self._bounds(),
            self._text("bounds"),
            "## The two modes",
            self._modes(),
            self._text("modes"),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _summary(self) -> str:
        found = self._quotes
        return (
            f"Generated by `make perf` from [`results/`](results) ({self._facts['form']} form, "
            f"{self._facts['started']}, {self._facts['minutes']} minutes). Sentences a second are English sentences "
            "translated into **both** languages, except where one model is measured alone.\n\n"
            + table(
                ["", "measured"],
                [
                    ["the ensemble at saturation", f"{found['saturation']} sentences/s"],
                    ["share of what the engine alone does in one process", found["share_of_bound"]],
                    ["multiple of a plain transformers and FastAPI server", f"{found['multiple_of_baseline']} ×"],
                    ["one request in flight: p50, p95", f"{found['p50_alone']} ms, {found['p95_alone']} ms"],
                    ["what the API adds to it (p50)", f"{found['api_added_p50']} ms"],
                ],
            )
        )

    def _method(self) -> str:
        windows = self._facts["windows"]
        rows = [*self._facts["machine"].items(), *self._facts["versions"].items()]
        return (
            f"perf_analyzer measures in windows of {windows['milliseconds']} ms until three in a row lie within "
            f"{windows['stability_percent']:g} % of each other, at most {windows['trials']} of them. Figures marked "
            f"{UNSTABLE_MARK} did not become stable by its own verdict. Service, models and load generator share the "
            "cores. Average batches are Triton's counts of inferences over executions; memory is what a process "
            "shares with no other. Target tokens a second count the tokens of the best hypotheses. The sentences are "
            "ours (`perf/sentences.txt`); none occurs twice within a level unless the cache is measured.\n\n"
            + table(["", ""], [[name, str(value)] for name, value in rows])
        )

    def _overload(self) -> str:
        columns: list[Column] = [
            _RATE,
            ("answered/s", lambda level: number(level.requests_per_second, 1)),
            *_LATENCY,
            ("refused (429, 503)", lambda level: f"{level.refused:.0%}"),
            ("failed otherwise", lambda level: f"{abs(level.failed):.1%}"),
        ]
        return levels_table(self.of(OVERLOAD), columns)

    def _bounds(self) -> str:
        alone = [*self.of(BOUND), *self.of("baseline")]
        return "\n\n".join(
            [
                levels_table(alone, [_TARGET, _BATCH, _LEVEL, _SENTENCES, self._tokens, _P50, _P95]),
                "The engine alone and the ensemble at saturation, in turns:",
                levels_table(
                    self.of(SATURATION), [_VARIANT, _TARGET, _BATCH, _LEVEL, _SENTENCES, self._tokens, _CORES]
                ),
            ]
        )

    def _modes(self) -> str:
        parts = [f"`MODE={mode}`: {' '.join(_RULES[mode])}" for mode in self._facts["modes"]]
        rows = []
        for mode, chosen in self._facts["modes"].items():
            settings = ", ".join(f"`{key}={value}`" for key, value in chosen["settings"].items()) or "the defaults"
            for verified in [level for level in self.of(VERIFICATION) if level.variant == mode]:
                sweep = [
                    level
                    for level in self.of(PARAMETERS)
                    if level.variant == chosen["variant"] and level.level == verified.level
                ]
                rows.append(
                    [
                        f"`{mode}`", f"{chosen['variant']}: {settings}", number(verified.level),
                        *(f"{_throughput(sweep[0])} → {_throughput(verified)}" if sweep else _throughput(verified),),
                        *(
                            f"{number(getattr(sweep[0], name) if sweep else None)} → {number(getattr(verified, name))}"
                            for name in ("p50_ms", "p95_ms", "p99_ms")
                        ),
                        f"{number(chosen['bound_ms'])} ({'p99' if mode == 'latency' else 'p95'})",
                        "yes" if _keeps_bound(mode, verified, chosen["bound_ms"]) else "**no**",
                    ]
                )  # fmt: skip
        head = [
            "mode", "chosen", "in flight", "sentences/s: sweep → fresh run", "p50 ms", "p95 ms", "p99 ms", "bound ms",
            "kept",
        ]  # fmt: skip
        return "\n\n".join([*parts, table(head, rows)])

    def _text(self, section: str) -> str:
        text = self._texts.get(section, "").format_map(self._quotes)
        if text and self._written_for != self._facts["started"]:
            text += (
                f"\n\n*(Written for the run of {self._written_for}; the numbers quoted are this run's, the "
                "conclusions may not be.)*"
            )
        return text


def _keeps_bound(mode: str, level: Level, bound_ms: float) -> bool:
    latency = level.p99_ms if mode == "latency" else level.p95_ms
    return latency is not None and latency <= bound_ms


def parse_interpretation(text: str) -> tuple[str, dict[str, str]]:
    """The run that the texts were written for, and the text of each section.

    Raises:
        ValueError: it does not begin with ``run: …``.
    """
    head, *sections = re.split(r"^## (\S+)\n", text, flags=re.MULTILINE)
    match = re.match(r"run: (.+)", head)
    if match is None:
        raise ValueError("interpretation.md must begin with 'run: ' and the start of the run that it was written for")
    return match.group(1).strip(), {
        name: body.strip() for name, body in zip(sections[::2], sections[1::2], strict=True)
    }


def write(results: Path, destination: Path) -> None:
    """Write the report of ``results`` to ``destination``, and the plots beside the figures."""
    facts = json.loads((results / "run.json").read_text(encoding="utf-8"))
    levels = read_levels(results / "levels.csv")
    plots.draw(levels, results)
    text = Report(facts, levels, INTERPRETATION.read_text(encoding="utf-8")).render()
    destination.write_text(text, encoding="utf-8")


def main() -> None:
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(prog="python -m perf.report", description=__doc__)
    parser.add_argument("--results", type=Path, default=here / "results", help="folder of the figures")
    parser.add_argument("--output", type=Path, default=here / "REPORT.md", help="the report")
    arguments = parser.parse_args()
    write(arguments.results, arguments.output)


if __name__ == "__main__":
    main()

"""Reading what perf_analyzer wrote and said; the files are recorded."""

from pathlib import Path

import pytest

from perf.analyzer import AnalyzerError, Figures, Load, PerfAnalyzer, Windows, is_unstable, parse_csv

DATA = Path(__file__).with_name("data")
CSV = (DATA / "perf_analyzer.csv").read_text()
UNSTABLE = (DATA / "unstable.txt").read_text()
TOO_SHORT = "No valid requests recorded within time interval. Please use a larger time window."


def test_the_figures_of_a_level_are_read() -> None:
    assert parse_csv(CSV, stable=True) == Figures(
        stable=True,
        sentences_per_second=63.2416,
        p50_us=918324,
        p90_us=1113476,
        p95_us=1228821,
        p99_us=1409049,
        average_us=928051,
        client_send_us=148,
        network_us=63495,
        queue_us=1,
        compute_input_us=391,
        compute_infer_us=862221,
        compute_output_us=1784,
        client_receive_us=7,
    )


def test_a_file_of_several_levels_is_refused() -> None:
    with pytest.raises(AnalyzerError, match="one level, found 2"):
        parse_csv(CSV.strip() + "\n" + CSV.strip().splitlines()[1], stable=True)


def test_a_file_without_a_column_is_refused() -> None:
    with pytest.raises(AnalyzerError, match="p99 latency"):
        parse_csv(CSV.replace("p99 latency", "p98 latency"), stable=True)


def test_the_verdict_is_read() -> None:
    assert is_unstable(UNSTABLE)
    assert not is_unstable("Inferences/Second vs. Client Average Batch Latency")


@pytest.mark.parametrize(
    ("load", "arguments"),
    [
        (Load(batch=8, concurrency=4), ["-b", "8", "--concurrency-range=4"]),
        (Load(rate=12.5), ["-b", "1", "--request-rate-range=12.5", "--request-distribution=poisson", "--async"]),
    ],
)
def test_a_load_becomes_arguments(load: Load, arguments: list[str]) -> None:
    assert load.arguments() == arguments


class Recorded(PerfAnalyzer):
    """Answers with recorded outputs, and notes window and stability bound of each call."""

    def __init__(self, *answers: tuple[str, str | None]) -> None:
        super().__init__(Path("nowhere"))
        self.answers = list(answers)
        self.calls: list[tuple[int, float]] = []

    def _profile(
        self, model: str, url: str, data: Path, load: Load, windows: Windows, seconds: float
    ) -> tuple[str, str | None]:
        del model, url, data, load, seconds
        self.calls.append((windows.milliseconds, windows.stability_percent))
        return self.answers.pop(0)

    def figures(self, *, once: bool = False) -> Figures:
        load, windows = Load(concurrency=1), Windows(1000, 4, 10)
        return self.measure("model", "url", Path("data"), load, windows, seconds=1, once=once)


def test_a_stable_level_is_measured_once() -> None:
    analyzer = Recorded(("fine", CSV))
    assert analyzer.figures().stable
    assert analyzer.calls == [(1000, 10)]


def test_an_unstable_level_is_measured_again_and_marked() -> None:
    analyzer = Recorded((UNSTABLE, None), ("fine", CSV))
    assert not analyzer.figures().stable
    assert [milliseconds for milliseconds, _ in analyzer.calls] == [1000, 1000]
    assert analyzer.calls[1][1] > 1000


def test_inputs_that_must_not_come_twice_are_measured_once_without_a_bound() -> None:
    analyzer = Recorded(("fine", CSV))
    assert not analyzer.figures(once=True).stable
    [(_, percent)] = analyzer.calls
    assert percent > 1000


def test_slow_requests_get_longer_windows() -> None:
    analyzer = Recorded((TOO_SHORT, None), ("fine", CSV))
    assert analyzer.figures().stable
    assert analyzer.calls == [(1000, 10), (4000, 10)]


def test_an_unstable_level_of_slow_requests_gets_them_as_well() -> None:
    analyzer = Recorded((UNSTABLE, None), (TOO_SHORT, None), ("fine", CSV))
    assert not analyzer.figures().stable
    assert [milliseconds for milliseconds, _ in analyzer.calls] == [1000, 1000, 4000]


def test_requests_slower_than_the_longest_windows_are_an_error() -> None:
    with pytest.raises(AnalyzerError, match="larger time window"):
        Recorded(*[(TOO_SHORT, None)] * 3).figures()


def test_a_failure_shows_what_perf_analyzer_said() -> None:
    with pytest.raises(AnalyzerError, match="connection refused"):
        Recorded(("connection refused", None)).figures()

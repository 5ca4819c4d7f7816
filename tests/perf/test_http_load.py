"""Figures of what locust wrote down."""

import pytest

from perf.http_load import HttpLoadError, summarize


def answers(*rows: tuple[float, float, int]) -> list[dict[str, float]]:
    return [{"started": started, "seconds": seconds, "status": status} for started, seconds, status in rows]


def test_the_warm_up_is_left_out() -> None:
    later = [(1.0 + index, 1.0 if index % 2 else 0.5, 200) for index in range(8)]
    figures = summarize(answers((0.0, 9.0, 200), *later), warm_up_seconds=1.0)
    assert figures.answers == 8
    assert figures.per_second == 7 / (8.0 - 1.0)
    assert (figures.p50_ms, figures.average_ms, figures.p99_ms) == (750, 750, 1000)


def test_few_slow_answers_all_count() -> None:
    figures = summarize(answers((0.0, 4.0, 200), (2.0, 2.0, 200)), warm_up_seconds=1.0)
    assert (figures.answers, figures.p50_ms) == (2, 3000)


def test_throughput_counts_answers_when_they_come() -> None:
    rows = [(0.0, 3.0, 200), *((float(index), 0.5, 200) for index in range(1, 10)), (10.0, 5.0, 200)]
    assert summarize(answers(*rows), warm_up_seconds=1.0).per_second == 10 / 9


def test_refusals_and_failures_are_counted_apart_and_have_no_latency() -> None:
    figures = summarize(answers((0, 1, 200), (0, 0.1, 429), (0, 0.1, 503), (0, 5, 500), (0, 5, 0)), warm_up_seconds=0)
    assert figures.refused == 0.4
    assert figures.failed == pytest.approx(0.4)
    assert figures.p95_ms == 1000


def test_without_a_success_there_is_no_latency() -> None:
    figures = summarize(answers((0, 1, 429)), warm_up_seconds=0)
    assert (figures.per_second, figures.p50_ms, figures.average_ms, figures.refused) == (0, None, None, 1)


def test_nothing_answered_is_an_error() -> None:
    with pytest.raises(HttpLoadError, match="no request"):
        summarize([], warm_up_seconds=2)

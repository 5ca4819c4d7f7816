"""The rules that choose the modes."""

import pytest

from perf.levels import Level
from perf.modes import Choice, NoModeError, admitted, choose_latency, choose_throughput, render


def level(variant: str, concurrency: int, *, p95: float, p99: float | None = None, rate: float = 10.0) -> Level:
    return Level(
        experiment="parameters",
        variant=variant,
        target="translate_ensemble",
        level=concurrency,
        requests_per_second=rate,
        sentences_per_second=rate,
        p95_ms=p95,
        p99_ms=p95 if p99 is None else p99,
    )


def choice(p95: float) -> Choice:
    return Choice("default", level("default", 2, p95=p95), 1000)


class TestLatency:
    def test_the_lowest_p95_wins(self) -> None:
        sweep = [level("a", 1, p95=50), level("a", 2, p95=90), level("b", 1, p95=60), level("b", 2, p95=80)]
        assert choose_latency(sweep).variant == "b"

    def test_the_worse_of_one_and_two_in_flight_decides(self) -> None:
        sweep = [level("a", 1, p95=10), level("a", 2, p95=90)]
        assert choose_latency(sweep).level.level == 2

    def test_the_first_of_those_within_noise_wins(self) -> None:
        sweep = [level(name, number, p95=p95) for name, p95 in (("a", 100), ("b", 96)) for number in (1, 2)]
        assert choose_latency(sweep).variant == "a"

    def test_a_p99_of_a_second_excludes(self) -> None:
        sweep = [level("a", 1, p95=50, p99=1000), level("a", 2, p95=50), level("b", 1, p95=70), level("b", 2, p95=70)]
        assert choose_latency(sweep).variant == "b"

    def test_a_weak_machine_gets_five_seconds_and_says_so(self) -> None:
        chosen = choose_latency([level("a", 1, p95=1500), level("a", 2, p95=3000)])
        assert (chosen.variant, chosen.bound_ms) == ("a", 5000)

    def test_a_variant_that_was_not_measured_at_both_is_not_chosen(self) -> None:
        sweep = [level("a", 1, p95=1), level("b", 1, p95=70), level("b", 2, p95=70), level("b", 64, p95=1)]
        assert choose_latency(sweep).variant == "b"

    def test_where_all_are_too_slow_there_is_no_mode(self) -> None:
        with pytest.raises(NoModeError, match="5000 ms"):
            choose_latency([level("a", 1, p95=6000), level("a", 2, p95=6000)])


class TestThroughput:
    def test_the_most_sentences_within_the_bound_win(self) -> None:
        sweep = [level("a", 32, p95=900, rate=60), level("b", 64, p95=990, rate=70), level("c", 64, p95=1010, rate=80)]
        assert choose_throughput(sweep, choice(p95=100)).variant == "b"

    def test_the_first_of_those_within_noise_wins(self) -> None:
        sweep = [level("a", 64, p95=900, rate=70), level("b", 64, p95=900, rate=73)]
        assert choose_throughput(sweep, choice(p95=100)).variant == "a"

    def test_the_bound_is_four_times_the_latency_mode_where_that_is_more(self) -> None:
        sweep = [level("a", 32, p95=900, rate=60), level("c", 64, p95=1999, rate=80)]
        chosen = choose_throughput(sweep, choice(p95=500))
        assert (chosen.variant, chosen.bound_ms) == ("c", 2000)

    def test_where_all_are_too_slow_there_is_no_mode(self) -> None:
        with pytest.raises(NoModeError, match="1000 ms"):
            choose_throughput([level("a", 64, p95=1001)], choice(p95=1))


@pytest.mark.parametrize(("saturation", "bound_ms", "requests"), [(70.9, 1000, 70), (10, 5000, 50), (0.2, 1000, 1)])
def test_as_many_requests_are_admitted_as_are_done_within_the_bound(
    saturation: float, bound_ms: float, requests: int
) -> None:
    assert admitted(saturation, bound_ms) == requests


def test_a_mode_file_holds_its_rule_and_its_settings() -> None:
    assert render("latency", choice(p95=1), {"B": "2", "A": "1"}, ["Rule: be quick."]) == (
        "# Settings of MODE=latency, written by `make perf`.\n# Rule: be quick.\n# Chosen: default.\nA=1\nB=2\n"
    )

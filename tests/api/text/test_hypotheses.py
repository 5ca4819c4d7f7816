"""N-best lists of whole texts."""

import math
from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.text.hypotheses import Hypothesis, Ranked, combine, echo

SCORES = st.lists(st.integers(-40, 0), min_size=1, max_size=4).map(lambda found: sorted(found, reverse=True))
PARTS = st.lists(st.tuples(SCORES, st.integers(1, 30)), min_size=1, max_size=4)


def plain(chosen: Sequence[Hypothesis]) -> str:
    return " ".join(hypothesis.text for hypothesis in chosen)


def ranked(scores: Sequence[float], weight: int = 1, name: str = "a") -> Ranked:
    return Ranked([Hypothesis(f"{name}{rank}", score, 0.5) for rank, score in enumerate(scores)], weight)


def test_the_list_of_a_single_part_stays_as_it_is() -> None:
    part = Ranked([Hypothesis("a", -0.123456789, 0.9, ("low_score",)), Hypothesis("b", -0.1, 0.95)], weight=3)
    assert list(combine([part], plain, 2).hypotheses) == list(part.hypotheses)


def test_the_score_is_the_mean_weighted_by_the_length_of_the_source() -> None:
    [best] = combine([ranked([-1.0], 10), ranked([-4.0], 20)], plain, 1).hypotheses
    assert best.score == -3.0


def test_the_confidence_is_the_geometric_mean_with_the_same_weights() -> None:
    parts = [Ranked([Hypothesis("a", -1, 0.9)], 10), Ranked([Hypothesis("b", -1, 0.3)], 20)]
    [best] = combine(parts, plain, 1).hypotheses
    assert best.confidence == pytest.approx((0.9 * 0.3**2) ** (1 / 3), abs=1e-6)


def test_no_confidence_in_one_part_is_none_in_the_whole() -> None:
    parts = [Ranked([Hypothesis("a", -1, 0.0)], 1), Ranked([Hypothesis("b", -1, 1.0)], 1)]
    assert combine(parts, plain, 1).hypotheses[0].confidence == 0


def test_what_is_echoed_has_no_say_in_the_score() -> None:
    whole = combine([ranked([-2.0], 5), echo("***")], plain, 1)
    assert (whole.hypotheses[0].text, whole.hypotheses[0].score, whole.weight) == ("a0 ***", -2.0, 5)


def test_a_text_of_echoes_is_an_echo() -> None:
    whole = combine([echo("1"), echo("2", ("untranslated",))], plain, 3)
    assert (list(whole.hypotheses), whole.weight) == ([Hypothesis("1 2", 0.0, 1.0, ("untranslated",))], 0)


def test_flags_are_united_in_order() -> None:
    parts = [Ranked([Hypothesis("a", -1, 0.5, flags)], 1) for flags in [("b", "a"), (), ("c", "b")]]
    assert combine(parts, plain, 1).hypotheses[0].flags == ("b", "a", "c")


def test_alternatives_are_not_the_ith_of_each_part() -> None:
    whole = combine([ranked([-1, -9], name="a"), ranked([-1, -2, -3], name="b")], plain, 4)
    assert [hypothesis.text for hypothesis in whole.hypotheses] == ["a0 b0", "a0 b1", "a0 b2", "a1 b0"]


def test_a_long_sentence_weighs_more_in_the_order_of_alternatives() -> None:
    whole = combine([ranked([-1, -1.5], 30, "a"), ranked([-1, -2.0], 10, "b")], plain, 2)
    assert [hypothesis.text for hypothesis in whole.hypotheses] == ["a0 b0", "a0 b1"]


def test_combinations_that_read_alike_are_one() -> None:
    part = Ranked([Hypothesis("a", -1, 0.5), Hypothesis("a ", -2, 0.5)], 1)
    whole = combine([part, part], lambda chosen: plain(chosen).replace(" ", ""), 4)
    assert len(whole.hypotheses) == 1


def test_a_flagged_hypothesis_that_was_put_last_stays_behind_the_others() -> None:
    loop = Hypothesis("loop", -0.1, 0.9, ("repetition",))
    part = Ranked([Hypothesis("a0", -1, 0.5), Hypothesis("a1", -2, 0.5), loop], 1)
    whole = combine([part, ranked([-1, -1.5], name="b")], plain, 3)
    assert [hypothesis.text for hypothesis in whole.hypotheses] == ["a0 b0", "a0 b1", "a1 b0"]


@given(parts=PARTS, count=st.integers(1, 6))
def test_the_alternatives_are_the_best_of_all_combinations(parts: list[tuple[list[int], int]], count: int) -> None:
    lists = [ranked(scores, weight, name=f"{number}.") for number, (scores, weight) in enumerate(parts)]
    total = sum(weight for _, weight in parts)
    every = sorted(
        (
            sum(score * weight for score, (_, weight) in zip(scores, parts, strict=True)) / total
            for scores in product(*(scores for scores, _ in parts))
        ),
        reverse=True,
    )
    found = [hypothesis.score for hypothesis in combine(lists, plain, count).hypotheses]
    assert found == pytest.approx(every[:count], abs=1e-6)


def test_six_hypotheses_of_a_thousand_sentences_need_no_product_of_them() -> None:
    parts = [ranked([-rank / (number + 1) for rank in range(6)], name=f"{number}.") for number in range(1000)]
    whole = combine(parts, plain, 6)
    assert len(whole.hypotheses) == 6
    assert math.isclose(whole.hypotheses[1].score, -1 / 1000 / 1000, abs_tol=1e-6)

"""Splitting sentences that are too long for the model."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.text.clauses import Part, next_limit, split_long


def translated(parts: list[Part]) -> list[str]:
    return [part.text for part in parts if part.translate]


@given(
    text=st.text(st.characters(exclude_categories=()), max_size=300)
    | st.lists(st.sampled_from(["word", " ", ", and ", "; ", ": ", "x" * 400, "\n", "—", ". So"]), max_size=40).map(
        "".join
    ),
    limit=st.sampled_from([18, 75, 300]),
)
def test_the_parts_joined_are_the_text_and_none_is_over_the_limit(text: str, limit: int) -> None:
    parts, _ = split_long(text, limit)
    assert "".join(part.text for part in parts) == text
    assert all(len(part) <= limit for part in translated(parts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We came, we saw it; then we went, and slept.", ["We came, we saw it;", "then we went, and slept."]),
        ("We saw all there was: a dog, and a cat.", ["We saw all there was:", "a dog, and a cat."]),
        ("We saw the old house — it was not very big.", ["We saw the old house —", "it was not very big."]),
        ("We saw red, blue houses, and then we left.", ["We saw red, blue houses,", "and then we left."]),
        ("We saw the old red, blue and white houses.", ["We saw the old red,", "blue and white houses."]),
        ("We saw the old red house and we all left it.", ["We saw the old red house", "and we all left it."]),
    ],
    ids=["semicolon", "colon", "dash", "comma-and", "comma", "and"],
)
def test_a_sentence_is_split_at_the_best_boundary(text: str, expected: list[str]) -> None:
    parts, forced = split_long(text, 32)
    assert (translated(parts), forced) == (expected, False)


def test_sentences_in_a_segment_come_before_clauses() -> None:
    parts, forced = split_long("He came late; I know. She did not come at all.", 30)
    assert (translated(parts), forced) == (["He came late; I know.", "She did not come at all."], False)


def test_a_cut_at_mere_white_space_is_forced() -> None:
    parts, forced = split_long("word " * 10, 18)
    assert (translated(parts), forced) == (["word word word"] * 3 + ["word"], True)


def test_a_cut_inside_a_word_is_forced() -> None:
    parts, forced = split_long("x" * 40, 18)
    assert (translated(parts), forced) == (["x" * 18, "x" * 18, "x" * 4], True)


def test_a_word_that_is_none_is_kept_and_flagged() -> None:
    parts, forced = split_long("The key is " + "x" * 5000 + " and no other.", 300)
    assert translated(parts) == ["The key is", "and no other."]
    assert [part.flags for part in parts if len(part.text) == 5000] == [("untranslated",)]
    assert forced


def test_nothing_but_such_a_word_needs_no_cut() -> None:
    assert split_long("x" * 5000, 300) == ([Part("x" * 5000, translate=False, flags=("untranslated",))], False)


def test_the_limits_become_smaller_and_end() -> None:
    limits: list[int | None] = [50_000]
    while limits[-1] is not None:
        limits.append(next_limit(limits[-1]))
    assert limits == [50_000, 300, 75, 18, None]


@pytest.mark.parametrize("unit", ["x", "word ", ", ", "a, and ", "; ", " ", "a;b", "—"])
def test_fifty_thousand_characters_without_a_sentence_are_split_in_time(unit: str) -> None:
    text = unit * (50_000 // len(unit))
    started = time.perf_counter()
    for limit in (300, 75, 18):
        split_long(text, limit)
    assert time.perf_counter() - started < 3

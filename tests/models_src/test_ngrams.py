"""Words, n-grams, overlap and loops."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_src.ngrams import Ngrams, has_loop_in_word, intersection_over_union, longest_run, ngrams, words

tokens = st.lists(st.sampled_from("abc"), max_size=12)
multisets = tokens.map(lambda found: ngrams(found, (1, 2)))


def test_words_drop_punctuation_and_case() -> None:
    assert words("Où est-il, s'il te plaît ?") == ["où", "est", "il", "s", "il", "te", "plaît"]


def test_words_fold_sharp_s_like_unicode() -> None:
    assert words("STRASSE") == words("Straße")


@given(st.text())
def test_words_do_not_depend_on_the_unicode_form(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


def test_ngrams_of_several_sizes_are_counted_together() -> None:
    assert ngrams(["a", "b", "a", "b"], (1, 2)) == {("a",): 2, ("b",): 2, ("a", "b"): 2, ("b", "a"): 1}


def test_a_text_shorter_than_the_size_has_no_ngrams() -> None:
    assert ngrams(["a", "b"], (3,)).total() == 0


@given(multisets, multisets)
def test_overlap_is_symmetric(first: Ngrams, second: Ngrams) -> None:
    assert intersection_over_union(first, second) == intersection_over_union(second, first)


@given(multisets, multisets)
def test_overlap_lies_between_0_and_1(first: Ngrams, second: Ngrams) -> None:
    assert 0 <= intersection_over_union(first, second) <= 1


@given(multisets, multisets)
def test_overlap_is_1_exactly_for_equal_multisets(first: Ngrams, second: Ngrams) -> None:
    assert (intersection_over_union(first, second) == 1) == (first == second)


def test_overlap_counts_how_often_an_ngram_occurs() -> None:
    assert intersection_over_union(ngrams("aab", (1,)), ngrams("abb", (1,))) == 0.5


@pytest.mark.parametrize(
    ("sequence", "max_period", "run"),
    [
        ("", 6, 0),
        ("a", 6, 1),
        ("abc", 6, 1),
        ("aab", 6, 2),
        ("abababc", 6, 3),
        ("xabcabcabcabcy", 6, 4),
        ("abcabcabc", 2, 1),
        ("ababa", 2, 2),
    ],
)
def test_the_longest_run_counts_adjacent_repeats_of_a_unit(sequence: str, max_period: int, run: int) -> None:
    assert longest_run(sequence, max_period) == run


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=4), st.integers(1, 5))
def test_a_unit_written_n_times_has_a_run_of_at_least_n(unit: list[str], times: int) -> None:
    assert longest_run(unit * times, max_period=4) >= times


@given(tokens)
def test_a_run_is_never_longer_than_the_sequence(sequence: list[str]) -> None:
    assert longest_run(sequence, max_period=6) <= len(sequence)


@pytest.mark.parametrize("text", ["Neeeeein", "hahahaha", "Babababababa", "das ist sehrsehrsehrsehr gut", "HaHahAhA"])
def test_a_loop_in_a_word_is_seen(text: str) -> None:
    assert has_loop_in_word(text)


@pytest.mark.parametrize("text", ["Schifffahrt", "Neeeein", "hahaha", "1000000", "……………", "ja ja ja ja", "_____"])
def test_ordinary_words_numbers_and_punctuation_are_no_loops_in_a_word(text: str) -> None:
    assert not has_loop_in_word(text)

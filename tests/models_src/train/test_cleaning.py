from __future__ import annotations

import pytest

from models_src.train.cleaning import LengthLimits, keep_pair, normalise, pair_key, source_key


def test_a_normal_pair_is_kept() -> None:
    assert keep_pair("The kettle is boiling.", "Der Kessel kocht.")


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("", "Etwas.", "empty source"),
        ("1234", "1234", "no letters"),
        ("We own three red boats.", "We own three red boats.", "copied sentence"),
        ("Room 12 is free.", "Zimmer 21 ist frei, Zimmer 3 nicht.", "different numbers"),
        ("The whole garden was covered in snow.", "der ganze Garten", "sentence against fragment"),
        ("Yes, of course I will come to see you again.", "Ja!", "length ratio"),
    ],
)
def test_a_bad_pair_is_dropped(source: str, target: str, reason: str) -> None:
    assert not keep_pair(source, target), reason


def test_numbers_may_be_written_in_another_style() -> None:
    assert keep_pair("It cost 1,250.50 euros.", "Es kostete 1.250,50 Euro.")


def test_a_short_name_may_stay_the_same() -> None:
    assert keep_pair("Lisbon", "Lisbon")


def test_length_limits_can_be_set() -> None:
    assert not keep_pair("one two three four", "eins zwei drei vier", LengthLimits(max_words=3))


def test_normalise_composes_and_collapses_spaces() -> None:
    assert normalise("  cafe\u0301 \t noir ") == "café noir"


def test_keys_ignore_case_and_punctuation() -> None:
    assert source_key("Hello, World!") == source_key("hello world")
    assert pair_key("A b.", "C d.") == pair_key("a B", "c D!")

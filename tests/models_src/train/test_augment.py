from __future__ import annotations

import random
import re

import pytest

from models_src.train.augment import (
    TEMPLATES,
    concatenate,
    copy_pairs,
    lower_source,
    strip_final_punctuation,
    title_source,
    variants,
)

PAIRS = [("Where is the Key?", "Wo ist der Schlüssel?"), ("It rains.", "Es regnet."), ("no mark", "kein Zeichen")]


def test_lower_casing_leaves_the_target_alone() -> None:
    assert lower_source(PAIRS[0]) == ("where is the key?", "Wo ist der Schlüssel?")


def test_title_casing_capitalises_every_word() -> None:
    assert title_source(("it rains a lot.", "x")) == ("It Rains A Lot.", "x")


def test_final_marks_go_on_both_sides() -> None:
    assert strip_final_punctuation(("Is it?", "Est-ce vrai ?")) == ("Is it", "Est-ce vrai")


def test_variants_that_change_nothing_are_left_out() -> None:
    assert variants([("no mark", "kein Zeichen")], "unpunctuated", 5, random.Random(1)) == []  # noqa: S311


@pytest.mark.parametrize("language", ["de", "fr"])
def test_copied_strings_occur_on_both_sides(language: str) -> None:
    for source, target in copy_pairs(language, 200, random.Random(2)):  # noqa: S311
        copied = set(re.findall(r"https?://\S+[\w]|\S+@\S+\w|\d+|[{<%$]\S*\w\S*", source))
        assert all(item.rstrip(".") in target for item in copied), (source, target)


def test_every_template_has_the_same_slots_in_every_language() -> None:
    for template in TEMPLATES:
        assert {tuple(sorted(set(re.findall(r"\{[xy]\}", text)))) for text in template.values()}.__len__() == 1


def test_concatenation_joins_complete_sentences_only() -> None:
    for source, target in concatenate(PAIRS, 30, random.Random(4)):  # noqa: S311
        assert "no mark" not in source
        assert len(re.findall(r"[.?]", source)) == len(re.findall(r"[.?]", target)) >= 2


def test_the_same_seed_gives_the_same_pairs() -> None:
    assert copy_pairs("fr", 20, random.Random(9)) == copy_pairs("fr", 20, random.Random(9))  # noqa: S311

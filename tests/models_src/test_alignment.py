"""Word alignment from attention."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_src.alignment import Attention, align_words, pharaoh

PIECES = st.lists(st.sampled_from(["▁red", "▁house", "s", "▁", ".", "▁–", "<0xC3>", "▁47"]), max_size=8)


def attention(*rows: list[float]) -> Attention:
    return np.array(rows, dtype=np.float32)


def test_each_target_word_is_linked_to_the_word_it_attends_to_most() -> None:
    weights = attention([0.9, 0.1, 0], [0.1, 0.2, 0.7], [0.2, 0.7, 0.1])
    links = align_words(weights, ["▁the", "▁red", "▁house"], ["▁la", "▁maison", "▁rouge"])
    assert links == [(0, 0), (1, 2), (2, 1)]


def test_pieces_of_one_word_are_taken_together() -> None:
    weights = attention([0.6, 0.3, 0.1], [0.1, 0.1, 0.8], [0.1, 0.2, 0.7])
    assert align_words(weights, ["▁web", "site", "▁is"], ["▁Sei", "te", "▁ist"]) == [(0, 0), (1, 1)]


def test_the_end_of_the_sequence_is_no_word() -> None:
    weights = attention([0.1, 0.3, 0.6], [0.2, 0.1, 0.7])
    assert align_words(weights, ["▁a", "▁b"], ["▁x", "▁y"]) == [(0, 1), (1, 0)]


def test_punctuation_neither_gives_nor_takes() -> None:
    weights = attention([0.5, 0.1, 0.4], [0.0, 0.1, 0.9])
    assert align_words(weights, ["▁go", "▁home", "."], ["▁heim", "!"]) == [(0, 0), (1, 0)]


def test_a_source_word_that_none_chose_gets_the_target_word_that_attends_to_it_most() -> None:
    weights = attention([0.9, 0.1], [0.8, 0.2])
    assert align_words(weights, ["▁New", "▁York"], ["▁New", "▁York"]) == [(0, 0), (0, 1), (1, 1)]


@pytest.mark.parametrize(("source", "target"), [([], ["▁a"]), (["▁a"], []), (["▁!"], ["▁a"]), (["▁a"], ["▁…"])])
def test_without_words_there_are_no_links(source: list[str], target: list[str]) -> None:
    assert align_words(np.zeros((len(target), len(source)), dtype=np.float32), source, target) == []


@given(source=PIECES, target=PIECES, data=st.data())
def test_links_lie_within_the_words_and_leave_none_out(
    source: list[str], target: list[str], data: st.DataObject
) -> None:
    cells = st.floats(0, 1, width=32)
    row = st.lists(cells, min_size=len(source) + 1, max_size=len(source) + 1)
    rows = data.draw(st.lists(row, min_size=len(target), max_size=len(target)))
    links = align_words(np.array(rows, dtype=np.float32).reshape(len(target), len(source) + 1), source, target)
    sources, targets = _words(source), _words(target)
    if sources and targets:
        assert {link for link, _ in links} == sources
        assert {link for _, link in links} == targets
    else:
        assert links == []


def _words(pieces: list[str]) -> set[int]:
    """The indices of the words that have a letter or digit."""
    word = 0
    found = set()
    for index, piece in enumerate(pieces):
        word += index > 0 and piece.startswith("▁")
        if any(character.isalnum() for character in piece):
            found.add(word)
    return found


def test_links_are_written_as_pharaoh_does() -> None:
    assert pharaoh([(0, 0), (1, 12)]) == "0-0 1-12"

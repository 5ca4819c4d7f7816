"""Plain text to sentences that translate on their own, with everything between them kept.

Line breaks first, then list markers, then sentences. The sentence splitter is Wikimedia's `sentencex`: of the ones
compared on our hard cases (tests/api/text/test_segmentation.py) it splits the most of them as a reader would
(sentencex 40 of 46, pysbd 38, sentence-splitter 36, syntok 34), at 3.6 MB/s it is an order of magnitude faster than
the next (syntok 0.4, sentence-splitter 0.06, pysbd 0.02), and it alone of them was released within the last year.
When in doubt it does not split, which suits a translator: two sentences in one piece still come out whole. What it
lacks is done here: it fails on white space outside ASCII, so it sees a shadow of the text; it takes quadratic
time on unclosed quotes, so it sees a window at a time; and it splits inside `System.IO`, which is undone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import sentencex

from api.text.options import SplitSentences

__all__ = ["Piece", "is_blank", "pieces", "sentence_bounds"]

_LINE_BREAKS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
# Marks of quoted mail, headings and list items, with the white space around them.
_LINE_START = re.compile(
    r"\s*(?:(?:[>|]|\#{1,6}(?=\s)|[-*+•‣◦▪▸●○–—](?=\s)|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{2,4})\)(?=\s)|\d{1,3}\.(?=\s))\s*)*"
)
_NOT_ASCII_SPACE_OR_SURROGATE = re.compile("[^\\S ]|[\ud800-\udfff]")
# A full stop, then no space: a new sentence only between words as plain as those in `the end.The next one`.
_PLAIN_BEFORE = re.compile(r"(?:^|[\s(\"“‘'])[a-z’']{2,}[.!?…]+$")
_PLAIN_AFTER = re.compile(r"[A-Z][a-z’']*[\s,]")
_STOPS_WITHOUT_SPACE = frozenset("。！？｡")
_LANGUAGE = "en"
_WINDOW = 4000
_LONGEST_WORD = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text from `start` (in code points), either a sentence or what lies between sentences."""

    text: str
    start: int
    is_sentence: bool

    @property
    def end(self) -> int:
        """Where the next piece starts."""
        return self.start + len(self.text)


def is_blank(text: str) -> bool:
    """Whether there is nothing to translate: no letter. Numbers are better left alone than to a model."""
    return not any(character.isalpha() for character in text)


def pieces(text: str, split: SplitSentences = "on") -> list[Piece]:
    """Return the pieces of a text in order: joined, they are the text, code point by code point.

    Every line break is a boundary: lists, headings, tables and poems keep their lines. A sentence has at least one
    letter and neither starts nor ends with white space; list markers and the `>` of quoted mail are no part of it.
    """
    bounds: list[tuple[int, int]] = []
    for start, end in _lines(text) if split != "off" else [(0, len(text))]:
        if split == "on":
            marker = _LINE_START.match(text, start, end)
            start = marker.end() if marker else start
            bounds.extend(sentence_bounds(text, start, end))
        else:
            bounds.append((start, end))
    return list(_cover(text, bounds))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _LINE_BREAKS.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _cover(text: str, bounds: list[tuple[int, int]]) -> Iterator[Piece]:
    """Yield the sentences between these bounds without the white space around them, and all that is left."""
    covered = 0
    for start, end in bounds:
        sentence = text[start:end].strip()
        if is_blank(sentence):
            continue
        start = text.index(sentence, start, end)
        if start > covered:
            yield Piece(text[covered:start], covered, is_sentence=False)
        yield Piece(sentence, start, is_sentence=True)
        covered = start + len(sentence)
    if covered < len(text):
        yield Piece(text[covered:], covered, is_sentence=False)


def sentence_bounds(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return where the sentences of `text[start:end]` start and end; together they cover it.

    Linear in the length: the splitter sees at most `_WINDOW` code points at a time, and what may go on behind
    them once more with the next.
    """
    shadow = _NOT_ASCII_SPACE_OR_SURROGATE.sub(_stand_in, text[start:end])
    cuts: list[int] = []
    position = 0
    while position < len(shadow):
        window = shadow[position : position + _WINDOW]
        lengths = [len(sentence) for sentence in sentencex.segment(_LANGUAGE, window)]
        is_last = position + len(window) == len(shadow)
        if not is_last and len(lengths) > 1:
            lengths.pop()
        elif not is_last:
            # No boundary in all of the window: it is no sentence of any language, so where it is cut matters little.
            position += len(window)
            continue
        for length in lengths:
            position += length
            cuts.append(position)
    kept = [cut for cut in cuts[:-1] if _separates(shadow, cut)]
    return [(start + left, start + right) for left, right in pairwise([0, *kept, len(shadow)])]


def _stand_in(found: re.Match[str]) -> str:
    return " " if found[0].isspace() else "?"


def _separates(shadow: str, cut: int) -> bool:
    """Whether sentences may meet at `cut`: at white space, or where it is clearly missing."""
    before = shadow[max(0, cut - _LONGEST_WORD) : cut]
    if before[-1:] == " " or before[-1:] in _STOPS_WITHOUT_SPACE or shadow[cut] == " ":
        return True
    after = shadow[cut : cut + _LONGEST_WORD]
    return _PLAIN_BEFORE.search(before) is not None and _PLAIN_AFTER.match(after) is not None

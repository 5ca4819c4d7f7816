"""Plain text to sentences that translate on their own, with everything between them kept.

Line breaks first, then list markers, then sentences. The sentence splitter is Wikimedia's `sentencex`: of 46 hard
cases (tests/api/text/test_segmentation.py has the ones that are right) it splits the most as a reader would (sentencex
40, pysbd 38, sentence-splitter 36, syntok 34), at 3.6 MB/s it is an order of magnitude faster than the next (syntok
0.4, sentence-splitter 0.06, pysbd 0.02), and it alone of them was released within the last year.
When in doubt it does not split, which suits a translator: two sentences in one piece still come out whole. What it
lacks is done here: it fails on white space outside ASCII, so it sees a shadow of the text; it takes quadratic
time on unclosed quotes, so it sees a window at a time; and it splits inside `System.IO`, which is undone.
"""

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import sentencex

from api.text.options import SplitSentences
from api.text.placeholders import Span, find_placeholders
from api.text.wrapping import LIST_MARKER, SoftBreak, soft_breaks

__all__ = ["Piece", "is_blank", "pieces", "sentence_bounds"]

_LINE_BREAKS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
# Marks of quoted mail, table cells, headings and list items, with the white space around them.
_LINE_START = re.compile(rf"\s*(?:(?:[>|]|{LIST_MARKER})\s*)*")
_TABS = re.compile("\t+")
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
    """A stretch of the text from `start` (in code points), either a sentence or what lies between sentences.

    `breaks` are the line breaks inside a sentence.
    """

    text: str
    start: int
    is_sentence: bool
    breaks: tuple[SoftBreak, ...] = ()

    @property
    def end(self) -> int:
        """Where the next piece starts."""
        return self.start + len(self.text)


def is_blank(text: str) -> bool:
    """Whether there is nothing to translate: no letter. Numbers are better left alone than to a model."""
    return not any(character.isalpha() for character in text)


def pieces(text: str, split: SplitSentences = "on") -> list[Piece]:
    """Return the pieces of a text in order: joined, they are the text, code point by code point.

    A line break is a boundary, so that lists, headings, tables and poems keep their lines; unless it only wraps
    a paragraph (`api.text.wrapping`), in which case it is one of the `breaks` of its sentence. `newlines` takes
    every line break for a boundary and looks for no other, `sentences` takes none for one, `off` finds none at all.
    A sentence has at least one letter and neither starts nor ends with white space; list markers and the `>` of
    quoted mail are no part of it. No boundary and no break is inside a placeholder. `on` takes the tabs in a line for
    the ends of table cells.
    """
    placeholders = find_placeholders(text)
    breaks = _outside(_breaks(text, split), placeholders)
    unbroken = _masked(text, breaks)
    bounds: list[tuple[int, int]] = []
    for start, end in _lines(unbroken):
        if split in ("on", "sentences"):
            marker = _LINE_START.match(unbroken, start, end)
            for column in _columns(unbroken, marker.end() if marker else start, end, split):
                bounds.extend(sentence_bounds(unbroken, *column))
        else:
            bounds.append((start, end))
    return list(_cover(text, unbroken, _joined(bounds, placeholders), breaks))


def _columns(text: str, start: int, end: int, split: SplitSentences) -> Iterator[tuple[int, int]]:
    """Yield what the tabs of a line separate."""
    if split == "on":
        for found in _TABS.finditer(text, start, end):
            yield start, found.start()
            start = found.end()
    yield start, end


def _outside(breaks: Sequence[SoftBreak], placeholders: Sequence[Span]) -> list[SoftBreak]:
    starts = [span.start for span in placeholders]
    around = [bisect_left(starts, found.end) - 1 for found in breaks]
    return [
        found
        for found, index in zip(breaks, around, strict=True)
        if index < 0 or placeholders[index].end <= found.start
    ]


def _joined(bounds: Sequence[tuple[int, int]], placeholders: Sequence[Span]) -> list[tuple[int, int]]:
    """Return the bounds with those joined that a placeholder reaches across, as one that has line breaks does."""
    joined: list[tuple[int, int]] = []
    spans = deque(placeholders)
    for start, end in bounds:
        while spans and spans[0].end <= start:
            spans.popleft()
        if joined and spans and spans[0].start < joined[-1][1]:
            start = joined.pop()[0]
        joined.append((start, end))
    return joined


def _breaks(text: str, split: SplitSentences) -> list[SoftBreak]:
    if split in ("off", "sentences"):
        return [SoftBreak(found.start(), found.end()) for found in _LINE_BREAKS.finditer(text)]
    return soft_breaks(text) if split == "on" else []


def _masked(text: str, breaks: Sequence[SoftBreak]) -> str:
    """Return the text with these breaks as spaces, of the same length."""
    kept: list[str] = []
    start = 0
    for found in breaks:
        kept += [text[start : found.start], " " * (found.end - found.start)]
        start = found.end
    return "".join([*kept, text[start:]])


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _LINE_BREAKS.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _cover(text: str, unbroken: str, bounds: Sequence[tuple[int, int]], breaks: Sequence[SoftBreak]) -> Iterator[Piece]:
    """Yield the sentences between these bounds without the white space around them, and all that is left."""
    covered = 0
    break_starts = [found.start for found in breaks]
    for lower, upper in bounds:
        sentence = unbroken[lower:upper].strip()
        if is_blank(sentence):
            continue
        start = unbroken.index(sentence, lower, upper)
        end = start + len(sentence)
        if start > covered:
            yield Piece(text[covered:start], covered, is_sentence=False)
        inside = tuple(breaks[bisect_left(break_starts, start) : bisect_left(break_starts, end)])
        yield Piece(text[start:end], start, is_sentence=True, breaks=inside)
        covered = end
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

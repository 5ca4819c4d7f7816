"""Line breaks in the middle of a sentence, as mails and README files have them: found, taken out, put back."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["LIST_MARKER", "SoftBreak", "rewrap", "soft_breaks", "unwrap"]

LIST_MARKER = r"(?:#{1,6}|[-*+•‣◦▪▸●○–—]|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{2,4})\)|\d{1,3}\.)(?=\s)"

# The marks of quoted mail, the text, the line break.
_LINE = re.compile(r"([ \t]*(?:>[ \t]*)*)([^\r\n]*)(?:\r\n|\n|\r|\Z)")
_STARTS_ITEM = re.compile(rf"{LIST_MARKER}|\|")
_FIRST_WORD = re.compile(r"\S*")
# In code points.
_NARROWEST = 40
_WIDEST = 120


@dataclass(frozen=True, slots=True)
class SoftBreak:
    """A line break inside a sentence, with the white space and the quotation marks of mail around it.

    It stands from `start` to `end` (code points) of the text.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    content_start: int
    content_end: int
    depth: int
    content: str


def soft_breaks(text: str) -> list[SoftBreak]:
    """Return the line breaks that only wrap a paragraph.

    Such a paragraph has no empty line, one list item at most, and one depth of quotation. Its longest line has 40 to
    120 code points; on most of its lines there was no room for the first word of the next, and after one of these
    breaks at least comes a small letter. So lists, headings, tables, addresses and poems keep their lines.
    """
    return [found for paragraph in _paragraphs(text) for found in _soft_breaks(paragraph)]


def _paragraphs(text: str) -> Iterator[list[_Line]]:
    paragraph: list[_Line] = []
    for found in _LINE.finditer(text):
        quotation, content = found[1], found[2].rstrip()
        line = _Line(found.start(), found.start(2), found.start(2) + len(content), quotation.count(">"), content)
        if paragraph and (not content or paragraph[-1].depth != line.depth or _STARTS_ITEM.match(content)):
            yield paragraph
            paragraph = []
        if content:
            paragraph.append(line)


def _soft_breaks(paragraph: Sequence[_Line]) -> list[SoftBreak]:
    width = max(line.content_end - line.start for line in paragraph)
    if not _NARROWEST <= width <= _WIDEST:
        return []
    full = [(line, after) for line, after in pairwise(paragraph) if _is_full(line, after, width)]
    is_wrapped = 2 * len(full) >= len(paragraph) and any(after.content[0].islower() for _, after in full)
    return [SoftBreak(line.content_end, after.content_start) for line, after in full] if is_wrapped else []


def _is_full(line: _Line, after: _Line, width: int) -> bool:
    """Whether the first word of the next line had no room on this one."""
    word = _FIRST_WORD.match(after.content)
    return line.content_end - line.start + 1 + len(word[0] if word else "") > width


def unwrap(text: str, breaks: Sequence[SoftBreak], start: int, end: int) -> str:
    """Return `text[start:end]` with a space for each of these breaks in it."""
    kept: list[str] = []
    for found in breaks:
        kept.append(text[start : found.start])
        start = found.end
    return " ".join([*kept, text[start:end]])


def rewrap(translation: str, breaks: Sequence[tuple[float, str]], kept: Collection[int] = ()) -> str:
    """Put line breaks back into a translation, in their order, each for the space nearest to its share of the length.

    `breaks` holds each break with where it was in the source, from 0 to 1. Those that find no space come at the end.
    The spaces at `kept` stay as they are.
    """
    spaces = [index for index, character in enumerate(translation) if character == " " and index not in kept]
    pieces: list[str] = []
    written = used = 0
    for number, (share, separator) in enumerate(breaks):
        if used == len(spaces):
            return "".join([*pieces, translation[written:], *(separator for _, separator in breaks[number:])])
        # The breaks after this one need a space each.
        available = max(used + 1, len(spaces) - (len(breaks) - number - 1))
        chosen = _nearest(spaces, used, available, share * len(translation))
        pieces += [translation[written : spaces[chosen]], separator]
        written = spaces[chosen] + 1
        used = chosen + 1
    return "".join([*pieces, translation[written:]])


def _nearest(values: Sequence[int], start: int, end: int, wanted: float) -> int:
    """Return the index from `start` to before `end` of the value nearest to `wanted`; values ascend."""
    above = min(bisect_left(values, wanted, start, end), end - 1)
    below = max(above - 1, start)
    return below if wanted - values[below] <= values[above] - wanted else above

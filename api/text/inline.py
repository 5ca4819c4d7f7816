"""Runs of text with inline markup: which sentences they have, and which tags belong into which of them.

A format cuts its texts into runs, which end at blocks, and each run into cells: characters, tags and opaque stretches.
What it cannot place inside a sentence (a tag without its partner, one that wraps whole sentences) stays where it is and
separates what stands before it from what stands after it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter

from api.text.options import SplitSentences
from api.text.placeholders import Span
from api.text.segmentation import is_blank, pieces
from api.text.segments import Segment

__all__ = ["Cell", "Node", "Sentence", "sentences"]

_WHITE_SPACE = re.compile(r"[ \t\n\f\r]+")
_DEEPEST = 40
_LONGEST_JOINED = 300
_MOST_ROUNDS = 8
_MOST_TAGS = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a run, which is `raw` in the source, from `start` (in code points).

    `text` is what a reader sees of it, nothing for a tag. `opens` and `closes` name a tag's element; an opaque cell
    comes back as it is.
    """

    raw: str
    start: int
    text: str = ""
    opens: str | None = None
    closes: str | None = None
    opaque: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """An element, a lone tag or an opaque stretch in a sentence, at characters `start` to `end` of its text.

    `opening` and `closing` are its tags; a lone tag and an opaque stretch have all in `opening`. `before_space`:
    whether white space follows a lone tag.
    """

    start: int
    end: int
    opening: str
    closing: str = ""
    opaque: bool = False
    before_space: bool = False
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A segment with its markup. `raws` is, for each character of the segment's text, what it is in the source."""

    segment: Segment
    nodes: tuple[Node, ...]
    raws: tuple[str, ...]
    source: str


def sentences(cells: Sequence[Cell], split: SplitSentences) -> Iterator[str | Sentence]:
    """Yield what the run consists of: sentences to translate, and what stands between them as it is in the source."""
    for group in _split(cells, _stranded(cells)):
        if isinstance(group, str):
            yield group
        else:
            yield from _balanced(group, split)


def _split(cells: Sequence[Cell], at: set[int]) -> Iterator[str | Sequence[Cell]]:
    """Yield the tags at these indices by themselves, and the cells between them."""
    start = 0
    for index in sorted(at):
        if start < index:
            yield cells[start:index]
        yield cells[index].raw
        start = index + 1
    if start < len(cells):
        yield cells[start:]


def _partners(cells: Sequence[Cell]) -> tuple[dict[int, int], set[int]]:
    """Return which opening tag is closed by which tag, and the tags without a partner or too deep for one."""
    pairs: dict[int, int] = {}
    stranded: set[int] = set()
    opened: list[int] = []
    for index, cell in enumerate(cells):
        if cell.opens is not None:
            opened.append(index)
        elif cell.closes is not None:
            names = [cells[start].opens for start in opened[-_DEEPEST:]]
            if cell.closes not in names:
                stranded.add(index)
                continue
            while cells[start := opened.pop()].opens != cell.closes:
                stranded.add(start)
            if len(opened) < _DEEPEST:
                pairs[start] = index
            else:
                stranded |= {start, index}
    return pairs, stranded.union(opened)


def _stranded(cells: Sequence[Cell]) -> set[int]:
    """Return the tags that cannot be moved: without a partner, or with a stranded tag between them and it."""
    pairs, stranded = _partners(cells)
    walls = sorted(stranded)
    crossed = ((start, end) for start, end in pairs.items() if bisect_right(walls, start) != bisect_right(walls, end))
    return stranded.union(*crossed)


def _tags(cells: Sequence[Cell]) -> set[int]:
    return {index for index, cell in enumerate(cells) if cell.opens is not None or cell.closes is not None}


def _balanced(cells: Sequence[Cell], split: SplitSentences, rounds: int = 0) -> Iterator[str | Sentence]:
    """Yield the parts of cells in which every tag has its partner."""
    text = "".join(cell.text for cell in cells)
    if is_blank("".join(cell.text for cell in cells if not cell.opaque)):
        yield "".join(cell.raw for cell in cells)
        return
    offsets = list(accumulate((len(cell.text) for cell in cells), initial=0))
    pairs, _ = _partners(cells)
    bounds = _sentence_bounds(text, cells, offsets, pairs, split)
    walls = {
        index
        for start, end in pairs.items()
        if _wraps_or_crosses(bounds, offsets[start], offsets[end])
        for index in (start, end)
    }
    if walls and rounds == _MOST_ROUNDS:
        walls = _tags(cells)
    walls |= _crowded(bounds, cells, offsets)
    if walls:
        for group in _split(cells, walls):
            if isinstance(group, str):
                yield group
            else:
                yield from _balanced(group, split, rounds + 1)
        return
    closing = {end: start for start, end in pairs.items()}
    done = 0
    for start, end in bounds:
        first, last = _cells_of(cells, offsets, pairs, closing, start, end)
        if done < first:
            yield "".join(cell.raw for cell in cells[done:first])
        yield _sentence(cells[first:last])
        done = last
    if done < len(cells):
        yield "".join(cell.raw for cell in cells[done:])


def _sentence_bounds(
    text: str, cells: Sequence[Cell], offsets: Sequence[int], pairs: dict[int, int], split: SplitSentences
) -> list[tuple[int, int]]:
    """Return where sentences start and end, those joined that a short element or an opaque stretch reaches across."""
    shown = _WHITE_SPACE.sub(lambda found: " " * len(found[0]), text)
    bounds = [
        (piece.start, piece.end)
        for piece in pieces(shown, "on" if split in ("on", "sentences") else "off")
        if piece.is_sentence
    ]
    for index, cell in enumerate(cells):
        if cell.opaque and cell.text:
            bounds = _joined(bounds, offsets[index], offsets[index + 1], longest=len(text))
    for start, end in pairs.items():
        if _crosses(bounds, offsets[start], offsets[end]):
            bounds = _joined(bounds, offsets[start], offsets[end], longest=_LONGEST_JOINED)
    return bounds


def _joined(bounds: list[tuple[int, int]], start: int, end: int, longest: int) -> list[tuple[int, int]]:
    """Return the bounds with those joined that overlap `start` to `end` partly, unless that would be too long."""
    first, last = _touched(bounds, start, end)
    if first == last or (bounds[first][0] <= start and end <= bounds[first][1]):
        return bounds
    whole = min(bounds[first][0], start), max(bounds[last - 1][1], end)
    return bounds if whole[1] - whole[0] > longest else [*bounds[:first], whole, *bounds[last:]]


def _touched(bounds: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """Return the first sentence that `start` to `end` has a part of, and the one behind the last."""
    return bisect_right(bounds, start, key=itemgetter(1)), bisect_left(bounds, end, key=itemgetter(0))


def _crosses(bounds: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether `start` to `end` has a part of a sentence and something outside of it."""
    first, last = _touched(bounds, start, end)
    return any(
        lower < start < upper < end or start < lower < end < upper
        for lower, upper in {*bounds[first : first + 1], *bounds[max(last - 1, first) : last]}
    )


def _wraps_or_crosses(bounds: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    first, last = _touched(bounds, start, end)
    return _crosses(bounds, start, end) or any(
        start <= lower and upper <= end for lower, upper in bounds[first : min(last, first + 2)]
    )


def _crowded(bounds: Sequence[tuple[int, int]], cells: Sequence[Cell], offsets: Sequence[int]) -> set[int]:
    """Return the markup of the sentences that have more of it than can be moved in reasonable time."""
    markup: dict[int, list[int]] = {}
    for index, cell in enumerate(cells):
        if cell.opaque or not cell.text:
            markup.setdefault(bisect_right(bounds, offsets[index], key=itemgetter(0)), []).append(index)
    return {index for found in markup.values() if len(found) > _MOST_TAGS for index in found}


def _cells_of(
    cells: Sequence[Cell],
    offsets: Sequence[int],
    pairs: dict[int, int],
    closing: dict[int, int],
    start: int,
    end: int,
) -> tuple[int, int]:
    """Return the first cell of a sentence and the one behind its last: its text, and the tags that belong to it."""
    first = bisect_right(offsets, start) - 1
    last = bisect_right(offsets, end - 1)
    lower, upper = first, last
    while lower > 0 and not cells[lower - 1].text:
        lower -= 1
        if pairs.get(lower, -1) > first:
            first = lower
    while upper < len(cells) and not cells[upper].text:
        if first <= closing.get(upper, -1) < last:
            last = upper + 1
        upper += 1
    return first, last


def _sentence(cells: Sequence[Cell]) -> Sentence:
    """Return the cells as text in which every stretch of white space is one space, and as nodes."""
    texts: list[str] = []
    raws: list[str] = []
    places: list[int] = []
    for cell in cells:
        places.append(len(raws))
        text = _WHITE_SPACE.sub(" ", cell.text)
        if texts and texts[-1].endswith(" ") and text.startswith(" "):
            if not cell.opaque:
                raws[-1] += cell.raw
            text = text[1:]
        if text:
            texts.append(text)
            raws += [cell.raw, *[""] * (len(text) - 1)]
    places.append(len(raws))
    nodes, _ = _nodes(cells, places, 0)
    text = "".join(texts)
    opaque = tuple(
        Span(places[index], places[index + 1])
        for index, cell in enumerate(cells)
        if cell.opaque and places[index] < places[index + 1]
    )
    boundaries = sorted({places[index] for index, cell in enumerate(cells) if not cell.text or cell.opaque})
    ends = sorted({places[index + 1] for index, cell in enumerate(cells) if cell.opaque})
    start, end = cells[0].start, cells[-1].start + len(cells[-1].raw)
    segment = Segment(text, start, end, opaque, tuple(sorted({*boundaries, *ends})))
    return Sentence(segment, tuple(nodes), tuple(raws), "".join(cell.raw for cell in cells))


def _nodes(cells: Sequence[Cell], places: Sequence[int], index: int) -> tuple[list[Node], int]:
    """Return the nodes from the cell at `index` to the end of its element, and the index of what closes that."""
    nodes: list[Node] = []
    while index < len(cells) and cells[index].closes is None:
        cell = cells[index]
        if cell.opens is not None:
            children, closing = _nodes(cells, places, index + 1)
            nodes.append(Node(places[index], places[closing], cell.raw, cells[closing].raw, children=tuple(children)))
            index = closing
        elif cell.opaque or not cell.text:
            end = places[index + 1]
            following = next((each.text for each in cells[index + 1 :] if each.text), "")
            nodes.append(
                Node(
                    places[index],
                    end,
                    cell.raw,
                    opaque=cell.opaque and places[index] < end,
                    before_space=following[:1].isspace(),
                )
            )
        index += 1
    return nodes, index

"""The words of a translation, shared out among cues and lines.

Lines follow what subtitlers agree on: two lines of about the same length, at most 42 characters long where that is
possible, cut behind punctuation rather than elsewhere.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, pairwise

from api.files.inline import Node, Span

__all__ = ["BORDER", "Piece", "balanced", "pieces_of", "shared_out", "written"]

BORDER = ""
"""The payload of an atom where one cue ends and the next starts."""

_LONGEST_LINE = 42
_NEAREST = 8
# How many characters away a better place to cut may be.
_STOPS, _COMMAS, _TOO_LONG = 12, 6, 1000

_Stack = tuple[Span[tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A character or a code of a translation, and the spans that it is in, the outermost first."""

    text: str
    is_code: bool
    spans: _Stack


def pieces_of(nodes: Sequence[Node[tuple[str, ...]]], spans: _Stack = ()) -> Iterator[Piece]:
    """Yield the characters and codes of a translation."""
    for node in nodes:
        if isinstance(node, str):
            yield from (Piece(character, False, spans) for character in node)
        elif isinstance(node, Span):
            yield from pieces_of(node.children, (*spans, node))
        else:
            yield Piece(node.payload[0], True, spans)


def shared_out(pieces: Sequence[Piece], lengths: Sequence[int]) -> list[list[Piece]]:
    """Return the pieces for each of the cues, which had texts of these lengths; the first border is behind the first.

    Where the model left a cue without words, or with far more or fewer than it had room for, it and its neighbours
    share their words anew, in proportion to these lengths. If there are fewer words than cues, neighbours show the
    same.
    """
    cues: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.is_code and piece.text == BORDER:
            cues.append([])
        else:
            cues[-1].append(piece)
    cues = [_trimmed(cue) for cue in cues]
    for start, end in _uneven([len(_shown(cue)) for cue in cues], lengths):
        joined: list[Piece] = []
        for cue in cues[start:end]:
            joined += [Piece(" ", False, ()), *cue] if joined and cue else cue
        cues[start:end] = _divided(joined, lengths[start:end])
    for index in range(1, len(cues)):
        if not _shown(cues[index]):
            cues[index] = cues[index - 1]
    return cues


def _uneven(found: Sequence[int], lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Return the stretches of cues to share out anew."""
    scale = sum(found) / sum(lengths)
    stretches: list[tuple[int, int]] = []
    for index, (actual, length) in enumerate(zip(found, lengths, strict=True)):
        wanted = scale * length
        if actual and wanted / 3 <= actual <= 2 * wanted + _STOPS:
            continue
        start, end = max(index - 1, 0), min(index + 2, len(found))
        if stretches and start < stretches[-1][1]:
            start = stretches.pop()[0]
        stretches.append((start, end))
    return stretches


def _divided(pieces: Sequence[Piece], lengths: Sequence[int]) -> list[list[Piece]]:
    """Return the pieces in as many parts, of lengths in this proportion."""
    places = [index for index, piece in enumerate(pieces) if not piece.is_code]
    text = "".join(pieces[index].text for index in places)
    scale = len(text) / sum(lengths)
    cuts = [places[cut] for cut in _cuts(text, [scale * share for share in accumulate(lengths[:-1])])]
    parts = [_trimmed(pieces[start:end]) for start, end in pairwise([0, *cuts, len(pieces)])]
    return parts + [[] for _ in lengths[len(parts) :]]


def _cuts(text: str, wanted: Sequence[float], longest: int | None = None) -> list[int]:
    """Return the spaces near to these places of a text, one for each as long as there are spaces.

    A line that would be longer than `longest` is avoided.
    """
    # One of several together, or there would be an empty line.
    spaces = [found.end() - 1 for found in re.finditer(r"(?<=\S) +(?=\S)", text)]
    cuts: list[int] = []
    used = start = 0
    for number, place in enumerate(wanted):
        if used == len(spaces):
            break
        # The cuts after this one need a space each.
        available = max(used + 1, len(spaces) - (len(wanted) - number - 1))
        nearest = bisect_left(spaces, place, used, available)
        candidates = spaces[max(nearest - _NEAREST, used) : min(nearest + _NEAREST, available)]
        cut = min(candidates, key=partial(_cost, text, place=place, start=start, longest=longest))
        cuts.append(cut)
        used = bisect_left(spaces, cut) + 1
        start = cut + 1
    return cuts


def _cost(text: str, space: int, *, place: float, start: int, longest: int | None) -> float:
    """Return how bad it is to cut a text at a space, in characters away from the best place."""
    before = text[space - 1 : space]
    bonus = _STOPS if before in ".!?…" else _COMMAS if before in ",;:" else 0
    too_long = longest is not None and (space - start > longest or len(text) - space - 1 > longest)
    return abs(space - place) - bonus + (_TOO_LONG if too_long else 0)


def balanced(pieces: Sequence[Piece], *, lines: int, source: int, width: int, may_grow: bool) -> list[Piece]:
    """Return the pieces with line breaks for spaces.

    The text had this number of `lines` of at most `width` characters, and `source` characters in all. One line becomes
    two if it is too long (and `may_grow`); several become one if only the length of the source asked for them.
    """
    text = _shown(pieces)
    longest = max(width, _LONGEST_LINE)
    count = lines
    if lines == 1 and may_grow and len(text) > longest:
        count = 2
    elif len(text) <= _LONGEST_LINE < source:
        count = 1
    cuts = _cuts(text, [len(text) * number / count for number in range(1, count)], longest if count == 2 else None)
    places = [index for index, piece in enumerate(pieces) if not piece.is_code]
    breaks = {places[cut] for cut in cuts}
    return [Piece("\n", False, piece.spans) if index in breaks else piece for index, piece in enumerate(pieces)]


def written(pieces: Sequence[Piece], escape: Callable[[str], str]) -> str:
    """Return the pieces with the codes of their spans around them."""
    parts: list[str] = []
    opened: _Stack = ()
    for piece in [*pieces, Piece("", True, ())]:
        common = 0
        while common < min(len(opened), len(piece.spans)) and opened[common] is piece.spans[common]:
            common += 1
        parts += [span.payload[1] for span in reversed(opened[common:])]
        parts += [span.payload[0] for span in piece.spans[common:]]
        opened = piece.spans
        parts.append(piece.text if piece.is_code else escape(piece.text))
    return "".join(parts)


def _shown(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces if not piece.is_code)


def _trimmed(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces without the white space at both ends; codes stay."""
    seen = [index for index, piece in enumerate(pieces) if not piece.is_code and not piece.text.isspace()]
    first, last = (seen[0], seen[-1]) if seen else (len(pieces), -1)
    return [piece for index, piece in enumerate(pieces) if piece.is_code or first <= index <= last]

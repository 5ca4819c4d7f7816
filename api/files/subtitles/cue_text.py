"""The text of one cue: what is spoken in it, and what stands around that.

Between the bodies, which are translated, stand the dashes of a dialogue, the labels of speakers (`JOHN:`, `>>`), notes
of music and the brackets of descriptions of sounds; each of them starts a new line of thought. Tags around a whole body
belong to it but not to its text.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from api.files.codes import Code, Token, pairs_of
from api.files.strings import is_text

__all__ = ["TIMESTAMP", "Body", "bodies"]

TIMESTAMP = re.compile(r"<[\d:.]+>")
_CODE = re.compile(
    # Tags, timestamps, codes of SubStation Alpha and MicroDVD, references to characters.
    r"<(?P<end>/?)(?P<name>[A-Za-z]+)(?:[.\s][^<>\n]{0,500}+)?/?>|<[\d:.]{1,20}>|\{\\[^{}\n]{1,500}\}"
    r"|\{/?[A-Za-z](?::[^{}\n]{1,20})?\}|(?P<reference>&(?:[A-Za-z]{1,10}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});)"
)
_LINE = re.compile(r"[^\n]+")
_LEADING = re.compile(
    r"[ \t]*+(?:>{2,3}|[-–—‐](?!\s*[-–—‐])|[♩-♬]+|[A-Z][A-Z0-9 .'’&-]{1,30}:(?=\s|$)"  # noqa: RUF001
    r"|(?P<open>[\[(])(?P<inside>[^\[\]()\n]+)[\])]:?)[ \t]*+",
)
_NOTES = "♩♪♫♬"
_BRACKETED = re.compile(r"\s*+[\[(]([^\[\]()]+)[\])]\s*+")


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """What is spoken without a break: text and codes, each line break in it a space.

    `opening` and `closing` are the codes around all of it, `shown` is its text, `lines` how many it had and `width` the
    length of the longest.
    """

    opening: str
    tokens: tuple[Token[str], ...]
    closing: str
    shown: str
    lines: int
    width: int


@dataclass(frozen=True, slots=True)
class _Cell:
    """A character or a code of a cue's text: what a viewer sees of it, and what it is in the file."""

    shown: str
    raw: str
    code: Code[str] | None = None


def bodies(text: str, *, has_references: bool) -> list[str | Body]:
    """Return the text of a cue in parts: bodies, and what stands between them. Line breaks are `\\n`.

    Cues can also carry data for programs: an object of JSON, the name of a picture. These have no bodies.
    """
    if text.startswith(('{"', "{'")) or (len(text.split()) == 1 and not is_text(_CODE.sub("", text))):
        return [text]
    cells = list(_cells(text, has_references=has_references))
    # For each character that is seen, its cell.
    places = [index for index, cell in enumerate(cells) for _ in cell.shown]
    parts: list[str | Body] = []
    done = 0
    for start, end in _ranges("".join(cell.shown for cell in cells)):
        first, last = places[start], places[end - 1] + 1
        while first > done and cells[first - 1].code:
            first -= 1
        while last < len(cells) and cells[last].code:
            last += 1
        parts += ["".join(cell.raw for cell in cells[done:first]), _body(cells[first:last])]
        done = last
    parts.append("".join(cell.raw for cell in cells[done:]))
    return [part for part in parts if part]


def _cells(text: str, *, has_references: bool) -> Iterator[_Cell]:
    done = 0
    for found in _CODE.finditer(text):
        if found["reference"] and not has_references:
            continue
        yield from (_Cell(character, character) for character in text[done : found.start()])
        done = found.end()
        if found["reference"]:
            yield _Cell(html.unescape(found[0]), found[0])
        else:
            name = found["name"].lower() if found["name"] else None
            code = Code(found[0], closes=name) if found["end"] else Code(found[0], opens=name)
            yield _Cell("", found[0], code)
    yield from (_Cell(character, character) for character in text[done:])


def _ranges(shown: str) -> Iterator[tuple[int, int]]:
    """Yield where the bodies start and end, without the white space around them."""
    whole = _BRACKETED.fullmatch(shown)
    borders = list(_separators(shown)) if whole is None else [(0, whole.start(1)), (whole.end(1), len(shown))]
    done = 0
    for start, end in [*borders, (len(shown), len(shown))]:
        body = shown[done:start]
        if any(character.isalpha() for character in body):
            yield done + len(body) - len(body.lstrip()), done + len(body.rstrip())
        done = end


def _separators(shown: str) -> Iterator[tuple[int, int]]:
    """Yield where there is something between bodies."""
    for line in _LINE.finditer(shown):
        at, end = line.span()
        while (found := _LEADING.match(shown, at, end)) is not None:
            if found["open"]:
                yield found.start(), found.start("inside")
                yield found.end("inside"), found.end()
            else:
                yield found.span()
            at = found.end()
        rest = shown[at:end].rstrip()
        spoken = rest.rstrip(_NOTES)
        if spoken == rest and rest.endswith("]") and "[" in rest:
            opened = rest.rindex("[")
            yield at + opened, at + opened + 1
            yield at + len(rest) - 1, end
        elif spoken != rest:
            yield at + len(spoken), end


def _body(cells: Sequence[_Cell]) -> Body:
    tokens: list[Token[str]] = []
    for is_text_run, run in groupby(cells, key=lambda cell: cell.code is None):
        if is_text_run:
            tokens.append("".join(cell.shown for cell in run).replace("\n", " "))
        else:
            tokens += [cell.code for cell in run if cell.code is not None]
    opening, closing = "", ""
    pairs = pairs_of(tokens)
    while isinstance(first := tokens[0], Code) and (0 not in pairs or pairs[0][0] == len(tokens) - 1):
        opening += first.payload
        if 0 in pairs:
            closing = pairs[0][1] + closing
            tokens.pop()
        del tokens[0]
        pairs = pairs_of(tokens)
    while isinstance(last := tokens[-1], Code) and all(end != len(tokens) - 1 for end, _ in pairs.values()):
        closing = last.payload + closing
        tokens.pop()
    shown = "".join(cell.shown for cell in cells)
    lines = shown.split("\n")
    return Body(opening, tuple(tokens), closing, shown.replace("\n", " "), len(lines), max(map(len, lines)))

"""Markdown documents: the blocks stay byte for byte, inline markup goes with its words.

markdown-it-py says which lines are text and what the inline markup in them is (CommonMark with tables and
strikethrough); its tokens are followed through the source, character by character. Text that cannot be followed stays
as it is. Code, HTML blocks, link targets, images, reference definitions and front matter are not translated. A
paragraph comes back on one line for each hard break.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from api.text.hypotheses import Hypothesis
from api.text.inline import Cell, Sentence, sentences
from api.text.options import Options
from api.text.projection import project

__all__ = ["MarkdownDocument"]

_Shape = list[tuple[str, str, str]]

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_HTML_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)[^>]*?(/?)>", re.DOTALL)
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})
_SOFT_BREAK = re.compile(r" *\n[ \t]*")
_HARD_BREAK = re.compile(r"(?: {2,}|\\)\n[ \t]*")
_AUTOLINK = re.compile(r"<([^<>\s]*)>")
_LABEL = re.compile(r"\[(?:[^\\\[\]]|\\.)*+\]", re.DOTALL)
_TITLE = re.compile(r"\"(?:[^\\\"]|\\.)*+\"|'(?:[^\\']|\\.)*+'|\((?:[^\\()]|\\.)*+\)", re.DOTALL)
_WHITE_SPACE = re.compile(r"[ \t\n]*")
# Task list boxes and footnotes are extensions that the parser does not know.
_EXTENSION = re.compile(r"\[\^[^\]\s]{1,99}\]|(?:\A|(?<=\n))\[[ xX]\](?=\s)")
_BLOCK_START = re.compile(r"[#>+=|~-]|(?P<number>\d+)(?=[.)])")
_SPECIAL = re.compile(r"[*`\\]|<(?=[A-Za-z/!?])|&(?=#|\w+;)|(?<!\w)_|_(?!\w)|~~|!?\[|\]")
_PIPE = re.compile(r"\|")


@dataclass(frozen=True, slots=True)
class _Text:
    """A sentence that is, or is not, at the start of a line, and in a table."""

    sentence: Sentence
    starts_line: bool
    in_table: bool


@dataclass(frozen=True, slots=True)
class _Run:
    """The text of one block: `source` as it was, and `shape` the inline markup in it."""

    source: str
    shape: _Shape
    parts: tuple[str | _Text, ...]


class MarkdownDocument:
    """Markdown as sentences and what stands between them."""

    def __init__(self, source: str, options: Options) -> None:
        self._environment: dict[str, Any] = {}
        self._parts = tuple(_parts(source, options, self._environment))
        self.segments = tuple(
            part.sentence.segment
            for run in self._parts
            if isinstance(run, _Run)
            for part in run.parts
            if isinstance(part, _Text)
        )

    def join(self, translations: Sequence[Hypothesis]) -> str:
        """Return the document with each sentence replaced by its translation with the inline markup in it.

        A block whose markup would no longer be read as it was stays as it is.
        """
        following = iter(translations)
        return "".join(run if isinstance(run, str) else self._joined(run, following) for run in self._parts)

    def _joined(self, run: _Run, translations: Iterator[Hypothesis]) -> str:
        joined = "".join(part if isinstance(part, str) else _written(part, next(translations)) for part in run.parts)
        return joined if _shape(joined, self._environment) == run.shape else run.source


def _shape(text: str, environment: dict[str, Any]) -> _Shape:
    """Return the inline markup in a text, whatever its order."""
    [token] = _PARSER.parseInline(text, environment)
    return sorted(
        (child.type, str(child.attrs), child.content if child.type in ("code_inline", "html_inline") else "")
        for child in token.children or []
        if child.type not in ("text", "text_special", "softbreak")
    )


def _written(text: _Text, hypothesis: Hypothesis) -> str:
    written = project(text.sentence, hypothesis, _escape)
    if text.in_table:
        written = _PIPE.sub(r"\\|", written)
    opening = _BLOCK_START.match(written)
    if not text.starts_line or opening is None or text.sentence.source.startswith(opening[0]):
        return written
    number = opening["number"] or ""
    return f"{number}\\{written[len(number) :]}"


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda found: "".join(f"\\{character}" for character in found[0]), text)


def _parts(source: str, options: Options, environment: dict[str, Any]) -> Iterator[str | _Run]:
    front = _FRONT_MATTER.match(source)
    done = front.end() if front else 0
    body = source[done:]
    if done:
        yield source[:done]
    # The parser takes no other line breaks, and offsets must stay.
    body_read = body.replace("\r\n", " \n").replace("\r", "\n").replace("\0", "\ufffd")
    starts = _line_starts(body_read)
    cursor = 0
    for token, in_table in _inline_tokens(_PARSER.parse(body_read, environment)):
        first, last = token.map or (0, 0)
        ranges = _ranges(body_read, token.content, max(cursor, starts[first]), starts[min(last, len(starts) - 1)])
        cells = _cells(token.children or [], token.content, body, done, ranges) if ranges else []
        if not cells:
            continue
        yield body[cursor : ranges[0][0]]
        cursor = ranges[-1][1]
        run = body[ranges[0][0] : cursor]
        yield _Run(run, _shape(run, environment), tuple(_texts(cells, options, in_table=in_table)))
    yield body[cursor:]


def _texts(cells: Sequence[Cell], options: Options, *, in_table: bool) -> Iterator[str | _Text]:
    starts_line = not in_table
    for part in sentences(cells, options.split_sentences):
        if isinstance(part, Sentence):
            yield _Text(part, starts_line, in_table)
            starts_line = False
        else:
            yield part
            starts_line = "\n" in part


def _inline_tokens(tokens: Sequence[Token]) -> Iterator[tuple[Token, bool]]:
    """Yield the tokens with text, and whether they are in a table."""
    tables = 0
    for token in tokens:
        tables += {"table_open": 1, "table_close": -1}.get(token.type, 0)
        if token.type == "inline" and token.content:
            yield token, tables > 0


def _line_starts(text: str) -> list[int]:
    starts = [0]
    starts += (found.end() for found in re.finditer(r"\n", text))
    return [*starts, len(text)]


def _ranges(source: str, content: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return where in the source the lines of a token's content are, nothing if one of them is not found."""
    ranges = []
    for line in content.split("\n"):
        at = source.find(line, start, end)
        if at < 0:
            return []
        ranges.append((at, at + len(line)))
        start = at + len(line)
    return ranges


def _cells(
    children: Sequence[Token], content: str, source: str, base: int, ranges: Sequence[tuple[int, int]]
) -> list[Cell]:
    """Return the cells of a token's content, or none if the parser's tokens cannot be followed through it."""
    offsets: list[int] = []
    for start, end in ranges:
        # A line break stands for all from the end of its line to the start of the next.
        offsets += range(start, end + 1)
    follower = _Follower(content)
    cells = []
    for start, end, text, opens, closes, opaque in follower.found if follower.follow(children) else ():
        raw = source[offsets[start] : offsets[end]] if end < len(content) else source[offsets[start] : ranges[-1][1]]
        cells.append(Cell(raw, base + offsets[start], text, opens, closes, opaque))
    return cells


class _Follower:
    """Follows tokens through the text that they were read from."""

    def __init__(self, content: str) -> None:
        self._content = content
        self._at = self._skipped = 0
        self.found: list[tuple[int, int, str, str | None, str | None, bool]] = []

    def follow(self, tokens: Sequence[Token]) -> bool:
        """Note cells for the tokens; False if they are not what stands in the text."""
        return all(self._step(token) for token in tokens) and self._at == len(self._content)

    def _step(self, token: Token) -> bool:
        content, at = self._content, self._at
        if self._skipped:
            self._skipped -= 1
            return True
        match token.type:
            case "link_open" if token.markup == "autolink":
                # Its text and its end come next.
                self._skipped = 2
                return self._pattern(_AUTOLINK, opaque=True)
            case "text":
                return content.startswith(token.content, at) and self._text(token.content)
            case "text_special":
                return self._literal(token.markup, text=token.content)
            case "code_inline":
                ticks = token.markup
                return self._pattern(re.compile(rf"{ticks}(.*?)(?<!`){ticks}(?!`)", re.DOTALL), opaque=True)
            case "softbreak":
                return self._pattern(_SOFT_BREAK, text=" ")
            case "hardbreak":
                return self._pattern(_HARD_BREAK, closes="a line")
            case "image":
                return self._image(token.content)
            case "link_open":
                return self._literal("[", opens="link")
            case "link_close":
                end = self._link_end(at + 1)
                return content.startswith("]", at) and self._note(end, closes="link")
            case "html_inline":
                return self._html(token.content)
            case _:
                opens = token.type if token.nesting == 1 else None
                closes = token.type.replace("_close", "_open") if token.nesting == -1 else None
                return bool(token.markup) and self._literal(token.markup, opens=opens, closes=closes)

    def _note(
        self, end: int, text: str = "", opens: str | None = None, closes: str | None = None, *, opaque: bool = False
    ) -> bool:
        self.found.append((self._at, end, text, opens, closes, opaque))
        self._at = end
        return True

    def _literal(self, raw: str, text: str = "", opens: str | None = None, closes: str | None = None) -> bool:
        return self._content.startswith(raw, self._at) and self._note(self._at + len(raw), text, opens, closes)

    def _pattern(
        self, pattern: re.Pattern[str], text: str = "", closes: str | None = None, *, opaque: bool = False
    ) -> bool:
        """Note what the pattern matches, opaque with the text of its first group."""
        found = pattern.match(self._content, self._at)
        return found is not None and self._note(found.end(), found[1] if opaque else text, closes=closes, opaque=opaque)

    def _text(self, text: str) -> bool:
        end = self._at + len(text)
        for found in _EXTENSION.finditer(self._content, self._at, end):
            self._characters(found.start())
            self._note(found.end())
        self._characters(end)
        return True

    def _characters(self, end: int) -> None:
        while self._at < end:
            self._note(self._at + 1, self._content[self._at])

    def _image(self, alternative: str) -> bool:
        opening = f"![{alternative}]"
        return self._content.startswith(opening, self._at) and self._note(self._link_end(self._at + len(opening)))

    def _html(self, tag: str) -> bool:
        found = _HTML_TAG.fullmatch(tag)
        if found is None or found[3] or found[2].lower() in _VOID:
            return self._literal(tag)
        name = f"<{found[2].lower()}>"
        return self._literal(tag, closes=name) if found[1] else self._literal(tag, opens=name)

    def _link_end(self, at: int) -> int:
        """Return where a link or image ends whose text ends before `at`."""
        content = self._content
        if content.startswith("(", at):
            place = self._white_space(at + 1)
            target = _PARSER.helpers.parseLinkDestination(content, place, len(content))
            if target.ok:
                place = self._white_space(target.pos)
            title = _TITLE.match(content, place)
            if title:
                place = self._white_space(title.end())
            if content.startswith(")", place):
                return place + 1
        label = _LABEL.match(content, at)
        return label.end() if label else at

    def _white_space(self, at: int) -> int:
        found = _WHITE_SPACE.match(self._content, at)
        return found.end() if found else at

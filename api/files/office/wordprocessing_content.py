"""Paragraphs of WordprocessingML as nodes for translation: formats, links, fields and bookmarks around their words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from api.files.inline import Atom, Node, Span
from api.files.office.wordprocessing_tokens import Bound, Format, Inside, Instruction, Kept, Mark, Piece, Text, Token

__all__ = ["Code", "Content", "Enclosed", "Wrapped"]

# Fields whose result is text of the document; that of the others is computed, or the name of something.
_WORDED_FIELDS = frozenset(
    {
        "ASK",
        "AUTOTEXT",
        "AUTOTEXTLIST",
        "FILLIN",
        "FORMTEXT",
        "HYPERLINK",
        "IF",
        "INCLUDETEXT",
        "INDEX",
        "QUOTE",
        "REF",
        "STYLEREF",
        "SUBJECT",
        "TITLE",
        "TOC",
    }
)
_DEEPEST = 10


@dataclass(frozen=True, slots=True, eq=False)
class Enclosed:
    """What stands before and after a part of a paragraph; `format` is that of its text, None where that goes on."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    format: Format | None


@dataclass(frozen=True, slots=True, eq=False)
class Wrapped:
    """An element with a part of a paragraph in it."""

    inside: Inside
    format: Format


Code: TypeAlias = Format | Enclosed | Wrapped | tuple[Piece, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """What is between the beginning and the end of a field, a bookmark and so on."""

    opener: Mark | Bound
    entries: Sequence["_Entry"]
    closer: Mark | Bound


_Entry: TypeAlias = Token | _Group


class Content:
    """A paragraph as `nodes`, the payloads of which are indices of `codes`; `format` is that of its plain text."""

    def __init__(self, tokens: Iterable[Token]) -> None:
        entries = _grouped(tokens)
        self.codes: list[Code] = []
        self.format = _prevailing(entries)
        self.nodes = tuple(self._nodes(entries, self.format))

    def _nodes(self, entries: Sequence[_Entry], plain: Format) -> Iterator[Node[int]]:
        look: Format | None = None
        formatted: list[Node[int]] = []
        following: list[Node[int]] = []
        for entry in entries:
            if isinstance(entry, Text) and look is entry.format:
                formatted += [*following, entry.text]
                following = []
                continue
            node = entry.text if isinstance(entry, Text) else self._node(entry, plain)
            if look is not None and isinstance(node, Atom):
                following.append(node)
                continue
            if look is not None:
                yield Span(self._code(look), tuple(formatted))
                yield from following
                look, following = None, []
            if isinstance(entry, Text) and entry.format is not plain:
                look, formatted = entry.format, [entry.text]
            else:
                yield node
        if look is not None:
            yield Span(self._code(look), tuple(formatted))
            yield from following

    def _node(self, entry: Token | _Group, plain: Format) -> Node[int]:
        if isinstance(entry, Inside):
            return self._wrapper(entry)
        if isinstance(entry, _Group):
            return self._field(entry) if isinstance(entry.opener, Mark) else self._range(entry, plain)
        shown = entry.shown if isinstance(entry, Kept) else ""
        return Atom(self._code((entry.piece,)), shown, _ends_sentence(entry))

    def _wrapper(self, inside: Inside) -> Node[int]:
        entries = _grouped(inside.tokens)
        shown = _shown(entries)
        if not _has_words(shown) or not _is_worded(inside.instruction):
            return Atom(self._code((inside.piece,)), shown, any(map(_ends_sentence, entries)))
        plain = _prevailing(entries)
        return Span(self._code(Wrapped(inside, plain)), tuple(self._nodes(entries, plain)))

    def _range(self, group: _Group, plain: Format) -> Node[int]:
        shown = _shown(group.entries)
        if not _has_words(shown):
            return Atom(self._code(tuple(_pieces(group))), shown, any(map(_ends_sentence, group.entries)))
        enclosed = Enclosed((group.opener.piece,), (group.closer.piece,), None)
        return Span(self._code(enclosed), tuple(self._nodes(group.entries, plain)))

    def _field(self, group: _Group) -> Node[int]:
        marks = (index for index, entry in enumerate(group.entries) if isinstance(entry, Mark))
        codes = (index for index, entry in enumerate(group.entries) if isinstance(entry, Instruction))
        at = next(marks, max(codes, default=-1)) + 1
        code, result = group.entries[:at], group.entries[at:]
        instruction = "".join(entry.text for entry in code if isinstance(entry, Instruction))
        shown = _shown(result)
        if not _has_words(shown) or not _is_worded(instruction):
            return Atom(self._code(tuple(_pieces(group))), shown)
        plain = _prevailing(result)
        before = (group.opener.piece, *(piece for entry in code for piece in _pieces(entry)))
        enclosed = Enclosed(before, (group.closer.piece,), plain)
        return Span(self._code(enclosed), tuple(self._nodes(result, plain)))

    def _code(self, code: Code) -> int:
        self.codes.append(code)
        return len(self.codes) - 1


def _grouped(tokens: Iterable[Token]) -> Sequence[_Entry]:
    """Return the tokens with those in groups that stand between two partners."""
    openers: list[Mark | Bound] = []
    levels: list[list[_Entry]] = [[]]

    def abandon() -> None:
        entries = levels.pop()
        levels[-1] += [openers.pop(), *entries]

    for token in tokens:
        if isinstance(token, Mark | Bound) and _opens(token) and len(openers) < _DEEPEST:
            openers.append(token)
            levels.append([])
        elif isinstance(token, Mark | Bound) and (at := _partner(openers, token)) is not None:
            while len(openers) > at + 1:
                abandon()
            entries = levels.pop()
            levels[-1].append(_Group(openers.pop(), entries, token))
        else:
            levels[-1].append(token)
    while openers:
        abandon()
    return levels[0]


def _opens(token: Mark | Bound) -> bool:
    return token.is_start if isinstance(token, Bound) else token.kind == "begin"


def _partner(openers: Sequence[Mark | Bound], token: Mark | Bound) -> int | None:
    """Return the index of what a token closes, if it closes anything."""
    for at in reversed(range(len(openers))):
        opener = openers[at]
        if isinstance(token, Mark):
            if isinstance(opener, Mark):
                return at if token.kind == "end" else None
        elif isinstance(opener, Mark) or token.is_start:
            return None
        elif (opener.name, opener.key) == (token.name, token.key):
            return at
    return None


def _pieces(entry: _Entry) -> Iterator[Piece]:
    if isinstance(entry, _Group):
        yield entry.opener.piece
        for inner in entry.entries:
            yield from _pieces(inner)
        yield entry.closer.piece
    else:
        yield entry.piece


def _prevailing(entries: Sequence[_Entry]) -> Format:
    """Return the format of most characters."""
    counts: Counter[Format] = Counter()

    def count(entries: Iterable[_Entry]) -> None:
        for entry in entries:
            if isinstance(entry, Text):
                counts[entry.format] += len(entry.text)
            elif isinstance(entry, _Group) and isinstance(entry.opener, Bound):
                count(entry.entries)

    count(entries)
    return counts.most_common(1)[0][0] if counts else Format()


def _shown(entries: Iterable[_Entry]) -> str:
    """Return what a reader sees; the codes of fields have no text among their tokens."""
    parts: list[str] = []
    for entry in entries:
        if isinstance(entry, Text):
            parts.append(entry.text)
        elif isinstance(entry, Kept):
            parts.append(entry.shown)
        elif isinstance(entry, Inside):
            parts.append(_shown(entry.tokens))
        elif isinstance(entry, _Group):
            parts.append(_shown(entry.entries))
    return "".join(parts)


def _ends_sentence(entry: _Entry) -> bool:
    """Whether words must not move across it: a break, or a part of a field that ends elsewhere."""
    if isinstance(entry, Kept):
        return entry.is_break
    if isinstance(entry, Inside):
        return any(map(_ends_sentence, _grouped(entry.tokens)))
    if isinstance(entry, _Group):
        return isinstance(entry.opener, Bound) and any(map(_ends_sentence, entry.entries))
    return isinstance(entry, Mark | Instruction)


def _has_words(text: str) -> bool:
    return any(map(str.isalpha, text))


def _is_worded(instruction: str | None) -> bool:
    """Whether there is text in what has this code, if it is a field at all."""
    return instruction is None or "".join(instruction.split()[:1]).upper() in _WORDED_FIELDS

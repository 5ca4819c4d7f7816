"""The content of a paragraph of WordprocessingML (ISO/IEC 29500-1, section 17.3) as tokens."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from lxml import etree

__all__ = [
    "Bound",
    "Format",
    "Inside",
    "Instruction",
    "Kept",
    "Mark",
    "Piece",
    "Text",
    "Token",
    "Tokenizer",
    "all_named",
    "w",
]

_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_MATHEMATICS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_WRAPPERS = frozenset({"bdo", "customXml", "dir", "fldSimple", "hyperlink", "ins", "moveTo", "smartTag"})
# Controls whose text is one of their choices.
_CHOICES = frozenset({"checkbox", "comboBox", "dropDownList", "picture"})
_BREAKS = frozenset({"br", "cr", "ptab", "tab"})
_LEFT_OUT = frozenset({"lastRenderedPageBreak", "proofErr", "softHyphen"})
# What says nothing about how English looks.
_NOISE = frozenset({"bCs", "iCs", "lang", "noProof", "szCs"})
# Soft hyphens say where an English word may be cut, and no model knows the hyphen at which none may.
_HYPHENS = {0xAD: None, 0x2011: "-"}
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
# XML may be nested 256 deep, fields without end. Real documents have three levels.
_DEEPEST = 10

_Key: TypeAlias = tuple[object, ...]


def w(element: etree._Element) -> str:
    """Return the local name of an element of WordprocessingML, nothing for any other node."""
    if not isinstance(element.tag, str):
        return ""
    namespace, _, name = element.tag.rpartition("}")
    return name if namespace[1:] in _NAMESPACES else ""


def all_named(root: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the elements of WordprocessingML with one of these local names in an element, in document order."""
    return root.iter(*(f"{{{namespace}}}{name}" for namespace in _NAMESPACES for name in names))


@dataclass(slots=True, eq=False)
class Format:
    """How runs of a paragraph look: what `properties` (`w:rPr`) says, but for noise."""

    properties: etree._Element | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A child of a run in some format, or, without any, of what runs stand in."""

    element: etree._Element
    format: Format | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """Words."""

    text: str
    format: Format
    piece: Piece


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What comes back as it is, of which a reader sees the text `shown`."""

    piece: Piece
    shown: str = ""
    is_break: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """One of the characters `begin`, `separate` and `end` of a complex field (section 17.16.18)."""

    kind: str
    piece: Piece


@dataclass(frozen=True, slots=True, eq=False)
class Instruction:
    """A part of the code of a complex field."""

    text: str
    piece: Piece


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """The start or end of a bookmark, of what a comment is on, and the like: `name` says of what, `key` of which."""

    name: str
    key: str
    is_start: bool
    piece: Piece


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """An element around runs, which are children of its `holder`; `instruction` is the code of a simple field."""

    piece: Piece
    holder: etree._Element
    tokens: tuple["Token", ...]
    instruction: str | None


Token: TypeAlias = Text | Kept | Mark | Instruction | Bound | Inside


class Tokenizer:
    """Reads the paragraphs of one story in their order: fields may begin in one and end in another."""

    def __init__(self) -> None:
        # For each field that is open: whether this is still its code.
        self._fields: list[bool] = []
        self._formats: dict[_Key, Format] = {}

    def tokens(self, paragraph: etree._Element) -> tuple[Token, ...]:
        """Return what is in a paragraph."""
        self._formats = {}
        return tuple(_with_plain_ordinals(self._inline(paragraph, 0)))

    def _inline(self, holder: etree._Element, depth: int) -> Iterator[Token]:
        for child in holder:
            name = w(child)
            if name == "r":
                yield from self._run(child)
            elif name in _WRAPPERS or name == "sdt":
                yield self._wrapper(child, name, depth)
            elif name.endswith(("Start", "End")):
                is_start = name.endswith("Start")
                yield Bound(
                    name.removesuffix("Start" if is_start else "End"), _value(child, "id"), is_start, Piece(child)
                )
            elif name not in _LEFT_OUT and not name.endswith("Pr"):
                yield Kept(Piece(child), _mathematics(child))

    def _wrapper(self, element: etree._Element, name: str, depth: int) -> Token:
        holder: etree._Element | None = element
        if name == "sdt":
            holder = next((child for child in element if w(child) == "sdtContent"), None)
            choices = [child for properties in element if w(properties) == "sdtPr" for child in properties]
            if any(etree.QName(child).localname in _CHOICES for child in choices if isinstance(child.tag, str)):
                return Kept(Piece(element), _text_in(element))
        if holder is None or depth == _DEEPEST:
            return Kept(Piece(element))
        instruction = _value(element, "instr") if name == "fldSimple" else None
        return Inside(Piece(element), holder, tuple(_with_plain_ordinals(self._inline(holder, depth + 1))), instruction)

    def _run(self, run: etree._Element) -> Iterator[Token]:
        look = self._format(run)
        for child in run:
            name = w(child)
            piece = Piece(child, look)
            if name == "fldChar":
                yield self._mark(piece)
            elif name == "instrText":
                yield Instruction(child.text or "", piece)
            elif name in ("t", "noBreakHyphen") and not any(self._fields):
                yield Text("-" if name == "noBreakHyphen" else _words(child), look, piece)
            elif name not in _LEFT_OUT and name != "rPr":
                yield Kept(piece, is_break=name in _BREAKS)

    def _mark(self, piece: Piece) -> Mark:
        mark = Mark(_value(piece.element, "fldCharType"), piece)
        if mark.kind == "begin":
            self._fields.append(True)
        elif self._fields:
            self._fields.pop()
            if mark.kind == "separate":
                self._fields.append(False)
        return mark

    def _format(self, run: etree._Element) -> Format:
        properties = next((child for child in run if w(child) == "rPr"), None)
        known = self._formats.setdefault(_key(properties), Format(properties))
        # Of those that look the same, the one with the least noise.
        if known.properties is not None and (properties is None or len(properties) < len(known.properties)):
            known.properties = properties
        return known


def _with_plain_ordinals(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the tokens with the `th` of 5th in the format of its number, for it has no translation to be raised."""
    before: Token | None = None
    for token in tokens:
        if isinstance(token, Text) and isinstance(before, Text) and _ORDINAL.match(token.text):
            token = Text(token.text, before.format, token.piece) if before.text[-1:].isdigit() else token
        yield token
        before = token


def _value(element: etree._Element, name: str) -> str:
    """Return an attribute of WordprocessingML."""
    return element.get(f"{{{etree.QName(element).namespace}}}{name}", "")


def _words(element: etree._Element) -> str:
    text = str(element.xpath("string()"))
    # What XML is indented with is no text.
    text = text if element.get(_SPACE) == "preserve" else text.strip(" \t\r\n")
    return text.translate(_HYPHENS)


def _text_in(element: etree._Element) -> str:
    return "".join(_words(child) for child in all_named(element, "t"))


def _mathematics(element: etree._Element) -> str:
    """Return the text of a formula, nothing for any other element."""
    is_formula = isinstance(element.tag, str) and etree.QName(element).namespace in _MATHEMATICS
    return str(element.xpath("string()")) if is_formula else ""


def _key(properties: etree._Element | None) -> _Key:
    """Return what tells formats apart."""
    if properties is None:
        return ()
    return tuple(_exact(child) for child in properties if w(child) not in _NOISE)


def _exact(element: etree._Element) -> _Key:
    return (element.tag, *sorted(element.attrib.items()), *(_exact(child) for child in element))

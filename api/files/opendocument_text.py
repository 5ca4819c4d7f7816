"""Paragraphs of OpenDocument as nodes, and nodes as paragraphs (OpenDocument 1.3, part 3, sections 6 and 7)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TypeAlias

from lxml import etree

from api.files.inline import Atom, Node, Span
from api.files.languages import is_english

__all__ = [
    "COUNTRY",
    "FO",
    "LANGUAGE",
    "OFFICE",
    "STYLE",
    "TEXT",
    "TEXT_PROPERTIES",
    "ParagraphContent",
    "looks",
]

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
# LibreOffice's own: numbers of editing sessions, and elements that a later version of the standard may have.
_EDITING = "{http://openoffice.org/2009/office}"
_EXPERIMENTAL = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
TEXT_PROPERTIES = f"{STYLE}text-properties"
LANGUAGE, COUNTRY = f"{FO}language", f"{FO}country"

_SPAN, _LINK = f"{TEXT}span", f"{TEXT}a"
_RUBY, _RUBY_BASE = f"{TEXT}ruby", f"{TEXT}ruby-base"
_SPANS = frozenset({_SPAN, _LINK, f"{TEXT}meta", _RUBY, f"{_EXPERIMENTAL}content-control"})
# In a span, before its text.
_FIRST = frozenset({f"{OFFICE}event-listeners", f"{_EXPERIMENTAL}list-item"})
_STYLE_NAME = f"{TEXT}style-name"
_SPACES, _COUNT = f"{TEXT}s", f"{TEXT}c"
_BREAKS = frozenset({f"{TEXT}tab", f"{TEXT}line-break", f"{TEXT}number", _SPACES})
_ANNOTATION = f"{OFFICE}annotation"
_NOT_SHOWN = frozenset({f"{TEXT}note", f"{TEXT}script"})
_MARK = re.compile(r".*\}(?:soft-page-break|bookmark|change|fieldmark|annotation-end|.*-mark)(?:-start|-end)?")
_IDENTIFIERS = (f"{TEXT}name", f"{TEXT}id", f"{TEXT}change-id", f"{OFFICE}name")
_WHITE_SPACE = re.compile(r"[ \t\r\n]+")
_COUNTED = re.compile(r"[0-9]{1,2}")
_RUN_OF_SPACES = re.compile("^ +| {2,}")
# The marks of more ranges than these, one in another, move each by itself.
_DEEPEST_RANGE = 20

_Look: TypeAlias = tuple[str, str, tuple[tuple[str, str], ...]]
_Range: TypeAlias = tuple[str, str]
_Item: TypeAlias = "str | Atom[int] | _Open"


@dataclass(slots=True)
class _Code:
    """An element of a paragraph. Spans of the same `look` are one; with an `end`, the element starts a range."""

    element: etree._Element
    look: _Look | None = None
    end: etree._Element | None = None


@dataclass(frozen=True, slots=True)
class _Open:
    """A span while it is read."""

    code: int
    items: list[_Item]


@dataclass(frozen=True, slots=True)
class _Level:
    """Siblings while they are read; `starts` has the ranges that are open: the item and the code of each."""

    items: list[_Item]
    room: int
    starts: list[tuple[_Range, int, int]] = field(default_factory=list)


class ParagraphContent:
    """What is in a paragraph: `nodes`, whose payloads mean something to equal paragraphs only.

    `same_looks` is what `looks` returned. Ranges between two marks, such as bookmarks, are spans where they can be.
    Of white space on both sides of an image or a note, LibreOffice shows both where the standard says one. We read as
    LibreOffice does, and write what means the same to all.
    """

    def __init__(self, paragraph: etree._Element, same_looks: Mapping[str, str]) -> None:
        self._paragraph = paragraph
        self._same_looks = same_looks
        self._codes: list[_Code] = []
        self._starts: dict[_Range, int] = {}
        self._crossing: list[tuple[int, int]] = []
        self._after_space = True
        level = _Level([], _DEEPEST_RANGE)
        self._read(paragraph, level)
        self.nodes: tuple[Node[int], ...] = _closed(level.items)

    @property
    def shown(self) -> str:
        """What a reader sees of the paragraph."""
        return "".join(_shown(self.nodes))

    def _read(self, container: etree._Element, level: _Level) -> None:
        self._read_text(container.text, level)
        for child in container:
            base = child.find(_RUBY_BASE) if child.tag == _RUBY else child
            if child.tag in _SPANS and base is not None:
                self._read_span(child, base, level)
            elif child.tag == _SPACES and _COUNTED.fullmatch(count := child.get(_COUNT, "1")):
                level.items.append(" " * int(count))
                self._after_space = False
            elif child.tag not in _FIRST:
                self._read_atom(child, level)
            self._read_text(child.tail, level)

    def _read_text(self, text: str | None, level: _Level) -> None:
        """Add text without the white space that counts for nothing (section 6.1.2)."""
        text = _WHITE_SPACE.sub(" ", text or "")
        if self._after_space:
            text = text.removeprefix(" ")
        if text:
            level.items.append(text)
            self._after_space = text.endswith(" ")

    def _read_span(self, element: etree._Element, base: etree._Element, level: _Level) -> None:
        look = self._look(element)
        if look == (_SPAN, "", ()):
            self._read(element, level)
            return
        last = level.items[-1] if level.items else None
        if not isinstance(last, _Open) or look is None or self._codes[last.code].look != look:
            last = _Open(len(self._codes), [])
            level.items.append(last)
            self._codes.append(_Code(element, look))
        self._read(base, _Level(last.items, level.room - len(level.starts)))

    def _look(self, element: etree._Element) -> _Look | None:
        if element.tag not in (_SPAN, _LINK):
            return None
        attributes = {str(name): str(value) for name, value in element.attrib.items()}
        style = attributes.pop(_STYLE_NAME, "")
        return str(element.tag), self._same_looks.get(style, style), tuple(sorted(attributes.items()))

    def _read_atom(self, element: etree._Element, level: _Level) -> None:
        number = len(self._codes)
        side, kind = _mark(element)
        if side == "end":
            start = self._starts.pop(kind, None)
            if self._close(element, kind, level):
                return
            if start is not None:
                self._crossing.append((start, number))
        if side == "start":
            self._starts[kind] = number
            if len(level.starts) < level.room:
                level.starts.append((kind, len(level.items), number))
        shown = _shown_by(element)
        self._codes.append(_Code(element))
        level.items.append(Atom(number, shown, is_break=element.tag in _BREAKS))
        if shown or not _MARK.fullmatch(str(element.tag)):
            self._after_space = False

    def _close(self, element: etree._Element, kind: _Range, level: _Level) -> bool:
        """Make a range that ends here a span; return False where its start is not among the siblings."""
        for index in reversed(range(len(level.starts))):
            started, position, number = level.starts[index]
            if started == kind:
                del level.starts[index:]
                level.items[position:] = [_Open(number, level.items[position + 1 :])]
                self._codes[number].end = element
                return True
        return False

    def replace(self, nodes: Sequence[Node[int]]) -> None:
        """Write the paragraph anew: these nodes, which are those of its translation, instead of its own."""
        order = {number: place for place, number in enumerate(_atoms(nodes))}
        for start, end in self._crossing:
            if order[end] < order[start]:
                self._codes[start], self._codes[end] = self._codes[end], self._codes[start]
        self._after_space = True
        self._fill(self._paragraph, nodes)

    def _fill(self, container: etree._Element, nodes: Iterable[Node[int]]) -> None:
        container.text = None
        for child in list(container):
            child.tail = None
            if child.tag not in _FIRST:
                container.remove(child)
        self._append(container, nodes)

    def _append(self, container: etree._Element, nodes: Iterable[Node[int]]) -> None:
        for node in nodes:
            if isinstance(node, str):
                self._append_text(container, node)
                continue
            code = self._codes[node.payload]
            container.append(code.element)
            code.element.tail = None
            if isinstance(node, Atom):
                self._after_space &= not (node.is_break or node.shown)
            elif code.end is not None:
                self._append(container, node.children)
                container.append(code.end)
                code.end.tail = None
            else:
                base = code.element.find(_RUBY_BASE) if code.element.tag == _RUBY else None
                self._fill(code.element if base is None else base, node.children)

    def _append_text(self, container: etree._Element, text: str) -> None:
        """Append text, with elements for the white space that would count for nothing."""
        done = 0
        for found in _RUN_OF_SPACES.finditer(text):
            plain = found.start() > 0 or not self._after_space
            _add(container, text[done : found.start()] + " " * plain)
            count = len(found[0]) - plain
            if count:
                spaces = etree.SubElement(container, _SPACES)
                if count > 1:
                    spaces.set(_COUNT, str(count))
            self._after_space = True
            done = found.end()
        if done < len(text):
            _add(container, text[done:])
            self._after_space = text.endswith(" ")


def looks(root: etree._Element) -> dict[str, str]:
    """Return for each automatic style of text the first that looks the same, or nothing if it does not show.

    LibreOffice has a style for every editing session, and for every place where it was told the language.
    """
    firsts: dict[bytes, str] = {}
    found: dict[str, str] = {}
    for style in root.iterfind(f"{OFFICE}automatic-styles/{STYLE}style[@{STYLE}family='text']"):
        copied = deepcopy(style)
        name = copied.attrib.pop(f"{STYLE}name", "")
        for element in copied.iter():
            element.text = element.tail = None
        for properties in copied.iter(TEXT_PROPERTIES):
            unseen = {name for name in properties.attrib if str(name).startswith(_EDITING)}
            if is_english(properties.get(LANGUAGE)):
                unseen |= {LANGUAGE, COUNTRY}
            for attribute in unseen.intersection(properties.attrib):
                del properties.attrib[attribute]
        if len(copied.attrib) == 1 and not any(len(child) or child.attrib for child in copied):
            found[str(name)] = ""
        else:
            found[str(name)] = firsts.setdefault(etree.tostring(copied, method="c14n", exclusive=True), str(name))
    return found


def _mark(element: etree._Element) -> tuple[str, _Range]:
    """Return whether an element is the `start` or the `end` of a range, and which range that is."""
    kind, _, side = str(element.tag).rpartition("-")
    if element.tag == _ANNOTATION:
        kind, side = _ANNOTATION, "start"
    if kind.endswith("}fieldmark"):
        # The ends of these have no names; one is in another.
        return side, (kind, "")
    return side, (kind, next((found for name in _IDENTIFIERS if (found := element.get(name)) is not None), ""))


def _shown_by(element: etree._Element) -> str:
    """Return the text of a field, as of a page number."""
    if not str(element.tag).startswith(TEXT) or element.tag in _NOT_SHOWN | _BREAKS:
        return ""
    return _WHITE_SPACE.sub(" ", "".join([element.text or "", *(child.tail or "" for child in element)])).strip()


def _closed(items: Iterable[_Item]) -> tuple[Node[int], ...]:
    return tuple([Span(item.code, _closed(item.items)) if isinstance(item, _Open) else item for item in items])


def _atoms(nodes: Iterable[Node[int]]) -> Iterator[int]:
    for node in nodes:
        if isinstance(node, Span):
            yield from _atoms(node.children)
        elif isinstance(node, Atom):
            yield node.payload


def _shown(nodes: Iterable[Node[int]]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Span):
            yield from _shown(node.children)
        else:
            yield node if isinstance(node, str) else "\n" if node.is_break else node.shown


def _add(container: etree._Element, text: str) -> None:
    last = next(container.iterchildren(reversed=True), None)
    if last is not None:
        last.tail = (last.tail or "") + text
    else:
        container.text = (container.text or "") + text

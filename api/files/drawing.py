"""DrawingML (ECMA-376 part 1, chapter 21): paragraphs in slides, shapes, tables, charts and diagrams.

The format that most of a paragraph has is that of its words; what differs is a span. PowerPoint cuts runs wherever
somebody typed or the spelling was checked, so runs that look alike are one.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from lxml import etree

from api.files.inline import Atom, Node, Paragraph, Span
from api.files.languages import is_english, language_tag
from api.files.places import Found
from api.text.documents import parse
from api.text.options import Options

__all__ = ["read_alternative_text", "read_paragraph", "set_language"]

_NAMESPACES = frozenset(
    ("http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main")
)
# Says nothing about the looks: language, spelling, smart tags.
_NOISE = ("lang", "altLang", "dirty", "err", "noProof", "smtClean", "smtId")
_CARRIES_LANGUAGE = ("rPr", "endParaRPr", "defRPr")
_TAB = "\t"

_Payload: TypeAlias = etree._Element | str | None
"""Of a span its `a:rPr`, if it has one; of an atom the element or the tab."""


@dataclass(slots=True)
class _Run:
    """Words of one format; `looks` is the same for formats that look alike."""

    text: str
    properties: etree._Element | None
    looks: bytes


def read_paragraph(element: etree._Element, options: Options) -> Found | None:
    """Return an `a:p` as a document; see `api.files.places.Read`."""
    if _name(element) != "p":
        return None
    parts = list(_merged(_parts(element)))
    prevailing = _prevailing(parts)
    paragraph = Paragraph(list(_nodes(parts, prevailing)), options)
    return paragraph, partial(_put_paragraph, paragraph, prevailing.properties)


def read_alternative_text(element: etree._Element, options: Options) -> Found | None:
    """Return what a picture or a shape tells those who cannot see it; see `api.files.places.Read`."""
    described = isinstance(element.tag, str) and etree.QName(element).localname in ("cNvPr", "docPr")
    text = element.get("descr") if described else None
    return (parse(text, options), _put_alternative_text) if text else None


def set_language(root: etree._Element, target: str) -> None:
    """Let all that says that it is English say that it is in the language `target`."""
    for namespace in _NAMESPACES:
        for element in root.iter(*(f"{{{namespace}}}{name}" for name in _CARRIES_LANGUAGE)):
            if is_english(element.get("lang")):
                element.set("lang", language_tag(target))


def _name(element: etree._Element) -> str | None:
    """Return the name of an element of DrawingML."""
    if not isinstance(element.tag, str):
        return None
    name = etree.QName(element)
    return name.localname if name.namespace in _NAMESPACES else None


def _parts(paragraph: etree._Element) -> Iterator[_Run | Atom[_Payload]]:
    for child in paragraph:
        match _name(child):
            case "pPr" | "endParaRPr":
                continue
            case "r":
                properties = child.find("{*}rPr")
                yield _Run(child.findtext("{*}t") or "", deepcopy(properties), _looks(properties))
            case "br":
                yield Atom(deepcopy(child), is_break=True)
            case "fld":
                yield Atom(deepcopy(child), shown=child.findtext("{*}t") or "")
            case _:
                yield Atom(deepcopy(child))


def _looks(properties: etree._Element | None) -> bytes:
    if properties is None:
        return b""
    told = deepcopy(properties)
    for name in _NOISE:
        told.attrib.pop(name, "")
    return etree.tostring(told, method="c14n", exclusive=True, with_tail=False) if told.attrib or len(told) else b""


def _merged(parts: Iterator[_Run | Atom[_Payload]]) -> Iterator[_Run | Atom[_Payload]]:
    """Yield the parts with runs that look alike as one; white space looks like what is beside it."""
    last: _Run | None = None
    for part in parts:
        if isinstance(part, Atom):
            if last is not None:
                yield last
            last = None
            yield part
        elif last is None or not part.text:
            last = last or (part if part.text else None)
        elif last.looks == part.looks or part.text.isspace():
            last.text += part.text
        elif last.text.isspace():
            last = _Run(last.text + part.text, part.properties, part.looks)
        else:
            yield last
            last = part
    if last is not None:
        yield last


def _prevailing(parts: Sequence[_Run | Atom[_Payload]]) -> _Run:
    """Return a run with the format of most of the characters; a link is no format to put around other words."""
    runs = [part for part in parts if isinstance(part, _Run)]
    plain = [run for run in runs if run.properties is None or run.properties.find("{*}hlinkClick") is None] or runs
    lengths = Counter[bytes]()
    for run in plain:
        lengths[run.looks] += len(run.text)
    return max(plain, key=lambda run: lengths[run.looks], default=_Run("", None, b""))


def _nodes(parts: Sequence[_Run | Atom[_Payload]], prevailing: _Run) -> Iterator[Node[_Payload]]:
    for part in parts:
        if isinstance(part, Atom):
            yield part
        elif part.looks == prevailing.looks:
            yield from _words(part.text)
        else:
            yield Span(part.properties, tuple(_words(part.text)))


def _words(text: str) -> Iterator[Node[_Payload]]:
    """Yield a text with its tabs as the ends of sentences, which they are in lists of prices and contents."""
    first, *others = text.split(_TAB)
    yield first
    for other in others:
        yield Atom(_TAB, is_break=True)
        yield other


def _put_paragraph(
    paragraph: Paragraph[_Payload], properties: etree._Element | None, element: etree._Element, joined: str
) -> None:
    namespace = etree.QName(element).namespace
    at = sum(_name(child) == "pPr" for child in element)
    for child in list(element):
        if _name(child) not in ("pPr", "endParaRPr"):
            element.remove(child)
    last: tuple[_Payload, etree._Element] | None = None
    for look, content in _contents(paragraph.nodes_of(joined), properties):
        if isinstance(content, etree._Element):
            element.insert(at, deepcopy(content))
            last = None
        elif last is not None and last[0] is look:
            last[1].text = f"{last[1].text}{content}"
            continue
        else:
            run = etree.SubElement(element, f"{{{namespace}}}r")
            if isinstance(look, etree._Element):
                run.append(deepcopy(look))
            text = etree.SubElement(run, f"{{{namespace}}}t")
            text.text = content
            element.insert(at, run)
            last = look, text
        at += 1


def _contents(nodes: Sequence[Node[_Payload]], look: _Payload) -> Iterator[tuple[_Payload, _Payload]]:
    """Yield what is in nodes, words and tabs or an element, each with the properties of the run that it is in."""
    for node in nodes:
        if isinstance(node, str):
            yield look, node
        elif isinstance(node, Span):
            yield from _contents(node.children, node.payload)
        else:
            yield look, node.payload


def _put_alternative_text(element: etree._Element, joined: str) -> None:
    element.set("descr", joined)

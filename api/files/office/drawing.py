"""DrawingML (ECMA-376 part 1, chapter 21): paragraphs in slides, shapes, tables, charts and diagrams."""

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import partial

from lxml import etree

from api.files.inline import Atom, Paragraph
from api.files.languages import is_english, language_tag
from api.files.office.places import Found, plain_text
from api.files.office.runs import Part, Payload, Run, contents, looks, merged, nodes_of_runs, prevailing
from api.text.options import Options

__all__ = ["DRAWING_TYPES", "read_alternative_text", "read_chart_text", "read_paragraph", "set_language"]

_OFFICE = "application/vnd.openxmlformats-officedocument"
DRAWING_TYPES = (
    f"{_OFFICE}.drawingml.diagramData+xml",
    "application/vnd.ms-office.drawingml.diagramDrawing+xml",
    f"{_OFFICE}.drawingml.chart+xml",
    f"{_OFFICE}.drawingml.chartshapes+xml",
    "application/vnd.ms-office.chartex+xml",
)
"""The content types of charts and diagrams, which every kind of office file may have."""

_NAMESPACES = frozenset(
    ("http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main")
)
_CHART_NAMESPACES = frozenset(
    ("http://schemas.openxmlformats.org/drawingml/2006/chart", "http://purl.oclc.org/ooxml/drawingml/chart")
)
# Says nothing about the looks: language, spelling, smart tags.
_NOISE = ("lang", "altLang", "dirty", "err", "noProof", "smtClean", "smtId")
_CARRIES_LANGUAGE = ("rPr", "endParaRPr", "defRPr")
# Between the columns of prices and contents.
_TABS = re.compile("\t")


def read_paragraph(element: etree._Element, options: Options) -> Found | None:
    """Return an `a:p` as a document; see `api.files.office.places.Read`."""
    if _name(element) != "p":
        return None
    parts = list(merged(_parts(element)))
    plain = prevailing(parts)
    paragraph = Paragraph(list(nodes_of_runs(parts, plain, _TABS)), options)
    return paragraph, partial(_put_paragraph, paragraph, plain.properties)


def read_alternative_text(element: etree._Element, options: Options) -> Found | None:
    """Return what a picture or a shape tells those who cannot see it; see `api.files.office.places.Read`."""
    text = element.get("descr") if _local(element) in ("cNvPr", "docPr") else None
    return (plain_text(text, options), _put_alternative_text) if text else None


def read_chart_text(element: etree._Element, options: Options) -> Found | None:
    """Return the name of a series or category, as a chart remembers it from its workbook; see `Read`."""
    if _local(element) != "v" or etree.QName(element).namespace not in _CHART_NAMESPACES or not element.text:
        return None
    above = [_local(parent) for parent, _ in zip(element.iterancestors(), range(3), strict=False)]
    named = above[:1] == ["tx"] or (above[:1] == ["pt"] and not {"strCache", "multiLvlStrCache"}.isdisjoint(above))
    return (plain_text(element.text, options), _put_text) if named else None


def set_language(root: etree._Element, target: str) -> None:
    """Let all that says that it is English say that it is in the language `target`."""
    for namespace in _NAMESPACES:
        for element in root.iter(*(f"{{{namespace}}}{name}" for name in _CARRIES_LANGUAGE)):
            if is_english(element.get("lang")):
                element.set("lang", language_tag(target))


def _local(element: etree._Element) -> str | None:
    return etree.QName(element).localname if isinstance(element.tag, str) else None


def _name(element: etree._Element) -> str | None:
    """Return the name of an element of DrawingML."""
    name = _local(element)
    return name if name is not None and etree.QName(element).namespace in _NAMESPACES else None


def _parts(paragraph: etree._Element) -> Iterator[Part]:
    for child in paragraph:
        match _name(child):
            case "pPr" | "endParaRPr":
                continue
            case "r":
                properties = deepcopy(child.find("{*}rPr"))
                is_link = properties is not None and properties.find("{*}hlinkClick") is not None
                yield Run(child.findtext("{*}t") or "", properties, looks(properties, _NOISE), is_link)
            case "br":
                yield Atom(deepcopy(child), is_break=True)
            case "fld":
                yield Atom(deepcopy(child), shown=child.findtext("{*}t") or "")
            case _:
                yield Atom(deepcopy(child))


def _put_paragraph(
    paragraph: Paragraph[Payload], plain: etree._Element | None, element: etree._Element, joined: str
) -> None:
    namespace = etree.QName(element).namespace
    at = sum(_name(child) == "pPr" for child in element)
    for child in list(element):
        if _name(child) not in ("pPr", "endParaRPr"):
            element.remove(child)
    for properties, content in contents(paragraph.nodes_of(joined), plain):
        if isinstance(content, etree._Element):
            element.insert(at, deepcopy(content))
        else:
            run = etree.SubElement(element, f"{{{namespace}}}r")
            if isinstance(properties, etree._Element):
                run.append(deepcopy(properties))
            etree.SubElement(run, f"{{{namespace}}}t").text = content
            element.insert(at, run)
        at += 1


def _put_alternative_text(element: etree._Element, joined: str) -> None:
    element.set("descr", joined)


def _put_text(element: etree._Element, joined: str) -> None:
    element.text = joined

"""Strings of a workbook (CT_Rst of ECMA-376 part 1, 18.4): shared, inline, and in comments; plain or with formats."""

import re
from collections.abc import Collection, Iterator
from copy import deepcopy
from functools import partial

from lxml import etree

from api.files.inline import Atom, Paragraph
from api.files.office.places import Found, plain_text
from api.files.office.runs import Part, Payload, Run, contents, looks, merged, nodes_of_runs, prevailing
from api.text.options import Options

__all__ = ["decoded", "encoded", "read_string", "text_of"]

# What Excel takes in one cell, in UTF-16 code units.
_LONGEST = 32_767
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TO_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_BREAKS = re.compile(r"[\t\r\n]+")


def decoded(text: str) -> str:
    """Return the text that is written as `text`, in which `_x000D_` stands for a carriage return (22.9.2.19)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def encoded(text: str) -> str:
    """Return how a text is written: what XML cannot hold, and what looks like an escape, escaped."""
    return _TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def text_of(string: etree._Element) -> str:
    """Return what a cell with this string shows."""
    return "".join(decoded(text.text or "") for text in string.iterfind("{*}t")) + "".join(
        decoded(text.text or "") for text in string.iterfind("{*}r/{*}t")
    )


def read_string(string: etree._Element, options: Options, names: Collection[str] = ()) -> Found | None:
    """Return a string as a document; see `api.files.office.places.Read`.

    Of these `names` one that is a run of its own stays as it is: the author of a comment. A string that is no Unicode,
    which escapes can make, stays as a whole.
    """
    runs = string.findall("{*}r")
    text = text_of(string)
    if _SURROGATE.search(text):
        return None
    if not runs:
        return (plain_text(text, options), _put_plain) if text else None
    parts = list(merged(_parts(runs, names)))
    plain = prevailing(parts)
    paragraph = Paragraph(list(nodes_of_runs(parts, plain, _BREAKS)), options)
    return paragraph, partial(_put_rich, paragraph, plain.properties)


def _parts(runs: list[etree._Element], names: Collection[str]) -> Iterator[Part]:
    for run in runs:
        text = decoded(run.findtext("{*}t") or "")
        if text.strip().rstrip(":") in names:
            yield Atom(deepcopy(run), is_break=True)
            continue
        properties = deepcopy(run.find("{*}rPr"))
        yield Run(text, properties, looks(properties))


def _put_plain(string: etree._Element, joined: str) -> None:
    if _fits(joined):
        for text in string.findall("{*}t"):
            _fill(text, joined)
        _drop(string, "rPh")


def _put_rich(paragraph: Paragraph[Payload], plain: etree._Element | None, string: etree._Element, joined: str) -> None:
    found = list(contents(paragraph.nodes_of(joined), plain))
    if not _fits("".join(_shown(content) for _, content in found)):
        return
    _drop(string, "r", "rPh")
    namespace = etree.QName(string).namespace
    for at, (properties, content) in enumerate(found):
        if isinstance(content, etree._Element):
            string.insert(at, deepcopy(content))
            continue
        run = etree.SubElement(string, f"{{{namespace}}}r")
        if isinstance(properties, etree._Element):
            run.append(deepcopy(properties))
        _fill(etree.SubElement(run, f"{{{namespace}}}t"), content)
        string.insert(at, run)


def _shown(content: etree._Element | str) -> str:
    return content if isinstance(content, str) else content.findtext("{*}t") or ""


def _fits(text: str) -> bool:
    return len(text.encode("utf-16-le", "surrogatepass")) <= 2 * _LONGEST


def _drop(string: etree._Element, *names: str) -> None:
    """Remove children: readings in Japanese count the characters of the text that they were for."""
    for child in string.findall("{*}*"):
        if etree.QName(child).localname in names:
            string.remove(child)


def _fill(element: etree._Element, text: str) -> None:
    element.text = encoded(text)
    if text != text.strip() or "\n" in text:
        element.set(_SPACE, "preserve")

"""Threaded comments of a workbook ([MS-XLSX] 2.6.205): plain text in which people are mentioned by place."""

import re
from collections.abc import Iterator
from functools import partial
from typing import TypeAlias

from lxml import etree

from api.files.inline import Atom, Node, Paragraph
from api.files.office.places import Found, plain_text
from api.text.options import Options

__all__ = ["read_threaded_comment"]

_NAMESPACE = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"
_MENTION = f"{_NAMESPACE}mention"
_WHERE = ("startIndex", "length")
_UTF_16 = "utf-16-le"
_NUMBER = re.compile(r"[0-9]{1,6}")
_BREAKS = re.compile(r"[\t\r\n]+")

_Payload: TypeAlias = tuple[int | None, str]
"""What an atom shows, and the number of the mention that it is, None for a line break."""


def read_threaded_comment(element: etree._Element, options: Options) -> Found | None:
    """Return the text of a comment; see `api.files.office.places.Read`. If its mentions are not in order, it stays."""
    if element.tag != f"{_NAMESPACE}text" or not element.text:
        return None
    mentions = _mentions(element)
    if not mentions:
        return plain_text(element.text, options), _put_plain
    units = element.text.encode(_UTF_16)
    nodes: list[Node[_Payload]] = []
    done = 0
    for start, end, number in sorted((*_place(mention), number) for number, mention in enumerate(mentions)):
        if not done <= start < end <= len(units) // 2:
            return None
        nodes += _words(_cut(units, done, start))
        shown = _cut(units, start, end)
        nodes.append(Atom((number, shown), shown=shown))
        done = end
    nodes += _words(_cut(units, done, len(units) // 2))
    paragraph = Paragraph(nodes, options)
    return paragraph, partial(_put, paragraph)


def _mentions(element: etree._Element) -> list[etree._Element]:
    """Return the mentions in the comment with this text."""
    return [
        mention for mentions in element.itersiblings(f"{_NAMESPACE}mentions") for mention in mentions.iter(_MENTION)
    ]


def _place(mention: etree._Element) -> tuple[int, int]:
    """Return where a mention starts and ends, in UTF-16 code units; -1 for what is no number."""
    start, length = (
        int(said) if _NUMBER.fullmatch(said) else -1 for said in (mention.get(name, "") for name in _WHERE)
    )
    return start, start + length


def _cut(units: bytes, start: int, end: int) -> str:
    return units[2 * start : 2 * end].decode(_UTF_16, "replace")


def _words(text: str) -> Iterator[Node[_Payload]]:
    done = 0
    for found in _BREAKS.finditer(text):
        yield text[done : found.start()]
        yield Atom((None, found[0]), is_break=True)
        done = found.end()
    yield text[done:]


def _put_plain(element: etree._Element, joined: str) -> None:
    element.text = joined


def _put(paragraph: Paragraph[_Payload], element: etree._Element, joined: str) -> None:
    mentions = _mentions(element)
    text = ""
    for node in paragraph.nodes_of(joined):
        if isinstance(node, str):
            text += node
            continue
        number, shown = node.payload
        if number is not None:
            for name, value in zip(_WHERE, (text, shown), strict=True):
                mentions[number].set(name, str(len(value.encode(_UTF_16)) // 2))
        text += shown
    element.text = text

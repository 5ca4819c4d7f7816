"""Runs, as office files have them: words with the properties of their format, made into nodes and back.

The format that most of a paragraph has is that of its words; what differs is a span. Office programs cut runs wherever
somebody typed or the spelling was checked, so runs that look alike are one.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TypeAlias

from lxml import etree

from api.files.inline import Atom, Node, Span

__all__ = ["Part", "Payload", "Run", "contents", "looks", "merged", "nodes_of_runs", "prevailing"]

Payload: TypeAlias = etree._Element | str | None
"""Of a span the properties of its run, if it has any; of an atom the element, or the tab or line break."""


@dataclass(slots=True)
class Run:
    """Words of one format; `looks` is the same for formats that look alike."""

    text: str
    properties: etree._Element | None
    looks: bytes
    is_link: bool = False


Part: TypeAlias = Run | Atom[Payload]


def looks(properties: etree._Element | None, noise: Collection[str] = ()) -> bytes:
    """Return what the properties of a run say about its looks: all but these attributes."""
    if properties is None:
        return b""
    told = deepcopy(properties)
    for name in noise:
        told.attrib.pop(name, "")
    return etree.tostring(told, method="c14n", exclusive=True, with_tail=False) if told.attrib or len(told) else b""


def merged(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts with runs that look alike as one; white space looks like what is beside it."""
    last: Run | None = None
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
            part.text = last.text + part.text
            last = part
        else:
            yield last
            last = part
    if last is not None:
        yield last


def prevailing(parts: Iterable[Part]) -> Run:
    """Return a run with the format of most of the characters; a link is no format to put around other words."""
    runs = [part for part in parts if isinstance(part, Run)]
    candidates = [run for run in runs if not run.is_link] or runs
    lengths = Counter[bytes]()
    for run in candidates:
        lengths[run.looks] += len(run.text)
    return max(candidates, key=lambda run: lengths[run.looks], default=Run("", None, b""))


def nodes_of_runs(parts: Iterable[Part], plain: Run, breaks: re.Pattern[str]) -> Iterator[Node[Payload]]:
    """Yield the nodes of a paragraph, of which most words look like `plain`. What `breaks` matches ends a sentence."""
    for part in parts:
        if isinstance(part, Atom):
            yield part
        elif part.looks == plain.looks:
            yield from _words(part.text, breaks)
        else:
            yield Span(part.properties, tuple(_words(part.text, breaks)))


def _words(text: str, breaks: re.Pattern[str]) -> Iterator[Node[Payload]]:
    done = 0
    for found in breaks.finditer(text):
        yield text[done : found.start()]
        yield Atom(found[0], is_break=True)
        done = found.end()
    yield text[done:]


def contents(nodes: Sequence[Node[Payload]], properties: Payload) -> Iterator[tuple[Payload, etree._Element | str]]:
    """Yield what nodes become: elements, and the words of a run, which are never none, each with its properties."""
    words: list[str] = []
    last: Payload = None
    for look, content in _flat(nodes, properties):
        if words and (look is not last or isinstance(content, etree._Element)):
            yield last, "".join(words)
            words.clear()
        last = look
        if isinstance(content, etree._Element):
            yield look, content
        else:
            words.append(content or "")
    if words:
        yield last, "".join(words)


def _flat(nodes: Sequence[Node[Payload]], look: Payload) -> Iterator[tuple[Payload, Payload]]:
    for node in nodes:
        if isinstance(node, str):
            yield look, node
        elif isinstance(node, Span):
            yield from _flat(node.children, node.payload)
        else:
            yield look, node.payload

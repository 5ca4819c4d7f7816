"""Places of an XML part that have texts: read from one tree, written into another of the same part."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from api.text.documents import Document, parse
from api.text.options import Options

__all__ = ["Found", "Place", "Places", "Put", "Read", "plain_text"]

Put = Callable[[etree._Element, str], None]
"""Puts what a document's `join` returned into the element."""
Found = tuple[Document, Put]
Read = Callable[[etree._Element, Options], Found | None]
"""Returns the text that an element has itself, if any."""


@dataclass(frozen=True, slots=True)
class Place:
    """A text of the element at a position in the order of the part."""

    position: int
    document: Document
    put: Put


class Places:
    """The texts of a part in its order. Keeps no tree, so that a file can be written in several languages."""

    def __init__(self, root: etree._Element, reads: Sequence[Read], options: Options) -> None:
        self._places = [
            Place(position, *found)
            for position, element in enumerate(root.iter())
            for read in reads
            if (found := read(element, options)) is not None and found[0].segments
        ]
        self.documents: Sequence[Document] = [place.document for place in self._places]

    def write(self, root: etree._Element, joined: Sequence[str]) -> None:
        """Put what the `join` of each document returned into the tree of the same part, read anew."""
        elements = list(root.iter())
        for place, text in zip(self._places, joined, strict=True):
            place.put(elements[place.position], text)


def plain_text(text: str, options: Options) -> Document:
    """Return a text without markup as a document."""
    return parse(text, replace(options, format="text"))

"""Paragraphs with inline codes: the common form of rich text on its way through translation.

A paragraph is a sequence of strings, atoms and spans. An atom stands for something that has no words for the model (an
image, the mark of a footnote, a page number); a span is formatting or a link around a part of the text. Both carry
what their format needs to write them again. They travel as XML with the elements of XLIFF 1.2, `<g>` and `<x>`.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

from api.text.documents import Segment
from api.text.html import HtmlDocument
from api.text.hypotheses import Hypothesis
from api.text.options import Options

__all__ = ["Atom", "Node", "Paragraph", "Span"]

P = TypeVar("P")

_BREAK = "b"
_ATOM = "x"
_CODE = re.compile(r'<g id="(?P<span>\d+)">|(?P<end></g>)|<[xb] id="(?P<atom>\d+)"(?:/>|>[^<]*</x>)')


@dataclass(frozen=True, slots=True, eq=False)
class Atom(Generic[P]):
    """Something that comes back as it is, of which a reader sees the text `shown`; a break ends a sentence."""

    payload: P
    shown: str = ""
    is_break: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Span(Generic[P]):
    """A part of a paragraph with formatting of its own."""

    payload: P
    children: "tuple[Node[P], ...]"


Node: TypeAlias = str | Atom[P] | Span[P]


class Paragraph(Generic[P]):
    """Rich text as sentences: a `Document`, the translations of which `nodes_of` reads."""

    def __init__(self, nodes: Sequence[Node[P]], options: Options) -> None:
        self._codes: list[Atom[P] | Span[P]] = []
        xml = replace(
            options,
            format="xml",
            outline_detection=False,
            ignore_tags=frozenset({_ATOM}),
            splitting_tags=frozenset({_BREAK}),
        )
        self._document = HtmlDocument("".join(self._written(nodes)), xml)

    def _written(self, nodes: Iterable[Node[P]]) -> Iterator[str]:
        for node in nodes:
            if isinstance(node, str):
                yield html.escape(node, quote=False)
                continue
            number = len(self._codes)
            self._codes.append(node)
            if isinstance(node, Span):
                yield f'<g id="{number}">'
                yield from self._written(node.children)
                yield "</g>"
            elif node.is_break:
                yield f'<{_BREAK} id="{number}"/>'
            elif node.shown:
                yield f'<{_ATOM} id="{number}">{html.escape(node.shown, quote=False)}</{_ATOM}>'
            else:
                yield f'<{_ATOM} id="{number}"/>'

    @property
    def segments(self) -> Sequence[Segment]:
        """The sentences of the paragraph."""
        return self._document.segments

    def join(self, translations: Sequence[Hypothesis]) -> str:
        """Return the paragraph with each sentence replaced by its translation, for `nodes_of` to read."""
        return self._document.join(translations)

    def nodes_of(self, joined: str) -> tuple[Node[P], ...]:
        """Return what `join` returned as nodes: those of the paragraph, around the words of the translation."""
        opened: list[tuple[int, list[Node[P]]]] = [(-1, [])]
        done = 0
        for found in _CODE.finditer(joined):
            if done < found.start():
                opened[-1][1].append(html.unescape(joined[done : found.start()]))
            done = found.end()
            if found["span"]:
                opened.append((int(found["span"]), []))
            elif found["end"]:
                number, children = opened.pop()
                opened[-1][1].append(Span(self._codes[number].payload, tuple(children)))
            else:
                opened[-1][1].append(self._codes[int(found["atom"])])
        if done < len(joined):
            opened[-1][1].append(html.unescape(joined[done:]))
        return tuple(opened[0][1])

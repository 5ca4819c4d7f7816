"""Codes in a text, such as tags, on their way to a `Paragraph`: those that open and close something become spans."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from api.files.inline import Atom, Node, Span

__all__ = ["Code", "Token", "paired", "pairs_of", "unpaired"]

P = TypeVar("P")

# Spans within spans; what is deeper is kept as atoms.
_DEEPEST = 30


@dataclass(frozen=True, slots=True, eq=False)
class Code(Generic[P]):
    """One code: `opens` and `closes` name what it opens or closes, the rest is that of an `Atom`."""

    payload: P
    opens: str | None = None
    closes: str | None = None
    shown: str = ""
    is_break: bool = False


Token: TypeAlias = str | Code[P]


def pairs_of(tokens: "Sequence[Token[P] | Node[tuple[P, ...]]]") -> dict[int, tuple[int, P]]:
    """Return, by the index of each opening code, that of its closing code with its payload.

    Only those that are properly nested have a partner.
    """
    opened: list[tuple[int, str]] = []
    names: Counter[str] = Counter()
    pairs: dict[int, tuple[int, P]] = {}
    for index, token in enumerate(tokens):
        if not isinstance(token, Code):
            continue
        if token.opens is not None:
            opened.append((index, token.opens))
            names[token.opens] += 1
        elif token.closes is not None and names[token.closes]:
            name = None
            while name != token.closes:
                start, name = opened.pop()
                names[name] -= 1
            if len(opened) < _DEEPEST:
                pairs[start] = index, token.payload
    return pairs


def paired(tokens: "Sequence[Token[P] | Node[tuple[P, ...]]]") -> tuple[Node[tuple[P, ...]], ...]:
    """Return the codes as nodes: a span has the payloads of the two codes of a pair, an atom that of its one.

    What is a node already stays.
    """
    return tuple(_nodes(tokens, pairs_of(tokens), 0, len(tokens)))


def _nodes(
    tokens: "Sequence[Token[P] | Node[tuple[P, ...]]]", pairs: Mapping[int, tuple[int, P]], index: int, end: int
) -> Iterator[Node[tuple[P, ...]]]:
    while index < end:
        token = tokens[index]
        if not isinstance(token, Code):
            yield token
        elif index in pairs:
            closing, payload = pairs[index]
            yield Span((token.payload, payload), tuple(_nodes(tokens, pairs, index + 1, closing)))
            index = closing
        else:
            yield Atom((token.payload,), token.shown, token.is_break)
        index += 1


def unpaired(nodes: Sequence[Node[tuple[P, ...]]], text: Callable[[str], P]) -> Iterator[P]:
    """Yield what `paired` made nodes of: payloads, and texts as what `text` makes of them, in their order."""
    for node in nodes:
        if isinstance(node, str):
            yield text(node)
        elif isinstance(node, Span):
            yield node.payload[0]
            yield from unpaired(node.children, text)
            yield node.payload[1]
        else:
            yield node.payload[0]

"""What is protected in the text of a segment."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.text.placeholders import Span, find_placeholders, without_overlaps
from api.text.terms import Terms

__all__ = ["Source", "protected_spans"]


@dataclass(frozen=True, slots=True)
class Source:
    """A text to translate.

    `opaque` are stretches of it that its format protects; at `boundaries` inline markup starts or ends.
    """

    text: str
    opaque: tuple[Span, ...] = ()
    boundaries: tuple[int, ...] = ()


def protected_spans(source: Source, terms: Terms) -> Sequence[Span]:
    """Return what must come back as it is, or as the glossary says, in order.

    What the format protects goes before placeholders, these before terms to keep, and these before the glossary.
    """
    return without_overlaps(
        source.opaque,
        find_placeholders(source.text),
        terms.kept_spans(source.text),
        terms.glossary_spans(source.text),
    )

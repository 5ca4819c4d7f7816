"""What a caller may ask for beyond the best translation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.text.options import SplitSentences, TextFormat

__all__ = ["Options"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of a request, named as in the interface of the server; None leaves one to the server.

    `glossary`: target language -> source term -> target term.
    """

    targets: Sequence[str] = ()
    num_alternatives: int | None = None
    beam_size: int | None = None
    segments: bool | None = None
    split_sentences: SplitSentences | None = None
    format: TextFormat | None = None
    do_not_translate: Sequence[str] = ()
    glossary: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def fields(self) -> dict[str, Any]:
        """Return the fields of a request; what is left to the server is left out."""
        given: dict[str, Any] = {
            "targets": list(self.targets) or None,
            "num_alternatives": self.num_alternatives,
            "beam_size": self.beam_size,
            "segments": self.segments,
            "split_sentences": self.split_sentences,
            "format": self.format,
            "do_not_translate": list(self.do_not_translate) or None,
            "glossary": {target: dict(terms) for target, terms in self.glossary.items()} or None,
        }
        return {name: value for name, value in given.items() if value is not None}

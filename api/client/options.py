"""What a caller may ask for beyond the best translation."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.text.options import SplitSentences, TextFormat

__all__ = ["FileOptions", "Options"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOptions:
    """The options of a file, of the same meaning; without `targets` it comes in all languages."""

    targets: Sequence[str] = ()
    beam_size: int | None = None
    do_not_translate: Sequence[str] = ()
    glossary: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def form(self) -> dict[str, str | list[str]]:
        """Return the fields of a form, of which a list is a field for each; what is left to the server is left out."""
        glossary = {target: dict(terms) for target, terms in self.glossary.items()}
        given: dict[str, str | list[str]] = {
            "target": list(self.targets),
            "beam_size": "" if self.beam_size is None else str(self.beam_size),
            "do_not_translate": list(self.do_not_translate),
            "glossary": json.dumps(glossary) if glossary else "",
        }
        return {name: value for name, value in given.items() if value}

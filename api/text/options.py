"""What a caller may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Options", "SplitSentences", "TextFormat"]

TextFormat = Literal["text", "html", "markdown"]
SplitSentences = Literal["off", "newlines", "sentences", "on"]


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may ask for; `beam_size` None leaves the width to the model.

    `split_sentences`: `on` at line breaks and between sentences, `newlines` only at line breaks, `sentences` only
    between sentences, `off` nowhere.
    `do_not_translate`: terms that come back unchanged. `glossary`: target language -> source term -> target term.
    """

    num_alternatives: int = 0
    beam_size: int | None = None
    format: TextFormat = "text"
    split_sentences: SplitSentences = "on"
    do_not_translate: tuple[str, ...] = ()
    glossary: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

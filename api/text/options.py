"""What a caller may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Options", "SplitSentences", "TextFormat"]

TextFormat = Literal["text", "html", "xml", "markdown"]
SplitSentences = Literal["off", "newlines", "sentences", "on"]


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may ask for; `beam_size` None leaves the width to the model.

    `split_sentences`: `on` at line breaks and between sentences, `newlines` only at line breaks, `sentences` only
    between sentences, `off` nowhere.
    Of the formats with tags, `ignore_tags` are elements that come back as they are, `splitting_tags` end a sentence and
    `non_splitting_tags` do not; all in small letters. `outline_detection`: whether the structure of XML ends sentences.
    `do_not_translate`: terms that come back unchanged. `glossary`: target language -> source term -> target term.
    """

    num_alternatives: int = 0
    beam_size: int | None = None
    format: TextFormat = "text"
    split_sentences: SplitSentences = "on"
    ignore_tags: frozenset[str] = frozenset()
    splitting_tags: frozenset[str] = frozenset()
    non_splitting_tags: frozenset[str] = frozenset()
    outline_detection: bool = True
    do_not_translate: tuple[str, ...] = ()
    glossary: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

"""Results, as small objects that do not change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

__all__ = ["Alternative", "Answer", "Problem", "Result", "Sentence", "Translation"]

Answer: TypeAlias = Mapping[str, Any]
"""A JSON object of the server's."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A further translation; `score` is its length-normalised log-probability."""

    text: str
    score: float

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Return what a part of an answer says. Like all of its kind, raises KeyError or TypeError if it is not one."""
        return cls(answer["text"], answer["score"])


@dataclass(frozen=True, slots=True)
class Translation:
    """The best translation into one language: `confidence` from 0 to 1, `flags` says what looks wrong.

    `glossary_applied`: the source terms of the glossary that occurred.
    """

    text: str
    score: float
    confidence: float
    alternatives: tuple[Alternative, ...]
    flags: tuple[str, ...]
    glossary_applied: tuple[str, ...] = ()

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Return what a part of an answer says."""
        alternatives = tuple(map(Alternative.of, answer["alternatives"]))
        return cls(
            answer["text"],
            answer["score"],
            answer["confidence"],
            alternatives,
            tuple(answer["flags"]),
            tuple(answer["glossary_applied"]),
        )


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence at `start` to `end` (code points) of the text, with its translations by language."""

    text: str
    start: int
    end: int
    translations: Mapping[str, Translation]

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Return what a part of an answer says."""
        return cls(answer["text"], answer["start"], answer["end"], _translations(answer["translations"]))


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one text could not be translated."""

    message: str
    error_type: str

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Return what a part of an answer says."""
        return cls(answer["error"], answer["error_type"])


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one text: its translations by language, or the problem. `sentences` are there on request."""

    text: str
    translations: Mapping[str, Translation]
    problem: Problem | None = None
    sentences: Sequence[Sentence] = ()

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Return what a part of an answer says."""
        if answer["error"] is not None:
            return cls(answer["text"], {}, Problem.of(answer["error"]))
        sentences = tuple(map(Sentence.of, answer["segments"] or ()))
        return cls(answer["text"], _translations(answer["translations"]), sentences=sentences)


def _translations(answer: Answer) -> dict[str, Translation]:
    return {target: Translation.of(translation) for target, translation in answer.items()}

"""Rules that decide whether a sentence pair is fit to learn from.

Every rule is cheap and language-independent; together they remove the usual noise of mined corpora (wrong alignments,
half sentences, untranslated copies) that hurts neural systems more than it hurt phrase tables
(Khayrallah and Koehn 2018, "On the Impact of Various Types of Noise on Neural Machine Translation").
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["LengthLimits", "keep_pair", "normalise", "pair_key", "source_key"]

_SPACES = re.compile(r"\s+")
_DIGITS = re.compile(r"\d+")
_NOT_WORD = re.compile(r"[\W_]+")
_SENTENCE_END = re.compile(r"[.!?…][\"'”“»\u2019)\]]*$")
_ANY_END = re.compile(r"[.!?…:;,\"'”“»\u2019)\]]$")


@dataclass(frozen=True)
class LengthLimits:
    """Bounds on a pair, in words and in characters."""

    max_words: int = 90
    max_chars: int = 600
    max_char_ratio: float = 2.2
    ratio_free_chars: int = 25


def normalise(text: str) -> str:
    """NFC with single spaces: the only change that is made to corpus text."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def _numbers(text: str) -> str:
    """All digits in a canonical order, so that 1,000 / 1.000 / 1 000 agree."""
    return "".join(sorted("".join(_DIGITS.findall(text))))


def _lengths_fit(source: str, target: str, limits: LengthLimits) -> bool:
    longest, shortest = max(len(source), len(target)), min(len(source), len(target))
    if longest > limits.max_chars or max(source.count(" "), target.count(" ")) >= limits.max_words:
        return False
    return longest <= limits.ratio_free_chars or longest <= limits.max_char_ratio * shortest


def _is_copy(source: str, target: str) -> bool:
    """Identical sides of three words or more; shorter ones are often names, which are rightly copied."""
    return source == target and source.count(" ") >= 2


def _ends_agree(source: str, target: str) -> bool:
    """A full sentence facing a fragment is nearly always a misaligned block."""
    source_ends, target_ends = bool(_SENTENCE_END.search(source)), bool(_SENTENCE_END.search(target))
    if source_ends == target_ends:
        return True
    return bool(_ANY_END.search(target if source_ends else source))


def keep_pair(source: str, target: str, limits: LengthLimits | None = None) -> bool:
    """Tell whether a normalised pair passes the length, ratio, copy, number and sentence-end rules."""
    return (
        any(map(str.isalpha, source))
        and any(map(str.isalpha, target))
        and _lengths_fit(source, target, limits or LengthLimits())
        and not _is_copy(source, target)
        and _numbers(source) == _numbers(target)
        and _ends_agree(source, target)
    )


def source_key(text: str) -> str:
    """Key under which two English sides count as the same sentence: letters and digits only, case-folded."""
    return _NOT_WORD.sub("", text.casefold())


def pair_key(source: str, target: str) -> int:
    """Key of a pair for the removal of duplicates across sources (64-bit, of this process only)."""
    return hash((source_key(source), source_key(target)))

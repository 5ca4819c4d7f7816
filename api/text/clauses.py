"""Sentences that are longer than the model takes, cut where it hurts least."""

import re
from dataclasses import dataclass

from api.text.segmentation import is_blank, sentence_bounds

__all__ = ["FORCED_CUT_FLAG", "UNTRANSLATED_FLAG", "Part", "next_limit", "split_long"]

FORCED_CUT_FLAG = "forced_cut"
UNTRANSLATED_FLAG = "untranslated"

# Code points of a part at each attempt. The first is a long sentence in any prose; parts longer than what a model was
# trained on come out worse, and take it several times as long. The last suits anything that takes 512 tokens: Unicode
# normalisation makes at most 18 characters of one.
_LIMITS = (300, 75, 18)
# Best boundary first; each pattern ends where the next part starts.
_BOUNDARIES = (
    re.compile(r"[;:]\s+|\s[–—]\s+|(?<=\w)—(?=\w)"),
    re.compile(r",\s+(?=(?:and|but|or|nor|so|yet|because|although|though|while|which|who|where|when|if)\b)"),
    re.compile(r",\s+"),
    re.compile(r"\s+(?=(?:and|but|or|because|although|while|which|that)\s)"),
)
_WHITE_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\S*")
# What is longer is no word of a language, but data: a key, an encoded file.
_LONGEST_WORD = 300
# A boundary much nearer to the start would leave a crumb.
_SHORTEST_SHARE = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text: to be translated on its own, or kept as it is with these flags."""

    text: str
    translate: bool
    flags: tuple[str, ...] = ()


def next_limit(length: int) -> int | None:
    """Return the most code points that a part of a refused text of `length` may have, None if it is short enough."""
    return next((limit for limit in _LIMITS if limit < length), None)


def split_long(text: str, limit: int) -> tuple[list[Part], bool]:
    """Return parts that joined are `text`, each to translate of at most `limit`, and whether a cut had to be forced.

    Sentences are parts if there are several; then come semicolons, colons and dashes, commas before a
    conjunction, other commas, conjunctions: between two boundaries of the same kind the later one wins. A cut
    anywhere else, at white space or inside a word, is forced: it may tear apart what belongs together. A word of
    more than 300 code points is not translated.
    """
    parts: list[Part] = []
    forced = False
    for start, end in sentence_bounds(text, 0, len(text)):
        while end - start > limit:
            cut = _clause_end(text, start, start + limit)
            if cut is None:
                cut = _forced_end(text, start, start + limit)
                forced |= cut < len(text)
            parts.extend(_parts(text[start:cut]))
            start = cut
        parts.extend(_parts(text[start:end]))
    return parts, forced


def _clause_end(text: str, start: int, latest: int) -> int | None:
    earliest = start + (latest - start) // _SHORTEST_SHARE
    for boundary in _BOUNDARIES:
        ends = [found.end() for found in boundary.finditer(text, earliest, latest)]
        if ends:
            return ends[-1]
    return None


def _forced_end(text: str, start: int, latest: int) -> int:
    """Return the end of the last white space until `latest`, else of a word that is none, else `latest`."""
    ends = [found.end() for found in _WHITE_SPACE.finditer(text, start, latest)]
    if ends:
        return ends[-1]
    found = _WORD.match(text, start)
    end = found.end() if found else start
    return end if end - start > _LONGEST_WORD else latest


def _parts(text: str) -> list[Part]:
    """Return the white space before `text`, what is between, and the white space after it, as far as there is any."""
    core = text.strip()
    if not core:
        return [Part(text, translate=False)] if text else []
    start = text.index(core)
    is_data = len(core) > _LONGEST_WORD and _WHITE_SPACE.search(core) is None
    parts = [
        Part(text[:start], translate=False),
        Part(core, translate=not is_data and not is_blank(core), flags=(UNTRANSLATED_FLAG,) if is_data else ()),
        Part(text[start + len(core) :], translate=False),
    ]
    return [part for part in parts if part.text]

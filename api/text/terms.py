"""Terms that a caller wants kept, or translated in one way."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from api.text.placeholders import Span

__all__ = ["glossary_spans", "kept_spans"]

_NOTHING = re.compile(r"(?!)")
_CACHED = 64


def kept_spans(text: str, terms: Sequence[str]) -> Iterator[Span]:
    """Yield where one of the terms occurs: as whole words, in the very case; longer terms win over shorter ones."""
    for match in _pattern(_longest_first(terms), False).finditer(text):
        yield Span(*match.span())


def glossary_spans(text: str, glossary: Mapping[str, str]) -> Iterator[Span]:
    """Yield where a source term occurs as whole words, with the target term in its place.

    A term with a capital beyond its first letter (`API`, `iPhone`) matches in its very case, any other one in every
    case. Inflected forms do not match; the target term is put in as the caller wrote it.
    """
    exact = _longest_first([term for term in glossary if _has_inner_capital(term)])
    loose = _longest_first([term for term in glossary if not _has_inner_capital(term)])
    for terms, ignore_case in ((exact, False), (loose, True)):
        for match in _pattern(terms, ignore_case).finditer(text):
            term = terms[(match.lastindex or 1) - 1]
            yield Span(*match.span(), replacement=glossary[term], term=term)


def _has_inner_capital(term: str) -> bool:
    return any(character.isupper() for character in term.strip()[1:])


def _longest_first(terms: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted((term for term in terms if term.strip()), key=lambda term: (-len(term), term)))


@lru_cache(_CACHED)
def _pattern(terms: tuple[str, ...], ignore_case: bool) -> re.Pattern[str]:
    """One group for each term; white space in a term is any white space."""
    if not terms:
        return _NOTHING
    white_space = r"\s+"
    groups = (f"({white_space.join(map(re.escape, term.split()))})" for term in terms)
    return re.compile(rf"(?<!\w)(?:{'|'.join(groups)})(?!\w)", re.IGNORECASE if ignore_case else 0)

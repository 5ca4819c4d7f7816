"""Terms that a caller wants kept, or translated in one way."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from api.text.placeholders import Span

__all__ = ["Terms"]

_TOKEN = re.compile(r"\w+|[^\w\s]")
_WHITE_SPACE = r"\s+"


class Terms:
    """Terms to keep and a glossary for one language; many of them cost little, for they are looked up by first words.

    A term to keep matches as whole words in its very case. So does a source term of the glossary with a capital beyond
    its first letter (`API`, `iPhone`); any other one matches in every case. Of two terms that start at one place the
    longer one matches. White space in a term is any white space. Inflected forms do not match.
    """

    def __init__(self, kept: Sequence[str] = (), glossary: Mapping[str, str] | None = None) -> None:
        self._glossary = glossary or {}
        self._kept = _Index([(term, False) for term in kept])
        self._sources = _Index([(term, not _has_inner_capital(term)) for term in self._glossary])

    def kept_spans(self, text: str) -> Iterator[Span]:
        """Yield where a term to keep occurs."""
        for start, end, _ in self._kept.find(text):
            yield Span(start, end)

    def glossary_spans(self, text: str) -> Iterator[Span]:
        """Yield where a source term occurs, with the target term in its place as the caller wrote it."""
        for start, end, term in self._sources.find(text):
            yield Span(start, end, replacement=self._glossary[term], term=term)


class _Index:
    """Terms, each with whether case does not matter, by their first word or mark; longer ones first."""

    def __init__(self, terms: Sequence[tuple[str, bool]]) -> None:
        self._by_first: defaultdict[str, list[tuple[str, bool]]] = defaultdict(list)
        self._patterns: dict[str, re.Pattern[str]] = {}
        for term, ignores_case in sorted(terms, key=lambda each: (-len(each[0]), each)):
            if first := _TOKEN.search(term):
                self._by_first[first[0].casefold()].append((term, ignores_case))

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        if not self._by_first:
            return
        done = 0
        for token in _TOKEN.finditer(text):
            if token.start() < done:
                continue
            for term, ignores_case in self._by_first.get(token[0].casefold(), ()):
                if found := self._pattern(term, ignores_case).match(text, token.start()):
                    done = found.end()
                    yield *found.span(), term
                    break

    def _pattern(self, term: str, ignores_case: bool) -> re.Pattern[str]:
        if term not in self._patterns:
            words = _WHITE_SPACE.join(map(re.escape, term.split()))
            self._patterns[term] = re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE if ignores_case else 0)
        return self._patterns[term]


def _has_inner_capital(term: str) -> bool:
    return any(character.isupper() for character in term.strip()[1:])

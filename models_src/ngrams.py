"""Words, n-grams and loops of a text, compared without regard to case, punctuation or Unicode form."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_LOOP_IN_WORD = re.compile(r"([^\W\d_]{2,12}?)\1{3,}|([^\W\d_])\2{4,}")

Ngrams = Counter[tuple[str, ...]]


def words(text: str) -> list[str]:
    """The words of ``text``: NFC, case-folded, punctuation dropped."""
    return _WORD.findall(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()))


def ngrams(tokens: Sequence[str], sizes: Sequence[int]) -> Ngrams:
    """How often each n-gram of each of ``sizes`` occurs in ``tokens``."""
    return Counter(tuple(tokens[start : start + size]) for size in sizes for start in range(len(tokens) - size + 1))


def intersection_over_union(first: Ngrams, second: Ngrams) -> float:
    """Multiset intersection over union, in [0, 1]; two empty multisets are equal (1)."""
    shared = sum(min(count, second[ngram]) for ngram, count in first.items() if ngram in second)
    union = first.total() + second.total() - shared
    return shared / union if union else 1.0


def longest_run(tokens: Sequence[str], max_period: int) -> int:
    """How many times in a row a unit of 1 to ``max_period`` tokens occurs, at most: 1 when nothing repeats at once.

    ``a b a b a b`` has a run of 3 (the unit ``a b``).
    """
    longest = 1 if tokens else 0
    for period in range(1, max_period + 1):
        matching = 0
        for earlier, later in zip(tokens, tokens[period:], strict=False):
            if earlier != later:
                matching = 0
                continue
            matching += 1
            longest = max(longest, 1 + matching // period)
    return longest


def has_loop_in_word(text: str) -> bool:
    """Whether a letter stands 5 times in a row, or a group of 2 to 12 letters 4 times in a row, inside a word."""
    return _LOOP_IN_WORD.search(text.casefold()) is not None

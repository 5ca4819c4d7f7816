"""Hypotheses, and how those of segments become those of a text."""

import heapq
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

__all__ = ["Hypothesis", "Link", "Ranked", "combine", "echo"]

_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Link:
    """Characters of a text that became characters of its translation; `exact` for what was only carried over."""

    source_start: int
    source_end: int
    target_start: int
    target_end: int
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One translation of a text.

    `score` is the length-normalised log-probability, `confidence` lies in [0, 1]; both are finite. `alignment` links
    words of the text to words of the translation, both what white space separates, counted from 0; `links` say the
    same in characters. `glossary` has the source terms whose target terms are in the translation.
    """

    text: str
    score: float
    confidence: float
    flags: tuple[str, ...] = ()
    alignment: tuple[tuple[int, int], ...] = ()
    links: tuple[Link, ...] = ()
    glossary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """The n-best list of one segment, best first and never empty.

    `weight` is the length of the source in code points; 0 for what is only echoed, which has no say in scores.
    """

    hypotheses: Sequence[Hypothesis]
    weight: int


def echo(text: str, flags: tuple[str, ...] = ()) -> Ranked:
    """Return the n-best list of a text that comes back as it is."""
    return Ranked((Hypothesis(text, score=0.0, confidence=1.0, flags=flags),), weight=0)


def combine(parts: Sequence[Ranked], join: Callable[[Sequence[Hypothesis]], str], count: int) -> Ranked:
    """Return the `count` best translations of a text from the n-best lists of its parts.

    These are the true n-best: combinations of one hypothesis for each part, best first by the score of the whole.
    The score of a combination is the mean of its hypotheses' scores, each weighted by the length of its source in
    code points; its confidence is the geometric mean with the same weights; its flags are the union. If nothing
    has a weight, the score is 0 and the confidence 1. A model puts a flagged hypothesis behind the sound ones
    whatever it scores, so the search lets no hypothesis count for more than the one before it.

    Time and memory: O(parts x count), never the product of the lists.
    """
    weight = sum(part.weight for part in parts)
    found: dict[str, Hypothesis] = {}
    # Different combinations can read alike; the second is no alternative.
    for ranks in islice(_best_first(parts), 2 * count):
        chosen = [part.hypotheses[ranks.get(index, 0)] for index, part in enumerate(parts)]
        text = join(chosen)
        if text not in found:
            found[text] = _merged(text, chosen, parts, weight)
        if len(found) == count:
            break
    return Ranked(tuple(found.values()), weight)


def _merged(text: str, chosen: Sequence[Hypothesis], parts: Sequence[Ranked], weight: int) -> Hypothesis:
    weighted = [(hypothesis, part.weight) for hypothesis, part in zip(chosen, parts, strict=True) if part.weight]
    flags = tuple(dict.fromkeys(flag for hypothesis in chosen for flag in hypothesis.flags))
    glossary = tuple(dict.fromkeys(term for hypothesis in chosen for term in hypothesis.glossary))
    if not weighted:
        return Hypothesis(text, score=0.0, confidence=1.0, flags=flags, glossary=glossary)
    if len(weighted) == 1:
        [(only, _)] = weighted
        return Hypothesis(text, only.score, only.confidence, flags, glossary=glossary)
    score = sum(hypothesis.score * share for hypothesis, share in weighted) / weight
    if all(hypothesis.confidence > 0 for hypothesis, _ in weighted):
        log_confidence = sum(math.log(hypothesis.confidence) * share for hypothesis, share in weighted) / weight
    else:
        log_confidence = -math.inf
    confidence = min(1.0, math.exp(log_confidence))
    return Hypothesis(text, round(score, _DECIMALS), round(confidence, _DECIMALS), flags, glossary=glossary)


def _best_first(parts: Sequence[Ranked]) -> Iterator[dict[int, int]]:
    """Yield combinations as {part: rank}, rank 0 left out, in the order of their loss against the best.

    Each one is reached from exactly one other: by a worse hypothesis for its last part that is not at rank 0, or
    for a part after that.
    """
    losses = [_losses(part) for part in parts]
    waiting: list[tuple[float, tuple[tuple[int, int], ...]]] = [(0.0, ())]
    while waiting:
        loss, deviations = heapq.heappop(waiting)
        yield dict(deviations)
        start = 0
        if deviations:
            start, rank = deviations[-1]
            if rank + 1 < len(losses[start]):
                worse = loss - losses[start][rank] + losses[start][rank + 1]
                heapq.heappush(waiting, (worse, (*deviations[:-1], (start, rank + 1))))
            start += 1
        for index in range(start, len(losses)):
            if len(losses[index]) > 1:
                heapq.heappush(waiting, (loss + losses[index][1], (*deviations, (index, 1))))


def _losses(part: Ranked) -> list[float]:
    """Return what each hypothesis loses against the first, never less than the one before it."""
    best, losses, most = part.hypotheses[0].score, [], 0.0
    for hypothesis in part.hypotheses:
        most = max(most, (best - hypothesis.score) * part.weight)
        losses.append(most)
    return losses

"""Postprocessing of beam hypotheses: what non-maximum suppression is for boxes.

A pure function, `postprocess`, takes the hypotheses of one sentence and

1. scores them by length-normalised log-probability, ``logP / length ** α`` (Wu et al. 2016, arXiv:1609.08144,
   section 7, without the coverage term);
2. flags the degenerate ones (loops, lost or invented text, untranslated copies, nothing at all) and demotes them
   behind the sound ones;
3. drops those under a score threshold, as long as any other text is left;
4. suppresses duplicates: best first, a hypothesis goes when its n-gram intersection over union with a kept one
   exceeds a threshold, as overlapping boxes do in non-maximum suppression;
5. returns at most K. When nothing sound is left the best one comes back with its flags: never nothing.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from models_src.ngrams import Ngrams, has_loop_in_word, intersection_over_union, longest_run, ngrams, words

__all__ = ["Candidate", "Flag", "PostprocessSettings", "RankedHypothesis", "postprocess"]

_LOOP_PERIOD = 6
_LOOP_RUN = 3
_LOOP_NGRAM = 4
_LOOP_NGRAM_COUNT = 3
_COPY_WORDS = 4
_OVERLAP_SIZES = (1, 2)


class Flag(StrEnum):
    """Why a hypothesis is not to be trusted."""

    EMPTY = "empty"
    REPETITION = "repetition"
    LENGTH_RATIO = "length_ratio"
    UNTRANSLATED = "untranslated"
    TRUNCATED = "truncated"
    LOW_SCORE = "low_score"


class PostprocessSettings(BaseModel):
    """Thresholds of the rules.

    The defaults were set so that human translations pass: of 64,503 held-out and documentation pairs a language, 0.05 %
    fall outside the length ratios and 0.03 % look repetitive.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    length_penalty: float = Field(1.0, ge=0, le=2, description="exponent α of the score `logP / length ** α`")
    score_threshold: float = Field(-4.0, le=0, description="hypotheses that score lower are dropped")
    suppression_iou: float = Field(
        0.8,
        gt=0,
        le=1,
        description="n-gram overlap (intersection over union) with a better one above which one is dropped",
    )
    min_length_ratio: float = Field(0.5, ge=0, description="fewest target characters for a source character")
    max_length_ratio: float = Field(2.2, gt=0, description="most target characters for a source character")
    length_ratio_from: int = Field(24, ge=0, description="source characters under which the length is not judged")
    copy_iou: float = Field(0.8, gt=0, le=1, description="word overlap with the source above which it is a copy")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hypothesis before postprocessing.

    Attributes:
        text: the detokenized hypothesis.
        log_prob: its natural-log probability, not normalised.
        length: the tokens that ``log_prob`` sums over, at least 1.
        finished: False when decoding was cut at its maximum length.
        alignment: its word alignment, which is only passed on.
    """

    text: str
    log_prob: float
    length: int
    finished: bool = True
    alignment: str = ""


@dataclass(frozen=True, slots=True)
class RankedHypothesis:
    """A hypothesis after postprocessing.

    Attributes:
        text: the hypothesis.
        score: ``log_prob / length ** α``, at most 0.
        confidence: geometric mean of its token probabilities, in [0, 1].
        flags: what is wrong with it; empty for a sound hypothesis.
        alignment: as the candidate had it.
    """

    text: str
    score: float
    confidence: float
    flags: tuple[Flag, ...] = ()
    alignment: str = ""


def postprocess(
    source: str, candidates: Iterable[Candidate], k: int, settings: PostprocessSettings
) -> list[RankedHypothesis]:
    """Rank, filter and thin out the hypotheses of one source sentence.

    Args:
        source: the sentence that was translated.
        candidates: its hypotheses in any order.
        k: most hypotheses to return, at least 1.
        settings: the thresholds.

    Returns:
        At most ``k`` hypotheses: sound ones by falling score, then flagged ones by falling score. Empty only if
        ``candidates`` is.
    """
    judge = _Judge(source, settings)
    ranked = sorted((judge.rank(candidate) for candidate in candidates), key=_sound_then_score)
    passing = [hypothesis for hypothesis in ranked if Flag.LOW_SCORE not in hypothesis.flags]
    if all(Flag.EMPTY in hypothesis.flags for hypothesis in passing):
        passing = ranked[:1]
    return _suppress(passing, k, settings.suppression_iou)


def _sound_then_score(hypothesis: RankedHypothesis) -> tuple[bool, bool, float, str, float, tuple[Flag, ...]]:
    flags = hypothesis.flags
    return bool(flags), Flag.EMPTY in flags, -hypothesis.score, hypothesis.text, -hypothesis.confidence, flags


def _suppress(ranked: Sequence[RankedHypothesis], k: int, threshold: float) -> list[RankedHypothesis]:
    if k == 1:
        return list(ranked[:1])
    kept: list[RankedHypothesis] = []
    kept_ngrams: list[Ngrams] = []
    for hypothesis in ranked:
        if len(kept) == k:
            break
        # A text without words (digits and letters gone) is compared as it is.
        own = ngrams(words(hypothesis.text) or [hypothesis.text.strip()], _OVERLAP_SIZES)
        if all(intersection_over_union(own, other) <= threshold for other in kept_ngrams):
            kept.append(hypothesis)
            kept_ngrams.append(own)
    return kept


class _Judge:
    """The rules for one source; what depends on the source alone is computed once."""

    def __init__(self, source: str, settings: PostprocessSettings) -> None:
        self._settings = settings
        self._length = len(source.strip())
        self._words = words(source)
        self._unigrams = ngrams(self._words, (1,))
        self._run = longest_run(self._words, _LOOP_PERIOD)
        self._repeats = _most_repeated(self._words)
        self._loops_in_word = has_loop_in_word(source)

    def rank(self, candidate: Candidate) -> RankedHypothesis:
        score = min(candidate.log_prob, 0.0) / candidate.length**self._settings.length_penalty
        confidence = math.exp(min(candidate.log_prob, 0.0) / candidate.length)
        flags = tuple(self._flags(candidate, score))
        return RankedHypothesis(candidate.text, score, confidence, flags, candidate.alignment)

    def _flags(self, candidate: Candidate, score: float) -> Iterable[Flag]:
        text = candidate.text.strip()
        if text:
            target_words = words(text)
            if self._is_repetitive(text, target_words):
                yield Flag.REPETITION
            if self._has_odd_length(text):
                yield Flag.LENGTH_RATIO
            if self._is_copy(target_words):
                yield Flag.UNTRANSLATED
        elif self._length:
            yield Flag.EMPTY
        if not candidate.finished:
            yield Flag.TRUNCATED
        if score < self._settings.score_threshold:
            yield Flag.LOW_SCORE

    def _is_repetitive(self, text: str, target_words: Sequence[str]) -> bool:
        """Whether the hypothesis repeats itself more than its source does."""
        run = longest_run(target_words, _LOOP_PERIOD)
        repeats = _most_repeated(target_words)
        return (
            (run >= _LOOP_RUN and run > self._run)
            or (repeats >= _LOOP_NGRAM_COUNT and repeats > self._repeats)
            or (has_loop_in_word(text) and not self._loops_in_word)
        )

    def _has_odd_length(self, text: str) -> bool:
        if self._length < self._settings.length_ratio_from:
            return False
        ratio = len(text) / self._length
        return not self._settings.min_length_ratio <= ratio <= self._settings.max_length_ratio

    def _is_copy(self, target_words: Sequence[str]) -> bool:
        if len(self._words) < _COPY_WORDS:
            return False
        return intersection_over_union(self._unigrams, ngrams(target_words, (1,))) > self._settings.copy_iou


def _most_repeated(tokens: Sequence[str]) -> int:
    return max(ngrams(tokens, (_LOOP_NGRAM,)).values(), default=0)

"""From the outcomes of inferences to the translations of documents; pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from api.errors import TextTooLongError, TranslateError
from api.inference import Outcomes
from api.text.clauses import FORCED_CUT_FLAG, UNTRANSLATED_FLAG, next_limit, split_long
from api.text.documents import Document, Segment
from api.text.hypotheses import Hypothesis, Link, Ranked, combine, echo
from api.text.options import Options
from api.text.placeholders import Span
from api.text.preparation import Source, protected_spans
from api.text.protection import (
    CANDIDATES,
    FALLBACK_FLAG,
    Stretch,
    invents,
    stand_ins,
    stretch_translation,
    stretches,
    word_links,
)
from api.text.terms import Terms

__all__ = ["Assembly", "SegmentResult", "terms_by_target"]


def terms_by_target(targets: Sequence[str], options: Options) -> dict[str, Terms]:
    """Return the terms to look for, for each target."""
    return {target: Terms(options.do_not_translate, options.glossary.get(target)) for target in targets}


@dataclass(frozen=True, slots=True)
class SegmentResult:
    """One sentence of a text, and its hypotheses for each target: best first, at least one."""

    segment: Segment
    hypotheses: Mapping[str, Sequence[Hypothesis]]


class Assembly:
    """Translates documents as far as the outcomes known so far allow, and says which texts it still needs.

    Fill `outcomes` for what `needed` returns until that is nothing. A sentence that the model finds too long needs
    its parts next, and so does one whose protected stretches the model lost; parts are shorter, so this ends.
    """

    def __init__(self, targets: Sequence[str], options: Options, terms: Mapping[str, Terms] | None = None) -> None:
        self.outcomes: Outcomes = {}
        self._targets = targets
        self._options = options
        self._count = options.num_alternatives + 1
        self._ranked: dict[tuple[Source, str], Ranked] = {}
        self._needed: dict[str, set[str]] = defaultdict(set)
        self._protects = False
        self._terms = terms_by_target(targets, options) if terms is None else terms

    @property
    def needs_alignment(self) -> bool:
        """Whether the documents have inline tags to put around the right words."""
        return self._options.format != "text"

    @property
    def num_hypotheses(self) -> int:
        """How many hypotheses to ask for: some may have lost what is protected, and beams have them anyway."""
        candidates = CANDIDATES if self._options.beam_size is None else min(CANDIDATES, self._options.beam_size)
        return max(self._count, candidates) if self._protects else self._count

    def needed(self, segments: Iterable[Segment]) -> dict[str, frozenset[str]]:
        """Return what the model has yet to translate for these segments: texts, and the targets of each."""
        self._needed.clear()
        self._protects = False
        for source in dict.fromkeys(segment.source for segment in segments):
            for target in self._targets:
                try:
                    self._rank(source, target)
                except TranslateError:
                    continue
        return {text: frozenset(targets) for text, targets in self._needed.items()}

    def segment(self, segment: Segment) -> SegmentResult | None:
        """Return the result of a segment, None while something is needed for it.

        Raises the error that befell it or a part of it.
        """
        ranked = {target: self._rank(segment.source, target) for target in self._targets}
        found = {target: nbest.hypotheses for target, nbest in ranked.items() if nbest is not None}
        return SegmentResult(segment, found) if len(found) == len(ranked) else None

    def leave_failed(self, segments: Iterable[Segment]) -> int:
        """Leave the segments that failed in English, with a flag that says so; return how many there are."""
        left: set[Source] = set()
        count = 0
        for segment in segments:
            for target in self._targets:
                try:
                    self._rank(segment.source, target)
                except TranslateError:
                    self._ranked[segment.source, target] = echo(segment.text, (UNTRANSLATED_FLAG,))
                    left.add(segment.source)
            count += segment.source in left
        return count

    def join(self, document: Document) -> dict[str, Sequence[Hypothesis]]:
        """Return the n-best translations of a document for each target, once nothing is needed for its segments."""
        return {
            target: combine(
                [self._ranked[segment.source, target] for segment in document.segments], document.join, self._count
            ).hypotheses
            for target in self._targets
        }

    def _rank(self, source: Source, target: str) -> Ranked | None:
        """Return the n-best list of a text; else note what is needed for it and return None."""
        key = source, target
        if key not in self._ranked:
            ranked = self._rank_anew(source, target)
            if ranked is None:
                return None
            self._ranked[key] = ranked
        return self._ranked[key]

    def _rank_anew(self, source: Source, target: str) -> Ranked | None:
        spans = protected_spans(source, self._terms[target])
        if spans:
            return self._rank_protected(source, spans, target)
        outcome = self._outcome(source.text, target)
        if outcome is None:
            return None
        if not isinstance(outcome, TextTooLongError):
            sound = [hypothesis for hypothesis in outcome if not invents(hypothesis.text, source.text)]
            # An invented `%s` would break the program that the text is for.
            english = Hypothesis(source.text, outcome[0].score, confidence=0.0, flags=(UNTRANSLATED_FLAG,))
            found = [word_links(source.text, hypothesis) for hypothesis in sound[: self._count]]
            return Ranked(found or [english], weight=len(source.text))
        limit = next_limit(len(source.text))
        if limit is None:
            raise outcome
        parts, forced = split_long(source.text, limit)
        placed: list[_Part] = []
        offset = 0
        for part in parts:
            ranked = self._rank(Source(part.text), target) if part.translate else echo(part.text, part.flags)
            placed.append(_Part(offset, offset + len(part.text), ranked, exact=False))
            offset += len(part.text)
        return self._combined(placed, (FORCED_CUT_FLAG,) if forced else ())

    def _rank_protected(self, source: Source, spans: Sequence[Span], target: str) -> Ranked | None:
        parts = stretches(source.text, spans)
        glossary = tuple(dict.fromkeys(span.term for span in spans if span.term is not None))
        if not any(part.translate for part in parts):
            return self._combined([_kept(part) for part in parts], (), glossary)
        for way in stand_ins(source.text, spans, source.boundaries):
            outcome = self._outcome(way.text, target)
            if outcome is None:
                self._protects = True
                return None
            if isinstance(outcome, TextTooLongError):
                break
            restored = [found for found in map(way.restore, outcome) if found is not None]
            if restored:
                chosen = [replace(found, glossary=glossary) for found in restored[: self._count]]
                return Ranked(chosen, weight=len(source.text))
        placed = [self._stretch(part, target) if part.translate else _kept(part) for part in parts]
        return self._combined(placed, (FALLBACK_FLAG,), glossary)

    def _stretch(self, stretch: Stretch, target: str) -> "_Part":
        """Return what becomes of words between protected spans."""
        ranked = self._rank(Source(stretch.text), target)
        if ranked is not None:
            found = [replace(each, text=stretch_translation(stretch.text, each.text)) for each in ranked.hypotheses]
            ranked = Ranked(found, ranked.weight)
        return _Part(stretch.start, stretch.end, ranked, exact=False)

    def _outcome(self, text: str, target: str) -> Sequence[Hypothesis] | TextTooLongError | None:
        """Return what the model made of a text, or note that it is needed; raises its error unless it is too long."""
        outcome = self.outcomes.get((text, target))
        if outcome is None:
            self._needed[text].add(target)
        if isinstance(outcome, TranslateError) and not isinstance(outcome, TextTooLongError):
            raise outcome
        return outcome

    def _combined(
        self, parts: Sequence["_Part"], flags: tuple[str, ...], glossary: tuple[str, ...] = ()
    ) -> Ranked | None:
        """Return the n-best list of a text from those of its parts, None while one of these is missing."""
        found = [part.ranked for part in parts if part.ranked is not None]
        if len(found) < len(parts):
            return None
        links: dict[str, tuple[Link, ...]] = {}

        def join(chosen: Sequence[Hypothesis]) -> str:
            text = "".join(hypothesis.text for hypothesis in chosen)
            links[text] = tuple(_shifted(parts, chosen))
            return text

        whole = combine(found, join, self._count)
        completed = [
            replace(
                hypothesis,
                flags=tuple(dict.fromkeys((*hypothesis.flags, *flags))),
                links=links[hypothesis.text],
                glossary=glossary,
            )
            for hypothesis in whole.hypotheses
        ]
        return Ranked(completed, whole.weight)


@dataclass(frozen=True, slots=True)
class _Part:
    """Characters `start` to `end` of a text with their n-best list, once it is known; `exact`: they are protected."""

    start: int
    end: int
    ranked: Ranked | None
    exact: bool


def _kept(stretch: Stretch) -> _Part:
    return _Part(stretch.start, stretch.end, echo(stretch.text), exact=stretch.protected)


def _shifted(parts: Sequence[_Part], chosen: Sequence[Hypothesis]) -> Iterator[Link]:
    """Yield the links of the parts as links of the whole."""
    offset = 0
    for part, hypothesis in zip(parts, chosen, strict=True):
        end = offset + len(hypothesis.text)
        if part.exact:
            yield Link(part.start, part.end, offset, end, exact=True)
        for link in hypothesis.links:
            source = part.start + link.source_start, part.start + link.source_end
            # The end of a part's translation may have been cut off.
            yield Link(*source, offset + link.target_start, min(offset + link.target_end, end), link.exact)
        offset = end

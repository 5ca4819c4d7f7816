"""From the outcomes of inferences to the translations of documents; pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from api.errors import TextTooLongError, TranslateError
from api.inference import Outcomes
from api.text.clauses import FORCED_CUT_FLAG, Part, next_limit, split_long
from api.text.documents import Document, Segment
from api.text.hypotheses import Hypothesis, Ranked, combine, echo
from api.text.options import Options
from api.text.preparation import prepare

__all__ = ["Assembly", "SegmentResult"]


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

    def __init__(self, targets: Sequence[str], options: Options) -> None:
        self.outcomes: Outcomes = {}
        self._targets = targets
        self._options = options
        self._count = options.num_alternatives + 1
        self._ranked: dict[tuple[str, str], Ranked] = {}
        self._needed: dict[str, set[str]] = defaultdict(set)

    @property
    def needs_alignment(self) -> bool:
        """Whether the documents have inline tags to put around the right words."""
        return self._options.format != "text"

    def needed(self, segments: Iterable[Segment]) -> dict[str, frozenset[str]]:
        """Return what the model has yet to translate for these segments: texts, and the targets of each."""
        self._needed.clear()
        for text in dict.fromkeys(segment.text for segment in segments):
            for target in self._targets:
                try:
                    self._rank(text, target)
                except TranslateError:
                    continue
        return {text: frozenset(targets) for text, targets in self._needed.items()}

    def segment(self, segment: Segment) -> SegmentResult | None:
        """Return the result of a segment, None while something is needed for it.

        Raises the error that befell it or a part of it.
        """
        ranked = {target: self._rank(segment.text, target) for target in self._targets}
        found = {target: nbest.hypotheses for target, nbest in ranked.items() if nbest is not None}
        return SegmentResult(segment, found) if len(found) == len(ranked) else None

    def join(self, document: Document, results: Sequence[SegmentResult]) -> dict[str, Sequence[Hypothesis]]:
        """Return the n-best translations of a document for each target."""
        return {
            target: combine(
                [self._ranked[result.segment.text, target] for result in results], document.join, self._count
            ).hypotheses
            for target in self._targets
        }

    def _rank(self, text: str, target: str) -> Ranked | None:
        """Return the n-best list of a text; else note what is needed for it and return None."""
        key = text, target
        if key not in self._ranked:
            ranked = self._rank_anew(text, target)
            if ranked is None:
                return None
            self._ranked[key] = ranked
        return self._ranked[key]

    def _rank_anew(self, text: str, target: str) -> Ranked | None:
        prepared = prepare(text, target, self._options)
        outcome = self.outcomes.get((prepared.model_text, target))
        if outcome is None:
            self._needed[prepared.model_text].add(target)
            return None
        if isinstance(outcome, TextTooLongError):
            limit = next_limit(len(text))
            if limit is None:
                raise outcome
            parts, forced = split_long(text, limit)
            return self._rank_parts(parts, target, (FORCED_CUT_FLAG,) if forced else ())
        if isinstance(outcome, TranslateError):
            raise outcome
        restored = [(hypothesis, prepared.restore(hypothesis.text)) for hypothesis in outcome]
        hypotheses = [replace(hypothesis, text=found) for hypothesis, found in restored if found is not None]
        if not hypotheses:
            return self._rank_parts(prepared.fallback(), target, ())
        return Ranked(hypotheses, weight=len(text))

    def _rank_parts(self, parts: Sequence[Part], target: str, flags: tuple[str, ...]) -> Ranked | None:
        ranked = [self._rank(part.text, target) if part.translate else echo(part.text, part.flags) for part in parts]
        found = [nbest for nbest in ranked if nbest is not None]
        if len(found) < len(ranked):
            return None
        whole = combine(found, lambda chosen: "".join(hypothesis.text for hypothesis in chosen), self._count)
        flagged = [
            replace(hypothesis, flags=tuple(dict.fromkeys((*hypothesis.flags, *flags))))
            for hypothesis in whole.hypotheses
        ]
        return Ranked(flagged, whole.weight)

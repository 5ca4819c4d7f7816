"""The translation service: what is refused, what is admitted, and how texts become results.

Knows the client protocol only; HTTP, its schemas and Triton's tensors are elsewhere.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import ParamSpec, TypeVar

from api.assembly import Assembly, SegmentResult, terms_by_target
from api.ensembles import ALL_TARGETS, ENSEMBLE_TARGETS, SOURCE
from api.errors import (
    DeadlineExceededError,
    InvalidTextError,
    OverloadedError,
    TextTooLongError,
    TooManyItemsError,
    TranslateError,
    UnsupportedLanguageError,
    ValidationFailedError,
)
from api.inference import Inference, Share
from api.metrics import Metrics
from api.settings import Settings
from api.text.documents import Document, parse
from api.text.hypotheses import Hypothesis
from api.text.options import Options
from api.triton_client import TranslationClient

__all__ = ["Grouping", "ItemResult", "Options", "SegmentResult", "TranslationService"]

_SURROGATE = re.compile("[\ud800-\udfff]")
# About 10 ms of computing; a pathological text takes several times as long.
_MANY_CHARACTERS = 5_000

P = ParamSpec("P")
T = TypeVar("T")
_SERVED = ENSEMBLE_TARGETS[ALL_TARGETS]


class Grouping(Enum):
    """Which sentences of a request may share inferences."""

    EACH_TEXT = "those of the same text"
    WHOLE_REQUEST = "all of them"


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One text with either its hypotheses for each target (best first, at least one) or its error.

    `segments` are its sentences in order, each with its own hypotheses; there are none in a text that is echoed.
    """

    text: str
    hypotheses: Mapping[str, Sequence[Hypothesis]] | None = None
    error: TranslateError | None = None
    segments: Sequence[SegmentResult] = ()


@dataclass(slots=True)
class _Group:
    """Texts of a request whose sentences share inferences, by their index in the request."""

    assembly: Assembly
    documents: dict[int, Document] = field(default_factory=dict)


class TranslationService:
    """Translates lists of texts within the limits of the settings; one instance serves all requests."""

    def __init__(self, client: TranslationClient, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self.inference = Inference(client, settings, metrics)
        self._in_flight = 0

    async def translate(
        self,
        texts: Sequence[str],
        targets: Sequence[str] = _SERVED,
        options: Options | None = None,
        grouping: Grouping = Grouping.WHOLE_REQUEST,
    ) -> list[ItemResult]:
        """Translate each text into all targets; the results are in the order of the texts.

        The texts are split into sentences. Those of one group become the fewest inferences that the model's batch
        size allows, each different sentence once. An error of a sentence is the error of the texts that have it.

        Raises TooManyItemsError, ValidationFailedError, UnsupportedLanguageError or OverloadedError before any
        work; and OverloadedError, TritonUnavailableError or DeadlineExceededError when every text failed of that
        one cause.
        """
        options = options or Options()
        self.check(texts, targets, options)
        with self._admitted():
            results = await self._translate(texts, targets, options, grouping)
        self._count(results)
        self._tell(results)
        return results

    def check(self, texts: Sequence[str], targets: Sequence[str], options: Options) -> None:
        """Raise what is wrong with a request as a whole."""
        limits = self._settings
        if not targets or not set(targets) <= set(_SERVED):
            raise UnsupportedLanguageError(_unsupported())
        if len(texts) > limits.max_items:
            raise TooManyItemsError(f"a request may have at most {limits.max_items} texts")
        if options.num_alternatives > limits.max_alternatives:
            raise ValidationFailedError(f"num_alternatives: must be at most {limits.max_alternatives}")
        if options.beam_size is not None and options.beam_size > limits.max_beam_size:
            raise ValidationFailedError(f"beam_size: must be at most {limits.max_beam_size}")
        self._check_terms(options)

    def _check_terms(self, options: Options) -> None:
        limits = self._settings
        fields = {"do_not_translate": options.do_not_translate}
        fields |= {f"glossary.{target}": (*terms, *terms.values()) for target, terms in options.glossary.items()}
        for field_name, terms in fields.items():
            if any(not term.strip() or _SURROGATE.search(term) for term in terms):
                raise ValidationFailedError(f"{field_name}: every term must have a character, and no lone surrogate")
            if any(len(term) > limits.max_term_characters for term in terms):
                raise ValidationFailedError(
                    f"{field_name}: a term may have at most {limits.max_term_characters} characters"
                )
        if len(options.do_not_translate) > limits.max_terms:
            raise ValidationFailedError(f"do_not_translate: must have at most {limits.max_terms} terms")
        for target, entries in options.glossary.items():
            if len(entries) > limits.max_terms:
                raise ValidationFailedError(f"glossary.{target}: must have at most {limits.max_terms} terms")

    async def _translate(
        self, texts: Sequence[str], targets: Sequence[str], options: Options, grouping: Grouping
    ) -> list[ItemResult]:
        results: list[ItemResult | None] = [None] * len(texts)
        groups: list[_Group] = []
        terms = terms_by_target(targets, options)
        try:
            async with asyncio.timeout(self._settings.deadline_seconds):
                for index, text in enumerate(texts):
                    if error := self.refusal(text):
                        results[index] = _failed(text, error)
                        continue
                    if grouping is Grouping.EACH_TEXT or not groups:
                        groups.append(_Group(Assembly(targets, options, terms)))
                    groups[-1].documents[index] = await _computed(len(text), parse, text, options)
                share = self.inference.share()
                async with asyncio.TaskGroup() as tasks:
                    for group in groups:
                        tasks.create_task(self._work(group, options, share))
        except TimeoutError:
            pass
        for group in groups:
            assembled = {
                index: await _computed(len(texts[index]), _assembled, texts[index], document, group.assembly)
                for index, document in group.documents.items()
            }
            self._count_segments(list(assembled.values()))
            for index, result in assembled.items():
                results[index] = result
        return [
            _failed(text, DeadlineExceededError()) if result is None else result
            for text, result in zip(texts, results, strict=True)
        ]

    async def _work(self, group: _Group, options: Options, share: Share) -> None:
        """Run what the group needs until it needs nothing."""
        segments = [segment for document in group.documents.values() for segment in document.segments]
        characters = sum(len(segment.text) for segment in segments)
        while needed := await _computed(characters, group.assembly.needed, segments):
            await self.inference.run(
                needed,
                group.assembly.outcomes,
                num_hypotheses=group.assembly.num_hypotheses,
                beam_size=options.beam_size,
                alignment=group.assembly.needs_alignment,
                share=share,
            )

    @contextmanager
    def _admitted(self) -> Iterator[None]:
        if self._in_flight >= self._settings.max_in_flight:
            raise OverloadedError
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1

    def refusal(self, text: str) -> TranslateError | None:
        """Return why a text is not even tried, or None."""
        if _SURROGATE.search(text):
            return InvalidTextError()
        if len(text) > self._settings.max_characters:
            return TextTooLongError(f"a text may have at most {self._settings.max_characters} characters")
        return None

    def _count(self, results: Sequence[ItemResult]) -> None:
        for result in results:
            if result.error is not None:
                self._metrics.items.labels("failed").inc()
            elif result.segments:
                self._metrics.items.labels("translated").inc()
                self._metrics.characters.inc(len(result.text))
            else:
                self._metrics.items.labels("echoed").inc()

    def _count_segments(self, results: Sequence[ItemResult]) -> None:
        """Count the sentences of a group."""
        sources = [segment.segment.source for result in results for segment in result.segments]
        different = len(set(sources))
        self._metrics.segments.labels("translated").inc(different)
        self._metrics.segments.labels("deduplicated").inc(len(sources) - different)

    def _tell(self, results: Sequence[ItemResult]) -> None:
        """Raise the error of the results if one cause outside the texts befell each of them; else count errors."""
        errors = [result.error for result in results if result.error is not None]
        if errors and len(errors) == len(results) and len({type(error) for error in errors}) == 1:
            first = errors[0]
            if first.outside_the_text:
                raise first
        for error in errors:
            self._metrics.errors.labels("item", error.error_type).inc()


async def _computed(characters: int, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that takes long for many characters in a way that leaves others their turn."""
    if characters > _MANY_CHARACTERS:
        return await asyncio.to_thread(function, *args, **kwargs)
    await asyncio.sleep(0)
    return function(*args, **kwargs)


def _assembled(text: str, document: Document, assembly: Assembly) -> ItemResult:
    """Return the result of a text; an error in one of several sentences says in which."""
    found: list[SegmentResult] = []
    for number, segment in enumerate(document.segments, start=1):
        try:
            result = assembly.segment(segment)
        except TranslateError as error:
            if len(document.segments) > 1 and not error.outside_the_text:
                where = f"sentence {number} (characters {segment.start} to {segment.end})"
                return _failed(text, error.located(where))
            return _failed(text, error)
        if result is None:
            return _failed(text, DeadlineExceededError())
        found.append(result)
    return ItemResult(text, hypotheses=assembly.join(document), segments=found)


def _failed(text: str, error: TranslateError) -> ItemResult:
    """Return the result of a text that failed; UTF-8 cannot carry a lone surrogate, so it is replaced."""
    return ItemResult(_SURROGATE.sub("\ufffd", text), error=error)


def _unsupported() -> str:
    return f"source must be {SOURCE} and target one of {', '.join(_SERVED)}"

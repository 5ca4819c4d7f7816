"""The translation service: what is echoed, what is refused, and how texts become inference requests.

Knows the client protocol only; HTTP, its schemas and Triton's tensors are elsewhere.
"""

import asyncio
import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from api.ensembles import ALL_TARGETS, ENSEMBLE_TARGETS, SOURCE, single_target_ensemble
from api.errors import (
    DeadlineExceededError,
    InferenceFailedError,
    InferenceRejectedError,
    InvalidTextError,
    OverloadedError,
    TextTooLongError,
    TooManyItemsError,
    TranslateError,
    UnsupportedLanguageError,
    ValidationFailedError,
)
from api.metrics import Metrics
from api.settings import Settings
from api.triton_client import Hypothesis, InferenceRequest, ItemOutput, TranslationClient

__all__ = ["ItemResult", "Options", "TranslationService", "is_blank", "split_evenly"]

_SURROGATE = re.compile("[\ud800-\udfff]")
_ONE_BY_ONE = 1


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may ask for; `beam_size` None leaves the width to the model."""

    num_alternatives: int = 0
    beam_size: int | None = None


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One text with either its hypotheses for each target (best first, at least one) or its error."""

    text: str
    hypotheses: Mapping[str, Sequence[Hypothesis]] | None = None
    error: TranslateError | None = None


@dataclass(slots=True)
class _Job:
    """The texts of one HTTP request on their way through one ensemble; `results` fills up in place."""

    model: str
    texts: Sequence[str]
    options: Options
    slots: asyncio.Semaphore
    results: list[ItemResult | None] = field(default_factory=list)


def is_blank(text: str) -> bool:
    """Whether there is nothing to translate: no letter and no digit."""
    return not any(character.isalnum() for character in text)


def split_evenly(indices: Sequence[int], largest: int) -> list[Sequence[int]]:
    """Split into the fewest runs of at most `largest` each; their lengths differ by at most one."""
    parts = math.ceil(len(indices) / largest)
    bounds = [part * len(indices) // parts for part in range(parts + 1)] if parts else []
    return [indices[start:end] for start, end in pairwise(bounds)]


class TranslationService:
    """Translates lists of texts within the limits of the settings; one instance serves all requests."""

    def __init__(self, client: TranslationClient, settings: Settings, metrics: Metrics) -> None:
        self._client = client
        self._settings = settings
        self._metrics = metrics
        self._in_flight = 0
        self._triton_slots = asyncio.Semaphore(settings.max_triton_requests)

    async def translate_each(self, texts: Sequence[str], options: Options) -> list[ItemResult]:
        """Translate into all targets, every text as an inference of its own; results are in input order.

        Raises TooManyItemsError, ValidationFailedError or OverloadedError before any work; and OverloadedError,
        TritonUnavailableError or DeadlineExceededError when every text failed of that one cause.
        """
        return self._told(await self._translate(ALL_TARGETS, texts, options, largest_batch=_ONE_BY_ONE))

    async def translate_batch(self, texts: Sequence[str], options: Options) -> list[ItemResult]:
        """Translate into all targets with the fewest inferences the model's batch size allows.

        When the content of a batch makes the model fail, its texts are tried again one by one, so that only
        the one to blame is left without a translation. Raises as `translate_each` does.
        """
        return self._told(await self._translate(ALL_TARGETS, texts, options, largest_batch=None))

    async def translate_into(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """Return the best translation of each text into one target.

        Raises UnsupportedLanguageError; and, since there is no place for the error of one text, the error of the
        first text that has one, with its index in the message when there are several texts.
        """
        model = single_target_ensemble(target) if source == SOURCE else None
        if model is None:
            known = ", ".join(ENSEMBLE_TARGETS[ALL_TARGETS])
            raise UnsupportedLanguageError(f"source must be {SOURCE} and target one of {known}")
        self._check_request(texts, Options())
        for index, text in enumerate(texts):
            if error := self._refusal(text):
                raise _at(index, len(texts), error)
        results = await self._translate(model, texts, Options(), largest_batch=None)
        translations: list[str] = []
        for index, result in enumerate(results):
            if result.hypotheses is None:
                raise _at(index, len(texts), result.error or InferenceFailedError())
            translations.append(result.hypotheses[target][0].text)
        return translations

    async def _translate(
        self, model: str, texts: Sequence[str], options: Options, *, largest_batch: int | None
    ) -> list[ItemResult]:
        """Run one request; `largest_batch` None stands for the largest that the model takes."""
        self._check_request(texts, options)
        with self._admitted():
            job = _Job(model, texts, options, asyncio.Semaphore(self._settings.max_triton_requests_per_request))
            job.results = [self._without_model(text, ENSEMBLE_TARGETS[model]) for text in texts]
            waiting = [index for index, result in enumerate(job.results) if result is None]
            try:
                async with asyncio.timeout(self._settings.deadline_seconds):
                    await self._run(job, waiting, largest_batch)
            except TimeoutError:
                for index in waiting:
                    if job.results[index] is None:
                        job.results[index] = _failed(texts[index], DeadlineExceededError())
        results = [result for result in job.results if result is not None]
        self._count(results, set(waiting))
        return results

    async def _run(self, job: _Job, waiting: Sequence[int], largest_batch: int | None) -> None:
        if not waiting:
            return
        try:
            largest = largest_batch or await self._client.max_batch_size(job.model)
        except TranslateError as error:
            _fail(job, waiting, error)
            return
        async with asyncio.TaskGroup() as tasks:
            for chunk in split_evenly(waiting, largest):
                tasks.create_task(self._run_chunk(job, chunk))

    async def _run_chunk(self, job: _Job, indices: Sequence[int]) -> None:
        try:
            outputs = await self._infer(job, indices)
        except (InferenceRejectedError, InferenceFailedError) as error:
            if len(indices) == 1:
                _fail(job, indices, error)
                return
            async with asyncio.TaskGroup() as tasks:
                for index in indices:
                    tasks.create_task(self._run_chunk(job, [index]))
        except TranslateError as error:
            _fail(job, indices, error)
        else:
            for index, output in zip(indices, outputs, strict=True):
                job.results[index] = _result(job.texts[index], output)

    async def _infer(self, job: _Job, indices: Sequence[int]) -> Sequence[ItemOutput]:
        request = InferenceRequest(
            model=job.model,
            texts=tuple(job.texts[index] for index in indices),
            num_hypotheses=job.options.num_alternatives + 1,
            beam_size=job.options.beam_size,
        )
        async with job.slots, self._triton_slots:
            self._metrics.triton_batch_size.labels(job.model).observe(len(indices))
            started = time.perf_counter()
            outcome = "cancelled"
            try:
                outputs = await self._client.infer(request)
                outcome = "ok"
            except TranslateError as error:
                outcome = error.error_type
                raise
            finally:
                self._metrics.triton_seconds.labels(job.model, outcome).observe(time.perf_counter() - started)
        return outputs

    @contextmanager
    def _admitted(self) -> Iterator[None]:
        if self._in_flight >= self._settings.max_in_flight:
            raise OverloadedError
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1

    def _check_request(self, texts: Sequence[str], options: Options) -> None:
        limits = self._settings
        if len(texts) > limits.max_items:
            raise TooManyItemsError(f"a request may have at most {limits.max_items} texts")
        if options.num_alternatives > limits.max_alternatives:
            raise ValidationFailedError(f"num_alternatives: must be at most {limits.max_alternatives}")
        if options.beam_size is not None and options.beam_size > limits.max_beam_size:
            raise ValidationFailedError(f"beam_size: must be at most {limits.max_beam_size}")

    def _refusal(self, text: str) -> TranslateError | None:
        """Return why a text is not even tried, or None."""
        if _SURROGATE.search(text):
            return InvalidTextError()
        if len(text) > self._settings.max_characters:
            return TextTooLongError(f"a text may have at most {self._settings.max_characters} characters")
        return None

    def _without_model(self, text: str, targets: Sequence[str]) -> ItemResult | None:
        """Return the result of a text that needs no model, or None for one that does."""
        if error := self._refusal(text):
            return _failed(text, error)
        if is_blank(text):
            echo = (Hypothesis(text, score=0.0, confidence=1.0),)
            return ItemResult(text, hypotheses=dict.fromkeys(targets, echo))
        return None

    def _count(self, results: Sequence[ItemResult], sent: set[int]) -> None:
        for index, result in enumerate(results):
            if result.error is not None:
                self._metrics.items.labels("failed").inc()
            elif index in sent:
                self._metrics.items.labels("translated").inc()
                self._metrics.characters.inc(len(result.text))
            else:
                self._metrics.items.labels("echoed").inc()

    def _told(self, results: list[ItemResult]) -> list[ItemResult]:
        """Return the results, or raise their error if one cause outside the texts befell each of them."""
        errors = [result.error for result in results if result.error is not None]
        if len(errors) == len(results) and len({type(error) for error in errors}) == 1:
            first = errors[0]
            if first.outside_the_text:
                raise first
        for error in errors:
            self._metrics.errors.labels("item", error.error_type).inc()
        return results


def _result(text: str, output: ItemOutput) -> ItemResult:
    if output.too_long:
        return _failed(text, TextTooLongError("the text has more tokens than the model accepts"))
    if not all(output.hypotheses.values()):
        return _failed(text, InferenceFailedError())
    return ItemResult(text, hypotheses=output.hypotheses)


def _failed(text: str, error: TranslateError) -> ItemResult:
    """Return the result of a text that failed; UTF-8 cannot carry a lone surrogate, so it is replaced."""
    return ItemResult(_SURROGATE.sub("\ufffd", text), error=error)


def _fail(job: _Job, indices: Sequence[int], error: TranslateError) -> None:
    for index in indices:
        job.results[index] = _failed(job.texts[index], error)


def _at(index: int, count: int, error: TranslateError) -> TranslateError:
    return error.located(f"q[{index}]") if count > 1 else error

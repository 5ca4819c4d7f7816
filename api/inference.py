"""From texts to inference requests: which ensemble, which batches, what is tried again."""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import pairwise

from api.ensembles import ensemble_for
from api.errors import InferenceFailedError, InferenceRejectedError, TextTooLongError, TranslateError
from api.metrics import Metrics
from api.settings import Settings
from api.text.hypotheses import Hypothesis
from api.triton_client import InferenceRequest, ItemOutput, TranslationClient

__all__ = ["Inference", "Outcome", "Outcomes", "Share", "split_evenly"]

Outcome = tuple[Hypothesis, ...] | TranslateError
"""The hypotheses of a text, at least one, best first; or why there are none."""
Outcomes = MutableMapping[tuple[str, str], Outcome]
"""Outcomes by text and target language."""


def split_evenly(texts: Sequence[str], largest: int) -> list[Sequence[str]]:
    """Split into the fewest runs of at most `largest` each; their lengths differ by at most one."""
    parts = math.ceil(len(texts) / largest)
    bounds = [part * len(texts) // parts for part in range(parts + 1)] if parts else []
    return [texts[start:end] for start, end in pairwise(bounds)]


@dataclass(frozen=True, slots=True)
class Share:
    """How many inferences one HTTP request may have under way, how many of several texts, and of how many at most.

    `largest_batch` None leaves that to the model.
    """

    inferences: asyncio.Semaphore
    batches: asyncio.Semaphore
    largest_batch: int | None = None


class Inference:
    """Runs inferences within the limits of the settings; one instance serves all requests."""

    def __init__(self, client: TranslationClient, settings: Settings, metrics: Metrics) -> None:
        self._client = client
        self._metrics = metrics
        self._settings = settings
        self._slots = asyncio.Semaphore(settings.max_triton_requests)

    def share(self) -> Share:
        """Return the share of one more HTTP request."""
        return Share(
            asyncio.Semaphore(self._settings.max_triton_requests_per_request),
            asyncio.Semaphore(self._settings.max_batches_per_request),
        )

    async def run(
        self,
        needed: Mapping[str, frozenset[str]],
        outcomes: Outcomes,
        *,
        num_hypotheses: int,
        beam_size: int | None,
        alignment: bool,
        share: Share,
    ) -> None:
        """Fill `outcomes` for each text of `needed` and each of the targets it is needed in, as they come.

        Texts for the same targets share inferences: the fewest that the model's batch size allows, of nearly
        equal numbers of texts of similar length. When the content of a batch makes the model fail, its texts are
        tried again one by one, so that only the one to blame is left without a translation. `share` is that of
        one HTTP request.
        """
        by_targets: dict[frozenset[str], list[str]] = defaultdict(list)
        for text, targets in needed.items():
            by_targets[targets].append(text)
        async with asyncio.TaskGroup() as tasks:
            for targets, texts in by_targets.items():
                batches = _Batches(
                    ensemble_for(targets), targets, outcomes, num_hypotheses, beam_size, alignment, share
                )
                tasks.create_task(self._run_all(batches, sorted(texts, key=len)))

    async def _run_all(self, batches: "_Batches", texts: Sequence[str]) -> None:
        try:
            largest = await self._client.max_batch_size(batches.model) if len(texts) > 1 else 1
            largest = min(largest, batches.share.largest_batch or largest)
        except TranslateError as error:
            batches.fail(texts, error)
            return
        async with asyncio.TaskGroup() as tasks:
            for chunk in split_evenly(texts, largest):
                tasks.create_task(self._run_batch(batches, chunk))

    async def _run_batch(self, batches: "_Batches", texts: Sequence[str]) -> None:
        try:
            outputs = await self._infer(batches, texts)
        except (InferenceRejectedError, InferenceFailedError) as error:
            if len(texts) == 1:
                batches.fail(texts, error)
                return
            async with asyncio.TaskGroup() as tasks:
                for text in texts:
                    tasks.create_task(self._run_batch(batches, [text]))
        except TranslateError as error:
            batches.fail(texts, error)
        else:
            for text, output in zip(texts, outputs, strict=True):
                batches.note(text, output)

    async def _infer(self, batches: "_Batches", texts: Sequence[str]) -> Sequence[ItemOutput]:
        request = InferenceRequest(
            batches.model, tuple(texts), batches.num_hypotheses, batches.beam_size, batches.alignment
        )
        several = batches.share.batches if len(texts) > 1 else nullcontext()
        async with several, batches.share.inferences, self._slots:
            self._metrics.triton_batch_size.labels(batches.model).observe(len(texts))
            started = time.perf_counter()
            outcome = "cancelled"
            try:
                outputs = await self._client.infer(request)
                outcome = "ok"
            except TranslateError as error:
                outcome = error.error_type
                raise
            finally:
                self._metrics.triton_seconds.labels(batches.model, outcome).observe(time.perf_counter() - started)
        return outputs


class _Batches:
    """What the inferences of texts for the same targets have in common."""

    def __init__(
        self,
        model: str,
        targets: frozenset[str],
        outcomes: Outcomes,
        num_hypotheses: int,
        beam_size: int | None,
        alignment: bool,
        share: Share,
    ) -> None:
        self.model = model
        self.num_hypotheses = num_hypotheses
        self.beam_size = beam_size
        self.alignment = alignment
        self.share = share
        self._targets = targets
        self._outcomes = outcomes

    def fail(self, texts: Sequence[str], error: TranslateError) -> None:
        """Note that none of these texts could be translated."""
        self._outcomes.update({(text, target): error for text in texts for target in self._targets})

    def note(self, text: str, output: ItemOutput) -> None:
        """Note what came back for a text."""
        if output.too_long:
            self.fail([text], TextTooLongError("the text has more tokens than the model accepts"))
        elif not all(output.hypotheses.get(target) for target in self._targets):
            self.fail([text], InferenceFailedError())
        else:
            self._outcomes.update({(text, target): output.hypotheses[target] for target in self._targets})

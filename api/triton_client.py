"""The client protocol that the service knows, and its implementation over Triton's HTTP endpoint."""

import asyncio
import logging
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
import numpy as np
import numpy.typing as npt
import structlog
from asgi_correlation_id import correlation_id
from tritonclient.http import InferInput  # type: ignore[import-untyped, unused-ignore]
from tritonclient.http.aio import InferenceServerClient  # type: ignore[import-untyped, unused-ignore]
from tritonclient.utils import InferenceServerException  # type: ignore[import-untyped, unused-ignore]

from api.ensembles import ENSEMBLE_TARGETS
from api.errors import (
    InferenceFailedError,
    InferenceRejectedError,
    OverloadedError,
    TranslateError,
    TritonUnavailableError,
)
from api.text.hypotheses import Hypothesis

__all__ = [
    "InferenceRequest",
    "ItemOutput",
    "Readiness",
    "TranslationClient",
    "TritonHttpClient",
]

PADDING_FLAG = "padding"
TOO_LONG_FLAG = "too_long"

_MODEL_DEFAULT_BEAM = 0
_FLOAT32 = np.finfo(np.float32)
_SCORE_DECIMALS = 6
_LOGGED_MESSAGE_CHARACTERS = 300

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class InferenceRequest:
    """One batch for one ensemble; `beam_size` None leaves the width to the model, `alignment` asks for word links."""

    model: str
    texts: tuple[str, ...]
    num_hypotheses: int = 1
    beam_size: int | None = None
    alignment: bool = False


@dataclass(frozen=True, slots=True)
class ItemOutput:
    """What came back for one text: the hypotheses of each target, best first, unless it was too long."""

    hypotheses: Mapping[str, tuple[Hypothesis, ...]]
    too_long: bool = False


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether Triton answered, which models it reports as ready, and whose weights they serve (as far as known)."""

    reachable: bool
    models: Mapping[str, bool]
    weights: Mapping[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Whether Triton and every model asked about can serve."""
        return self.reachable and all(self.models.values())


class TranslationClient(Protocol):
    """What the service needs from an inference server."""

    async def infer(self, request: InferenceRequest) -> Sequence[ItemOutput]:
        """Translate one batch; the outputs are in the order of the texts.

        Raises InferenceRejectedError or InferenceFailedError when the content may be the cause, OverloadedError
        when a queue is full, and TritonUnavailableError when there is no usable answer.
        """

    async def max_batch_size(self, model: str) -> int:
        """Return how many texts one inference of `model` may have, at least 1. Raises TritonUnavailableError."""

    async def readiness(self, models: Sequence[str]) -> Readiness:
        """Ask whether the server is live and these models are ready; never raises because they are not."""

    async def close(self) -> None:
        """Give the connections back."""


class TritonHttpClient:
    """The protocol over `tritonclient.http.aio`. Create it inside the running event loop; close it there."""

    def __init__(self, url: str, *, max_connections: int, timeout_seconds: float) -> None:
        self._client = InferenceServerClient(url, conn_limit=max_connections, conn_timeout=timeout_seconds)
        self._configs: dict[str, Mapping[str, Any]] = {}

    async def infer(self, request: InferenceRequest) -> Sequence[ItemOutput]:
        """Translate one batch: tensors `[N, 1]` there, `[N, K]` back for each target of the ensemble."""
        with self._failures_mapped(request.model):
            result = await self._client.infer(request.model, _inputs(request), request_id=correlation_id.get() or "")
            return _outputs(result, ENSEMBLE_TARGETS[request.model], len(request.texts))

    async def max_batch_size(self, model: str) -> int:
        """Return the `max_batch_size` of the model's configuration, kept until Triton fails to answer."""
        with self._failures_mapped(model):
            return max(1, int((await self._config(model))["max_batch_size"]))

    async def readiness(self, models: Sequence[str]) -> Readiness:
        """Ask about all models at once."""
        try:
            with self._failures_mapped(None):
                live, *ready = await asyncio.gather(
                    self._client.is_server_live(), *(self._client.is_model_ready(model) for model in models)
                )
                weights = await self._weights(models) if live and all(ready) else {}
        except TranslateError:
            return Readiness(reachable=False, models=dict.fromkeys(models, False))
        answers = zip(models, ready, strict=True)
        return Readiness(reachable=True, models={model: live and answer for model, answer in answers}, weights=weights)

    async def _weights(self, models: Sequence[str]) -> Mapping[str, str]:
        parameters = {model: (await self._config(model)).get("parameters", {}) for model in models}
        return {model: found["origin"]["string_value"] for model, found in parameters.items() if "origin" in found}

    async def _config(self, model: str) -> Mapping[str, Any]:
        if model not in self._configs:
            self._configs[model] = await self._client.get_model_config(model)
        return self._configs[model]

    async def close(self) -> None:
        """Close the connections; a request still in flight fails."""
        await self._client.close()

    @contextmanager
    def _failures_mapped(self, model: str | None) -> Iterator[None]:
        """Turn whatever tritonclient and aiohttp raise into our errors; the only place that does."""
        try:
            yield
        except InferenceServerException as error:
            mapped = _from_triton(error.status(), error.message() or "")
            cause: Exception = error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            mapped, cause = TritonUnavailableError(), error
        except (ValueError, TypeError, LookupError, AttributeError, struct.error) as error:
            # The answer has another form than Triton's: an incompatible model, or not Triton at all.
            mapped, cause = TritonUnavailableError(), error
        else:
            return
        if not isinstance(mapped, OverloadedError):
            # Triton may come back with another configuration.
            self._configs.clear()
        # Readiness is asked for again and again, and its answer says what is wrong.
        log.log(
            logging.DEBUG if model is None else logging.WARNING,
            "triton_request_failed",
            model=model,
            error_type=mapped.error_type,
            reason=f"{type(cause).__name__}: {cause}".partition("\n")[0][:_LOGGED_MESSAGE_CHARACTERS],
        )
        raise mapped from cause


def _from_triton(status: str | None, message: str) -> TranslateError:
    """Return our error for a failure Triton (or tritonclient) reports.

    `status` is the HTTP status as a string, None for what tritonclient finds wrong by itself. The phrases
    looked for are those of Triton 2.51.
    """
    said = message.lower()
    if "exceeds maximum queue size" in said or "request timeout expired" in said:
        return OverloadedError()
    if "unknown model" in said or "stub process" in said:
        # Answered 400 and 500, yet the model is missing or its process has died: no text is to blame.
        return TritonUnavailableError()
    if status == "400":
        return InferenceRejectedError()
    if status == "500":
        return InferenceFailedError()
    return TritonUnavailableError()


def _inputs(request: InferenceRequest) -> list[InferInput]:
    """Return TEXT BYTES, NUM_HYPOTHESES, BEAM_SIZE and ALIGNMENT INT32, each `[N, 1]`.

    Triton does not batch requests with and without an optional input together, so all of them are always sent.
    """
    shape = [len(request.texts), 1]
    encoded = [[text.encode()] for text in request.texts]
    beam_size = _MODEL_DEFAULT_BEAM if request.beam_size is None else request.beam_size
    tensors: list[tuple[str, str, npt.NDArray[Any]]] = [
        ("TEXT", "BYTES", np.array(encoded, dtype=np.object_)),
        ("NUM_HYPOTHESES", "INT32", np.full(shape, request.num_hypotheses, dtype=np.int32)),
        ("BEAM_SIZE", "INT32", np.full(shape, beam_size, dtype=np.int32)),
        ("ALIGNMENT", "INT32", np.full(shape, request.alignment, dtype=np.int32)),
    ]
    return [InferInput(name, shape, datatype).set_data_from_numpy(data) for name, datatype, data in tensors]


def _outputs(result: Any, targets: Sequence[str], batch: int) -> list[ItemOutput]:
    """Turn the `[N, K]` tensors of each target into N outputs. Raises ValueError if a shape is another."""
    per_target = {target: _decode_target(result, target.upper(), batch) for target in targets}
    return [
        ItemOutput(
            hypotheses={target: rows[index][0] for target, rows in per_target.items()},
            too_long=any(rows[index][1] for rows in per_target.values()),
        )
        for index in range(batch)
    ]


def _decode_target(result: Any, suffix: str, batch: int) -> list[tuple[tuple[Hypothesis, ...], bool]]:
    """Return for each text of the batch its hypotheses without padding, and whether it was too long."""
    names = ("HYPOTHESES", "SCORES", "CONFIDENCES", "FLAGS", "ALIGNMENTS")
    texts, scores, confidences, flags, alignments = (result.as_numpy(f"{name}_{suffix}") for name in names)
    shape = texts.shape
    if len(shape) != 2 or shape[0] != batch or any(t.shape != shape for t in (scores, confidences, flags, alignments)):
        raise ValueError(f"outputs for {suffix} do not have the shape [{batch}, K]")
    rows = zip(texts, _finite_scores(scores), _finite_confidences(confidences), flags, alignments, strict=True)
    return [_decode_row(*row) for row in rows]


def _decode_row(
    texts: Sequence[bytes],
    scores: Sequence[float],
    confidences: Sequence[float],
    flags: Sequence[bytes],
    alignments: Sequence[bytes],
) -> tuple[tuple[Hypothesis, ...], bool]:
    kept: list[Hypothesis] = []
    for text, score, confidence, names, links in zip(texts, scores, confidences, flags, alignments, strict=True):
        flagged = tuple(name for name in names.decode().split(",") if name)
        if TOO_LONG_FLAG in flagged:
            return (), True
        if PADDING_FLAG not in flagged:
            kept.append(Hypothesis(text.decode(errors="replace"), score, confidence, flagged, _links(links)))
    return tuple(kept), False


def _links(alignment: bytes) -> tuple[tuple[int, int], ...]:
    """Parse `0-0 1-2`."""
    return tuple(
        (int(source), int(target)) for source, _, target in (link.partition(b"-") for link in alignment.split())
    )


def _finite_scores(scores: npt.NDArray[np.float32]) -> Sequence[Sequence[float]]:
    """Return scores that JSON can hold: what is not a number counts as the worst score."""
    worst, best = float(_FLOAT32.min), float(_FLOAT32.max)
    finite = np.nan_to_num(scores.astype(np.float64), nan=worst, neginf=worst, posinf=best)
    rows: list[list[float]] = finite.round(_SCORE_DECIMALS).tolist()
    return rows


def _finite_confidences(confidences: npt.NDArray[np.float32]) -> Sequence[Sequence[float]]:
    """Return confidences in [0, 1]: what is not a number counts as none."""
    finite = np.nan_to_num(confidences.astype(np.float64), nan=0.0, neginf=0.0, posinf=1.0)
    rows: list[list[float]] = finite.clip(0.0, 1.0).round(_SCORE_DECIMALS).tolist()
    return rows

"""What every Python model does with Triton's requests: read tensors, run the batch once, answer each request.

Triton passes its own module ``triton_python_backend_utils`` in, because that exists only inside the backend's stub
process; everything here is therefore testable without a server.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy.typing as npt

Tensor = npt.NDArray[Any]
Inputs = Mapping[str, Tensor]
Outputs = Mapping[str, Tensor]

logger = logging.getLogger(__name__)


class InvalidRequestError(Exception):
    """A request that this model cannot serve; its message goes back to the client as INVALID_ARG."""


class BatchModel(Protocol):
    """A model that handles all requests of a dynamic batch in one go."""

    inputs: Sequence[str]
    """Names of the tensors to read; optional ones are absent from `Inputs` when the client did not send them."""

    def run(self, batch: Sequence[Inputs]) -> list[Outputs | InvalidRequestError]:
        """One outcome for each request of ``batch``, in its order."""
        ...


def parameters(model_config: str) -> dict[str, str]:
    """The ``parameters`` of a model's configuration (the JSON that Triton passes to ``initialize``)."""
    return {name: value["string_value"] for name, value in json.loads(model_config)["parameters"].items()}


def execute(pb_utils: Any, model: BatchModel, requests: Sequence[Any]) -> list[Any]:
    """Answer ``requests`` with ``model``: an ``InferenceResponse`` for each, in order.

    A request that fails gets an error of its own. When the batch as a whole fails unexpectedly, its requests are run
    one at a time, so that only the one at fault is answered with INTERNAL.
    """
    outcomes: dict[int, Any] = {}
    batch: dict[int, Inputs] = {}
    for index, request in enumerate(requests):
        if not request.is_cancelled():
            try:
                batch[index] = _read(pb_utils, model, request)
            except Exception as error:
                logger.exception("a request could not be read")
                outcomes[index] = error
    outcomes |= zip(batch, _run(model, [*batch.values()]), strict=True)
    return [_respond(pb_utils, outcomes.get(index)) for index in range(len(requests))]


def _read(pb_utils: Any, model: BatchModel, request: Any) -> Inputs:
    tensors = {name: pb_utils.get_input_tensor_by_name(request, name) for name in model.inputs}
    return {name: tensor.as_numpy() for name, tensor in tensors.items() if tensor is not None}


def _run(model: BatchModel, batch: Sequence[Inputs]) -> Sequence[Outputs | Exception]:
    if not batch:
        return []
    try:
        return model.run(batch)
    except Exception as error:
        if len(batch) == 1:
            logger.exception("a request failed")
            return [error]
        logger.exception("a batch of %d requests failed; running them one at a time", len(batch))
        return [outcome for inputs in batch for outcome in _run(model, [inputs])]


def _respond(pb_utils: Any, outcome: Outputs | Exception | None) -> Any:
    error = pb_utils.TritonError
    match outcome:
        case None:
            return pb_utils.InferenceResponse(error=error("the request was cancelled", error.CANCELLED))
        case InvalidRequestError():
            return pb_utils.InferenceResponse(error=error(str(outcome), error.INVALID_ARG))
        case Exception():
            return pb_utils.InferenceResponse(
                error=error(f"the model failed: {type(outcome).__name__}", error.INTERNAL)
            )
        case _:
            return pb_utils.InferenceResponse([pb_utils.Tensor(name, array) for name, array in outcome.items()])

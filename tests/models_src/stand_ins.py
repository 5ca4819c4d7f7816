"""What the tests share: the bundled weights, a search, and stand-ins for a decoding engine and Triton's Python API."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models_src.checkpoint import PROJECT_ROOT
from models_src.engines import DecodingOptions, Hypothesis
from models_src.triton.execution import Tensor

BUNDLED_WEIGHTS = PROJECT_ROOT / "models_src" / "weights"
LANGUAGES = ("de", "fr")
BEAM_SEARCH = DecodingOptions(beam_size=4, length_penalty=1.0, max_length=48)


def hypothesis(ids: Sequence[int], log_prob: float = -1.0, *, finished: bool = True) -> Hypothesis:
    return Hypothesis(tuple(ids), log_prob, len(ids) + finished, finished)


@dataclass
class ScriptedEngine:
    """Answers each source with ``script(source, options)`` and notes every call."""

    script: Callable[[Sequence[int], DecodingOptions], list[Hypothesis]]
    calls: list[tuple[list[list[int]], DecodingOptions]] = field(default_factory=list)

    def decode(self, sources: Sequence[Sequence[int]], options: DecodingOptions) -> list[list[Hypothesis]]:
        self.calls.append(([list(source) for source in sources], options))
        return [self.script(source, options) for source in sources]


def echo(source: Sequence[int], _options: DecodingOptions) -> list[Hypothesis]:
    """The source without its end-of-sequence token, as the only hypothesis."""
    return [hypothesis(source[:-1])]


def attending_in_order(source: Sequence[int], options: DecodingOptions) -> list[Hypothesis]:
    """As `echo`, and where attention is asked for every token attends to the one that it copies."""
    [copy] = echo(source, options)
    return (
        [replace(copy, attention=np.eye(len(copy.ids), len(source), dtype=np.float32))] if options.attention else [copy]
    )


class TritonError:
    INTERNAL, INVALID_ARG, CANCELLED = "INTERNAL", "INVALID_ARG", "CANCELLED"

    def __init__(self, message: str, code: str) -> None:
        self.message = message
        self.code = code


class StandInTensor:
    def __init__(self, name: str, array: Tensor) -> None:
        self.name = name
        self._array = array

    def as_numpy(self) -> Tensor:
        return self._array


class BrokenTensor(StandInTensor):
    """A tensor whose bytes are not what its datatype says."""

    def as_numpy(self) -> Tensor:
        raise ValueError("unable to read the tensor")


class InferenceResponse:
    def __init__(self, output_tensors: Sequence[StandInTensor] = (), error: TritonError | None = None) -> None:
        self.outputs = {tensor.name: tensor.as_numpy() for tensor in output_tensors}
        self.error = error

    @property
    def code(self) -> str | None:
        return self.error.code if self.error else None


class StandInRequest:
    def __init__(self, *tensors: StandInTensor, cancelled: bool = False) -> None:
        self.tensors = {tensor.name: tensor for tensor in tensors}
        self._cancelled = cancelled

    @classmethod
    def of(cls, inputs: Mapping[str, Tensor]) -> "StandInRequest":
        return cls(*(StandInTensor(name, array) for name, array in inputs.items()))

    def is_cancelled(self) -> bool:
        return self._cancelled


class StandInPbUtils:
    """The part of ``triton_python_backend_utils`` that the models use."""

    TritonError = TritonError
    Tensor = StandInTensor
    InferenceResponse = InferenceResponse

    @staticmethod
    def get_input_tensor_by_name(request: StandInRequest, name: str) -> StandInTensor | None:
        return request.tensors.get(name)

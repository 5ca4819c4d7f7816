"""The ``marian_en_xx`` models: token ids become ranked, postprocessed hypotheses of one target language."""

from collections.abc import Iterator, Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from models_src.checkpoint import Checkpoint
from models_src.engines import Device, EngineName, load_engine
from models_src.postprocess import PostprocessSettings, RankedHypothesis
from models_src.tokenizer import Tokenizer
from models_src.translator import Row, Translator
from models_src.triton.execution import Inputs, InvalidRequestError, Outputs, Tensor

MAX_BEAM_SIZE = 16

PADDING_FLAG = "padding"
TOO_LONG_FLAG = "too_long"

_WARM_UP_TEXT = "This sentence is here so that nobody has to wait."


class MarianSettings(BaseModel):
    """The ``parameters`` of a Marian model's ``config.pbtxt``."""

    model_config = ConfigDict(extra="forbid")

    checkpoint: str = Field(description="checkpoint folder; a relative path starts at the project's root")
    origin: str = Field("", description="which model this is, for people: the API's readiness shows it")
    target: str = Field(pattern="^[A-Z]{2}$", description="suffix of the tensors' names")
    engine: EngineName = "ctranslate2"
    device: Device = "cpu"
    engine_threads: int = Field(1, ge=1, description="CPU threads of one instance")
    beam_size: int = Field(4, ge=1, le=MAX_BEAM_SIZE, description="beams when a request does not say")
    postprocess: PostprocessSettings = PostprocessSettings()

    @classmethod
    def from_parameters(cls, parameters: dict[str, str]) -> "MarianSettings":
        """Parameters named like a field of `PostprocessSettings` configure the postprocessing."""
        thresholds = {name: value for name, value in parameters.items() if name in PostprocessSettings.model_fields}
        own = {name: value for name, value in parameters.items() if name not in thresholds}
        return cls.model_validate({**own, "postprocess": thresholds})


class MarianModel:
    """Translates a dynamic batch: all rows of all its requests in one engine call for each beam size.

    Inputs, for the target ``xx`` of the settings:
        ``INPUT_IDS_xx`` INT32 [n, time] and ``INPUT_LENGTH_xx`` INT32 [n, 1]: as `TokenizeModel` gives them;
        ``NUM_HYPOTHESES`` INT32 [n, 1], optional: most hypotheses for a row, 1 if absent;
        ``BEAM_SIZE`` INT32 [n, 1], optional: beams, 0 or absent for the configured size;
        ``ALIGNMENT`` INT32 [n, 1], optional: 1 asks for the word alignment of a row.

    Outputs, with k the largest number of hypotheses asked for in the request, best first:
        ``HYPOTHESES_xx`` BYTES [n, k]: UTF-8;
        ``SCORES_xx`` FP32 [n, k]: length-normalised log-probability;
        ``CONFIDENCES_xx`` FP32 [n, k]: in [0, 1];
        ``FLAGS_xx`` BYTES [n, k]: comma-separated `models_src.postprocess.Flag`;
        ``ALIGNMENTS_xx`` BYTES [n, k]: links from source to target words as ``0-0 1-2``, words being what white space
        separates; empty for a row that did not ask.

    A cell without a hypothesis holds an empty text, score ``-inf``, confidence 0 and the flag ``padding``. A row of
    more tokens than the model takes is not translated: its first cell has the flag ``too_long`` instead.
    """

    def __init__(self, translator: Translator, tokenizer: Tokenizer, settings: MarianSettings, max_length: int) -> None:
        self._translator = translator
        self._vocabulary_size = tokenizer.vocabulary_size
        self._eos_id = tokenizer.eos_id
        self._beam_size = settings.beam_size
        self._max_length = max_length
        self._target = settings.target
        self._ids, self._lengths = f"INPUT_IDS_{self._target}", f"INPUT_LENGTH_{self._target}"
        self.inputs: Sequence[str] = (self._ids, self._lengths, "NUM_HYPOTHESES", "BEAM_SIZE", "ALIGNMENT")

    @classmethod
    def from_parameters(cls, parameters: dict[str, str]) -> "MarianModel":
        """Load the weights and translate once, so that the first user does not wait for either.

        Raises:
            CheckpointError: the checkpoint cannot be used.
            pydantic.ValidationError: a parameter is unknown or out of range.
        """
        settings = MarianSettings.from_parameters(parameters)
        checkpoint = Checkpoint.load(settings.checkpoint)
        tokenizer = Tokenizer(checkpoint)
        engine = load_engine(settings.engine, checkpoint, settings.engine_threads, settings.device)
        translator = Translator(tokenizer, engine, settings.postprocess, checkpoint.max_length)
        translator.translate([Row(tokenizer.encode(_WARM_UP_TEXT), 1, settings.beam_size)])
        return cls(translator, tokenizer, settings, checkpoint.max_length)

    def run(self, batch: Sequence[Inputs]) -> list[Outputs | InvalidRequestError]:
        """See `models_src.triton.execution.BatchModel`."""
        parsed = [self._parse(inputs) for inputs in batch]
        rows = [row for request in parsed if not isinstance(request, InvalidRequestError) for row in request if row]
        translated = iter(self._translator.translate(rows))
        return [
            request if isinstance(request, InvalidRequestError) else self._outputs(request, inputs, translated)
            for request, inputs in zip(parsed, batch, strict=True)
        ]

    def _parse(self, inputs: Inputs) -> list[Row | None] | InvalidRequestError:
        """The rows of one request; None stands for a row that is too long."""
        ids, lengths = inputs[self._ids], inputs[self._lengths].reshape(-1)
        nums = _option(inputs, "NUM_HYPOTHESES", len(ids), default=1)
        beams = _option(inputs, "BEAM_SIZE", len(ids), default=0)
        aligned = _option(inputs, "ALIGNMENT", len(ids), default=0)
        if nums.min() < 1 or nums.max() > MAX_BEAM_SIZE:
            return InvalidRequestError(f"NUM_HYPOTHESES must be from 1 to {MAX_BEAM_SIZE}")
        if beams.min() < 0 or beams.max() > MAX_BEAM_SIZE:
            return InvalidRequestError(f"BEAM_SIZE must be from 1 to {MAX_BEAM_SIZE}, or 0 for the model's own")
        if aligned.min() < 0 or aligned.max() > 1:
            return InvalidRequestError("ALIGNMENT must be 0 or 1")
        rows: list[Row | None] = []
        for row, length, num, beam, align in zip(ids, lengths, nums, beams, aligned, strict=True):
            if length > self._max_length:
                rows.append(None)
                continue
            if not 1 <= length <= len(row):
                return InvalidRequestError(f"{self._lengths} must be from 1 to the width of {self._ids}, {len(row)}")
            tokens = row[:length]
            if tokens.min() < 0 or tokens.max() >= self._vocabulary_size:
                return InvalidRequestError(f"{self._ids} holds an id outside the vocabulary of {self._vocabulary_size}")
            if tokens[-1] != self._eos_id:
                return InvalidRequestError(f"{self._ids} must end with the end-of-sequence id {self._eos_id}")
            rows.append(Row(tokens.tolist(), int(num), int(beam) or self._beam_size, bool(align)))
        return rows

    def _outputs(
        self, rows: Sequence[Row | None], inputs: Inputs, translated: Iterator[list[RankedHypothesis]]
    ) -> Outputs:
        shape = len(rows), int(_option(inputs, "NUM_HYPOTHESES", len(rows), default=1).max())
        texts = np.full(shape, b"", dtype=np.object_)
        scores = np.full(shape, -np.inf, dtype=np.float32)
        confidences = np.zeros(shape, dtype=np.float32)
        flags = np.full(shape, PADDING_FLAG.encode(), dtype=np.object_)
        alignments = np.full(shape, b"", dtype=np.object_)
        for index, row in enumerate(rows):
            if row is None:
                flags[index, 0] = TOO_LONG_FLAG.encode()
                continue
            for column, hypothesis in enumerate(next(translated)):
                texts[index, column] = hypothesis.text.encode("utf-8")
                scores[index, column] = hypothesis.score
                confidences[index, column] = hypothesis.confidence
                flags[index, column] = ",".join(hypothesis.flags).encode()
                alignments[index, column] = hypothesis.alignment.encode()
        return {
            f"HYPOTHESES_{self._target}": texts,
            f"SCORES_{self._target}": scores,
            f"CONFIDENCES_{self._target}": confidences,
            f"FLAGS_{self._target}": flags,
            f"ALIGNMENTS_{self._target}": alignments,
        }


def _option(inputs: Inputs, name: str, rows: int, default: int) -> Tensor:
    return inputs[name].reshape(-1) if name in inputs else np.full(rows, default, dtype=np.int32)

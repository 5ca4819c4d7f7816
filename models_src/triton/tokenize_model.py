"""The ``tokenize`` model: one text becomes the token ids of every target's vocabulary."""

from collections.abc import Sequence

import numpy as np

from models_src.checkpoint import Checkpoint, CheckpointError
from models_src.tokenizer import Tokenizer
from models_src.triton.execution import Inputs, InvalidRequestError, Outputs, Tensor


class TokenizeModel:
    """Tokenizes for all targets at once.

    Inputs:
        ``TEXT`` BYTES [n, 1]: UTF-8.

    Outputs, for each target ``xx``:
        ``INPUT_IDS_xx`` INT32 [n, time]: token ids, end-of-sequence token included, padded with the pad id;
        ``INPUT_LENGTH_xx`` INT32 [n, 1]: tokens of each row before the padding. A text of more tokens than the model
        has positions for keeps its true length but only one id: it is to be refused, not cut.
    """

    inputs = ("TEXT",)

    def __init__(self, checkpoints: dict[str, Checkpoint]) -> None:
        self._max_lengths = {target: checkpoint.max_length for target, checkpoint in checkpoints.items()}
        self._tokenizers = {target: Tokenizer(checkpoint) for target, checkpoint in checkpoints.items()}
        self._same_as = _twins(checkpoints)

    @classmethod
    def from_parameters(cls, parameters: dict[str, str]) -> "TokenizeModel":
        """From ``checkpoint_xx`` parameters, one for each target.

        Raises:
            CheckpointError: a checkpoint cannot be used.
        """
        prefix = "checkpoint_"
        checkpoints = {
            name.removeprefix(prefix).upper(): Checkpoint.load(path)
            for name, path in sorted(parameters.items())
            if name.startswith(prefix)
        }
        if not checkpoints:
            raise CheckpointError(f"the model's configuration names no checkpoint: add parameters {prefix}xx")
        return cls(checkpoints)

    def run(self, batch: Sequence[Inputs]) -> list[Outputs | InvalidRequestError]:
        """See `models_src.triton.execution.BatchModel`."""
        return [self._tokenize(inputs) for inputs in batch]

    def _tokenize(self, inputs: Inputs) -> Outputs | InvalidRequestError:
        try:
            texts = [text.decode("utf-8") for text in inputs["TEXT"].reshape(-1)]
        except UnicodeDecodeError as error:
            return InvalidRequestError(f"TEXT is not valid UTF-8: {error.reason}")
        encoded: dict[str, list[list[int]]] = {}
        outputs = {}
        for target, tokenizer in self._tokenizers.items():
            twin = self._same_as[target]
            encoded[target] = encoded[twin] if twin else [tokenizer.encode(text) for text in texts]
            ids, lengths = pad(encoded[target], tokenizer.pad_id, self._max_lengths[target])
            outputs[f"INPUT_IDS_{target}"] = ids
            outputs[f"INPUT_LENGTH_{target}"] = lengths
        return outputs


def pad(rows: Sequence[Sequence[int]], pad_id: int, max_length: int) -> tuple[Tensor, Tensor]:
    """Token ids as ``int32 [n, time]`` and lengths as ``int32 [n, 1]``; see `TokenizeModel` for over-long rows."""
    kept = [row if len(row) <= max_length else row[:1] for row in rows]
    ids = np.full((len(rows), max(map(len, kept))), pad_id, dtype=np.int32)
    for index, row in enumerate(kept):
        ids[index, : len(row)] = row
    return ids, np.array([[len(row)] for row in rows], dtype=np.int32)


def _twins(checkpoints: dict[str, Checkpoint]) -> dict[str, str | None]:
    """For each target an earlier one with the very same source tokenizer, so that a text is encoded once for both."""
    first: dict[tuple[bytes, bytes], str] = {}
    twins: dict[str, str | None] = {}
    for target, checkpoint in checkpoints.items():
        files = (checkpoint.path / "source.spm").read_bytes(), (checkpoint.path / "vocab.json").read_bytes()
        twins[target] = first.get(files)
        first.setdefault(files, target)
    return twins

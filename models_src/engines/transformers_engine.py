"""The reference engine: ``MarianMTModel`` in float32. The only serving module that imports torch."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import MarianMTModel

from models_src.alignment import Attention
from models_src.checkpoint import Checkpoint, CheckpointError
from models_src.engines import DecodingOptions, Device, Hypothesis


class TransformersEngine:
    """Beam search by ``MarianMTModel.generate``.

    Args:
        checkpoint: a checkpoint with ``model.safetensors`` or ``pytorch_model.bin``.
        threads: CPU threads of torch, for the whole process.
        device: ``cuda`` is the first GPU.

    Raises:
        CheckpointError: the weights are missing or unreadable.
    """

    def __init__(self, checkpoint: Checkpoint, threads: int, device: Device = "cpu") -> None:
        torch.set_num_threads(threads)
        try:
            # Any: transformers annotates generation for models in general, which rejects every concrete one.
            self._model: Any = MarianMTModel.from_pretrained(
                checkpoint.path, local_files_only=True, attn_implementation="eager", dtype=torch.float32
            )
        except (OSError, ValueError, SafetensorError) as error:
            raise CheckpointError(f"transformers cannot load {checkpoint.path}: {error}") from error
        torch.nn.Module.to(self._model, device)
        self._device = device
        self._eos_id = checkpoint.eos_id
        self._pad_id = checkpoint.pad_id

    def decode(self, sources: Sequence[Sequence[int]], options: DecodingOptions) -> list[list[Hypothesis]]:
        """See `models_src.engines.Engine.decode`."""
        width = max(len(source) for source in sources)
        ids = torch.full((len(sources), width), self._pad_id)
        for row, source in enumerate(sources):
            ids[row, : len(source)] = torch.tensor(source)
        mask = torch.arange(width) < torch.tensor([[len(source)] for source in sources])
        with torch.inference_mode():
            output = self._model.generate(
                input_ids=ids.to(self._device),
                attention_mask=mask.long().to(self._device),
                num_beams=options.beam_size,
                num_return_sequences=options.beam_size,
                length_penalty=options.length_penalty,
                no_repeat_ngram_size=options.no_repeat_ngram_size or None,
                max_length=options.max_length + 1,
                forced_eos_token_id=None,
                do_sample=False,
                early_stopping=options.beam_size > 1,
                output_logits=options.beam_size == 1,
                return_dict_in_generate=True,
                output_scores=True,
            )
        # Greedy search has no beam scores: the transition scores serve both and sum to the log-probability.
        token_scores = self._model.compute_transition_scores(
            output.sequences,
            output.logits if options.beam_size == 1 else output.scores,
            getattr(output, "beam_indices", None),
            normalize_logits=options.beam_size == 1,
        )
        attentions: Iterable[Attention | None] = (
            self._attentions(ids, mask, output.sequences, options) if options.attention else repeat(None)
        )
        flat = [
            self._hypothesis(sequence[1:], scores, attention)
            for sequence, scores, attention in zip(
                output.sequences.tolist(), token_scores.tolist(), attentions, strict=False
            )
        ]
        return [flat[row : row + options.beam_size] for row in range(0, len(flat), options.beam_size)]

    def _attentions(
        self, ids: torch.Tensor, mask: torch.Tensor, sequences: torch.Tensor, options: DecodingOptions
    ) -> Attention:
        """float32 [batch × beams, time, source]: what the model attends to when it is fed with its own hypotheses."""
        beams = options.beam_size
        with torch.inference_mode():
            output = self._model(
                input_ids=ids.repeat_interleave(beams, dim=0).to(self._device),
                attention_mask=mask.long().repeat_interleave(beams, dim=0).to(self._device),
                decoder_input_ids=sequences[:, :-1],
                output_attentions=True,
            )
        weights: Attention = output.cross_attentions[-1][:, 0].float().cpu().numpy()
        return weights

    def _hypothesis(self, sequence: list[int], token_scores: list[float], attention: Attention | None) -> Hypothesis:
        finished = self._eos_id in sequence
        if finished:
            ids = sequence[: sequence.index(self._eos_id)]
        else:
            ids = [index for index in sequence if index != self._pad_id]
        length = len(ids) + finished
        weights = None if attention is None else attention[: len(ids)]
        return Hypothesis(tuple(ids), sum(token_scores[:length]), length, finished, weights)

"""The default engine: CTranslate2 with int8 weights. Needs no torch."""

from collections.abc import Sequence
from itertools import repeat

import ctranslate2
import numpy as np

from models_src.alignment import Attention
from models_src.checkpoint import Checkpoint, CheckpointError
from models_src.engines import DecodingOptions, Device, Hypothesis
from models_src.tokenizer import EOS


class CTranslate2Engine:
    """Beam search by ``ctranslate2.Translator``.

    Args:
        checkpoint: a checkpoint with a ``ctranslate2/`` folder.
        threads: CPU threads of one ``decode`` call.
        device: ``cuda`` is the first GPU.
        compute_type: CTranslate2's name of the arithmetic; ``int8`` is the form the weights are stored in.

    Raises:
        CheckpointError: the converted weights are missing or unreadable, or there is no such device.
    """

    def __init__(
        self, checkpoint: Checkpoint, threads: int, device: Device = "cpu", compute_type: str = "int8"
    ) -> None:
        folder = checkpoint.ctranslate2_folder()
        try:
            self._translator = ctranslate2.Translator(
                str(folder), device=device, compute_type=compute_type, inter_threads=1, intra_threads=threads
            )
        except (RuntimeError, ValueError) as error:
            raise CheckpointError(f"CTranslate2 cannot load {folder}: {error}") from error
        self._source_tokens = {index: token for token, index in checkpoint.vocabulary.items()}
        self._target_ids = checkpoint.target_vocabulary

    def decode(self, sources: Sequence[Sequence[int]], options: DecodingOptions) -> list[list[Hypothesis]]:
        """See `models_src.engines.Engine.decode`."""
        results = self._translator.translate_batch(
            [[self._source_tokens[index] for index in source] for source in sources],
            beam_size=options.beam_size,
            num_hypotheses=options.beam_size,
            length_penalty=options.length_penalty,
            max_decoding_length=options.max_length,
            no_repeat_ngram_size=options.no_repeat_ngram_size,
            return_scores=True,
            return_end_token=True,
            return_attention=options.attention,
        )
        return [
            [
                self._hypothesis(tokens, score, attention, options.length_penalty)
                for tokens, score, attention in zip(
                    result.hypotheses, result.scores, result.attention or repeat(None), strict=False
                )
            ]
            for result in results
        ]

    def _hypothesis(
        self, tokens: list[str], score: float, attention: list[list[float]] | None, length_penalty: float
    ) -> Hypothesis:
        finished = bool(tokens) and tokens[-1] == EOS
        ids = tuple(self._target_ids[token] for token in (tokens[:-1] if finished else tokens))
        length = len(tokens)
        weights: Attention | None = None
        if attention is not None:
            weights = np.array(attention, dtype=np.float32)[: len(ids)]
            # In a batch of several lengths CTranslate2 has a part of the first token's in the padding, which it cuts.
            weights = weights / weights.sum(axis=-1, keepdims=True)
        return Hypothesis(ids, score * length**length_penalty, length, finished, weights)

"""Decoding engines: token ids in, scored beam hypotheses out, behind one small interface."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from models_src.alignment import Attention
from models_src.checkpoint import Checkpoint

__all__ = ["DecodingOptions", "Device", "Engine", "EngineName", "Hypothesis", "load_engine"]

EngineName = Literal["ctranslate2", "transformers"]
Device = Literal["cpu", "cuda"]


@dataclass(frozen=True, slots=True)
class DecodingOptions:
    """How to search.

    Attributes:
        beam_size: beams kept at each step; as many hypotheses are returned for each source.
        length_penalty: exponent α of the length normalisation ``logP / length ** α`` that ranks finished beams.
        max_length: most target tokens of a hypothesis, end-of-sequence token included.
        no_repeat_ngram_size: no n-gram of this size may occur twice in a hypothesis; 0 allows all.
        attention: whether hypotheses bring the decoder's attention; costs about a tenth of the time.
    """

    beam_size: int
    length_penalty: float
    max_length: int
    no_repeat_ngram_size: int = 0
    attention: bool = False


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One finished beam.

    Attributes:
        ids: target token ids without the end-of-sequence token.
        log_prob: natural-log probability of the whole hypothesis (not normalised by its length).
        length: tokens that ``log_prob`` sums over: ``ids`` and the end-of-sequence token.
        finished: False when the search was cut at ``max_length``.
        attention: float32 [ids, source or more], of the last decoder layer's first head (the one that Marian's guided
            alignment trains); None when it was not asked for.
    """

    ids: tuple[int, ...]
    log_prob: float
    length: int
    finished: bool
    attention: Attention | None = field(default=None, compare=False)


class Engine(Protocol):
    """Decodes a batch of sources in one call."""

    def decode(self, sources: Sequence[Sequence[int]], options: DecodingOptions) -> list[list[Hypothesis]]:
        """Beam search.

        Args:
            sources: source token ids of each sentence, end-of-sequence token included; lengths may differ.
            options: how to search.

        Returns:
            For each source its hypotheses, best first, at most ``options.beam_size``.
        """
        ...


def load_engine(name: EngineName, checkpoint: Checkpoint, threads: int, device: Device = "cpu") -> Engine:
    """The engine called ``name`` over ``checkpoint``, computing on ``device`` with ``threads`` CPU threads.

    Raises:
        CheckpointError: the checkpoint lacks the weights in the form that this engine reads.
    """
    if name == "ctranslate2":
        from models_src.engines.ctranslate2_engine import CTranslate2Engine

        return CTranslate2Engine(checkpoint, threads, device)
    from models_src.engines.transformers_engine import TransformersEngine

    return TransformersEngine(checkpoint, threads, device)

"""The transformers engine on the bundled checkpoints: its probabilities against the model's own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import MarianMTModel

from models_src.checkpoint import Checkpoint, CheckpointError
from models_src.engines import Engine, Hypothesis, load_engine
from models_src.engines.transformers_engine import TransformersEngine
from tests.models_src.stand_ins import BEAM_SEARCH

TOLERANCE = 1e-3

LogProbability = Callable[[Sequence[int], Hypothesis], float]


@pytest.fixture(scope="module")
def teacher_forced(checkpoints: dict[str, Checkpoint]) -> LogProbability:
    """The log-probability that the German model gives to a hypothesis it is fed with."""
    model: Any = MarianMTModel.from_pretrained(checkpoints["de"].path, local_files_only=True, dtype=torch.float32)
    start, end = int(model.config.decoder_start_token_id), checkpoints["de"].eos_id

    def log_probability(source: Sequence[int], hypothesis: Hypothesis) -> float:
        expected = torch.tensor([*hypothesis.ids, *([end] if hypothesis.finished else [])])
        with torch.inference_mode():
            logits = model(
                input_ids=torch.tensor([list(source)]), decoder_input_ids=torch.tensor([[start, *expected[:-1]]])
            ).logits[0]
        return float(logits.log_softmax(-1).gather(1, expected[:, None]).sum())

    return log_probability


def test_it_is_the_engine_of_its_name(transformers_engines: dict[str, Engine]) -> None:
    assert isinstance(transformers_engines["de"], TransformersEngine)


def test_log_probabilities_of_beams_are_those_of_the_model(
    transformers_engines: dict[str, Engine], sources: dict[str, list[list[int]]], teacher_forced: LogProbability
) -> None:
    chosen = sources["de"][::15]
    decoded = transformers_engines["de"].decode(chosen, BEAM_SEARCH)
    for source, hypotheses in zip(chosen, decoded, strict=True):
        for hypothesis in hypotheses:
            assert hypothesis.log_prob == pytest.approx(teacher_forced(source, hypothesis), abs=TOLERANCE)


@pytest.mark.parametrize("no_repeat_ngram_size", [0, 2])
def test_log_probabilities_of_greedy_search_are_those_of_the_model(
    transformers_engines: dict[str, Engine],
    sources: dict[str, list[list[int]]],
    teacher_forced: LogProbability,
    no_repeat_ngram_size: int,
) -> None:
    chosen = sources["de"][::15]
    options = replace(BEAM_SEARCH, beam_size=1, no_repeat_ngram_size=no_repeat_ngram_size)
    for source, (hypothesis,) in zip(chosen, transformers_engines["de"].decode(chosen, options), strict=True):
        assert hypothesis.log_prob == pytest.approx(teacher_forced(source, hypothesis), abs=TOLERANCE)


def test_missing_weights_are_named(copy_checkpoint: Callable[..., Path]) -> None:
    checkpoint = Checkpoint.load(copy_checkpoint("model.safetensors", "ctranslate2"))
    with pytest.raises(CheckpointError, match=f"transformers cannot load {checkpoint.path}"):
        load_engine("transformers", checkpoint, threads=1)


def test_unreadable_weights_are_named(copy_checkpoint: Callable[..., Path]) -> None:
    folder = copy_checkpoint("ctranslate2")
    (folder / "model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(CheckpointError, match=f"transformers cannot load {folder}"):
        load_engine("transformers", Checkpoint.load(folder), threads=1)

"""The CTranslate2 engine on the bundled checkpoints."""

from collections.abc import Callable
from pathlib import Path

import pytest
from ctranslate2 import get_cuda_device_count

from models_src.checkpoint import Checkpoint, CheckpointError
from models_src.engines import load_engine
from models_src.engines.ctranslate2_engine import CTranslate2Engine


def test_it_is_the_engine_of_its_name(checkpoints: dict[str, Checkpoint]) -> None:
    assert isinstance(load_engine("ctranslate2", checkpoints["de"], threads=1), CTranslate2Engine)


@pytest.mark.parametrize("missing", ["ctranslate2", "model.bin"])
def test_a_checkpoint_that_was_not_converted_says_how_to(copy_checkpoint: Callable[..., Path], missing: str) -> None:
    checkpoint = Checkpoint.load(copy_checkpoint("model.safetensors", missing))
    with pytest.raises(CheckpointError, match=r"convert it with `python -m models_src\.convert"):
        CTranslate2Engine(checkpoint, threads=1)


def test_an_unreadable_model_is_named(copy_checkpoint: Callable[..., Path]) -> None:
    folder = copy_checkpoint("model.safetensors")
    (folder / "ctranslate2" / "model.bin").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(CheckpointError, match=f"CTranslate2 cannot load {folder}/ctranslate2"):
        CTranslate2Engine(Checkpoint.load(folder), threads=1)


@pytest.mark.skipif(get_cuda_device_count() > 0, reason="this machine has a GPU")
def test_a_missing_gpu_is_named(checkpoints: dict[str, Checkpoint]) -> None:
    with pytest.raises(CheckpointError, match="CUDA"):
        CTranslate2Engine(checkpoints["de"], threads=1, device="cuda")

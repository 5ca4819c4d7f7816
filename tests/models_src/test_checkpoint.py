"""Checkpoint folders: what is read, and what a broken one says."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from models_src.checkpoint import PROJECT_ROOT, Checkpoint, CheckpointError
from tests.models_src.stand_ins import BUNDLED_WEIGHTS

CopyCheckpoint = Callable[..., Path]


def test_the_bundled_checkpoints_load(language: str) -> None:
    checkpoint = Checkpoint.load(BUNDLED_WEIGHTS / f"en-{language}")
    assert (checkpoint.eos_id, checkpoint.max_length) == (checkpoint.vocabulary["</s>"], 512)


def test_a_relative_path_starts_at_the_project_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Checkpoint.load("models_src/weights/en-de").path == PROJECT_ROOT / "models_src" / "weights" / "en-de"


def test_both_sides_share_a_vocabulary_by_default() -> None:
    checkpoint = Checkpoint.load(BUNDLED_WEIGHTS / "en-de")
    assert checkpoint.target_vocabulary is checkpoint.vocabulary


def test_the_target_may_have_a_vocabulary_of_its_own(copy_checkpoint: CopyCheckpoint) -> None:
    folder = copy_checkpoint("ctranslate2", "model.safetensors")
    (folder / "target_vocab.json").write_text('{"</s>": 0, "<unk>": 1, "<pad>": 2}')
    assert Checkpoint.load(folder).target_vocabulary == {"</s>": 0, "<unk>": 1, "<pad>": 2}


def test_a_missing_folder_says_which_setting_to_correct(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no checkpoint folder at .*/nowhere: set TRANSLATE_WEIGHTS"):
        Checkpoint.load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["config.json", "source.spm", "target.spm", "vocab.json"])
def test_a_missing_file_is_named(copy_checkpoint: CopyCheckpoint, name: str) -> None:
    folder = copy_checkpoint("ctranslate2", "model.safetensors", name)
    with pytest.raises(CheckpointError, match=f"has no {name}: it is not a complete MarianMT checkpoint"):
        Checkpoint.load(folder)


@pytest.mark.parametrize("name", ["config.json", "vocab.json"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"{", "is not valid JSON", id="broken"),
        pytest.param(b"\xff{}", "is not valid JSON", id="not UTF-8"),
        pytest.param(b"[]", "does not hold a JSON object", id="a list"),
    ],
)
def test_an_unreadable_file_is_named(copy_checkpoint: CopyCheckpoint, name: str, content: bytes, message: str) -> None:
    folder = copy_checkpoint("ctranslate2", "model.safetensors")
    (folder / name).write_bytes(content)
    with pytest.raises(CheckpointError, match=f"{name} {message}"):
        Checkpoint.load(folder)


@pytest.mark.parametrize("key", ["eos_token_id", "max_position_embeddings"])
def test_a_configuration_of_another_model_is_recognised(copy_checkpoint: CopyCheckpoint, key: str) -> None:
    folder = copy_checkpoint("ctranslate2", "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    del config[key]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match=f"config.json has no '{key}': is this a MarianMT model"):
        Checkpoint.load(folder)


@pytest.mark.parametrize("value", [None, "many", [0]])
def test_a_configuration_value_of_the_wrong_type_is_recognised(copy_checkpoint: CopyCheckpoint, value: object) -> None:
    folder = copy_checkpoint("ctranslate2", "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "eos_token_id": value}))
    with pytest.raises(CheckpointError, match=r"config\.json"):
        Checkpoint.load(folder)


def test_the_converted_folder_is_found() -> None:
    checkpoint = Checkpoint.load(BUNDLED_WEIGHTS / "en-de")
    assert checkpoint.ctranslate2_folder() == BUNDLED_WEIGHTS / "en-de" / "ctranslate2"


@pytest.mark.parametrize("missing", ["ctranslate2", "model.bin"])
def test_an_unconverted_checkpoint_says_how_to_convert_it(copy_checkpoint: CopyCheckpoint, missing: str) -> None:
    checkpoint = Checkpoint.load(copy_checkpoint(missing, "model.safetensors"))
    with pytest.raises(CheckpointError, match=r"python -m models_src\.convert .* or .*TRANSLATE_ENGINE=transformers"):
        checkpoint.ctranslate2_folder()

"""Converting a checkpoint for serving."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from models_src import convert as convert_module
from models_src.checkpoint import ORIGIN_FILE, Checkpoint, CheckpointError
from models_src.convert import convert, main
from models_src.engines import Engine, load_engine
from tests.models_src.stand_ins import BEAM_SEARCH


@pytest.fixture(scope="module")
def converted(checkpoints: dict[str, Checkpoint], tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """The bundled en-de checkpoint converted again: once for all tests of this file."""
    return convert(checkpoints["de"].path, tmp_path_factory.mktemp("converted") / "new" / "en-de")


def test_a_converted_checkpoint_has_the_files_of_the_bundled_one(
    converted: Checkpoint, checkpoints: dict[str, Checkpoint]
) -> None:
    def files(folder: Path) -> set[str]:
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    assert files(converted.path) == files(checkpoints["de"].path) - {ORIGIN_FILE}


def test_a_converted_checkpoint_holds_float16_weights(converted: Checkpoint) -> None:
    assert json.loads((converted.path / "config.json").read_text())["dtype"] == "float16"


@pytest.mark.parametrize("name", ["ctranslate2", "transformers"])
def test_a_converted_checkpoint_decodes_like_the_bundled_one(
    converted: Checkpoint, sources: dict[str, list[list[int]]], name: str, request: pytest.FixtureRequest
) -> None:
    bundled: dict[str, Engine] = request.getfixturevalue(f"{name}_engines")
    engine = load_engine("transformers" if name == "transformers" else "ctranslate2", converted, 1)
    chosen = sources["de"][::20]
    found, expected = (
        [[hypothesis.ids for hypothesis in hypotheses] for hypotheses in decoder.decode(chosen, BEAM_SEARCH)]
        for decoder in (engine, bundled["de"])
    )
    assert found == expected


def test_a_checkpoint_is_converted_in_its_own_place(copy_checkpoint: Callable[..., Path]) -> None:
    folder = copy_checkpoint("ctranslate2")
    weights = (folder / "model.safetensors").read_bytes()
    assert convert(folder, folder).ctranslate2_folder() == folder / "ctranslate2"
    assert (folder / "model.safetensors").read_bytes() == weights


def test_an_incomplete_checkpoint_is_refused_before_anything_is_written(
    copy_checkpoint: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError, match=r"has no vocab\.json"):
        convert(copy_checkpoint("ctranslate2", "model.safetensors", "vocab.json"), tmp_path / "output")
    assert not (tmp_path / "output").exists()


def test_a_checkpoint_without_weights_is_refused(copy_checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(CheckpointError):
        convert(copy_checkpoint("ctranslate2", "model.safetensors"), tmp_path / "output")


def test_the_command_says_where_it_wrote(
    checkpoints: dict[str, Checkpoint], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[tuple[Path, Path, str]] = []

    def pretend(source: Path, output: Path, quantization: str) -> Checkpoint:
        calls.append((source, output, quantization))
        return checkpoints["de"]

    monkeypatch.setattr(convert_module, "convert", pretend)
    monkeypatch.setattr(sys, "argv", ["convert", "from", "to", "--quantization", "int16"])
    with pytest.raises(SystemExit, match="0"):
        main()
    assert calls == [(Path("from"), Path("to"), "int16")]
    assert f"wrote {checkpoints['de'].path}" in capsys.readouterr().err

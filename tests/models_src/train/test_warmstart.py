from __future__ import annotations

import argparse
from pathlib import Path

import pytest
import torch

from models_src.train.checkpoint import build_model, load
from models_src.train.export import export
from models_src.train.model import CompactMarian, ModelConfig
from models_src.train.vocabulary import Vocabulary
from models_src.train.warmstart import OldVocabulary, add_arguments, move_rows, run

LANGUAGES = ("de", "fr")


@pytest.fixture
def folder(config: ModelConfig, vocabulary: Vocabulary, tmp_path: Path) -> Path:
    torch.manual_seed(1)
    model = CompactMarian(config, LANGUAGES)
    for language in LANGUAGES:
        export(model, vocabulary, language, tmp_path / language)
    return tmp_path


def test_known_pieces_keep_their_rows_and_new_ones_get_a_mean(folder: Path, vocabulary: Vocabulary) -> None:
    rows = torch.randn(len(vocabulary), 4)
    old = OldVocabulary(folder / "de")
    (parts,) = vocabulary.encode(["karalopelmitig"])
    moved = move_rows(rows, old, ["</s>", vocabulary.tokens[50], "▁karalopelmitig"])
    assert torch.equal(moved[0], rows[0])
    assert torch.equal(moved[1], rows[50])
    assert torch.allclose(moved[2], rows[parts].mean(0))


def test_a_start_from_exported_models_computes_what_they_did(
    folder: Path, vocabulary: Vocabulary, config: ModelConfig
) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    output = folder / "init.pt"
    models = [f"{language}={folder / language}" for language in LANGUAGES]
    data = folder / "data"
    data.mkdir()
    (data / "joint.model").write_bytes(vocabulary.model_path.read_bytes())
    arguments = [
        "--data",
        str(data),
        "--models",
        *models,
        "--decoder-ffn",
        str(config.decoder_ffn),
        "--output",
        str(output),
    ]
    run(parser.parse_args(arguments))
    torch.manual_seed(1)
    original, started = CompactMarian(config, LANGUAGES), build_model(load(output))
    source, target = torch.randint(4, 290, (2, 6)), torch.randint(4, 290, (2, 5))
    with torch.no_grad():
        expected = original("fr", source, target)
        assert torch.allclose(started("fr", source, target), expected, atol=2e-2)

"""Fetching OPUS-MT, or taking a folder, and making of it what serving reads."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from huggingface_hub.errors import LocalEntryNotFoundError
from transformers import MarianConfig, MarianMTModel

from models_src import fetch as module
from models_src.checkpoint import PROJECT_ROOT, Checkpoint, CheckpointError
from models_src.fetch import OPUS_MT, FetchError, HubModel, fetch, main, parse_source
from models_src.triton.marian_model import MarianModel
from models_src.triton.tokenize_model import TokenizeModel
from tests.models_src.stand_ins import BUNDLED_WEIGHTS

OPUS_MT_TOKENIZERS = PROJECT_ROOT.parent / "shared" / "data" / "tokenizers"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A hub whose every repository holds the bundled German model; the list of what was asked of it."""
    snapshot = tmp_path / "snapshot"
    shutil.copytree(BUNDLED_WEIGHTS / "en-de", snapshot, ignore=shutil.ignore_patterns("ctranslate2", "origin.json"))
    (snapshot / "pytorch_model.bin").write_bytes(b"weights")
    asked: list[dict[str, Any]] = []

    def snapshot_download(repository: str, **options: Any) -> str:
        asked.append({"repository": repository, **options})
        return str(snapshot)

    monkeypatch.setattr(module, "snapshot_download", snapshot_download)
    return asked


def pinned(sha256: str | None = None) -> HubModel:
    return HubModel("some/model", "1234", sha256)


def test_a_fetched_model_is_served_under_its_name(hub: list[dict[str, Any]], tmp_path: Path) -> None:
    assert fetch(pinned(), tmp_path / "en-de")
    checkpoint = Checkpoint.load(tmp_path / "en-de")
    assert checkpoint.origin() == "some/model@1234"
    assert checkpoint.ctranslate2_folder().is_dir()
    assert [(request["repository"], request["revision"]) for request in hub] == [("some/model", "1234")]


def test_a_model_that_is_there_is_not_fetched_again(hub: list[dict[str, Any]], tmp_path: Path) -> None:
    fetch(pinned(), tmp_path / "en-de")
    assert not fetch(pinned(), tmp_path / "en-de")
    assert len(hub) == 1


def test_a_model_that_was_left_unfinished_is_fetched_again(hub: list[dict[str, Any]], tmp_path: Path) -> None:
    fetch(pinned(), tmp_path / "en-de")
    shutil.rmtree(tmp_path / "en-de" / "ctranslate2")
    assert fetch(pinned(), tmp_path / "en-de")
    assert len(hub) == 2


def test_another_revision_replaces_what_is_there(hub: list[dict[str, Any]], tmp_path: Path) -> None:
    fetch(pinned(), tmp_path / "en-de")
    assert fetch(HubModel("some/model", "5678"), tmp_path / "en-de")
    assert Checkpoint.load(tmp_path / "en-de").origin() == "some/model@5678"
    assert len(hub) == 2


def test_weights_of_another_checksum_are_refused(hub: list[dict[str, Any]], tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="is not the file that was pinned"):
        fetch(pinned(hashlib.sha256(b"other weights").hexdigest()), tmp_path / "en-de")
    assert not (tmp_path / "en-de").exists()
    assert len(hub) == 1


def test_without_a_hub_the_message_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> str:
        raise LocalEntryNotFoundError("no route")

    monkeypatch.setattr(module, "snapshot_download", unreachable)
    with pytest.raises(SystemExit, match=r"the model hub cannot be reached.*--en-de or --en-fr"):
        main([str(tmp_path)])


def test_opus_mt_is_pinned_for_both_languages() -> None:
    assert set(OPUS_MT) == {"en-de", "en-fr"}
    assert all(len(model.revision) == 40 and model.sha256 for model in OPUS_MT.values())


@pytest.mark.parametrize(
    ("text", "source"), [("a/b@c", HubModel("a/b", "c")), ("a/b", HubModel("a/b", "main")), ("/", Path("/"))]
)
def test_a_source_is_a_folder_or_a_repository(text: str, source: HubModel | Path) -> None:
    assert parse_source(text) == source


def test_a_folder_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    with pytest.raises(CheckpointError, match="is not a complete MarianMT checkpoint"):
        fetch(tmp_path / "source", tmp_path / "en-de")


def random_checkpoint(tokenizer: Path, folder: Path) -> Path:
    """A checkpoint with OPUS-MT's tokenizer and vocabulary, and a tiny model of random weights."""
    shutil.copytree(tokenizer, folder)
    published = json.loads((tokenizer / "config.json").read_text())
    torch.manual_seed(0)
    config = MarianConfig(
        **{
            name: published[name]
            for name in ("vocab_size", "pad_token_id", "eos_token_id", "decoder_start_token_id", "scale_embedding")
        },
        decoder_vocab_size=published["vocab_size"],
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        max_position_embeddings=512,
    )
    MarianMTModel(config).save_pretrained(folder)
    return folder


@pytest.mark.skipif(
    not OPUS_MT_TOKENIZERS.is_dir(), reason=f"the real OPUS-MT tokenizers are not at {OPUS_MT_TOKENIZERS}"
)
def test_models_of_opus_mts_vocabularies_go_all_the_way_into_serving(tmp_path: Path) -> None:
    pairs = {
        pair: random_checkpoint(OPUS_MT_TOKENIZERS / f"opus-mt-{pair}", tmp_path / f"opus-mt-{pair}")
        for pair in OPUS_MT
    }
    output = tmp_path / "weights"
    main([str(output), *(part for pair, folder in pairs.items() for part in (f"--{pair}", str(folder)))])

    tokenize = TokenizeModel.from_parameters({"checkpoint_de": f"{output}/en-de", "checkpoint_fr": f"{output}/en-fr"})
    [ids] = tokenize.run([{"TEXT": np.array([[b"Where is the station?"], [b"Thank you."]], dtype=np.object_)}])
    assert isinstance(ids, dict)
    for pair, vocabulary_size in (("en-de", 58_101), ("en-fr", 59_514)):
        target = pair.removeprefix("en-").upper()
        assert len(Checkpoint.load(output / pair).vocabulary) == vocabulary_size
        model = MarianModel.from_parameters({"checkpoint": f"{output}/{pair}", "target": target, "beam_size": "2"})
        [outputs] = model.run([ids])
        assert isinstance(outputs, dict)
        assert outputs[f"HYPOTHESES_{target}"].shape == (2, 1)
    assert ids["INPUT_IDS_DE"].tolist() != ids["INPUT_IDS_FR"].tolist()

"""The ``tokenize`` model: one text to the ids of every target."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from models_src.checkpoint import PROJECT_ROOT, Checkpoint, CheckpointError
from models_src.tokenizer import Tokenizer
from models_src.triton.execution import InvalidRequestError, Outputs
from models_src.triton.tokenize_model import TokenizeModel, pad

OPUS_MT = PROJECT_ROOT.parent / "shared" / "data" / "tokenizers"


@pytest.fixture(scope="module")
def model() -> TokenizeModel:
    return TokenizeModel.from_parameters(
        {f"checkpoint_{target}": f"models_src/weights/en-{target}" for target in ("de", "fr")}
    )


def run(model: TokenizeModel, *texts: str) -> Outputs:
    (outputs,) = model.run([{"TEXT": np.array([[text.encode()] for text in texts], dtype=np.object_)}])
    assert not isinstance(outputs, InvalidRequestError)
    return outputs


def test_every_target_has_ids_and_lengths(model: TokenizeModel) -> None:
    assert set(run(model, "Hello")) == {"INPUT_IDS_DE", "INPUT_LENGTH_DE", "INPUT_IDS_FR", "INPUT_LENGTH_FR"}


def test_ids_are_those_of_the_tokenizer(model: TokenizeModel, tokenizer: Tokenizer) -> None:
    assert run(model, "A small house.")["INPUT_IDS_DE"].tolist() == [tokenizer.encode("A small house.")]


@pytest.mark.parametrize("name", ["INPUT_IDS_DE", "INPUT_LENGTH_DE"])
def test_outputs_are_int32(model: TokenizeModel, name: str) -> None:
    assert run(model, "Hello")[name].dtype == np.int32


def test_rows_are_padded_to_the_longest(model: TokenizeModel, tokenizer: Tokenizer) -> None:
    short, long = "Yes.", "This is a longer sentence."
    ids = run(model, short, long)["INPUT_IDS_DE"]
    width = len(tokenizer.encode(long))
    assert ids.shape == (2, width)
    assert ids[0].tolist() == (tokenizer.encode(short) + [tokenizer.pad_id] * width)[:width]


def test_lengths_do_not_count_the_padding(model: TokenizeModel, tokenizer: Tokenizer) -> None:
    texts = ["Yes.", "This is a longer sentence."]
    assert run(model, *texts)["INPUT_LENGTH_DE"].tolist() == [[len(tokenizer.encode(text))] for text in texts]


def test_an_empty_text_is_the_end_of_sequence_alone(model: TokenizeModel, tokenizer: Tokenizer) -> None:
    assert run(model, "")["INPUT_IDS_DE"].tolist() == [[tokenizer.eos_id]]


def test_a_text_too_long_keeps_its_length_but_one_id(model: TokenizeModel, tokenizer: Tokenizer) -> None:
    outputs = run(model, "word " * 600)
    assert outputs["INPUT_LENGTH_DE"].tolist() == [[len(tokenizer.encode("word " * 600))]]
    assert outputs["INPUT_IDS_DE"].shape == (1, 1)


def test_a_text_too_long_does_not_widen_its_neighbours(model: TokenizeModel, tokenizer: Tokenizer) -> None:
    assert run(model, "word " * 600, "Yes.")["INPUT_IDS_DE"].shape == (2, len(tokenizer.encode("Yes.")))


@pytest.mark.parametrize(("length", "kept"), [(4, 4), (5, 1)])
def test_padding_keeps_rows_up_to_the_maximum_length(length: int, kept: int) -> None:
    ids, lengths = pad([[7] * length], pad_id=0, max_length=4)
    assert (ids.tolist(), lengths.tolist()) == ([[7] * kept], [[length]])


def test_text_that_is_not_utf_8_fails_alone(model: TokenizeModel) -> None:
    good = {"TEXT": np.array([[b"Hello"]], dtype=np.object_)}
    bad = {"TEXT": np.array([[b"\xff\xfe"]], dtype=np.object_)}
    first, second, third = model.run([good, bad, good])
    assert isinstance(second, InvalidRequestError)
    assert str(second).startswith("TEXT is not valid UTF-8")
    assert not isinstance(first, InvalidRequestError)
    assert not isinstance(third, InvalidRequestError)


def test_a_missing_checkpoint_is_reported_at_loading() -> None:
    with pytest.raises(CheckpointError, match="no checkpoint folder"):
        TokenizeModel.from_parameters({"checkpoint_de": "/nowhere"})


def test_other_parameters_are_not_checkpoints() -> None:
    model = TokenizeModel.from_parameters({"checkpoint_de": "models_src/weights/en-de", "something": "else"})
    assert set(run(model, "Hello")) == {"INPUT_IDS_DE", "INPUT_LENGTH_DE"}


class TestTargets:
    @pytest.fixture
    def encodings(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Notes every text that is encoded."""
        noted: list[str] = []
        encode = Tokenizer.encode

        def noting(tokenizer: Tokenizer, text: str) -> list[int]:
            noted.append(text)
            return encode(tokenizer, text)

        monkeypatch.setattr(Tokenizer, "encode", noting)
        return noted

    @pytest.fixture
    def renumbered(self, copy_checkpoint: Callable[..., Path]) -> Checkpoint:
        """A checkpoint whose vocabulary is numbered in another order."""
        folder = copy_checkpoint("ctranslate2", "model.safetensors")
        vocabulary = cast("dict[str, int]", json.loads((folder / "vocab.json").read_text(encoding="utf-8")))
        last = len(vocabulary) - 1
        special = {"</s>", "<unk>", "<pad>"}
        changed = {
            piece: index if piece in special else last + 1 - index
            for piece, index in vocabulary.items()
            if piece in special or index > 1
        }
        (folder / "vocab.json").write_text(json.dumps(changed), encoding="utf-8")
        return Checkpoint.load(folder)

    def test_with_the_same_tokenizer_encode_a_text_once(
        self, checkpoints: dict[str, Checkpoint], encodings: list[str]
    ) -> None:
        run(TokenizeModel({"DE": checkpoints["de"], "XX": checkpoints["de"]}), "Hello", "you")
        assert encodings == ["Hello", "you"]

    def test_with_the_same_tokenizer_get_the_same_ids(self, checkpoints: dict[str, Checkpoint]) -> None:
        outputs = run(TokenizeModel({"DE": checkpoints["de"], "XX": checkpoints["de"]}), "Hello")
        assert outputs["INPUT_IDS_DE"].tolist() == outputs["INPUT_IDS_XX"].tolist()

    def test_with_different_tokenizers_encode_a_text_each(
        self, checkpoints: dict[str, Checkpoint], renumbered: Checkpoint, encodings: list[str]
    ) -> None:
        run(TokenizeModel({"DE": checkpoints["de"], "XX": renumbered}), "Hello")
        assert encodings == ["Hello", "Hello"]

    def test_with_different_tokenizers_get_ids_of_their_own(
        self, checkpoints: dict[str, Checkpoint], renumbered: Checkpoint
    ) -> None:
        outputs = run(TokenizeModel({"DE": checkpoints["de"], "XX": renumbered}), "Hello")
        assert outputs["INPUT_IDS_DE"].tolist() != outputs["INPUT_IDS_XX"].tolist()

    def test_of_opus_mt_get_the_ids_of_their_own_vocabularies(self) -> None:
        folders = {target: OPUS_MT / f"opus-mt-en-{target.lower()}" for target in ("DE", "FR")}
        if not OPUS_MT.is_dir():
            pytest.skip(f"the real OPUS-MT tokenizers are not at {OPUS_MT}")
        loaded = {target: Checkpoint.load(folder) for target, folder in folders.items()}
        outputs = run(TokenizeModel(loaded), "A small house.")
        assert {target: outputs[f"INPUT_IDS_{target}"].tolist()[0] for target in loaded} == {
            target: Tokenizer(checkpoint).encode("A small house.") for target, checkpoint in loaded.items()
        }


def test_a_configuration_without_a_checkpoint_is_refused() -> None:
    with pytest.raises(CheckpointError, match="names no checkpoint"):
        TokenizeModel.from_parameters({"engine": "ctranslate2"})

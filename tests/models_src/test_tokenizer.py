"""The tokenizer against ``transformers.MarianTokenizer``, id by id."""

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from transformers import MarianTokenizer

from models_src.checkpoint import PROJECT_ROOT, Checkpoint, CheckpointError
from models_src.tokenizer import Tokenizer
from tests.models_src.stand_ins import BUNDLED_WEIGHTS

OPUS_MT = PROJECT_ROOT.parent / "shared" / "data" / "tokenizers"
FOLDERS = [*(BUNDLED_WEIGHTS / f"en-{target}" for target in ("de", "fr"))]
FOLDERS += [OPUS_MT / f"opus-mt-en-{target}" for target in ("de", "fr")]

TEXTS = {
    "ordinary": "The quick brown fox isn't lazy; it jumps over 3.5 dogs!",
    "German": "Über die Brücke fährt ein großer Straßenbahnzug.",
    "empty": "",
    "spaces": "   ",
    "whitespace within": "a\tb\nc\r\nd  e",
    "end of sequence": "</s>",
    "end of sequence in a sentence": "one </s> two",
    "end of sequence in a word": "one</s>two",
    "unknown": "an <unk> word",
    "padding": "  <pad>  ",
    "special tokens in a row": "</s><unk><pad></s>",
    "almost a special token": "< /s> <UNK> <s> <eop> <mask>",
    "language code": ">>fr<< Hello",
    "unheard-of language code": ">>nope<< x",
    "language code after a space": " >>fr<< Hello",
    "language code within": "Hello >>fr<< world",
    "language code after a special token": "</s>>>fr<< Hello",
    "two language codes": ">>fr<< >>de<< Hello",
    "language code without end": ">>fr Hello",
    "empty language code": ">><<",
    "language code over two lines": ">>a\nb<< c",
    "unknown characters": "🜁 ⠓ ꙮ and a letter",
    "emoji": "Nice 👍🏽 day 🎉",
    "joined emoji": "the family 👨‍👩‍👧‍👦 is here",
    "control characters": "\x00a\x01b\x07c\x1b[0m\x7f\x85",
    "zero-width characters": "a\u200bb\ufeffc\u00add",
    "composed": unicodedata.normalize("NFC", "café, naïve, Ångström"),
    "decomposed": unicodedata.normalize("NFD", "café, naïve, Ångström"),
    "compatibility forms": "\ufb01ne ½ Ⅳ \uff46\uff55\uff4c\uff4c",
    "Chinese and Japanese": "我想去东京。ありがとう、カタカナ。",
    "Arabic": "مرحبا بالعالم",
    "SentencePiece's own space": "a▁b ▁ c",
    "10,000 characters": ("Translate these many words, please. " * 278)[:10_000],
    "10,000 letters without a space": "a" * 10_000,
}


@dataclass(frozen=True)
class Pair:
    ours: Tokenizer
    theirs: Any

    def decoded_by_transformers(self, ids: list[int]) -> str:
        # OPUS-MT's French one also cleans up "spaces before punctuation", which French has on purpose.
        text = self.theirs.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return str(text)


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def pair(request: pytest.FixtureRequest) -> Pair:
    folder: Path = request.param
    if not folder.is_dir():
        pytest.skip(f"the real OPUS-MT tokenizers are not at {folder}: only the bundled ones are compared")
    return Pair(Tokenizer(Checkpoint.load(folder)), MarianTokenizer.from_pretrained(folder))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_ids_equal_those_of_transformers(pair: Pair, text: str) -> None:
    assert pair.ours.encode(text) == pair.theirs(text)["input_ids"]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_decoded_text_equals_that_of_transformers(pair: Pair, text: str) -> None:
    ids = pair.ours.encode(text)
    assert pair.ours.decode(ids) == pair.decoded_by_transformers(ids)


def test_the_sentences_get_the_ids_of_transformers(pair: Pair, sentences: list[dict[str, str]]) -> None:
    texts = [sentence["en"] for sentence in sentences]
    assert [pair.ours.encode(text) for text in texts] == pair.theirs(texts)["input_ids"]


@given(text=st.text(max_size=80))
@example(text=">></s><<")
@example(text="<</s>unk>")
def test_ids_of_any_text_equal_those_of_transformers(pair: Pair, text: str) -> None:
    assert pair.ours.encode(text) == pair.theirs(text)["input_ids"]


@given(data=st.data())
def test_ids_of_any_mixture_of_special_parts_equal_those_of_transformers(pair: Pair, data: st.DataObject) -> None:
    parts = ["</s>", "<unk>", "<pad>", ">>fr<<", ">>", "<<", " ", "  ", "\n", "\u2581", "Hello", "x"]
    text = "".join(data.draw(st.lists(st.sampled_from(parts), max_size=8)))
    assert pair.ours.encode(text) == pair.theirs(text)["input_ids"]


@given(data=st.data())
def test_any_ids_decode_as_in_transformers(pair: Pair, data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.integers(0, pair.ours.vocabulary_size - 1), max_size=20))
    assert pair.ours.decode(ids) == pair.decoded_by_transformers(ids)


def test_the_special_ids_equal_those_of_transformers(pair: Pair) -> None:
    assert (pair.ours.eos_id, pair.ours.pad_id) == (pair.theirs.eos_token_id, pair.theirs.pad_token_id)


def test_the_vocabulary_has_the_size_of_that_of_transformers(pair: Pair) -> None:
    assert pair.ours.vocabulary_size == pair.theirs.vocab_size


def test_source_pieces_are_the_vocabulary_entries(pair: Pair) -> None:
    ids = pair.ours.encode("Hello </s> there")
    assert pair.ours.source_pieces(ids) == pair.theirs.convert_ids_to_tokens(ids)


def test_a_source_decodes_to_its_text(pair: Pair, sentences: list[dict[str, str]]) -> None:
    texts = [sentence["en"] for sentence in sentences]
    assert [pair.ours.decode_source(pair.ours.encode(text)) for text in texts] == texts


def test_a_vocabulary_without_a_special_token_is_refused(copy_checkpoint: Callable[..., Path]) -> None:
    folder = copy_checkpoint("ctranslate2", "model.safetensors")
    vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    del vocabulary["<pad>"]
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"vocab\.json has no <pad>"):
        Tokenizer(Checkpoint.load(folder))


@pytest.mark.parametrize("name", ["source.spm", "target.spm"])
def test_a_broken_sentencepiece_model_is_named(copy_checkpoint: Callable[..., Path], name: str) -> None:
    folder = copy_checkpoint("ctranslate2", "model.safetensors")
    (folder / name).write_bytes(b"version https://git-lfs.github.com/spec/v1")
    with pytest.raises(CheckpointError, match=f"{name} is not a SentencePiece model"):
        Tokenizer(Checkpoint.load(folder))

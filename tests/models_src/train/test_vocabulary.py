from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from models_src.train.vocabulary import EOS_ID, UNK_ID, Vocabulary


def test_ids_are_laid_out_as_marian_wants_them(vocabulary: Vocabulary, tmp_path: Path) -> None:
    vocabulary.write_vocab_json(tmp_path / "vocab.json")
    ids = json.loads((tmp_path / "vocab.json").read_text())
    assert (ids["</s>"], ids["<unk>"], ids[">>de<<"], ids[">>fr<<"]) == (EOS_ID, UNK_ID, 2, 3)
    assert ids["<pad>"] == len(ids) - 1
    assert sorted(ids.values()) == list(range(len(ids)))


def test_text_survives_a_round_trip(vocabulary: Vocabulary, sentences: Callable[[int, int], list[str]]) -> None:
    texts = sentences(20, 8)
    assert [vocabulary.decode([*ids, EOS_ID, 7]) for ids in vocabulary.encode(texts)] == texts


def test_unseen_characters_fall_back_to_bytes(vocabulary: Vocabulary) -> None:
    (ids,) = vocabulary.encode(["Žluťoučký 猫"])
    assert UNK_ID not in ids
    assert vocabulary.decode(ids) == "Žluťoučký 猫"


def test_case_is_kept(vocabulary: Vocabulary) -> None:
    (ids,) = vocabulary.encode(["Kara KARA"])
    assert vocabulary.decode(ids) == "Kara KARA"

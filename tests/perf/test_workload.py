"""The sentences of the load tests."""

import json
from itertools import pairwise
from pathlib import Path
from statistics import mean, quantiles

import pytest

from models_src.checkpoint import Checkpoint
from models_src.tokenizer import Tokenizer
from perf.workload import sentences, templates, text_input, token_input, write

WEIGHTS = Path("models_src/weights/en-de")


def test_there_are_at_least_200_different_templates() -> None:
    lines = templates()
    assert len(lines) >= 200
    assert len(set(lines)) == len(lines)


def test_their_lengths_are_those_of_real_text() -> None:
    words = [len(line.split()) for line in sentences(1030)]
    deciles = quantiles(words, n=20)
    assert 15 <= mean(words) <= 17
    assert [round(deciles[index]) for index in (1, 4, 9, 14, 17)] == pytest.approx([5, 6, 14, 27, 31], abs=1.5)


def test_no_sentence_occurs_twice() -> None:
    lines = sentences(4096)
    assert len(set(lines)) == 4096


def test_every_slot_is_filled() -> None:
    assert not any("{" in line or "}" in line for line in sentences(500))


def test_the_same_seed_gives_the_same_sentences() -> None:
    assert sentences(50, seed=1) == sentences(50, seed=1) != sentences(50, seed=2)


def test_more_sentences_than_the_templates_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perf.workload.templates", lambda: ["Come on {day}."])
    assert len(sentences(7)) == 7
    with pytest.raises(ValueError, match="no 8 different"):
        sentences(8)


def test_texts_come_with_the_options_that_the_api_sends() -> None:
    assert text_input(["Hello."], beam_size=2) == {
        "data": [{"TEXT": ["Hello."], "NUM_HYPOTHESES": [1], "BEAM_SIZE": [2], "ALIGNMENT": [0]}]
    }


def test_the_tokenizer_gets_nothing_but_the_text() -> None:
    assert text_input(["Hello."], options=False) == {"data": [{"TEXT": ["Hello."]}]}


def test_token_ids_are_padded_to_one_shape_with_their_true_length() -> None:
    tokenizer = Tokenizer(Checkpoint.load(WEIGHTS))
    lines = ["Hello.", "The door is on the left, Anna."]
    short, long = token_input(lines, tokenizer, "de")["data"]
    assert short["INPUT_IDS_DE"]["shape"] == long["INPUT_IDS_DE"]["shape"]
    for entry, line in zip((short, long), lines, strict=True):
        ids, length = entry["INPUT_IDS_DE"]["content"], entry["INPUT_LENGTH_DE"][0]
        assert ids[:length] == tokenizer.encode(line)
        assert set(ids[length:]) <= {tokenizer.pad_id}


def test_written_data_reads_back(tmp_path: Path) -> None:
    data = text_input(["Ça va?"])
    assert json.loads(write(tmp_path / "data.json", data).read_text(encoding="utf-8")) == data


def test_a_template_comes_again_only_after_all_others() -> None:
    starts = [index for index, line in enumerate(sentences(1000)) if line.startswith("The next train to ")]
    assert len(starts) >= 4
    assert all(later - earlier > 1 for earlier, later in pairwise(starts))

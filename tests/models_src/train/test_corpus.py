from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from models_src.train.corpus import corpus_files, held_out_keys, read_clean_pairs
from models_src.train.sources import DEFAULT_WEIGHT, SOURCE_WEIGHTS, source_weight


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with lzma.open(tmp_path / "tatoeba.de.tsv.xz", "wt", encoding="utf-8") as file:
        file.write("The cat sleeps.\tDie Katze schläft.\nA held out line.\tEine Zeile.\nbroken line\n")
    (tmp_path / "php-docs.de.tsv").write_text(
        "The cat sleeps.\tDie Katze schläft.\nPress the key.\tDrücken Sie die Taste.\n"
    )
    (tmp_path / "php-docs.fr.tsv").write_text("Press the key.\tAppuyez sur la touche.\n")
    return tmp_path


def test_files_of_the_language_come_heaviest_first(folder: Path) -> None:
    assert [file.name for file in corpus_files(folder, "de")] == ["tatoeba", "php-docs"]


def test_a_missing_language_is_an_error(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        corpus_files(folder, "es")


def test_duplicates_and_held_out_sentences_are_removed(folder: Path) -> None:
    held_out = folder / "held-out.tsv"
    held_out.write_text("A HELD-OUT line\tirrelevant\n")
    files = read_clean_pairs(corpus_files(folder, "de"), held_out_keys([held_out]))
    assert {file.name: pairs for file, pairs in files} == {
        "tatoeba": [("The cat sleeps.", "Die Katze schläft.")],
        "php-docs": [("Press the key.", "Drücken Sie die Taste.")],
    }


def test_weights_are_found_by_name_or_stem() -> None:
    assert source_weight("wesnoth-1.16") == SOURCE_WEIGHTS["wesnoth"]
    assert source_weight("something-new") == DEFAULT_WEIGHT

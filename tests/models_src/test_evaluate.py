"""Scoring on held-out sets."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from models_src.checkpoint import Checkpoint
from models_src.evaluate import (
    EngineSystem,
    Output,
    main,
    rank_correlation,
    read_set,
    reliability_table,
    score_table,
    translate_all,
)
from models_src.evaluate import TestSet as HeldOutSet
from models_src.tokenizer import Tokenizer
from tests.models_src.stand_ins import BUNDLED_WEIGHTS, ScriptedEngine, hypothesis

HELD_OUT = HeldOutSet("own", "de", ["One house.", "Two small houses."], ["Ein Haus.", "Zwei kleine Häuser."])


class Shouting:
    """A system that answers in capitals, and remembers its batches."""

    name = "shouting"

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def translate(self, sources: Sequence[str]) -> list[Output]:
        self.batches.append(list(sources))
        return [Output(source.upper()) for source in sources]


def outputs(*texts: str) -> list[Output]:
    return [Output(text, confidence=0.1 * index) for index, text in enumerate(texts)]


def test_a_set_may_be_one_file_of_pairs(tmp_path: Path) -> None:
    file = tmp_path / "pairs.tsv"
    file.write_text('He said "hi".\tEr sagte „hallo“.\tmore\nYes.\tJa.\n', encoding="utf-8")
    expected = HeldOutSet("tatoeba", "de", ['He said "hi".', "Yes."], ["Er sagte „hallo“.", "Ja."])
    assert read_set(f"tatoeba:de={file}") == expected


def test_a_set_may_be_two_parallel_files(tmp_path: Path) -> None:
    (tmp_path / "en").write_text("One.\nTwo.\n")
    (tmp_path / "fr").write_text("Un.\nDeux.\n")
    assert read_set(f"a:fr={tmp_path}/en,{tmp_path}/fr") == HeldOutSet("a", "fr", ["One.", "Two."], ["Un.", "Deux."])


def test_outputs_come_in_the_order_of_the_sources() -> None:
    system = Shouting()
    sources = ["a" * (50 - index) for index in range(50)]
    found, _ = translate_all(system, sources)
    assert [output.text for output in found] == [source.upper() for source in sources]
    assert [len(batch) for batch in system.batches] == [32, 18]


def test_a_perfect_system_scores_100() -> None:
    [row] = [line for line in score_table(HELD_OUT, [("same", outputs(*HELD_OUT.references), 2.0)]) if "same" in line]
    assert row == "| same | 100.0 | 100.0 |  | 0.00% | 0.00% | 1.0 |"


def test_a_worse_system_scores_less_and_has_a_p_value() -> None:
    lines = score_table(HELD_OUT, [("same", outputs(*HELD_OUT.references), 1), ("other", outputs("Ein", "Haus"), 1)])
    [row] = [line for line in lines if line.startswith("| other")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert float(cells[2]) < 100
    assert 0 < float(cells[3]) <= 1


def test_equal_outputs_have_no_p_value() -> None:
    same = outputs(*HELD_OUT.references)
    rows = [line for line in score_table(HELD_OUT, [("a", same, 1), ("b", same, 1)]) if line.startswith("| b")]
    assert rows[0].split("|")[4].strip() == ""


def test_flagged_outputs_are_counted() -> None:
    flagged = [Output("Ein Haus.", flags=("repetition",)), Output("Zwei.", flags=("length_ratio",))]
    [row] = [line for line in score_table(HELD_OUT, [("bad", flagged, 1)]) if line.startswith("| bad")]
    assert row.endswith("| 50.00% | 100.00% | 2.0 |")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [([1, 2, 3], [10, 20, 30], 1), ([1, 2, 3], [3, 2, 1], -1), ([1, 1, 2, 2], [1, 2, 1, 2], 0)],
)
def test_the_rank_correlation_is_spearmans(first: list[float], second: list[float], expected: float) -> None:
    assert rank_correlation(np.array(first, dtype=float), np.array(second, dtype=float)) == pytest.approx(expected)


def test_the_reliability_table_goes_from_the_least_to_the_most_confident() -> None:
    lines = list(reliability_table(HELD_OUT, outputs("Falsch", "Zwei kleine Häuser.")))
    assert lines[0] == "Rank correlation of confidence with sentence chrF2: 1.000"
    assert lines[-2] == "| 0.10 | 0.10 | 100.0 |"


def test_a_sound_raw_output_is_the_served_one() -> None:
    raw, served = (EngineSystem(BUNDLED_WEIGHTS, "de", "ctranslate2", 4, raw=raw, threads=1) for raw in (True, False))
    assert raw.translate(["Where is the station?"]) == served.translate(["Where is the station?"])


def test_raw_outputs_keep_what_postprocessing_would_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    system = EngineSystem(BUNDLED_WEIGHTS, "de", "ctranslate2", 4, raw=True, threads=1)
    loop = tuple(Tokenizer(Checkpoint.load(BUNDLED_WEIGHTS / "en-de")).encode("ja ja ja ja")[:-1])
    monkeypatch.setattr(system, "_engine", ScriptedEngine(lambda *_: [hypothesis(loop)]))
    [output] = system.translate(["I do not know."])
    assert (output.text, output.flags) == ("ja ja ja ja", ("repetition",))


def test_the_command_prints_both_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "set.tsv").write_text("Where is the station?\tWo ist der Bahnhof?\nThank you.\tDanke.\n")
    main(["--set", f"own:de={tmp_path}/set.tsv", "--beam", "1", "2", "--weights", str(BUNDLED_WEIGHTS)])
    printed = capsys.readouterr().out
    assert printed.count("ctranslate2 beam") == 2
    assert "| confidence from | to |" in printed


def test_a_source_of_too_many_tokens_is_refused_and_not_cut() -> None:
    system = EngineSystem(BUNDLED_WEIGHTS, "de", "ctranslate2", 1, raw=False, threads=1)
    with pytest.raises(ValueError, match="more than the 512 that"):
        system.translate(["One house.", "many words " * 300])


def test_length_penalties_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "set.tsv").write_text("Where is the station?\tWo ist der Bahnhof?\nThank you.\tDanke.\n")
    arguments = ["--set", f"own:de={tmp_path}/set.tsv", "--weights", str(BUNDLED_WEIGHTS), "--length-penalty"]
    main([*arguments, "0.6", "1"])
    printed = capsys.readouterr().out
    assert printed.count("ctranslate2 beam 4 α 0.6 |") == 1
    assert printed.count("ctranslate2 beam 4 |") == 1


def test_the_length_penalty_reaches_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    system = EngineSystem(BUNDLED_WEIGHTS, "de", "ctranslate2", 4, raw=True, threads=1, length_penalty=0.25)
    engine = ScriptedEngine(lambda *_: [hypothesis((1, 2))])
    monkeypatch.setattr(system, "_engine", engine)
    system.translate(["I do not know."])
    assert [options.length_penalty for _, options in engine.calls] == [0.25]

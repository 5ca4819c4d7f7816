"""Rows of figures, written and read."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from perf.levels import Level, read_levels, write_levels


def test_levels_read_back_as_written(tmp_path: Path) -> None:
    common = {"level": 1, "requests_per_second": 1.25, "sentences_per_second": 40}
    levels = [
        Level.model_validate({**common, "experiment": "batch", "target": "tokenize", "stable": False}),
        Level.model_validate({**common, "experiment": "http", "target": "/infer", "p95_ms": 3}),
    ]
    write_levels(tmp_path / "levels.csv", levels)
    assert read_levels(tmp_path / "levels.csv") == levels


def test_figures_keep_five_digits(tmp_path: Path) -> None:
    level = Level(experiment="x", target="y", level=1, requests_per_second=123.456789, sentences_per_second=1)
    write_levels(tmp_path / "levels.csv", [level])
    assert read_levels(tmp_path / "levels.csv")[0].requests_per_second == 123.46


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("experiment,surprise\nbatch,1\n")
    with pytest.raises(ValidationError):
        read_levels(tmp_path / "other.csv")

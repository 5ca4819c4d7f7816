"""Dividing the cores of the machine among the models."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_src.serving.cpu import available_cores, threads_per_instance


@pytest.fixture(autouse=True)
def _eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(8)))


@pytest.mark.parametrize(
    ("quota", "cores"),
    [
        pytest.param("max 100000\n", 8, id="no quota"),
        pytest.param("200000 100000\n", 2, id="two cores"),
        pytest.param("250000 100000\n", 2, id="two and a half"),
        pytest.param("50000 100000\n", 1, id="half a core"),
        pytest.param("1600000 100000\n", 8, id="more than the machine has"),
        pytest.param("", 8, id="an empty file"),
        pytest.param("what is this", 8, id="three words"),
        pytest.param("not numbers", 8, id="no numbers"),
    ],
)
def test_cores_are_those_of_the_quota_or_of_the_affinity(tmp_path: Path, quota: str, cores: int) -> None:
    (tmp_path / "cpu.max").write_text(quota)
    assert available_cores(tmp_path / "cpu.max") == cores


def test_without_a_quota_file_cores_are_those_of_the_affinity(tmp_path: Path) -> None:
    assert available_cores(tmp_path / "cpu.max") == 8


@pytest.mark.parametrize(
    ("cores", "models", "instances", "threads"), [(2, 2, 1, 1), (8, 2, 1, 4), (8, 2, 3, 1), (7, 2, 1, 3), (1, 2, 1, 1)]
)
def test_cores_are_divided_among_models_and_instances(cores: int, models: int, instances: int, threads: int) -> None:
    assert threads_per_instance(cores, models, instances) == threads


@given(st.integers(1, 256), st.integers(1, 8), st.integers(1, 64))
def test_all_threads_together_never_exceed_the_cores_unless_each_has_one(
    cores: int, models: int, instances: int
) -> None:
    threads = threads_per_instance(cores, models, instances)
    assert threads == 1 or models * instances * threads <= cores

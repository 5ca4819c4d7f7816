"""What the service's counters and processes say."""

from pathlib import Path

import pytest

from perf.server import Counters, Usage, parse_counters, part_of_service

METRICS = (Path(__file__).with_name("data") / "metrics.txt").read_text()


def test_the_counters_of_each_model_are_read() -> None:
    assert parse_counters(METRICS) == Counters(
        inferences={"translate_ensemble": 1040, "marian_en_de": 2608, "tokenize": 83320},
        executions={"translate_ensemble": 130, "marian_en_de": 84, "tokenize": 3014},
    )


def test_the_average_batch_is_inferences_over_executions() -> None:
    earlier = Counters({"marian_en_de": 10, "tokenize": 5}, {"marian_en_de": 4, "tokenize": 5})
    later = Counters({"marian_en_de": 40, "tokenize": 5}, {"marian_en_de": 6, "tokenize": 5})
    assert later.batches_since(earlier) == {"marian_en_de": 15}


def test_a_model_that_was_not_counted_before_counts_from_zero() -> None:
    assert Counters({"tokenize": 8}, {"tokenize": 2}).batches_since(Counters({}, {})) == {"tokenize": 4}


def test_cores_are_processor_time_over_time() -> None:
    earlier, later = Usage({"api": 1.0, "triton": 2.0}), Usage({"api": 2.0, "triton": 4.0})
    assert later.cores_since(earlier, seconds=2.0) == 1.5


@pytest.mark.parametrize(
    ("command", "part"),
    [
        (["/x/triton_python_backend_stub", "/models/marian_en_de/1/model.py", "name"], "marian_en_de"),
        (["/x/bin/tritonserver", "--model-repository=/models"], "triton"),
        (["/x/python", "-m", "api"], "api"),
        (["/x/python", "-m", "models_src.serving"], "supervision"),
        (["/x/python", "-m", "models_src.serving.triton"], "supervision"),
        ([], "supervision"),
    ],
)
def test_a_process_is_known_by_its_command_line(command: list[str], part: str) -> None:
    assert part_of_service(command) == part

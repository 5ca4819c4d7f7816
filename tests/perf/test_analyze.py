"""perf_analyzer by hand."""

from pathlib import Path

import pytest

from models_src.serving.settings import ServingSettings
from perf.analyze import completed, model_of
from perf.bench import Inputs

SETTINGS = ServingSettings(triton_host="127.0.0.1", triton_http_port=9000)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return Inputs(tmp_path_factory.mktemp("inputs"), ServingSettings(weights=Path("models_src/weights")))


@pytest.mark.parametrize(
    ("arguments", "model"),
    [(["-m", "tokenize"], "tokenize"), (["-b8", "-mtokenize"], "tokenize"), (["--measurement-interval", "9"], None)],
)
def test_the_model_is_found(arguments: list[str], model: str | None) -> None:
    assert model_of(arguments) == model


@pytest.mark.parametrize("model", ["tokenize", "marian_en_de", "marian_en_fr", "translate_ensemble", "translate_en_de"])
def test_every_model_gets_its_input_and_the_address(model: str, inputs: Inputs) -> None:
    assert completed(["-m", model], SETTINGS, inputs) == [
        "-m", model, "-u127.0.0.1:9000", f"--input-data={inputs[model]}",
    ]  # fmt: skip


def test_what_is_given_stays(inputs: Inputs) -> None:
    arguments = ["-m", "tokenize", "-u", "elsewhere:1", "--input-data", "mine.json"]
    assert completed(arguments, SETTINGS, inputs) == arguments


def test_an_unknown_model_gets_no_input(inputs: Inputs) -> None:
    assert completed(["-m", "other", "-u", "x:1"], SETTINGS, inputs) == ["-m", "other", "-u", "x:1"]

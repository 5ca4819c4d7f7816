"""The committed model repository, and its rendering with settings."""

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from tritonclient.grpc.model_config_pb2 import ModelConfig, ModelInstanceGroup

from models_src.checkpoint import CheckpointError
from models_src.serving.repository import MODEL_REPOSITORY, apply_settings, check_weights, read_config, render
from models_src.serving.settings import ServingSettings
from models_src.triton.marian_model import MarianSettings
from tests.models_src.stand_ins import BUNDLED_WEIGHTS

CORES = 2
MODELS = ["marian_en_de", "marian_en_fr", "tokenize", "translate_en_de", "translate_en_fr", "translate_ensemble"]
MARIAN = ["marian_en_de", "marian_en_fr"]


def applied(model: str, cores: int = CORES, **settings: Any) -> ModelConfig:
    return apply_settings(read_config(MODEL_REPOSITORY / model), ServingSettings(**settings), cores)


def test_the_repository_holds_the_six_models() -> None:
    assert sorted(path.name for path in MODEL_REPOSITORY.iterdir()) == MODELS


@pytest.mark.parametrize("model", MODELS)
class TestCommittedConfiguration:
    def test_holds_the_defaults(self, model: str) -> None:
        committed = read_config(MODEL_REPOSITORY / model)
        assert apply_settings(committed, ServingSettings(), CORES) == committed

    def test_has_the_name_of_its_folder(self, model: str) -> None:
        assert read_config(MODEL_REPOSITORY / model).name == model

    def test_declares_all_inputs_and_outputs_with_types_and_shapes(self, model: str) -> None:
        config = read_config(MODEL_REPOSITORY / model)
        assert config.input
        assert config.output
        for tensor in (*config.input, *config.output):
            assert (tensor.name != "", tensor.data_type != 0, len(tensor.dims)) == (True, True, 1)

    def test_takes_batches(self, model: str) -> None:
        assert read_config(MODEL_REPOSITORY / model).max_batch_size >= 2


@pytest.mark.parametrize("model", MARIAN)
class TestMarianConfiguration:
    def test_batches_requests_of_different_lengths(self, model: str) -> None:
        config = read_config(MODEL_REPOSITORY / model)
        assert config.input[0].allow_ragged_batch

    def test_has_parameters_that_the_model_accepts(self, model: str) -> None:
        config = read_config(MODEL_REPOSITORY / model)
        MarianSettings.from_parameters({name: value.string_value for name, value in config.parameters.items()})

    @pytest.mark.parametrize(
        ("setting", "value", "text"),
        [
            ("engine", "transformers", "transformers"),
            ("device", "cuda", "cuda"),
            ("engine_threads", 3, "3"),
            ("beam_size", 6, "6"),
            ("length_penalty", 0.6, "0.6"),
            ("score_threshold", -2.5, "-2.5"),
            ("suppression_iou", 0.7, "0.7"),
        ],
    )
    def test_gets_the_setting_as_a_parameter(self, model: str, setting: str, value: Any, text: str) -> None:
        assert applied(model, CORES, **{setting: value}).parameters[setting].string_value == text

    def test_gets_its_checkpoint(self, model: str) -> None:
        language = model[-2:]
        assert applied(model, weights="/my/weights").parameters["checkpoint"].string_value == (
            f"/my/weights/en-{language}"
        )

    def test_gets_the_number_of_instances(self, model: str) -> None:
        (group,) = applied(model, instances=3).instance_group
        assert (group.kind, group.count) == (ModelInstanceGroup.KIND_CPU, 3)

    def test_gets_its_instances_on_the_first_gpu(self, model: str) -> None:
        (group,) = applied(model, instances=2, device="cuda").instance_group
        assert (group.kind, group.count, list(group.gpus)) == (ModelInstanceGroup.KIND_GPU, 2, [0])

    @pytest.mark.parametrize(("instances", "threads"), [(1, "8"), (2, "4"), (16, "1")])
    def test_gets_its_share_of_the_cores(self, model: str, instances: int, threads: str) -> None:
        assert applied(model, cores=16, instances=instances).parameters["engine_threads"].string_value == threads

    def test_gets_the_queue_delay(self, model: str) -> None:
        config = applied(model, queue_delay_microseconds=7)
        assert config.dynamic_batching.max_queue_delay_microseconds == 7

    def test_keeps_its_target(self, model: str) -> None:
        assert applied(model, weights="/my/weights").parameters["target"].string_value == model[-2:].upper()


@pytest.mark.parametrize("model", [*MARIAN, "tokenize"])
def test_every_python_model_gets_the_size_of_its_queue(model: str) -> None:
    assert applied(model, max_queue_size=9).dynamic_batching.default_queue_policy.max_queue_size == 9


@pytest.mark.parametrize("model", MODELS)
def test_by_default_no_queue_is_limited(model: str) -> None:
    assert not applied(model).dynamic_batching.HasField("default_queue_policy")


@pytest.mark.parametrize("model", MODELS)
def test_every_model_gets_the_batch_size(model: str) -> None:
    assert applied(model, max_batch_size=5).max_batch_size == 5


def test_the_tokenizer_gets_both_checkpoints() -> None:
    parameters = applied("tokenize", weights="/my/weights").parameters
    assert {name: value.string_value for name, value in parameters.items()} == {
        "checkpoint_de": "/my/weights/en-de",
        "checkpoint_fr": "/my/weights/en-fr",
    }


def test_the_tokenizer_does_not_wait_for_a_batch() -> None:
    assert applied("tokenize", queue_delay_microseconds=7).dynamic_batching.max_queue_delay_microseconds == 0


def test_an_ensemble_gets_no_queue() -> None:
    assert not applied("translate_ensemble", max_queue_size=9).HasField("dynamic_batching")


@pytest.mark.parametrize("model", MODELS)
def test_only_ensembles_answer_from_the_cache(model: str) -> None:
    assert applied(model, cache_bytes=2**20).response_cache.enable == model.startswith("translate_")


@pytest.mark.parametrize("model", MODELS)
def test_without_memory_for_it_there_is_no_cache(model: str) -> None:
    assert not applied(model).HasField("response_cache")


def test_applying_settings_leaves_the_given_configuration_alone() -> None:
    config = read_config(MODEL_REPOSITORY / "marian_en_de")
    apply_settings(config, ServingSettings(max_batch_size=5), CORES)
    assert config.max_batch_size == 32


class TestRendering:
    def test_writes_every_model_with_its_code(self, tmp_path: Path) -> None:
        render(ServingSettings(), CORES, tmp_path / "rendered")
        assert {path.parent.parent.name for path in (tmp_path / "rendered").glob("*/1/model.py")} == {
            *MARIAN,
            "tokenize",
        }

    def test_writes_configurations_that_read_back(self, tmp_path: Path) -> None:
        settings = ServingSettings(max_batch_size=5, beam_size=2)
        render(settings, CORES, tmp_path)
        for model in MODELS:
            expected = apply_settings(read_config(MODEL_REPOSITORY / model), settings, CORES)
            if model in MARIAN:
                expected.parameters["origin"].string_value = f"bundled compact en-{model[-2:]}"
            assert read_config(tmp_path / model) == expected

    def test_keeps_version_folders_of_ensembles(self, tmp_path: Path) -> None:
        render(ServingSettings(), CORES, tmp_path)
        assert all((tmp_path / model / "1").is_dir() for model in MODELS)


class TestCheckingTheWeights:
    @pytest.fixture
    def weights(self, copy_checkpoint: Callable[..., Path], tmp_path: Path) -> Path:
        """Unconverted checkpoints."""
        unconverted = copy_checkpoint("ctranslate2", "model.safetensors")
        folder = tmp_path / "weights"
        shutil.copytree(unconverted, folder / "en-de")
        shutil.copytree(unconverted, folder / "en-fr")
        return folder

    def test_accepts_the_bundled_ones(self) -> None:
        check_weights(ServingSettings())

    def test_names_a_missing_language(self, weights: Path) -> None:
        shutil.rmtree(weights / "en-fr")
        with pytest.raises(CheckpointError, match=f"no checkpoint folder at {weights}/en-fr"):
            check_weights(ServingSettings(weights=weights, engine="transformers"))

    def test_asks_for_the_form_that_the_engine_reads(self, weights: Path) -> None:
        with pytest.raises(CheckpointError, match=r"python -m models_src\.convert"):
            check_weights(ServingSettings(weights=weights))

    def test_does_not_ask_for_the_form_of_another_engine(self, weights: Path) -> None:
        check_weights(ServingSettings(weights=weights, engine="transformers"))


class TestCheckingTheGpu:
    @pytest.fixture(params=[0, 1])
    def gpus(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
        count = int(request.param)
        monkeypatch.setattr("models_src.serving.repository.get_cuda_device_count", lambda: count)
        return count

    def test_cuda_needs_one(self, gpus: int) -> None:
        expected = nullcontext() if gpus else pytest.raises(CheckpointError, match="no GPU is visible")
        with expected:
            check_weights(ServingSettings(device="cuda"))

    @pytest.mark.usefixtures("gpus")
    def test_the_cpu_needs_none(self) -> None:
        check_weights(ServingSettings())


def test_the_default_weights_are_the_bundled_ones() -> None:
    assert (MODEL_REPOSITORY.parent / ServingSettings().weights) == BUNDLED_WEIGHTS


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSLATE_MAX_BATCH_SIZE", "7")
    assert ServingSettings().max_batch_size == 7


def test_the_transformers_engine_without_torch_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models_src.serving.repository.find_spec", lambda _name: None)
    with pytest.raises(CheckpointError, match=r"needs torch.*\[reference\]"):
        check_weights(ServingSettings(engine="transformers"))

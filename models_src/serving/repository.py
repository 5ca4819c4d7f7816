"""Rendering the committed model repository with the settings of this run.

The ``config.pbtxt`` files in ``model_repository/`` are complete and hold the defaults; Triton can serve them as they
are. Settings that a user changes (batch size, instances, weights, …) are written into a copy.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path

from ctranslate2 import get_cuda_device_count
from google.protobuf import text_format
from tritonclient.grpc.model_config_pb2 import ModelConfig, ModelInstanceGroup

from models_src.checkpoint import PROJECT_ROOT, Checkpoint, CheckpointError
from models_src.serving.cpu import threads_per_instance
from models_src.serving.settings import ServingSettings

MODEL_REPOSITORY = PROJECT_ROOT / "model_repository"
TARGETS = ("de", "fr")
MARIAN_MODELS = tuple(f"marian_en_{target}" for target in TARGETS)


def check_weights(settings: ServingSettings) -> None:
    """Look at the weights and the GPU before Triton is started, for a message easier to find than one in its log.

    Raises:
        CheckpointError: a checkpoint, or its form for the engine that the settings name, is missing or malformed; or
            the engine itself is not installed, or there is no GPU for it.
    """
    if settings.device == "cuda" and get_cuda_device_count() == 0:
        raise CheckpointError("TRANSLATE_DEVICE=cuda, but no GPU is visible here: see `nvidia-smi`, or leave it unset")
    if settings.engine == "transformers" and find_spec("torch") is None:
        raise CheckpointError(
            "TRANSLATE_ENGINE=transformers needs torch, which serving does without: install it with "
            "`.venv/bin/pip install -c constraints.txt -e '.[reference]'`"
        )
    for target in TARGETS:
        checkpoint = Checkpoint.load(settings.weights / f"en-{target}")
        if settings.engine == "ctranslate2":
            checkpoint.ctranslate2_folder()


def read_config(model: Path) -> ModelConfig:
    """The parsed ``config.pbtxt`` of the model folder ``model``."""
    return text_format.Parse((model / "config.pbtxt").read_text(encoding="utf-8"), ModelConfig())


def apply_settings(config: ModelConfig, settings: ServingSettings, cores: int) -> ModelConfig:
    """A copy of ``config`` with ``settings`` applied, for a machine of ``cores`` cores."""
    applied = ModelConfig()
    applied.CopyFrom(config)
    applied.max_batch_size = settings.max_batch_size
    if settings.cache_bytes and applied.HasField("ensemble_scheduling"):
        applied.response_cache.enable = True
    if settings.max_queue_size and applied.HasField("dynamic_batching"):
        applied.dynamic_batching.default_queue_policy.max_queue_size = settings.max_queue_size
    if config.name == "tokenize":
        for target in TARGETS:
            applied.parameters[f"checkpoint_{target}"].string_value = str(settings.weights / f"en-{target}")
    elif config.name in MARIAN_MODELS:
        applied.dynamic_batching.max_queue_delay_microseconds = settings.queue_delay_microseconds
        del applied.instance_group[:]
        if settings.device == "cuda":
            applied.instance_group.add(kind=ModelInstanceGroup.KIND_GPU, count=settings.instances, gpus=[0])
        else:
            applied.instance_group.add(kind=ModelInstanceGroup.KIND_CPU, count=settings.instances)
        threads = settings.engine_threads or threads_per_instance(cores, len(MARIAN_MODELS), settings.instances)
        values = {
            "checkpoint": settings.weights / config.name.removeprefix("marian_").replace("_", "-"),
            "engine": settings.engine,
            "device": settings.device,
            "engine_threads": threads,
            "beam_size": settings.beam_size,
            "length_penalty": settings.length_penalty,
            "score_threshold": settings.score_threshold,
            "suppression_iou": settings.suppression_iou,
        }
        for name, value in values.items():
            applied.parameters[name].string_value = str(value)
    return applied


def render(settings: ServingSettings, cores: int, destination: Path) -> None:
    """Write the model repository with ``settings`` to the folder ``destination``."""
    shutil.copytree(MODEL_REPOSITORY, destination, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for model in sorted(destination.iterdir()):
        config = apply_settings(read_config(model), settings, cores)
        if config.name in MARIAN_MODELS:
            origin = Checkpoint.load(config.parameters["checkpoint"].string_value).origin()
            config.parameters["origin"].string_value = origin
        (model / "config.pbtxt").write_text(text_format.MessageToString(config), encoding="utf-8")

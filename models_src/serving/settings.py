"""Settings of Triton and the models, from environment variables that start with ``TRANSLATE_``."""

from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from models_src.engines import Device, EngineName
from models_src.postprocess import PostprocessSettings
from models_src.triton.marian_model import MAX_BEAM_SIZE

_POSTPROCESS = PostprocessSettings()

AnySettings = TypeVar("AnySettings", bound=BaseSettings)


class SettingsError(Exception):
    """An environment variable has a value that its setting does not take."""


class ServingSettings(BaseSettings):
    """What Triton is started with; the API in front of it has ``api.settings.Settings``.

    Relative paths start at the project's root.
    """

    model_config = SettingsConfigDict(env_prefix="TRANSLATE_", extra="ignore")

    triton_host: str = Field("127.0.0.1", description="Address that Triton listens on.")
    triton_http_port: int = Field(8000, ge=1, le=65535, description="Triton's HTTP port.")
    triton_grpc_port: int = Field(8001, ge=1, le=65535, description="Triton's gRPC port.")
    triton_metrics_port: int = Field(8002, ge=1, le=65535, description="Triton's Prometheus port.")
    triton_log_info: bool = Field(False, description="Whether Triton logs more than warnings and errors.")
    triton_exit_timeout_seconds: int = Field(4, ge=0, description="How long a stopping Triton finishes requests.")
    triton_home: Path = Field(Path(".triton"), description="Folder that Triton's binaries are installed in.")
    weights: Path = Field(
        Path("models_src/weights"),
        description="Folder with the checkpoints `en-de/` and `en-fr/`; the bundled models by default.",
    )
    engine: EngineName = Field(
        "ctranslate2", description="`ctranslate2` (int8, fast) or `transformers` (float32, the reference; needs torch)."
    )
    device: Device = Field("cpu", description="Where the Marian models compute: `cpu`, or `cuda` for the first GPU.")
    instances: int = Field(1, ge=1, le=64, description="Instances of each Marian model; each holds its own weights.")
    engine_threads: int = Field(
        0, ge=0, description="CPU threads of one instance; 0 divides the cores among all instances."
    )
    max_batch_size: int = Field(32, ge=2, le=1024, description="Most texts in one execution of a model.")
    queue_delay_microseconds: int = Field(
        2000, ge=0, description="How long a text may wait for others to share its batch: its cost in latency."
    )
    max_queue_size: int = Field(
        0,
        ge=0,
        description="Requests waiting at a model before more are refused with 429; 0: no limit. With a limit Triton "
        "prepares no batch while one runs, and at times sleeps half a second between two.",
    )
    cache_bytes: int = Field(
        0, ge=0, description="Memory for Triton's response cache of whole requests; 0 switches it off."
    )
    beam_size: int = Field(4, ge=1, le=MAX_BEAM_SIZE, description="Beams when a request does not say; costs time.")
    length_penalty: float = Field(
        _POSTPROCESS.length_penalty, ge=0, le=2, description="Exponent α of the score `logP / length ** α`."
    )
    score_threshold: float = Field(
        _POSTPROCESS.score_threshold, le=0, description="Translations that score lower are dropped, never the last."
    )
    suppression_iou: float = Field(
        _POSTPROCESS.suppression_iou,
        gt=0,
        le=1,
        description="Word overlap above which an alternative is a duplicate.",
    )


def read_settings(kind: type[AnySettings]) -> AnySettings:
    """Settings of the class ``kind`` from the environment.

    Raises:
        SettingsError: a variable has a wrong value; the message names it.
    """
    try:
        return kind()
    except ValidationError as error:
        prefix = kind.model_config["env_prefix"]
        problems = error.errors(include_url=False, include_input=False)
        described = [f"{prefix}{str(problem['loc'][0]).upper()}: {problem['msg']}" for problem in problems]
        raise SettingsError("; ".join(described)) from None

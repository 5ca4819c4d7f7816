"""Settings of the API, read from environment variables with the prefix `TRANSLATE_`."""

from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.keys import load_keys

__all__ = ["SettingRow", "Settings", "setting_rows"]


class Settings(BaseSettings):
    """Everything that can be set from outside; a description says the unit and what a larger value costs."""

    # The launcher reads other variables with the same prefix, so unknown ones are no mistake here.
    model_config = SettingsConfigDict(env_prefix="TRANSLATE_", extra="ignore", frozen=True)

    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address to listen on. `0.0.0.0` opens the API to the network: set `TRANSLATE_API_KEYS_FILE` then.",
    )
    port: int = Field(default=8080, ge=1, le=65535, description="TCP port the API listens on.")
    triton_url: str = Field(
        default="127.0.0.1:8000",
        pattern=r"^[^/\s]+:\d+$",
        description="Host and port of Triton's HTTP endpoint, without a scheme.",
    )

    max_items: int = Field(
        default=128,
        ge=1,
        description="Texts per request. More texts cost memory and Triton time for one caller.",
    )
    max_characters: int = Field(
        default=50_000,
        ge=1,
        description="Characters (Unicode code points) per text. Its sentences cost Triton time for one caller.",
    )
    max_alternatives: int = Field(
        default=5,
        ge=0,
        description="Alternatives a caller may ask for. Each one widens the beam, which costs decoding time.",
    )
    max_beam_size: int = Field(
        default=8,
        ge=1,
        description="Widest beam a caller may ask for. Decoding time and memory grow with the beam.",
    )
    max_terms: int = Field(
        default=5000,
        ge=1,
        description="Terms of `do_not_translate`, and of a glossary for one language. They cost time for each request.",
    )
    max_term_characters: int = Field(
        default=1000, ge=1, description="Characters of a term to keep, or of a source or target term of a glossary."
    )
    max_body_bytes: int = Field(
        default=1_048_576,
        ge=1,
        description="Bytes of a request body, counted while it arrives. A body is held in memory as a whole.",
    )
    max_file_bytes: int = Field(
        default=10_485_760,
        ge=1,
        description="Bytes of a file to translate. It and its translations are held in memory while their job is kept.",
    )
    max_unpacked_bytes: int = Field(
        default=104_857_600,
        ge=1,
        description="Bytes of all that is packed in a file such as a .docx. Reading it takes several times the memory.",
    )
    max_file_characters: int = Field(
        default=1_000_000,
        ge=1,
        description="Characters of a file that are to be translated. They cost Triton time for one caller.",
    )
    max_jobs: int = Field(
        default=20,
        ge=1,
        description=(
            "Translations of files that one API key, or without keys everyone together, may have queued, under way "
            "and kept. They are held in memory."
        ),
    )
    max_running_jobs: int = Field(
        default=2,
        ge=1,
        description="Files translated at once; more wait. A larger value lets files delay other requests more.",
    )
    job_expiry_seconds: int = Field(
        default=3600,
        ge=1,
        description="Seconds that the translation of a file is kept for download.",
    )
    job_patience_seconds: float = Field(
        default=300.0,
        gt=0,
        description="Seconds that the translation of a file waits for Triton, without any progress, before it fails.",
    )
    max_in_flight: int = Field(
        default=256,
        ge=1,
        description=(
            "Translation requests worked on at once; one more is answered 429. "
            "A larger value trades refusals for waiting time and memory."
        ),
    )
    max_triton_requests: int = Field(
        default=128,
        ge=1,
        description=(
            "Inferences in flight to Triton from all requests together; more wait in the API. "
            "Keep it below `TRANSLATE_MAX_QUEUE_SIZE`, if that is set, or Triton refuses work."
        ),
    )
    max_triton_requests_per_request: int = Field(
        default=32,
        ge=1,
        description=(
            "Inferences in flight to Triton from one HTTP request. "
            "A larger value lets one caller with many texts delay the others more."
        ),
    )
    max_batches_per_request: int = Field(
        default=4,
        ge=1,
        description=(
            "Of these, those with several sentences. Four keep all models busy; more let the sentences of others wait."
        ),
    )
    deadline_seconds: float = Field(
        default=30.0,
        gt=0,
        description=(
            "Seconds a translation request may take; what is unfinished then is cancelled and answered 504. "
            "A larger value keeps slots of `TRANSLATE_MAX_IN_FLIGHT` occupied for longer."
        ),
    )
    readiness_timeout_seconds: float = Field(
        default=2.0, gt=0, description="Seconds `/health/ready` waits for Triton before it answers 503."
    )
    retry_after_seconds: int = Field(
        default=2,
        ge=1,
        description="Seconds that the `Retry-After` header of 429 and 503 answers tells clients to wait.",
    )
    graceful_shutdown_seconds: int = Field(
        default=10,
        ge=1,
        description="Seconds that requests in flight get to finish when the API is told to stop.",
    )

    api_keys_file: str = Field(
        default="",
        description=(
            "File of API keys, one `name:sha256` a line, read at the start; "
            "`python -m api.keys new NAME` makes one. Empty: nobody is asked for a key."
        ),
    )
    requests_per_minute: int = Field(
        default=0,
        ge=0,
        description=(
            "Requests to translate or detect that one API key, or without keys one address, may send in a minute. "
            "0: no limit."
        ),
    )
    characters_per_minute: int = Field(
        default=0,
        ge=0,
        description=(
            "Characters that one API key, or without keys one address, may have worked on in a minute. 0: no limit."
        ),
    )
    max_glossaries: int = Field(
        default=50,
        ge=0,
        description="Glossaries that one API key, or without keys everyone together, may keep in the API's memory.",
    )
    cors_origins: str = Field(
        default="",
        description=(
            "Origins whose web pages may call the API from a browser, separated by spaces, "
            "such as `https://app.example.com`; `*` for all. Empty: none."
        ),
    )
    foreign_confidence: float = Field(
        default=0.9,
        gt=0,
        le=1,
        description=(
            "How sure language detection must be, where a caller asks for it, to refuse a text as not English. "
            "A larger value lets more foreign text through, a smaller one refuses more English."
        ),
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="Least severe level that is logged. `info` writes one line for each request.",
    )
    log_format: Literal["json", "console"] = Field(
        default="json", description="`json` writes one object a line for machines, `console` is for people."
    )
    log_texts: bool = Field(
        default=False,
        description="Whether the texts of users are written to the log. Costs their privacy, and disk space.",
    )

    @field_validator("api_keys_file")
    @classmethod
    def _has_keys(cls, path: str) -> str:
        if path:
            load_keys(Path(path))
        return path


class SettingRow(NamedTuple):
    """One row of the settings table in the documentation."""

    env: str
    default: str
    description: str


def setting_rows(settings: type[BaseSettings] = Settings) -> list[SettingRow]:
    """Return one row per setting, in the order of the class; defaults as one types them."""
    prefix = settings.model_config["env_prefix"]
    return [
        SettingRow(
            env=f"{prefix}{name}".upper(),
            default=str(field.default).lower() if isinstance(field.default, bool) else str(field.default),
            description=field.description or "",
        )
        for name, field in settings.model_fields.items()
    ]

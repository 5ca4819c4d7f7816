"""Bodies of requests and answers in the form of DeepL's API, version 2 (https://developers.deepl.com/api-reference)."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.ensembles import ALL_TARGETS, ENSEMBLE_TARGETS, LANGUAGE_NAMES, SOURCE
from api.errors import UnsupportedLanguageError, ValidationFailedError
from api.glossaries import Glossary
from api.text.options import Options, SplitSentences

__all__ = [
    "LISTS",
    "NO_LIMIT",
    "Formality",
    "LanguagesRequest",
    "SourceLanguage",
    "TargetLanguage",
    "TranslateRequest",
    "TranslateResponse",
    "Translation",
    "Usage",
    "check_source",
    "refuse_formality",
    "refuse_glossary",
    "source_languages",
    "target_languages",
    "target_of",
]

# What DeepL itself answers where an account has no limit.
NO_LIMIT = 1_000_000_000_000
# Fields that a form repeats.
LISTS = frozenset({"text", "non_splitting_tags", "splitting_tags", "ignore_tags"})

_SPLITTING: Mapping[str, SplitSentences] = {"0": "off", "1": "on", "nonewlines": "sentences"}
_MODEL_TYPE = "latency_optimized"


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _comma_separated(value: Any) -> Any:
    parts = [value] if isinstance(value, str) else value
    if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
        return [tag.strip().lower() for part in parts for tag in part.split(",") if tag.strip()]
    return value


def _number_as_text(value: Any) -> Any:
    return str(int(value)) if isinstance(value, int) else value


Formality = Annotated[
    Literal["default", "more", "less", "prefer_more", "prefer_less"],
    Field(description="Only `default` and the `prefer_` values, which have no effect."),
]
_Tags = Annotated[list[str], BeforeValidator(_comma_separated)]


class TranslateRequest(BaseModel):
    """Texts to translate into one language. Options that cannot be followed are refused, never skipped."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": ["Good morning!"], "target_lang": "DE"}]},
    )

    text: Annotated[list[str], Field(min_length=1, fail_fast=True), BeforeValidator(_as_list)] = Field(
        description="The texts. How many, and how long each may be, is a setting of the server."
    )
    target_lang: str = Field(description="Language to translate into: `DE` or `FR`; a region after `-` is ignored.")
    source_lang: str | None = Field(
        default=None, description="Language of the texts: `EN`; left out, another language that is detected is refused."
    )
    split_sentences: Annotated[Literal["0", "1", "nonewlines"], BeforeValidator(_number_as_text)] | None = Field(
        default=None, description="Whether texts are split into sentences."
    )
    preserve_formatting: bool = Field(default=False, description="Formatting is always preserved.")
    formality: Formality = "default"
    context: str | None = Field(default=None, description="Has no effect: the models translate sentence by sentence.")
    model_type: Literal["latency_optimized", "quality_optimized", "prefer_quality_optimized"] | None = Field(
        default=None, description="There is one kind of model, `latency_optimized`."
    )
    show_billed_characters: bool = Field(default=False, description="Whether to count the characters of each text.")
    tag_handling: Literal["html", "xml"] | None = Field(
        default=None, description="Which markup the texts have, if any."
    )
    tag_handling_version: Literal["v1", "v2"] | None = Field(default=None, description="Has no effect.")
    outline_detection: bool = Field(
        default=True, description="Whether tags of XML that never stand beside text end a sentence."
    )
    non_splitting_tags: _Tags = Field(default=[], description="Tags that end no sentence.")
    splitting_tags: _Tags = Field(default=[], description="Tags that end a sentence.")
    ignore_tags: _Tags = Field(default=[], description="Tags whose elements come back as they are.")
    glossary_id: str | None = Field(default=None, description="A glossary made by `POST /v2/glossaries`.")
    enable_beta_languages: bool = Field(default=False, description="Has no effect.")
    auth_key: str | None = Field(default=None, description="The API key, where no header has it.")

    @property
    def model_type_used(self) -> str | None:
        """What to tell a caller who asked for a type of model."""
        return _MODEL_TYPE if self.model_type is not None else None

    def options(self, glossary: Glossary | None) -> Options:
        """Return how to translate, with the glossary that was asked for."""
        return Options(
            format=self.tag_handling or "text",
            ignore_tags=frozenset(self.ignore_tags),
            splitting_tags=frozenset(self.splitting_tags),
            non_splitting_tags=frozenset(self.non_splitting_tags),
            outline_detection=self.outline_detection,
            split_sentences=_SPLITTING[self.split_sentences or "1"],
            glossary={glossary.target: glossary.entries} if glossary else {},
        )

    def refuse_unsupported(self) -> None:
        """Raise ValidationFailedError if an option was given that cannot be followed."""
        refuse_formality(self.formality)
        for name in ("splitting_tags", "non_splitting_tags", "ignore_tags"):
            if getattr(self, name) and self.tag_handling is None:
                raise ValidationFailedError(f"{name}: needs tag_handling")
        refuse_glossary(self.glossary_id, self.source_lang)
        if self.model_type == "quality_optimized":
            raise ValidationFailedError("model_type: quality_optimized is not supported; prefer_quality_optimized is")


class Translation(BaseModel):
    """The translation of one text."""

    detected_source_language: str = SOURCE.upper()
    text: str
    billed_characters: int | None = Field(default=None, description="Only with `show_billed_characters`.")
    model_type_used: str | None = Field(default=None, description="Only with `model_type`.")


class TranslateResponse(BaseModel):
    """One translation for each text, in the order of the texts."""

    translations: list[Translation]


class LanguagesRequest(BaseModel):
    """Which languages to list."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["source", "target"] = Field(default="source", description="`source` or `target`.")
    auth_key: str | None = Field(default=None, description="The API key, where no header has it.")


class SourceLanguage(BaseModel):
    """A language that texts may be in."""

    language: str
    name: str


class TargetLanguage(SourceLanguage):
    """A language that texts can be translated into."""

    supports_formality: bool = False


class Usage(BaseModel):
    """What was used since the server started."""

    character_count: int
    character_limit: int = NO_LIMIT


def _base(code: str) -> str:
    return code.partition("-")[0].lower()


def target_of(code: str) -> str:
    """Return our code for `DE`, `de`, `DE-DE`, ... Raises UnsupportedLanguageError for a language not served."""
    base = _base(code)
    if base not in ENSEMBLE_TARGETS[ALL_TARGETS]:
        known = ", ".join(target.upper() for target in ENSEMBLE_TARGETS[ALL_TARGETS])
        raise UnsupportedLanguageError(f"target_lang: must be one of {known}")
    return base


def check_source(code: str) -> None:
    """Raise UnsupportedLanguageError unless the code is that of English, with a region or without."""
    if _base(code) != SOURCE:
        raise UnsupportedLanguageError(f"source_lang: must be {SOURCE.upper()}")


def source_languages() -> list[SourceLanguage]:
    """Return what texts may be in."""
    return [SourceLanguage(language=SOURCE.upper(), name=LANGUAGE_NAMES[SOURCE])]


def target_languages() -> list[TargetLanguage]:
    """Return what texts can be translated into."""
    return [TargetLanguage(language=code.upper(), name=LANGUAGE_NAMES[code]) for code in ENSEMBLE_TARGETS[ALL_TARGETS]]


def refuse_formality(formality: str) -> None:
    """Raise ValidationFailedError for a form of address that the models cannot be told to use."""
    if formality in ("more", "less"):
        raise ValidationFailedError(
            f"formality: {formality} is not supported for the target language; prefer_{formality} is"
        )


def refuse_glossary(glossary_id: str | None, source_lang: str | None) -> None:
    """Raise ValidationFailedError for a glossary without the language of the texts."""
    if glossary_id and not source_lang:
        raise ValidationFailedError("source_lang: required with a glossary")

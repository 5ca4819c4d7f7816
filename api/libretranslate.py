"""Bodies of requests and answers in the form of LibreTranslate (https://docs.libretranslate.com)."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.detection import DetectedLanguage
from api.ensembles import SOURCE
from api.text.hypotheses import Hypothesis

__all__ = [
    "AUTOMATIC",
    "DetectRequest",
    "Detection",
    "FileRequest",
    "FileResponse",
    "FrontendLanguage",
    "FrontendLanguages",
    "FrontendSettings",
    "HealthResponse",
    "Language",
    "TranslateRequest",
    "TranslateResponse",
]

AUTOMATIC = "auto"


def _string_or_strings(value: Any) -> str | list[str]:
    """Check a union at once, so that a mistake is described in one phrase and not once for each of its types."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return value
    raise PydanticCustomError("string_or_strings", "must be a string or a list of at least one string")


_TextOrTexts = Annotated[
    str | list[str],
    PlainValidator(_string_or_strings),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]


def _default_if_blank(default: Any) -> BeforeValidator:
    # LibreTranslate's web page and several clients send "" or null for what they leave out.
    return BeforeValidator(lambda value: default if value is None or value == "" else value)


_ApiKey = Annotated[str | None, Field(description="The API key, where the server asks for one and no header has it.")]


class TranslateRequest(BaseModel):
    """English text to translate into one language; fields that LibreTranslate does not have are ignored."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"examples": [{"q": "Good morning!", "source": "en", "target": "de"}]},
    )

    q: _TextOrTexts = Field(description="A text, or a list of texts.")
    source: Annotated[str, _default_if_blank(SOURCE)] = Field(
        default=SOURCE, description="Language of the text: `en`, or `auto` to have it detected."
    )
    target: str = Field(description="Language to translate into: `de` or `fr`.")
    format: Annotated[Literal["text", "html"], _default_if_blank("text")] = Field(
        default="text", description="What the texts are: plain text or HTML."
    )
    alternatives: Annotated[int, Field(ge=0), _default_if_blank(0)] = Field(
        default=0, description="How many further translations of each text to return at most."
    )
    api_key: _ApiKey = None

    @property
    def texts(self) -> list[str]:
        """The texts, whichever way they were given."""
        return [self.q] if isinstance(self.q, str) else self.q


class DetectRequest(BaseModel):
    """A text whose language is asked for; several are looked at as one."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [{"q": "Guten Morgen!"}]})

    q: _TextOrTexts = Field(description="A text, or a list of texts in one language.")
    api_key: _ApiKey = None

    @property
    def text(self) -> str:
        """All of the text."""
        return self.q if isinstance(self.q, str) else "\n".join(self.q)


class Detection(BaseModel):
    """A language that a text may be in."""

    confidence: float = Field(ge=0, le=100, description="How sure that is, in per cent.")
    language: str = Field(description="Code of the language (ISO 639).")

    @classmethod
    def of(cls, language: str, confidence: float) -> Self:
        """Return the answer's form of a likelihood from 0 to 1."""
        return cls(confidence=round(100 * confidence, 1), language=language)

    @classmethod
    def all_of(cls, found: Sequence[DetectedLanguage]) -> list[Self]:
        """Return the answer's form of what was found; of nothing, LibreTranslate says English with no confidence."""
        return [cls.of(each.language, each.confidence) for each in found] or [cls.of(SOURCE, 0)]


class TranslateResponse(BaseModel):
    """The translation; each field is a list in the order of `q` if that was a list."""

    translatedText: str | list[str]  # noqa: N815
    detectedLanguage: Detection | list[Detection] | None = Field(  # noqa: N815
        default=None, description="Only with `source: auto`."
    )
    alternatives: list[str] | list[list[str]] | None = Field(
        default=None, description="Only with `alternatives` above 0: further translations, best first."
    )

    @classmethod
    def of(
        cls,
        request: TranslateRequest,
        found: Sequence[Sequence[Hypothesis]],
        detected: Sequence[Detection] | None,
    ) -> Self:
        """Return the answer to a request from the hypotheses for each of its texts."""
        translations = [best.text for best, *_ in found]
        further = None
        if request.alternatives:
            further = [[other.text for other in others[: request.alternatives]] for _, *others in found]
        if isinstance(request.q, str):
            return cls(
                translatedText=translations[0],
                detectedLanguage=detected[0] if detected is not None else None,
                alternatives=further[0] if further is not None else None,
            )
        return cls(
            translatedText=translations,
            detectedLanguage=list(detected) if detected is not None else None,
            alternatives=further,
        )


class FileRequest(BaseModel):
    """What is wanted of a file; fields that LibreTranslate does not have are ignored."""

    model_config = ConfigDict(extra="ignore")

    source: Annotated[str, _default_if_blank(SOURCE)] = Field(
        default=SOURCE, description="Language of the file: `en`, or `auto` to have it detected."
    )
    target: str = Field(description="Language to translate into: `de` or `fr`.")
    api_key: _ApiKey = None


class FileResponse(BaseModel):
    """Where the translated file is."""

    translatedFileUrl: str  # noqa: N815


class Language(BaseModel):
    """A source language, with the languages it can be translated into."""

    code: str
    name: str
    targets: list[str]


class FrontendLanguage(BaseModel):
    """A language by code and English name."""

    code: str
    name: str


class FrontendLanguages(BaseModel):
    """What a web page offers first."""

    source: FrontendLanguage
    target: FrontendLanguage


class FrontendSettings(BaseModel):
    """What a web page in front of the service needs to know."""

    charLimit: int = Field(description="Characters per text.")  # noqa: N815
    frontendTimeout: int = Field(description="Milliseconds to wait after typing before a translation is asked for.")  # noqa: N815
    apiKeys: bool = Field(description="Whether there are API keys.")  # noqa: N815
    keyRequired: bool = Field(description="Whether a request needs one.")  # noqa: N815
    maxAlternatives: int = Field(description="Alternatives that may be asked for; LibreTranslate does not say.")  # noqa: N815
    suggestions: bool = False
    filesTranslation: bool = True  # noqa: N815
    supportedFilesFormat: list[str] = Field(description="Suffixes of the files that can be translated.")  # noqa: N815
    maxFileBytes: int = Field(description="Bytes of a file; LibreTranslate does not say.")  # noqa: N815
    language: FrontendLanguages


class HealthResponse(BaseModel):
    """The models are ready."""

    status: Literal["ok"] = "ok"

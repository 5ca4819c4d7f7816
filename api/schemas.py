"""Bodies of requests and answers."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, StrictInt, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from api.errors import ErrorBody
from api.text.hypotheses import Hypothesis
from api.translation import ItemResult, Options

__all__ = [
    "Alternative",
    "InferRequest",
    "InferResponse",
    "Language",
    "LiveResponse",
    "ReadyResponse",
    "Result",
    "TranslateRequest",
    "TranslateResponse",
    "Translation",
    "Translations",
]


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


class InferRequest(BaseModel):
    """English texts to translate into German and French. Give exactly one of `text` and `texts`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"texts": ["Good morning!", "Thank you."], "num_alternatives": 1}]},
    )

    text: str | None = Field(default=None, description="A single text; the answer has one result.")
    texts: Annotated[list[str], Field(min_length=1, fail_fast=True)] | None = Field(
        default=None, description="The texts. How many, and how long each may be, is a setting of the server."
    )
    num_alternatives: Annotated[StrictInt, Field(ge=0)] = Field(
        default=0, description="How many further translations of each text to return at most."
    )
    beam_size: Annotated[StrictInt, Field(ge=1)] | None = Field(
        default=None, description="Width of the beam search; null leaves it to the model."
    )

    @model_validator(mode="after")
    def _has_exactly_one_kind_of_input(self) -> Self:
        if (self.text is None) == (self.texts is None):
            raise PydanticCustomError("exactly_one", "give exactly one of 'text' and 'texts'")
        return self

    def all_texts(self) -> list[str]:
        """Return the texts whichever way they were given."""
        return [self.text] if self.text is not None else self.texts or []

    def options(self) -> Options:
        """Return what was asked for beyond the best translation."""
        return Options(num_alternatives=self.num_alternatives, beam_size=self.beam_size)


class Alternative(BaseModel):
    """A further translation, less likely than the one it belongs to."""

    text: str
    score: float = Field(description="Length-normalised log-probability.")


class Translation(BaseModel):
    """The best translation into one language."""

    text: str
    score: float = Field(description="Length-normalised log-probability; 0 for a text that is only echoed.")
    confidence: float = Field(description="From 0 (none) to 1 (sure), from the mean token log-probability.")
    alternatives: list[Alternative] = Field(description="Best first.")
    flags: list[str] = Field(
        description=(
            "What looks wrong with it: `repetition`, `length_ratio`, `untranslated`, `empty`, `low_score`, `truncated`."
        )
    )

    @classmethod
    def of(cls, hypotheses: Sequence[Hypothesis], num_alternatives: int) -> Self:
        """Return the first hypothesis with at most `num_alternatives` of the others."""
        best, *others = hypotheses
        return cls(
            text=best.text,
            score=best.score,
            confidence=best.confidence,
            alternatives=[Alternative(text=other.text, score=other.score) for other in others[:num_alternatives]],
            flags=list(best.flags),
        )


class Translations(BaseModel):
    """One translation for each target language."""

    de: Translation
    fr: Translation


class Result(BaseModel):
    """What became of one text: `translations` or `error`, the other one is null."""

    text: str = Field(description="The text as submitted; a lone surrogate comes back as U+FFFD.")
    translations: Translations | None
    error: ErrorBody | None

    @classmethod
    def of(cls, result: ItemResult, num_alternatives: int) -> Self:
        """Return the answer's form of a result."""
        if result.hypotheses is None:
            error = ErrorBody.of(result.error) if result.error is not None else None
            return cls(text=result.text, translations=None, error=error)
        translations = Translations(
            de=Translation.of(result.hypotheses["de"], num_alternatives),
            fr=Translation.of(result.hypotheses["fr"], num_alternatives),
        )
        return cls(text=result.text, translations=translations, error=None)


class InferResponse(BaseModel):
    """One result per text, in the order of the texts."""

    results: list[Result]

    @classmethod
    def of(cls, results: Sequence[ItemResult], num_alternatives: int) -> Self:
        """Return the answer to a request that asked for `num_alternatives`."""
        return cls(results=[Result.of(result, num_alternatives) for result in results])


class TranslateRequest(BaseModel):
    """English text to translate into one language, in LibreTranslate's form; its other fields are ignored."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"examples": [{"q": "Good morning!", "source": "en", "target": "de"}]},
    )

    q: _TextOrTexts = Field(description="A text, or a list of texts.")
    source: str = Field(default="en", description="Language of the text: `en`.")
    target: str = Field(description="Language to translate into: `de` or `fr`.")


class TranslateResponse(BaseModel):
    """The translation, or a list of them in the order of `q` if that was a list."""

    translatedText: str | list[str]  # noqa: N815


class Language(BaseModel):
    """A source language, with the languages it can be translated into."""

    code: str
    name: str
    targets: list[str]


class LiveResponse(BaseModel):
    """The process runs."""

    status: Literal["alive"] = "alive"


class ReadyResponse(BaseModel):
    """Whether translations can be served, and if not, what is missing."""

    status: Literal["ready", "not_ready"]
    triton: Literal["reachable", "unreachable"]
    models: dict[str, bool] = Field(description="For each ensemble and each model in it: does Triton report it ready?")
    weights: dict[str, str] = Field(description="For each Marian model: the checkpoint that it serves.")

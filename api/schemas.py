"""Bodies of requests and answers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NotRequired, Self, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Json, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

# pydantic needs this one before Python 3.12.
from typing_extensions import TypedDict

from api.ensembles import ALL_TARGETS, ENSEMBLE_TARGETS
from api.error_answers import ErrorBody
from api.jobs import Job, JobStatus
from api.text.hypotheses import Hypothesis
from api.text.options import Options, SplitSentences, TextFormat
from api.translation import ItemResult, SegmentResult

__all__ = [
    "Alternative",
    "Glossary",
    "InferRequest",
    "InferResponse",
    "JobRequest",
    "JobResponse",
    "LiveResponse",
    "ReadyResponse",
    "Result",
    "SegmentDetail",
    "Translation",
    "Translations",
]

_SERVED = ENSEMBLE_TARGETS[ALL_TARGETS]


class Glossary(BaseModel):
    """For each target language, source terms with their target terms.

    A source term is looked for as whole words, in every case unless it has a capital beyond its first letter.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"de": {"board": "Vorstand"}}]})

    de: dict[str, str] = Field(default={}, description="English terms with their German ones.")
    fr: dict[str, str] = Field(default={}, description="English terms with their French ones.")


class InferRequest(BaseModel):
    """English texts to translate into German, French or both. Give exactly one of `text` and `texts`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"texts": ["Good morning!", "Thank you."], "num_alternatives": 1}]},
    )

    text: str | None = Field(default=None, description="A single text; the answer has one result.")
    texts: Annotated[list[str], Field(min_length=1, fail_fast=True)] | None = Field(
        default=None, description="The texts. How many, and how long each may be, is a setting of the server."
    )
    targets: Annotated[list[str], Field(min_length=1, fail_fast=True)] = Field(
        default=[*_SERVED],
        description="Languages to translate into. The answer has only these, and one alone costs about half.",
    )
    num_alternatives: Annotated[StrictInt, Field(ge=0)] = Field(
        default=0, description="How many further translations of each text to return at most."
    )
    beam_size: Annotated[StrictInt, Field(ge=1)] | None = Field(
        default=None, description="Width of the beam search; null leaves it to the model."
    )

    segments: StrictBool = Field(default=False, description="Whether to return the translations of each sentence too.")
    split_sentences: SplitSentences = Field(
        default="on",
        description=(
            "Where to split a text: `on` at line breaks (but those that only wrap a paragraph) and between sentences, "
            "`newlines` at every line break and nowhere else, `sentences` only between sentences, `off` nowhere, "
            "unless it is over the model's limit."
        ),
    )

    format: TextFormat = Field(
        default="text", description="What the texts are written in; markup stays, and goes with its words."
    )
    do_not_translate: Annotated[list[str], Field(fail_fast=True)] = Field(
        default=[], description="Terms that come back unchanged where they occur as whole words in this very case."
    )
    glossary: Glossary | None = Field(default=None, description="How terms are to be translated.")

    @model_validator(mode="after")
    def _has_exactly_one_kind_of_input(self) -> Self:
        if (self.text is None) == (self.texts is None):
            raise PydanticCustomError("exactly_one", "give exactly one of 'text' and 'texts'")
        return self

    def all_texts(self) -> list[str]:
        """Return the texts whichever way they were given."""
        return [self.text] if self.text is not None else self.texts or []

    def distinct_targets(self) -> tuple[str, ...]:
        """Return the target languages, each once."""
        return tuple(dict.fromkeys(self.targets))

    def options(self) -> Options:
        """Return what was asked for beyond the best translation."""
        return Options(
            num_alternatives=self.num_alternatives,
            beam_size=self.beam_size,
            format=self.format,
            split_sentences=self.split_sentences,
            do_not_translate=tuple(self.do_not_translate),
            glossary=self.glossary.model_dump() if self.glossary else {},
        )


class Alternative(BaseModel):
    """A further translation, less likely than the one it belongs to."""

    text: str
    score: float = Field(description="Length-normalised log-probability.")


class Translation(BaseModel):
    """The best translation into one language."""

    text: str
    score: float = Field(
        description=(
            "Length-normalised log-probability: of a text, the mean of its sentences, weighted by their source's "
            "characters. 0 for a text that is only echoed."
        )
    )
    confidence: float = Field(
        description=(
            "From 0 (none) to 1 (sure), from the mean token log-probability: of a text, the geometric mean of its "
            "sentences, weighted by their source's characters. 1 for a text that is only echoed."
        )
    )
    alternatives: list[Alternative] = Field(
        description="The next best translations of the whole text, best first; a sentence may be the same in several."
    )
    flags: list[str] = Field(
        description=(
            "What looks wrong with it or a sentence in it: `repetition`, `length_ratio`, `untranslated`, `empty`, "
            "`low_score`, `truncated`, `forced_cut`, `placeholder_fallback`."
        )
    )
    glossary_applied: list[str] = Field(description="The source terms of the glossary that occurred in the text.")

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
            glossary_applied=list(best.glossary),
        )


class Translations(TypedDict):
    """One translation for each target language of the request."""

    de: NotRequired[Translation]
    fr: NotRequired[Translation]


def _translations(hypotheses: Mapping[str, Sequence[Hypothesis]], num_alternatives: int) -> Translations:
    """Return the best hypothesis for each target with at most `num_alternatives` of the others."""
    found = {target: Translation.of(nbest, num_alternatives) for target, nbest in hypotheses.items()}
    return cast(Translations, found)


class SegmentDetail(BaseModel):
    """One sentence of a text. What stands between two sentences comes back as it was."""

    text: str = Field(description="The sentence; a line break that only wraps it is a space here.")
    start: int = Field(description="Where it starts in the text, in Unicode code points from 0.")
    end: int = Field(description="Where it ends: the code point after its last.")
    translations: Translations

    @classmethod
    def of(cls, result: SegmentResult, num_alternatives: int) -> Self:
        """Return the answer's form of a sentence."""
        segment = result.segment
        translations = _translations(result.hypotheses, num_alternatives)
        return cls(text=segment.text, start=segment.start, end=segment.end, translations=translations)


class Result(BaseModel):
    """What became of one text: `translations` or `error`, the other one is null."""

    text: str = Field(description="The text as submitted; a lone surrogate comes back as U+FFFD.")
    translations: Translations | None
    error: ErrorBody | None
    segments: list[SegmentDetail] | None = Field(description="The sentences, if they were asked for; else null.")

    @classmethod
    def of(cls, result: ItemResult, request: InferRequest) -> Self:
        """Return the answer's form of a result."""
        if result.hypotheses is None:
            error = ErrorBody.of(result.error) if result.error is not None else None
            return cls(text=result.text, translations=None, error=error, segments=None)
        count = request.num_alternatives
        segments = [SegmentDetail.of(segment, count) for segment in result.segments] if request.segments else None
        translations = _translations(result.hypotheses, count)
        return cls(text=result.text, translations=translations, error=None, segments=segments)


class InferResponse(BaseModel):
    """One result per text, in the order of the texts."""

    results: list[Result]

    @classmethod
    def of(cls, results: Sequence[ItemResult], request: InferRequest) -> Self:
        """Return the answer to a request."""
        return cls(results=[Result.of(result, request) for result in results])


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _comma_separated(value: Any) -> Any:
    return [part.strip() for given in _as_list(value) for part in given.split(",") if part.strip()]


class JobRequest(BaseModel):
    """What is wanted of a file, as fields of a form."""

    model_config = ConfigDict(extra="forbid")

    target: Annotated[list[str], BeforeValidator(_comma_separated)] = Field(
        default=[*_SERVED],
        description="Languages to translate into, separated by commas, or a field each; all if there is none.",
    )
    beam_size: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Width of the beam search; without it the model decides."
    )
    do_not_translate: Annotated[list[str], BeforeValidator(_as_list)] = Field(
        default=[], description="Terms that come back unchanged, as in `/infer`; a field each."
    )
    glossary: Json[Glossary] | None = Field(
        default=None, description="How terms are to be translated: JSON of the form that `/infer` takes."
    )

    @property
    def targets(self) -> tuple[str, ...]:
        """The languages, each once."""
        return tuple(dict.fromkeys(self.target))

    def options(self) -> Options:
        """Return what was asked for beyond the best translation."""
        return Options(
            beam_size=self.beam_size,
            do_not_translate=tuple(self.do_not_translate),
            glossary=self.glossary.model_dump() if self.glossary else {},
        )


class JobResponse(BaseModel):
    """The translation of a file, and how far it is."""

    id: str = Field(description="Who knows it can fetch the result.")
    status: JobStatus
    filename: str
    targets: list[str]
    segments_total: int = Field(description="Sentences of the file.")
    segments_done: int = Field(description="Those that the models are done with.")
    untranslated: int = Field(description="Sentences that stayed in English, in one of the languages at least.")
    characters: int = Field(description="Characters of all sentences.")
    error: ErrorBody | None = Field(description="Why it failed; null unless it did.")
    expires_at: datetime | None = Field(description="When it is forgotten; null until it has ended.")

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return what is to be told of a job."""
        return cls(
            id=job.job_id,
            status=job.status,
            filename=job.filename,
            targets=list(job.targets),
            segments_total=job.segments_total,
            segments_done=job.segments_done,
            untranslated=job.untranslated,
            characters=job.characters,
            error=ErrorBody.of(job.error) if job.error is not None else None,
            expires_at=datetime.fromtimestamp(job.expires, UTC) if job.expires is not None else None,
        )


class LiveResponse(BaseModel):
    """The process runs."""

    status: Literal["alive"] = "alive"


class ReadyResponse(BaseModel):
    """Whether translations can be served, and if not, what is missing."""

    status: Literal["ready", "not_ready"]
    triton: Literal["reachable", "unreachable"]
    models: dict[str, bool] = Field(description="For each ensemble and each model in it: does Triton report it ready?")
    weights: dict[str, str] = Field(description="For each Marian model: the checkpoint that it serves.")

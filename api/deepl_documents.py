"""Documents in the form of DeepL's API (https://developers.deepl.com/api-reference/document)."""

from collections.abc import Mapping
from typing import Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from api.deepl import Formality, refuse_formality, refuse_glossary
from api.errors import ValidationFailedError
from api.jobs import Job, JobStatus

__all__ = ["DocumentHandle", "DocumentKey", "DocumentRequest", "DocumentStatus"]

_Status: TypeAlias = Literal["queued", "translating", "done", "error"]
_STATUSES: Mapping[JobStatus, _Status] = {
    JobStatus.QUEUED: "queued",
    JobStatus.TRANSLATING: "translating",
    JobStatus.DONE: "done",
    JobStatus.FAILED: "error",
}


class DocumentRequest(BaseModel):
    """What is wanted of a document. Options that cannot be followed are refused, never skipped."""

    model_config = ConfigDict(extra="forbid")

    target_lang: str = Field(description="Language to translate into: `DE` or `FR`; a region after `-` is ignored.")
    source_lang: str | None = Field(
        default=None, description="Language of the file: `EN`; left out, another language that is detected is refused."
    )
    filename: str | None = Field(default=None, description="The name of the file, if that of the upload is not it.")
    formality: Formality = "default"
    glossary_id: str | None = Field(default=None, description="A glossary made by `POST /v2/glossaries`.")
    output_format: str | None = Field(default=None, description="Only the format of the file itself, such as `docx`.")
    auth_key: str | None = Field(default=None, description="The API key, where no header has it.")

    def refuse_unsupported(self, filename: str) -> None:
        """Raise ValidationFailedError if an option was given that cannot be followed."""
        refuse_formality(self.formality)
        refuse_glossary(self.glossary_id, self.source_lang)
        if self.output_format and not filename.lower().endswith(f".{self.output_format.lower()}"):
            raise ValidationFailedError("output_format: must be the format of the file")


class DocumentHandle(BaseModel):
    """What a document is asked for by."""

    document_id: str
    document_key: str


class DocumentKey(BaseModel):
    """Proves that one may ask for a document."""

    model_config = ConfigDict(extra="forbid")

    document_key: str
    auth_key: str | None = Field(default=None, description="The API key, where no header has it.")


class DocumentStatus(BaseModel):
    """How far the translation of a document is."""

    document_id: str
    status: _Status
    seconds_remaining: int | None = Field(default=None, description="An estimate, while it is `translating`.")
    billed_characters: int | None = Field(default=None, description="Once it is `done`.")
    error_message: str | None = Field(default=None, description="With the status `error`.")

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return the answer's form of a job."""
        return cls(
            document_id=job.job_id,
            status=_STATUSES[job.status],
            seconds_remaining=job.seconds_remaining,
            billed_characters=job.characters if job.status is JobStatus.DONE else None,
            error_message=job.error.message if job.error is not None else None,
        )

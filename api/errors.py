"""Every error a client can meet: the exception tree and the table of the documentation."""

from typing import ClassVar, NamedTuple, Self

__all__ = [
    "ALL_OR_NOTHING_ERRORS",
    "ERRORS",
    "TRANSLATION_ERRORS",
    "BodyTooLargeError",
    "BrokenFileError",
    "DeadlineExceededError",
    "ErrorRow",
    "FileTooLargeError",
    "GlossaryNotFoundError",
    "InferenceFailedError",
    "InferenceRejectedError",
    "InternalError",
    "InvalidApiKeyError",
    "InvalidTextError",
    "JobNotFoundError",
    "JobNotReadyError",
    "MethodNotAllowedError",
    "MissingApiKeyError",
    "NotEnglishError",
    "NotFoundError",
    "OverloadedError",
    "RateLimitedError",
    "TextTooLongError",
    "TooManyItemsError",
    "TooManyJobsError",
    "TranslateError",
    "TritonUnavailableError",
    "UnsupportedFileError",
    "UnsupportedLanguageError",
    "ValidationFailedError",
    "error_rows",
]


class TranslateError(Exception):
    """Base of all errors that a client is told about.

    The first line of a subclass's docstring is its meaning in the documentation and its message when none is
    given. Messages never quote the text of a user.
    """

    status: ClassVar[int]
    error_type: ClassVar[str]
    retryable: ClassVar[bool] = False
    """Whether the same request may succeed later; over HTTP such an answer has a `Retry-After` header."""
    outside_the_text: ClassVar[bool] = False
    """Whether the cause lies in the service, so that every item of a request can be hit by it alike."""

    retry_after_seconds: int | None = None
    """When a retry makes sense, where that is known better than by the setting."""

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.meaning()
        super().__init__(self.message)

    @classmethod
    def meaning(cls) -> str:
        """Return what this kind of error says in general."""
        return (cls.__doc__ or "").partition("\n")[0]

    def located(self, where: str) -> Self:
        """Return the same error with a message that starts with the place it concerns, for example `q[3]`."""
        return type(self)(f"{where}: {self.message}")


class ValidationFailedError(TranslateError):
    """The request is not valid JSON, lacks a field, or a field has a wrong type or value."""

    status = 422
    error_type = "validation_error"


class InvalidTextError(TranslateError):
    """The text is not valid Unicode: it has a lone surrogate."""

    status = 422
    error_type = "invalid_text"


class TextTooLongError(TranslateError):
    """The text has more characters than the service accepts."""

    status = 413
    error_type = "text_too_long"


class TooManyItemsError(TranslateError):
    """The request has more texts than one request may have."""

    status = 413
    error_type = "too_many_items"


class BodyTooLargeError(TranslateError):
    """The request body has more bytes than the service reads."""

    status = 413
    error_type = "body_too_large"


class FileTooLargeError(TranslateError):
    """The file has more bytes, or more in it, than the service accepts."""

    status = 413
    error_type = "file_too_large"


class UnsupportedFileError(TranslateError):
    """The service does not translate files of this kind."""

    status = 415
    error_type = "unsupported_file"


class BrokenFileError(TranslateError):
    """The file is damaged, or is not of the format that its name says."""

    status = 422
    error_type = "broken_file"


class UnsupportedLanguageError(TranslateError):
    """The source or target language is not served."""

    status = 400
    error_type = "unsupported_language"


class NotEnglishError(TranslateError):
    """The text is in another language than English, as far as can be told."""

    status = 400
    error_type = "not_english"


class MissingApiKeyError(TranslateError):
    """The service asks for an API key."""

    status = 401
    error_type = "missing_api_key"


class InvalidApiKeyError(TranslateError):
    """The service does not know this API key."""

    status = 403
    error_type = "invalid_api_key"


class NotFoundError(TranslateError):
    """There is nothing at this path."""

    status = 404
    error_type = "not_found"


class GlossaryNotFoundError(TranslateError):
    """There is no glossary of this id."""

    status = 404
    error_type = "glossary_not_found"


class JobNotFoundError(TranslateError):
    """There is no job of this id; it may have expired."""

    status = 404
    error_type = "job_not_found"


class JobNotReadyError(TranslateError):
    """The job has no result yet."""

    status = 409
    error_type = "job_not_ready"


class MethodNotAllowedError(TranslateError):
    """The path does not take this HTTP method."""

    status = 405
    error_type = "method_not_allowed"


class InferenceRejectedError(TranslateError):
    """The model refused this text as invalid input."""

    status = 422
    error_type = "inference_rejected"


class InferenceFailedError(TranslateError):
    """The model failed on this text."""

    status = 500
    error_type = "inference_failed"


class RateLimitedError(TranslateError):
    """The caller has used up what a minute allows; try again later."""

    status = 429
    error_type = "rate_limited"
    retryable = True

    def __init__(self, message: str | None = None, *, retry_after_seconds: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class TooManyJobsError(TranslateError):
    """The caller has as many jobs as the service keeps; fetch or delete one, or wait until one expires."""

    status = 429
    error_type = "too_many_jobs"
    retryable = True


class OverloadedError(TranslateError):
    """The service has as much work as it accepts; try again later."""

    status = 429
    error_type = "overloaded"
    retryable = True
    outside_the_text = True


class TritonUnavailableError(TranslateError):
    """Triton cannot be reached or its models are not ready; try again later."""

    status = 503
    error_type = "triton_unavailable"
    retryable = True
    outside_the_text = True


class DeadlineExceededError(TranslateError):
    """The translation was not finished within the deadline."""

    status = 504
    error_type = "deadline_exceeded"
    outside_the_text = True


class InternalError(TranslateError):
    """Something unexpected went wrong in the service."""

    status = 500
    error_type = "internal"


ERRORS: tuple[type[TranslateError], ...] = (
    UnsupportedLanguageError,
    NotEnglishError,
    MissingApiKeyError,
    InvalidApiKeyError,
    NotFoundError,
    GlossaryNotFoundError,
    JobNotFoundError,
    MethodNotAllowedError,
    JobNotReadyError,
    TooManyItemsError,
    TextTooLongError,
    BodyTooLargeError,
    FileTooLargeError,
    UnsupportedFileError,
    ValidationFailedError,
    InvalidTextError,
    BrokenFileError,
    InferenceRejectedError,
    RateLimitedError,
    TooManyJobsError,
    OverloadedError,
    InternalError,
    InferenceFailedError,
    TritonUnavailableError,
    DeadlineExceededError,
)


# What every route that translates texts may answer.
TRANSLATION_ERRORS: tuple[type[TranslateError], ...] = (
    UnsupportedLanguageError,
    MissingApiKeyError,
    InvalidApiKeyError,
    TooManyItemsError,
    TextTooLongError,
    BodyTooLargeError,
    ValidationFailedError,
    RateLimitedError,
    OverloadedError,
    InternalError,
    TritonUnavailableError,
    DeadlineExceededError,
)
# And those without a place for the error of one text.
ALL_OR_NOTHING_ERRORS: tuple[type[TranslateError], ...] = (
    *TRANSLATION_ERRORS,
    NotEnglishError,
    InvalidTextError,
    InferenceRejectedError,
    InferenceFailedError,
)


class ErrorRow(NamedTuple):
    """One row of the error table in the documentation."""

    status: int
    error_type: str
    meaning: str
    retry_after: bool


def error_rows() -> list[ErrorRow]:
    """Return one row for each kind of error, ordered by status."""
    return [ErrorRow(kind.status, kind.error_type, kind.meaning(), kind.retryable) for kind in ERRORS]

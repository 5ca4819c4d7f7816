"""The error table, row by row."""

from api.errors import (
    ERRORS,
    BodyTooLargeError,
    BrokenFileError,
    DeadlineExceededError,
    FileTooLargeError,
    GlossaryNotFoundError,
    InferenceFailedError,
    InferenceRejectedError,
    InternalError,
    InvalidApiKeyError,
    InvalidTextError,
    JobNotFoundError,
    JobNotReadyError,
    MethodNotAllowedError,
    MissingApiKeyError,
    NotEnglishError,
    NotFoundError,
    OverloadedError,
    RateLimitedError,
    TextTooLongError,
    TooManyItemsError,
    TooManyJobsError,
    TranslateError,
    TritonUnavailableError,
    UnsupportedFileError,
    UnsupportedLanguageError,
    ValidationFailedError,
    error_rows,
)

TABLE = [
    (UnsupportedLanguageError, 400, "unsupported_language", False),
    (NotEnglishError, 400, "not_english", False),
    (MissingApiKeyError, 401, "missing_api_key", False),
    (InvalidApiKeyError, 403, "invalid_api_key", False),
    (NotFoundError, 404, "not_found", False),
    (GlossaryNotFoundError, 404, "glossary_not_found", False),
    (JobNotFoundError, 404, "job_not_found", False),
    (MethodNotAllowedError, 405, "method_not_allowed", False),
    (JobNotReadyError, 409, "job_not_ready", False),
    (TooManyItemsError, 413, "too_many_items", False),
    (TextTooLongError, 413, "text_too_long", False),
    (BodyTooLargeError, 413, "body_too_large", False),
    (FileTooLargeError, 413, "file_too_large", False),
    (UnsupportedFileError, 415, "unsupported_file", False),
    (ValidationFailedError, 422, "validation_error", False),
    (InvalidTextError, 422, "invalid_text", False),
    (BrokenFileError, 422, "broken_file", False),
    (InferenceRejectedError, 422, "inference_rejected", False),
    (RateLimitedError, 429, "rate_limited", True),
    (TooManyJobsError, 429, "too_many_jobs", True),
    (OverloadedError, 429, "overloaded", True),
    (InternalError, 500, "internal", False),
    (InferenceFailedError, 500, "inference_failed", False),
    (TritonUnavailableError, 503, "triton_unavailable", True),
    (DeadlineExceededError, 504, "deadline_exceeded", False),
]


def subclasses(kind: type[TranslateError]) -> set[type[TranslateError]]:
    return {kind for child in kind.__subclasses__() for kind in {child} | subclasses(child)}


def test_every_kind_of_error_is_in_the_table() -> None:
    assert set(ERRORS) == subclasses(TranslateError)


def test_the_documented_rows_are_the_table() -> None:
    rows = [(row.status, row.error_type, row.retry_after) for row in error_rows()]
    assert rows == [(status, error_type, retry) for _, status, error_type, retry in TABLE]


def test_every_row_says_what_it_means() -> None:
    assert all(row.meaning.endswith(".") for row in error_rows())


def test_an_error_without_a_message_says_what_it_means_in_general() -> None:
    assert TextTooLongError().message == "The text has more characters than the service accepts."


def test_a_located_error_is_of_the_same_kind() -> None:
    error = TextTooLongError("too long").located("q[3]")
    assert (type(error), error.message) == (TextTooLongError, "q[3]: too long")

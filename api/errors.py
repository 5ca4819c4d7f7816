"""Every error a client can meet: the exception tree, the table, and the mapping to HTTP answers."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Self

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.facts import facts_of

__all__ = [
    "ERRORS",
    "BodyTooLargeError",
    "DeadlineExceededError",
    "ErrorBody",
    "ErrorRow",
    "InferenceFailedError",
    "InferenceRejectedError",
    "InternalError",
    "InvalidTextError",
    "MethodNotAllowedError",
    "NotFoundError",
    "OverloadedError",
    "TextTooLongError",
    "TooManyItemsError",
    "TranslateError",
    "TritonUnavailableError",
    "UnsupportedLanguageError",
    "ValidationFailedError",
    "error_response",
    "error_responses",
    "error_rows",
    "install_error_handlers",
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


class UnsupportedLanguageError(TranslateError):
    """The source or target language is not served."""

    status = 400
    error_type = "unsupported_language"


class NotFoundError(TranslateError):
    """There is nothing at this path."""

    status = 404
    error_type = "not_found"


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
    NotFoundError,
    MethodNotAllowedError,
    TooManyItemsError,
    TextTooLongError,
    BodyTooLargeError,
    ValidationFailedError,
    InvalidTextError,
    InferenceRejectedError,
    OverloadedError,
    InternalError,
    InferenceFailedError,
    TritonUnavailableError,
    DeadlineExceededError,
)

# What Starlette and FastAPI raise by themselves; 400 is a body that could not be read as JSON at all.
_HTTP_ERRORS: Mapping[int, TranslateError] = {
    400: ValidationFailedError("the body could not be read as JSON in UTF-8"),
    404: NotFoundError(),
    405: MethodNotAllowedError(),
    413: BodyTooLargeError(),
}

_PLAIN_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_MAX_PROBLEMS_SHOWN = 3


class ErrorBody(BaseModel):
    """The body of every answer that is not a success, and the `error` of an item that failed."""

    error: str = Field(description="What went wrong, for people. Never quotes a submitted text.")
    error_type: str = Field(description="What went wrong, for programs: one of the types of the error table.")

    @classmethod
    def of(cls, error: TranslateError) -> Self:
        """Return the body that tells a client about `error`."""
        return cls(error=error.message, error_type=error.error_type)


class ErrorRow(NamedTuple):
    """One row of the error table in the documentation."""

    status: int
    error_type: str
    meaning: str
    retry_after: bool


def error_rows() -> list[ErrorRow]:
    """Return one row for each kind of error, ordered by status."""
    return [ErrorRow(kind.status, kind.error_type, kind.meaning(), kind.retryable) for kind in ERRORS]


def error_responses(*kinds: type[TranslateError]) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI `responses` of a route that can answer these kinds of error."""
    responses: dict[int | str, dict[str, Any]] = {}
    for status in sorted({kind.status for kind in kinds}):
        same_status = [kind for kind in kinds if kind.status == status]
        responses[status] = {
            "model": ErrorBody,
            "description": " ".join(f"`{kind.error_type}`: {kind.meaning()}" for kind in same_status),
        }
        if any(kind.retryable for kind in same_status):
            responses[status]["headers"] = {
                "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
            }
    return responses


def error_response(error: TranslateError, *, retry_after_seconds: int | None = None) -> Response:
    """Return the HTTP answer for an error: status, body, and `Retry-After` where a retry makes sense."""
    headers = {"Retry-After": str(retry_after_seconds)} if error.retryable and retry_after_seconds else None
    return Response(
        ErrorBody.of(error).model_dump_json(),
        status_code=error.status,
        headers=headers,
        media_type="application/json",
    )


def _place(location: Sequence[int | str]) -> str:
    """Turn `("texts", 3)` into `texts[3]`; the empty location is the body itself."""
    place = ""
    for part in location:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else part
    return place or "body"


def _describe_problem(problem: Mapping[str, Any]) -> str:
    """Say in one phrase what is wrong with which field, without repeating anything a caller wrote."""
    kind, location = problem["type"], problem["loc"]
    if kind == "json_invalid":
        return f"the body is not valid JSON (at character {location[-1]})"
    inside = location[1:]
    if not inside and kind != "exactly_one":
        return "the body must be a JSON object, sent with Content-Type: application/json"
    if kind == "extra_forbidden":
        # The name was written by the caller: repeat it only where it looks like a field name.
        *inside, name = inside
        return f"{_place([*inside, name])}: unknown field" if _is_field_name(name) else "unknown field"
    return f"{_place(inside)}: {problem['msg']}"


def _is_field_name(name: object) -> bool:
    return isinstance(name, str) and _PLAIN_FIELD_NAME.fullmatch(name) is not None


def _describe_problems(problems: Sequence[Mapping[str, Any]]) -> str:
    shown = "; ".join(_describe_problem(problem) for problem in problems[:_MAX_PROBLEMS_SHOWN])
    hidden = len(problems) - _MAX_PROBLEMS_SHOWN
    return f"{shown}; and {hidden} more" if hidden > 0 else shown


def install_error_handlers(app: FastAPI, *, retry_after_seconds: int) -> None:
    """Make `app` answer every exception raised below its middleware with the one error body."""

    def answer(request: Request, error: TranslateError) -> Response:
        facts_of(request.scope).error_type = error.error_type
        return error_response(error, retry_after_seconds=retry_after_seconds)

    @app.exception_handler(TranslateError)
    async def _own(request: Request, error: TranslateError) -> Response:
        return answer(request, error)

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> Response:
        return answer(request, ValidationFailedError(_describe_problems(error.errors())))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        response = answer(request, _HTTP_ERRORS.get(error.status_code) or InternalError())
        response.headers.update(error.headers or {})
        return response

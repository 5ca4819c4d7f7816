"""Errors as HTTP answers: in our form, and in DeepL's under its paths."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Self

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.errors import (
    BodyTooLargeError,
    InternalError,
    MethodNotAllowedError,
    MissingApiKeyError,
    NotFoundError,
    TranslateError,
    ValidationFailedError,
)
from api.facts import facts_of

__all__ = [
    "DeepLErrorBody",
    "ErrorBody",
    "error_response",
    "error_responses",
    "install_error_handlers",
]

# What Starlette and FastAPI raise by themselves; 400 is a body that could not be read at all.
_HTTP_ERRORS: Mapping[int, TranslateError] = {
    400: ValidationFailedError("the body could not be read as JSON in UTF-8, or as a form"),
    404: NotFoundError(),
    405: MethodNotAllowedError(),
    413: BodyTooLargeError(),
}

_DEEPL_PREFIXES = ("/v2/", "/v3/")
_DEEPL_STATUSES: Mapping[int, int] = {401: 403, 422: 400}

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


class DeepLErrorBody(BaseModel):
    """The body of every answer under `/v2/` that is not a success: the form of DeepL."""

    message: str = Field(description="What went wrong, for people. Never quotes a submitted text.")
    detail: str = Field(description="What went wrong, for programs: one of the types of the error table.")

    @classmethod
    def of(cls, error: TranslateError) -> Self:
        """Return the body that tells a client about `error`."""
        return cls(message=error.message, detail=error.error_type)


def _is_deepl(path: str) -> bool:
    return path.startswith(_DEEPL_PREFIXES)


def _deepl_status(status: int) -> int:
    """Return DeepL's status for one of ours: it has no 401 and no 422."""
    return _DEEPL_STATUSES.get(status, status)


def error_responses(*kinds: type[TranslateError], deepl: bool = False) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI `responses` of a route that can answer these kinds of error, in our form or DeepL's."""
    statuses = {kind: _deepl_status(kind.status) if deepl else kind.status for kind in kinds}
    responses: dict[int | str, dict[str, Any]] = {}
    for status in sorted(set(statuses.values())):
        same_status = [kind for kind in kinds if statuses[kind] == status]
        responses[status] = {
            "model": DeepLErrorBody if deepl else ErrorBody,
            "description": " ".join(f"`{kind.error_type}`: {kind.meaning()}" for kind in same_status),
        }
        if any(kind.retryable for kind in same_status):
            responses[status]["headers"] = {
                "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
            }
    return responses


def error_response(error: TranslateError, *, path: str = "", retry_after_seconds: int | None = None) -> Response:
    """Return the HTTP answer for an error: status, body, and `Retry-After` where a retry makes sense.

    The path of the request decides between our form and DeepL's.
    """
    seconds = error.retry_after_seconds or retry_after_seconds
    headers = {"Retry-After": str(seconds)} if error.retryable and seconds else {}
    if isinstance(error, MissingApiKeyError):
        headers["WWW-Authenticate"] = "Bearer"
    body = DeepLErrorBody.of(error) if _is_deepl(path) else ErrorBody.of(error)
    return Response(
        body.model_dump_json(),
        status_code=_deepl_status(error.status) if _is_deepl(path) else error.status,
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
        return error_response(error, path=request.scope["path"], retry_after_seconds=retry_after_seconds)

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

"""The error table, row by row, and how exceptions become answers."""

import httpx
import pytest
from fastapi import FastAPI
from starlette.exceptions import HTTPException

from api.errors import (
    ERRORS,
    BodyTooLargeError,
    DeadlineExceededError,
    GlossaryNotFoundError,
    InferenceFailedError,
    InferenceRejectedError,
    InternalError,
    InvalidApiKeyError,
    InvalidTextError,
    MethodNotAllowedError,
    MissingApiKeyError,
    NotEnglishError,
    NotFoundError,
    OverloadedError,
    RateLimitedError,
    TextTooLongError,
    TooManyItemsError,
    TranslateError,
    TritonUnavailableError,
    UnsupportedLanguageError,
    ValidationFailedError,
    error_responses,
    error_rows,
    install_error_handlers,
)

TABLE = [
    (UnsupportedLanguageError, 400, "unsupported_language", False),
    (NotEnglishError, 400, "not_english", False),
    (MissingApiKeyError, 401, "missing_api_key", False),
    (InvalidApiKeyError, 403, "invalid_api_key", False),
    (NotFoundError, 404, "not_found", False),
    (GlossaryNotFoundError, 404, "glossary_not_found", False),
    (MethodNotAllowedError, 405, "method_not_allowed", False),
    (TooManyItemsError, 413, "too_many_items", False),
    (TextTooLongError, 413, "text_too_long", False),
    (BodyTooLargeError, 413, "body_too_large", False),
    (ValidationFailedError, 422, "validation_error", False),
    (InvalidTextError, 422, "invalid_text", False),
    (InferenceRejectedError, 422, "inference_rejected", False),
    (RateLimitedError, 429, "rate_limited", True),
    (OverloadedError, 429, "overloaded", True),
    (InternalError, 500, "internal", False),
    (InferenceFailedError, 500, "inference_failed", False),
    (TritonUnavailableError, 503, "triton_unavailable", True),
    (DeadlineExceededError, 504, "deadline_exceeded", False),
]
RETRY_AFTER_SECONDS = 7


def subclasses(kind: type[TranslateError]) -> set[type[TranslateError]]:
    return {kind for child in kind.__subclasses__() for kind in {child} | subclasses(child)}


def raising(error: Exception) -> httpx.AsyncClient:
    """Return a client of an application whose only route raises `error`."""
    app = FastAPI()
    install_error_handlers(app, retry_after_seconds=RETRY_AFTER_SECONDS)

    @app.get("/")
    @app.get("/v2/translate")
    async def route() -> None:
        raise error

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api")


def test_every_kind_of_error_is_in_the_table() -> None:
    assert set(ERRORS) == subclasses(TranslateError)


def test_the_documented_rows_are_the_table() -> None:
    rows = [(row.status, row.error_type, row.retry_after) for row in error_rows()]
    assert rows == [(status, error_type, retry) for _, status, error_type, retry in TABLE]


def test_every_row_says_what_it_means() -> None:
    assert all(row.meaning.endswith(".") for row in error_rows())


@pytest.mark.parametrize(("kind", "status", "error_type", "retry"), TABLE, ids=[row[2] for row in TABLE])
async def test_an_error_is_answered_as_the_table_says(
    kind: type[TranslateError], status: int, error_type: str, *, retry: bool
) -> None:
    async with raising(kind("what went wrong")) as http:
        response = await http.get("/")
    assert response.status_code == status
    assert response.json() == {"error": "what went wrong", "error_type": error_type}
    assert response.headers.get("Retry-After") == (str(RETRY_AFTER_SECONDS) if retry else None)


@pytest.mark.parametrize(("kind", "status", "error_type", "retry"), TABLE, ids=[row[2] for row in TABLE])
async def test_deepl_has_a_form_and_statuses_of_its_own(
    kind: type[TranslateError], status: int, error_type: str, *, retry: bool
) -> None:
    async with raising(kind("what went wrong")) as http:
        response = await http.get("/v2/translate")
    assert response.status_code == {401: 403, 422: 400}.get(status, status)
    assert response.json() == {"message": "what went wrong", "detail": error_type}
    assert response.headers.get("Retry-After") == (str(RETRY_AFTER_SECONDS) if retry else None)


async def test_an_error_may_know_better_when_to_come_back() -> None:
    async with raising(RateLimitedError(retry_after_seconds=41)) as http:
        response = await http.get("/")
    assert response.headers["Retry-After"] == "41"


@pytest.mark.parametrize(
    ("status", "answered", "error_type"),
    [
        (400, 422, "validation_error"),
        (404, 404, "not_found"),
        (405, 405, "method_not_allowed"),
        (413, 413, "body_too_large"),
        (418, 500, "internal"),
    ],
)
async def test_an_http_exception_of_the_framework_has_the_same_body(
    status: int, answered: int, error_type: str
) -> None:
    async with raising(HTTPException(status, "detail")) as http:
        response = await http.get("/")
    assert (response.status_code, response.json()["error_type"]) == (answered, error_type)


async def test_headers_of_an_http_exception_are_kept() -> None:
    async with raising(HTTPException(405, headers={"Allow": "POST"})) as http:
        response = await http.get("/")
    assert response.headers["Allow"] == "POST"


def test_an_error_without_a_message_says_what_it_means_in_general() -> None:
    assert TextTooLongError().message == "The text has more characters than the service accepts."


def test_a_located_error_is_of_the_same_kind() -> None:
    error = TextTooLongError("too long").located("q[3]")
    assert (type(error), error.message) == (TextTooLongError, "q[3]: too long")


def test_kinds_of_the_same_status_share_a_documented_response() -> None:
    responses = error_responses(OverloadedError, TooManyItemsError, TextTooLongError)
    assert list(responses) == [413, 429]
    assert "`too_many_items`" in responses[413]["description"]
    assert "`text_too_long`" in responses[413]["description"]


def test_a_documented_response_that_can_be_retried_has_the_header() -> None:
    responses = error_responses(OverloadedError, TooManyItemsError)
    assert ("headers" in responses[413], "headers" in responses[429]) == (False, True)

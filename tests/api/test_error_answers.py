"""Errors as answers over HTTP, in our form and in DeepL's."""

import httpx
import pytest
from fastapi import FastAPI
from starlette.exceptions import HTTPException

from api.error_answers import error_responses, install_error_handlers
from api.errors import OverloadedError, RateLimitedError, TextTooLongError, TooManyItemsError, TranslateError
from tests.api.test_errors import TABLE

RETRY_AFTER_SECONDS = 7


def raising(error: Exception) -> httpx.AsyncClient:
    """Return a client of an application whose only route raises `error`."""
    app = FastAPI()
    install_error_handlers(app, retry_after_seconds=RETRY_AFTER_SECONDS)

    @app.get("/")
    @app.get("/v2/translate")
    async def route() -> None:
        raise error

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api")


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


def test_kinds_of_the_same_status_share_a_documented_response() -> None:
    responses = error_responses(OverloadedError, TooManyItemsError, TextTooLongError)
    assert list(responses) == [413, 429]
    assert "`too_many_items`" in responses[413]["description"]
    assert "`text_too_long`" in responses[413]["description"]


def test_a_documented_response_that_can_be_retried_has_the_header() -> None:
    responses = error_responses(OverloadedError, TooManyItemsError)
    assert ("headers" in responses[413], "headers" in responses[429]) == (False, True)

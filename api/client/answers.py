"""From HTTP answers, and their absence, to results and errors; pure."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from api.client.errors import AnswerError, ServerError, TimedOutError, UnreachableError
from api.client.results import Result

__all__ = ["checked", "results_of", "transport_errors"]


@contextmanager
def transport_errors() -> Iterator[None]:
    """Raise this package's errors instead of httpx's."""
    try:
        yield
    except (httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise UnreachableError("the server does not take the connection in time") from error
    except httpx.TimeoutException as error:
        raise TimedOutError("the answer took too long") from error
    except httpx.UnsupportedProtocol as error:
        raise AnswerError(f"not an address of a server: {error}") from error
    except httpx.TransportError as error:
        raise UnreachableError(f"the server cannot be reached: {error}") from error


def checked(response: httpx.Response) -> Mapping[str, Any]:
    """Return the JSON object of an answer. Raises ServerError for an error, AnswerError for something else."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if not response.is_success:
        known = body if isinstance(body, Mapping) else {}
        raise ServerError(
            str(known.get("error") or f"the server answered {response.status_code}"),
            status=response.status_code,
            error_type=known.get("error_type"),
            retry_after_seconds=_seconds(response.headers.get("Retry-After")),
        )
    if not isinstance(body, Mapping):
        raise AnswerError("the answer is not a JSON object")
    return body


def results_of(body: Mapping[str, Any], count: int) -> tuple[Result, ...]:
    """Return the results of an answer to `count` texts. Raises AnswerError if it has something else."""
    try:
        results = tuple(map(Result.of, body["results"]))
    except (AttributeError, KeyError, TypeError) as error:
        raise AnswerError("the answer does not have the form of a translation") from error
    if len(results) != count:
        raise AnswerError(f"the answer has {len(results)} results for {count} texts")
    return results


def _seconds(retry_after: str | None) -> float | None:
    """Return what the header says; this server writes seconds, never a date."""
    return float(retry_after) if retry_after and retry_after.strip().isdecimal() else None

"""From HTTP answers, and their absence, to results and errors; pure."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from pathlib import PurePosixPath, PureWindowsPath

import httpx

from api.client.errors import AnswerError, ServerError, TimedOutError, UnreachableError
from api.client.files import Job, NamedFile
from api.client.results import Answer, Result

__all__ = ["file_of", "job_of", "results_of", "successful", "transport_errors"]


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


def successful(response: httpx.Response) -> httpx.Response:
    """Return an answer that is no error. Raises ServerError for one that is."""
    if response.is_success:
        return response
    body = _json(response)
    known = body if isinstance(body, Mapping) else {}
    raise ServerError(
        str(known.get("error") or f"the server answered {response.status_code}"),
        status=response.status_code,
        error_type=known.get("error_type"),
        retry_after_seconds=_seconds(response.headers.get("Retry-After")),
    )


def results_of(response: httpx.Response, count: int) -> tuple[Result, ...]:
    """Return the results of an answer to `count` texts. Raises AnswerError if it has something else."""
    try:
        results = tuple(map(Result.of, _object(response)["results"]))
    except (AttributeError, KeyError, TypeError) as error:
        raise AnswerError("the answer does not have the form of a translation") from error
    if len(results) != count:
        raise AnswerError(f"the answer has {len(results)} results for {count} texts")
    return results


def job_of(response: httpx.Response) -> Job:
    """Return the job that an answer describes. Raises AnswerError if it describes none."""
    try:
        return Job.of(_object(response))
    except (KeyError, TypeError, ValueError) as error:
        raise AnswerError("the answer does not have the form of a job") from error


def file_of(response: httpx.Response) -> NamedFile:
    """Return the file that an answer is. Raises AnswerError if it has no name."""
    headers = Message()
    headers["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    # Whoever writes it under its name writes nowhere else, whatever server sent it.
    name = PurePosixPath(PureWindowsPath(headers.get_filename("")).name).name
    if name in {"", ".."} or not name.isprintable():
        raise AnswerError("the answer is not a file with a name")
    return NamedFile(name, response.content)


def _json(response: httpx.Response) -> object:
    try:
        return response.json()
    except ValueError:
        return None


def _object(response: httpx.Response) -> Answer:
    body = _json(response)
    if not isinstance(body, Mapping):
        raise AnswerError("the answer is not a JSON object")
    return body


def _seconds(retry_after: str | None) -> float | None:
    """Return what the header says; this server writes seconds, never a date."""
    return float(retry_after) if retry_after and retry_after.strip().isdecimal() else None

"""The clients."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, BinaryIO, Self
from urllib.parse import quote

import httpx

from api.client.answers import file_of, job_of, results_of, successful, transport_errors
from api.client.errors import ClientError, TextFailedError
from api.client.files import FileSource, Job, NamedFile, Progress, TranslatedFile, finished, opened, poll_waits
from api.client.options import FileOptions, Options
from api.client.results import Result
from api.client.retries import Retries

__all__ = ["CONNECT_SECONDS", "DEFAULT_URL", "TIMEOUT_SECONDS", "AsyncClient", "Client"]

DEFAULT_URL = "http://127.0.0.1:8080"
CONNECT_SECONDS = 5.0
# More than the server's own deadline, so that its answer comes first.
TIMEOUT_SECONDS = 60.0

_ONE = "infer"
_BATCH = "infer_batch"
_JOBS = "jobs"
# Someone who has just pressed Ctrl-C waits for it.
_CANCEL_SECONDS = 2.0


def _connection(url: str, api_key: str | None, timeout_seconds: float) -> dict[str, Any]:
    return {
        "base_url": url,
        "headers": {"Authorization": f"Bearer {api_key}"} if api_key else {},
        "timeout": httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds)),
    }


def _body(texts: Sequence[str], options: Options | None) -> dict[str, Any]:
    return {"texts": list(texts), **(options or Options()).fields()}


def _form(name: str, file: BinaryIO, options: FileOptions | None) -> dict[str, Any]:
    return {"files": {"file": (name, file)}, "data": (options or FileOptions()).form()}


def _path_of(job_id: str) -> str:
    return f"{_JOBS}/{quote(job_id, safe='')}"


def _only(results: Sequence[Result]) -> Result:
    [result] = results
    if result.problem is not None:
        raise TextFailedError(result.problem.message, error_type=result.problem.error_type)
    return result


class Client:
    """Translates by a server. May be shared by threads; use it as a context manager, or close it.

    Every method raises a ClientError: ServerError, UnreachableError, TimedOutError or AnswerError.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        retries: Retries | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(**_connection(url, api_key, timeout_seconds), transport=transport)
        self._retries = retries or Retries()

    def translate(self, text: str, options: Options | None = None) -> Result:
        """Translate one text. Raises TextFailedError too, if it cannot be translated."""
        return _only(self._translate(_ONE, [text], options))

    def translate_batch(self, texts: Sequence[str], options: Options | None = None) -> tuple[Result, ...]:
        """Translate texts together; a text that cannot be translated has a `problem` in its result."""
        return self._translate(_BATCH, texts, options) if texts else ()

    def translate_file(
        self,
        source: FileSource,
        options: FileOptions | None = None,
        *,
        filename: str | None = None,
        progress: Progress | None = None,
        timeout_seconds: float | None = None,
    ) -> TranslatedFile:
        """Translate a file, which is on the disk, or bytes with a `filename`; `progress` is told how far it is.

        Leaves nothing on the server: the job is deleted once the result is here, and cancelled when this is
        interrupted, or takes longer than `timeout_seconds`. Raises JobFailedError too, and OSError for the file.
        """
        job = self.submit_file(source, options, filename=filename)
        try:
            job = self.wait_for_job(job, progress, timeout_seconds=timeout_seconds)
            files = {target: self.job_result(job.id, target) for target in job.targets}
        finally:
            with suppress(ClientError):
                self._send("DELETE", _path_of(job.id), timeout=_CANCEL_SECONDS)
        return TranslatedFile(files, job.segments_total, job.untranslated)

    def submit_file(
        self, source: FileSource, options: FileOptions | None = None, *, filename: str | None = None
    ) -> Job:
        """Have a file translated, without waiting for it. Raises OSError too."""
        with opened(source, filename) as (name, file):
            return job_of(self._sent("POST", _JOBS, **_form(name, file, options)))

    def job(self, job_id: str) -> Job:
        """Ask how far a job is."""
        return job_of(self._sent("GET", _path_of(job_id)))

    def wait_for_job(self, job: Job, progress: Progress | None = None, *, timeout_seconds: float | None = None) -> Job:
        """Return a job once it is done. Raises JobFailedError too; a TimedOutError leaves it at work."""
        waits = poll_waits(timeout_seconds)
        while True:
            if progress is not None:
                progress(job)
            if job.has_ended:
                return finished(job)
            time.sleep(next(waits))
            job = self.job(job.id)

    def job_result(self, job_id: str, target: str) -> NamedFile:
        """Fetch the file of a job that is done in one language."""
        return file_of(self._sent("GET", f"{_path_of(job_id)}/result", params={"target": target}))

    def cancel_job(self, job_id: str) -> None:
        """Cancel a job if it has not ended, and make the server forget the file and its translations."""
        self._sent("DELETE", _path_of(job_id))

    def _translate(self, path: str, texts: Sequence[str], options: Options | None) -> tuple[Result, ...]:
        return results_of(self._sent("POST", path, json=_body(texts, options)), len(texts))

    def _sent(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request, again where that makes sense, and return an answer that is no error."""
        return self._retries.sync()(self._send, method, path, **request)

    def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        with transport_errors():
            response = self._http.request(method, path, **request)
        return successful(response)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient:
    """The same for coroutines."""

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        retries: Retries | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(**_connection(url, api_key, timeout_seconds), transport=transport)
        self._retries = retries or Retries()

    async def translate(self, text: str, options: Options | None = None) -> Result:
        """Translate one text. Raises TextFailedError too, if it cannot be translated."""
        return _only(await self._translate(_ONE, [text], options))

    async def translate_batch(self, texts: Sequence[str], options: Options | None = None) -> tuple[Result, ...]:
        """Translate texts together; a text that cannot be translated has a `problem` in its result."""
        return await self._translate(_BATCH, texts, options) if texts else ()

    async def translate_file(
        self,
        source: FileSource,
        options: FileOptions | None = None,
        *,
        filename: str | None = None,
        progress: Progress | None = None,
        timeout_seconds: float | None = None,
    ) -> TranslatedFile:
        """Translate a file, which is on the disk, or bytes with a `filename`; `progress` is told how far it is.

        Leaves nothing on the server: the job is deleted once the result is here, and cancelled when this is
        interrupted, or takes longer than `timeout_seconds`. Raises JobFailedError too, and OSError for the file.
        """
        job = await self.submit_file(source, options, filename=filename)
        try:
            job = await self.wait_for_job(job, progress, timeout_seconds=timeout_seconds)
            files = {target: await self.job_result(job.id, target) for target in job.targets}
        finally:
            with suppress(ClientError):
                await self._send("DELETE", _path_of(job.id), timeout=_CANCEL_SECONDS)
        return TranslatedFile(files, job.segments_total, job.untranslated)

    async def submit_file(
        self, source: FileSource, options: FileOptions | None = None, *, filename: str | None = None
    ) -> Job:
        """Have a file translated, without waiting for it. Raises OSError too."""
        with opened(source, filename) as (name, file):
            return job_of(await self._sent("POST", _JOBS, **_form(name, file, options)))

    async def job(self, job_id: str) -> Job:
        """Ask how far a job is."""
        return job_of(await self._sent("GET", _path_of(job_id)))

    async def wait_for_job(
        self, job: Job, progress: Progress | None = None, *, timeout_seconds: float | None = None
    ) -> Job:
        """Return a job once it is done. Raises JobFailedError too; a TimedOutError leaves it at work."""
        waits = poll_waits(timeout_seconds)
        while True:
            if progress is not None:
                progress(job)
            if job.has_ended:
                return finished(job)
            await asyncio.sleep(next(waits))
            job = await self.job(job.id)

    async def job_result(self, job_id: str, target: str) -> NamedFile:
        """Fetch the file of a job that is done in one language."""
        return file_of(await self._sent("GET", f"{_path_of(job_id)}/result", params={"target": target}))

    async def cancel_job(self, job_id: str) -> None:
        """Cancel a job if it has not ended, and make the server forget the file and its translations."""
        await self._sent("DELETE", _path_of(job_id))

    async def _translate(self, path: str, texts: Sequence[str], options: Options | None) -> tuple[Result, ...]:
        return results_of(await self._sent("POST", path, json=_body(texts, options)), len(texts))

    async def _sent(self, method: str, path: str, **request: Any) -> httpx.Response:
        response: httpx.Response = await self._retries.asynchronous()(self._send, method, path, **request)
        return response

    async def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        with transport_errors():
            response = await self._http.request(method, path, **request)
        return successful(response)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        await self.close()

"""The clients."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import httpx

from api.client.answers import checked, results_of, transport_errors
from api.client.errors import TextFailedError
from api.client.options import Options
from api.client.results import Result
from api.client.retries import Retries

__all__ = ["CONNECT_SECONDS", "DEFAULT_URL", "TIMEOUT_SECONDS", "AsyncClient", "Client"]

DEFAULT_URL = "http://127.0.0.1:8080"
CONNECT_SECONDS = 5.0
# More than the server's own deadline, so that its answer comes first.
TIMEOUT_SECONDS = 60.0

_ONE = "infer"
_BATCH = "infer_batch"


def _connection(url: str, api_key: str | None, timeout_seconds: float) -> dict[str, Any]:
    return {
        "base_url": url,
        "headers": {"Authorization": f"Bearer {api_key}"} if api_key else {},
        "timeout": httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds)),
    }


def _body(texts: Sequence[str], options: Options | None) -> dict[str, Any]:
    return {"texts": list(texts), **(options or Options()).fields()}


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

    def _translate(self, path: str, texts: Sequence[str], options: Options | None) -> tuple[Result, ...]:
        return results_of(self._retries.sync()(self._post, path, _body(texts, options)), len(texts))

    def _post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        with transport_errors():
            response = self._http.post(path, json=body)
        return checked(response)

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

    async def _translate(self, path: str, texts: Sequence[str], options: Options | None) -> tuple[Result, ...]:
        body: Mapping[str, Any] = await self._retries.asynchronous()(self._post, path, _body(texts, options))
        return results_of(body, len(texts))

    async def _post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        with transport_errors():
            response = await self._http.post(path, json=body)
        return checked(response)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        await self.close()

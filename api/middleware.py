"""Pure ASGI middleware: the limit on the body, and the access line with its metrics."""

import logging
import re
import time
from collections.abc import Mapping

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.error_answers import error_response
from api.errors import BodyTooLargeError, InternalError
from api.facts import RequestFacts, facts_of
from api.metrics import Metrics

__all__ = ["AccessMiddleware", "BodyLimitMiddleware", "is_sane_request_id"]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NO_STATUS = 0
# Orchestrators ask these every few seconds; their lines would bury all others.
_POLLED_ROUTES = frozenset({"/health/live", "/health/ready", "/metrics"})

log = structlog.stdlib.get_logger(__name__)


def is_sane_request_id(value: str) -> bool:
    """Whether a caller's request id is short and plain enough to be logged and sent back."""
    return _REQUEST_ID.fullmatch(value) is not None


class BodyLimitMiddleware:
    """Answers 413 as soon as a body has more than `max_bytes`, as announced or as counted on arrival.

    `max_bytes_of` has the limits of paths with others.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int, max_bytes_of: Mapping[str, int]) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._max_bytes_of = max_bytes_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a `receive` that counts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        max_bytes = self._max_bytes_of.get(scope["path"], self._max_bytes)
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > max_bytes:
            error = BodyTooLargeError(f"the body may have at most {max_bytes} bytes")
            facts_of(scope).error_type = error.error_type
            await error_response(error, path=scope["path"])(scope, receive, send)
            return
        arrived = 0

        async def counting_receive() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > max_bytes:
                # FastAPI turns any other exception raised while it reads the body into a 400.
                raise HTTPException(BodyTooLargeError.status)
            return message

        await self._app(scope, counting_receive, send)


class AccessMiddleware:
    """Writes the access line and the metrics of each request; answers 500 for what nothing else caught."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note what becomes of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = _NO_STATUS

        async def noting_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        facts = facts_of(scope)
        self._metrics.in_flight.inc()
        try:
            await self._app(scope, receive, noting_send)
        except Exception:
            log.exception("unhandled_exception", route=_route_of(scope))
            facts.error_type = InternalError.error_type
            if status != _NO_STATUS:
                raise
            response = error_response(InternalError(), path=scope["path"])
            await response(scope, receive, noting_send)
        finally:
            self._metrics.in_flight.dec()
            self._note(scope, facts, status, time.perf_counter() - started)

    def _note(self, scope: Scope, facts: RequestFacts, status: int, seconds: float) -> None:
        route = _route_of(scope)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self._metrics.requests.labels(route, method, str(status)).inc()
        self._metrics.request_seconds.labels(route).observe(seconds)
        if facts.error_type is not None:
            self._metrics.errors.labels("request", facts.error_type).inc()
        log.log(
            logging.DEBUG if route in _POLLED_ROUTES else logging.INFO,
            "request",
            route=route,
            method=method,
            status=status,
            duration_ms=round(seconds * 1000, 2),
            items=facts.items,
            characters=facts.characters,
            error_type=facts.error_type,
            **({} if facts.key_name is None else {"key_name": facts.key_name}),
            **({} if facts.texts is None else {"texts": list(facts.texts)}),
        )


def _route_of(scope: Scope) -> str:
    """Return the template of the matched route; raw paths would be labels without end, and may hold texts."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "unmatched"

"""Serves the API with uvicorn: `python -m api`."""

import errno
import socket
import sys

import structlog
import uvicorn
from pydantic import ValidationError
from uvicorn.config import STARTUP_FAILURE

from api.logs import configure_logging
from api.main import create_app
from api.settings import Settings

__all__ = ["main"]

_USAGE_ERROR = 2

log = structlog.stdlib.get_logger("api")


class _Server(uvicorn.Server):
    """uvicorn says nothing about where it listens when it is handed its socket."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        for listener in (sockets or []) if self.started else []:
            host, port = listener.getsockname()[:2]
            log.info("listening", address=f"{host}:{port}")


def main() -> int:
    """Serve until told to stop; return the exit code.

    0 after Ctrl-C, 1 if the address cannot be listened on, 2 if a setting is wrong, 3 if the application does
    not start. SIGTERM ends the process by that signal, after the requests in flight.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        configure_logging()
        for problem in error.errors(include_url=False, include_input=False):
            name = "".join(str(part) for part in problem["loc"][:1])
            log.error("wrong_setting", setting=f"TRANSLATE_{name}".upper(), problem=problem["msg"])
        return _USAGE_ERROR
    configure_logging(level=settings.log_level, log_format=settings.log_format)
    try:
        listener = _bind(settings.host, settings.port)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        log.error(
            "port_taken" if taken else "cannot_listen",
            address=f"{settings.host}:{settings.port}",
            problem=error.strerror or str(error),
            hint="stop what listens there, or set TRANSLATE_HOST and TRANSLATE_PORT",
        )
        return 1
    config = uvicorn.Config(
        create_app(settings),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.graceful_shutdown_seconds,
    )
    server = _Server(config)
    with listener:
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            # uvicorn repeats the signal once everything is shut down.
            return 0
    return 0 if server.started else STARTUP_FAILURE


def _bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to the first address of `host`. Raises OSError; uvicorn would only exit."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


if __name__ == "__main__":
    sys.exit(main())

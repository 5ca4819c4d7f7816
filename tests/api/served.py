"""The application served over real HTTP by uvicorn, for clients that know nothing of ASGI."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from api.main import create_app
from tests.api.stand_ins import PATIENCE_SECONDS, StandInClient, settings

_POLL_SECONDS = 0.01


@contextmanager
def served(client: StandInClient, **values: Any) -> Iterator[str]:
    """Serve the application on `client` with these settings on a free port; yields its URL."""
    config = uvicorn.Config(create_app(settings(**values), connect=lambda _: client), log_config=None, access_log=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not server.started:
                assert time.monotonic() < deadline, "the application did not start"
                time.sleep(_POLL_SECONDS)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)

"""Requests without a pause, to see what callers get while something breaks."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

import httpx

Post = Callable[[str, dict[str, Any]], httpx.Response]


class Load:
    """Threads that post one text after the other until told to stop."""

    def __init__(self, post: Post, threads: int = 4) -> None:
        self.statuses: list[int] = []
        self.failures: list[str] = []
        self.slowest_seconds = 0.0
        self._post = post
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def _run(self) -> None:
        while not self._stop.is_set():
            start = time.monotonic()
            try:
                self.statuses.append(self._post("/infer", {"text": "How far is the airport?"}).status_code)
            except Exception as error:
                self.failures.append(repr(error))
                return
            self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - start)

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

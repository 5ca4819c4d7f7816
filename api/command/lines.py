"""Lines of an endless input as batches: bounded memory, bounded parallelism, the order of the input kept."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from queue import Empty, Queue

from api.client import ClientError, Problem, Result, ServerError

__all__ = ["BATCH_SIZE", "PARALLEL", "Translate", "splitting", "translate_lines"]

Translate = Callable[[Sequence[str]], Sequence[Result]]

BATCH_SIZE = 64
PARALLEL = 4
# At most four bytes each, in a body of which the server takes a mebibyte.
_MOST_CHARACTERS = 200_000
# How long a line waits for others to share its batch.
_LINGER_SECONDS = 0.02
_TOO_MUCH = 413
_BROKEN = Problem("the line is not valid UTF-8", "invalid_text")


@dataclass(frozen=True, slots=True)
class _End:
    """The end of the input, or the error that reading it ended with."""

    error: BaseException | None = None


class _Reader:
    """Reads lines in a thread of its own, since reading a pipe blocks, and holds few of them."""

    def __init__(self, lines: Iterable[str], most_held: int) -> None:
        self._lines = lines
        self._queue: Queue[str | _End] = Queue(most_held)
        self._stopped = threading.Event()
        self._first: str | _End | None = None
        self.ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def stop(self) -> None:
        """Read no more than the line that is being waited for."""
        self._stopped.set()
        # Room for a line that waits to be put: it is the last one.
        with suppress(Empty):
            self._queue.get_nowait()

    def _read(self) -> None:
        end = _End()
        try:
            for line in takewhile(lambda _: not self._stopped.is_set(), self._lines):
                self._queue.put(line)
        except Exception as error:
            # To be raised where the lines are used.
            end = _End(error)
        # Nobody may be left to make room for it.
        if not self._stopped.is_set():
            self._queue.put(end)

    def take(self, most: int, *, wait: bool) -> list[str]:
        """Return up to `most` of the next lines, none at the end; without `wait` none also if none comes at once."""
        batch: list[str] = []
        characters = 0
        while len(batch) < most and not self.ended:
            line = self._next(wait=wait and not batch)
            if line is None:
                break
            if isinstance(line, _End):
                self.ended = True
                if line.error is not None:
                    raise line.error
                break
            characters += len(line)
            if batch and characters > _MOST_CHARACTERS:
                self._first = line
                break
            batch.append(line)
        return batch

    def _next(self, *, wait: bool) -> str | _End | None:
        if self._first is not None:
            line, self._first = self._first, None
            return line
        try:
            return self._queue.get(timeout=None if wait else _LINGER_SECONDS)
        except Empty:
            return None


def translate_lines(
    lines: Iterable[str], translate: Translate, *, batch_size: int = BATCH_SIZE, parallel: int = PARALLEL
) -> Iterator[Sequence[Result]]:
    """Yield the results of the lines in their order, by batches of at most `batch_size`, `parallel` at a time.

    What there is of the input is sent at once: a batch is small when lines come slowly. Raises what `translate`
    raises, and what reading raises.
    """
    reader = _Reader(lines, most_held=batch_size)
    pool = ThreadPoolExecutor(parallel)
    pending: deque[Future[Sequence[Result]]] = deque()
    try:
        while True:
            if len(pending) < parallel and not reader.ended:
                batch = reader.take(batch_size, wait=not pending)
                if batch:
                    pending.append(pool.submit(translate, batch))
                    continue
            if not pending:
                return
            yield pending.popleft().result()
    finally:
        reader.stop()
        pool.shutdown(wait=False, cancel_futures=True)


def splitting(translate: Translate) -> Translate:
    """Return a `translate` that sends only what can be sent, in halves where the server finds a batch too much."""

    def in_parts(texts: Sequence[str]) -> Sequence[Result]:
        try:
            return translate(texts)
        except ServerError as error:
            if error.status != _TOO_MUCH:
                raise
            if len(texts) == 1:
                return [Result(texts[0], {}, _problem_of(error))]
        half = len(texts) // 2
        return [*in_parts(texts[:half]), *in_parts(texts[half:])]

    def sound_only(texts: Sequence[str]) -> Sequence[Result]:
        sound = [text for text in texts if _is_sound(text)]
        results = iter(in_parts(sound) if sound else ())
        return [next(results) if _is_sound(text) else _broken(text) for text in texts]

    return sound_only


def _problem_of(error: ClientError) -> Problem:
    return Problem(str(error), error.error_type or "")


def _is_sound(text: str) -> bool:
    """Whether the text could be decoded: what could not is a lone surrogate."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _broken(text: str) -> Result:
    return Result(text.encode(errors="surrogateescape").decode(errors="replace"), {}, _BROKEN)

"""Batches of an endless input."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Queue

import pytest

from api.client import Problem, Result, ServerError
from api.command.lines import splitting, translate_lines

PATIENCE_SECONDS = 10.0


def echo(texts: Sequence[str]) -> list[Result]:
    return [Result(text, {}) for text in texts]


def texts_of(batches: Iterator[Sequence[Result]]) -> list[str]:
    return [result.text for batch in batches for result in batch]


def too_much(most: int) -> ServerError:
    return ServerError(f"at most {most}", status=413, error_type="too_many_items")


def test_the_order_is_kept_whichever_batch_is_ready_first() -> None:
    second_is_done = threading.Event()

    def translate(texts: Sequence[str]) -> list[Result]:
        if texts[0] == "0":
            assert second_is_done.wait(PATIENCE_SECONDS)
        else:
            second_is_done.set()
        return echo(texts)

    lines = [str(number) for number in range(10)]
    assert texts_of(translate_lines(lines, translate, batch_size=5, parallel=2)) == lines


def test_no_more_than_so_many_lines_and_requests_at_a_time() -> None:
    sizes: list[int] = []
    running = most_running = 0
    lock = threading.Lock()

    def translate(texts: Sequence[str]) -> list[Result]:
        nonlocal running, most_running
        with lock:
            running += 1
            most_running = max(most_running, running)
            sizes.append(len(texts))
        with lock:
            running -= 1
        return echo(texts)

    lines = ["" if number % 3 else str(number) for number in range(500)]
    assert texts_of(translate_lines(lines, translate, batch_size=7, parallel=3)) == lines
    assert max(sizes) == 7
    assert most_running <= 3


def test_no_more_is_read_ahead_than_is_worked_on() -> None:
    read = 0
    readers: set[threading.Thread] = set()

    def endless() -> Iterator[str]:
        nonlocal read
        readers.add(threading.current_thread())
        while True:
            read += 1
            yield "line"

    batches = translate_lines(endless(), echo, batch_size=4, parallel=2)
    for _ in range(5):
        next(batches)
    batches.close()  # type: ignore[attr-defined]
    # Those given out, those in requests, those in the queue, and those in hand.
    assert read <= 5 * 4 + 2 * 4 + 4 + 2 * 4
    # A reader that waits for room is let go.
    [reader] = readers
    reader.join(PATIENCE_SECONDS)
    assert not reader.is_alive()


def test_a_line_does_not_wait_for_the_next_one() -> None:
    lines: Queue[str | None] = Queue()
    lines.put("first")
    with ThreadPoolExecutor(1) as pool:
        batches = translate_lines(iter(lines.get, None), echo)
        [first] = pool.submit(next, batches).result(PATIENCE_SECONDS)
        assert first.text == "first"
        lines.put("second")
        lines.put(None)
        assert pool.submit(texts_of, batches).result(PATIENCE_SECONDS) == ["second"]


def test_long_lines_make_smaller_batches() -> None:
    batches = list(translate_lines(["x" * 90_000] * 5, echo, parallel=1))
    assert [len(batch) for batch in batches] == [2, 2, 1]


def test_what_the_server_refuses_ends_it() -> None:
    def refuse(_texts: Sequence[str]) -> list[Result]:
        raise ServerError("no", status=403)

    with pytest.raises(ServerError):
        texts_of(translate_lines(["a"] * 1000, refuse, batch_size=2))


def test_an_error_of_the_input_is_told() -> None:
    def broken() -> Iterator[str]:
        yield "a"
        raise OSError("unplugged")

    with pytest.raises(OSError, match="unplugged"):
        texts_of(translate_lines(broken(), echo))


def test_a_batch_that_is_too_much_is_sent_in_halves() -> None:
    def small(texts: Sequence[str]) -> list[Result]:
        if len(texts) > 3:
            raise too_much(3)
        return echo(texts)

    lines = [str(number) for number in range(10)]
    assert [result.text for result in splitting(small)(lines)] == lines


def test_a_line_that_is_too_much_by_itself_is_a_problem_of_that_line() -> None:
    def small(texts: Sequence[str]) -> list[Result]:
        if sum(map(len, texts)) > 5:
            raise too_much(5)
        return echo(texts)

    results = splitting(small)(["a", "much too long", "b"])
    assert [result.problem and result.problem.error_type for result in results] == [None, "too_many_items", None]


def test_other_errors_of_a_batch_are_raised() -> None:
    def refuse(_texts: Sequence[str]) -> list[Result]:
        raise ServerError("no", status=403)

    with pytest.raises(ServerError):
        splitting(refuse)(["a", "b"])


def test_a_line_that_is_not_utf_8_is_not_sent() -> None:
    sent: list[str] = []

    def noting(texts: Sequence[str]) -> list[Result]:
        sent.extend(texts)
        return echo(texts)

    broken = b"caf\xe9".decode(errors="surrogateescape")
    first, second = splitting(noting)([broken, "é"])
    assert (first.text, first.problem) == ("caf\ufffd", Problem("the line is not valid UTF-8", "invalid_text"))
    assert (second.text, sent) == ("é", ["é"])
    assert splitting(noting)([broken])[0].problem is not None

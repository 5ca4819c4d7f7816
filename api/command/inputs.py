"""Files and standard input as text. What is not valid UTF-8 comes as lone surrogates, for others to tell of."""

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["ENCODING", "STDIN", "lines_of", "whole_of"]

STDIN = Path("-")
ENCODING = "utf-8-sig"


@contextmanager
def _opened(path: Path) -> Iterator[io.TextIOBase]:
    """Open a file, or standard input, for text that need not be valid."""
    raw = sys.stdin.buffer if path == STDIN else path.open("rb")
    stream = io.TextIOWrapper(raw, encoding=ENCODING, errors="surrogateescape")
    try:
        yield stream
    finally:
        if path == STDIN:
            stream.detach()
        else:
            stream.close()


def lines_of(paths: Iterable[Path]) -> Iterator[str]:
    """Yield the lines of files one after another, without their ends. Raises OSError."""
    for path in paths:
        with _opened(path) as stream:
            for line in stream:
                yield line.removesuffix("\n")


def whole_of(path: Path) -> str:
    """Return all of a file. Raises OSError."""
    with _opened(path) as stream:
        return stream.read()

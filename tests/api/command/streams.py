"""The command with streams of its own: in this process, where a terminal can be made up, and in another."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Run", "TerminalInput", "TerminalOutput", "process"]

ROOT = Path(__file__).parents[3]

Run = Callable[..., tuple[int, str, str]]


class TerminalOutput(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


class TerminalInput(io.TextIOWrapper):
    """Another one."""

    def isatty(self) -> bool:
        return True


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command as a process of its own, which does not outlive the test."""
    with subprocess.Popen(
        [sys.executable, "-m", "api.command", *arguments],
        # From whichever folder.
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as started:
        try:
            yield started
        finally:
            started.kill()

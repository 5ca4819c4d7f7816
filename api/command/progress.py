"""A progress bar, where somebody sees it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TimeElapsedColumn

from api.command.inputs import STDIN, lines_of

__all__ = ["Advance", "progress_of"]


@contextmanager
def progress_of(paths: Sequence[Path]) -> Iterator["Advance"]:
    """Show a progress bar on a terminal that does not get the translations themselves."""
    if not paths or not sys.stderr.isatty() or sys.stdout.isatty():
        yield Advance()
        return
    total = None if STDIN in paths else sum(1 for _ in lines_of(paths))
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # The translations are not for the terminal.
    with Progress(*columns, console=Console(stderr=True), redirect_stdout=False) as progress:
        yield Advance(progress, progress.add_task("Lines", total=total))


class Advance:
    """Moves a progress bar on, if there is one."""

    def __init__(self, progress: Progress | None = None, task: TaskID | None = None) -> None:
        self._progress = progress
        self._task = task

    def __call__(self, lines: int) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task, lines)

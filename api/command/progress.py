"""A progress bar, where somebody sees it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from api.client import Job, JobStatus
from api.command.inputs import STDIN, lines_of

__all__ = ["Advance", "job_progress", "progress_of"]


@contextmanager
def progress_of(paths: Sequence[Path]) -> Iterator["Advance"]:
    """Show a progress bar on a terminal that does not get the translations themselves."""
    if not paths or not sys.stderr.isatty() or sys.stdout.isatty():
        yield Advance()
        return
    total = None if STDIN in paths else sum(1 for _ in lines_of(paths))
    with _bar() as progress:
        yield Advance(progress, progress.add_task("Lines", total=total))


@contextmanager
def job_progress(name: str) -> Iterator[Callable[[Job], None]]:
    """Show how many sentences of a file are done, on a terminal, from the first news of its job."""
    progress = _bar()
    task = progress.add_task(name)
    with ExitStack() as shown:

        def show(job: Job) -> None:
            waiting = " (queued)" if job.status is JobStatus.QUEUED else ""
            progress.update(task, description=f"{name}{waiting}", total=job.segments_total, completed=job.segments_done)
            if not progress.live.is_started and sys.stderr.isatty():
                shown.enter_context(progress)

        yield show


def _bar() -> Progress:
    # A name in brackets is no markup.
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # What is written to standard output is not for the terminal.
    return Progress(*columns, console=Console(stderr=True), redirect_stdout=False)


class Advance:
    """Moves a progress bar on, if there is one."""

    def __init__(self, progress: Progress | None = None, task: TaskID | None = None) -> None:
        self._progress = progress
        self._task = task

    def __call__(self, lines: int) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task, lines)

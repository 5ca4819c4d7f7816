"""Files to translate: what is sent, how far the server is, what comes back; pure but for opening a file."""

import io
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Self, TypeAlias

from api.client.errors import JobFailedError, TimedOutError
from api.client.results import Answer, Problem

__all__ = [
    "FileSource",
    "Job",
    "JobStatus",
    "NamedFile",
    "Progress",
    "TranslatedFile",
    "finished",
    "opened",
    "poll_waits",
]

# A short text is done in no time; of a long one nobody needs to hear more often.
_FIRST_POLL_SECONDS = 0.1
_POLL_GROWTH = 1.5
_LONGEST_POLL_SECONDS = 2.0

FileSource: TypeAlias = str | os.PathLike[str] | bytes
"""A file on the disk, or what is in one."""


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    TRANSLATING = "translating"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """The translation of a file on the server: `segments_done` of `segments_total` sentences.

    Of a job that is done, `untranslated` sentences stayed in English in one of the languages at least; `problem` says
    why one failed. It is forgotten at `expires_at`, which is known once it has ended.
    """

    id: str
    status: JobStatus
    filename: str
    targets: tuple[str, ...]
    segments_total: int
    segments_done: int
    untranslated: int
    characters: int
    problem: Problem | None
    expires_at: datetime | None

    @property
    def has_ended(self) -> bool:
        """Whether it is done, or failed."""
        return self.status in {JobStatus.DONE, JobStatus.FAILED}

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Return what an answer says. Raises KeyError, TypeError or ValueError if it is none."""
        problem, expires_at = answer["error"], answer["expires_at"]
        return cls(
            answer["id"],
            JobStatus(answer["status"]),
            answer["filename"],
            tuple(answer["targets"]),
            answer["segments_total"],
            answer["segments_done"],
            answer["untranslated"],
            answer["characters"],
            None if problem is None else Problem.of(problem),
            None if expires_at is None else datetime.fromisoformat(expires_at),
        )


Progress: TypeAlias = Callable[[Job], object]
"""Is called with a job whenever there is news of it; what it raises cancels the job."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file in one language; its name, such as `report.de.docx`, is the server's and has no folders."""

    filename: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TranslatedFile:
    """A file by language; `untranslated` of its sentences stayed in English in one of them at least."""

    files: Mapping[str, NamedFile]
    segments_total: int
    untranslated: int


@contextmanager
def opened(source: FileSource, filename: str | None) -> Iterator[tuple[str, BinaryIO]]:
    """Open what is to be sent, and say under which name. Raises OSError, or ValueError for bytes without a name."""
    if isinstance(source, bytes):
        if not filename:
            raise ValueError("bytes need a filename, which says their format")
        yield filename, io.BytesIO(source)
        return
    # A name that is not valid UTF-8 cannot be sent as it is.
    name = filename or Path(source).name.encode(errors="replace").decode()
    with Path(source).open("rb") as file:
        yield name, file


def poll_waits(timeout_seconds: float | None) -> Iterator[float]:
    """Yield how long to wait, ever longer, before asking again; raises TimedOutError after `timeout_seconds`."""
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    wait = _FIRST_POLL_SECONDS
    while deadline is None or time.monotonic() < deadline:
        yield wait if deadline is None else min(wait, max(0.0, deadline - time.monotonic()))
        wait = min(wait * _POLL_GROWTH, _LONGEST_POLL_SECONDS)
    raise TimedOutError("the translation of the file took too long")


def finished(job: Job) -> Job:
    """Return a job that is done. Raises JobFailedError for one that failed."""
    if job.problem is not None:
        raise JobFailedError(job.problem.message, error_type=job.problem.error_type)
    return job

"""Translations of files as jobs: taken in, worked on one after another, kept for a while, and forgotten.

Files live in memory only, so nothing of them outlives the process or stays on a disk.
"""

import asyncio
import math
import secrets
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import PureWindowsPath

import structlog

from api.errors import (
    InternalError,
    JobNotFoundError,
    JobNotReadyError,
    TooManyJobsError,
    TranslateError,
    UnsupportedLanguageError,
)
from api.file_translation import FileTranslator
from api.files.document import FileDocument, FileLimits
from api.files.formats import format_of, read_file
from api.metrics import Metrics
from api.settings import Settings
from api.text.options import Options

__all__ = ["Job", "JobStatus", "JobStore"]

_LONGEST_STEM = 100

log = structlog.stdlib.get_logger(__name__)


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    TRANSLATING = "translating"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class Job:
    """The translation of one file; `key` is a second secret beside its id, for interfaces that have one.

    `segments` are sentences; those that are `untranslated` stayed in English in one of the languages at least. A
    job that has ended is forgotten at `expires`, by the clock of `time.time`.
    """

    job_id: str
    key: str
    account: str
    filename: str
    targets: tuple[str, ...]
    characters: int
    segments_total: int
    segments_done: int = 0
    untranslated: int = 0
    status: JobStatus = JobStatus.QUEUED
    error: TranslateError | None = None
    expires: float | None = None
    contents: Mapping[str, bytes] = field(default_factory=dict)
    fetched: set[str] = field(default_factory=set)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    started: float | None = None

    def is_key(self, key: str) -> bool:
        """Whether this is the job's key, told in constant time."""
        return secrets.compare_digest(self.key.encode(), key.encode())

    @property
    def seconds_remaining(self) -> int | None:
        """How long the models may still take, judged by how long they took; None before and after their work."""
        if self.status is not JobStatus.TRANSLATING or self.started is None or not self.segments_done:
            return None
        share_left = (self.segments_total - self.segments_done) / self.segments_done
        return math.ceil((time.monotonic() - self.started) * share_left)

    def filename_in(self, target: str) -> str:
        """Return the name of the file in a language: `report.de.docx`."""
        name = PureWindowsPath(self.filename)
        return f"{name.stem[:_LONGEST_STEM]}.{target}{name.suffix}"

    def result(self, target: str | None = None) -> tuple[str, bytes]:
        """Return the name and the bytes of the file in a language, which a job with one target need not be told.

        Raises UnsupportedLanguageError, JobNotReadyError, or the error of the job.
        """
        if target is None and len(self.targets) == 1:
            [target] = self.targets
        if target is None or target not in self.targets:
            raise UnsupportedLanguageError(f"target: must be one of {', '.join(self.targets)}")
        if self.error is not None:
            raise self.error.with_traceback(None)
        if self.status is not JobStatus.DONE:
            raise JobNotReadyError
        self.fetched.add(target)
        return self.filename_in(target), self.contents[target]


class JobStore:
    """All jobs of this process; no account has more than the settings allow."""

    def __init__(self, translator: FileTranslator, settings: Settings, metrics: Metrics) -> None:
        self._metrics = metrics
        self._translator = translator
        self._settings = settings
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._slots = asyncio.Semaphore(settings.max_running_jobs)
        for status in JobStatus:
            metrics.jobs_kept.labels(status).set_function(partial(self._count, status))

    def _count(self, status: JobStatus) -> int:
        return sum(job.status is status for job in self._jobs.values())

    async def read(self, filename: str, data: bytes, options: Options) -> FileDocument:
        """Return a file as what is to be translated of it. Raises what `read_file` raises."""
        limits = FileLimits(self._settings.max_unpacked_bytes, self._settings.max_file_characters)
        format_of(filename)
        return await asyncio.to_thread(read_file, filename, data, options, limits)

    def submit(
        self, account: str, filename: str, document: FileDocument, targets: Sequence[str], options: Options
    ) -> Job:
        """Start the translation of a file that has been read. Raises TooManyJobsError."""
        self._make_room(account)
        segments = [segment for text in document.documents for segment in text.segments]
        job = Job(
            job_id=str(uuid.uuid4()),
            key=secrets.token_hex(32),
            account=account,
            filename=PureWindowsPath(filename).name,
            targets=tuple(targets),
            characters=sum(len(segment.text) for segment in segments),
            segments_total=len(segments),
        )
        self._jobs[job.job_id] = job
        self._tasks[job.job_id] = asyncio.create_task(self._work(job, document, options))
        return job

    def _make_room(self, account: str) -> None:
        """Forget the oldest job of an account that was fetched in all its languages, if it has as many as it may."""
        jobs = [job for job in self._jobs.values() if job.account == account]
        if len(jobs) < self._settings.max_jobs:
            return
        fetched = next((job for job in jobs if job.fetched == set(job.targets)), None)
        if fetched is None:
            raise TooManyJobsError
        self._forget(fetched.job_id)

    async def _work(self, job: Job, document: FileDocument, options: Options) -> None:
        def advance(segments: int) -> None:
            job.segments_done += segments

        try:
            async with self._slots:
                job.status, job.started = JobStatus.TRANSLATING, time.monotonic()
                translated = await self._translator.translate(document, job.targets, options, advance)
            job.contents, job.untranslated = translated.contents, translated.untranslated
            job.status = JobStatus.DONE
            self._metrics.characters.inc(job.characters)
        except asyncio.CancelledError:
            self._note(job, "cancelled")
            raise
        except TranslateError as error:
            job.error, job.status = error, JobStatus.FAILED
        except Exception:
            log.exception("job_failed")
            job.error, job.status = InternalError(), JobStatus.FAILED
        self._note(job, job.status)
        self._tasks.pop(job.job_id, None)
        seconds = self._settings.job_expiry_seconds
        job.expires = time.time() + seconds
        self._timers[job.job_id] = asyncio.get_running_loop().call_later(seconds, self._forget, job.job_id)
        job.ended.set()

    def _note(self, job: Job, outcome: str) -> None:
        [suffix, *_] = format_of(job.filename).suffixes
        self._metrics.jobs.labels(suffix.removeprefix("."), outcome).inc()

    def get(self, job_id: str, account: str | None = None) -> Job:
        """Return a job, of this account only if one is given. Raises JobNotFoundError."""
        job = self._jobs.get(job_id)
        if job is None or account not in (None, job.account):
            raise JobNotFoundError
        return job

    def remove(self, job: Job) -> None:
        """Cancel a job if it has not ended, and forget it."""
        self._forget(job.job_id)

    def _forget(self, job_id: str) -> None:
        if (job := self._jobs.pop(job_id, None)) is not None:
            # Of a cancelled job nobody else tells those who wait for it.
            job.ended.set()
        if (task := self._tasks.pop(job_id, None)) is not None:
            task.cancel()
        if (timer := self._timers.pop(job_id, None)) is not None:
            timer.cancel()

    async def close(self) -> None:
        """Cancel and forget all jobs."""
        tasks = list(self._tasks.values())
        for job_id in list(self._jobs):
            self._forget(job_id)
        await asyncio.gather(*tasks, return_exceptions=True)

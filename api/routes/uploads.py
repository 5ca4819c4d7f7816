"""What the routes that take files share, in whichever form."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from api.access import Caller
from api.all_or_nothing import english_or_error
from api.bodies import Upload, read_upload
from api.dependencies import Resources, TextRecorder, UseResources, admit_with, key_of_request
from api.errors import (
    BodyTooLargeError,
    BrokenFileError,
    DeadlineExceededError,
    FileTooLargeError,
    OverloadedError,
    RateLimitedError,
    TextTooLongError,
    TooManyItemsError,
    TooManyJobsError,
    TritonUnavailableError,
    UnsupportedFileError,
    UnsupportedLanguageError,
    ValidationFailedError,
)
from api.files.document import FileDocument
from api.files.formats import format_of
from api.jobs import Job
from api.text.options import Options

__all__ = ["FILE_ANSWER", "JOB_ERRORS", "UPLOAD_ERRORS", "admitted_upload", "file_response", "start_job"]

UPLOAD_ERRORS = (
    UnsupportedLanguageError,
    TooManyItemsError,
    TextTooLongError,
    BodyTooLargeError,
    FileTooLargeError,
    UnsupportedFileError,
    ValidationFailedError,
    BrokenFileError,
    RateLimitedError,
    TooManyJobsError,
)
# With which a translation that was started may end.
JOB_ERRORS = (OverloadedError, TritonUnavailableError, DeadlineExceededError)
FILE_ANSWER: Mapping[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {"application/octet-stream": {}}}
}
# Enough to tell a language.
_SAMPLE_SEGMENTS = 100


def admitted_upload(key_field: str) -> Callable[[Request, Resources], Awaitable[Upload]]:
    """Return a dependency: the file of a form that is let in by the key of its header, query or field `key_field`."""

    async def upload_of(request: Request, resources: UseResources) -> Upload:
        upload = await read_upload(request, resources.settings, lists=())
        caller = admit_with(request, resources, key_of_request(request) or upload.fields.get(key_field))
        await resources.access.count_request(caller)
        return upload

    return upload_of


async def start_job(
    upload: Upload,
    targets: Sequence[str],
    options: Options,
    resources: Resources,
    caller: Caller,
    record: TextRecorder,
    *,
    detect_source: bool = False,
) -> Job:
    """Return the job that translates a file; `detect_source`: whether to refuse one that is surely not English.

    Raises one of `UPLOAD_ERRORS`, or NotEnglishError.
    """
    resources.service.check([], targets, options)
    document = await resources.jobs.read(upload.filename, upload.data, options)
    if detect_source:
        await english_or_error([_sample(document)], resources.settings, field="file")
    await record([segment.text for text in document.documents for segment in text.segments])
    return resources.jobs.submit(caller.account, upload.filename, document, targets, options)


def _sample(document: FileDocument) -> str:
    segments = (segment.text for text in document.documents for segment in text.segments)
    return " ".join(islice(segments, _SAMPLE_SEGMENTS))


def file_response(job: Job, target: str | None = None) -> Response:
    """Return the result of a job as a download. Raises what `Job.result` raises."""
    name, content = job.result(target)
    return Response(
        content,
        media_type=format_of(name).media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "X-Content-Type-Options": "nosniff",
        },
    )

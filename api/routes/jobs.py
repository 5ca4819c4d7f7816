"""Translations of files: `/jobs`. There is no list of them, and whoever knows an id cannot guess another."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.access import Caller
from api.bodies import Upload, parse_fields, read_upload, upload_schema
from api.dependencies import DocumentedKey, RecordTexts, UseCaller, UseResources, admit, admit_counted
from api.error_answers import error_responses
from api.errors import (
    InternalError,
    InvalidApiKeyError,
    JobNotFoundError,
    JobNotReadyError,
    MissingApiKeyError,
    UnsupportedLanguageError,
)
from api.jobs import Job
from api.routes.uploads import FILE_ANSWER, JOB_ERRORS, UPLOAD_ERRORS, file_response, start_job
from api.schemas import JobRequest, JobResponse

__all__ = ["router"]

router = APIRouter(prefix="/jobs", tags=["Files"], dependencies=[DocumentedKey])

_ACCESS_ERRORS = (MissingApiKeyError, InvalidApiKeyError, InternalError)
_PARAMETER = {"name": "job_id", "in": "path", "required": True, "schema": {"type": "string"}}
_ERRORS_OF_ONE = error_responses(*_ACCESS_ERRORS, JobNotFoundError)


async def _upload(
    request: Request, resources: UseResources, _caller: Annotated[Caller, Depends(admit_counted)]
) -> Upload:
    return await read_upload(request, resources.settings, lists={"target", "do_not_translate"})


async def _requested(request: Request, caller: Annotated[Caller, Depends(admit)], resources: UseResources) -> Job:
    return resources.jobs.get(request.path_params["job_id"], caller.account)


_Requested = Annotated[Job, Depends(_requested)]


@router.post(
    "",
    status_code=202,
    summary="Translate a file",
    description=(
        "Returns a job at once, or says what is wrong with the file. Poll it at the `Location` until its `status` is "
        "`done` or `failed`. A sentence that cannot be translated stays in English and leaves the others alone."
    ),
    openapi_extra=upload_schema(JobRequest),
    responses=error_responses(*_ACCESS_ERRORS, *UPLOAD_ERRORS),
)
async def submit(
    upload: Annotated[Upload, Depends(_upload)],
    caller: UseCaller,
    resources: UseResources,
    record: RecordTexts,
    response: Response,
) -> JobResponse:
    """Start the translation of a file."""
    body = parse_fields(JobRequest, dict(upload.fields))
    job = await start_job(upload, body.targets, body.options(), resources, caller, record)
    response.headers["Location"] = f"{router.prefix}/{job.job_id}"
    return JobResponse.of(job)


@router.get("/{job_id}", summary="How far is it?", openapi_extra={"parameters": [_PARAMETER]}, responses=_ERRORS_OF_ONE)
async def describe(job: _Requested) -> JobResponse:
    """Return a job as it stands."""
    return JobResponse.of(job)


@router.get(
    "/{job_id}/result",
    summary="Fetch the translated file",
    description="May be fetched until the job expires. The error of a job that failed is the answer.",
    response_class=Response,
    openapi_extra={
        "parameters": [
            _PARAMETER,
            {
                "name": "target",
                "in": "query",
                "schema": {"type": "string"},
                "description": "The language, if the job has several.",
            },
        ]
    },
    responses={
        **FILE_ANSWER,
        **error_responses(*_ACCESS_ERRORS, *JOB_ERRORS, UnsupportedLanguageError, JobNotFoundError, JobNotReadyError),
    },
)
async def result(request: Request, job: _Requested) -> Response:
    """Return the file in one language."""
    return file_response(job, request.query_params.get("target"))


@router.delete(
    "/{job_id}",
    status_code=204,
    summary="Cancel and forget",
    openapi_extra={"parameters": [_PARAMETER]},
    responses=_ERRORS_OF_ONE,
)
async def delete(job: _Requested, resources: UseResources) -> None:
    """Cancel a job if it has not ended, and forget its file and translations."""
    resources.jobs.remove(job)

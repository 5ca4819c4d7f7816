"""LibreTranslate's translation of files: `/translate_file`, and `/download_file/…` for what it made."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.bodies import Upload, parse_fields, upload_schema
from api.dependencies import DocumentedKey, RecordTexts, UseCaller, UseResources
from api.ensembles import SOURCE
from api.error_answers import error_responses
from api.errors import (
    InternalError,
    InvalidApiKeyError,
    JobNotFoundError,
    JobNotReadyError,
    MissingApiKeyError,
    NotEnglishError,
    UnsupportedLanguageError,
)
from api.libretranslate import AUTOMATIC, FileRequest, FileResponse
from api.routes.uploads import FILE_ANSWER, JOB_ERRORS, UPLOAD_ERRORS, admitted_upload, file_response, start_job
from api.text.options import Options

__all__ = ["router"]

router = APIRouter(tags=["LibreTranslate"])


@router.post(
    "/translate_file",
    summary="Translate a file",
    description="Answers once the file is translated; `/jobs` answers at once and tells how far it is.",
    dependencies=[DocumentedKey],
    openapi_extra=upload_schema(FileRequest),
    responses=error_responses(
        MissingApiKeyError,
        InvalidApiKeyError,
        *UPLOAD_ERRORS,
        *JOB_ERRORS,
        NotEnglishError,
        InternalError,
    ),
)
async def translate_file(
    request: Request,
    upload: Annotated[Upload, Depends(admitted_upload("api_key"))],
    caller: UseCaller,
    resources: UseResources,
    record: RecordTexts,
) -> FileResponse:
    """Translate a file into one language."""
    body = parse_fields(FileRequest, dict(upload.fields))
    if body.source not in (SOURCE, AUTOMATIC):
        raise UnsupportedLanguageError(f"source: must be {SOURCE} or {AUTOMATIC}")
    detect_source = body.source == AUTOMATIC
    job = await start_job(upload, [body.target], Options(), resources, caller, record, detect_source=detect_source)
    await job.ended.wait()
    if job.error is not None:
        raise job.error
    url = request.url_for("download_file", job_id=job.job_id, filename=quote(job.filename_in(body.target)))
    return FileResponse(translatedFileUrl=str(url))


@router.get(
    "/download_file/{job_id}/{filename}",
    summary="Download a translated file",
    response_class=Response,
    openapi_extra={
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in ("job_id", "filename")
        ]
    },
    responses={**FILE_ANSWER, **error_responses(JobNotFoundError, JobNotReadyError, InternalError)},
)
async def download_file(request: Request, resources: UseResources) -> Response:
    """Return a file that `/translate_file` made. Its address is secret enough to need no key, as LibreTranslate's."""
    return file_response(resources.jobs.get(request.path_params["job_id"]))

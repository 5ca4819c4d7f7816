"""DeepL's translation of documents: `/v2/document`. A document is forgotten once it was downloaded, as with DeepL."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.bodies import Upload, body_schema, parse_fields, upload_schema
from api.deepl import check_source, target_of
from api.deepl_documents import DocumentHandle, DocumentKey, DocumentRequest, DocumentStatus
from api.dependencies import DocumentedKey, RecordTexts, UseCaller, UseResources
from api.error_answers import error_responses
from api.errors import GlossaryNotFoundError, JobNotFoundError, JobNotReadyError, NotEnglishError
from api.jobs import Job
from api.routes.deepl_fields import ACCESS_ERRORS, DeepLFields, requested_glossary
from api.routes.uploads import FILE_ANSWER, JOB_ERRORS, UPLOAD_ERRORS, admitted_upload, file_response, start_job
from api.text.options import Options

__all__ = ["router"]

router = APIRouter(prefix="/v2/document", tags=["DeepL"], dependencies=[DocumentedKey])

_PARAMETER = {"parameters": [{"name": "document_id", "in": "path", "required": True, "schema": {"type": "string"}}]}


async def _requested(request: Request, fields: DeepLFields, caller: UseCaller, resources: UseResources) -> Job:
    job = resources.jobs.get(request.path_params["document_id"], caller.account)
    if not job.is_key(parse_fields(DocumentKey, fields).document_key):
        raise JobNotFoundError
    return job


_Requested = Annotated[Job, Depends(_requested)]


@router.post(
    "",
    summary="Translate a document",
    openapi_extra=upload_schema(DocumentRequest),
    responses=error_responses(*ACCESS_ERRORS, *UPLOAD_ERRORS, NotEnglishError, GlossaryNotFoundError, deepl=True),
)
async def upload(
    upload: Annotated[Upload, Depends(admitted_upload("auth_key"))],
    caller: UseCaller,
    resources: UseResources,
    record: RecordTexts,
) -> DocumentHandle:
    """Start the translation of a document."""
    body = parse_fields(DocumentRequest, dict(upload.fields))
    named = Upload(body.filename or upload.filename, upload.data, {})
    body.refuse_unsupported(named.filename)
    target = target_of(body.target_lang)
    glossary = requested_glossary(resources, caller, body.glossary_id, target)
    if body.source_lang:
        check_source(body.source_lang)
    options = Options(glossary={target: glossary.entries} if glossary else {})
    job = await start_job(named, [target], options, resources, caller, record, detect_source=not body.source_lang)
    return DocumentHandle(document_id=job.job_id, document_key=job.key)


@router.post(
    "/{document_id}",
    summary="How far is it?",
    openapi_extra=_PARAMETER | body_schema(DocumentKey),
    response_model_exclude_none=True,
    responses=error_responses(*ACCESS_ERRORS, JobNotFoundError, deepl=True),
)
async def status(job: _Requested) -> DocumentStatus:
    """Return the state of a translation."""
    return DocumentStatus.of(job)


@router.post(
    "/{document_id}/result",
    summary="Download the translated document",
    description="Can be done once: the document is forgotten then.",
    response_class=Response,
    openapi_extra=_PARAMETER | body_schema(DocumentKey),
    responses={
        **FILE_ANSWER,
        **error_responses(*ACCESS_ERRORS, *JOB_ERRORS, JobNotFoundError, JobNotReadyError, deepl=True),
    },
)
async def result(job: _Requested, resources: UseResources) -> Response:
    """Return the document, and forget it."""
    response = file_response(job)
    resources.jobs.remove(job)
    return response

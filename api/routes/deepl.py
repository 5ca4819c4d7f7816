"""The interface of DeepL: `/v2/translate`, `/v2/languages` and `/v2/usage`. Errors have DeepL's form too."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.access import Caller
from api.all_or_nothing import english_or_error, translations_or_error
from api.bodies import body_schema, parse_fields, query_schema
from api.deepl import (
    LanguagesRequest,
    SourceLanguage,
    TargetLanguage,
    TranslateRequest,
    TranslateResponse,
    Translation,
    Usage,
    check_source,
    source_languages,
    target_languages,
    target_of,
)
from api.dependencies import (
    DocumentedKey,
    RecordTexts,
    UseCaller,
    UseResources,
    admit,
)
from api.error_answers import error_responses
from api.errors import (
    ALL_OR_NOTHING_ERRORS,
    GlossaryNotFoundError,
    InvalidApiKeyError,
    MissingApiKeyError,
)
from api.routes.deepl_fields import ACCESS_ERRORS, DeepLFields, requested_glossary

__all__ = ["router"]

router = APIRouter(prefix="/v2", tags=["DeepL"], dependencies=[DocumentedKey])


@router.post(
    "/translate",
    summary="Translate into one language",
    description=(
        "An option that cannot be followed is refused. The first text that cannot be translated makes the whole "
        "request fail; with several texts the message starts with its index: `text[3]: `."
    ),
    openapi_extra=body_schema(TranslateRequest),
    response_model_exclude_none=True,
    responses=error_responses(*ALL_OR_NOTHING_ERRORS, GlossaryNotFoundError, deepl=True),
)
async def translate(
    fields: DeepLFields, resources: UseResources, caller: UseCaller, record: RecordTexts
) -> TranslateResponse:
    """Translate texts as one batch."""
    await resources.access.count_request(caller)
    body = parse_fields(TranslateRequest, fields)
    body.refuse_unsupported()
    target = target_of(body.target_lang)
    options = body.options(requested_glossary(resources, caller, body.glossary_id, target))
    await record(body.text)
    if body.source_lang:
        check_source(body.source_lang)
    else:
        await english_or_error(body.text, resources.settings, field="text", text_format=options.format)
    found = await translations_or_error(resources.service, body.text, target, options, field="text")
    return TranslateResponse(
        translations=[
            Translation(
                text=best.text,
                billed_characters=len(text) if body.show_billed_characters else None,
                model_type_used=body.model_type_used,
            )
            for text, (best, *_) in zip(body.text, found, strict=True)
        ]
    )


@router.get(
    "/languages",
    summary="List the languages",
    responses=error_responses(*ACCESS_ERRORS, deepl=True),
    openapi_extra=query_schema(LanguagesRequest),
)
@router.post(
    "/languages",
    summary="List the languages",
    responses=error_responses(*ACCESS_ERRORS, deepl=True),
    openapi_extra=body_schema(LanguagesRequest),
)
async def languages(fields: DeepLFields) -> list[TargetLanguage] | list[SourceLanguage]:
    """Return the source languages, or with `type=target` the target languages."""
    return target_languages() if parse_fields(LanguagesRequest, fields).type == "target" else source_languages()


@router.get(
    "/usage", summary="What was used", responses=error_responses(MissingApiKeyError, InvalidApiKeyError, deepl=True)
)
@router.post(
    "/usage", summary="What was used", responses=error_responses(MissingApiKeyError, InvalidApiKeyError, deepl=True)
)
async def usage(resources: UseResources, caller: Annotated[Caller, Depends(admit)]) -> Usage:
    """Return the characters that the key (or, without keys, everyone) sent since the server started."""
    return Usage(character_count=resources.access.used_characters(caller))

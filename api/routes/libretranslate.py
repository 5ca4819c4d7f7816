"""The interface of LibreTranslate: `/translate`, `/detect`, `/languages`, `/frontend/settings` and `/health`."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from api.all_or_nothing import english_or_error, translations_or_error
from api.bodies import body_schema, parse_fields, read_fields
from api.dependencies import DocumentedKey, RecordTexts, UseResources, admit_with, key_of_request
from api.detection import detect
from api.ensembles import ALL_TARGETS, ENSEMBLE_TARGETS, LANGUAGE_NAMES, SOURCE
from api.error_answers import error_responses
from api.errors import (
    ALL_OR_NOTHING_ERRORS,
    BodyTooLargeError,
    InternalError,
    InvalidApiKeyError,
    MissingApiKeyError,
    RateLimitedError,
    TextTooLongError,
    TritonUnavailableError,
    UnsupportedLanguageError,
    ValidationFailedError,
)
from api.files.formats import FORMATS
from api.libretranslate import (
    AUTOMATIC,
    Detection,
    DetectRequest,
    FrontendLanguage,
    FrontendLanguages,
    FrontendSettings,
    HealthResponse,
    Language,
    TranslateRequest,
    TranslateResponse,
)
from api.readiness import readiness_of
from api.text.options import Options

__all__ = ["router"]

_TYPING_PAUSE_MILLISECONDS = 500

router = APIRouter(tags=["LibreTranslate"])


async def _admitted_fields(request: Request, resources: UseResources) -> dict[str, Any]:
    """Return the fields of the body, once the request is let in by the key of its header, query or body."""
    fields = await read_fields(request, resources.settings, lists={"q"})
    in_body = fields.get("api_key")
    caller = admit_with(request, resources, key_of_request(request) or (in_body if isinstance(in_body, str) else None))
    await resources.access.count_request(caller)
    return fields


_Fields = Annotated[dict[str, Any], Depends(_admitted_fields)]


@router.post(
    "/translate",
    summary="Translate into one language",
    description=(
        "The answer has no place for the error of one text, so the first text that cannot be translated "
        "makes the whole request fail; with several texts the message starts with its index: `q[3]: `."
    ),
    dependencies=[DocumentedKey],
    openapi_extra=body_schema(TranslateRequest),
    response_model_exclude_none=True,
    responses=error_responses(*ALL_OR_NOTHING_ERRORS),
)
async def translate(fields: _Fields, resources: UseResources, record: RecordTexts) -> TranslateResponse:
    """Translate a text, or a list of texts as one batch."""
    body = parse_fields(TranslateRequest, fields)
    if body.alternatives > resources.settings.max_alternatives:
        raise ValidationFailedError(f"alternatives: must be at most {resources.settings.max_alternatives}")
    await record(body.texts)
    source, detected = body.source, None
    if source == AUTOMATIC:
        likelihoods = await english_or_error(body.texts, resources.settings, field="q", text_format=body.format)
        source, detected = SOURCE, [Detection.of(SOURCE, likelihood) for likelihood in likelihoods]
    if source != SOURCE:
        raise UnsupportedLanguageError(f"source: must be {SOURCE} or {AUTOMATIC}")
    options = Options(num_alternatives=body.alternatives, format=body.format)
    found = await translations_or_error(resources.service, body.texts, body.target, options, field="q")
    return TranslateResponse.of(body, found, detected)


@router.post(
    "/detect",
    summary="Detect the language of a text",
    description="The most likely languages, best first. English with a confidence of 0 stands for no idea.",
    dependencies=[DocumentedKey],
    openapi_extra=body_schema(DetectRequest),
    responses=error_responses(
        MissingApiKeyError,
        InvalidApiKeyError,
        TextTooLongError,
        BodyTooLargeError,
        ValidationFailedError,
        RateLimitedError,
        InternalError,
    ),
)
async def detect_language(fields: _Fields, record: RecordTexts) -> list[Detection]:
    """Return what the text may be."""
    body = parse_fields(DetectRequest, fields)
    await record([body.text])
    return Detection.all_of(await detect(body.text))


@router.get("/languages", summary="List the languages")
async def languages() -> list[Language]:
    """Return each source language with its targets."""
    targets = list(ENSEMBLE_TARGETS[ALL_TARGETS])
    return [Language(code=SOURCE, name=LANGUAGE_NAMES[SOURCE], targets=targets)]


@router.get("/frontend/settings", summary="What a web page in front needs to know")
async def frontend_settings(resources: UseResources) -> FrontendSettings:
    """Return limits, and the languages to offer first."""
    first, *_ = ENSEMBLE_TARGETS[ALL_TARGETS]
    return FrontendSettings(
        charLimit=resources.settings.max_characters,
        frontendTimeout=_TYPING_PAUSE_MILLISECONDS,
        apiKeys=resources.access.asks_for_keys,
        keyRequired=resources.access.asks_for_keys,
        maxAlternatives=resources.settings.max_alternatives,
        supportedFilesFormat=[suffix for known in FORMATS for suffix in known.suffixes],
        maxFileBytes=resources.settings.max_file_bytes,
        language=FrontendLanguages(
            source=FrontendLanguage(code=AUTOMATIC, name="Auto Detect"),
            target=FrontendLanguage(code=first, name=LANGUAGE_NAMES[first]),
        ),
    )


@router.get("/health", summary="Can it translate?", responses=error_responses(TritonUnavailableError))
async def health(resources: UseResources) -> HealthResponse:
    """Return 200 only if Triton reports every ensemble and every model in them ready."""
    if not (await readiness_of(resources.client, resources.settings)).ready:
        raise TritonUnavailableError
    return HealthResponse()

"""DeepL's glossaries: `/v2/glossaries` and `/v2/glossary-language-pairs`. They are kept in memory, by API key."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.access import Caller
from api.bodies import body_schema, parse_fields
from api.deepl import check_source, target_of
from api.deepl_glossaries import (
    Glossaries,
    GlossaryInformation,
    GlossaryLanguagePair,
    GlossaryLanguagePairs,
    GlossaryRequest,
)
from api.dependencies import DocumentedKey, UseCaller, UseResources, admit
from api.ensembles import ALL_TARGETS, ENSEMBLE_TARGETS, SOURCE
from api.error_answers import error_responses
from api.errors import GlossaryNotFoundError, TooManyItemsError, UnsupportedLanguageError
from api.glossaries import Glossary, entries_as_tsv, parse_entries
from api.routes.deepl_fields import ACCESS_ERRORS, DeepLFields

__all__ = ["router"]

_TSV = "text/tab-separated-values"

router = APIRouter(prefix="/v2", tags=["DeepL"], dependencies=[DocumentedKey])

_Admitted = Annotated[Caller, Depends(admit)]
_ERRORS = error_responses(*ACCESS_ERRORS, deepl=True)
_ERRORS_OF_ONE = error_responses(*ACCESS_ERRORS, GlossaryNotFoundError, deepl=True)

# A parameter of the function would make FastAPI document an answer 422, which there is none of under `/v2/`.
_PARAMETER = {"parameters": [{"name": "glossary_id", "in": "path", "required": True, "schema": {"type": "string"}}]}


async def _requested(request: Request, caller: _Admitted, resources: UseResources) -> Glossary:
    return resources.glossaries.get(caller.account, request.path_params["glossary_id"])


_Requested = Annotated[Glossary, Depends(_requested)]


@router.get("/glossary-language-pairs", summary="List the languages of glossaries", responses=_ERRORS)
async def language_pairs(_caller: _Admitted) -> GlossaryLanguagePairs:
    """Return the pairs of languages that a glossary can be between."""
    targets = ENSEMBLE_TARGETS[ALL_TARGETS]
    return GlossaryLanguagePairs(
        supported_languages=[GlossaryLanguagePair(source_lang=SOURCE, target_lang=target) for target in targets]
    )


@router.post(
    "/glossaries",
    status_code=201,
    summary="Keep a glossary",
    openapi_extra=body_schema(GlossaryRequest),
    responses=error_responses(*ACCESS_ERRORS, UnsupportedLanguageError, TooManyItemsError, deepl=True),
)
async def create(fields: DeepLFields, caller: UseCaller, resources: UseResources) -> GlossaryInformation:
    """Keep a glossary until it is deleted or the API ends."""
    body = parse_fields(GlossaryRequest, fields)
    check_source(body.source_lang)
    limits = resources.settings
    glossary = resources.glossaries.add(
        caller.account,
        name=body.name,
        source=SOURCE,
        target=target_of(body.target_lang),
        entries=parse_entries(
            body.entries, body.entries_format, most=limits.max_terms, longest=limits.max_term_characters
        ),
    )
    return GlossaryInformation.of(glossary)


@router.get("/glossaries", summary="List the glossaries", responses=_ERRORS)
async def list_all(caller: _Admitted, resources: UseResources) -> Glossaries:
    """Return all glossaries of the caller's key, or without keys all there are."""
    kept = resources.glossaries.all_of(caller.account)
    return Glossaries(glossaries=[GlossaryInformation.of(glossary) for glossary in kept])


@router.get(
    "/glossaries/{glossary_id}", summary="Describe a glossary", openapi_extra=_PARAMETER, responses=_ERRORS_OF_ONE
)
async def describe(glossary: _Requested) -> GlossaryInformation:
    """Return a glossary without its entries."""
    return GlossaryInformation.of(glossary)


@router.get(
    "/glossaries/{glossary_id}/entries",
    summary="List the entries of a glossary",
    response_class=Response,
    openapi_extra=_PARAMETER,
    responses={200: {"description": "One line `source<TAB>target` for each.", "content": {_TSV: {}}}, **_ERRORS_OF_ONE},
)
async def entries(glossary: _Requested) -> Response:
    """Return the entries as tab-separated values."""
    return Response(entries_as_tsv(glossary.entries), media_type=_TSV)


@router.delete(
    "/glossaries/{glossary_id}",
    status_code=204,
    summary="Delete a glossary",
    openapi_extra=_PARAMETER,
    responses=_ERRORS_OF_ONE,
)
async def delete(glossary: _Requested, caller: _Admitted, resources: UseResources) -> None:
    """Forget a glossary."""
    resources.glossaries.remove(caller.account, glossary.glossary_id)

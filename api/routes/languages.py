"""`/languages`: what can be translated into what, in the form of LibreTranslate."""

from fastapi import APIRouter

from api.ensembles import ALL_TARGETS, ENSEMBLE_TARGETS, LANGUAGE_NAMES, SOURCE
from api.schemas import Language

__all__ = ["router"]

router = APIRouter(tags=["translation"])


@router.get("/languages", summary="List the languages")
async def languages() -> list[Language]:
    """Return each source language with its targets."""
    targets = list(ENSEMBLE_TARGETS[ALL_TARGETS])
    return [Language(code=SOURCE, name=LANGUAGE_NAMES[SOURCE], targets=targets)]

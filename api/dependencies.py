"""What routes get handed: the resources of the application, and the facts of the request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from api.facts import facts_of
from api.metrics import Metrics
from api.settings import Settings
from api.translation import TranslationService
from api.triton_client import TranslationClient

__all__ = ["RecordTexts", "Resources", "UseResources", "UseService"]


@dataclass(frozen=True, slots=True)
class Resources:
    """What lives as long as the application runs."""

    settings: Settings
    metrics: Metrics
    client: TranslationClient
    service: TranslationService


def _resources(request: Request) -> Resources:
    return cast(Resources, request.app.state.resources)


UseResources = Annotated[Resources, Depends(_resources)]


def _service(resources: UseResources) -> TranslationService:
    return resources.service


UseService = Annotated[TranslationService, Depends(_service)]


class TextRecorder:
    """Notes how much text a request has, for its access line; the texts themselves only if switched on."""

    def __init__(self, request: Request, resources: UseResources) -> None:
        self._facts = facts_of(request.scope)
        self._log_texts = resources.settings.log_texts

    def __call__(self, texts: Sequence[str]) -> None:
        """Note the texts of the request."""
        self._facts.items = len(texts)
        self._facts.characters = sum(map(len, texts))
        if self._log_texts:
            self._facts.texts = texts


RecordTexts = Annotated[TextRecorder, Depends(TextRecorder)]

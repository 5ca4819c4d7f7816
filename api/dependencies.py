"""What routes get handed: the resources of the application, and the facts of the request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from api.access import AccessControl, Caller
from api.facts import facts_of
from api.glossaries import GlossaryStore
from api.jobs import JobStore
from api.metrics import Metrics
from api.settings import Settings
from api.translation import TranslationService
from api.triton_client import TranslationClient

__all__ = [
    "DocumentedKey",
    "RecordTexts",
    "Resources",
    "TextRecorder",
    "UseCaller",
    "UseResources",
    "UseService",
    "admit",
    "admit_counted",
    "admit_with",
    "key_of_request",
]

# Says in the documentation how a key is given; reading the header is our own business, which has two schemes.
DocumentedKey = Depends(HTTPBearer(auto_error=False, description="An API key, where the server asks for one."))
_KEY_SCHEMES = frozenset({"bearer", "deepl-auth-key"})


@dataclass(frozen=True, slots=True)
class Resources:
    """What lives as long as the application runs."""

    settings: Settings
    metrics: Metrics
    client: TranslationClient
    service: TranslationService
    access: AccessControl
    glossaries: GlossaryStore
    jobs: JobStore


def _resources(request: Request) -> Resources:
    return cast(Resources, request.app.state.resources)


UseResources = Annotated[Resources, Depends(_resources)]


def _service(resources: UseResources) -> TranslationService:
    return resources.service


UseService = Annotated[TranslationService, Depends(_service)]


def key_of_request(request: Request) -> str | None:
    """Return the API key of the header `Authorization: Bearer KEY` or `DeepL-Auth-Key KEY`, else of the query."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() in _KEY_SCHEMES else request.query_params.get("api_key")


def admit_with(request: Request, resources: Resources, key: str | None) -> Caller:
    """Note and return who sent the request with this key. Raises MissingApiKeyError or InvalidApiKeyError."""
    caller = resources.access.identify(key, request.client.host if request.client else None)
    if caller.has_key:
        facts_of(request.scope).key_name = caller.name
    request.state.caller = caller
    return caller


async def admit(request: Request, resources: UseResources) -> Caller:
    """Let a request in by the key of its header or its query parameter `api_key`."""
    return admit_with(request, resources, key_of_request(request))


async def admit_counted(request: Request, resources: UseResources) -> Caller:
    """Let a request in as `admit` does, and count it. Raises RateLimitedError too."""
    caller = await admit(request, resources)
    await resources.access.count_request(caller)
    return caller


def _caller(request: Request) -> Caller:
    return cast(Caller, request.state.caller)


UseCaller = Annotated[Caller, Depends(_caller)]


class TextRecorder:
    """Counts the text of a request: towards its caller's limit, and for the access line.

    The texts themselves are noted only if that is switched on. The request must have been admitted before.
    """

    def __init__(self, request: Request, resources: UseResources) -> None:
        self._request = request
        self._resources = resources

    async def __call__(self, texts: Sequence[str]) -> None:
        """Count the texts of the request. Raises RateLimitedError or TextTooLongError by the caller's limit."""
        facts = facts_of(self._request.scope)
        facts.items = len(texts)
        facts.characters = sum(map(len, texts))
        if self._resources.settings.log_texts:
            facts.texts = texts
        await self._resources.access.count_characters(_caller(self._request), facts.characters)


RecordTexts = Annotated[TextRecorder, Depends(TextRecorder)]

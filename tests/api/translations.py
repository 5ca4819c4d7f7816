"""Calling the service in tests of it."""

from api.errors import (
    TranslateError,
)
from api.metrics import Metrics
from api.translation import Grouping, ItemResult, Options, TranslationService
from tests.api.stand_ins import StandInClient, settings

PLAIN = Options()
TWO_TEXTS = ["A dog. It barks at the postman.", "It barks at the postman.\n\nA cat."]


def service_on(client: StandInClient, **limits: object) -> TranslationService:
    return TranslationService(client, settings(**limits), Metrics())


async def each(service: TranslationService, texts: list[str], options: Options = PLAIN) -> list[ItemResult]:
    return await service.translate(texts, options=options, grouping=Grouping.EACH_TEXT)


async def together(service: TranslationService, texts: list[str], options: Options = PLAIN) -> list[ItemResult]:
    return await service.translate(texts, options=options)


def best(result: ItemResult, target: str) -> str:
    assert result.hypotheses is not None
    return result.hypotheses[target][0].text


def error_types(results: list[ItemResult]) -> list[type[TranslateError] | None]:
    return [None if result.error is None else type(result.error) for result in results]

"""For interfaces whose answers have no place for the error of one text: the first such error is the answer."""

from collections.abc import Sequence

from api.detection import check_sources, text_of
from api.errors import TooManyItemsError, TranslateError
from api.settings import Settings
from api.text.hypotheses import Hypothesis
from api.text.options import Options, TextFormat
from api.translation import TranslationService

__all__ = ["english_or_error", "translations_or_error"]


async def translations_or_error(
    service: TranslationService, texts: Sequence[str], target: str, options: Options, *, field: str
) -> list[Sequence[Hypothesis]]:
    """Return the hypotheses of each text for one target, best first.

    Raises what `TranslationService.translate` raises, and the error of the first text that has one; of several
    texts it says which by `field`, the name of their list. A text that is refused costs no inference.
    """
    service.check(texts, [target], options)
    for index, text in enumerate(texts):
        if error := service.refusal(text):
            raise _located(error, field, index, len(texts))
    found: list[Sequence[Hypothesis]] = []
    for index, result in enumerate(await service.translate(texts, [target], options)):
        if result.error is not None:
            raise _located(result.error, field, index, len(texts))
        found.append((result.hypotheses or {})[target])
    return found


async def english_or_error(
    texts: Sequence[str], settings: Settings, *, field: str, text_format: TextFormat = "text"
) -> list[float]:
    """Return how likely each text is English, from 0 to 1.

    Raises TooManyItemsError, or NotEnglishError for the first text that is surely in another language.
    """
    if len(texts) > settings.max_items:
        raise TooManyItemsError(f"a request may have at most {settings.max_items} texts")
    readable = [text_of(text) for text in texts] if text_format != "text" else texts
    checks = await check_sources(readable, settings.foreign_confidence)
    for index, check in enumerate(checks):
        if check.refusal is not None:
            raise _located(check.refusal, field, index, len(texts))
    return [check.confidence for check in checks]


def _located(error: TranslateError, field: str, index: int, count: int) -> TranslateError:
    return error.located(f"{field}[{index}]") if count > 1 else error

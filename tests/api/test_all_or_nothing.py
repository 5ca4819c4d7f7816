"""Requests that fail as a whole when one of their texts does."""

from typing import Any

import pytest

from api.all_or_nothing import english_or_error, translations_or_error
from api.errors import (
    InferenceFailedError,
    NotEnglishError,
    TextTooLongError,
    TooManyItemsError,
    UnsupportedLanguageError,
)
from api.metrics import Metrics
from api.text.options import Options
from api.translation import TranslationService
from tests.api.stand_ins import StandInClient, settings


async def translations(client: StandInClient, texts: list[str], target: str = "de", **values: Any) -> list[str]:
    service = TranslationService(client, settings(**values), Metrics())
    found = await translations_or_error(service, texts, target, Options(), field="q")
    return [best.text for best, *_ in found]


@pytest.mark.parametrize(("target", "model"), [("de", "translate_en_de"), ("fr", "translate_en_fr")])
async def test_one_target_uses_the_ensemble_of_that_target(client: StandInClient, target: str, model: str) -> None:
    assert await translations(client, ["a", "b"], target) == [f"{target}0:a", f"{target}0:b"]
    assert [request.model for request in client.requests] == [model]


@pytest.mark.parametrize("target", ["es", "en", ""])
async def test_another_target_is_refused(client: StandInClient, target: str) -> None:
    with pytest.raises(UnsupportedLanguageError):
        await translations(client, ["a"], target)


async def test_the_first_text_without_translation_is_the_error(client: StandInClient) -> None:
    client.failures["bad"] = InferenceFailedError()
    with pytest.raises(InferenceFailedError, match=r"^q\[1\]: "):
        await translations(client, ["good", "bad"])


async def test_a_single_text_needs_no_index_in_its_error(client: StandInClient) -> None:
    client.failures["bad"] = InferenceFailedError()
    with pytest.raises(InferenceFailedError, match=r"^The model failed"):
        await translations(client, ["bad"])


async def test_a_request_with_a_refused_text_costs_no_inference(client: StandInClient) -> None:
    with pytest.raises(TextTooLongError, match=r"^q\[1\]: "):
        await translations(client, ["abc", "abcd"], max_characters=3)
    assert client.requests == []


async def test_english_texts_pass_with_how_likely_they_are_english() -> None:
    sure, unsure = await english_or_error(["Where is the station, please?", "Taxi"], settings(), field="q")
    assert 0 <= unsure < 0.9 < sure <= 1


async def test_the_first_foreign_text_is_the_error() -> None:
    with pytest.raises(NotEnglishError, match=r"^q\[1\]: the text is not in English .* seems to be in 'de'"):
        await english_or_error(["Good morning!", "Wo ist denn hier der Bahnhof?"], settings(), field="q")


async def test_tags_are_not_read_as_a_language() -> None:
    html = "<div class='ueberschrift-gross' title='Wo ist der Bahnhof'><p>Where is the station, please?</p></div>"
    [likelihood] = await english_or_error([html], settings(), field="q", text_format="html")
    assert likelihood > 0.8


async def test_more_texts_than_allowed_are_not_looked_at() -> None:
    with pytest.raises(TooManyItemsError):
        await english_or_error(["Bonjour tout le monde !"] * 3, settings(max_items=2), field="q")

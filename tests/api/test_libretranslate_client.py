"""LibreTranslate's Python client, as it comes from the package index, on the application over real HTTP."""

import json
from pathlib import Path
from urllib.error import HTTPError

import pytest
from libretranslatepy import LibreTranslateAPI

from api.keys import key_line
from tests.api.served import served
from tests.api.stand_ins import StandInClient


@pytest.mark.parametrize("target", ["de", "fr"])
@pytest.mark.parametrize("source", ["en", "auto"])
def test_it_translates(client: StandInClient, source: str, target: str) -> None:
    with served(client) as url:
        translation = LibreTranslateAPI(url).translate("Where is the station, please?", source, target)
    assert translation == f"{target}0:Where is the station, please?"


def test_it_keeps_special_characters(client: StandInClient) -> None:
    with served(client) as url:
        translation = LibreTranslateAPI(url).translate("50 % & more + ünïcode = 👍", "en", "de")
    assert translation == "de0:50 % & more + ünïcode = 👍"


def test_it_detects(client: StandInClient) -> None:
    with served(client) as url:
        best, *_ = LibreTranslateAPI(url).detect("Où as-tu mis les clés du garage ?")
    assert best["language"] == "fr"
    assert 90 < best["confidence"] <= 100


def test_it_lists_the_languages(client: StandInClient) -> None:
    with served(client) as url:
        languages = LibreTranslateAPI(url).languages()
    assert [(language["code"], language["name"]) for language in languages] == [("en", "English")]


def test_its_key_opens(client: StandInClient, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(key_line("shop", "tt_secret"))
    with served(client, api_keys_file=str(keys)) as url:
        assert LibreTranslateAPI(url, "tt_secret").translate("hello", "en", "de") == "de0:hello"
        with pytest.raises(HTTPError) as wrong:
            LibreTranslateAPI(url, "tt_wrong").translate("hello", "en", "de")
    with wrong.value as answer:
        assert (answer.code, json.load(answer)["error"]) == (403, "The service does not know this API key.")


def test_an_error_says_what_is_wrong(client: StandInClient) -> None:
    with served(client) as url, pytest.raises(HTTPError) as unknown:
        LibreTranslateAPI(url).translate("hello", "en", "es")
    with unknown.value as answer:
        assert (answer.code, json.load(answer)["error"]) == (400, "source must be en and target one of de, fr")

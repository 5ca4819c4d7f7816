"""The clients that people have, with the bundled models."""

import re
from contextlib import closing

import deepl
import pytest
from libretranslatepy import LibreTranslateAPI

from tests.e2e.service import Service


@pytest.mark.parametrize(("target", "word"), [("de", "Bahnhof"), ("fr", "gare")])
def test_libretranslates_client_translates(service: Service, target: str, word: str) -> None:
    assert word in LibreTranslateAPI(service.api_url).translate("Where is the station?", "auto", target)


def test_libretranslates_client_detects(service: Service) -> None:
    best, *_ = LibreTranslateAPI(service.api_url).detect("Wo ist denn hier der Bahnhof?")
    assert best["language"] == "de"


@pytest.mark.parametrize(("target", "words"), [("DE", ["Bahnhof", "müde"]), ("FR", ["gare", "fatigué"])])
def test_deepls_client_translates(service: Service, target: str, words: list[str]) -> None:
    texts = ["Where is the station?", "I am very tired today."]
    with closing(deepl.DeepLClient("any", server_url=service.api_url)) as server:
        results = server.translate_text(texts, target_lang=target)
        used = server.get_usage().character.count
    assert isinstance(results, list)
    assert all(word in result.text for word, result in zip(words, results, strict=True))
    assert used is not None
    assert used >= sum(map(len, texts))


@pytest.mark.parametrize("markup", ["html", "xml"])
def test_deepls_markup_stays(service: Service, markup: str) -> None:
    text = '<div><p class="a">Where is the <b>station</b>?</p><p>I am very tired today.</p></div>'
    with closing(deepl.DeepLClient("any", server_url=service.api_url)) as server:
        result = server.translate_text(text, target_lang="FR", tag_handling=markup)
    assert isinstance(result, deepl.TextResult)
    assert re.findall("<.*?>", result.text) == re.findall("<.*?>", text)
    assert "<b>gare</b>" in result.text


def test_deepls_glossary_is_honoured(service: Service) -> None:
    with closing(deepl.DeepLClient("any", server_url=service.api_url)) as server:
        glossary = server.create_glossary("Trains", "EN", "DE", {"station": "Haltepunkt"})
        result = server.translate_text("Where is the station?", source_lang="EN", target_lang="DE", glossary=glossary)
        server.delete_glossary(glossary)
    assert isinstance(result, deepl.TextResult)
    assert "Haltepunkt" in result.text


def test_alternatives_differ(service: Service) -> None:
    body = {"q": "I would like a cup of coffee.", "source": "en", "target": "de", "alternatives": 2}
    answer = service.post("/translate", body).json()
    assert len({answer["translatedText"], *answer["alternatives"]}) == 1 + len(answer["alternatives"]) >= 2

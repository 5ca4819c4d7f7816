"""Whole texts through the API and the real models."""

import time

import pytest

from tests.e2e.service import Service

NUMBERS = range(200)
BATCH_SIZE = 32
MAIL = """Dear Anna,

I am very tired today. Where is the station?

> She has two brothers, and my father works in a hospital. We
> will go to the beach tomorrow.

1. The book is on the table.
2. I would like a cup of coffee.
\t* Can you help me?  \r\n"""


def test_two_hundred_paragraphs_are_the_fewest_inferences_and_far_faster_than_one_by_one(service: Service) -> None:
    paragraphs = [f"I have {number} apples." for number in NUMBERS]
    before = service.statistics("translate_ensemble")
    started = time.perf_counter()
    [result] = service.post("/infer_batch", {"text": "\n\n".join(paragraphs)}).json()["results"]
    at_once = time.perf_counter() - started
    after = service.statistics("translate_ensemble")
    inferences = {counter: after[counter] - before[counter] for counter in ("requests", "inferences")}
    assert inferences == {"requests": -(-len(NUMBERS) // BATCH_SIZE), "inferences": len(NUMBERS)}
    assert result["translations"]["de"]["text"].count("\n\n") == len(NUMBERS) - 1

    started = time.perf_counter()
    for number in NUMBERS:
        service.post("/infer", {"text": f"I have {number} pears."}).raise_for_status()
    one_by_one = time.perf_counter() - started
    assert one_by_one > 3 * at_once, f"{one_by_one:.1f} s one by one, {at_once:.1f} s at once"


@pytest.mark.parametrize("path", ["/infer", "/infer_batch"])
def test_a_mail_keeps_its_shape(service: Service, path: str) -> None:
    [result] = service.post(path, {"text": MAIL}).json()["results"]
    for language, words in {"de": ["Bahnhof", "Kaffee"], "fr": ["gare", "café"]}.items():
        translation = result["translations"][language]["text"]
        assert all(word in translation for word in words)
        assert translation.count("\n") == MAIL.count("\n")
        for line, source in zip(translation.split("\n"), MAIL.split("\n"), strict=True):
            assert source[:1].isalpha() or line[:2] == source[:2]
        assert translation.endswith("  \r\n")


def test_a_text_is_translated_as_its_sentences_are(service: Service) -> None:
    sentences = ["Where is the station?", "I am very tired today.", "The book is on the table."]
    [whole] = service.post("/infer", {"text": " ".join(sentences), "segments": True}).json()["results"]
    apart = service.post("/infer_batch", {"texts": sentences}).json()["results"]
    for language in ("de", "fr"):
        translations = [result["translations"][language]["text"] for result in apart]
        assert whole["translations"][language]["text"] == " ".join(translations)
        assert [found["translations"][language]["text"] for found in whole["segments"]] == translations


def test_the_same_sentence_is_translated_once(service: Service) -> None:
    before = service.statistics("translate_en_de")
    body = {"q": ["Where is the station? " * 20] * 5, "source": "en", "target": "de"}
    answer = service.post("/translate", body).json()
    after = service.statistics("translate_en_de")
    assert after["inferences"] - before["inferences"] == 1
    assert [text.count("Bahnhof") for text in answer["translatedText"]] == [20] * 5


def test_a_sentence_over_the_limit_is_split_at_its_clauses(service: Service) -> None:
    clauses = [f"my father works in a hospital and I have {number} apples" for number in range(60)]
    before = service.statistics("translate_ensemble")
    [result] = service.post("/infer", {"text": "; ".join(clauses) + "."}).json()["results"]
    after = service.statistics("translate_ensemble")
    assert result["error"] is None
    assert all("forced_cut" not in translation["flags"] for translation in result["translations"].values())
    # The sentence itself, which is refused, and its parts of five clauses each.
    assert after["inferences"] - before["inferences"] == 1 + 12


@pytest.mark.parametrize("path", ["/infer", "/infer_batch"])
def test_a_word_of_fifty_thousand_characters_comes_back_at_once(service: Service, path: str) -> None:
    word = "incomprehensibilities" * 2400
    started = time.perf_counter()
    [result] = service.post(path, {"text": word[:50_000]}).json()["results"]
    assert result["translations"]["de"]["text"] == word[:50_000]
    assert result["translations"]["de"]["flags"] == ["untranslated"]
    assert time.perf_counter() - started < 10

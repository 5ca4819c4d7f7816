"""Real text through the API, the Triton ensemble and the bundled models."""

from typing import Any

import httpx
import pytest

from tests.e2e.service import Service

EVERYDAY = [
    ("Where is the station?", "Bahnhof", "gare"),
    ("I am very tired today.", "müde", "fatigué"),
    ("I would like a cup of coffee.", "Kaffee", "café"),
    ("She has two brothers.", "Brüder", "frères"),
    ("The book is on the table.", "Buch", "livre"),
    ("We will go to the beach tomorrow.", "morgen", "demain"),
    ("My father works in a hospital.", "Krankenhaus", "hôpital"),
    ("Can you help me?", "helfen", "aider"),
]
TEXTS = [text for text, _, _ in EVERYDAY]


@pytest.mark.parametrize("path", ["/infer", "/infer_batch"])
def test_eight_texts_come_back_in_german_and_french_and_in_order(service: Service, path: str) -> None:
    results = service.post(path, {"texts": TEXTS}).json()["results"]
    assert [result["text"] for result in results] == TEXTS
    for result, (_, german, french) in zip(results, EVERYDAY, strict=True):
        assert german in result["translations"]["de"]["text"]
        assert french in result["translations"]["fr"]["text"]


@pytest.mark.parametrize(("target", "word"), [("de", "Bahnhof"), ("fr", "gare")])
def test_translate_answers_in_the_shape_of_libretranslate(service: Service, target: str, word: str) -> None:
    body = {"q": "Where is the station?", "source": "en", "target": target}
    assert word in service.post("/translate", body).json()["translatedText"]


def test_translate_takes_a_list(service: Service) -> None:
    answer = service.post("/translate", {"q": TEXTS, "source": "en", "target": "fr"}).json()
    assert all(french in text for text, (_, _, french) in zip(answer["translatedText"], EVERYDAY, strict=True))


def test_both_endpoints_translate_alike(service: Service) -> None:
    single = [service.post("/infer", {"text": text}).json()["results"][0]["translations"] for text in TEXTS]
    batch = [result["translations"] for result in service.post("/infer_batch", {"texts": TEXTS}).json()["results"]]
    assert [(one["de"]["text"], one["fr"]["text"]) for one in single] == [
        (one["de"]["text"], one["fr"]["text"]) for one in batch
    ]


def test_alternatives_differ_from_the_translation_and_score_lower(service: Service) -> None:
    answer = service.post("/infer", {"text": "I would like a cup of coffee.", "num_alternatives": 3}).json()
    for translation in answer["results"][0]["translations"].values():
        alternatives = translation["alternatives"]
        assert 1 <= len(alternatives) <= 3
        assert len({translation["text"], *(other["text"] for other in alternatives)}) == len(alternatives) + 1
        scores = [translation["score"], *(other["score"] for other in alternatives)]
        assert scores == sorted(scores, reverse=True)


def test_confidence_is_a_probability(service: Service) -> None:
    translations = service.post("/infer", {"text": TEXTS[0]}).json()["results"][0]["translations"]
    assert all(0.5 < translation["confidence"] <= 1 for translation in translations.values())


@pytest.mark.parametrize("beam_size", [1, 2, 8])
def test_a_request_chooses_its_beam_size(service: Service, beam_size: int) -> None:
    answer = service.post("/infer", {"text": "Where is the station?", "beam_size": beam_size}).json()
    assert "Bahnhof" in answer["results"][0]["translations"]["de"]["text"]


@pytest.mark.parametrize("path", ["/infer", "/infer_batch"])
def test_a_text_with_too_many_characters_fails_alone(service: Service, path: str) -> None:
    results = service.post(path, {"texts": [TEXTS[0], "many words " * 5000, TEXTS[1]]}).json()["results"]
    assert [(result["error"] or {}).get("error_type") for result in results] == [None, "text_too_long", None]
    assert "Bahnhof" in results[0]["translations"]["de"]["text"]


@pytest.mark.parametrize("path", ["/infer", "/infer_batch"])
def test_a_sentence_with_too_many_tokens_is_cut_and_flagged(service: Service, path: str) -> None:
    results = service.post(path, {"texts": [TEXTS[0], "many words " * 300, TEXTS[1]]}).json()["results"]
    assert [result["error"] for result in results] == [None, None, None]
    assert "forced_cut" in results[1]["translations"]["de"]["flags"]
    assert "Bahnhof" in results[0]["translations"]["de"]["text"]


@pytest.mark.parametrize("path", ["/infer", "/infer_batch"])
@pytest.mark.parametrize("blank", ["", "  \n\t ", "?!…", "👍🏽"])
def test_blank_items_come_back_as_they_are(service: Service, path: str, blank: str) -> None:
    results = service.post(path, {"texts": [blank, TEXTS[0]]}).json()["results"]
    assert results[0]["translations"]["de"]["text"] == results[0]["translations"]["fr"]["text"] == blank


@pytest.mark.parametrize(
    "text",
    ["naïve café — “quoted”", "e\u0301te\u0301", "你好 means hello", "a\u0000b", "</s> <unk> <pad>", "\u200b1\u200b"],
)
def test_unusual_characters_are_no_error(service: Service, text: str) -> None:
    result = service.post("/infer_batch", {"texts": [text, TEXTS[0]]}).json()["results"]
    assert result[0]["error"] is None
    assert "Bahnhof" in result[1]["translations"]["de"]["text"]


def test_a_request_straight_to_triton_without_options_is_served(service: Service) -> None:
    tensors = {"inputs": [{"name": "TEXT", "datatype": "BYTES", "shape": [2, 1], "data": TEXTS[:2]}]}
    answer = httpx.post(f"{service.triton_url}/v2/models/translate_ensemble/infer", json=tensors, timeout=30).json()
    outputs: dict[str, Any] = {output["name"]: output for output in answer["outputs"]}
    assert outputs["HYPOTHESES_DE"]["shape"] == outputs["SCORES_FR"]["shape"] == [2, 1]
    assert "gare" in outputs["HYPOTHESES_FR"]["data"][0]


def test_a_bad_option_sent_straight_to_triton_is_an_error_of_that_request(service: Service) -> None:
    tensors = [
        {"name": "TEXT", "datatype": "BYTES", "shape": [1, 1], "data": ["Hello."]},
        {"name": "BEAM_SIZE", "datatype": "INT32", "shape": [1, 1], "data": [99]},
    ]
    answer = httpx.post(f"{service.triton_url}/v2/models/translate_en_de/infer", json={"inputs": tensors}, timeout=30)
    assert answer.status_code == 400
    assert "BEAM_SIZE must be from 1 to" in answer.json()["error"]


def test_the_languages_are_listed(service: Service) -> None:
    languages = httpx.get(f"{service.api_url}/languages", timeout=10).json()
    assert languages == [{"code": "en", "name": "English", "targets": ["de", "fr"]}]


def test_readiness_names_every_model(service: Service) -> None:
    answer = httpx.get(f"{service.api_url}/health/ready", timeout=10).json()
    assert answer["models"] == dict.fromkeys(
        ["translate_ensemble", "translate_en_de", "translate_en_fr", "tokenize", "marian_en_de", "marian_en_fr"], True
    )


def test_readiness_names_the_weights(service: Service) -> None:
    answer = httpx.get(f"{service.api_url}/health/ready", timeout=10).json()
    assert answer["weights"] == {"marian_en_de": "bundled compact en-de", "marian_en_fr": "bundled compact en-fr"}

"""The interface of LibreTranslate over HTTP."""

import re
from typing import Any

import pytest

from api.errors import InferenceFailedError
from api.files.formats import FORMATS
from api.triton_client import Readiness
from tests.api.stand_ins import StandInClient, serving


@pytest.mark.parametrize("target", ["de", "fr"])
async def test_a_string_gives_a_string(client: StandInClient, target: str) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json={"q": "hello", "source": "en", "target": target})
    assert (response.status_code, response.json()) == (200, {"translatedText": f"{target}0:hello"})


async def test_a_list_gives_a_list_from_one_inference(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json={"q": ["a", "b"], "source": "en", "target": "de"})
    assert response.json() == {"translatedText": ["de0:a", "de0:b"]}
    assert [request.texts for request in client.requests] == [("a", "b")]


async def test_a_list_of_one_gives_a_list(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json={"q": ["a"], "source": "en", "target": "de"})
    assert response.json() == {"translatedText": ["de0:a"]}


async def test_the_source_may_be_left_out(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json={"q": "a", "target": "de"})
    assert response.json() == {"translatedText": "de0:a"}


async def test_other_fields_are_ignored(client: StandInClient) -> None:
    body = {"q": "a", "source": "en", "target": "de", "secret": "", "mood": "good"}
    async with serving(client) as http:
        response = await http.post("/translate", json=body)
    assert response.json() == {"translatedText": "de0:a"}


async def test_blank_texts_are_echoed(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json={"q": ["", " \n", "a"], "source": "en", "target": "fr"})
    assert response.json() == {"translatedText": ["", " \n", "fr0:a"]}


async def test_an_error_names_the_index_of_its_text(client: StandInClient) -> None:
    client.failures["bad"] = InferenceFailedError()
    async with serving(client) as http:
        response = await http.post("/translate", json={"q": ["good", "bad"], "source": "en", "target": "de"})
    assert response.status_code == 500
    assert response.json() == {"error": "q[1]: The model failed on this text.", "error_type": "inference_failed"}


@pytest.mark.parametrize("codes", [{"source": "de"}, {"source": "Bad Text"}])
async def test_an_unknown_source_is_refused_without_repeating_it(client: StandInClient, codes: dict[str, str]) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json={"q": "a", "source": "en", "target": "de", **codes})
    expected = {"error": "source: must be en or auto", "error_type": "unsupported_language"}
    assert (response.status_code, response.json()) == (400, expected)


async def test_an_unknown_target_is_refused_without_repeating_it(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json={"q": "a", "source": "en", "target": "Bad Text"})
    expected = {"error": "source must be en and target one of de, fr", "error_type": "unsupported_language"}
    assert (response.status_code, response.json()) == (400, expected)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"q": "a"}, "target: Field required"),
        ({"target": "de"}, "q: Field required"),
        ({"q": 7, "target": "de"}, "q: must be a string or a list of at least one string"),
        ({"q": [], "target": "de"}, "q: must be a string or a list of at least one string"),
        ({"q": ["a", None], "target": "de"}, "q: must be a string or a list of at least one string"),
        ({"q": "a", "target": 7}, "target: Input should be a valid string"),
        ({"q": "a", "target": "de", "format": "pdf"}, "format: Input should be 'text' or 'html'"),
        ({"q": "a", "target": "de", "alternatives": -1}, "alternatives: Input should be greater than or equal to 0"),
        ({"q": "a", "target": "de", "alternatives": 6}, "alternatives: must be at most 5"),
        ([], "the body must be a JSON object, sent with Content-Type: application/json"),
    ],
)
async def test_a_wrong_body_is_described(client: StandInClient, body: object, message: str) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json=body)
    assert (response.status_code, response.json()["error"]) == (422, message)


async def test_a_lone_surrogate_in_a_language_code_is_an_unknown_language(client: StandInClient) -> None:
    content = rb'{"q": "a", "source": "\ud800", "target": "de"}'
    async with serving(client) as http:
        response = await http.post("/translate", content=content, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["error_type"]) == (400, "unsupported_language")


FORMS = [
    {"data": {"q": "hello you", "source": "en", "target": "de"}},
    {"files": {"q": (None, "hello you"), "source": (None, "en"), "target": (None, "de")}},
]


@pytest.mark.parametrize("form", FORMS, ids=["urlencoded", "multipart"])
async def test_a_form_is_read_like_json(client: StandInClient, form: dict[str, Any]) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", **form)
    assert (response.status_code, response.json()) == (200, {"translatedText": "de0:hello you"})


async def test_a_form_with_several_texts_gives_a_list(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", data={"q": ["a", "b"], "target": ["de", "fr"], "alternatives": "1"})
    expected = {"translatedText": ["de0:a", "de0:b"], "alternatives": [["de1:a"], ["de1:b"]]}
    assert response.json() == expected


async def test_a_field_of_a_form_may_be_as_long_as_the_body(client: StandInClient) -> None:
    text = "1 " * 600_000
    async with serving(client, max_body_bytes=2_000_000, max_characters=2_000_000) as http:
        response = await http.post("/translate", files={"q": (None, text), "target": (None, "de")})
    assert response.status_code == 200


async def test_a_file_is_not_read(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", files={"q": ("a.txt", b"hello")}, data={"target": "de"})
    assert (response.status_code, response.json()["error_type"]) == (422, "validation_error")


@pytest.mark.parametrize(
    ("content", "content_type", "message"),
    [
        (b"{", "application/json", "the body is not valid JSON (at character 1)"),
        (b"\xff", "application/json", "the body could not be read as JSON in UTF-8, or as a form"),
        (b"[" * 100_000, "application/json", "the body could not be read as JSON in UTF-8, or as a form"),
        (b"q=a", "text/plain", "the body must be a JSON object, sent with Content-Type: application/json"),
        (b"", "", "the body must be a JSON object, sent with Content-Type: application/json"),
        (b"--x", "multipart/form-data", "the body could not be read as JSON in UTF-8, or as a form"),
    ],
)
async def test_a_body_that_cannot_be_read_is_described(
    client: StandInClient, content: bytes, content_type: str, message: str
) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", content=content, headers={"Content-Type": content_type})
    assert (response.status_code, response.json()) == (422, {"error": message, "error_type": "validation_error"})


async def test_alternatives_follow_the_best_translation(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json={"q": "a", "target": "fr", "alternatives": 2})
    assert response.json() == {"translatedText": "fr0:a", "alternatives": ["fr1:a", "fr2:a"]}


async def test_a_detected_source_is_told(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json={"q": "Where is the station?", "source": "auto", "target": "de"})
    detected = response.json()["detectedLanguage"]
    assert detected["language"] == "en"
    assert 50 < detected["confidence"] <= 100


async def test_a_list_has_a_detected_source_for_each_text(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json={"q": ["OK", "!"], "source": "auto", "target": "de"})
    detected = response.json()["detectedLanguage"]
    assert [each["language"] for each in detected] == ["en", "en"]
    assert detected[1]["confidence"] == 0


async def test_a_detected_source_that_is_not_english_is_refused(client: StandInClient) -> None:
    body = {"q": ["Good morning!", "Où as-tu mis les clés ?"], "source": "auto", "target": "de"}
    async with serving(client) as http:
        response = await http.post("/translate", json=body)
    assert (response.status_code, response.json()["error_type"]) == (400, "not_english")
    assert re.fullmatch(r"q\[1\]: .* seems to be in 'fr' \(\d+% sure\).*", response.json()["error"])
    assert client.requests == []


async def test_with_a_source_given_nothing_is_detected(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json={"q": "Où as-tu mis les clés ?", "source": "en", "target": "de"})
    assert response.status_code == 200


@pytest.mark.parametrize("q", ["Wo ist denn hier der Bahnhof?", ["Wo ist denn", "hier der Bahnhof?"]])
async def test_a_language_is_detected(client: StandInClient, q: object) -> None:
    async with serving(client) as http:
        response = await http.post("/detect", json={"q": q})
    best, *others = response.json()
    assert best["language"] == "de"
    assert 100 >= best["confidence"] > sum(other["confidence"] for other in others)


async def test_of_nothing_the_language_is_english_with_no_confidence(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/detect", data={"q": "123"})
    assert response.json() == [{"confidence": 0, "language": "en"}]


async def test_english_goes_into_german_and_french(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.get("/languages")
    assert response.json() == [{"code": "en", "name": "English", "targets": ["de", "fr"]}]


async def test_a_web_page_learns_the_settings(client: StandInClient) -> None:
    async with serving(client, max_characters=1234, max_file_bytes=5678) as http:
        response = await http.get("/frontend/settings")
    assert response.json() == {
        "charLimit": 1234,
        "frontendTimeout": 500,
        "apiKeys": False,
        "keyRequired": False,
        "maxAlternatives": 5,
        "suggestions": False,
        "filesTranslation": True,
        "supportedFilesFormat": [suffix for known in FORMATS for suffix in known.suffixes],
        "maxFileBytes": 5678,
        "language": {"source": {"code": "auto", "name": "Auto Detect"}, "target": {"code": "de", "name": "German"}},
    }


async def test_health_is_ok_when_every_model_is_ready(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_health_is_an_error_while_a_model_is_not_ready(client: StandInClient) -> None:
    client.health = Readiness(reachable=True, models={"tokenize": False})
    async with serving(client) as http:
        response = await http.get("/health")
    assert (response.status_code, response.json()["error_type"]) == (503, "triton_unavailable")


async def test_what_is_not_offered_is_not_found(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/suggest", json={})
    assert (response.status_code, response.json()["error_type"]) == (404, "not_found")

"""The interface of DeepL over HTTP, where its Python client does not reach."""

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from api.keys import key_line
from tests.api.stand_ins import StandInClient, serving

BODY = {"text": ["a"], "target_lang": "DE"}
KEY = "tt_secret"


@pytest.mark.parametrize(
    "form",
    [
        {"data": {"text": ["a", "b"], "target_lang": "FR", "source_lang": "EN", "preserve_formatting": "1"}},
        {"files": [("text", (None, "a")), ("text", (None, "b")), ("target_lang", (None, "FR"))]},
    ],
    ids=["urlencoded", "multipart"],
)
async def test_a_form_repeats_its_texts(client: StandInClient, form: dict[str, Any]) -> None:
    async with serving(client) as http:
        response = await http.post("/v2/translate", **form)
    expected = [{"detected_source_language": "EN", "text": f"fr0:{text}"} for text in "ab"]
    assert (response.status_code, response.json()) == (200, {"translations": expected})


async def test_characters_are_billed_when_asked_for(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/v2/translate", json={**BODY, "show_billed_characters": True})
    assert response.json()["translations"][0]["billed_characters"] == 1


@pytest.mark.parametrize("split", [0, "0", False])
async def test_splitting_is_switched_off_by_number_or_text(client: StandInClient, split: object) -> None:
    async with serving(client) as http:
        await http.post("/v2/translate", json={"text": "A dog. A cat.", "target_lang": "DE", "split_sentences": split})
    assert [request.texts for request in client.requests] == [("A dog. A cat.",)]


async def test_sentences_may_go_on_over_line_breaks(client: StandInClient) -> None:
    body = {"text": "A dog\nand a cat.\nA cow.", "target_lang": "DE", "split_sentences": "nonewlines"}
    async with serving(client) as http:
        await http.post("/v2/translate", json=body)
    assert [set(request.texts) for request in client.requests] == [{"A dog and a cat.", "A cow."}]


async def test_null_is_as_good_as_left_out(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/v2/translate", json={**BODY, "source_lang": None, "formality": None})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": []}, "text: List should have at least 1 item after validation, not 0"),
        ({"text": [7]}, "text[0]: Input should be a valid string"),
        ({"target_lang": None}, "target_lang: Field required"),
        ({"split_sentences": "2"}, "split_sentences: Input should be '0', '1' or 'nonewlines'"),
        ({"ignore_tags": 7}, "ignore_tags: Input should be a valid list"),
    ],
)
async def test_a_wrong_body_is_described_in_the_form_of_deepl(
    client: StandInClient, changes: dict[str, object], message: str
) -> None:
    async with serving(client) as http:
        response = await http.post("/v2/translate", json={**BODY, **changes})
    assert (response.status_code, response.json()) == (400, {"message": message, "detail": "validation_error"})


async def test_a_body_over_the_limit_is_refused_in_the_form_of_deepl(client: StandInClient) -> None:
    async with serving(client, max_body_bytes=10) as http:
        response = await http.post("/v2/translate", json=BODY)
    assert (response.status_code, response.json()["detail"]) == (413, "body_too_large")


async def test_a_crash_is_told_in_the_form_of_deepl(client: StandInClient) -> None:
    client.crash = RuntimeError("secret")
    async with serving(client) as http:
        with capture_logs():
            response = await http.post("/v2/translate", json=BODY)
    assert (response.status_code, response.json()["detail"]) == (500, "internal")


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("GET", {"params": {"type": "target"}}),
        ("GET", {"data": {"type": "target"}}),
        ("POST", {"data": {"type": "target"}}),
        ("POST", {"json": {"type": "target"}}),
    ],
)
async def test_the_type_of_languages_comes_in_any_way(
    client: StandInClient, method: str, request_: dict[str, Any]
) -> None:
    async with serving(client) as http:
        response = await http.request(method, "/v2/languages", **request_)
    assert [language["language"] for language in response.json()] == ["DE", "FR"]


async def test_an_unknown_type_of_languages_is_refused(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.get("/v2/languages", params={"type": "all"})
    expected = {"message": "type: Input should be 'source' or 'target'", "detail": "validation_error"}
    assert (response.status_code, response.json()) == (400, expected)


@pytest.mark.parametrize("path", ["/v2/translate", "/v2/languages", "/v2/usage"])
async def test_without_a_key_it_is_forbidden_where_keys_are_asked_for(
    client: StandInClient, tmp_path: Path, path: str
) -> None:
    keys = tmp_path / "keys"
    keys.write_text(key_line("shop", KEY))
    async with serving(client, api_keys_file=str(keys)) as http:
        response = await http.post(path, json=BODY)
    assert (response.status_code, response.json()["detail"]) == (403, "missing_api_key")


async def test_the_key_may_be_in_the_body_as_it_once_was(client: StandInClient, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(key_line("shop", KEY))
    async with serving(client, api_keys_file=str(keys)) as http:
        right = await http.post("/v2/translate", data={**BODY, "auth_key": KEY})
        wrong = await http.post("/v2/translate", json={**BODY, "auth_key": 7})
    assert (right.status_code, wrong.status_code) == (200, 403)

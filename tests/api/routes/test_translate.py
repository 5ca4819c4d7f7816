"""`/translate` over HTTP."""

import pytest

from api.errors import InferenceFailedError
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


async def test_other_fields_of_libretranslate_are_ignored(client: StandInClient) -> None:
    body = {"q": "a", "source": "en", "target": "de", "format": "text", "api_key": ""}
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


@pytest.mark.parametrize("codes", [{"source": "auto"}, {"target": "es"}, {"source": "Bad Text"}])
async def test_an_unknown_language_is_refused_without_repeating_it(
    client: StandInClient, codes: dict[str, str]
) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json={"q": "a", "source": "en", "target": "de", **codes})
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
    ],
)
async def test_a_wrong_body_is_described(client: StandInClient, body: dict[str, object], message: str) -> None:
    async with serving(client) as http:
        response = await http.post("/translate", json=body)
    assert (response.status_code, response.json()["error"]) == (422, message)


async def test_a_lone_surrogate_in_a_language_code_is_an_unknown_language(client: StandInClient) -> None:
    content = rb'{"q": "a", "source": "\ud800", "target": "de"}'
    async with serving(client) as http:
        response = await http.post("/translate", content=content, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["error_type"]) == (400, "unsupported_language")

"""`/infer` and `/infer_batch` over HTTP."""

import json
import math
from typing import Any

import httpx
import pytest

from api.errors import InferenceFailedError, OverloadedError, TritonUnavailableError
from api.text.hypotheses import Hypothesis
from api.triton_client import ItemOutput
from tests.api.stand_ins import StandInClient, serving

BOTH = pytest.mark.parametrize("path", ["/infer", "/infer_batch"])
JSON = {"Content-Type": "application/json"}


async def results_of(http: httpx.AsyncClient, path: str, **body: Any) -> list[dict[str, Any]]:
    response = await http.post(path, json=body)
    assert response.status_code == 200, response.text
    results: list[dict[str, Any]] = response.json()["results"]
    return results


@BOTH
async def test_a_result_has_the_documented_shape(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        results = await results_of(http, path, texts=["hello"], num_alternatives=1)
    expected = {
        target: {
            "text": f"{target}0:hello",
            "score": -0.5,
            "confidence": 0.75,
            "alternatives": [{"text": f"{target}1:hello", "score": -1.5}],
            "flags": [],
            "glossary_applied": [],
        }
        for target in ("de", "fr")
    }
    assert results == [{"text": "hello", "translations": expected, "error": None, "segments": None}]


@BOTH
async def test_a_single_text_gives_one_result(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        results = await results_of(http, path, text="hello")
    assert [result["text"] for result in results] == ["hello"]


@BOTH
@pytest.mark.parametrize("targets", [["fr"], ["fr", "fr"]])
async def test_one_language_alone_is_all_that_is_computed(client: StandInClient, path: str, targets: list[str]) -> None:
    async with serving(client) as http:
        [result] = await results_of(http, path, text="One. Two.", targets=targets, segments=True)
    assert [request.model for request in client.requests] == ["translate_en_fr"]
    assert {target: found["text"] for target, found in result["translations"].items()} == {"fr": "fr0:One. fr0:Two."}
    assert [[*sentence["translations"]] for sentence in result["segments"]] == [["fr"], ["fr"]]


@BOTH
async def test_both_languages_may_be_named(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        [result] = await results_of(http, path, text="One.", targets=["fr", "de"])
    assert [request.model for request in client.requests] == ["translate_ensemble"]
    assert result["translations"].keys() == {"de", "fr"}


@BOTH
async def test_the_terms_of_one_language_count_for_it_alone(client: StandInClient, path: str) -> None:
    glossary = {"de": {"cart": "Wagen"}, "fr": {"board": "conseil"}}
    async with serving(client) as http:
        [result] = await results_of(http, path, text="The cart.", targets=["de"], glossary=glossary)
    assert result["translations"]["de"]["glossary_applied"] == ["cart"]


@BOTH
@pytest.mark.parametrize(
    ("targets", "status", "error_type"),
    [
        (["es"], 400, "unsupported_language"),
        (["de", "en"], 400, "unsupported_language"),
        ([], 422, "validation_error"),
        ([1], 422, "validation_error"),
        ("de", 422, "validation_error"),
        (None, 422, "validation_error"),
    ],
)
async def test_languages_that_are_not_there_are_refused(
    client: StandInClient, path: str, targets: object, status: int, error_type: str
) -> None:
    async with serving(client) as http:
        response = await http.post(path, json={"text": "One.", "targets": targets})
    assert (response.status_code, response.json()["error_type"]) == (status, error_type)
    assert client.requests == []


@BOTH
async def test_results_are_in_input_order(client: StandInClient, path: str) -> None:
    texts = [f"text {number}" for number in range(40)]
    async with serving(client) as http:
        results = await results_of(http, path, texts=texts)
    assert [result["translations"]["fr"]["text"] for result in results] == [f"fr0:{text}" for text in texts]


@BOTH
async def test_a_failed_text_has_an_error_and_no_translations(client: StandInClient, path: str) -> None:
    client.failures["bad"] = InferenceFailedError()
    async with serving(client) as http:
        results = await results_of(http, path, texts=["good", "bad"])
    error = {"error": "The model failed on this text.", "error_type": "inference_failed"}
    assert results[1] == {"text": "bad", "translations": None, "error": error, "segments": None}


@BOTH
async def test_a_single_text_that_fails_by_itself_is_answered_200(client: StandInClient, path: str) -> None:
    async with serving(client, max_characters=3) as http:
        results = await results_of(http, path, text="abcd")
    assert results[0]["error"]["error_type"] == "text_too_long"


async def test_infer_sends_each_text_on_its_own(client: StandInClient) -> None:
    async with serving(client) as http:
        await results_of(http, "/infer", texts=["a", "b", "c"])
    assert [len(request.texts) for request in client.requests] == [1, 1, 1]


async def test_infer_batch_sends_all_texts_at_once(client: StandInClient) -> None:
    async with serving(client) as http:
        await results_of(http, "/infer_batch", texts=["a", "b", "c"])
    assert [request.texts for request in client.requests] == [("a", "b", "c")]


@BOTH
async def test_no_more_alternatives_come_back_than_asked_for(client: StandInClient, path: str) -> None:
    many = tuple(Hypothesis(str(rank), -1.0, 0.5) for rank in range(6))
    client.outputs["hello"] = ItemOutput({"de": many, "fr": many})
    async with serving(client) as http:
        results = await results_of(http, path, text="hello", num_alternatives=2)
    assert [len(results[0]["translations"][target]["alternatives"]) for target in ("de", "fr")] == [2, 2]


@BOTH
async def test_flags_reach_the_caller(client: StandInClient, path: str) -> None:
    flagged = (Hypothesis("x x x", -4.0, 0.1, ("repetition", "low_score")),)
    client.outputs["hello"] = ItemOutput({"de": flagged, "fr": flagged})
    async with serving(client) as http:
        results = await results_of(http, path, text="hello")
    assert results[0]["translations"]["de"]["flags"] == ["repetition", "low_score"]


@BOTH
async def test_beam_size_null_leaves_the_beam_to_the_model(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        await results_of(http, path, text="hello", beam_size=None)
    assert client.requests[0].beam_size is None


@BOTH
async def test_a_blank_text_comes_back_as_it_is(client: StandInClient, path: str) -> None:
    echo = {"text": " 🙂\n", "score": 0.0, "confidence": 1.0, "alternatives": [], "flags": [], "glossary_applied": []}
    async with serving(client) as http:
        results = await results_of(http, path, text=" 🙂\n", num_alternatives=3)
    assert results[0]["translations"] == {"de": echo, "fr": echo}


@BOTH
async def test_sentences_come_along_on_request(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        [result] = await results_of(http, path, text="One. Two!\n", segments=True)
    sentences = [
        (sentence["text"], sentence["start"], sentence["end"], sentence["translations"]["fr"]["text"])
        for sentence in result["segments"]
    ]
    assert sentences == [("One.", 0, 4, "fr0:One."), ("Two!", 5, 9, "fr0:Two!")]
    assert result["translations"]["fr"]["text"] == "fr0:One. fr0:Two!\n"


@BOTH
async def test_a_sentence_has_alternatives_of_its_own(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        [result] = await results_of(http, path, text="One. Two!", segments=True, num_alternatives=1)
    german = result["segments"][1]["translations"]["de"]
    assert german == {
        "text": "de0:Two!",
        "score": -0.5,
        "confidence": 0.75,
        "alternatives": [{"text": "de1:Two!", "score": -1.5}],
        "flags": [],
        "glossary_applied": [],
    }


@BOTH
async def test_an_echoed_text_has_no_sentences(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        [result] = await results_of(http, path, text="12.5 %", segments=True)
    assert (result["segments"], result["translations"]["de"]["text"]) == ([], "12.5 %")


@BOTH
async def test_a_caller_says_where_to_split(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        [result] = await results_of(http, path, text="One. Two.\nThree.", split_sentences="newlines")
    assert result["translations"]["de"]["text"] == "de0:One. Two.\nde0:Three."


@BOTH
async def test_a_lone_surrogate_is_the_error_of_its_text(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        response = await http.post(path, content=rb'{"texts": ["good", "a\ud800"]}', headers=JSON)
    results = response.json()["results"]
    assert results[0]["error"] is None
    assert (results[1]["text"], results[1]["error"]["error_type"]) == ("a\ufffd", "invalid_text")


@BOTH
async def test_a_nul_character_passes(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        results = await results_of(http, path, text="a\x00b")
    assert results[0]["translations"]["de"]["text"] == "de0:a\x00b"


@BOTH
@pytest.mark.parametrize(
    ("cause", "status"), [(OverloadedError(), 429), (TritonUnavailableError(), 503)], ids=["429", "503"]
)
async def test_a_cause_all_texts_share_gives_its_status(
    client: StandInClient, path: str, cause: OverloadedError, status: int
) -> None:
    client.failures = {"a": cause, "b": cause}
    async with serving(client) as http:
        response = await http.post(path, json={"texts": ["a", "b"]})
    assert (response.status_code, response.json()["error_type"]) == (status, cause.error_type)


@BOTH
async def test_a_deadline_gives_504(client: StandInClient, path: str) -> None:
    client.hold(["never"])
    async with serving(client, deadline_seconds=0.02) as http:
        response = await http.post(path, json={"text": "never"})
    assert (response.status_code, response.json()["error_type"]) == (504, "deadline_exceeded")


@BOTH
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "body: give exactly one of 'text' and 'texts'"),
        ({"text": "a", "texts": ["b"]}, "body: give exactly one of 'text' and 'texts'"),
        ({"text": 7}, "text: Input should be a valid string"),
        ({"texts": "a"}, "texts: Input should be a valid list"),
        ({"texts": ["a", 7]}, "texts[1]: Input should be a valid string"),
        ({"texts": []}, "texts: List should have at least 1 item after validation, not 0"),
        ({"text": "a", "num_alternatives": -1}, "num_alternatives: Input should be greater than or equal to 0"),
        ({"text": "a", "num_alternatives": "1"}, "num_alternatives: Input should be a valid integer"),
        ({"text": "a", "beam_size": 0}, "beam_size: Input should be greater than or equal to 1"),
        ({"text": "a", "beam_size": True}, "beam_size: Input should be a valid integer"),
        ({"text": "a", "beam_size": 1.5}, "beam_size: Input should be a valid integer"),
        ({"text": "a", "num_alternativs": 1}, "num_alternativs: unknown field"),
        ({"text": "a", "Secret text!": 1}, "unknown field"),
        (["a"], "the body must be a JSON object, sent with Content-Type: application/json"),
        (
            {"beam_size": "w", "num_alternatives": "x", "a b": 1, "c d": 2, "e f": 3},
            "num_alternatives: Input should be a valid integer; beam_size: Input should be a valid integer; "
            "unknown field; and 2 more",
        ),
    ],
)
async def test_a_wrong_body_is_described_without_repeating_it(
    client: StandInClient, path: str, body: object, message: str
) -> None:
    async with serving(client) as http:
        response = await http.post(path, json=body)
    assert response.status_code == 422
    assert response.json() == {"error": message, "error_type": "validation_error"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"text": "Secret',
        b"\xff\xfe",
        b'{"text": "Secret\xff"}',
        b'{"text": "a", "beam_size": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"text": NaN}',
        b'{"text": "a", "beam_size": NaN}',
        b'{"text": "a", "\\ud800": 1}',
    ],
    ids=["empty", "cut", "cut-text", "binary", "latin", "huge-number", "deep", "nan", "nan-beam", "surrogate-key"],
)
async def test_a_body_that_is_no_proper_json_is_a_validation_error(client: StandInClient, content: bytes) -> None:
    async with serving(client) as http:
        response = await http.post("/infer", content=content, headers=JSON)
    assert (response.status_code, response.json()["error_type"]) == (422, "validation_error")
    assert "Secret" not in response.text


async def test_a_body_of_another_content_type_is_a_validation_error(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/infer", content=b'{"text": "a"}', headers={"Content-Type": "text/plain"})
    assert (response.status_code, response.json()["error_type"]) == (422, "validation_error")


async def test_the_limits_are_those_of_the_settings(client: StandInClient) -> None:
    async with serving(client, max_items=2, max_alternatives=0, max_beam_size=1) as http:
        answers = [
            await http.post("/infer", json={"texts": ["a", "b", "c"]}),
            await http.post("/infer", json={"text": "a", "num_alternatives": 1}),
            await http.post("/infer", json={"text": "a", "beam_size": 2}),
        ]
    assert [answer.status_code for answer in answers] == [413, 422, 422]


async def test_every_number_of_an_answer_is_finite(client: StandInClient) -> None:
    async with serving(client) as http:
        [result] = await results_of(http, "/infer", text="hello", num_alternatives=1)
    german = result["translations"]["de"]
    assert all(map(math.isfinite, (german["score"], german["confidence"], german["alternatives"][0]["score"])))


async def test_markup_stays_around_the_text(client: StandInClient) -> None:
    async with serving(client) as http:
        answer = await http.post("/infer", json={"text": "<p>Hello &amp; <b>bye</b></p>", "format": "html"})
    assert answer.json()["results"][0]["translations"]["de"]["text"] == "<p>de0:Hello &amp; <b>bye</b></p>"


async def test_terms_come_back_as_the_caller_wants_them(client: StandInClient) -> None:
    body = {"text": "The board of Acme", "do_not_translate": ["Acme"], "glossary": {"de": {"board": "Vorstand"}}}
    async with serving(client) as http:
        translations = (await http.post("/infer", json=body)).json()["results"][0]["translations"]
    assert {code: (found["text"], found["glossary_applied"]) for code, found in translations.items()} == {
        "de": ("de0:The Vorstand of Acme", ["board"]),
        "fr": ("fr0:The board of Acme", []),
    }


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("do_not_translate", ["a", " "], "do_not_translate: every term must have a character"),
        ("do_not_translate", ["a", "b", "c"], "do_not_translate: must have at most 2 terms"),
        ("do_not_translate", ["abcdef"], "do_not_translate: a term may have at most 5 characters"),
        ("glossary", {"de": {"a": "abcdef"}}, "glossary.de: a term may have at most 5 characters"),
        ("glossary", {"fr": {"a": "\ud800"}}, "glossary.fr: every term must have a character"),
        ("glossary", {"fr": {"a": "x", "b": "x", "c": "x"}}, "glossary.fr: must have at most 2 terms"),
        ("glossary", {"es": {}}, "glossary.es: unknown field"),
        ("format", "pdf", "format: "),
    ],
)
async def test_terms_and_formats_that_cannot_be_used_are_named(
    client: StandInClient, field: str, value: object, problem: str
) -> None:
    async with serving(client, max_terms=2, max_term_characters=5) as http:
        answer = await http.post(
            "/infer", content=json.dumps({"text": "x", field: value}), headers={"Content-Type": "application/json"}
        )
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(problem)

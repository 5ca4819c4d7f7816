"""Whatever is posted, the answer is a success or has the one error body."""

import json
import re
from collections import Counter
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.error_answers import DeepLErrorBody, ErrorBody
from api.errors import ERRORS
from api.main import create_app
from tests.api.stand_ins import StandInClient
from tests.api.stand_ins import settings as api_settings

TEXTS = st.text(st.characters(exclude_categories=()), max_size=20)
JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
FIELDS = {
    "/infer": ["text", "texts", "num_alternatives", "beam_size", "segments", "split_sentences"],
    "/infer_batch": ["text", "texts", "num_alternatives", "beam_size", "segments", "split_sentences"],
    "/translate": ["q", "source", "target", "format", "alternatives", "api_key"],
    "/detect": ["q", "api_key"],
    "/v2/translate": [
        "text",
        "target_lang",
        "source_lang",
        "split_sentences",
        "tag_handling",
        "formality",
        "glossary_id",
    ],
    "/v2/languages": ["type", "auth_key"],
    "/v2/glossaries": ["name", "source_lang", "target_lang", "entries", "entries_format"],
}
# What the fields that have few values may have.
WORDS = st.sampled_from(
    ["en", "de", "DE", "EN", "auto", "html", "csv", "tsv", "0", "nonewlines", "target", "a\tb", "Hi."]
)
# Of these there are as many as the profile says, of what is only made up of fields a thousand at most.
FULL = settings()
PART = settings(max_examples=min(settings().max_examples, 1000))
APP = create_app(api_settings(), connect=lambda _: StandInClient(largest_batch=4))
PROSE = st.sampled_from(
    ["Good morning.", "He left.", "the cart", "Dr. Who", "3.5 km", "«Oui»", "你好", "e.g.", "-", "1."]
)
SEPARATORS = st.sampled_from([" ", "  ", "\n", "\r\n", "\n\n", "\t", "\u2028", "\u00a0", "\n- ", "\n> ", "\v"])
TAGS = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<br/>", "<a href='x'>", "</a>", "<!-- c -->", "&amp;", "<pre>", "<", ">"]
)
FRAGMENTS = st.lists(TAGS | PROSE | SEPARATORS | TEXTS, max_size=12).map("".join)
WRITTEN_TAGS = re.compile(r"</?(?:p|b|br/|a|a href='x'|pre)>|<!-- c -->")
TYPES = {kind.error_type: kind.status for kind in ERRORS}


def bodies(path: str) -> st.SearchStrategy[Any]:
    values = JSON_VALUES | WORDS | st.lists(TEXTS | WORDS, max_size=4)
    return JSON_VALUES | st.dictionaries(st.sampled_from(FIELDS[path]), values, max_size=len(FIELDS[path]))


async def answer_to(path: str, **body: Any) -> httpx.Response:
    async with (
        APP.router.lifespan_context(APP),
        httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://api") as http,
    ):
        return await http.post(path, **body)


async def answer_to_json(path: str, body: Any) -> httpx.Response:
    return await answer_to(path, content=json.dumps(body), headers={"Content-Type": "application/json"})


def assert_success_or_known_error(path: str, response: httpx.Response) -> None:
    if response.status_code in (200, 201):
        return
    assert response.status_code < 500
    if path.startswith("/v2/"):
        assert DeepLErrorBody.model_validate_json(response.content).detail in TYPES
    else:
        assert TYPES[ErrorBody.model_validate_json(response.content).error_type] == response.status_code


@pytest.mark.parametrize("path", FIELDS)
@PART
@given(data=st.data())
async def test_no_json_body_is_a_server_error(path: str, data: st.DataObject) -> None:
    assert_success_or_known_error(path, await answer_to_json(path, data.draw(bodies(path))))


@pytest.mark.parametrize("path", ["/translate", "/detect", "/v2/translate", "/v2/languages", "/v2/glossaries"])
@PART
@given(data=st.data())
async def test_no_form_is_a_server_error(path: str, data: st.DataObject) -> None:
    names = st.sampled_from(FIELDS[path]) | TEXTS
    pairs = data.draw(st.lists(st.tuples(names, TEXTS | WORDS), max_size=6))
    form = urlencode(pairs, errors="surrogatepass")
    response = await answer_to(path, content=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert_success_or_known_error(path, response)


@pytest.mark.parametrize("path", ["/translate", "/v2/translate"])
@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
@PART
@given(content=st.binary(max_size=100))
async def test_no_bytes_are_a_server_error(path: str, kind: str, content: bytes) -> None:
    assert_success_or_known_error(path, await answer_to(path, content=content, headers={"Content-Type": kind}))


@PART
@given(header=st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=30))
async def test_no_authorization_is_a_server_error(header: str) -> None:
    headers = {"Authorization": header.encode("latin-1"), "Content-Type": "application/json"}
    response = await answer_to("/v2/usage", headers=headers)
    assert response.status_code == 200


@PART
@given(texts=st.lists(TEXTS, min_size=1, max_size=6))
async def test_every_text_has_a_translation_or_an_error(texts: list[str]) -> None:
    results = (await answer_to_json("/infer_batch", {"texts": texts})).json()["results"]
    assert len(results) == len(texts)
    assert all((result["translations"] is None) != (result["error"] is None) for result in results)


@FULL
@given(fragment=FRAGMENTS)
async def test_no_tag_of_an_html_fragment_is_lost(fragment: str) -> None:
    response = await answer_to_json("/translate", {"q": fragment, "target": "de", "format": "html"})
    assert_success_or_known_error("/translate", response)
    if response.status_code == 200:
        translation = response.json()["translatedText"]
        assert Counter(WRITTEN_TAGS.findall(translation)) == Counter(WRITTEN_TAGS.findall(fragment))

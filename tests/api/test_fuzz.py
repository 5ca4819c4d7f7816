"""Whatever is posted, the answer is a success or has the one error body."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.errors import ERRORS, ErrorBody
from api.main import create_app
from tests.api.stand_ins import StandInClient
from tests.api.stand_ins import settings as api_settings

TEXTS = st.text(st.characters(exclude_categories=()), max_size=20)
JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from(["text", "texts", "num_alternatives", "beam_size", "q", "source", "target"])
BODIES = JSON_VALUES | st.dictionaries(FIELDS, JSON_VALUES | st.lists(TEXTS, max_size=4), max_size=4)
APP = create_app(api_settings(), connect=lambda _: StandInClient(largest_batch=4))
TYPES = {kind.error_type: kind.status for kind in ERRORS}


async def answer_to(path: str, body: Any) -> httpx.Response:
    async with (
        APP.router.lifespan_context(APP),
        httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://api") as http,
    ):
        return await http.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("path", ["/infer", "/infer_batch", "/translate"])
@settings(max_examples=60, deadline=None)
@given(body=BODIES)
async def test_no_json_body_is_a_server_error(path: str, body: Any) -> None:
    response = await answer_to(path, body)
    if response.status_code != 200:
        error = ErrorBody.model_validate_json(response.content)
        assert response.status_code == TYPES[error.error_type] < 500


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=6))
async def test_every_text_has_a_translation_or_an_error(texts: list[str]) -> None:
    results = (await answer_to("/infer_batch", {"texts": texts})).json()["results"]
    assert len(results) == len(texts)
    assert all((result["translations"] is None) != (result["error"] is None) for result in results)

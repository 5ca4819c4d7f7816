"""`/metrics` over HTTP."""

import pytest

from tests.api.stand_ins import StandInClient, serving


async def scraped(client: StandInClient, *requests: tuple[str, str, dict[str, object] | None]) -> str:
    async with serving(client) as http:
        for method, path, body in requests:
            await http.request(method, path, json=body)
        return (await http.get("/metrics")).text


@pytest.mark.parametrize(
    "line",
    [
        'translate_http_requests_total{method="POST",route="/infer",status="200"} 1.0',
        'translate_http_request_seconds_count{route="/infer"} 1.0',
        'translate_triton_batch_size_sum{model="translate_ensemble"} 2.0',
        'translate_triton_request_seconds_count{model="translate_ensemble",outcome="ok"} 2.0',
        'translate_items_total{outcome="translated"} 2.0',
        "translate_characters_total 7.0",
        "translate_http_requests_in_flight 1.0",
    ],
)
async def test_a_request_leaves_its_trace(client: StandInClient, line: str) -> None:
    text = await scraped(client, ("POST", "/infer", {"texts": ["one", "four"]}))
    assert line in text.splitlines()


async def test_an_unknown_path_never_becomes_a_label(client: StandInClient) -> None:
    text = await scraped(client, ("GET", "/secret/path", None))
    assert 'translate_http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in text
    assert "secret" not in text


async def test_an_unknown_method_never_becomes_a_label(client: StandInClient) -> None:
    text = await scraped(client, ("SECRET", "/infer", None))
    assert 'translate_http_requests_total{method="OTHER",route="/infer",status="405"} 1.0' in text
    assert "SECRET" not in text


async def test_errors_are_counted_by_type(client: StandInClient) -> None:
    text = await scraped(client, ("POST", "/infer", {}))
    assert 'translate_errors_total{error_type="validation_error",scope="request"} 1.0' in text


async def test_a_scraper_may_ask_for_openmetrics(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert response.text.endswith("# EOF\n")

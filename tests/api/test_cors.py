"""Which web pages may call the API from a browser."""

import pytest

from tests.api.stand_ins import StandInClient, serving

PAGE = "https://app.example.com"
PREFLIGHT = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
ALLOWED = "Access-Control-Allow-Origin"


async def test_no_page_may_by_default(client: StandInClient) -> None:
    async with serving(client) as http:
        answer = await http.post("/infer", json={"text": "a"}, headers={"Origin": PAGE})
        preflight = await http.options("/infer", headers=PREFLIGHT)
    assert ALLOWED not in answer.headers
    assert (preflight.status_code, ALLOWED in preflight.headers) == (405, False)


@pytest.mark.parametrize("origins", [PAGE, f"https://other.example.com {PAGE}"])
async def test_a_page_of_an_allowed_origin_may(client: StandInClient, origins: str) -> None:
    async with serving(client, cors_origins=origins) as http:
        answer = await http.post("/infer", json={"text": "a"}, headers={"Origin": PAGE})
        preflight = await http.options("/infer", headers=PREFLIGHT)
    assert (answer.headers[ALLOWED], preflight.status_code, preflight.headers[ALLOWED]) == (PAGE, 200, PAGE)


async def test_a_page_of_another_origin_may_not(client: StandInClient) -> None:
    async with serving(client, cors_origins="https://other.example.com") as http:
        answer = await http.post("/infer", json={"text": "a"}, headers={"Origin": PAGE})
        preflight = await http.options("/infer", headers=PREFLIGHT)
    assert (ALLOWED in answer.headers, preflight.status_code) == (False, 400)


async def test_all_pages_may_with_a_star(client: StandInClient) -> None:
    async with serving(client, cors_origins="*") as http:
        answer = await http.post("/infer", json={"text": "a"}, headers={"Origin": PAGE})
    assert answer.headers[ALLOWED] == "*"


async def test_a_page_can_read_why_it_was_refused(client: StandInClient) -> None:
    async with serving(client, cors_origins=PAGE, max_body_bytes=5) as http:
        answer = await http.post("/infer", json={"text": "a"}, headers={"Origin": PAGE})
    assert (answer.status_code, answer.headers[ALLOWED]) == (413, PAGE)

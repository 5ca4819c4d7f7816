"""Keys and limits per minute, as objects and over HTTP."""

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from api.access import AccessControl, Caller, address_of
from api.errors import RateLimitedError, TextTooLongError
from api.keys import key_line
from tests.api.stand_ins import StandInClient, serving

KEY = "tt_secret"
TEXT = {"q": "hello", "source": "en", "target": "de"}
SHOP = Caller("shop", has_key=True)


def access(requests: int = 0, characters: int = 0) -> AccessControl:
    return AccessControl(None, requests_per_minute=requests, characters_per_minute=characters)


@pytest.fixture
def keys_file(tmp_path: Path) -> str:
    file = tmp_path / "keys"
    file.write_text(f"{key_line('shop', KEY)}\n{key_line('blog', 'tt_other')}\n")
    return str(file)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        (None, "unknown"),
    ],
)
def test_an_address_stands_for_one_client(host: str | None, address: str) -> None:
    assert address_of(host) == address


async def test_requests_beyond_the_limit_are_refused_until_some_time_has_passed() -> None:
    control = access(requests=2)
    await control.count_request(SHOP)
    await control.count_request(SHOP)
    with pytest.raises(RateLimitedError, match="2 requests per minute") as refusal:
        await control.count_request(SHOP)
    assert refusal.value.retry_after_seconds is not None
    assert 1 <= refusal.value.retry_after_seconds <= 60


async def test_callers_have_limits_of_their_own() -> None:
    control = access(requests=1)
    await control.count_request(SHOP)
    await control.count_request(Caller("blog", has_key=True))


async def test_characters_that_are_refused_are_not_counted() -> None:
    control = access(characters=10)
    await control.count_characters(SHOP, 6)
    with pytest.raises(RateLimitedError, match="10 characters per minute"):
        await control.count_characters(SHOP, 6)
    await control.count_characters(SHOP, 4)
    assert control.used_characters(SHOP) == 10


async def test_more_characters_than_a_minute_allows_are_never_accepted() -> None:
    with pytest.raises(TextTooLongError, match="at most 10 characters"):
        await access(characters=10).count_characters(SHOP, 11)


async def test_without_limits_everything_is_only_counted() -> None:
    control = access()
    for _ in range(100):
        await control.count_request(SHOP)
        await control.count_characters(SHOP, 1_000_000)
    assert control.used_characters(SHOP) == 100_000_000


async def test_without_keys_there_is_one_account() -> None:
    control = access()
    await control.count_characters(control.identify(None, "192.0.2.7"), 3)
    await control.count_characters(control.identify(None, "192.0.2.8"), 4)
    assert control.used_characters(control.identify("any", "192.0.2.9")) == 7


PROTECTED = ["/infer", "/infer_batch", "/translate", "/detect"]


@pytest.mark.parametrize("path", PROTECTED)
async def test_a_request_without_a_key_is_refused_where_keys_are_asked_for(
    client: StandInClient, keys_file: str, path: str
) -> None:
    async with serving(client, api_keys_file=keys_file) as http:
        response = await http.post(path, json={"text": "hello"} if "infer" in path else TEXT)
    assert (response.status_code, response.json()["error_type"]) == (401, "missing_api_key")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", PROTECTED)
async def test_a_wrong_key_is_refused(client: StandInClient, keys_file: str, path: str) -> None:
    async with serving(client, api_keys_file=keys_file) as http:
        response = await http.post(path, json={}, headers={"Authorization": "Bearer tt_wrong"})
    assert (response.status_code, response.json()["error_type"]) == (403, "invalid_api_key")


@pytest.mark.parametrize(
    ("path", "body"),
    [("/infer", {"text": "hello"}), ("/infer_batch", {"text": "hello"}), ("/translate", TEXT), ("/detect", TEXT)],
)
@pytest.mark.parametrize(
    "given",
    [
        {"headers": {"Authorization": f"Bearer {KEY}"}},
        {"headers": {"Authorization": f"bearer  {KEY}"}},
        {"headers": {"Authorization": f"DeepL-Auth-Key {KEY}"}},
        {"params": {"api_key": KEY}},
    ],
)
async def test_a_key_opens_by_header_and_by_query(
    client: StandInClient, keys_file: str, path: str, body: dict[str, str], given: dict[str, Any]
) -> None:
    async with serving(client, api_keys_file=keys_file) as http:
        response = await http.post(path, json=body, **given)
    assert response.status_code == 200


@pytest.mark.parametrize("form", ["json", "data"])
@pytest.mark.parametrize("path", ["/translate", "/detect"])
async def test_libretranslate_has_the_key_in_the_body(
    client: StandInClient, keys_file: str, path: str, form: str
) -> None:
    async with serving(client, api_keys_file=keys_file) as http:
        right = await http.post(path, **{form: {**TEXT, "api_key": KEY}})  # type: ignore[arg-type]
        wrong = await http.post(path, **{form: {**TEXT, "api_key": "x"}})  # type: ignore[arg-type]
    assert (right.status_code, wrong.status_code) == (200, 403)


async def test_a_key_that_is_no_string_is_no_key(client: StandInClient, keys_file: str) -> None:
    async with serving(client, api_keys_file=keys_file) as http:
        response = await http.post("/translate", json={**TEXT, "api_key": 7})
    assert response.status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/health", "/health/live", "/health/ready", "/metrics", "/languages", "/frontend/settings", "/openapi.json"],
)
async def test_what_tells_nothing_about_texts_stays_open(client: StandInClient, keys_file: str, path: str) -> None:
    async with serving(client, api_keys_file=keys_file) as http:
        response = await http.get(path)
    assert response.status_code == 200


async def test_the_access_line_names_the_key_and_never_shows_it(client: StandInClient, keys_file: str) -> None:
    async with serving(client, api_keys_file=keys_file) as http:
        with capture_logs() as logs:
            for path in ("/translate", "/detect"):
                await http.post(path, params={"api_key": KEY}, json={**TEXT, "api_key": KEY})
                await http.post(path, params={"api_key": "tt_wrong"}, json=TEXT)
    assert [entry.get("key_name") for entry in logs] == ["shop", None, "shop", None]
    assert KEY not in str(logs)
    assert "tt_wrong" not in str(logs)


async def test_a_refusal_says_when_to_come_back(client: StandInClient) -> None:
    async with serving(client, requests_per_minute=1, retry_after_seconds=2) as http:
        await http.post("/infer", json={"text": "hello"})
        response = await http.post("/infer", json={"text": "hello"})
    assert (response.status_code, response.json()["error_type"]) == (429, "rate_limited")
    assert 2 < int(response.headers["Retry-After"]) <= 60


async def test_every_interface_counts_towards_the_same_limit(client: StandInClient) -> None:
    async with serving(client, requests_per_minute=4) as http:
        statuses = [
            (await http.post(path, json=body)).status_code
            for path, body in [
                ("/infer", {"text": "hello"}),
                ("/translate", TEXT),
                ("/detect", TEXT),
                ("/v2/translate", {"text": ["hello"], "target_lang": "DE"}),
                ("/infer_batch", {"text": "hello"}),
            ]
        ]
    assert statuses == [200, 200, 200, 200, 429]


async def test_characters_are_limited_too(client: StandInClient) -> None:
    async with serving(client, characters_per_minute=8) as http:
        responses = [await http.post("/infer", json={"text": "hello"}) for _ in range(2)]
    assert [response.status_code for response in responses] == [200, 429]


async def test_a_key_has_the_same_limit_from_every_address(client: StandInClient, keys_file: str) -> None:
    async with serving(client, api_keys_file=keys_file, requests_per_minute=1) as http:
        statuses = [
            (await http.post("/infer", json={"text": "a"}, params={"api_key": key})).status_code
            for key in (KEY, "tt_other", KEY)
        ]
    assert statuses == [200, 200, 429]

"""The page and its files over HTTP."""

import re
from pathlib import Path

import pytest

import api
from tests.api.stand_ins import StandInClient, serving

FOLDER = Path(api.__file__).parent / "static"
NAMES = sorted(path.name for path in FOLDER.iterdir())
MEDIA_TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml"}
PATHS = ["/", *(f"/static/{name}" for name in NAMES)]


async def test_the_page_is_served(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.get("/")
    assert (response.status_code, response.text) == (200, (FOLDER / "index.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
async def test_each_file_is_served_as_what_it_is(client: StandInClient, name: str) -> None:
    async with serving(client) as http:
        response = await http.get(f"/static/{name}")
    assert response.status_code == 200
    assert response.headers["Content-Type"].partition(";")[0] == MEDIA_TYPES[Path(name).suffix]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_forbids_what_the_page_does_not_need(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        headers = (await http.get(path)).headers
    policy = dict(entry.strip().split(" ", 1) for entry in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", PATHS)
async def test_a_current_copy_is_not_sent_again(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        first = await http.get(path)
        second = await http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert first.headers["Cache-Control"] == "no-cache"
    assert (second.status_code, second.content) == (304, b"")


async def test_a_head_request_is_answered_without_a_body(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.head("/")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("name", ["", "missing.js", "..%2fmain.py", "%2e%2e", "%00"])
async def test_nothing_else_is_served(client: StandInClient, name: str) -> None:
    async with serving(client) as http:
        response = await http.get(f"/static/{name}")
    assert (response.status_code, response.json()["error_type"]) == (404, "not_found")


async def test_no_key_is_needed_to_see_it(client: StandInClient, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"shop:{'0' * 64}")
    async with serving(client, api_keys_file=str(keys)) as http:
        assert [(await http.get(path)).status_code for path in PATHS] == [200] * len(PATHS)


@pytest.mark.parametrize("name", NAMES)
def test_the_files_name_no_other_server_and_turn_no_string_into_markup(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\bon\w+=|\sstyle=", text)

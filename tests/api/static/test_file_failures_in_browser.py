"""Files on the page that are refused, fail, or are gone; and what can be done about it."""

import json
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from api.errors import TritonUnavailableError
from api.files.formats import FORMATS
from tests.api.served import served
from tests.api.static.browsers import needs_browser
from tests.api.static.page_files import NOTES, SLOW, GatedClient, choose, download, row

pytestmark = needs_browser

SUFFIXES = [suffix for known in FORMATS for suffix in known.suffixes]


@pytest.fixture
def client() -> GatedClient:
    return GatedClient()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("photo.xyz", b"One.", f"Files of this kind cannot be translated. These can: {', '.join(SUFFIXES)}."),
        ("broken.txt", b"\xff\xfe\x00", "The file cannot be read: the file is not text in UTF-8."),
        ("big.txt", b"x" * 3_000, "The file is too large: it may have at most 2 kB."),
    ],
)
def test_a_file_that_is_not_taken_says_why(
    client: GatedClient, page: Page, name: str, content: bytes, words: str
) -> None:
    with served(client, max_file_bytes=2_500) as url:
        page.goto(url)
        choose(page, {"name": name, "mimeType": "", "buffer": content})
        expect(row(page, name)).to_contain_text(words)
        expect(page.locator("#files-announcer")).to_contain_text(f"{name}: {words}")
        expect(row(page, name).get_by_role("button", name="Try again")).to_be_hidden()
        row(page, name).get_by_role("button", name=f"Remove {name}").click()
        expect(page.get_by_role("region", name="Files")).to_be_hidden()
        expect(page.get_by_role("button", name="Translate a file")).to_be_focused()
    assert client.requests == []


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [
        ("big.txt", 3_000, "The file is too large: a file may have at most 2500 bytes."),
        ("huge.txt", 2_000_000, "The file is too large for this server."),
        ("photo.xyz", 10, "Files of this kind cannot be translated."),
    ],
)
def test_without_its_settings_the_server_itself_refuses_a_file(
    client: GatedClient, page: Page, name: str, size: int, words: str
) -> None:
    page.route("**/frontend/settings", lambda route: route.abort())
    with served(client, max_file_bytes=2_500, max_body_bytes=2_500) as url:
        page.goto(url)
        choose(page, {"name": name, "mimeType": "", "buffer": b"x" * size})
        expect(row(page, name)).to_contain_text(words)


@pytest.mark.parametrize(
    ("status", "error_type", "words"),
    [
        (429, "too_many_jobs", "The server keeps no more files than it has now."),
        (429, "rate_limited", "You have used up what this server allows in a minute. It takes more in 7 s."),
        (503, "triton_unavailable", "The translation models are not ready yet."),
        (500, "internal", "This did not work: Oh."),
    ],
)
def test_what_may_pass_can_be_tried_again(url: str, page: Page, status: int, error_type: str, words: str) -> None:
    body = json.dumps({"error": "Oh.", "error_type": error_type})
    page.route(
        "**/jobs",
        lambda route: route.fulfill(
            status=status, headers={"Retry-After": "7"}, content_type="application/json", body=body
        ),
        times=1,
    )
    page.goto(url)
    choose(page, NOTES)
    expect(row(page, "notes.txt")).to_contain_text(words)
    row(page, "notes.txt").get_by_role("button", name="Try again: notes.txt").click()
    expect(row(page, "notes.txt").get_by_role("button", name="Remove notes.txt")).to_be_focused()
    assert download(page, "notes.txt", "German")[1] == "de0:One.\nde0:Two."


def test_a_job_that_failed_is_forgotten_and_done_anew(client: GatedClient, page: Page) -> None:
    client.failures["One."] = TritonUnavailableError()
    with served(client, job_patience_seconds=0.1, max_jobs=1) as url:
        page.goto(url)
        choose(page, NOTES)
        expect(row(page, "notes.txt")).to_contain_text("The translation models are not ready yet.")
        client.failures.clear()
        row(page, "notes.txt").get_by_role("button", name="Try again").click()
        expect(row(page, "notes.txt")).to_contain_text("Translated.")


def test_a_file_that_is_gone_when_it_is_sent_again_says_so(url: str, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("One.")
    page.route("**/jobs", lambda route: route.abort(), times=1)
    page.goto(url)
    page.locator("input[type=file]").set_input_files(path)
    expect(row(page, "notes.txt")).to_contain_text("The server cannot be reached.")
    path.unlink()
    row(page, "notes.txt").get_by_role("button", name="Try again").click()
    expect(row(page, "notes.txt")).to_contain_text("The browser cannot read this.")


def test_a_lost_connection_does_not_end_the_waiting(
    url: str, page: Page, context: BrowserContext, client: GatedClient
) -> None:
    page.goto(url)
    with page.expect_response("**/jobs"):
        choose(page, SLOW)
    context.set_offline(True)
    expect(row(page, "slow.txt")).to_contain_text("You are offline. Trying again.")
    context.set_offline(False)
    client.let_through()
    expect(row(page, "slow.txt")).to_contain_text("Translated.")


def translate_and_forget(url: str, page: Page) -> None:
    """Have `NOTES` translated on the page, and forgotten by the server behind its back."""
    page.goto(url)
    with page.expect_response("**/jobs") as submitted:
        choose(page, NOTES)
    expect(row(page, "notes.txt")).to_contain_text("Translated.")
    httpx.delete(f"{url}/jobs/{submitted.value.json()['id']}").raise_for_status()


def test_a_file_that_was_forgotten_before_a_reload_cannot_be_sent_again(url: str, page: Page) -> None:
    translate_and_forget(url, page)
    page.reload()
    expect(row(page, "notes.txt")).to_contain_text("The server does not have this file any more.")
    expect(row(page, "notes.txt").get_by_role("button", name="Try again")).to_be_hidden()


def test_an_expired_translation_says_so_and_can_be_made_again(client: GatedClient, page: Page) -> None:
    with served(client, job_expiry_seconds=1) as url:
        page.goto(url)
        choose(page, NOTES)
        expect(row(page, "notes.txt")).to_contain_text("Translated.")
        expect(row(page, "notes.txt")).to_contain_text("The server does not have this file any more.")
        row(page, "notes.txt").get_by_role("button", name="Try again").click()
        assert download(page, "notes.txt", "French")[1] == "fr0:One.\nfr0:Two."


def test_a_translation_that_is_gone_when_it_is_fetched_says_so(url: str, page: Page) -> None:
    translate_and_forget(url, page)
    row(page, "notes.txt").get_by_role("button", name="German").click()
    expect(row(page, "notes.txt")).to_contain_text("The server does not have this file any more.")


def test_a_download_that_fails_can_be_asked_for_again(url: str, page: Page) -> None:
    page.route("**/result?*", lambda route: route.abort(), times=1)
    page.goto(url)
    choose(page, NOTES)
    row(page, "notes.txt").get_by_role("button", name="German").click()
    expect(row(page, "notes.txt")).to_contain_text("The server cannot be reached.")
    assert download(page, "notes.txt", "German")[1] == "de0:One.\nde0:Two."
    expect(row(page, "notes.txt")).not_to_contain_text("The server cannot be reached.")

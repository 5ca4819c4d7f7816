"""Files on the page: chosen or dropped, watched, fetched, and taken away."""

import re
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import JSHandle, Page, Route, expect

from api.errors import InferenceFailedError
from api.files.formats import FORMATS
from api.keys import key_line
from tests.api.served import served
from tests.api.static.browsers import PHONE, complaints_of, needs_browser
from tests.api.static.contrasts import TEXT_CONTRAST, contrast, hexadecimal
from tests.api.static.page_files import NOTES, SLOW, GatedClient, choose, download, row, text_file, until

pytestmark = needs_browser

SUFFIXES = [suffix for known in FORMATS for suffix in known.suffixes]


@pytest.fixture
def client() -> GatedClient:
    return GatedClient()


def dragged(page: Page, *names: str) -> JSHandle:
    script = (
        "names => { const d = new DataTransfer(); names.forEach(n => d.items.add(new File(['One.'], n))); return d }"
    )
    return page.evaluate_handle(script, list(names))


def test_a_chosen_file_comes_back_in_both_languages_without_complaints(url: str, page: Page) -> None:
    complaints = complaints_of(page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(url)
    choose(page, NOTES)
    expect(row(page, "notes.txt")).to_contain_text("Translated.")
    assert download(page, "notes.txt", "German") == ("notes.de.txt", "de0:One.\nde0:Two.")
    assert download(page, "notes.txt", "French") == ("notes.fr.txt", "fr0:One.\nfr0:Two.")
    assert complaints == []
    assert [address for address in requests if not address.removeprefix("blob:").startswith(url)] == []


def test_the_browser_offers_the_formats_that_the_server_takes(url: str, page: Page) -> None:
    page.goto(url)
    field = page.locator("input[type=file]")
    expect(field).to_have_attribute("accept", ",".join(SUFFIXES))
    expect(field).to_have_attribute("multiple", "")


def test_files_can_be_dropped_anywhere_into_a_zone_that_shows(url: str, page: Page) -> None:
    page.goto(url)
    zone = page.get_by_text("Drop English files here")
    expect(page.locator("input[type=file]")).to_have_attribute("accept", re.compile(r"\.txt"))
    files = {"dataTransfer": dragged(page, "Ünï.txt", "b.md")}
    expect(zone).to_be_hidden()
    page.get_by_role("textbox", name="English").dispatch_event("dragenter", files)
    expect(zone).to_be_visible()
    expect(page.locator(".drop")).to_contain_text(", ".join(SUFFIXES))
    page.locator(".drop").dispatch_event("dragleave", files)
    expect(zone).to_be_hidden()
    page.get_by_role("heading", name="French").dispatch_event("dragenter", files)
    page.locator(".drop").dispatch_event("drop", files)
    expect(zone).to_be_hidden()
    expect(page.get_by_role("region", name="Files").get_by_role("listitem")).to_have_count(2)
    for name in ("Ünï.txt", "b.md"):
        expect(row(page, name)).to_contain_text("Translated.")
    assert download(page, "Ünï.txt", "French") == ("Ünï.fr.txt", "fr0:One.")


def test_dragged_text_is_left_to_the_text_field(url: str, page: Page) -> None:
    page.goto(url)
    text = page.evaluate_handle("() => { const d = new DataTransfer(); d.setData('text/plain', 'One.'); return d }")
    field = page.get_by_role("textbox", name="English")
    field.dispatch_event("dragenter", {"dataTransfer": text})
    expect(page.locator(".drop")).to_be_hidden()
    prevented = "(e, d) => !e.dispatchEvent(new DragEvent('drop', {dataTransfer: d, bubbles: true, cancelable: true}))"
    assert field.evaluate(prevented, text) is False


def test_progress_is_shown_and_said_once(url: str, page: Page, client: GatedClient) -> None:
    page.clock.install()
    page.goto(url)
    choose(page, text_file("long.txt", "\n".join([*(f"Line {index}." for index in range(199)), "Wait."])))
    bar = row(page, "long.txt").get_by_role("progressbar", name="Translation of long.txt")
    until(page, lambda: client.is_holding)
    page.clock.run_for(10_000)
    expect(row(page, "long.txt")).to_contain_text(re.compile(r"[1-9]\d* of 200 sentences"))
    share = bar.evaluate("bar => bar.value * 200")
    assert 0 < share < 200
    expect(bar).to_have_attribute("aria-valuetext", f"{share:.0f} of 200 sentences")
    said = page.locator("#files-announcer")
    expect(said).to_have_text("Added long.txt.")
    client.let_through()
    expect(said).to_have_text("long.txt is translated.")
    expect(bar).to_be_hidden()


def test_the_server_is_asked_after_growing_waits(url: str, page: Page) -> None:
    page.clock.install(time=0)
    page.goto(url)
    page.evaluate(
        """async () => {
          const { poll } = await import("./static/polling.js");
          window.asked = [Date.now()];
          poll(() => window.asked.push(Date.now()) > 20, new AbortController().signal);
        }"""
    )
    page.clock.run_for(120_000)
    asked = page.evaluate("window.asked")
    waits = [later - earlier for earlier, later in pairwise(asked)]
    assert len(waits) == 20
    assert waits == pytest.approx(sorted(waits))
    assert 100 <= waits[0] < waits[1] < waits[2] < waits[-1] <= 10_000


def test_the_server_is_not_asked_while_nobody_looks(url: str, page: Page) -> None:
    page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => window.isHidden ?? false })")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/jobs/" in request.url else None)
    page.clock.install()
    page.goto(url)
    choose(page, SLOW)
    until(page, lambda: asked)
    page.evaluate("window.isHidden = true")
    page.clock.run_for(10_000)
    before = len(asked)
    page.clock.run_for(120_000)
    assert len(asked) == before
    page.evaluate("window.isHidden = false; document.dispatchEvent(new Event('visibilitychange'))")
    until(page, lambda: len(asked) > before)


@pytest.mark.parametrize(("hour", "until_when"), [(12, "13:30"), (23, "5 May 2030, 00:30")])
def test_it_is_said_until_when_a_translation_is_kept(url: str, page: Page, hour: int, until_when: str) -> None:
    # The clock of this computer goes wrong, and that of the server is none of a person's business.
    page.clock.set_fixed_time(datetime(2030, 5, 4, hour, 30, 30))
    page.goto(url)
    choose(page, NOTES)
    expect(row(page, "notes.txt")).to_contain_text(f"You can fetch it until {until_when}.")


def test_sentences_that_stayed_in_english_are_counted(url: str, page: Page, client: GatedClient) -> None:
    client.failures["Bad."] = InferenceFailedError()
    page.goto(url)
    choose(page, text_file("some.txt", "Good.\nBad."))
    expect(row(page, "some.txt")).to_contain_text("1 of 2 sentences stayed in English.")
    expect(page.locator("#files-announcer")).to_have_text("some.txt is translated. 1 of 2 sentences stayed in English.")
    assert download(page, "some.txt", "German")[1] == "de0:Good.\nBad."


def test_cancelling_stops_the_work_and_the_server_forgets_the_file(url: str, page: Page, client: GatedClient) -> None:
    page.goto(url)
    with page.expect_response("**/jobs") as submitted:
        choose(page, SLOW)
    job = f"{url}/jobs/{submitted.value.json()['id']}"
    expect(row(page, "slow.txt")).to_contain_text("0 of 1 sentence")
    with page.expect_response(lambda response: response.request.method == "DELETE") as deleted:
        row(page, "slow.txt").get_by_role("button", name="Cancel slow.txt").click()
    assert (deleted.value.url, deleted.value.status) == (job, 204)
    expect(page.get_by_role("region", name="Files")).to_be_hidden()
    assert httpx.get(job).status_code == 404
    client.let_through()
    assert client.requests == []


def test_a_file_cancelled_while_it_is_sent_is_forgotten_once_it_has_arrived(url: str, page: Page) -> None:
    held: list[Route] = []
    page.route("**/jobs", lambda route: held.append(route))
    page.goto(url)
    choose(page, NOTES)
    until(page, lambda: held)
    row(page, "notes.txt").get_by_role("button", name="Cancel").click()
    with page.expect_request(lambda request: request.method == "DELETE") as forgetting:
        held[0].continue_()
    response = forgetting.value.response()
    assert response is not None
    assert response.status == 204


def test_files_are_still_there_after_a_reload_until_they_are_removed(url: str, page: Page, client: GatedClient) -> None:
    page.goto(url)
    choose(page, NOTES, SLOW)
    expect(row(page, "slow.txt")).to_contain_text("0 of 1 sentence")
    page.reload()
    expect(row(page, "slow.txt")).to_contain_text("0 of 1 sentence")
    client.let_through()
    expect(row(page, "slow.txt")).to_contain_text("Translated.")
    assert download(page, "notes.txt", "French") == ("notes.fr.txt", "fr0:One.\nfr0:Two.")
    with page.expect_response(lambda response: response.request.method == "DELETE"):
        row(page, "notes.txt").get_by_role("button", name="Remove").click()
    page.reload()
    expect(row(page, "slow.txt")).to_contain_text("Translated.")
    expect(row(page, "notes.txt")).to_be_hidden()


def test_with_api_keys_a_file_waits_for_the_key_and_is_fetched_with_it(
    client: GatedClient, page: Page, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.write_text(key_line("shop", "tt_secret"))
    with served(client, api_keys_file=str(keys)) as url:
        page.goto(url)
        choose(page, NOTES, text_file("more.txt", "Three."))
        expect(row(page, "more.txt")).to_contain_text("This server asks for an API key.")
        field = page.get_by_label("API key", exact=True)
        field.fill("tt_wrong")
        field.press("Enter")
        expect(row(page, "more.txt")).to_contain_text("The server does not know this API key.")
        expect(field).to_be_focused()
        field.fill("tt_secret")
        field.press("Enter")
        for name in ("notes.txt", "more.txt"):
            expect(row(page, name)).to_contain_text("Translated.")
        with page.expect_request("**/result?target=fr") as asked:
            assert download(page, "more.txt", "French") == ("more.fr.txt", "fr0:Three.")
        assert "tt_secret" not in asked.value.url
        assert asked.value.headers["authorization"] == "Bearer tt_secret"
        with page.expect_response(lambda response: response.request.method == "DELETE") as deleted:
            row(page, "more.txt").get_by_role("button", name="Remove").click()
        assert deleted.value.status == 204


def test_all_of_it_works_with_the_keyboard(url: str, page: Page) -> None:
    page.on("filechooser", lambda chooser: chooser.set_files([NOTES, text_file("more.txt", "Three.")]))
    page.goto(url)
    page.get_by_role("textbox", name="English").focus()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Translate a file")).to_be_focused()
    page.keyboard.press("Enter")
    for name in ("notes.txt", "more.txt"):
        expect(row(page, name)).to_contain_text("Translated.")
    expect(page.get_by_role("button", name="Translate a file")).to_be_focused()
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id"))
    assert reached == [
        "source",
        "example",
        *(f"{language}: download notes.txt" for language in ("German", "French")),
        "Remove notes.txt",
        *(f"{language}: download more.txt" for language in ("German", "French")),
        "Remove more.txt",
    ]
    page.keyboard.press("Shift+Tab")
    with page.expect_download() as started:
        page.keyboard.press("Space")
    assert started.value.suggested_filename == "more.fr.txt"
    for _ in range(2):
        page.keyboard.press("Shift+Tab")
    with page.expect_response(lambda response: response.request.method == "DELETE"):
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove more.txt")).to_be_focused()


def test_a_phone_shows_files_without_scrolling_sideways_and_nothing_moves_when_one_is_done(
    url: str, page: Page, client: GatedClient
) -> None:
    page.set_viewport_size(PHONE)
    page.goto(url)
    name = "Donaudampfschifffahrtsgesellschaft" * 3
    choose(page, text_file(f"{name}.txt", "Wait."))
    expect(row(page, name)).to_contain_text("0 of 1 sentence")
    expect(row(page, name)).to_be_in_viewport()
    before = row(page, name).bounding_box()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    client.let_through()
    expect(row(page, name)).to_contain_text("Translated.")
    after = row(page, name).bounding_box()
    assert before == after
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


NAMELESS = """
  [...document.querySelectorAll("button, input:not([hidden]), progress, section, textarea")].filter((element) => {
    const ids = element.getAttribute("aria-labelledby")?.split(" ") ?? [];
    if (ids.some((id) => !document.getElementById(id)?.textContent.trim())) return true;
    return !ids.length && !(element.getAttribute("aria-label") || element.labels?.length || element.textContent.trim());
  }).map((element) => element.outerHTML)
"""
TWICE = """
  [...document.querySelectorAll("[id]")].map((element) => element.id)
    .filter((id, index, ids) => ids.indexOf(id) !== index)
"""
# Text that can be seen, with its colour and that of what is behind it, as `rgb(…)`.
SEEN = """
  [...document.querySelectorAll("#files *, #choose")]
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.checkVisibility())
    .map((element) => {
      let behind = element;
      while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
      return [element.textContent, getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
    })
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_has_a_name_and_contrast_enough(url: str, page: Page, theme: Any) -> None:
    page.emulate_media(color_scheme=theme)
    page.goto(url)
    choose(page, NOTES, SLOW, text_file("photo.xyz", ""))
    expect(row(page, "notes.txt")).to_contain_text("Translated.")
    expect(row(page, "photo.xyz")).to_contain_text("Files of this kind")
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(TWICE) == []
    seen = page.evaluate(SEEN)
    assert {"Files", "notes.txt", "German", "Remove", "Cancel"} <= {text for text, *_ in seen}
    assert [each for each in seen if contrast(*map(hexadecimal, each[1:])) < TEXT_CONTRAST] == []

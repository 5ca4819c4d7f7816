"""The page in a browser without a window, on the application with a client that makes translations up."""

import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from api.errors import InferenceFailedError, OverloadedError
from api.keys import key_line
from api.text.hypotheses import Hypothesis
from api.triton_client import ItemOutput
from tests.api.served import served
from tests.api.stand_ins import StandInClient
from tests.api.static.browsers import PHONE, complaints_of, needs_browser

pytestmark = needs_browser


def output(page: Page, target: str) -> Locator:
    return page.locator(f"[data-target={target}] .output")


def type_text(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="English").fill(text)


def shows(page: Page, german: str, french: str) -> None:
    """Wait until the page shows these translations."""
    expect(output(page, "de")).to_have_text(german)
    expect(output(page, "fr")).to_have_text(french)


def test_typing_gives_both_translations_from_this_server_alone_without_complaints(url: str, page: Page) -> None:
    requests: list[str] = []
    complaints = complaints_of(page)
    page.on("request", lambda request: requests.append(request.url))
    page.goto(url)
    page.get_by_role("textbox", name="English").press_sequentially("Good day.", delay=20)
    shows(page, "de0:Good day.", "fr0:Good day.")
    assert complaints == []
    assert [address for address in requests if not address.startswith(url)] == []
    assert sum(address.endswith("/infer") for address in requests) == 1


def test_spacing_and_wrapped_lines_are_kept(url: str, page: Page) -> None:
    page.goto(url)
    type_text(page, "- 🙂 One.\n\n  Two  three.\n")
    expect(output(page, "de")).to_contain_text("de0:Two")
    shown = output(page, "de").evaluate("element => element.textContent")
    assert re.sub("de0:", "", shown) == "- 🙂 One.\n\n  Two  three.\n"


def test_another_translation_of_a_sentence_can_be_put_in_place_by_keyboard(
    url: str, page: Page, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(url)
    type_text(page, "One. Two.")
    shows(page, "de0:One. de0:Two.", "fr0:One. fr0:Two.")
    page.get_by_role("button", name="de0:One.").focus()
    page.keyboard.press("ArrowRight")
    details = page.get_by_role("dialog")
    expect(details).to_contain_text("Confidence 75 %, fairly sure")
    expect(page.locator(".sentence:focus")).to_have_accessible_description("Confidence 75 %, fairly sure")
    expect(page.locator("#mirror mark")).to_have_text("Two.")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(details).to_be_hidden()
    shows(page, "de0:One. de1:Two.", "fr0:One. fr0:Two.")
    page.get_by_role("button", name="Copy the German translation").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "de0:One. de1:Two."


def test_pointing_at_a_flagged_sentence_says_in_plain_words_what_is_wrong(
    url: str, page: Page, client: StandInClient
) -> None:
    loop = (Hypothesis("ja ja ja", -4.0, 0.1, ("repetition",)),)
    client.outputs["Yes."] = ItemOutput({"de": loop, "fr": loop})
    page.goto(url)
    type_text(page, "Yes.")
    shows(page, "ja ja ja", "ja ja ja")
    expect(page.get_by_text("One sentence needs a look.")).to_have_count(2)
    output(page, "fr").get_by_role("button").hover()
    details = page.get_by_role("dialog")
    expect(details).to_contain_text("It repeats itself.")
    expect(details).to_contain_text("No other translation was found.")
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()


def test_a_late_answer_to_an_earlier_text_is_dropped(url: str, page: Page) -> None:
    late: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if late:
            route.continue_()
        else:
            late.append(route)

    page.goto(url)
    page.route("**/infer", hold_the_first)
    with page.expect_request("**/infer"):
        type_text(page, "First.")
    type_text(page, "Second.")
    shows(page, "de0:Second.", "fr0:Second.")
    late[0].fulfill(status=429, headers={"Retry-After": "9"}, json={"error": "late", "error_type": "overloaded"})
    shows(page, "de0:Second.", "fr0:Second.")
    expect(page.locator("#notice")).to_be_hidden()


def test_an_overloaded_server_is_asked_again_when_it_says_so(page: Page, client: StandInClient) -> None:
    client.failures["Hello."] = OverloadedError()
    with served(client, retry_after_seconds=1) as address:
        page.goto(address)
        type_text(page, "Hello.")
        expect(page.locator("#notice")).to_contain_text("The server has a lot to do right now. Trying again in 1 s.")
        client.failures.clear()
        shows(page, "de0:Hello.", "fr0:Hello.")
        expect(page.locator("#notice")).to_be_hidden()


def test_an_error_of_the_text_is_said_and_leaves_the_page_usable(url: str, page: Page, client: StandInClient) -> None:
    client.failures["Bad."] = InferenceFailedError()
    page.goto(url)
    type_text(page, "Bad.")
    expect(page.locator("#notice")).to_contain_text("This did not work: The model failed on this text.")
    type_text(page, "Good.")
    shows(page, "de0:Good.", "fr0:Good.")


def test_offline_is_said_and_ends_by_itself(url: str, page: Page, context: BrowserContext) -> None:
    page.goto(url)
    context.set_offline(True)
    type_text(page, "Hello.")
    expect(page.locator("#notice")).to_contain_text("You are offline.")
    context.set_offline(False)
    shows(page, "de0:Hello.", "fr0:Hello.")


def test_a_key_is_asked_for_used_and_forgotten_with_the_tab(
    page: Page, client: StandInClient, context: BrowserContext, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.write_text(key_line("shop", "tt_secret"))
    with served(client, api_keys_file=str(keys)) as address:
        page.goto(address)
        type_text(page, "Hello.")
        field = page.get_by_label("API key", exact=True)
        field.fill("tt_wrong")
        field.press("Enter")
        expect(page.locator("#notice")).to_contain_text("The server does not know this API key.")
        field.fill("tt_secret")
        field.press("Enter")
        shows(page, "de0:Hello.", "fr0:Hello.")
        page.reload()
        type_text(page, "Again.")
        shows(page, "de0:Again.", "fr0:Again.")
        other = context.new_page()
        other.goto(address)
        expect(other.get_by_label("API key", exact=True)).to_be_visible()


def test_a_text_over_the_limit_is_not_sent(page: Page, client: StandInClient) -> None:
    with served(client, max_characters=5) as address:
        page.goto(address)
        expect(page.locator("#count")).to_have_text("0 of 5 characters")
        type_text(page, "🙂🙂🙂🙂🙂🙂")
        expect(page.locator("#notice")).to_contain_text("The text is too long: this server takes 5 characters at once.")
        type_text(page, "🙂 Hey")
        shows(page, "de0:🙂 Hey", "fr0:🙂 Hey")
    assert len(client.requests) == 1


def test_the_chosen_theme_is_remembered(url: str, page: Page) -> None:
    page.goto(url)
    switch = page.get_by_role("button", name="Dark mode")
    expect(switch).to_have_attribute("aria-pressed", "false")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    switch.click()
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_without_a_choice_the_theme_follows_the_system(url: str, page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(url)
    expect(page.get_by_role("button", name="Dark mode")).to_have_attribute("aria-pressed", "true")


def test_a_phone_shows_everything_without_scrolling_sideways(url: str, page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(url)
    word = "Donaudampfschifffahrtsgesellschaft" * 3
    type_text(page, f"{word}. Two.")
    shows(page, f"de0:{word}. de0:Two.", f"fr0:{word}. fr0:Two.")
    output(page, "fr").get_by_role("button").last.click()
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

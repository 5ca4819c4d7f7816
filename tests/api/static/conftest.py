"""The page in a browser without a window, on the application with a client that makes translations up."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.api.served import served
from tests.api.stand_ins import StandInClient
from tests.api.static.browsers import CHROMIUM, PATIENCE_MILLISECONDS

expect.set_options(timeout=PATIENCE_MILLISECONDS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Chromium's own sandbox needs rights that containers do not give; it only sees our page here.
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(color_scheme="light", reduced_motion="reduce", locale="en-GB")
    made.set_default_timeout(PATIENCE_MILLISECONDS)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def url(client: StandInClient) -> Iterator[str]:
    with served(client) as address:
        yield address

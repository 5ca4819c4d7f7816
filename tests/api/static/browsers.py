"""What tests of the page in a browser share."""

import shutil

import pytest
from playwright.sync_api import Page, ViewportSize

__all__ = ["CHROMIUM", "PATIENCE_MILLISECONDS", "PHONE", "complaints_of", "needs_browser"]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE_MILLISECONDS = 10_000
PHONE = ViewportSize(width=360, height=740)

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: apt-get install chromium")


def complaints_of(page: Page) -> list[str]:
    """Return a list that gets every complaint of the browser, violations of the security policy among them."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type != "info" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints

"""Files on the page: how a person gives them, and what is seen of them."""

import asyncio
import time
from collections.abc import Callable, Sequence

from playwright.sync_api import FilePayload, Locator, Page

from api.triton_client import InferenceRequest, ItemOutput
from tests.api.stand_ins import PATIENCE_SECONDS, StandInClient

__all__ = ["NOTES", "SLOW", "GatedClient", "choose", "download", "row", "text_file", "until"]


class GatedClient(StandInClient):
    """A client whose answers to `Wait.` wait until a test, in another thread, lets them through."""

    def __init__(self) -> None:
        super().__init__()
        self._gate = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def is_holding(self) -> bool:
        return self._loop is not None

    def let_through(self) -> None:
        if self._loop is None:
            self._gate.set()
        else:
            self._loop.call_soon_threadsafe(self._gate.set)

    async def infer(self, request: InferenceRequest) -> Sequence[ItemOutput]:
        if "Wait." in request.texts:
            self._loop = asyncio.get_running_loop()
            await self._gate.wait()
        return await super().infer(request)


def text_file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


NOTES = text_file("notes.txt", "One.\nTwo.")
SLOW = text_file("slow.txt", "Wait.")


def choose(page: Page, *files: FilePayload) -> None:
    """Choose files with the button."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Translate a file").click()
    chooser.value.set_files(list(files))


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name="Files").get_by_role("listitem").filter(has_text=name)


def download(page: Page, name: str, language: str) -> tuple[str, str]:
    """Return the name and the text of the file that the button of a language saves."""
    with page.expect_download() as started:
        row(page, name).get_by_role("button", name=f"{language}: download {name}").click()
    return started.value.suggested_filename, started.value.path().read_text(encoding="utf-8")


def until(page: Page, holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        page.wait_for_timeout(20)

"""Files through the models: batches, patience, and what fails."""

import asyncio
from collections.abc import Sequence

import pytest

from api import file_translation
from api.errors import InferenceFailedError, OverloadedError, TranslateError, TritonUnavailableError
from api.file_translation import FileTranslator, TranslatedFile
from api.files.document import FileDocument
from api.files.text_files import TextFile
from api.inference import Inference
from api.metrics import Metrics
from api.text.options import Options
from api.triton_client import InferenceRequest, ItemOutput
from tests.api.files.stand_in_models import LIMITS, OPTIONS
from tests.api.stand_ins import StandInClient, settings


class FlakyClient(StandInClient):
    """Fails the first few times."""

    errors: list[TranslateError]

    async def infer(self, request: InferenceRequest) -> Sequence[ItemOutput]:
        if self.errors:
            raise self.errors.pop(0)
        return await super().infer(request)


def lines(*texts: str) -> FileDocument:
    return TextFile("\n".join(texts).encode(), OPTIONS, LIMITS, text_format="text")


async def translated(
    client: StandInClient,
    document: FileDocument,
    targets: Sequence[str] = ("de",),
    options: Options = OPTIONS,
    patience_seconds: float = 60,
) -> tuple[TranslatedFile, list[int]]:
    steps: list[int] = []
    translator = FileTranslator(Inference(client, settings(), Metrics()), patience_seconds=patience_seconds)
    return await translator.translate(document, targets, options, steps.append), steps


async def test_a_file_is_translated_into_each_language(client: StandInClient) -> None:
    file, _ = await translated(client, lines("one", "two"), ["de", "fr"])
    assert file.contents == {"de": b"de0:one\nde0:two", "fr": b"fr0:one\nfr0:two"}
    assert file.untranslated == 0


async def test_the_progress_moves_on_batch_by_batch(client: StandInClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_translation, "_SENTENCES_AT_ONCE", 2)
    _, steps = await translated(client, lines("one", "two", "three", "four", "five"))
    assert steps == [2, 2, 1]


async def test_the_same_sentence_is_translated_once(client: StandInClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_translation, "_SENTENCES_AT_ONCE", 2)
    await translated(client, lines("one", "two", "two", "one"))
    assert sorted(text for request in client.requests for text in request.texts) == ["one", "two"]


async def test_a_file_leaves_room_for_others(client: StandInClient) -> None:
    client.largest_batch = 1
    words = [f"word {number}" for number in range(20)]
    release = client.hold(words)
    task = asyncio.create_task(translated(client, lines(*words)))
    await asyncio.sleep(0.1)
    assert client.running == 3
    release.set()
    await task


async def test_the_batches_of_a_file_are_small(client: StandInClient) -> None:
    await translated(client, lines(*(f"word {number}" for number in range(20))))
    assert max(len(request.texts) for request in client.requests) <= 8


async def test_the_alignment_is_asked_for_only_where_there_is_markup(client: StandInClient) -> None:
    html = TextFile(b"<p>no tags</p><p>with <b>tags</b></p>", OPTIONS, LIMITS, text_format="html")
    await translated(client, html)
    await translated(client, lines("no tags"))
    assert [request.alignment for request in client.requests] == [True, False]


async def test_a_sentence_that_fails_stays_as_it_is(client: StandInClient) -> None:
    client.failures["bad"] = InferenceFailedError()
    file, _ = await translated(client, lines("good", "bad", "bad", "fine"), ["de", "fr"])
    assert file.contents["fr"] == b"fr0:good\nbad\nbad\nfr0:fine"
    assert file.untranslated == 2


@pytest.mark.parametrize("error", [OverloadedError, TritonUnavailableError])
async def test_what_passes_is_waited_for(monkeypatch: pytest.MonkeyPatch, error: type[TranslateError]) -> None:
    monkeypatch.setattr(file_translation, "_FIRST_WAIT_SECONDS", 0.001)
    client = FlakyClient()
    client.errors = [error() for _ in range(5)]
    file, _ = await translated(client, lines("one"))
    assert (file.contents["de"], file.untranslated) == (b"de0:one", 0)


async def test_patience_ends_with_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_translation, "_FIRST_WAIT_SECONDS", 0.001)
    client = FlakyClient()
    client.errors = [TritonUnavailableError() for _ in range(1000)]
    with pytest.raises(TritonUnavailableError):
        await translated(client, lines("one"), patience_seconds=0.01)
    assert 2 <= 1000 - len(client.errors) < 100


async def test_progress_renews_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_translation, "_FIRST_WAIT_SECONDS", 0.001)
    client = FlakyClient(largest_batch=1)
    client.errors = [OverloadedError()]
    file, _ = await translated(client, lines("one", "two"), patience_seconds=0.0001)
    assert file.contents["de"] == b"de0:one\nde0:two"


async def test_the_options_of_the_caller_count(client: StandInClient) -> None:
    options = Options(beam_size=2, glossary={"de": {"board": "Vorstand"}})
    document = TextFile(b"the board", options, LIMITS, text_format="text")
    await translated(client, document, options=options)
    assert client.requests[0].beam_size == 2
    assert all("board" not in text for text in client.requests[0].texts)

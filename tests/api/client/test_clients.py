"""The clients on the application over real HTTP, and on answers that it does not give at will."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from api.client import (
    Alternative,
    AnswerError,
    AsyncClient,
    Client,
    ClientError,
    Options,
    Problem,
    Retries,
    ServerError,
    TextFailedError,
    TimedOutError,
    UnreachableError,
)
from api.errors import InferenceFailedError
from api.keys import key_line
from tests.api.served import served
from tests.api.stand_in_triton import free_address
from tests.api.stand_ins import StandInClient

ONCE = Retries(attempts=1)
OVERLOADED = {"error": "busy", "error_type": "overloaded"}
EMPTY_RESULT: dict[str, Any] = {"text": "", "translations": {}, "error": None, "segments": None}
SUCCESS = {"results": [EMPTY_RESULT]}


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What is waited for, without waiting."""
    waited: list[float] = []

    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        # Servers of other tests may be about to end in threads of their own.
        if threading.current_thread() is threading.main_thread():
            waited.append(seconds)
        else:
            await sleep(seconds)

    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=waited.append))
    monkeypatch.setattr(asyncio, "sleep", note)
    return waited


def answering(*answers: httpx.Response | Exception) -> httpx.MockTransport:
    """Return a transport that gives these answers one after another."""
    following = iter(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        found = next(following)
        if isinstance(found, Exception):
            raise found
        return found

    return httpx.MockTransport(answer)


def busy(status: int = 429, *, retry_after: str | None = None) -> httpx.Response:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return httpx.Response(status, headers=headers, json=OVERLOADED)


def test_a_text_is_translated_with_what_was_asked_for(client: StandInClient) -> None:
    with served(client) as url, Client(url) as translator:
        result = translator.translate("One. Two.", Options(num_alternatives=1, segments=True))
    german = result.translations["de"]
    assert (german.text, german.confidence, german.flags) == ("de0:One. de0:Two.", 0.75, ())
    assert german.alternatives[0].text in {"de1:One. de0:Two.", "de0:One. de1:Two."}
    second = result.sentences[1]
    assert (second.text, second.start, second.end) == ("Two.", 5, 9)
    assert second.translations["fr"].alternatives == (Alternative("fr1:Two.", -1.5),)


def test_the_terms_of_a_glossary_that_occurred_are_named(client: StandInClient) -> None:
    with served(client) as url, Client(url) as translator:
        result = translator.translate("The cart.", Options(glossary={"de": {"cart": "Wagen"}}))
    assert [result.translations[target].glossary_applied for target in ("de", "fr")] == [("cart",), ()]


def test_only_the_languages_that_were_asked_for_are_there(client: StandInClient) -> None:
    with served(client) as url, Client(url) as translator:
        result = translator.translate("Hello.", Options(targets=["fr"], segments=True))
    assert {target: found.text for target, found in result.translations.items()} == {"fr": "fr0:Hello."}
    assert [*result.sentences[0].translations] == ["fr"]


async def test_so_it_is_by_coroutines(client: StandInClient) -> None:
    with served(client) as url:
        async with AsyncClient(url) as translator:
            result = await translator.translate("Hello.")
            batch = await translator.translate_batch(["One.", "Two."])
            nothing = await translator.translate_batch([])
    assert result.translations["fr"].text == "fr0:Hello."
    assert [each.translations["de"].text for each in batch] == ["de0:One.", "de0:Two."]
    assert nothing == ()


def test_a_text_of_a_batch_that_fails_has_a_problem_and_leaves_the_others_alone(client: StandInClient) -> None:
    client.failures["Bad."] = InferenceFailedError()
    with served(client) as url, Client(url) as translator:
        good, bad = translator.translate_batch(["Good.", "Bad."])
        assert translator.translate_batch([]) == ()
        with pytest.raises(TextFailedError) as alone:
            translator.translate("Bad.")
    assert good.translations["de"].text == "de0:Good."
    assert bad.problem == Problem("The model failed on this text.", "inference_failed")
    assert (str(alone.value), alone.value.error_type) == ("The model failed on this text.", "inference_failed")


def test_its_key_opens(client: StandInClient, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(key_line("shop", "tt_secret"))
    with served(client, api_keys_file=str(keys)) as url:
        with Client(url, api_key="tt_secret") as translator:
            assert translator.translate("Hello.").translations["de"].text == "de0:Hello."
        with Client(url) as translator, pytest.raises(ServerError) as missing:
            translator.translate("Hello.")
    assert (missing.value.status, missing.value.error_type) == (401, "missing_api_key")
    assert not missing.value.is_retryable


@pytest.mark.parametrize("failure", [busy(429), busy(503), httpx.ConnectError("refused"), httpx.ReadError("broken")])
def test_what_may_pass_is_tried_again(failure: httpx.Response | Exception, waits: list[float]) -> None:
    with Client(transport=answering(failure, httpx.Response(200, json=SUCCESS))) as translator:
        assert translator.translate("").text == ""
    assert len(waits) == 1
    assert 0 <= waits[0] <= 1


async def test_coroutines_try_again_too(waits: list[float]) -> None:
    transport = answering(busy(retry_after="4"), httpx.Response(200, json=SUCCESS))
    async with AsyncClient(transport=transport) as translator:
        assert (await translator.translate("")).text == ""
    assert 4 <= waits[0] <= 5


@pytest.mark.parametrize("failure", [busy(422), busy(500), busy(504), httpx.ReadTimeout("slow")])
def test_what_would_fail_again_is_not(failure: httpx.Response | Exception, waits: list[float]) -> None:
    with Client(transport=answering(failure)) as translator, pytest.raises(ClientError) as error:
        translator.translate("")
    assert (error.value.is_retryable, waits) == (False, [])


def test_the_server_says_when_to_come_back(waits: list[float]) -> None:
    transport = answering(busy(retry_after="20"), httpx.Response(200, json=SUCCESS))
    with Client(transport=transport) as translator:
        translator.translate("")
    assert 20 <= waits[0] <= 25


def test_an_hour_is_not_waited(waits: list[float]) -> None:
    with (
        Client(transport=answering(busy(retry_after="3600"))) as translator,
        pytest.raises(ServerError) as error,
    ):
        translator.translate("")
    assert (error.value.retry_after_seconds, waits) == (3600, [])


def test_in_the_end_the_last_error_is_raised(waits: list[float]) -> None:
    retries = Retries(attempts=5, first_wait_seconds=1, longest_wait_seconds=4)
    transport = answering(*(busy() for _ in range(5)))
    with Client(transport=transport, retries=retries) as translator, pytest.raises(ServerError) as error:
        translator.translate("")
    assert (error.value.status, error.value.error_type, str(error.value)) == (429, "overloaded", "busy")
    assert all(waited <= longest for waited, longest in zip(waits, [1, 2, 4, 4], strict=True))


def test_nobody_there_is_said() -> None:
    with Client(f"http://{free_address()}", retries=ONCE) as translator, pytest.raises(UnreachableError):
        translator.translate("Hello.")


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ConnectTimeout("slow"), UnreachableError),
        (httpx.ReadTimeout("slow"), TimedOutError),
        (httpx.UnsupportedProtocol("ftp"), AnswerError),
    ],
)
def test_failures_of_the_connection_have_types_of_their_own(failure: Exception, kind: type[ClientError]) -> None:
    with Client(transport=answering(failure), retries=ONCE) as translator, pytest.raises(kind):
        translator.translate("")


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b"{}", b'{"results": [1]}', b'{"results": [{}]}', b'{"results": []}', b'{"results": 1}']
)
def test_another_server_is_noticed(body: bytes) -> None:
    with Client(transport=answering(httpx.Response(200, content=body))) as translator, pytest.raises(AnswerError):
        translator.translate("")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}"])
def test_an_error_of_something_in_between_has_its_status(body: bytes) -> None:
    transport = answering(httpx.Response(502, headers={"Retry-After": "soon"}, content=body))
    with Client(transport=transport) as translator, pytest.raises(ServerError) as error:
        translator.translate("")
    assert (str(error.value), error.value.error_type) == ("the server answered 502", None)


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        (Options(), {}),
        (
            Options(num_alternatives=0, beam_size=2, segments=False),
            {"num_alternatives": 0, "beam_size": 2, "segments": False},
        ),
        (Options(targets=("de",)), {"targets": ["de"]}),
        (Options(format="html", split_sentences="off"), {"format": "html", "split_sentences": "off"}),
        (
            Options(do_not_translate=("Acme",), glossary={"de": {"cart": "Wagen"}}),
            {"do_not_translate": ["Acme"], "glossary": {"de": {"cart": "Wagen"}}},
        ),
    ],
)
def test_only_what_is_given_is_sent(options: Options, fields: dict[str, Any]) -> None:
    assert options.fields() == fields


def test_nothing_of_the_server_is_imported() -> None:
    code = "import sys, api.client; print({'fastapi', 'pydantic', 'numpy', 'tritonclient'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"

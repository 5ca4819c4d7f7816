"""DeepL's official Python client, as it comes from the package index, on the application over real HTTP."""

import io
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import deepl
import pytest
from deepl import http_client
from deepl.api_data import ModelType

from api.errors import InferenceFailedError, TritonUnavailableError
from api.keys import key_line
from tests.api.served import served
from tests.api.stand_ins import StandInClient

KEY = "tt_secret"


@pytest.fixture(autouse=True)
def _no_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "max_network_retries", 0)


def connected(url: str, key: str = "any") -> closing[deepl.DeepLClient]:
    return closing(deepl.DeepLClient(key, server_url=url))


@pytest.fixture
def server(client: StandInClient) -> Iterator[deepl.DeepLClient]:
    with served(client, max_items=3) as url, connected(url) as client_of_deepl:
        yield client_of_deepl


@pytest.mark.parametrize(("code", "target"), [("DE", "de"), ("fr", "fr"), ("DE-DE", "de"), ("FR-FR", "fr")])
def test_it_translates_a_string(server: deepl.DeepLClient, code: str, target: str) -> None:
    result = server.translate_text("Where is the station?", target_lang=code)
    assert isinstance(result, deepl.TextResult)
    assert (result.text, result.detected_source_lang) == (f"{target}0:Where is the station?", "EN")
    assert result.billed_characters == len("Where is the station?")


def test_it_translates_a_list_in_one_inference(server: deepl.DeepLClient, client: StandInClient) -> None:
    results = server.translate_text(["Good night.", "", "Taxi"], target_lang="DE")
    assert isinstance(results, list)
    assert [result.text for result in results] == ["de0:Good night.", "", "de0:Taxi"]
    assert [request.texts for request in client.requests] == [("Taxi", "Good night.")]


def test_options_that_change_nothing_are_taken(server: deepl.DeepLClient) -> None:
    result = server.translate_text(
        "Good night.",
        target_lang="DE",
        source_lang="EN",
        context="A hotel.",
        split_sentences=deepl.SplitSentences.ALL,
        preserve_formatting=True,
        formality=deepl.Formality.PREFER_MORE,
        model_type=ModelType.PREFER_QUALITY_OPTIMIZED,
    )
    assert isinstance(result, deepl.TextResult)
    assert (result.text, result.model_type_used) == ("de0:Good night.", "latency_optimized")


def test_sentences_need_not_be_split(server: deepl.DeepLClient, client: StandInClient) -> None:
    server.translate_text("Good night. Sleep well.", target_lang="DE", split_sentences=deepl.SplitSentences.OFF)
    assert [request.texts for request in client.requests] == [("Good night. Sleep well.",)]


def test_it_lists_the_languages(server: deepl.DeepLClient) -> None:
    sources, targets = server.get_source_languages(), server.get_target_languages()
    assert [(language.code, language.name) for language in sources] == [("EN", "English")]
    assert [(language.code, language.name, language.supports_formality) for language in targets] == [
        ("DE", "German", False),
        ("FR", "French", False),
    ]


def test_usage_is_counted(server: deepl.DeepLClient) -> None:
    before = server.get_usage().character
    server.translate_text(["abc", "de"], target_lang="DE")
    after = server.get_usage().character
    assert (before.count, after.count, after.limit_reached) == (0, 5, False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target_lang": "ES"}, "target_lang: must be one of DE, FR"),
        ({"target_lang": "DE", "source_lang": "FR"}, "source_lang: must be EN"),
        ({"target_lang": "DE", "formality": "more"}, "formality: more is not supported"),
        ({"target_lang": "DE", "model_type": "quality_optimized"}, "model_type: quality_optimized is not supported"),
        ({"target_lang": "DE", "ignore_tags": "x,y"}, "ignore_tags: needs tag_handling"),
        ({"target_lang": "DE", "glossary": "x", "source_lang": ""}, "source_lang: required with a glossary"),
        ({"target_lang": "DE", "custom_instructions": ["Be brief."]}, "custom_instructions: unknown field"),
        ({"target_lang": "DE", "extra_body_parameters": {"mood": "good"}}, "mood: unknown field"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    server: deepl.DeepLClient, options: dict[str, object], message: str
) -> None:
    with pytest.raises(deepl.DeepLException, match=f"Bad request, message: {message}") as refusal:
        server.translate_text("Good night.", **options)  # type: ignore[arg-type]
    assert refusal.value.http_status_code == 400


def test_a_foreign_text_is_refused_unless_the_source_is_given(server: deepl.DeepLClient) -> None:
    texts = ["Good night.", "Où as-tu mis les clés ?"]
    with pytest.raises(deepl.DeepLException, match=r"text\[1\]: .* seems to be in 'fr' .* detail: not_english"):
        server.translate_text(texts, target_lang="DE")
    assert server.translate_text(texts, target_lang="DE", source_lang="EN")


def test_a_text_that_fails_makes_the_request_fail(server: deepl.DeepLClient, client: StandInClient) -> None:
    client.failures["bad"] = InferenceFailedError()
    with pytest.raises(deepl.DeepLException, match="inference_failed") as failure:
        server.translate_text(["good", "bad"], target_lang="DE")
    assert failure.value.http_status_code == 500


def test_too_many_texts_are_refused(server: deepl.DeepLClient) -> None:
    with pytest.raises(deepl.DeepLException, match="too_many_items") as refusal:
        server.translate_text(["a"] * 4, target_lang="DE")
    assert refusal.value.http_status_code == 413


def test_what_is_not_offered_is_not_found(server: deepl.DeepLClient) -> None:
    with pytest.raises(deepl.DeepLException, match="Not found, message: There is nothing at this path"):
        server.rephrase_text("Good night.", target_lang="EN-GB")


def test_its_key_opens_and_has_an_account(client: StandInClient, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"{key_line('shop', KEY)}\n{key_line('blog', 'tt_other')}")
    with (
        served(client, api_keys_file=str(keys)) as url,
        connected(url, KEY) as shop,
        connected(url, "tt_other") as blog,
        connected(url, "tt_wrong") as wrong,
    ):
        shop.translate_text("abc", target_lang="DE")
        counts = [each.get_usage().character.count for each in (shop, blog)]
        for refused in (
            lambda: wrong.translate_text("abc", target_lang="DE"),
            wrong.get_usage,
            wrong.get_source_languages,
        ):
            with pytest.raises(deepl.AuthorizationException, match="does not know this API key"):
                refused()
    assert counts == [3, 0]


def test_markup_is_kept(server: deepl.DeepLClient) -> None:
    html = "<h1>Good night</h1><p class='x'>Sleep well.</p><pre>x = 1</pre>"
    result = server.translate_text(html, target_lang="DE", tag_handling="html")
    assert isinstance(result, deepl.TextResult)
    assert result.text == "<h1>de0:Good night</h1><p class='x'>de0:Sleep well.</p><pre>x = 1</pre>"


def test_the_tags_of_xml_can_be_told_apart(server: deepl.DeepLClient) -> None:
    result = server.translate_text(
        "<doc><title>Good night</title><par>Sleep well.<Code>x y</Code></par><a>One dog</a><b>One cat</b></doc>",
        target_lang="DE",
        tag_handling="xml",
        ignore_tags="Code",
        splitting_tags=["title,par", "a"],
        outline_detection=False,
    )
    assert isinstance(result, deepl.TextResult)
    assert "<title>de0:Good night</title><par>de0:Sleep well." in result.text
    assert "<Code>x y</Code>" in result.text


def test_a_glossary_is_kept_listed_and_deleted(server: deepl.DeepLClient) -> None:
    entries = {"cart": "Warenkorb", "check out": "zur Kasse gehen"}
    made = server.create_glossary("Shop", source_lang="EN", target_lang="DE", entries=entries)
    assert (made.name, made.ready, made.source_lang, made.target_lang, made.entry_count) == (
        "Shop",
        True,
        "EN",
        "DE",
        2,
    )
    assert server.get_glossary_entries(made) == entries
    assert server.get_glossary(made.glossary_id).creation_time == made.creation_time
    assert [each.glossary_id for each in server.list_glossaries()] == [made.glossary_id]
    server.delete_glossary(made)
    assert server.list_glossaries() == []
    for gone in (server.get_glossary, server.get_glossary_entries, server.delete_glossary):
        with pytest.raises(deepl.GlossaryNotFoundException, match="There is no glossary of this id"):
            gone(made.glossary_id)


def test_a_glossary_comes_from_csv(server: deepl.DeepLClient) -> None:
    made = server.create_glossary_from_csv("Shop", "EN", "FR", 'cart,panier\n"a, b","c, d",en,fr\n')
    assert server.get_glossary_entries(made) == {"cart": "panier", "a, b": "c, d"}


def test_the_languages_of_glossaries_are_listed(server: deepl.DeepLClient) -> None:
    pairs = [(pair.source_lang, pair.target_lang) for pair in server.get_glossary_languages()]
    assert pairs == [("en", "de"), ("en", "fr")]


def test_a_glossary_is_honoured(server: deepl.DeepLClient) -> None:
    made = server.create_glossary("Shop", "EN", "DE", {"cart": "Warenkorb"})
    result = server.translate_text("Your cart is empty.", source_lang="EN", target_lang="DE", glossary=made)
    assert isinstance(result, deepl.TextResult)
    assert "Warenkorb" in result.text


def test_a_glossary_is_of_one_target_and_one_source(server: deepl.DeepLClient) -> None:
    made = server.create_glossary("Shop", "EN", "DE", {"cart": "Warenkorb"})
    with pytest.raises(deepl.DeepLException, match="the glossary is for another target language"):
        server.translate_text("cart", source_lang="EN", target_lang="FR", glossary=made.glossary_id)
    with pytest.raises(deepl.DeepLException, match="no glossary"):
        server.translate_text("cart", source_lang="EN", target_lang="DE", glossary="none")
    with pytest.raises(deepl.DeepLException, match="source_lang: must be EN"):
        server.create_glossary("Shop", "DE", "FR", {"Wagen": "panier"})


def test_too_many_requests_have_an_exception_of_their_own(client: StandInClient) -> None:
    with served(client, requests_per_minute=1) as url, connected(url) as server:
        server.translate_text("abc", target_lang="DE")
        with pytest.raises(deepl.TooManyRequestsException, match="1 requests per minute"):
            server.translate_text("abc", target_lang="DE")


@pytest.fixture
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda _: sleep(0.01))


@pytest.mark.usefixtures("_no_waiting")
def test_it_translates_a_document(server: deepl.DeepLClient, tmp_path: Path) -> None:
    source, result = tmp_path / "notes.txt", tmp_path / "notes.de.txt"
    source.write_text("Where is the station?\nIt is over there.")
    status = server.translate_document_from_filepath(source, result, target_lang="DE")
    assert result.read_text() == "de0:Where is the station?\nde0:It is over there."
    assert (status.done, status.billed_characters) == (True, 38)


@pytest.mark.usefixtures("_no_waiting")
def test_a_document_is_gone_once_it_was_downloaded(server: deepl.DeepLClient) -> None:
    handle = server.translate_document_upload("one", filename="a.txt", source_lang="EN", target_lang="FR")
    server.translate_document_wait_until_done(handle)
    result = io.BytesIO()
    server.translate_document_download(handle, result)
    assert result.getvalue() == b"fr0:one"
    with pytest.raises(deepl.DeepLException):
        server.translate_document_download(handle, io.BytesIO())


def test_a_document_needs_its_key(server: deepl.DeepLClient) -> None:
    handle = server.translate_document_upload("one", filename="a.txt", source_lang="EN", target_lang="FR")
    with pytest.raises(deepl.DeepLException, match="no job"):
        server.translate_document_get_status(deepl.DocumentHandle(handle.document_id, "0" * 64))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"filename": "a.exe"}, "can be translated"),
        ({"output_format": "docx"}, "output_format"),
        ({"formality": "more"}, "formality"),
        ({"glossary": "00000000-0000-0000-0000-000000000000"}, "glossary"),
        ({"target_lang": "ES"}, "target_lang"),
        ({"source_lang": "DE"}, "source_lang"),
    ],
)
def test_a_document_that_cannot_be_translated_is_refused(
    server: deepl.DeepLClient, options: dict[str, Any], message: str
) -> None:
    defaults = {"filename": "a.txt", "source_lang": "EN", "target_lang": "DE"}
    with pytest.raises(deepl.DeepLException, match=message):
        server.translate_document_upload("one", **{**defaults, **options})


@pytest.mark.usefixtures("_no_waiting")
def test_a_document_that_fails_says_why(client: StandInClient) -> None:
    client.failures["one"] = TritonUnavailableError()
    with served(client, job_patience_seconds=0.001) as url, connected(url) as server:
        handle = server.translate_document_upload("one", filename="a.txt", source_lang="EN", target_lang="DE")
        status = server.translate_document_wait_until_done(handle)
    assert not status.ok
    assert str(status.error_message) == TritonUnavailableError.meaning()


@pytest.mark.usefixtures("_no_waiting")
def test_a_document_can_have_a_glossary(server: deepl.DeepLClient, client: StandInClient) -> None:
    glossary = server.create_glossary("Shop", "EN", "DE", {"cart": "Warenkorb"})
    handle = server.translate_document_upload(
        "the cart", filename="a.txt", source_lang="EN", target_lang="DE", glossary=glossary
    )
    server.translate_document_wait_until_done(handle)
    assert client.requests
    assert all("cart" not in text for request in client.requests for text in request.texts)

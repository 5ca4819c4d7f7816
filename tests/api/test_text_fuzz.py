"""Random texts through the served API and its real client to a stand-in Triton: no 5xx, and nothing gets lost."""

import asyncio
import json
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from aiohttp import web
from hypothesis import assume, given
from hypothesis import strategies as st

from api.main import create_app
from api.text.placeholders import find_placeholders
from tests.api.stand_in_triton import StandInTriton, inference_answer, one_target
from tests.api.stand_ins import PATIENCE_SECONDS
from tests.api.stand_ins import settings as api_settings
from tests.api.text.test_html import DOCUMENTS

# Beyond these the stand-in refuses a text, so that it is split.
MOST_CHARACTERS = 150
TAG = re.compile(r"<[a-z/!][^<>]*>")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
FRAGMENTS = [
    *(
        "{name}",
        "{{a.b}}",
        "%s",
        "%1$d",
        "$HOME",
        ":id:",
        "https://example.com/x?y=1",
        "me@example.org",
        "`x y`",
        "/etc",
    ),
    *("Mr. Smith", "e.g. this", "3.14", "No. 5", "One two.", "It is so; we know, and you do too.", "word", "I", "U.S."),
    *(
        "\n",
        "\r\n",
        "\n\n",
        " ",
        "  ",
        "\t",
        "\u00a0",
        "\u2028",
        "\u3000",
        "\n> ",
        "\n- ",
        "\n1. ",
        "\n  ",
        "…",
        "?!",
        '"',
    ),
    *("“", "«", "(", ")", "—", ", ", "; ", "x" * 320, "a line of forty characters or some more than that\nand on"),
    *("\ud800", "\x00", "é", "e\u0301", "你好。", "👍🏽", "\u200b", "\u202e", "ﷺ", "<b>", "&amp;"),
]
TEXTS = st.text(st.characters(exclude_categories=()), max_size=200) | st.lists(
    st.sampled_from(FRAGMENTS), max_size=40
).map("".join)


def sentences_of(body: bytes, head_length: int) -> list[str]:
    """Return the texts of an inference request."""
    [size] = [
        tensor["parameters"]["binary_data_size"]
        for tensor in json.loads(body[:head_length])["inputs"]
        if tensor["name"] == "TEXT"
    ]
    data, texts = body[head_length : head_length + size], []
    while data:
        (length,) = struct.unpack_from("<I", data)
        texts.append(data[4 : 4 + length].decode())
        data = data[4 + length :]
    return texts


def translating(model: Callable[[str], str]) -> StandInTriton:
    """Return a Triton whose only model does this to a sentence, and refuses long ones."""

    async def infer(request: web.Request) -> web.StreamResponse:
        texts = sentences_of(await request.read(), int(request.headers["Inference-Header-Content-Length"]))
        long = [len(text) > MOST_CHARACTERS for text in texts]
        cells = [["" if refused else model(text)] for text, refused in zip(texts, long, strict=True)]
        flags = [["too_long" if refused else ""] for refused in long]
        return inference_answer(one_target("DE", cells, flags=flags))

    return StandInTriton(infer=infer, max_batch_size=4)


@contextmanager
def api_on(triton: StandInTriton) -> Iterator[httpx.Client]:
    """Serve the API on `triton`, both in a thread, and yield a client."""
    started = threading.Event()
    servers: list[uvicorn.Server] = []

    async def serve() -> None:
        async with triton.running():
            config = uvicorn.Config(create_app(api_settings(triton_url=triton.address)), log_config=None)
            servers.append(uvicorn.Server(config))
            started.set()
            await servers[0].serve(sockets=[listener])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=asyncio.run, args=[serve()])
        thread.start()
        assert started.wait(PATIENCE_SECONDS)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=60) as http:
                yield http
        finally:
            servers[0].should_exit = True
            thread.join(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def with_echo() -> Iterator[httpx.Client]:
    with api_on(translating(lambda text: text)) as http:
        yield http


@pytest.fixture(scope="module")
def with_garbler() -> Iterator[httpx.Client]:
    with api_on(translating(lambda text: " ".join(reversed(text.split(" "))).upper())) as http:
        yield http


def translations(http: httpx.Client, texts: Sequence[str], text_format: str = "text") -> list[str]:
    body = {"q": list(texts), "source": "en", "target": "de", "format": text_format}
    response = http.post("/translate", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert response.status_code == 200, response.text
    found: list[str] = response.json()["translatedText"]
    return found


@given(text=TEXTS)
def test_a_model_that_changes_nothing_gives_the_text_itself(with_echo: httpx.Client, text: str) -> None:
    text = LONE_SURROGATE.sub("", text)
    assert translations(with_echo, [text]) == [text]


@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_line_breaks_are_as_many_whatever_the_model_says(with_garbler: httpx.Client, texts: list[str]) -> None:
    texts = [LONE_SURROGATE.sub("", text) for text in texts]
    for text, translation in zip(texts, translations(with_garbler, texts), strict=True):
        assert translation.count("\n") == text.count("\n")


@given(text=TEXTS)
def test_every_text_has_a_translation_or_an_error_of_its_own(with_garbler: httpx.Client, text: str) -> None:
    body = json.dumps({"q": text, "source": "en", "target": "de"})
    response = with_garbler.post("/translate", content=body, headers={"Content-Type": "application/json"})
    is_valid = LONE_SURROGATE.search(text) is None
    assert response.status_code == (200 if is_valid else 422), response.text


@given(text=TEXTS)
def test_no_placeholder_is_lost_whatever_the_model_says(with_garbler: httpx.Client, text: str) -> None:
    text = LONE_SURROGATE.sub("", text)
    [translation] = translations(with_garbler, [text])
    for placeholder, count in Counter(text[span.start : span.end] for span in find_placeholders(text)).items():
        assert translation.count(placeholder) >= count


@given(source=DOCUMENTS)
def test_no_tag_of_html_is_lost_whatever_the_model_says(with_garbler: httpx.Client, source: str) -> None:
    source = LONE_SURROGATE.sub("", source)
    # There tags are text.
    assume("<title" not in source)
    [translation] = translations(with_garbler, [source], "html")
    assert Counter(TAG.findall(translation)) == Counter(TAG.findall(source))

"""Plain text, Markdown and HTML in the encodings that there are."""

import codecs

import pytest

from api.errors import BrokenFileError
from api.files.formats import read_file
from api.text.hypotheses import Hypothesis
from tests.api.files.stand_in_models import LIMITS, OPTIONS, Model, backwards, shouting, texts_of, translated


def translation_of(name: str, data: bytes, model: Model = shouting) -> bytes:
    return translated(read_file(name, data, OPTIONS, LIMITS), model)


def said(text: str) -> Model:
    return lambda _: Hypothesis(text, -0.5, 0.9)


def test_a_text_keeps_its_lines() -> None:
    assert translation_of("a.txt", b"one two\r\n\r\n  - three\n") == b"ONE TWO\r\n\r\n  - THREE\n"


@pytest.mark.parametrize("name", ["a.md", "A.MARKDOWN"])
def test_markdown_keeps_its_markup(name: str) -> None:
    source = b"# one two\n\nthe *red* car\n\n```\ncode here\n```\n"
    assert translation_of(name, source, backwards) == b"# TWO ONE\n\nCAR *RED* THE\n\n```\ncode here\n```\n"


@pytest.mark.parametrize("name", ["a.html", "a.htm"])
def test_html_keeps_its_markup(name: str) -> None:
    assert translation_of(name, b"<p>the <b>red</b> car</p>", backwards) == b"<p>CAR <b>RED</b> THE</p>"


@pytest.mark.parametrize(
    ("tag", "translation"),
    [
        (b'<html lang="en">', b'<html lang="de">'),
        (b"<html class='x' lang='en-GB' dir=ltr>", b"<html class='x' lang='de' dir=ltr>"),
        (b"<HTML LANG=en>", b"<HTML LANG=de>"),
        (b'<html title=">" xml:lang="en" lang="en-US">', b'<html title=">" xml:lang="de" lang="de">'),
        (b'<html lang="fr">', b'<html lang="fr">'),
        (b'<p lang="en">', b'<p lang="en">'),
    ],
)
def test_html_says_in_which_language_it_is(tag: bytes, translation: bytes) -> None:
    assert translation_of("a.html", tag + b"one") == translation + b"ONE"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "cp1252"),
    ],
)
def test_a_text_keeps_its_encoding(mark: bytes, encoding: str) -> None:
    source, expected = ("a café – “here”".encode(encoding), "A CAFÉ – “HERE”".encode(encoding))
    assert translation_of("a.txt", mark + source) == mark + expected


@pytest.mark.parametrize(
    "head",
    [b'<meta charset="iso-8859-2">', b'<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">'],
)
def test_html_may_declare_its_encoding(head: bytes) -> None:
    source = head + "<p>Łódź is far</p>".encode("iso-8859-2")
    assert translation_of("a.html", source) == head + "<p>ŁÓDŹ IS FAR</p>".encode("iso-8859-2")


@pytest.mark.parametrize("declared", [b"unknown", b"base64", b"utf-8"])
def test_an_encoding_that_is_none_does_not_count(declared: bytes) -> None:
    head = b'<meta charset="' + declared + b'">'
    assert translation_of("a.html", head + "<p>café</p>".encode()) == head + "<p>CAFÉ</p>".encode()


def test_html_has_references_for_what_its_encoding_lacks() -> None:
    head = b'<meta charset="iso-8859-1">'
    document = read_file("a.html", head + b"<p>one</p>", OPTIONS, LIMITS)
    assert translated(document, said("œuvre")) == head + b"<p>&#339;uvre</p>"


def test_a_text_becomes_utf_8_if_its_encoding_lacks_a_character() -> None:
    document = read_file("a.txt", "café".encode("cp1252"), OPTIONS, LIMITS)
    assert translated(document, said("ŁÓDŹ")) == "ŁÓDŹ".encode()


@pytest.mark.parametrize("data", [b"PK\3\4\0\0", codecs.BOM_UTF16_LE + b"\0", b"\x81\x8d\x8f"])
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_what_is_no_text_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(BrokenFileError):
        read_file(name, data, OPTIONS, LIMITS)


def test_one_file_can_be_written_in_several_languages() -> None:
    document = read_file("a.html", b'<html lang="en"><p>one</p>', OPTIONS, LIMITS)
    assert translated(document, target="de") == b'<html lang="de"><p>ONE</p>'
    assert translated(document, said("UN"), target="fr") == b'<html lang="fr"><p>UN</p>'
    assert texts_of(document) == ["one"]


def test_an_empty_file_stays_empty() -> None:
    assert translation_of("a.txt", b"") == b""

"""Word documents: their parts, their kinds, their language, and what is none."""

import pytest

from api.errors import BrokenFileError, FileTooLargeError
from api.files.document import FileLimits
from api.files.formats import read_file
from tests.api.files.office.word_paragraphs import BOLD, body, r, read, seen
from tests.api.files.stand_in_models import OPTIONS, backwards, shouting, texts_of, translated
from tests.api.files.word_documents import MAIN, NAMESPACES, OFFICE, archive, part, parts_of, report, word_document

STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def test_headers_footers_notes_and_comments_are_found_by_their_type() -> None:
    kinds = {"header": "hdr", "footer": "ftr", "footnotes": "footnotes", "endnotes": "endnotes", "comments": "comments"}
    parts = {
        f"odd/{number}.bin": (f"{OFFICE}{kind}+xml", part(root, f"<w:p>{r(f'the {kind}')}</w:p>"))
        for number, (kind, root) in enumerate(kinds.items())
    }
    document = read(word_document(f"<w:p>{r('one')}</w:p>", parts))
    assert texts_of(document) == ["one", *(f"the {kind}" for kind in kinds)]
    result = parts_of(translated(document))
    assert all(f"THE {kind.upper()}".encode() in result[name] for name, kind in zip(parts, kinds, strict=True))


def test_charts_and_descriptions_of_images_are_translated() -> None:
    chart = (
        '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:p><a:r><a:rPr lang="en-US"/><a:t>Boats</a:t></a:r></a:p></c:chart>'
    )
    kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    drawing = '<w:drawing><wp:docPr xmlns:wp="wp" id="1" descr="A wall"/></w:drawing>'
    document = read(word_document(f"<w:p><w:r>{drawing}</w:r>{r('one')}</w:p>", {"c.xml": (kind, chart.encode())}))
    assert sorted(texts_of(document)) == ["A wall", "Boats", "one"]
    result = translated(document)
    assert '<wp:docPr id="1" descr="A WALL"/>' in body(result)
    assert b'<a:rPr lang="de-DE"/><a:t>BOATS</a:t>' in parts_of(result)["c.xml"]


@pytest.mark.parametrize(("target", "tag"), [("de", "de-DE"), ("fr", "fr-FR")])
def test_spelling_is_checked_in_the_language_of_the_translation(target: str, tag: str) -> None:
    def language(english: str) -> str:
        return f'<w:rPr><w:lang w:val="{english}" w:eastAsia="ja-JP"/></w:rPr>'

    styles = (f"{OFFICE}styles+xml", part("styles", language("en-US") + language("sv-SE")))
    source = word_document(f"<w:p>{r('one ', language('en-GB'))}{r('two', BOLD)}</w:p>", {"word/styles.xml": styles})
    result = translated(read(source), target=target)
    assert body(result) == f"<w:p>{seen('ONE ', language(tag))}{seen('TWO', BOLD)}</w:p>"
    assert parts_of(result)["word/styles.xml"] == part("styles", language(tag) + language("sv-SE")).replace(
        b'"1.0" encoding="UTF-8" standalone="yes"', b"'1.0' encoding='UTF-8' standalone='yes'"
    )


def test_styles_that_say_nothing_of_english_stay_byte_for_byte() -> None:
    styles = part("styles", '<w:lang w:val="sv-SE"/><w:lang/>')
    source = word_document(f"<w:p>{r('one')}</w:p>", {"word/styles.xml": (f"{OFFICE}styles+xml", styles)})
    assert parts_of(translated(read(source)))["word/styles.xml"] == styles


def test_a_document_in_strict_form_is_translated() -> None:
    source = word_document(f"<w:p>{r('the ')}{r('red', BOLD)}{r(' car')}</w:p>")
    parts = {name: data.replace(NAMESPACES["w"].encode(), STRICT.encode()) for name, data in parts_of(source).items()}
    result = translated(read(archive(parts)), backwards)
    assert body(result) == f"<w:p>{seen('CAR ')}{seen('RED', BOLD)}{seen(' THE')}</w:p>"
    assert STRICT.encode() in parts_of(result)["word/document.xml"]
    assert NAMESPACES["w"].encode() not in parts_of(result)["word/document.xml"]


@pytest.mark.parametrize(
    "main",
    [
        f"{OFFICE}template.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    ],
)
def test_templates_and_documents_with_macros_come_back_as_what_they_were(main: str) -> None:
    source = word_document(f"<w:p>{r('one')}</w:p>", {"word/vbaProject.bin": ("application/x", b"\0\1")}, main=main)
    result = translated(read(source))
    assert body(result) == f"<w:p>{seen('ONE')}</w:p>"
    for name in ("[Content_Types].xml", "word/vbaProject.bin"):
        assert parts_of(result)[name] == parts_of(source)[name]


def test_one_document_can_be_written_in_several_languages() -> None:
    document = read(word_document(f"<w:p>{r('one two')}</w:p>"))
    assert body(translated(document, shouting, "de")) == f"<w:p>{seen('ONE TWO')}</w:p>"
    assert body(translated(document, backwards, "fr")) == f"<w:p>{seen('TWO ONE')}</w:p>"


def test_a_document_without_words_stays_byte_for_byte() -> None:
    source = word_document("<w:p/>")
    assert parts_of(translated(read(source))) == parts_of(source)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\0 no document",
        report()[:-100],
        report()[:3000],
        archive({"a.txt": b"one"}),
        word_document("", main="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
        archive({**parts_of(word_document("")), "word/document.xml": b"<w:p>"}),
        archive({name: data for name, data in parts_of(word_document("")).items() if name != "word/document.xml"}),
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
    ],
    ids=["empty", "program", "truncated", "cut", "archive", "spreadsheet", "broken", "incomplete", "password"],
)
def test_what_is_no_word_document_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenFileError):
        read(data)


def test_a_bomb_is_refused() -> None:
    bomb = word_document("", {"word/media/a.bin": ("image/x", bytes(20_000_000))})
    assert len(bomb) < 100_000
    with pytest.raises(FileTooLargeError):
        read_file("a.docx", bomb, OPTIONS, FileLimits(unpacked_bytes=1_000_000, characters=1000))


def test_text_of_other_parts_is_left_alone() -> None:
    parts = {"word/glossary/document.xml": (f"{OFFICE}document.glossary+xml", part("glossaryDocument", r("one")))}
    source = word_document(f"<w:p>{r('two')}</w:p>", parts)
    assert MAIN in parts_of(source)["[Content_Types].xml"].decode()
    assert parts_of(translated(read(source)))["word/glossary/document.xml"] == parts["word/glossary/document.xml"][1]

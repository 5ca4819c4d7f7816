"""A whole report in Word's format: the same document in another language, for python-docx and for LibreOffice."""

import io
import re
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as DocxDocument
from docx.text.hyperlink import Hyperlink
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml import etree

from api.files.formats import read_file
from tests.api.files.libreoffice import converted
from tests.api.files.stand_in_models import LIMITS, OPTIONS, Model, backwards, shouting, texts_of, translated
from tests.api.files.word_documents import NAMESPACES, parts_of, report

WORD = f"{{{NAMESPACES['w']}}}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
TRANSLATED = {
    "word/document.xml",
    "word/footnotes.xml",
    "word/footer1.xml",
    "word/header1.xml",
    "word/styles.xml",
}


def translation(model: Model = shouting) -> bytes:
    return translated(read_file("report.docx", report(), OPTIONS, LIMITS), model)


def opened(data: bytes) -> DocxDocument:
    return Document(io.BytesIO(data))


def described(paragraph: Paragraph) -> tuple[str | None, list[tuple[str, str, bool | None, bool | None]]]:
    """Return the style of a paragraph, and for each run its text, where its link leads, whether it is bold, italic."""
    runs: list[tuple[Run, str]] = []
    for item in paragraph.iter_inner_content():
        if isinstance(item, Hyperlink):
            runs += [(run, item.url) for run in item.runs]
        else:
            runs.append((item, ""))
    style = paragraph.style.name if paragraph.style is not None else None
    return style, [(run.text, url, run.bold, run.italic) for run, url in runs]


def outline(data: bytes, part: str = "word/document.xml") -> list[str]:
    """Return all elements of a part in their order with their attributes, but for those that only protect spaces."""
    root = etree.fromstring(parts_of(data)[part])
    return [
        f"{element.tag} {sorted((key, value) for key, value in element.items() if key != SPACE)}"
        for element in root.iter(etree.Element)
    ]


def test_every_text_of_the_report_is_translated() -> None:
    assert texts_of(read_file("report.docx", report(), OPTIONS, LIMITS)) == [
        "The old harbour",
        "The tide is very strong in the outer harbour.",
        "Small boats wait outside.",
        "The water is four metres deep at the wall.",
        "Boats of the year",
        "Fishing boats come early.",
        "Sailing boats come late.",
        "Kind of boat",
        "Number of boats",
        "Fishing boat",
        "All numbers are in the public list of the town.",
        "The wall of the harbour in spring.",
        "Yearly report of the harbour",
        "Page 1",
        "Measured at low tide.",
    ]


def test_styles_formats_and_links_stay_around_their_words() -> None:
    source, result = opened(report()), opened(translation())
    expected = [
        (style, [(text.upper(), url, bold, italic) for text, url, bold, italic in runs])
        for style, runs in map(described, source.paragraphs)
    ]
    assert list(map(described, result.paragraphs)) == expected


def test_the_table_has_its_cells() -> None:
    [table] = opened(translation()).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["KIND OF BOAT", "NUMBER OF BOATS"],
        ["FISHING BOAT", "12"],
    ]
    assert table.style is not None
    assert table.style.name == "Table Grid"


def test_header_footer_and_footnote_are_translated() -> None:
    data = translation()
    section = opened(data).sections[0]
    assert section.header.paragraphs[0].text == "YEARLY REPORT OF THE HARBOUR"
    assert section.footer.paragraphs[0].text == "PAGE "
    notes = etree.fromstring(parts_of(data)["word/footnotes.xml"])
    assert "".join(text.text or "" for text in notes.iter(f"{WORD}t")) == " MEASURED AT LOW TIDE."


def test_the_image_is_the_same() -> None:
    source, result = opened(report()), opened(translation())
    [before], [after] = source.inline_shapes, result.inline_shapes
    assert (after.width, after.height) == (before.width, before.height)


@pytest.mark.parametrize("part", sorted(TRANSLATED - {"word/styles.xml"}))
def test_the_structure_is_the_same_element_for_element(part: str) -> None:
    assert outline(translation(), part) == outline(report(), part)


def test_all_other_parts_are_the_same_byte_for_byte() -> None:
    before, after = parts_of(report()), parts_of(translation())
    assert list(after) == list(before)
    assert {name for name in before if after[name] != before[name]} == TRANSLATED


def test_words_in_another_order_take_their_formats_along() -> None:
    result = opened(translation(backwards))
    assert [run for _, runs in map(described, result.paragraphs[1:3]) for run in runs] == [
        ("HARBOUR. ", "", None, None),
        ("OUTER", "", None, True),
        (" THE IN STRONG ", "", None, None),
        ("VERY", "", True, None),
        (" IS TIDE THE OUTSIDE. WAIT BOATS SMALL", "", None, None),
        ("WALL. THE AT DEEP METRES FOUR IS WATER THE", "", None, None),
        ("", "", None, None),
    ]


def test_libreoffice_prints_the_translation(tmp_path: Path) -> None:
    printed = converted(translation(backwards), "report.docx", "pdf", tmp_path)
    assert printed.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type */Page\b", printed)) == 1


def test_libreoffice_finds_everything_in_the_translation(tmp_path: Path) -> None:
    seen = etree.fromstring(converted(translation(), "report.docx", "fodt", tmp_path))
    found = {
        name: [str(element.xpath("string()")).strip() for element in seen.iter(f"{{*}}{name}")]
        for name in ("h", "a", "note-body", "table-cell", "list-item", "header", "footer")
    }
    assert found == {
        "h": ["THE OLD HARBOUR", "BOATS OF THE YEAR"],
        "a": ["THE PUBLIC LIST"],
        "note-body": ["MEASURED AT LOW TIDE."],
        "table-cell": ["KIND OF BOAT", "NUMBER OF BOATS", "FISHING BOAT", "12"],
        "list-item": ["FISHING BOATS COME EARLY.", "SAILING BOATS COME LATE."],
        "header": ["YEARLY REPORT OF THE HARBOUR"],
        "footer": ["PAGE 1"],
    }
    assert len(list(seen.iter("{*}frame"))) == 1

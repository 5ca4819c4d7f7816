"""Presentations, read again with python-pptx."""

import io
from pathlib import Path

import openpyxl
import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation
from pptx.util import Inches

from api.errors import BrokenFileError, FileTooLargeError
from api.files.document import FileLimits
from api.files.formats import read_file
from tests.api.files.libreoffice import converted
from tests.api.files.stand_in_models import LIMITS, OPTIONS, Model, backwards, shouting, texts_of, translated
from tests.api.files.test_packages import archive
from tests.api.files.workbooks import of_texts, parts_of, with_parts

WIDTH = Inches(4)


def sample() -> Presentation:
    """Return a presentation of two slides: text with formats, notes, a table and a chart."""
    presentation = pptx.Presentation()
    first = presentation.slides.add_slide(presentation.slide_layouts[1])
    first.shapes.title.text = "Bridges of the north"
    body = first.placeholders[1].text_frame.paragraphs[0]
    body.add_run().text = "The "
    red = body.add_run()
    red.text = "old"
    red.font.color.rgb = RGBColor(255, 0, 0)
    body.add_run().text = " bridge"
    first.notes_slide.notes_text_frame.text = "Greet them. Show the map."
    second = presentation.slides.add_slide(presentation.slide_layouts[5])
    table = second.shapes.add_table(2, 2, 0, 0, WIDTH, WIDTH).table
    table.cell(0, 0).text = "river"
    table.cell(0, 1).text = "length"
    table.cell(1, 0).text = "the Tyne"
    table.cell(1, 1).text = "118"
    data = CategoryChartData()
    data.categories = ["spring", "autumn"]
    data.add_series("visitors", (120, 80))
    chart = second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, WIDTH, WIDTH, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "People on the bridge"
    return presentation


def saved(presentation: Presentation) -> bytes:
    written = io.BytesIO()
    presentation.save(written)
    return written.getvalue()


def translation_of(data: bytes, model: Model = shouting, target: str = "de") -> Presentation:
    return pptx.Presentation(io.BytesIO(translated(read_file("a.pptx", data, OPTIONS, LIMITS), model, target)))


def with_part(data: bytes, name: str, content_type: str, part: bytes) -> bytes:
    """Return a file with one more part, which nothing refers to."""
    parts = parts_of(data)
    override = f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>'.encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override)
    return archive({**parts, name: part})


def test_formats_follow_their_words() -> None:
    slide = translation_of(saved(sample()), backwards).slides[0]
    assert slide.shapes.title.text == "NORTH THE OF BRIDGES"
    runs = slide.placeholders[1].text_frame.paragraphs[0].runs
    assert [run.text for run in runs] == ["BRIDGE ", "OLD", " THE"]
    assert [run.font.color.type is not None for run in runs] == [False, True, False]


def test_notes_are_translated() -> None:
    slide = translation_of(saved(sample())).slides[0]
    assert slide.notes_slide.notes_text_frame.text == "GREET THEM. SHOW THE MAP."


def test_tables_are_translated() -> None:
    table = next(shape for shape in translation_of(saved(sample())).slides[1].shapes if shape.has_table).table
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["RIVER", "LENGTH"], ["THE TYNE", "118"]]


def test_titles_of_charts_are_translated() -> None:
    chart = next(shape for shape in translation_of(saved(sample())).slides[1].shapes if shape.has_chart).chart
    assert chart.chart_title.text_frame.text == "PEOPLE ON THE BRIDGE"


def test_charts_and_their_workbooks_say_the_same() -> None:
    chart = next(shape for shape in translation_of(saved(sample())).slides[1].shapes if shape.has_chart).chart
    assert list(chart.plots[0].categories) == ["SPRING", "AUTUMN"]
    assert [series.name for series in chart.series] == ["VISITORS"]
    workbook = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert list(workbook.worksheets[0].values) == [(None, "VISITORS"), ("SPRING", 120), ("AUTUMN", 80)]


def with_workbook(workbook: bytes) -> bytes:
    """Return the sample with something else in place of the workbook of its chart."""
    parts = parts_of(saved(sample()))
    return archive({name: workbook if name.startswith("ppt/embeddings/") else part for name, part in parts.items()})


def test_a_workbook_in_a_presentation_that_cannot_be_read_stays() -> None:
    data = with_workbook(b"with a password")
    after = parts_of(translated(read_file("a.pptx", data, OPTIONS, LIMITS)))
    assert b"with a password" in after.values()


def test_a_workbook_in_a_presentation_may_have_no_texts() -> None:
    workbook = of_texts("12")
    data = with_workbook(workbook)
    assert workbook in parts_of(translated(read_file("a.pptx", data, OPTIONS, LIMITS))).values()


def test_workbooks_in_a_presentation_count_as_what_is_in_it() -> None:
    data = with_workbook(with_parts(of_texts("one"), {"a.png": b"\0" * 1_000_000}))
    whole = sum(len(part) for part in parts_of(data).values())
    assert read_file("a.pptx", data, OPTIONS, FileLimits(whole + 1_100_000, 1000))
    with pytest.raises(FileTooLargeError):
        read_file("a.pptx", data, OPTIONS, FileLimits(whole + 900_000, 1000))


def test_libreoffice_shows_the_translation(tmp_path: Path) -> None:
    data = translated(read_file("a.pptx", saved(sample()), OPTIONS, LIMITS), backwards)
    shown = parts_of(converted(data, "a.pptx", "odp", tmp_path))["content.xml"].decode()
    for text in ("NORTH THE OF BRIDGES", ">OLD<", "TYNE THE", "THEM. GREET MAP. THE SHOW"):
        assert text in shown


def test_slides_say_their_language() -> None:
    presentation = sample()
    run = presentation.slides[0].placeholders[1].text_frame.paragraphs[0].runs[0]
    run._r.get_or_add_rPr().set("lang", "en-GB")
    slide = translation_of(saved(presentation), target="fr").slides[0]
    assert slide.placeholders[1].text_frame.paragraphs[0].runs[0]._r.rPr.get("lang") == "fr-FR"


def test_layouts_masters_and_all_else_stay() -> None:
    data = saved(sample())
    before = parts_of(data)
    after = parts_of(translated(read_file("a.pptx", data, OPTIONS, LIMITS)))
    assert list(after) == list(before)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "ppt/slides/slide1.xml",
        "ppt/slides/slide2.xml",
        "ppt/notesSlides/notesSlide1.xml",
        *(name for name in before if name.startswith(("ppt/charts/chart", "ppt/embeddings/"))),
    }


def test_only_words_change_in_a_slide() -> None:
    data = saved(sample())
    name = "ppt/slides/slide1.xml"
    before = parts_of(data)[name]
    after = parts_of(translated(read_file("a.pptx", data, OPTIONS, LIMITS)))[name]
    assert after.decode().upper() == before.decode().upper()


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("ppt/diagrams/data1.xml", "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml"),
        ("ppt/diagrams/drawing1.xml", "application/vnd.ms-office.drawingml.diagramDrawing+xml"),
        ("ppt/comments/modernComment1.xml", "application/vnd.ms-powerpoint.comments+xml"),
        ("ppt/drawings/drawing1.xml", "application/vnd.openxmlformats-officedocument.drawingml.chartshapes+xml"),
        ("ppt/charts/chartEx1.xml", "application/vnd.ms-office.chartex+xml"),
    ],
)
def test_diagrams_and_comments_are_translated(name: str, content_type: str) -> None:
    words = (
        b'<x xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:p><a:r><a:t>%s</a:t></a:r></a:p></x>'
    )
    data = with_part(saved(sample()), name, content_type, words % b"one step")
    written = translated(read_file("a.pptx", data, OPTIONS, LIMITS))
    assert words % b"ONE STEP" in parts_of(written)[name]


def test_older_comments_are_translated() -> None:
    name = "ppt/comments/comment1.xml"
    content_type = "application/vnd.openxmlformats-officedocument.presentationml.comments+xml"
    words = (
        b'<p:cmLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cm authorId="0">'
        b'<p:pos x="10" y="10"/><p:text>%s</p:text></p:cm></p:cmLst>'
    )
    data = with_part(saved(sample()), name, content_type, words % b"too long")
    assert words % b"TOO LONG" in parts_of(translated(read_file("a.pptx", data, OPTIONS, LIMITS)))[name]


def test_one_presentation_can_be_written_in_several_languages() -> None:
    document = read_file("a.pptx", saved(sample()), OPTIONS, LIMITS)
    german = pptx.Presentation(io.BytesIO(translated(document)))
    french = pptx.Presentation(io.BytesIO(translated(document, backwards, "fr")))
    assert german.slides[0].shapes.title.text == "BRIDGES OF THE NORTH"
    assert french.slides[0].shapes.title.text == "NORTH THE OF BRIDGES"


def test_texts_come_slide_by_slide() -> None:
    texts = texts_of(read_file("a.pptx", saved(sample()), OPTIONS, LIMITS))
    assert texts[:2] == ["Bridges of the north", "The old bridge"]
    assert {"Greet them.", "Show the map.", "river", "People on the bridge"} <= set(texts)


@pytest.mark.parametrize("data", [b"", b"plain", archive({"a.xml": b"<a/>"}), saved(sample())[:-50]])
def test_what_is_no_presentation_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenFileError):
        read_file("a.pptx", data, OPTIONS, LIMITS)


def test_an_office_file_of_another_kind_is_refused() -> None:
    parts = parts_of(saved(sample()))
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"presentationml.presentation.main", b"other")
    with pytest.raises(BrokenFileError, match="not of the format"):
        read_file("a.pptx", archive(parts), OPTIONS, LIMITS)


def test_a_broken_slide_is_told_of() -> None:
    parts = parts_of(saved(sample())) | {"ppt/slides/slide1.xml": b"<p:sld"}
    with pytest.raises(BrokenFileError):
        read_file("a.pptx", archive(parts), OPTIONS, LIMITS)

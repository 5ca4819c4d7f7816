"""Workbooks, read again with openpyxl."""

import datetime
import io
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from api.errors import BrokenFileError, FileTooLargeError
from api.files.document import FileLimits
from api.files.formats import read_file
from api.text.hypotheses import Hypothesis
from tests.api.files.libreoffice import converted
from tests.api.files.stand_in_models import LIMITS, OPTIONS, backwards, texts_of, translated
from tests.api.files.test_packages import archive
from tests.api.files.workbooks import (
    MAIN,
    changed_parts,
    column_a,
    of_texts,
    parts_of,
    replaced,
    shared_strings,
    sheet_of,
    with_parts,
    workbook,
    written,
)

SHARED = "xl/sharedStrings.xml"


def of_strings(*strings: str) -> bytes:
    """Return a workbook with these shared strings, as XML, in column A."""
    data = of_texts(*(f"text {number}" for number in range(len(strings))))
    root = f'<sst xmlns="{MAIN}" count="{len(strings)}" uniqueCount="{len(strings)}">{"".join(strings)}</sst>'
    return with_parts(data, {SHARED: root.encode()})


def strings_in(data: bytes) -> list[str]:
    """Return the shared strings as XML, in short."""
    strings = (etree.tostring(each, method="c14n", exclusive=True).decode() for each in shared_strings(data))
    return [each.replace(f' xmlns="{MAIN}"', "") for each in strings]


def test_texts_are_translated_and_values_are_not() -> None:
    def fill(sheet: Worksheet, opened: Workbook) -> None:
        sheet.write_column("A1", ["the red car", 12.5, "12.5", "AB-123"])
        sheet.write_datetime("A5", datetime.datetime(2024, 3, 1), opened.add_format({"num_format": "mmmm"}))
        sheet.write_formula("A6", "=A2*2", value=25)
        sheet.write_boolean("A7", True)
        opened.define_name("Rate", "=Data!$A$2")

    data = workbook(fill)
    after = written(data, backwards)
    assert column_a(after) == [
        *("CAR RED THE", 12.5, "12.5", "AB-123"),
        *(datetime.datetime(2024, 3, 1), "=A2*2", True),
    ]
    opened = openpyxl.load_workbook(io.BytesIO(after))
    assert opened.sheetnames == ["Data"]
    assert opened.defined_names["Rate"].value == "Data!$A$2"


def test_only_the_shared_strings_change() -> None:
    data = of_texts("one two", "three", "one two")
    assert changed_parts(data, written(data)) == {SHARED}


def test_shared_strings_keep_their_number_and_order() -> None:
    data = of_texts("one", "two", "one", "12", "three")
    root = shared_strings(written(data))
    assert (root.get("count"), root.get("uniqueCount")) == ("5", "4")
    assert [string.findtext("{*}t") for string in root] == ["ONE", "TWO", "12", "THREE"]
    assert column_a(written(data)) == ["ONE", "TWO", "ONE", "12", "THREE"]


def test_formats_within_a_cell_follow_their_words() -> None:
    def fill(sheet: Worksheet, opened: Workbook) -> None:
        sheet.write_rich_string("A1", "the very ", opened.add_format({"bold": True}), "red", " car")

    cell = sheet_of(written(workbook(fill), backwards), rich_text=True)["A1"].value
    assert [(str(part), isinstance(part, TextBlock) and part.font.b) for part in cell] == [
        ("CAR", False),
        (" ", False),
        ("RED", True),
        (" VERY THE", False),
    ]


def test_strings_in_the_cells_themselves_are_translated() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = CellRichText("the ", TextBlock(InlineFont(b=True), "red"), " car")
    saved = io.BytesIO()
    book.save(saved)
    assert b"inlineStr" in parts_of(saved.getvalue())["xl/worksheets/sheet1.xml"]
    cell = sheet_of(written(saved.getvalue(), backwards), rich_text=True)["A1"].value
    assert str(cell) == "CAR RED THE"
    assert [str(part) for part in cell if isinstance(part, TextBlock) and part.font.b] == ["RED"]


def test_lines_of_a_cell_stay_lines() -> None:
    data = of_strings(
        '<si><t xml:space="preserve">one two\nthree four</t></si>',
        "<si><r><t>one two\nthree</t></r><r><rPr><b/></rPr><t> four</t></r></si>",
    )
    assert column_a(written(data, backwards)) == ["TWO ONE\nFOUR THREE", "TWO ONE\nFOUR THREE"]


def test_white_space_around_a_text_is_kept() -> None:
    data = of_strings('<si><t xml:space="preserve"> one </t></si>', "<si><t>two</t></si>")
    assert strings_in(written(data)) == ['<si><t xml:space="preserve"> ONE </t></si>', "<si><t>TWO</t></si>"]


def test_what_xml_cannot_hold_is_escaped() -> None:
    data = of_strings("<si><t>one_x000D_\ntwo _x005F_x0041_ three_x0007_</t></si>")
    shown = texts_of(read_file("a.xlsx", data, OPTIONS, LIMITS))
    assert shown == ["one", "two _x0041_ three\x07"]
    assert strings_in(written(data)) == ['<si><t xml:space="preserve">ONE_x000D_\nTWO _X0041_ THREE_x0007_</t></si>']
    echoed = written(data, lambda text: Hypothesis(text, -0.5, 0.9))
    assert strings_in(echoed) == ['<si><t xml:space="preserve">one_x000D_\ntwo _x005F_x0041_ three_x0007_</t></si>']


@pytest.mark.parametrize("string", ["<si><t>one _xD800_</t></si>", "<si><r><t>one_xdfff_</t></r></si>"])
def test_a_string_that_is_no_unicode_stays(string: str) -> None:
    data = of_strings(string, "<si><t>two</t></si>")
    assert texts_of(read_file("a.xlsx", data, OPTIONS, LIMITS)) == ["two"]
    assert strings_in(written(data)) == [string, "<si><t>TWO</t></si>"]


def test_readings_in_japanese_go_with_the_text_that_they_are_for() -> None:
    reading = '<rPh sb="0" eb="2"><t>yo</t></rPh><phoneticPr fontId="1"/>'
    data = of_strings(
        f"<si><t>one</t>{reading}</si>",
        f"<si><r><t>one</t></r><r><rPr><b/></rPr><t> two</t></r>{reading}</si>",
        f"<si><t>12</t>{reading}</si>",
    )
    assert strings_in(written(data)) == [
        '<si><t>ONE</t><phoneticPr fontId="1"></phoneticPr></si>',
        '<si><r><t>ONE</t></r><r><rPr><b></b></rPr><t xml:space="preserve"> TWO</t></r>'
        '<phoneticPr fontId="1"></phoneticPr></si>',
        '<si><t>12</t><rPh eb="2" sb="0"><t>yo</t></rPh><phoneticPr fontId="1"></phoneticPr></si>',
    ]


@pytest.mark.parametrize("string", ["<si/>", "<si><t/></si>", "<si><r><t/></r></si>", "<si><phoneticPr/></si>"])
def test_empty_strings_stay(string: str) -> None:
    data = of_strings(string, "<si><t>one</t></si>")
    assert strings_in(written(data))[0] == strings_in(data)[0]


@pytest.mark.parametrize("string", ["<si><t>one</t></si>", "<si><r><rPr><b/></rPr><t>one</t></r><r><t>!</t></r></si>"])
def test_a_translation_that_is_too_long_for_a_cell_is_left_out(string: str) -> None:
    data = of_strings(string)
    too_long = written(data, lambda _: Hypothesis("é" * 32_768, -0.5, 0.9))
    assert strings_in(too_long) == strings_in(data)


def test_comments_are_translated_and_say_who_wrote_them() -> None:
    def fill(sheet: Worksheet, _: Workbook) -> None:
        sheet.write_comment("A1", "check this", {"author": "Jane Doe"})

    data = workbook(fill)
    name = "xl/comments1.xml"
    author = "<r><rPr><b/></rPr><t>Jane Doe:</t></r><r>"
    data = replaced(data, name, "<text><r>", f"<text>{author}")
    after = written(data, backwards)
    assert sheet_of(after)["A1"].comment.text == "Jane Doe:THIS CHECK"
    assert changed_parts(data, after) == {name}


def test_text_boxes_and_titles_of_charts_are_translated() -> None:
    def fill(sheet: Worksheet, opened: Workbook) -> None:
        sheet.write_column("A1", ["visitors", "spring", "autumn"])
        sheet.write_column("B2", [3, 4])
        sheet.insert_textbox("D1", "a box of text")
        chart = opened.add_chart({"type": "column"})
        chart.add_series({"name": "=Data!$A$1", "categories": "=Data!$A$2:$A$3", "values": "=Data!$B$2:$B$3"})
        chart.set_title({"name": "people in the museum"})
        sheet.insert_chart("D9", chart, {"description": "columns in blue"})

    data = workbook(fill)
    after = parts_of(written(data))
    drawing, chart = after["xl/drawings/drawing1.xml"], after["xl/charts/chart1.xml"]
    assert b"<a:t>A BOX OF TEXT</a:t>" in drawing
    assert b'descr="COLUMNS IN BLUE"' in drawing
    assert b"<a:t>PEOPLE IN THE MUSEUM</a:t>" in chart
    assert [each.text for each in etree.fromstring(chart).iter("{*}v")] == ["VISITORS", "SPRING", "AUTUMN", "3", "4"]
    assert b"<c:f>Data!$A$2:$A$3</c:f>" in chart


def test_charts_leave_what_cells_leave() -> None:
    def fill(sheet: Worksheet, opened: Workbook) -> None:
        sheet.write_column("A1", ["open", "closed"])
        sheet.write_formula("C1", '=COUNTIF(A1:A2,"open")')
        chart = opened.add_chart({"type": "column"})
        chart.add_series({"categories": "=Data!$A$1:$A$2", "values": "=Data!$B$1:$B$2"})
        sheet.insert_chart("D9", chart)

    after = written(workbook(fill))
    chart = etree.fromstring(parts_of(after)["xl/charts/chart1.xml"])
    assert [each.text for each in chart.iterfind(".//{*}strCache//{*}v")] == column_a(after) == ["open", "CLOSED"]


def of_formula(value: object) -> bytes:
    """Return a workbook with a text and a formula of this result, which Excel need not calculate."""

    def fill(sheet: Worksheet, _: Workbook) -> None:
        sheet.write("A1", "one")
        sheet.write_formula("B1", "=A1", value=value)

    return replaced(workbook(fill), "xl/workbook.xml", ' fullCalcOnLoad="1"', "")


def test_formulas_that_make_text_are_calculated_anew() -> None:
    data = of_formula("one")
    after = written(data)
    assert changed_parts(data, after) == {SHARED, "xl/workbook.xml"}
    assert openpyxl.load_workbook(io.BytesIO(after)).calculation.fullCalcOnLoad
    assert sheet_of(after)["B1"].value == "=A1"


def test_other_formulas_are_not() -> None:
    data = of_formula(12)
    assert changed_parts(data, written(data)) == {SHARED}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<sheets/><definedNames/><pivotCaches/>", ["sheets", "definedNames", "calcPr", "pivotCaches"]),
        ("<!--x--><pivotCaches/>", ["calcPr", "pivotCaches"]),
    ],
)
def test_where_a_workbook_says_nothing_of_calculation_it_does_then(before: str, after: list[str]) -> None:
    data = with_parts(of_formula("one"), {"xl/workbook.xml": f'<workbook xmlns="{MAIN}">{before}</workbook>'.encode()})
    root = etree.fromstring(parts_of(written(data))["xl/workbook.xml"])
    assert [etree.QName(each).localname for each in root.iter(f"{{{MAIN}}}*")][1:] == after


@pytest.mark.parametrize("data", [b"", b"plain", archive({"a.xml": b"<a/>"}), of_texts("one")[:-50]])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenFileError):
        read_file("a.xlsx", data, OPTIONS, LIMITS)


def test_an_office_file_of_another_kind_is_refused() -> None:
    data = replaced(of_texts("one"), "[Content_Types].xml", "spreadsheetml.sheet.main", "other")
    with pytest.raises(BrokenFileError, match="not of the format"):
        read_file("a.xlsx", data, OPTIONS, LIMITS)


@pytest.mark.parametrize("part", [SHARED, "xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_broken_part_is_told_of(part: str) -> None:
    with pytest.raises(BrokenFileError):
        read_file("a.xlsx", with_parts(of_texts("one"), {part: b"<sst"}), OPTIONS, LIMITS)


def test_a_bomb_is_refused() -> None:
    data = with_parts(of_texts("one"), {"xl/media/image.png": b"\0" * 1_000_000})
    with pytest.raises(FileTooLargeError):
        read_file("a.xlsx", data, OPTIONS, FileLimits(unpacked_bytes=500_000, characters=1000))


def test_one_workbook_can_be_written_in_several_languages() -> None:
    document = read_file("a.xlsx", of_texts("one two"), OPTIONS, LIMITS)
    assert column_a(translated(document)) == ["ONE TWO"]
    assert column_a(translated(document, backwards, "fr")) == ["TWO ONE"]


def test_a_workbook_may_have_no_texts() -> None:
    data = workbook(lambda sheet, _: sheet.write("A1", 1))
    assert texts_of(read_file("a.xlsx", data, OPTIONS, LIMITS)) == []
    assert changed_parts(data, written(data)) == set()


def test_libreoffice_shows_the_translation(tmp_path: Path) -> None:
    def fill(sheet: Worksheet, opened: Workbook) -> None:
        sheet.add_table("A1:B2", {"columns": [{"header": "net price"}, {"header": "city"}], "data": [[7, "north"]]})
        sheet.write_rich_string("A4", "the ", opened.add_format({"bold": True}), "red", " car")
        sheet.insert_textbox("D1", "a box of text")

    shown = converted(written(workbook(fill), backwards), "a.xlsx", "csv", tmp_path).decode()
    assert shown.splitlines() == ["PRICE NET,CITY", "7,NORTH", ",", "CAR RED THE,"]

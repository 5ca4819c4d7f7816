"""Texts that something else in the workbook names."""

import pytest
from lxml import etree
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from api.files.office import references
from api.files.office.references import References
from tests.api.files.workbooks import (
    SHEETS,
    column_a,
    headers_of,
    of_table,
    of_texts,
    relationships,
    with_parts,
    workbook,
    written,
)


@pytest.mark.parametrize(
    "formula",
    [
        '=COUNTIF(A1:A2,"done")',
        '=IF(A1="DONE ",1,0)',
        '=SUMIF(A1:A2,"<>done",B1:B2)',
        '=COUNTIF(A1:A2,">=done")',
        '=COUNTIF(A1:A2,"d*e")',
        '=COUNTIF(A1:A2,"do?e*")',
        '=VLOOKUP("done",A1:B2,2)&"he said ""no"""',
    ],
)
def test_texts_that_formulas_compare_with_stay(formula: str) -> None:
    assert column_a(written(of_texts("done", "open", formulas=[formula]))) == ["done", "OPEN"]


@pytest.mark.parametrize("formula", ['=COUNTIF(A1:A2,"*")', '=COUNTIF(A1:A2,"[a-z]*")', '=COUNTIF(A1:A2,"don~*")'])
def test_other_patterns_let_no_text_stay(formula: str) -> None:
    assert column_a(written(of_texts("done", "open", formulas=[formula]))) == ["DONE", "OPEN"]


def test_quotation_marks_in_formulas_are_doubled() -> None:
    after = written(of_texts('he said "no"', "open", formulas=['=COUNTIF(A1:A2,"he said ""no""")']))
    assert column_a(after) == ['he said "no"', "OPEN"]


def test_an_asterisk_may_be_meant() -> None:
    after = written(of_texts("done*", "done", formulas=['=COUNTIF(A1:A2,"done~*")']))
    assert column_a(after) == ["done*", "DONE"]


def test_not_more_patterns_are_tried_than_there_is_time_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "_MOST_PATTERNS", 1)
    after = written(of_texts("done", "open", formulas=['=COUNTIF(A:A,"do*")', '=COUNTIF(A:A,"op*")']))
    assert column_a(after) == ["done", "OPEN"]


def test_items_of_lists_to_choose_from_stay() -> None:
    def fill(sheet: Worksheet, _: Workbook) -> None:
        sheet.write_column("A1", ["yes please", "no thanks", "maybe"])
        sheet.data_validation("B1", {"validate": "list", "source": ["yes please", "no thanks"]})

    assert column_a(written(workbook(fill))) == ["yes please", "no thanks", "MAYBE"]


def test_texts_of_conditional_formats_stay() -> None:
    def fill(sheet: Worksheet, opened: Workbook) -> None:
        sheet.write_column("A1", ["late", "early", "open"])
        red = opened.add_format({"bold": True})
        sheet.conditional_format("A1:A3", {"type": "cell", "criteria": "==", "value": '"late"', "format": red})
        sheet.conditional_format("A1:A3", {"type": "text", "criteria": "containing", "value": "early", "format": red})

    assert column_a(written(workbook(fill))) == ["late", "early", "OPEN"]


def test_texts_of_filters_stay() -> None:
    def fill(sheet: Worksheet, _: Workbook) -> None:
        sheet.write_column("A1", ["city", "north", "south", "east"])
        sheet.autofilter("A1:B4")
        sheet.filter_column_list("A", ["north"])
        sheet.filter_column("B", "x == so*")

    assert column_a(written(workbook(fill))) == ["CITY", "north", "south", "EAST"]


def test_texts_of_names_stay() -> None:
    def fill(sheet: Worksheet, opened: Workbook) -> None:
        sheet.write_column("A1", ["done", "open"])
        opened.define_name("State", '="done"')

    assert column_a(written(workbook(fill))) == ["done", "OPEN"]


def test_names_of_sheets_and_ranges_stay_where_formulas_put_them_together() -> None:
    def fill(sheet: Worksheet, opened: Workbook) -> None:
        sheet.write_column("A1", ["Data", "Rates", "Prices", "open"])
        opened.define_name("Rates", "=Data!$B$1")
        sheet.add_table("D1:E2", {"name": "Prices"})

    assert column_a(written(workbook(fill))) == ["DATA", "RATES", "PRICES", "OPEN"]

    def fill_with_formula(sheet: Worksheet, opened: Workbook) -> None:
        fill(sheet, opened)
        sheet.write_formula("B1", "=INDIRECT(A1&A2)")

    assert column_a(written(workbook(fill_with_formula))) == ["Data", "Rates", "Prices", "OPEN"]


def test_a_column_that_a_slicer_is_for_keeps_its_name() -> None:
    data = with_parts(
        of_table(["city", "price"]),
        {"xl/slicerCaches/slicerCache1.xml": b'<slicerCacheDefinition sourceName="city"/>'},
        {"xl/slicerCaches/slicerCache1.xml": "application/vnd.ms-excel.slicerCache+xml"},
    )
    assert headers_of(written(data)) == ["city", "PRICE"]


def of_pivot_table(location: str = '<location ref="A5:B6"/>') -> bytes:
    """Return a workbook with texts in column A, of which rows 1 to 4 are the source of a pivot table in 5 and 6."""
    data = of_texts("city", "north", "south", "a note", "row labels", "grand total", "outside")
    cache, table = "xl/pivotCache/pivotCacheDefinition1.xml", "xl/pivotTables/pivotTable1.xml"
    return with_parts(
        data,
        {
            cache: b'<pivotCacheDefinition><cacheFields><cacheField name="city"><sharedItems><s v="north"/><n v="1"/>'
            b'<s v="south"/></sharedItems></cacheField><cacheField name="note"><sharedItems><s v="a note"/>'
            b"</sharedItems></cacheField></cacheFields></pivotCacheDefinition>",
            table: f'<pivotTableDefinition>{location}<pivotFields><pivotField axis="axisRow"><items/></pivotField>'
            "<pivotField/></pivotFields></pivotTableDefinition>".encode(),
            "xl/pivotTables/_rels/pivotTable1.xml.rels": relationships(r1=f"/{cache}"),
            "xl/worksheets/_rels/sheet1.xml.rels": relationships(r1=f"/{table}", r2="/xl/styles.xml"),
        },
        {cache: f"{SHEETS}.pivotCacheDefinition+xml", table: f"{SHEETS}.pivotTable+xml"},
    )


def test_what_a_pivot_table_is_made_of_stays() -> None:
    assert column_a(written(of_pivot_table())) == [
        *("city", "north", "south", "A NOTE", "row labels", "grand total", "OUTSIDE")
    ]


@pytest.mark.parametrize("location", ["", '<location ref="nowhere"/>'])
def test_a_pivot_table_may_be_nowhere(location: str) -> None:
    assert column_a(written(of_pivot_table(location)))[4:] == ["ROW LABELS", "GRAND TOTAL", "OUTSIDE"]


def test_a_long_formula_takes_little_time() -> None:
    found = References()
    for formula in ('"' * 99_999, '"a' * 50_000, "[" * 99_999, "['" * 50_000, "[a" * 50_000, '=COUNTIF(A1,"'):
        root = etree.Element("sheet")
        etree.SubElement(root, "f").text = formula
        found.add_part(root)
    assert "anything" not in found

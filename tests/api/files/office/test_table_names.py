"""Tables, the names of whose columns are what their header cells say."""

import io

import openpyxl
import pytest

from api.text.hypotheses import Hypothesis
from tests.api.files.stand_in_models import Model, backwards
from tests.api.files.workbooks import (
    changed_parts,
    column_a,
    headers_of,
    of_table,
    parts_of,
    replaced,
    sheet_of,
    with_parts,
    workbook,
    written,
)

TABLE = "xl/tables/table1.xml"
SHARED = "xl/sharedStrings.xml"
SHEET = "xl/worksheets/sheet1.xml"


def saying(**translations: str) -> Model:
    """Return a model that knows these words."""
    return lambda text: Hypothesis(translations.get(text, text), -0.5, 0.9)


def test_columns_are_called_what_their_cells_say() -> None:
    data = of_table(["net price", "city of origin"])
    after = written(data, backwards)
    assert headers_of(after) == ["PRICE NET", "ORIGIN OF CITY"]
    assert changed_parts(data, after) == {SHARED, TABLE}


def test_a_header_of_several_lines_is_escaped_in_the_name() -> None:
    data = replaced(of_table(["net price", "city"]), SHARED, "<t>net price</t>", "<t>net&#10;price</t>")
    data = replaced(data, TABLE, 'name="net price"', 'name="net_x000a_price"')
    after = written(data)
    assert b'name="NET_x000a_PRICE"' in parts_of(after)[TABLE]
    assert sheet_of(after)["B2"].value == "NET\nPRICE"


def test_columns_that_would_be_called_the_same_are_not() -> None:
    after = written(of_table(["cost", "costs", "city"]), saying(cost="Kosten", costs="KOSTEN", city="Stadt"))
    assert headers_of(after) == ["Kosten", "costs", "Stadt"]


def test_a_column_in_english_may_take_the_name_of_another() -> None:
    after = written(of_table(["cost", "costs", "price"]), saying(cost="Preis", costs="Preis", price="costs"))
    assert headers_of(after) == ["Preis", "costs", "price"]


def test_a_string_in_several_tables_is_the_same_in_all() -> None:
    def fill(sheet: object, _: object) -> None:
        for column, headers in ((0, ("cost", "costs")), (4, ("city", "costs"))):
            columns = [{"header": header} for header in headers]
            sheet.add_table(0, column, 1, column + 1, {"columns": columns})  # type: ignore[attr-defined]

    after = written(workbook(fill), saying(cost="Kosten", costs="Kosten", city="Stadt"))
    assert headers_of(after) == ["Kosten", "costs", "Stadt", "costs"]
    assert column_a(after)[0] == "Kosten"


@pytest.mark.parametrize("translation", ["", " ", "x" * 256])
def test_a_name_that_excel_would_not_take_is_left_out(translation: str) -> None:
    assert headers_of(written(of_table(["cost", "city"]), saying(cost=translation, city="Stadt"))) == ["cost", "Stadt"]


@pytest.mark.parametrize(
    "formula",
    [
        "=SUM(Prices[net price])",
        "=SUM(Prices[[#Totals],[NET PRICE]])",
        "=SUM(Prices[[a]:[net price]])",
        "=Prices[@[net price]]",
        '=INDIRECT("Prices["&"net"&" price]")',
    ],
)
def test_columns_that_formulas_name_stay(formula: str) -> None:
    after = written(of_table(["net price", "city"], [formula]))
    assert headers_of(after)[0] == "net price"


def test_a_name_in_a_formula_may_be_escaped() -> None:
    after = written(of_table(["net [EUR] '#", "city"], ["=SUM(Prices[net '[EUR'] '''#])"]))
    assert headers_of(after) == ["net [EUR] '#", "CITY"]


def test_calculated_columns_keep_what_they_are_made_of() -> None:
    columns = [{"header": "net"}, {"header": "gross", "formula": "=[@net]*2"}]
    after = written(of_table(["net", "gross"], columns=columns))
    assert headers_of(after) == ["net", "GROSS"]


def test_labels_of_totals_are_what_their_cells_say() -> None:
    columns = [{"header": "city", "total_string": "all of it"}, {"header": "price", "total_function": "sum"}]
    data = of_table(["city", "price"], total_row=True, columns=columns)
    after = written(data, backwards)
    [table] = sheet_of(after).tables.values()
    label = table.tableColumns[0].totalsRowLabel
    first, last = table.ref.split(":")
    cell = sheet_of(after)[f"{first[0]}{last[1:]}"]
    assert label == cell.value == "IT OF ALL"


def test_a_table_without_a_row_of_headers_keeps_its_names() -> None:
    data = of_table(["city", "price"], header_row=False)
    assert changed_parts(data, written(data)) <= {SHARED}
    assert b'name="city"' in parts_of(written(data))[TABLE]


def test_a_header_that_is_not_the_name_stays() -> None:
    data = replaced(of_table(["city", "price"]), TABLE, 'name="city"', 'name="town"')
    after = written(data)
    assert [sheet_of(after)[place].value for place in ("B2", "C2")] == ["city", "PRICE"]
    assert b'name="town"' in parts_of(after)[TABLE]


def test_a_header_that_is_a_number_stays() -> None:
    data = replaced(of_table(["city", "price"]), SHEET, '<c r="B2" t="s"><v>0</v></c>', '<c r="B2"><v>7</v></c>')
    assert b'name="city"' in parts_of(written(data))[TABLE]


def test_the_names_of_a_query_stay() -> None:
    data = replaced(of_table(["city", "price"]), TABLE, "<table ", '<table tableType="queryTable" ')
    assert headers_of(written(data)) == ["city", "price"]


def test_where_there_are_connections_all_names_stay() -> None:
    types = {"xl/connections.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.connections+xml"}
    data = with_parts(of_table(["city", "price"]), {"xl/connections.xml": b"<connections/>"}, types)
    assert headers_of(written(data)) == ["city", "price"]


@pytest.mark.parametrize("reference", ["", "B:C", "nonsense"])
def test_a_table_of_no_area_keeps_its_names(reference: str) -> None:
    data = replaced(of_table(["city", "price"]), TABLE, 'ref="B2:C3" ', f'ref="{reference}" ')
    assert b'name="city"' in parts_of(written(data))[TABLE]


def test_cells_need_not_say_where_they_are() -> None:
    part = parts_of(of_table(["city", "price"]))[SHEET].decode()
    start, end = part.index("<sheetData>"), part.index("</sheetData>")
    rows = '<row/><row><c/><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row r="3"/>'
    data = with_parts(of_table(["city", "price"]), {SHEET: f"{part[:start]}<sheetData>{rows}{part[end:]}".encode()})
    assert headers_of(written(data)) == ["CITY", "PRICE"]


def test_headers_may_have_strings_of_their_own() -> None:
    own = '<c r="B2" t="inlineStr"><is><t>city</t></is></c>'
    data = replaced(of_table(["city", "price"]), SHEET, '<c r="B2" t="s"><v>0</v></c>', own)
    assert headers_of(written(data)) == ["CITY", "PRICE"]
    assert headers_of(written(data, saying(city="Preis", price="Preis"))) == ["Preis", "price"]


@pytest.mark.parametrize("index", ["99", "x", "-1"])
def test_a_string_that_is_not_there_is_none(index: str) -> None:
    data = replaced(of_table(["city", "price"]), SHEET, "<v>0</v>", f"<v>{index}</v>")
    assert b'name="city"' in parts_of(written(data))[TABLE]


def test_each_language_has_names_of_its_own() -> None:
    data = of_table(["cost", "costs"])
    assert headers_of(written(data, saying(cost="Kosten", costs="Kosten"))) == ["Kosten", "costs"]
    assert headers_of(written(data, saying(cost="coût", costs="coûts"), "fr")) == ["coût", "coûts"]
    assert openpyxl.load_workbook(io.BytesIO(written(data))).worksheets[0].tables["Prices"].ref == "B2:C3"

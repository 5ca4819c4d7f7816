"""Workbooks to translate, made with XlsxWriter, which writes what Excel does, and read again with openpyxl."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl
import xlsxwriter
from lxml import etree
from openpyxl.utils import range_boundaries
from xlsxwriter.worksheet import Worksheet

from api.files.formats import read_file
from tests.api.files.stand_in_models import LIMITS, OPTIONS, Model, shouting, translated
from tests.api.files.test_packages import archive

SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(fill: Callable[[Worksheet, xlsxwriter.Workbook], object]) -> bytes:
    """Return a workbook of one sheet that `fill` fills."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as opened:
        fill(opened.add_worksheet("Data"), opened)
    return written.getvalue()


def of_texts(*texts: str, formulas: Sequence[str] = ()) -> bytes:
    """Return a workbook with these texts in column A and formulas in column B."""

    def fill(sheet: Worksheet, _: xlsxwriter.Workbook) -> None:
        for row, text in enumerate(texts):
            sheet.write_string(row, 0, text)
        for row, formula in enumerate(formulas):
            sheet.write_formula(row, 1, formula)

    return workbook(fill)


def of_table(headers: Sequence[str], formulas: Sequence[str] = (), **table: object) -> bytes:
    """Return a workbook with a table from B2 with these headers and one row of numbers, and formulas in column K."""

    def fill(sheet: Worksheet, _: xlsxwriter.Workbook) -> None:
        columns = [{"header": header} for header in headers]
        data = [list(range(len(headers)))]
        sheet.add_table(1, 1, 2, len(headers), {"name": "Prices", "columns": columns, "data": data, **table})
        for row, formula in enumerate(formulas):
            sheet.write_formula(row, 10, formula)

    return workbook(fill)


def written(data: bytes, model: Model = shouting, target: str = "de") -> bytes:
    """Return a workbook as the model translates it."""
    return translated(read_file("a.xlsx", data, OPTIONS, LIMITS), model, target)


def sheet_of(data: bytes, **options: bool) -> Any:
    """Return the first worksheet of a file."""
    return openpyxl.load_workbook(io.BytesIO(data), **options).worksheets[0]


def column_a(data: bytes) -> list[object]:
    """Return the values of column A of the first sheet."""
    return [row[0] for row in sheet_of(data).iter_rows(max_col=1, values_only=True)]


def headers_of(data: bytes) -> list[str]:
    """Return the names of the columns of all tables. Fails unless they are what their cells say, each another."""
    sheet = sheet_of(data)
    found: list[str] = []
    for table in sheet.tables.values():
        left, top, right, _ = range_boundaries(table.ref)
        names = [column.name for column in table.tableColumns]
        assert names == [sheet.cell(top, column).value for column in range(left, right + 1)]
        assert len({name.casefold() for name in names}) == len(names)
        found += names
    return found


def parts_of(data: bytes) -> dict[str, bytes]:
    """Return the parts of an archive by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def changed_parts(before: bytes, after: bytes) -> set[str]:
    """Return the names of the parts that are not the same in two archives."""
    first, second = parts_of(before), parts_of(after)
    assert list(first) == list(second)
    return {name for name in first if first[name] != second[name]}


def with_parts(data: bytes, parts: Mapping[str, bytes], types: Mapping[str, str] | None = None) -> bytes:
    """Return a file with parts in addition or instead, and the content types of some."""
    found = parts_of(data) | dict(parts)
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in (types or {}).items())
    found["[Content_Types].xml"] = found["[Content_Types].xml"].replace(b"</Types>", f"{overrides}</Types>".encode())
    return archive(found)


def replaced(data: bytes, name: str, old: str, new: str) -> bytes:
    """Return a file with something else in one of its parts."""
    part = parts_of(data)[name].decode()
    assert old in part
    return with_parts(data, {name: part.replace(old, new).encode()})


def relationships(**targets: str) -> bytes:
    """Return the part that has these relationships, identifiers to targets."""
    found = "".join(f'<Relationship Id="{key}" Type="urn:x" Target="{target}"/>' for key, target in targets.items())
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{found}</Relationships>'
    ).encode()


def shared_strings(data: bytes) -> etree._Element:
    """Return the root of the part with the shared strings."""
    return etree.fromstring(parts_of(data)["xl/sharedStrings.xml"])

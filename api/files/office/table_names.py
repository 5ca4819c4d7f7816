"""Tables of a worksheet: the name of a column must be what its header cell says, or Excel finds the file damaged.

So the name becomes what the string of the cell becomes. If two columns of a table would have the same name, the later
one stays in English, with all cells that share its string.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from api.files.office.cell_strings import decoded, encoded
from api.files.office.references import References
from api.files.office.sheet_cells import Area, area_of
from api.files.office.workbook_strings import Holder

__all__ = ["Column", "Table", "read_table", "rename", "settle"]

# In UTF-16 code units.
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name in English, the string of its header cell and that of the label in its row of totals."""

    name: str
    header: Holder | None
    label: Holder | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table by the name of its part, the name that formulas know, and its columns in their order."""

    part: str
    name: str
    columns: Sequence[Column]

    @property
    def is_linked(self) -> bool:
        """Whether a cell says what the table does."""
        return any(column.header or column.label for column in self.columns)


def read_table(
    part: str, root: etree._Element, strings_in: Callable[[Area], Mapping[int, Holder]], stays: References
) -> Table:
    """Return a table; `strings_in` returns the strings of a row by their columns.

    A cell that says something else than the table has for it stays as it is.
    """
    area = area_of(root.get("ref", ""))
    headers: Mapping[int, Holder] = {}
    labels: Mapping[int, Holder] = {}
    if area and root.get("headerRowCount", "1") == "1":
        headers = strings_in(area._replace(last_row=area.first_row))
    if area and root.get("totalsRowCount", "0") == "1":
        labels = strings_in(area._replace(first_row=area.last_row))
    columns: list[Column] = []
    for number, element in enumerate(_columns(root), area.first_column if area else 1):
        name, label = decoded(element.get("name", "")), decoded(element.get("totalsRowLabel", ""))
        columns.append(Column(name, _linked(headers, number, name, stays), _linked(labels, number, label, stays)))
    if root.get("tableType", "worksheet") != "worksheet":
        # The names come from a query or from XML.
        stays.add(column.name for column in columns)
    return Table(part, root.get("displayName", ""), columns)


def settle(tables: Sequence[Table], text_of: Callable[[Holder], str], restore: Callable[[Holder], None]) -> None:
    """Restore strings to English until every table has columns of different names, none too long and none empty."""
    settled = False
    while not settled:
        settled = True
        for table in tables:
            for holder in _unfit(table, text_of):
                restore(holder)
                settled = False


def rename(root: etree._Element, table: Table, text_of: Callable[[Holder], str]) -> None:
    """Give the columns of a table, read anew, the names that their cells have."""
    for element, column in zip(_columns(root), table.columns, strict=True):
        if column.header is not None:
            element.set("name", _written(text_of(column.header)))
        if column.label is not None:
            element.set("totalsRowLabel", _written(text_of(column.label)))


def _columns(root: etree._Element) -> Iterator[etree._Element]:
    return root.iterfind("{*}tableColumns/{*}tableColumn")


def _linked(row: Mapping[int, Holder], number: int, name: str, stays: References) -> Holder | None:
    holder = row.get(number)
    if holder is None or holder.text == name:
        return holder
    stays.add([holder.text])
    return None


def _unfit(table: Table, text_of: Callable[[Holder], str]) -> Iterator[Holder]:
    """Yield the headers that cannot be the names of columns; those in English can."""
    names = [(column, text_of(column.header) if column.header else column.name) for column in table.columns]
    taken = {_key(name) for column, name in names if name == column.name}
    for column, name in names:
        if column.header is None or name == column.name:
            continue
        if (
            not name.strip()
            or len(name.encode("utf-16-le", "surrogatepass")) > 2 * _LONGEST_NAME
            or _key(name) in taken
        ):
            yield column.header
        taken.add(_key(name))


def _key(name: str) -> str:
    return name.strip().casefold()


def _written(text: str) -> str:
    """Return a text as an attribute has it, in which XML would take line breaks for spaces."""
    return "".join(f"_x{ord(each):04x}_" if each in "\t\n" else each for each in encoded(text))

"""What there is in a workbook: which parts have texts, which texts stay, and the tables on its sheets."""

from collections.abc import Iterator, Sequence

from lxml import etree

from api.files.office.cell_strings import decoded, text_of
from api.files.office.conventions import parts_of, related_parts
from api.files.office.references import References
from api.files.office.sheet_cells import Area, area_of
from api.files.office.table_names import Table, read_table
from api.files.office.workbook_strings import Holder, StringsOfCells, strings_in
from api.files.packages import Package

__all__ = ["SHEETS", "WorkbookSurvey"]

SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
"""What the content types of the parts of a workbook start with."""

# Queries and data models, which know columns by their names.
_CONNECTIONS = f"{SHEETS}.connections+xml"
_SLICER_CACHE = "application/vnd.ms-excel.slicerCache+xml"
_HAS_RESULTS_IN_TEXT = etree.XPath("boolean(//*[local-name()='c'][@t='str'])")


class WorkbookSurvey:
    """What is found in one pass over a workbook, of which `workbook` is the name of the main part.

    `with_strings` are the names of the part with the shared strings and of the worksheets with strings of their own;
    `has_results_in_text`: whether a formula makes text, maybe of texts that are translated.
    """

    def __init__(self, package: Package, workbook: str) -> None:
        self.stays = References()
        self.tables: list[Table] = []
        self.with_strings: list[str] = []
        self.has_results_in_text = False
        self._package = package
        shared = next(iter(self._parts(f"{SHEETS}.sharedStrings+xml")), None)
        texts = [text_of(string) for string in strings_in(package.xml(shared))] if shared is not None else []
        self.with_strings += [shared] if shared is not None else []
        self._cells = StringsOfCells(shared, texts)
        self._table_parts = frozenset(self._parts(f"{SHEETS}.table+xml"))
        self._add_pivot_tables()
        for name in self._parts(f"{SHEETS}.worksheet+xml"):
            self._add_sheet(name)
        self._add_names(package.xml(workbook))

    def _parts(self, content_type: str) -> Sequence[str]:
        return parts_of(self._package, (content_type,))

    def _add_pivot_tables(self) -> None:
        """Let the names of the fields of pivot tables stay, and the items of those that a table is made of."""
        for name in self._parts(f"{SHEETS}.pivotCacheDefinition+xml"):
            cached = self._package.xml(name).iterfind("{*}cacheFields/{*}cacheField")
            self.stays.add(decoded(field.get("name", "")) for field in cached)
        self._pivot_tables = {name: self._package.xml(name) for name in self._parts(f"{SHEETS}.pivotTable+xml")}
        for name, root in self._pivot_tables.items():
            fields = root.findall("{*}pivotFields/{*}pivotField")
            for cache in related_parts(self._package, name).values():
                known = self._package.xml(cache).iterfind("{*}cacheFields/{*}cacheField")
                for field, items in zip(fields, known, strict=False):
                    if field.find("{*}items") is not None:
                        self.stays.add(decoded(item.get("v", "")) for item in items.iterfind("{*}sharedItems/{*}s"))
        for name in self._parts(_SLICER_CACHE):
            self.stays.add([self._package.xml(name).get("sourceName", "")])

    def _add_sheet(self, name: str) -> None:
        sheet = self._package.xml(name)
        self.stays.add_part(sheet)
        if next(sheet.iter("{*}is"), None) is not None:
            self.with_strings.append(name)
        self.has_results_in_text = self.has_results_in_text or bool(_HAS_RESULTS_IN_TEXT(sheet))
        for part in related_parts(self._package, name).values():
            if part in self._table_parts:
                root = self._package.xml(part)
                self.stays.add_part(root)
                self.tables.append(
                    read_table(part, root, lambda area: dict(self._strings(name, sheet, area)), self.stays)
                )
            elif part in self._pivot_tables:
                location = self._pivot_tables[part].find("{*}location")
                area = area_of(location.get("ref", "")) if location is not None else None
                self.stays.add(holder.text for _, holder in self._strings(name, sheet, area))

    def _strings(self, name: str, sheet: etree._Element, area: Area | None) -> Iterator[tuple[int, Holder]]:
        return self._cells.of(name, sheet, area) if area else iter(())

    def _add_names(self, workbook: etree._Element) -> None:
        """Let names stay that are also texts of cells, where formulas or queries make use of such."""
        self.stays.add_part(workbook)
        columns = [column.name for table in self.tables for column in table.columns]
        if self._parts(_CONNECTIONS):
            self.stays.add(columns)
        if self.stays.by_name:
            self.stays.add(columns)
            self.stays.add(table.name for table in self.tables)
            self.stays.add(each.get("name", "") for each in workbook.iter("{*}sheet", "{*}definedName"))

"""Workbooks of Excel, `.xlsx`: the texts of cells, comments, text boxes, charts and diagrams.

Formulas, numbers, dates and the names of sheets and ranges stay, and so does every text that something else in the
workbook names (`api.files.office.references`), and what belongs to a pivot table, which has its own copy of it: the
names of its fields, their items, and the cells that it fills. Messages of rules of validation, headers and footers of
printed pages, and texts of form controls stay in English.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import partial

from lxml import etree

from api.files.document import FileLimits
from api.files.office.cell_strings import read_string, text_of
from api.files.office.conventions import main_part, parts_of
from api.files.office.drawing import DRAWING_TYPES, read_alternative_text, read_chart_text, read_paragraph, set_language
from api.files.office.places import Found, Places, Read
from api.files.office.references import References
from api.files.office.table_names import Table, rename, settle
from api.files.office.threaded_comments import read_threaded_comment
from api.files.office.workbook_strings import Holder, strings_in
from api.files.office.workbook_survey import SHEETS, WorkbookSurvey
from api.files.packages import Package, written_xml
from api.text.documents import Document
from api.text.hypotheses import Hypothesis
from api.text.options import Options

__all__ = ["Spreadsheet"]

_MAIN = (f"{SHEETS}.sheet.main+xml",)
_COMMENTS = (f"{SHEETS}.comments+xml",)
_THREADED_COMMENTS = ("application/vnd.ms-excel.threadedcomments+xml",)
_DRAWINGS = ("application/vnd.openxmlformats-officedocument.drawing+xml", *DRAWING_TYPES)
# What comes before `calcPr` in a workbook (18.2.27).
_BEFORE_CALCULATION = (
    *("fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "workbookProtection"),
    *("bookViews", "sheets", "functionGroups", "externalReferences", "definedNames"),
)


class Spreadsheet:
    """A workbook that has been read; see `api.files.document.FileDocument`."""

    def __init__(self, data: bytes, options: Options, limits: FileLimits) -> None:
        self._package = Package(data, unpacked_bytes=limits.unpacked_bytes)
        self._workbook = main_part(self._package, _MAIN)
        survey = WorkbookSurvey(self._package, self._workbook)
        self._tables: Sequence[Table] = survey.tables
        self._recalculates = survey.has_results_in_text
        self._parts: dict[str, Places] = {}
        for name, reads in _reads(self._package, survey):
            self._parts[name] = Places(self._package.xml(name), reads, options)
        self.documents: Sequence[Document] = [text for part in self._parts.values() for text in part.documents]

    def write(self, target: str, translations: Sequence[Hypothesis]) -> bytes:
        """Return the workbook in the language `target`."""
        following = iter(translations)
        roots = {name: self._package.xml(name) for name, places in self._parts.items() if places.documents}
        strings = _Strings(roots, self._tables)
        for name, root in roots.items():
            places = self._parts[name]
            places.write(root, [next(following).text for _ in places.documents])
            set_language(root, target)
        settle(self._tables, strings.text_of, strings.restore)
        for table in self._tables:
            if not table.is_linked:
                continue
            roots[table.part] = self._package.xml(table.part)
            rename(roots[table.part], table, strings.text_of)
        if self._recalculates:
            roots[self._workbook] = self._package.xml(self._workbook)
            _recalculate(roots[self._workbook])
        return self._package.with_parts({name: written_xml(root) for name, root in roots.items()})


class _Strings:
    """The strings of tables in trees that are being translated."""

    def __init__(self, roots: Mapping[str, etree._Element], tables: Sequence[Table]) -> None:
        self._strings = {name: strings_in(root) for name, root in roots.items()}
        headers = {column.header for table in tables for column in table.columns if column.header is not None}
        self._english = {
            header: deepcopy(self._strings[header.part][header.index])
            for header in headers
            if header.part in self._strings
        }

    def text_of(self, holder: Holder) -> str:
        """Return what a string is by now."""
        found = self._strings.get(holder.part)
        return text_of(found[holder.index]) if found else holder.text

    def restore(self, header: Holder) -> None:
        """Let a header be in English again."""
        string = self._strings[header.part][header.index]
        for child in list(string):
            string.remove(child)
        string.extend(deepcopy(self._english[header]))


def _reads(package: Package, survey: WorkbookSurvey) -> Iterator[tuple[str, Sequence[Read]]]:
    """Yield the names of the parts with texts, and what reads these."""
    for name in survey.with_strings:
        yield name, (partial(_read_cell, survey.stays),)
    for name in parts_of(package, _COMMENTS):
        authors = frozenset(author.text or "" for author in package.xml(name).iterfind("{*}authors/{*}author"))
        yield name, (partial(_read_comment, authors),)
    for name in parts_of(package, _THREADED_COMMENTS):
        yield name, (read_threaded_comment,)
    for name in parts_of(package, _DRAWINGS):
        yield name, (read_paragraph, read_alternative_text, partial(_read_chart_text, survey.stays))


def _read_cell(stays: References, element: etree._Element, options: Options) -> Found | None:
    is_string = isinstance(element.tag, str) and etree.QName(element).localname in ("si", "is")
    return read_string(element, options) if is_string and text_of(element) not in stays else None


def _read_comment(authors: frozenset[str], element: etree._Element, options: Options) -> Found | None:
    is_comment = isinstance(element.tag, str) and etree.QName(element).localname == "text"
    return read_string(element, options, authors) if is_comment else None


def _read_chart_text(stays: References, element: etree._Element, options: Options) -> Found | None:
    return read_chart_text(element, options) if (element.text or "") not in stays else None


def _recalculate(workbook: etree._Element) -> None:
    """Let Excel calculate all formulas anew: some make text of the texts that are translated."""
    calculation = workbook.find("{*}calcPr")
    if calculation is None:
        calculation = etree.SubElement(workbook, f"{{{etree.QName(workbook).namespace}}}calcPr")
        before = [isinstance(each.tag, str) and etree.QName(each).localname in _BEFORE_CALCULATION for each in workbook]
        workbook.insert(len(before) - before[::-1].index(True) if True in before else 0, calculation)
    calculation.set("fullCalcOnLoad", "1")

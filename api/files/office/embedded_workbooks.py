"""Workbooks in other office files: the data of charts, which would be in English again as soon as they are edited."""

from collections.abc import Iterator, Mapping, Sequence

from api.errors import BrokenFileError
from api.files.document import FileLimits
from api.files.office.conventions import parts_of
from api.files.office.spreadsheet import Spreadsheet
from api.files.packages import Package
from api.text.documents import Document
from api.text.hypotheses import Hypothesis
from api.text.options import Options

__all__ = ["EmbeddedWorkbooks"]

_WORKBOOK = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",)


class EmbeddedWorkbooks:
    """The workbooks in a package. One that cannot be read stays as it is.

    Unpacked, the package and all of them may have the bytes of the limits together. Raises FileTooLargeError.
    """

    def __init__(self, package: Package, options: Options, limits: FileLimits) -> None:
        self._workbooks: dict[str, Spreadsheet] = {}
        left = limits.unpacked_bytes - package.unpacked_bytes
        for name in parts_of(package, _WORKBOOK):
            try:
                data = package.read(name)
                left -= Package(data, unpacked_bytes=left).unpacked_bytes
                self._workbooks[name] = Spreadsheet(data, options, limits)
            except BrokenFileError:
                continue
        self.documents: Sequence[Document] = [text for each in self._workbooks.values() for text in each.documents]

    def write(self, target: str, translations: Iterator[Hypothesis]) -> Mapping[str, bytes]:
        """Return the workbooks in the language `target` by the names of their parts; takes what it has texts for."""
        return {
            name: workbook.write(target, [next(translations) for _ in workbook.documents])
            for name, workbook in self._workbooks.items()
            if workbook.documents
        }

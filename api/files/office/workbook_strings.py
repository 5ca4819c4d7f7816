"""Which string a cell has: one that it shares with others, or one of its own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from api.files.office.cell_strings import text_of
from api.files.office.sheet_cells import Area, cells_in

__all__ = ["Holder", "StringsOfCells", "strings_in"]

_INDEX = re.compile(r"\s*([0-9]{1,9})\s*")


@dataclass(frozen=True, slots=True)
class Holder:
    """Where a string is: the name of its part, and how many strings of the part come before it; `text` in English."""

    part: str
    index: int
    text: str


def strings_in(root: etree._Element) -> list[etree._Element]:
    """Return the strings of a part in its order."""
    return list(root.iter("{*}si", "{*}is"))


class StringsOfCells:
    """The strings of cells. `shared` has the name of the part with shared strings, and their texts."""

    def __init__(self, shared: str | None, texts: Sequence[str]) -> None:
        self._shared = shared
        self._texts = texts

    def of(self, sheet: str, root: etree._Element, area: Area) -> Iterator[tuple[int, Holder]]:
        """Yield the column and the string of each cell in an area of a worksheet that has a string."""
        own = {string: index for index, string in enumerate(strings_in(root))}
        for column, cell in cells_in(root, area):
            kind = cell.get("t")
            found = _INDEX.fullmatch(cell.findtext("{*}v") or "") if kind == "s" else None
            string = cell.find("{*}is") if kind == "inlineStr" else None
            if found and self._shared is not None and int(found[1]) < len(self._texts):
                yield column, Holder(self._shared, int(found[1]), self._texts[int(found[1])])
            elif string is not None:
                yield column, Holder(sheet, own[string], text_of(string))

"""Cells of a worksheet by their place (ECMA-376 part 1, 18.3.1)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

__all__ = ["Area", "area_of", "cells_in"]

_NUMBER = re.compile(r"[0-9]{1,7}")
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


class Area(NamedTuple):
    """Rows and columns, counted from 1, both ends within."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


def area_of(reference: str) -> Area | None:
    """Return the area that is written as `B2:D9` or `B2`, None for anything else."""
    first, _, last = reference.partition(":")
    start, end = _place(first), _place(last or first)
    return Area(*start, *end) if start and end else None


def cells_in(sheet: etree._Element, area: Area) -> Iterator[tuple[int, etree._Element]]:
    """Yield the column and the element of each cell in the area; the file need not say where a cell is."""
    row_number = 0
    for row in sheet.iterfind("{*}sheetData/{*}row"):
        said = row.get("r", "")
        row_number = int(said) if _NUMBER.fullmatch(said) else row_number + 1
        if not area.first_row <= row_number <= area.last_row:
            continue
        column = 0
        for cell in row.iterfind("{*}c"):
            place = _place(cell.get("r", ""))
            column = place[1] if place else column + 1
            if area.first_column <= column <= area.last_column:
                yield column, cell


def _place(reference: str) -> tuple[int, int] | None:
    """Return the row and the column of `B2`."""
    found = _PLACE.fullmatch(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1].upper():
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(found[2]), column

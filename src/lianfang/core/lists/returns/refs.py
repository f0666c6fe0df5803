"""Cell addresses of spreadsheets: ``B7``, ``$J$7:$J$206``, lists of areas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

LAST_ROW = 1_048_576
LAST_COLUMN = 16_383
_AREA = re.compile(r"^\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$")
_COLUMNS = re.compile(r"^\$?([A-Z]{1,3}):\$?([A-Z]{1,3})$")
_ROWS = re.compile(r"^\$?(\d+):\$?(\d+)$")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells. Rows count from 1, columns from 0; both ends belong to it."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell lies inside."""
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column

    def __str__(self) -> str:
        first = f"{column_name(self.first_column)}{self.first_row}"
        last = f"{column_name(self.last_column)}{self.last_row}"
        return first if first == last else f"{first}:{last}"


def column_name(column: int) -> str:
    """``0`` → ``A``, ``27`` → ``AB``."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


@lru_cache(maxsize=2048)
def column_number(name: str) -> int:
    """``A`` → ``0``, ``AB`` → ``27``."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number - 1


def split_address(address: str) -> tuple[int, int]:
    """``B7`` → (7, 1): row from 1, column from 0. ValueError for anything else."""
    found = _AREA.match(address)
    if found is None or found[3]:
        raise ValueError(f"not a cell address: {address!r}")
    return int(found[2]), column_number(found[1])


def area_of(text: str) -> Area:
    """One area, also whole columns (``A:B``) and whole rows (``3:5``). ValueError for anything else."""
    if found := _AREA.match(text):
        row, column = int(found[2]), column_number(found[1])
        if not found[3]:
            return Area(row, column, row, column)
        return Area(row, column, int(found[4]), column_number(found[3]))
    if found := _COLUMNS.match(text):
        return Area(1, column_number(found[1]), LAST_ROW, column_number(found[2]))
    if found := _ROWS.match(text):
        return Area(int(found[1]), 0, int(found[2]), LAST_COLUMN)
    raise ValueError(f"not an area: {text!r}")


def areas_of(text: str) -> tuple[Area, ...]:
    """A list of areas separated by spaces, as ``sqref`` has it."""
    return tuple(area_of(part) for part in text.split())

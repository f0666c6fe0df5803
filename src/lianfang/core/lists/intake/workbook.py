"""A list as rows of typed cells, whatever kind of file it came in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import TypeAlias

from lianfang.kernel.cells import Cell as Cell
from lianfang.kernel.cells import clean_text

Raw: TypeAlias = str | int | float | bool | None
"""A cell as JSON can hold it: days and instants as ISO 8601 text."""


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A block of merged cells; rows are physical rows from 1, columns count from 0, all four ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet, or the only table of a text file (`name` is then empty).

    `rows` holds the rows that are not blank, cut after their last filled cell; `numbers` holds for each of them the
    physical row (in a text file: the line on which the row begins), counted from 1 and strictly ascending.
    `height` is the last physical row of the sheet. Hidden rows are in `rows` like all others.
    """

    name: str
    rows: list[list[Cell]]
    numbers: list[int]
    height: int
    visible: bool = True
    merged: tuple[MergedRange, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    """Columns from 0."""
    continued: frozenset[int] = frozenset()
    """Lines of a text file that continue the row above: line breaks inside quoted cells."""

    def width(self) -> int:
        """Number of columns of the widest row."""
        return max(map(len, self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Workbook:
    """All sheets of one file.

    `kind`: xlsx, xls, ods, html, xml2003, csv, tsv, txt or pasted. `encoding` only for text. `notices` are codes of
    what was mended while reading (``text.replaced_characters``, ``text.nul_removed``, ``text.stray_quotes``).
    """

    kind: str
    sheets: list[Sheet]
    sha256: str = ""
    """Of the bytes of the file, hexadecimal; of the UTF-8 text if pasted."""
    encoding: str = ""
    notices: tuple[str, ...] = field(default=())


def raw_cells(row: Sequence[Cell]) -> list[Raw]:
    """The cells of a row exactly as they came, as a list JSON can hold."""
    return [cell.isoformat() if isinstance(cell, (date, time)) else cell for cell in row]


_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0{1,2}:00(?::00)?)?")


def _comparable(cell: Cell) -> str:
    if cell is None:
        return ""
    text = clean_text(cell)
    if text[:1].isdigit() and len(text) <= 20 and (day := _DAY.fullmatch(text)):
        return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    text = text.replace(" ", "").replace("\n", "")
    return text.removesuffix(".0")


def _comparable_rows(sheet: Sheet) -> Iterable[str]:
    for row in sheet.rows:
        line = "\x1f".join(map(_comparable, row)).rstrip("\x1f")
        if line:
            yield line


def content_key(workbook: Workbook) -> str:
    """SHA-256, hexadecimal, of what the cells say: the same for one list saved in another format.

    Blank rows, names of sheets, spaces, full-width forms, text marks (``'``, ``="…"``) and the difference between a day
    and the same day written out are not part of it; order of rows and columns is.
    """
    digest = hashlib.sha256()
    for sheet in workbook.sheets:
        for line in _comparable_rows(sheet):
            digest.update(line.encode("utf-8", "surrogatepass"))
            digest.update(b"\x1e")
    return digest.hexdigest()

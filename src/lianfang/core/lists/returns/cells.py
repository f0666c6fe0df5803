"""What is to be written into a file, and the report of what was written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

Value = str | int | float | date | datetime

LONGEST_TEXT = 32_767
"""Characters in one spreadsheet cell (ECMA-376 part 1, 18.3.1.4; Excel specifications and limits)."""

_LOCAL = ZoneInfo("Asia/Shanghai")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class CellFill:
    """One value for one cell. `row` is the physical row from 1 (for text files the line on which the record begins),
    `column` counts from 0.

    With `as_text` numbers and days are written as text, so that no program reshapes them. Without it, numbers become
    numbers and days become real dates where the cell is formatted as a date (elsewhere they would show as 44657, so
    they stay text and the report says so). An empty text empties the cell and keeps its look. Aware datetimes are
    written in Asia/Shanghai, naive ones as they are.
    """

    sheet: str
    row: int
    column: int
    value: Value
    as_text: bool = True


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A value that does not suit its cell. `written` tells whether it was written all the same.

    Codes: ``return.not_in_list`` (`allowed` holds the list), ``return.breaks_rule`` (number, day or length limits of
    the cell), ``return.too_long``.
    """

    code: str
    sheet: str
    row: int
    column: int
    value: str
    written: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FillReport:
    """What was written. `target` is the file really written (an ``.xls`` older than Excel 97 comes back as ``.xlsx``).

    `filled` cells were written, `overwritten` of them held something else before. `first_new_column` counts from 0 and
    is set when columns were appended; `rows_inserted` when a template had too few prepared rows. Notes are codes:
    ``return.format_changed``, ``return.date_as_text``, ``return.list_not_checked``, ``return.column_hidden``,
    ``return.character_outside_gbk``, ``return.formulas_not_recalculated``.
    """

    target: Path
    filled: int
    overwritten: int = 0
    problems: tuple[CellProblem, ...] = ()
    notes: tuple[str, ...] = ()
    first_new_column: int | None = None
    rows_inserted: int = 0


@dataclass(frozen=True, slots=True)
class NewColumns:
    """Result columns to be put right of a table. `header_row` and the keys of `rows` are physical rows from 1;
    `sheet` is ignored for text files."""

    sheet: str
    header_row: int
    headers: Sequence[str]
    rows: Mapping[int, Sequence[Value]]

    def fills(self, first_column: int) -> list[CellFill]:
        """The cells of header and rows when the first new column is `first_column` (from 0)."""
        lines: list[tuple[int, Sequence[Value]]] = [(self.header_row, self.headers), *sorted(self.rows.items())]
        return [
            CellFill(sheet=self.sheet, row=row, column=first_column + place, value=value, as_text=False)
            for row, values in lines
            for place, value in enumerate(values)
        ]


def local_clock(value: datetime) -> datetime:
    """What the clock in Asia/Shanghai shows, without time zone as spreadsheets have it; naive values stay."""
    return value.astimezone(_LOCAL).replace(tzinfo=None) if value.tzinfo else value


def text_of(value: Value) -> str:
    """The value as text: days as ``2022-04-06``, instants in Asia/Shanghai as ``2022-04-06 14:30`` (seconds only when
    not zero)."""
    if isinstance(value, datetime):
        value = local_clock(value)
        return value.strftime("%Y-%m-%d %H:%M:%S" if value.second else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def clean_text(text: str) -> str:
    """Text that XML and spreadsheets can hold: control characters and lone surrogates gone, line ends ``\\n``."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))

"""One list inside a sheet: what it is, which rows are people, and why every other row is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from lianfang.core.lists.intake.columns import Column, ColumnGuess
from lianfang.core.lists.intake.rowkinds import Skipped
from lianfang.core.lists.intake.workbook import Cell, Sheet


@dataclass(frozen=True)
class Table:
    """One list inside a sheet.

    `kind`: ``persons``; ``zero_report`` (a header and no people, `stated_zero` if somebody wrote 无); ``summary``
    (figures without people); ``nothing``. `layout`: ``columns``, ``form`` (labels with values beside them, one form per
    person) or ``chain`` (free text, one household per line). `body` holds indexes into ``sheet.rows``. Rows in `body`
    and `skipped` together are all rows from `first_row` to `last_row`, each once. `part` counts the tables of a sheet
    from 1.
    """

    sheet: Sheet
    kind: str
    layout: str
    title: str
    header_rows: tuple[int, ...]
    columns: tuple[Column, ...]
    guesses: tuple[ColumnGuess, ...]
    body: list[int]
    skipped: list[Skipped]
    stated_zero: bool = False
    part: int = 1
    first_row: int = 1
    last_row: int = 0
    text_column: int = 0
    """Where the free text of a chain stands."""
    down: dict[tuple[int, int], Cell] = field(default_factory=dict)
    forms: dict[int, list[Cell]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Name of the table in mappings: the sheet's name, ``name#2`` for the second table of a sheet."""
        return self.sheet.name if self.part == 1 else f"{self.sheet.name}#{self.part}"

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Labels as shown to people, one per column."""
        return tuple(column.shown() for column in self.columns)

    def cells(self, index: int) -> list[Cell]:
        """A row of the body; cells merged over several rows are filled in on each of them; of a form,
        what its labels say."""
        if index in self.forms:
            return self.forms[index]
        row = self.sheet.rows[index]
        if not self.down:
            return row
        number = self.sheet.numbers[index]
        filled = [*row, *[None] * (len(self.columns) - len(row))]
        for column in range(len(filled)):
            if filled[column] is None:
                filled[column] = self.down.get((number, column))
        return filled


def blanks(sheet: Sheet, first: int, last: int) -> list[Skipped]:
    """Runs of blank rows between two physical rows, both included."""
    runs: list[Skipped] = []
    expected = first
    for number in sheet.numbers:
        if first <= number <= last:
            if number > expected:
                runs.append(Skipped(expected, number - 1, "blank"))
            expected = number + 1
            while expected in sheet.continued:
                expected += 1
    if expected <= last:
        runs.append(Skipped(expected, last, "blank"))
    return runs

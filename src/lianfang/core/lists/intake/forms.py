"""Forms: a label with its value to the right or behind a colon, one form per person, one form below the other."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from lianfang.core.lists.intake.columns import Column
from lianfang.core.lists.intake.synonyms import PERSON, field_of_label
from lianfang.core.lists.intake.workbook import Cell, Sheet
from lianfang.kernel.cells import clean_text
from lianfang.kernel.cellshapes import shape_of

_COLON: Final = re.compile(r"^([^:]{1,16}):\s*(.*)$", re.DOTALL)
_VALUES: Final = frozenset({"identity", "phone"})
_LOOKED_AT: Final = 60
"""Rows in which a form shows itself as one."""
_MOST_ROWS: Final = 20_000


@dataclass(frozen=True, slots=True)
class _Pair:
    index: int
    column: int
    label: str
    field: str
    value: Cell


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of a sheet. `people`: index of the row with the person's name → cells under `labels`; `parts`: the
    other rows of forms, by index; everything else is title or note."""

    labels: tuple[str, ...]
    people: dict[int, list[Cell]]
    parts: frozenset[int]

    def columns(self) -> tuple[Column, ...]:
        """The labels as columns of a table."""
        cells = list(self.people.values())
        return tuple(
            Column(index=at, label=label, sample=tuple(row[at] for row in cells if row[at] is not None))
            for at, label in enumerate(self.labels)
        )


def read_forms(sheet: Sheet) -> Forms | None:
    """The forms of a sheet, `None` if it is a table: in a form whoever has a number has its label left of it."""
    if len(sheet.rows) > _MOST_ROWS or not any(_tells(pair) for pair in _pairs(sheet.rows[:_LOOKED_AT])):
        return None
    pairs = _pairs(sheet.rows)
    told = sum(map(_tells, pairs))
    shown = sum(shape_of(_spoken(cell)) in _VALUES for row in sheet.rows for cell in row)
    if not told or told * 5 < shown * 4:
        return None
    opening = next((pair for pair in pairs if pair.field in ("name", "name_latin")), None)
    if opening is None:
        return None
    begins = [pair.index for pair in pairs if pair.label == opening.label and pair.column == opening.column]
    if len(set(begins)) != len(begins):
        return None
    return _assembled(pairs, begins)


def is_turned(sheet: Sheet) -> bool:
    """Whether people stand in columns: labels going down the first column, several numbers right of one of them."""
    rows = [row for row in sheet.rows[:_LOOKED_AT] if row and len(row) > 1]
    labelled = [row for row in rows if isinstance(row[0], str) and field_of_label(clean_text(row[0]))[1] == 1.0]
    if len(labelled) < 2 or len(labelled) * 3 < len(rows) * 2:
        return False
    return any(
        field_of_label(clean_text(row[0]))[0] in PERSON and sum(shape_of(cell) in _VALUES for cell in row[1:]) >= 2
        for row in labelled
    )


def _tells(pair: _Pair) -> bool:
    return pair.field in PERSON and shape_of(pair.value) in _VALUES


def _spoken(cell: Cell) -> Cell:
    if isinstance(cell, str) and (found := _COLON.match(clean_text(cell))):
        return found[2]
    return cell


def _pairs(rows: list[list[Cell]]) -> list[_Pair]:
    return [pair for index, row in enumerate(rows) for pair in _pairs_of(index, row)]


def _pairs_of(index: int, row: list[Cell]) -> list[_Pair]:
    found: list[_Pair] = []
    filled = [(column, cell) for column, cell in enumerate(row) if cell is not None]
    at = 0
    while at < len(filled):
        column, cell = filled[at]
        at += 1
        if not isinstance(cell, str):
            continue
        text = clean_text(cell)
        colon = _COLON.match(text)
        label = colon[1] if colon else text
        field, sureness = field_of_label(label)
        if not field or (sureness < 1.0 and field == "ignore"):
            continue
        if colon and colon[2]:
            found.append(_Pair(index, column, label, field, colon[2]))
        elif at < len(filled) and not _is_label(filled[at][1]):
            found.append(_Pair(index, column, label, field, filled[at][1]))
            at += 1
    return found


def _is_label(cell: Cell) -> bool:
    return isinstance(cell, str) and field_of_label(clean_text(cell))[1] == 1.0


def _assembled(pairs: list[_Pair], begins: list[int]) -> Forms:
    labels = tuple(dict.fromkeys(pair.label for pair in pairs))
    place = {label: at for at, label in enumerate(labels)}
    people: dict[int, list[Cell]] = {index: [None] * len(labels) for index in begins}
    opening = [pair.index for pair in pairs if pair.label == pairs[0].label and pair.column == pairs[0].column]
    # A form may begin above its name (编号, 日期): with whatever the first one begins with, if all have it.
    starts = opening if len(opening) == len(begins) else begins
    for pair in pairs:
        cells = people[begins[max(bisect_right(starts, pair.index) - 1, 0)]]
        if cells[place[pair.label]] is None:
            cells[place[pair.label]] = pair.value
    parts = frozenset(pair.index for pair in pairs) - frozenset(begins)
    return Forms(labels=labels, people=people, parts=parts)

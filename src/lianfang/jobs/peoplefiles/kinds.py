"""Which rows of a table's cells are people: the answer of `kind_of_row`, asked only where a row does not show it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lianfang.core.lists.intake.headers import is_header
from lianfang.core.lists.intake.rowkinds import BodyColumns, is_weak_tail, kind_of_row
from lianfang.core.lists.intake.synonyms import EXACT
from lianfang.core.lists.intake.workbook import Cell
from lianfang.matching.cells import ZERO, Cells, Flags, Numbers
from lianfang.matching.numbers import clean_numbers, clean_phones

Row = list[Cell]
RowsAt = Callable[[Numbers], list[Row]]
"""The cells of rows as the readers of lists want them: None for a blank one."""

_MASKED = r"^(?:[0-9]{2,14}\*{1,15}[0-9Xx]{0,6}|1[3-9][0-9][- ]?[0-9*]{4}[- ]?[0-9*]{4})$"
_MAYBE_EXAMPLE = r"^[\s\pZ]*[(（]?(?i:例|示|样|范|举|填|如|e)"
_NAMED = r"^[一-鿿]{2,4}$"
_NOT_A_NAME = r"^[今本当截目我辖均无暂没未零如]"
_BEGINNING = r"^\x1f*(?:[0-9]{1,9}|[一-鿿]{2,4})\x1f"
_MAYBE_NOTE = (
    r"^\x1f*[注备说附填报制登上统汇审复核经负分主联签盖单日时社网抄来数截打第例示样范举如以]|"
    r"计|总数|汇总|总人数|小结|(?i:total|sum)|共\s*[0-9]|[0-9]{17}"
)
_LABELS = pa.array(list(EXACT))


class People:
    """Finds the rows of people in one table, batch by batch."""

    def __init__(self, deciding: BodyColumns) -> None:
        self._deciding = deciding

    def rows(self, own: Sequence[pa.Array], rows_at: RowsAt, *, rows: int) -> tuple[Numbers, int]:
        """The rows of people, and the first row that begins another table (or how many rows there are).

        A row with a whole number of a citizen or a mobile in its column is taken for a person without asking whether
        its other cells might be labels.
        """
        sure = self._surely(own, rows)
        plain = np.flatnonzero(~sure)
        sure[plain[self._plainly([column.take(pa.array(plain)) for column in own])]] = True
        stop = rows
        doubtful = np.flatnonzero(~sure)
        for at, row in zip(doubtful.tolist(), rows_at(doubtful), strict=True):
            if not any(cell is not None for cell in row):
                continue
            if kind_of_row(row, self._deciding, merged_across=False) == "person":
                if isinstance(row[0] or "", str) and is_header(row):
                    stop = at
                    break
                sure[at] = True
        found = np.flatnonzero(sure)
        return found[found < stop], stop

    def weak_tail(self, last: list[Row]) -> int:
        """How many of these, the last rows of people of a table, are rather a signature."""
        if not self._deciding.people:
            return 0
        weak = 0
        while weak < len(last) and is_weak_tail(last[-1 - weak], self._deciding):
            weak += 1
        return weak

    def _surely(self, own: Sequence[pa.Array], rows: int) -> Flags:
        """Rows with a clean number where one belongs, and no word for an example in front."""
        sure = np.zeros(rows, bool)
        for at in self._deciding.numbers:
            if at >= len(own):
                continue
            left = np.flatnonzero(~sure)
            cells = Cells(own[at] if len(left) == rows else own[at].take(pa.array(left)))
            for clean in (clean_numbers(cells)[0], clean_phones(cells)):
                sure[left[clean]] = True
            left = np.flatnonzero(~sure)
            masked = pc.match_substring_regex(own[at].take(pa.array(left)), _MASKED)
            sure[left[np.asarray(masked)]] = True
        # The first filled cell tells an example; nearly always that is a running number.
        left = np.arange(rows)
        for column in own:
            if not len(left):
                break
            cells = Cells(column if len(left) == rows else column.take(pa.array(left)))
            left = left[~_begins_with_digit(cells)]
            others = column.take(pa.array(left))
            sure[left[np.asarray(pc.match_substring_regex(others, _MAYBE_EXAMPLE))]] = False
            left = left[np.asarray(pc.equal(pc.utf8_trim_whitespace(others), ""))]
        return sure

    def _plainly(self, own: Sequence[pa.Array]) -> Flags:
        """Rows without a number that begin with a running number or a name, name somebody and say nothing else than
        rows of people do."""
        deciding = self._deciding
        count = len(own[0]) if own else 0
        named = np.zeros(count, bool)
        for at in deciding.people:
            if at < len(own) and at != deciding.sequence:
                name = own[at]
                good = pc.and_not(pc.match_substring_regex(name, _NAMED), pc.match_substring_regex(name, _NOT_A_NAME))
                named |= np.asarray(good)
        rows = np.flatnonzero(named)
        cells = [column.take(pa.array(rows)) for column in own]
        labels, filled = (np.zeros(len(rows), np.int16) for _ in range(2))
        for at, column in enumerate(cells):
            packed = pc.utf8_lower(pc.replace_substring_regex(column, r"[\s\pZ]", ""))
            filled += Cells(packed).filled
            own_labels = pa.array(list(deciding.labels[at]) if at < deciding.width else [], pa.string())
            labels += np.asarray(pc.or_(pc.is_in(packed, own_labels), pc.is_in(packed, _LABELS)))
        if len(rows):
            line = pc.binary_join_element_wise(*cells, "", "\x1f")
            usual = pc.and_not(pc.match_substring_regex(line, _BEGINNING), pc.match_substring_regex(line, _MAYBE_NOTE))
            rows = rows[np.asarray(usual) & (labels < 2) & (filled > 1)]
        found = np.zeros(count, bool)
        found[rows] = True
        return found


def _begins_with_digit(cells: Cells) -> Flags:
    found: Flags = cells.filled
    rows = np.flatnonzero(found)
    found[rows] = cells.bytes[cells.starts[rows]] - ZERO < 10
    return found


def rows_of(own: Sequence[pa.Array], at: Numbers) -> list[Row]:
    """Rows of text cells, blank ones as None and cut after the last filled one."""
    if not len(at) or not own:
        return [[] for _ in range(len(at))]
    columns = [column.take(pa.array(at)).to_pylist() for column in own]
    return [
        _cut([cell if cell and not _BLANK.fullmatch(cell) else None for cell in row])
        for row in zip(*columns, strict=True)
    ]


_BLANK = re.compile(r"\s*")


def _cut(row: Row) -> Row:
    while row and row[-1] is None:
        row.pop()
    return row

"""Which columns of a sender's own table are waiting for results, and what goes into each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from lianfang.capabilities.screening.results import RowResult
from lianfang.core.lists.intake.synonyms import RESULTS
from lianfang.core.lists.intake.tables import Table, find_tables
from lianfang.core.lists.intake.workbook import Workbook
from lianfang.core.lists.returns.labels import field_of
from lianfang.kernel.cells import clean_text

Plain = str | date | datetime

_FALLBACK = {
    "result": "outcome",
    "result_measure": "measure",
    "result_by": "work.done_by",
    "note": "note",
}
"""What a result column of an unknown label is filled with, by the meaning a person confirmed for it."""
_CHECKED = ("核", "反馈", "办", "完成", "排查")
"""Pieces of a label that make its day the day of the check (a day of transfer or release is not ours to fill)."""
WANTED = frozenset(
    {
        "outcome", "outcome.destination", "in_area", "measure", "measure.starts_on", "measure.ends_on", "work.done_by",
        "work.done_by.phone", "work.done_at", "note",
    }
)  # fmt: skip

APPENDED = ("核查结果", "核查情况", "核查人", "核查时间")
"""Columns for senders who left none."""


@dataclass(frozen=True, slots=True)
class OwnTable:
    """A table of the sender's file: `counted` body rows of its sheet came before it; `columns` our field → column that
    is empty on every row of the table and so waits for results."""

    table: Table
    counted: int
    columns: Mapping[str, int] = field(default_factory=dict)

    def lines(self, groups: Mapping[tuple[str, int], list[RowResult]]) -> Iterator[tuple[int, list[RowResult]]]:
        """Physical row and its results, in order."""
        name = self.table.sheet.name[:60]
        for data_row, index in enumerate(self.table.body, start=self.counted + 1):
            yield self.table.sheet.numbers[index], groups.get((name, data_row), [])

    @property
    def label_row(self) -> int:
        """The physical row of the header that carries the labels; 0 if there is no header."""
        rows = dict(zip(self.table.sheet.numbers, self.table.sheet.rows, strict=True))
        labels = {"".join(column.label.split()) for column in self.table.columns if column.label}

        def matches(number: int) -> int:
            return sum("".join(clean_text(cell).split()) in labels for cell in rows.get(number, ()))

        return max(self.table.header_rows, key=lambda number: (matches(number), number), default=0)


def own_tables(workbook: Workbook, *, chosen: Mapping[str, Sequence[str]]) -> list[OwnTable]:
    """The tables whose rows were read (`chosen`: confirmed fields by table key), counted as the reader counts."""
    found = []
    for sheet in workbook.sheets:
        counted = 0
        for table in find_tables(sheet):
            if table.kind != "persons" or table.key not in chosen:
                continue
            found.append(OwnTable(table, counted, _waiting(table, chosen[table.key])))
            counted += len(table.body)
    return found


def _waiting(table: Table, fields: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, name in enumerate(fields):
        if name not in RESULTS | {"note"} or not _is_empty(table, index):
            continue
        label = table.columns[index].label if index < len(table.columns) else ""
        meaning = field_of(label)
        if meaning not in WANTED:
            is_check_day = name == "result_at" and any(piece in label for piece in _CHECKED)
            meaning = "work.done_at" if is_check_day else _FALLBACK.get(name, "")
        if meaning:
            columns.setdefault(meaning, index)
    return columns


def _is_empty(table: Table, column: int) -> bool:
    rows = (table.sheet.rows[index] for index in table.body)
    return all(column >= len(row) or row[column] is None or not clean_text(row[column]) for row in rows)

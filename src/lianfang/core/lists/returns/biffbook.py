"""Results in the sender's own .xls (Excel 97 to 2003): only the cells filled change, every other record stays."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path

from .biff import (
    BLANK,
    BOF,
    BOUNDSHEET,
    DATEMODE,
    FILEPASS,
    FORMAT,
    LABELSST,
    LONGEST_TEXT,
    NUMBER,
    SST,
    XF,
    Record,
    SharedTexts,
    packed,
    short_text,
    substream,
)  # fmt: skip
from .biffsheet import LAST_COLUMN, LAST_ROW, BiffSheet
from .cells import CellFill, CellProblem, FillReport, NewColumns, clean_text, text_of
from .cellstyles import BUILT_IN_DATES, is_date_code, serial_of
from .compound import CompoundFile
from .errors import ReturnRefused

_STREAM = "Workbook"
_BIFF8 = 0x0600


class NotBiff8(Exception):
    """The workbook is older than Excel 97, or its parts lie in a way unknown here; never leaves `returns`."""


@dataclass(slots=True)
class _Part:
    """One sheet of the stream: its name, its BOUNDSHEET record, its records and the bytes behind its end."""

    name: str
    bound: Record
    records: list[Record]
    start: int
    end: int
    trailing: bytes = b""


def fill_xls(source: Path, target: Path, cells: Sequence[CellFill]) -> FillReport:
    """Fill cells of an .xls. Refuses computed and covered cells. Raises `NotBiff8` if the file must go another way."""
    book = _Book(source)
    book.fill(cells)
    return book.save(target, first_new_column=None)


def append_to_xls(source: Path, target: Path, columns: NewColumns) -> FillReport:
    """Put columns right of the table in the look of their left neighbours; titles merged over exactly the table reach
    over the new columns too."""
    book = _Book(source)
    first = book.free_column(columns)
    if first + len(columns.headers) - 1 > LAST_COLUMN:
        raise NotBiff8("no column left")
    book.fill(columns.fills(first), like=first - 1)
    return book.save(target, first_new_column=first)


class _Book:
    def __init__(self, source: Path) -> None:
        self._file = CompoundFile(source)
        stream = self._file.stream(_STREAM)
        if stream is None:
            raise NotBiff8("no Workbook stream")
        try:
            self._globals, end = substream(stream, 0)
            self._check()
            self._parts = self._cut(stream, end)
        except (struct.error, ValueError, IndexError) as error:
            raise NotBiff8(str(error)) from error
        self._sheets: dict[str, BiffSheet] = {}
        self._growing: tuple[str, int, int] | None = None
        shared = next(one for one in self._globals if one.kind == SST)
        self._texts = SharedTexts(struct.unpack_from("<I", shared.content, 4)[0])
        self._days = _day_looks(self._globals)
        self._from_1904 = any(one.kind == DATEMODE and one.content[:1] == b"\1" for one in self._globals)
        self._filled = self._overwritten = 0
        self._problems: list[CellProblem] = []
        self._notes: set[str] = set()

    def _check(self) -> None:
        kinds = {record.kind for record in self._globals}
        begin = self._globals[0]
        if begin.kind != BOF or struct.unpack_from("<H", begin.content)[0] != _BIFF8 or FILEPASS in kinds:
            raise NotBiff8("another format")
        if SST not in kinds:
            raise NotBiff8("no shared texts")

    def _cut(self, stream: bytes, end: int) -> list[_Part]:
        parts = []
        for bound in (one for one in self._globals if one.kind == BOUNDSHEET):
            start = struct.unpack_from("<I", bound.content)[0]
            records, behind = substream(stream, start)
            parts.append(_Part(short_text(bound.content, 6, length_bytes=1), bound, records, start, behind))
        parts.sort(key=lambda one: one.start)
        for before, after in pairwise([_Part("", self._globals[0], [], 0, end), *parts]):
            if after.start < before.end:
                raise NotBiff8("sheets overlap")
            before.trailing = stream[before.end : after.start]
        self._between = stream[end : parts[0].start] if parts else b""
        return parts

    def _sheet(self, name: str, wanted: Iterable[int]) -> BiffSheet:
        if name not in self._sheets:
            part = next((one for one in self._parts if one.name == name), None)
            if part is None:
                raise ReturnRefused("return.no_such_sheet", f"The file has no sheet named {name}.", place=name)
            self._sheets[name] = BiffSheet(part.records, wanted=frozenset(wanted))
        return self._sheets[name]

    def free_column(self, columns: NewColumns) -> int:
        """First column right of the table; merges over exactly the table are noted to be widened."""
        rows = (columns.header_row, *columns.rows)
        sheet = self._sheet(columns.sheet, rows)
        first, last = sheet.width(columns.header_row)
        if last < 0:
            raise ReturnRefused("return.no_header", "The header row is empty.", place=columns.sheet)
        for area in sheet.merges:
            if area.first_row <= columns.header_row <= area.last_row and area.first_column <= last:
                last = max(last, area.last_column)
        last = max(last, *(sheet.width(row)[1] for row in columns.rows), last)
        added = len(columns.headers)
        for area in sheet.merges:
            if (area.first_column, area.last_column) == (first, last) and last > first:
                sheet.widen_merge(area, added)
                for row in range(area.first_row, area.last_row + 1):
                    for column in range(last + 1, last + 1 + added):
                        sheet.put(row, column, BLANK, sheet.xf(row, column, like=last), b"")
        if any(sheet.hidden(column) for column in range(last + 1, last + 1 + added)):
            self._notes.add("return.column_hidden")
        return last + 1

    def fill(self, cells: Iterable[CellFill], *, like: int = -1) -> None:
        ordered = sorted(cells, key=lambda one: (one.sheet, one.row, one.column))
        for before, after in pairwise(ordered):
            if (before.sheet, before.row, before.column) == (after.sheet, after.row, after.column):
                raise ReturnRefused("return.twice", "A cell is to be filled twice.", place=_place(after))
        for name, group in groupby(ordered, key=lambda one: one.sheet):
            wanted = list(group)
            sheet = self._sheet(name, {one.row for one in wanted})
            for one in wanted:
                self._fill_one(sheet, one, like)

    def _fill_one(self, sheet: BiffSheet, fill: CellFill, like: int) -> None:
        row, column = fill.row, fill.column
        if not (1 <= row <= LAST_ROW and 0 <= column <= LAST_COLUMN):
            raise ReturnRefused("return.no_such_cell", "There is no such cell.", place=_place(fill))
        if sheet.is_formula(row, column):
            raise ReturnRefused("return.formula_cell", "A computed cell is never overwritten.", place=_place(fill))
        if any(one.holds(row, column) and (row, column) != (one.first_row, one.first_column) for one in sheet.merges):
            raise ReturnRefused("return.merged_cell", "The cell lies under a merged one.", place=_place(fill))
        text = clean_text(text_of(fill.value))
        if not self._suits(sheet, fill, text) or (not text and (row, column) not in sheet.cells):
            return
        xf = sheet.xf(row, column, like=like)
        self._overwritten += sheet.is_filled(row, column)
        self._filled += 1
        number = None if fill.as_text else self._number(fill, xf)
        if number is not None:
            sheet.put(row, column, NUMBER, xf, struct.pack("<d", number))
        elif text:
            sheet.put(row, column, LABELSST, xf, struct.pack("<I", self._texts.index(text)))
        else:
            sheet.put(row, column, BLANK, xf, b"")

    def _suits(self, sheet: BiffSheet, fill: CellFill, text: str) -> bool:
        if len(text) > LONGEST_TEXT:
            self._problems.append(CellProblem("return.too_long", fill.sheet, fill.row, fill.column, text))
            return False
        rules = [one for one in sheet.rules if any(area.holds(fill.row, fill.column) for area in one.areas)]
        if any(rule.allowed is None for rule in rules):
            self._notes.add("return.list_not_checked")
        broken = next((one for one in rules if text and one.allowed is not None and text not in one.allowed), None)
        if broken is None:
            return True
        problem = CellProblem(
            "return.not_in_list", fill.sheet, fill.row, fill.column, text, not broken.strict, broken.allowed or ()
        )
        self._problems.append(problem)
        return not broken.strict

    def _number(self, fill: CellFill, xf: int) -> float | None:
        """The value as the file's number, ``None`` if it is to be written as text."""
        if isinstance(fill.value, date):
            if xf not in self._days:
                self._notes.add("return.date_as_text")
                return None
            return serial_of(fill.value, from_1904=self._from_1904)
        return None if isinstance(fill.value, str) or xf in self._days else float(fill.value)

    def save(self, target: Path, *, first_new_column: int | None) -> FillReport:
        for part in self._parts:
            edited = self._sheets.get(part.name) or BiffSheet(part.records, wanted=frozenset())
            part.records = edited.finished()
        records = self._texts.put(self._globals)
        stream = self._placed(records)
        self._file.replace(_STREAM, stream)
        self._file.save(target)
        return FillReport(
            target,
            self._filled,
            self._overwritten,
            tuple(self._problems),
            notes=tuple(sorted(self._notes)),
            first_new_column=first_new_column,
        )

    def _placed(self, records: list[Record]) -> bytes:
        """The stream, with the place of each sheet in its BOUNDSHEET record."""
        sheets = [packed(part.records) + part.trailing for part in self._parts]
        at = len(packed(records)) + len(self._between)
        for part, content in zip(self._parts, sheets, strict=True):
            part.bound.content = struct.pack("<I", at) + part.bound.content[4:]
            at += len(content)
        return packed(records) + self._between + b"".join(sheets)


def _day_looks(records: list[Record]) -> frozenset[int]:
    """Looks (places in the table of XF records) that show a number as a day."""
    own = {
        struct.unpack_from("<H", one.content)[0]: is_date_code(short_text(one.content, 2, length_bytes=2))
        for one in records
        if one.kind == FORMAT
    }
    formats = [struct.unpack_from("<H", one.content, 2)[0] for one in records if one.kind == XF]
    return frozenset(at for at, number in enumerate(formats) if own.get(number, number in BUILT_IN_DATES))


def _place(fill: CellFill) -> str:
    return f"{fill.sheet}!{fill.row}:{fill.column + 1}"

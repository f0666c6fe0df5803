"""One sheet of an .xls while cells of it are being filled; records nobody fills keep every byte."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from .biff import (
    ARRAY,
    BLANK,
    BOF,
    BOOLERR,
    COLINFO,
    CONTINUE,
    DBCELL,
    DIMENSIONS,
    DV,
    EOF,
    FORMULA,
    INDEX,
    LABEL,
    LABELSST,
    MERGECELLS,
    MULBLANK,
    MULRK,
    NUMBER,
    RK,
    ROW,
    RSTRING,
    SHRFMLA,
    STRING,
    TABLE,
    Record,
    short_text,
)  # fmt: skip
from .refs import Area

LAST_ROW: Final = 65_536
LAST_COLUMN: Final = 255
_DEFAULT_XF: Final = 15
_SINGLE: Final = frozenset({BLANK, NUMBER, RK, LABELSST, LABEL, RSTRING, BOOLERR, FORMULA})
_TAIL: Final = frozenset({STRING, ARRAY, SHRFMLA, TABLE, CONTINUE})
"""Records that belong to the formula before them."""
_TEXT_TOKEN: Final = 0x17


@dataclass(frozen=True, slots=True)
class ListRule:
    """A drop-down list over some areas; `allowed` is ``None`` when it is not written out in the rule itself."""

    areas: tuple[Area, ...]
    allowed: tuple[str, ...] | None
    strict: bool


class BiffSheet:
    """Rows count from 1, columns from 0. The index of rows (INDEX, DBCELL), which is optional, is left out."""

    def __init__(self, records: list[Record], *, wanted: frozenset[int]) -> None:
        kept = [record for record in records if record.kind not in (INDEX, DBCELL)]
        self.records = [piece for record in kept for piece in _opened(record, wanted)]
        self.cells: dict[tuple[int, int], Record] = {}
        self._rows: dict[int, Record] = {}
        self._columns: list[tuple[int, int, int, bool]] = []
        self.merges: list[Area] = []
        self.rules: list[ListRule] = []
        self._new: dict[tuple[int, int], Record] = {}
        for record in self._own():
            self._look(record)

    def _own(self) -> Iterator[Record]:
        """Records of the sheet itself, without those of charts inside it."""
        depth = 0
        for record in self.records:
            depth += (record.kind == BOF) - (record.kind == EOF)
            if depth == 1 and record.kind != BOF:
                yield record

    def _look(self, record: Record) -> None:
        content = record.content
        if record.kind in _SINGLE:
            self.cells[_seat(record)] = record
        elif record.kind in (MULBLANK, MULRK):
            row, first = struct.unpack_from("<HH", content)
            size = 2 if record.kind == MULBLANK else 6
            for column in range(first, first + (len(content) - 6) // size):
                self.cells[row + 1, column] = record
        elif record.kind == ROW:
            self._rows[struct.unpack_from("<H", content)[0] + 1] = record
        elif record.kind == COLINFO:
            first, last, _, xf, flags = struct.unpack_from("<5H", content)
            self._columns.append((first, last, xf, bool(flags & 1)))
        elif record.kind == MERGECELLS:
            self.merges += [_area(content, 2 + 8 * at) for at in range(struct.unpack_from("<H", content)[0])]
        elif record.kind == DV and (rule := _list_rule(content)):
            self.rules.append(rule)

    def xf(self, row: int, column: int, *, like: int = -1) -> int:
        """Look of a cell: its own; else that of the cell in column `like`; else the row's, the column's, the usual."""
        for at in (column, like):
            found = self._new.get((row, at)) or self.cells.get((row, at))
            if found is not None and found.kind in _SINGLE:
                return int(struct.unpack_from("<H", found.content, 4)[0])
        if (own := self._rows.get(row)) is not None and own.content[12] & 0x80:
            return int(struct.unpack_from("<H", own.content, 14)[0]) & 0x0FFF
        return next((xf for first, last, xf, _ in self._columns if first <= column <= last), _DEFAULT_XF)

    def hidden(self, column: int) -> bool:
        """Whether the sender hid the column."""
        return any(hidden and first <= column <= last for first, last, _, hidden in self._columns)

    def is_filled(self, row: int, column: int) -> bool:
        """Whether the file holds a value there."""
        found = self.cells.get((row, column))
        return found is not None and found.kind not in (BLANK, MULBLANK)

    def is_formula(self, row: int, column: int) -> bool:
        """Whether the cell is computed."""
        found = self.cells.get((row, column))
        return found is not None and found.kind == FORMULA

    def width(self, row: int) -> tuple[int, int]:
        """First and last filled column of a row, (-1, -1) if there is none."""
        return self._used.get(row, (-1, -1))

    @cached_property
    def _used(self) -> dict[int, tuple[int, int]]:
        used: dict[int, tuple[int, int]] = {}
        for row, column in self.cells:
            if self.is_filled(row, column):
                first, last = used.get(row, (column, column))
                used[row] = (min(first, column), max(last, column))
        return used

    def put(self, row: int, column: int, kind: int, xf: int, value: bytes) -> None:
        """Write a cell, in place of the one that is there."""
        content = struct.pack("<HHH", row - 1, column, xf) + value
        found = self.cells.get((row, column))
        if found is not None:
            found.kind, found.content = kind, content
        else:
            self._new[row, column] = Record(kind, content)

    def widen_merge(self, area: Area, added: int) -> None:
        """Let a merged block reach further right."""
        for record in self._own():
            if record.kind != MERGECELLS:
                continue
            for at in range(struct.unpack_from("<H", record.content)[0]):
                if _area(record.content, 2 + 8 * at) == area:
                    content = bytearray(record.content)
                    struct.pack_into("<H", content, 2 + 8 * at + 6, area.last_column + added)
                    record.content = bytes(content)

    def finished(self) -> list[Record]:
        """All records, the new cells at their place."""
        if not self._new:
            return self.records
        after: dict[int, list[Record]] = {}
        order = {id(record): at for at, record in enumerate(self.records)}
        seats = sorted(self.cells)
        for seat, record in sorted(self._new.items()):
            after.setdefault(self._place(seat, seats, order), []).append(record)
            self._widen(*seat)
        done: list[Record] = []
        for at, record in enumerate(self.records):
            done.append(record)
            done += after.get(at, ())
        return done

    def _place(self, seat: tuple[int, int], seats: list[tuple[int, int]], order: dict[int, int]) -> int:
        """Index of the record behind which a new cell belongs: its left neighbour or the end of the rows above, and in
        any case behind the description of its own row."""
        before = bisect_left(seats, seat) - 1
        row = self._rows.get(seat[0])
        if before >= 0:
            at = order[id(self.cells[seats[before]])]
        else:
            at = next(at for at, record in enumerate(self.records) if record.kind == DIMENSIONS)
        at = max(at, order[id(row)] if row is not None else at)
        behind = _TAIL if self.records[at].kind == FORMULA else {ROW} if self.records[at].kind == ROW else frozenset()
        while at + 1 < len(self.records) and self.records[at + 1].kind in behind:
            at += 1
        return at

    def _widen(self, row: int, column: int) -> None:
        for record in (one for one in self.records if one.kind == DIMENSIONS):
            top, bottom, left, right, _ = struct.unpack_from("<IIHHH", record.content)
            wider = (min(top, row - 1), max(bottom, row), min(left, column), max(right, column + 1))
            record.content = struct.pack("<IIHH", *wider) + record.content[12:]
            break
        if (own := self._rows.get(row)) is not None:
            left, right = struct.unpack_from("<HH", own.content, 2)
            left = min(left, column) if right > left else column
            own.content = own.content[:2] + struct.pack("<HH", left, max(right, column + 1)) + own.content[6:]


def _seat(record: Record) -> tuple[int, int]:
    row, column = struct.unpack_from("<HH", record.content)
    return row + 1, column


def _area(content: bytes, at: int) -> Area:
    top, bottom, left, right = struct.unpack_from("<4H", content, at)
    return Area(top + 1, left, bottom + 1, right)


def _opened(record: Record, wanted: frozenset[int]) -> list[Record]:
    """Cells that stand together in one record, one by one if their row is to be filled."""
    kind, size = {MULBLANK: (BLANK, 2), MULRK: (RK, 6)}.get(record.kind, (0, 0))
    if not size or struct.unpack_from("<H", record.content)[0] + 1 not in wanted:
        return [record]
    row, first = struct.unpack_from("<HH", record.content)
    pieces = [record.content[at : at + size] for at in range(4, len(record.content) - 2, size)]
    return [Record(kind, struct.pack("<HH", row, first + at) + piece) for at, piece in enumerate(pieces)]


def _list_rule(content: bytes) -> ListRule | None:
    flags = struct.unpack_from("<I", content)[0]
    if flags & 0xF != 3:
        return None
    at = 4
    for _ in range(4):  # titles and texts of prompt and error
        count = struct.unpack_from("<H", content, at)[0]
        at += 3 + count * (2 if content[at + 2] & 1 else 1)
    size = struct.unpack_from("<H", content, at)[0]
    tokens = content[at + 4 : at + 4 + size]
    at += 4 + size
    at += 4 + struct.unpack_from("<H", content, at)[0]
    areas = tuple(_area(content, at + 2 + 8 * number) for number in range(struct.unpack_from("<H", content, at)[0]))
    allowed = None
    if tokens[:1] == bytes([_TEXT_TOKEN]):
        allowed = tuple(one.strip() for one in short_text(tokens, 1, length_bytes=1).split("\0"))
    return ListRule(areas, allowed, strict=not flags & 0x70 and bool(flags & 0x80000))

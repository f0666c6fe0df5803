"""A list's own columns made into the raw columns the matching engine reads, as a mapping says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lianfang.core.lists.intake.mapping import Mapping
from lianfang.core.lists.intake.rows import RowContext, place_of
from lianfang.core.lists.intake.tables import Table
from lianfang.kernel.cells import clean_text
from lianfang.kernel.doors_columns import joined, settle_columns
from lianfang.kernel.identity import read_identity
from lianfang.kernel.name_cells import people_named, told_beside
from lianfang.matching.cells import Cells, Numbers, mixed
from lianfang.matching.numbers import read_numbers

_SAME = {
    "identity_type": "id_kind",
    "sex": "sex",
    "birth_date": "birth_date",
    "address": "address",
    "community": "community",
    "compound": "compound",
    "building": "building",
    "unit": "unit",
    "room": "room",
}
"""Fields that one column only can have and that are handed on as they stand → raw column."""
_UPPER = ("province", "city", "county", "subdistrict")
_AREAS = (*_UPPER, "community", "compound")
_DOORS = ("building", "unit", "room")
_BETWEEN = "\x1f"
_REMEMBERED = 1 << 15


class Fields:
    """Which of a table's columns mean what. `own` below are the cells of some of its rows, one array per column."""

    def __init__(self, table: Table, mapping: Mapping, *, today: date) -> None:
        self._today = today
        self._at: dict[str, list[int]] = {}
        for index, field in enumerate(mapping.fields):
            self._at.setdefault(field, []).append(index)
        self._context = place_of(table, RowContext())

    @property
    def identities(self) -> list[int]:
        """The columns of document numbers."""
        return self._at.get("identity", [])

    def raw(self, own: Sequence[pa.Array], *, rows: int, eaten: bool, lines: bool = True) -> pa.Table:
        """The raw columns of the rows, those of `lianfang.matching.features.RAW` that the table has; without `lines`
        no address is put together from other columns."""
        columns = {
            "name": self._names(own),
            "id": self._numbers(own, eaten=eaten),
            "phone": self._phones(own),
            **{raw: self._one(own, field) for field, raw in _SAME.items()},
        }
        if lines and (line := self._lines(own)) is not None:
            columns["address"] = line
        for column in ("community", "compound"):
            if known := getattr(self._context, column):
                columns[column] = _filled_up(columns[column], known, rows)
        given = {column: cells for column, cells in columns.items() if cells is not None}
        return pa.table(given) if given else pa.table({"name": pa.repeat("", rows)})

    def _all(self, own: Sequence[pa.Array], field: str) -> list[pa.Array]:
        return [own[at] for at in self._at.get(field, ()) if at < len(own)]

    def _one(self, own: Sequence[pa.Array], field: str) -> pa.Array | None:
        return next(iter(self._all(own, field)), None)

    def _names(self, own: Sequence[pa.Array]) -> pa.Array | None:
        """The name cell or, where that names nobody, the one with the name in Latin letters."""
        names, latin = self._one(own, "name"), self._one(own, "name_latin")
        if names is None or latin is None:
            return latin if names is None else names
        doubtful = Cells(names).filled & Cells(latin).filled
        rows = np.flatnonzero(doubtful)
        texts, which = Cells(names).distinct(rows)
        nobody = rows[~np.array([_names_somebody(text) for text in texts], bool)[which]]
        taken = ~Cells(names).filled
        taken[nobody] = True
        return pc.if_else(pa.array(taken), latin, names)

    def _numbers(self, own: Sequence[pa.Array], *, eaten: bool) -> pa.Array | None:
        """Of several document numbers of a row the first valid one or, without one, the first that can be read."""
        columns = self._all(own, "identity")
        if len(columns) < 2:
            return next(iter(columns), None)
        filled = [Cells(column).filled for column in columns]
        found = columns[-1]
        for column, has in zip(columns[-2::-1], filled[-2::-1], strict=True):
            found = pc.if_else(pa.array(has), column, found)
        hints = self._one(own, "identity_type")
        doubtful = np.sum(filled, axis=0) > 1
        none = Cells(pa.repeat("", len(found)))
        read = read_numbers(Cells(found), none if hints is None else Cells(hints), today=self._today, eaten=eaten)
        rows = np.flatnonzero(doubtful & ~read.id_valid)
        cells = [column.take(pa.array(rows)).to_pylist() for column in columns]
        words = [""] * len(rows) if hints is None else hints.take(pa.array(rows)).to_pylist()
        best = [
            _best_number(given, clean_text(hint), self._today, eaten)
            for hint, *given in zip(words, *cells, strict=True)
        ]
        return mixed(found, np.ones(len(found), bool), rows, best)

    def _phones(self, own: Sequence[pa.Array]) -> pa.Array | None:
        """All telephones of a row in one cell, a line for each column."""
        columns = self._all(own, "phone")
        found = next(iter(columns), None)
        for column in columns[1:]:
            both = pc.binary_join_element_wise(found, column, "\n")
            found = pc.if_else(pc.equal(found, ""), column, pc.if_else(pc.equal(column, ""), found, both))
        return found

    def _lines(self, own: Sequence[pa.Array]) -> pa.Array | None:
        """The column of addresses, where a row without one has the line its larger areas and its door make."""
        parts = {field: self._one(own, field) for field in (*_AREAS, *_DOORS)}
        if all(parts[field] is None for field in _UPPER):
            return None
        given = self._one(own, "address")
        first = next(cells for cells in parts.values() if cells is not None)
        rows = np.arange(len(first)) if given is None else np.flatnonzero(~Cells(given).filled)
        fast = pa.repeat("", len(first)) if given is None else given
        areas, of_area = _distinct([parts[field] for field in _AREAS], rows)
        doors, of_door = _distinct([parts[field] for field in _DOORS], rows)
        fronts, ends = list(map(_front, areas)), list(map(_end, doors))
        told = np.array([compound for _, compound in fronts], bool)[of_area]
        told |= np.array([door for _, door in ends], bool)[of_door]
        front, end = (pa.array([text for text, _ in words], pa.string()) for words in (fronts, ends))
        line = pc.binary_join_element_wise(front.take(pa.array(of_area)), end.take(pa.array(of_door)), "")
        line = pc.if_else(pa.array(told), line, "")
        if len(rows) == len(fast):
            return line
        mask = np.zeros(len(fast), bool)
        mask[rows] = True
        return pc.replace_with_mask(fast, pa.array(mask), line)


@lru_cache(maxsize=_REMEMBERED)
def _front(areas: str) -> tuple[str, bool]:
    """The larger areas in one line, as `settle_columns` joins them, and whether a compound is among them."""
    parts = dict(zip(_AREAS, map(clean_text, areas.split(_BETWEEN, len(_AREAS) - 1)), strict=True))
    return joined(parts, building="", unit="", room=""), bool(parts["compound"])


@lru_cache(maxsize=_REMEMBERED)
def _end(door: str) -> tuple[str, bool]:
    """The door at the end of a line of address, and whether there is one."""
    building, unit, room = map(clean_text, door.split(_BETWEEN, len(_DOORS) - 1))
    where = settle_columns({"compound": _BETWEEN}, address="", building=building, unit=unit, room=room)
    return where.address.removeprefix(_BETWEEN), bool(where.building or where.room)


def _distinct(columns: Sequence[pa.Array | None], rows: Numbers) -> tuple[list[str], Numbers]:
    """The different combinations of cells of these rows, and for each row which it has."""
    taken = pa.array(rows)
    given = [column for column in columns if column is not None]
    whole = len(rows) == len(given[0]) if given else False
    blank = pa.repeat("", len(rows))
    cells = [blank if column is None else column if whole else column.take(taken) for column in columns]
    return Cells(pc.binary_join_element_wise(*cells, _BETWEEN)).distinct(np.arange(len(rows)))


@lru_cache(maxsize=_REMEMBERED)
def _names_somebody(cell: str) -> bool:
    beside = told_beside(cell)
    return bool(beside.people if beside else people_named(clean_text(cell)))


def _best_number(cells: Sequence[str], hint: str, today: date, eaten: bool) -> str | None:
    read = []
    for cell in filter(None, cells):
        identity = read_identity(cell, today=today, hint=hint)
        lost = eaten and "identity.maybe_rounded" in identity.warnings
        read.append((cell, identity.valid and not lost, bool(identity.number or identity.masked) and not lost))
    best = next((cell for cell, valid, _ in read if valid), None)
    return best or next((cell for cell, _, readable in read if readable), read[0][0])


def _filled_up(cells: pa.Array | None, text: str, rows: int) -> pa.Array:
    if cells is None:
        return pa.repeat(text, rows)
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(cells), ""), text, cells)

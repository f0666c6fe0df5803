"""Doors of a whole column of addresses, with or without columns of their own for building, unit and room.

Two addresses that differ in nothing but the numbers (望湖花苑5幢2单元301室, 望湖花苑12幢1单元604室) are one text to
the kernel: it looks at how many digits a number has, not at which. So the numbers are taken out, each different text is
read once, and the numbers are put back where the kernel left them. To be certain of that, every text is read twice
with different numbers in it: a piece is a number of the text only if it changed along. Numbers that may be a part of a
name of ours stay, and where buildings are known so do all but the last of the address and of the room: the kernel looks
the others up.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lianfang.kernel.doors_numbers import NUMERALS
from lianfang.matching.cells import ZERO, Cells, Flags, Numbers
from lianfang.matching.digits import (
    BETWEEN,
    FIRST,
    HIDDEN,
    MOST_RUNS,
    SECOND,
    Runs,
    find_runs,
    glued,
    in_names,
    storeys,
    take_numbers_out,
)
from lianfang.matching.places import Places, bare_signs
from lianfang.matching.single import PlaceCells, PlaceWords, read_place_cells
from lianfang.matching.standins import Reading, StandIns

_PREFIXES = ("", "g", "s", "|b", "|u", "|r", "|g", "|n", "|s")
_PREFIX_AT = {prefix: at for at, prefix in enumerate(_PREFIXES)}
_NUMBERS = 10_000
_CONSTANTS = len(_PREFIXES) * _NUMBERS
_NULL = -1
_MOST_PIECES = 4
_REMEMBERED = 60_000
_DIGITS = re.compile(rf"[\d{NUMERALS}]")
_ANY_NUMBER = pa.array([f"{prefix}{number}" for prefix in _PREFIXES for number in range(_NUMBERS)], pa.string())

Template = tuple[int, ...]
"""What a text says, as positions in a table of all numbers with all prefixes and, behind them, of constant texts:
place, building, unit, room, head of the door, its pieces, whether outside. A number of the text is ``-2`` and below."""
_NAMED = 3
"""Building, unit and room have columns of their own."""
_NO_DOOR = (_NULL,) * (1 + _MOST_PIECES)
_WIDTH = 1 + _NAMED + len(_NO_DOOR) + 1


_UNREAD: Template = (*[_NULL] * (_WIDTH - 1), 0)
_ADDRESS, _COMMUNITY, _COMPOUND, _BUILDING, _UNIT, _ROOM = range(6)


class PlaceColumns(NamedTuple):
    """The cells that say where, column by column, as `PlaceCells` has them for one row."""

    address: Cells
    community: Cells
    compound: Cells
    building: Cells
    unit: Cells
    room: Cells


class DoorColumns(NamedTuple):
    """The columns of places."""

    place: pa.Array
    building: pa.Array
    unit: pa.Array
    room: pa.Array
    door: pa.Array
    outside: Flags
    slow: Numbers
    """The rows whose numbers could not be taken out."""


def read_doors(columns: PlaceColumns, places: Places) -> DoorColumns:
    """Read the columns that say where."""
    present = tuple(at for at, cells in enumerate(columns) if cells.filled.any()) or (0,)
    texts = [columns[at].text for at in present]
    joined = Cells(texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, BETWEEN))
    runs = find_runs(joined)
    chosen, whole = _choose(columns, present, joined, runs, places)
    emptied = take_numbers_out(joined, runs, chosen, whole)
    reader = places.memory.setdefault(present, _Reader(places, present))
    reader.begin()
    encoded = emptied.texts.dictionary_encode()
    which = encoded.indices.to_numpy().astype(np.int64)
    templates = [reader.template(text) for text in encoded.dictionary.to_pylist()]
    failed = np.flatnonzero(np.array([template is None for template in templates], bool)[which])
    again, at = joined.distinct(failed)
    which[failed] = len(templates) + at
    templates += [reader.template(text) for text in again]
    slow = emptied.whole
    slow[failed] = True
    specs = np.array([template or _UNREAD for template in templates], np.int64).reshape(-1, _WIDTH)[which]
    return _columns(specs, emptied.numbers, reader.pool(), np.flatnonzero(slow))


def _columns(specs: Numbers, numbers: npt.NDArray[np.int32], pool: pa.Array, slow: Numbers) -> DoorColumns:
    rows = np.arange(len(specs))
    texts = []
    for spec in specs.T[:-1]:
        index, taken = spec.copy(), spec < _NULL
        prefix, run = np.divmod(-2 - spec[taken], MOST_RUNS)
        index[taken] = prefix * _NUMBERS + numbers[rows[taken], run]
        texts.append(pool.take(pa.array(index, mask=spec == _NULL)))
    place, building, unit, room, *door = texts
    return DoorColumns(place, building, unit, room, pc.binary_join_element_wise(*door, ""), specs[:, -1] > 0, slow)


def _choose(
    columns: PlaceColumns, present: tuple[int, ...], joined: Cells, runs: Runs, places: Places
) -> tuple[Flags, Flags]:
    """Which numbers may be taken out, and which rows the kernel must see as they are."""
    column = np.array(present)[runs.cell]
    whole = storeys(joined, piece_first=not places.ends_in_a_piece)
    # Without a compound the kernel looks for the pieces inside the address: number against number.
    door = columns.building.filled | columns.unit.filled | columns.room.filled
    unnamed = door & ~_begins_with_han(columns.compound)
    whole[runs.row[(column == _ADDRESS) & unnamed[runs.row]]] = True
    chosen = (column != _COMMUNITY) & (column != _COMPOUND)
    whole |= _ends_in_digit(columns.community) | _ends_in_digit(columns.compound)
    if places.knows_buildings:
        last = np.ones(len(runs.row), bool)
        last[:-1] = (runs.row[1:] != runs.row[:-1]) | (runs.cell[1:] != runs.cell[:-1])
        chosen &= last & ((column == _ADDRESS) | (column == _ROOM))
    if places.numbers_in_names.any():
        whole[runs.row[glued(joined, runs)]] = True
        whole |= _mixed_and_ends_in_digit(columns.building) | _mixed_and_ends_in_digit(columns.unit)
        chosen &= ~in_names(runs, places.numbers_in_names)
    return chosen, whole


def _begins_with_han(cells: Cells) -> Flags:
    found = cells.filled
    sign = cells.bytes[cells.starts[:-1][found]]
    found[found] = (sign >= 0xE4) & (sign <= 0xE9)
    return found


def _ends_in_digit(cells: Cells) -> Flags:
    found = cells.filled
    found[found] = cells.bytes[cells.starts[1:][found] - 1] - ZERO < 10
    return found


def _mixed_and_ends_in_digit(cells: Cells) -> Flags:
    """Cells of buildings or entrances that the kernel puts before the room as they are (5-2, not 5 and not 5幢)."""
    found: Flags = pc.match_substring_regex(cells.text, "[^0-9A-Za-z].*[0-9]$").to_numpy(zero_copy_only=False)
    return found


class _NotInterchangeable(Exception):
    """A number decides something after all."""


class _Reader:
    """Reads texts against one set of places, and remembers them; `columns` are those the texts are joined from."""

    def __init__(self, places: Places, columns: tuple[int, ...]) -> None:
        self._columns = columns
        self._looked_up = places.knows_buildings
        self._alike = places.alike
        self._certain = not self._looked_up and not self._alike
        self._gazetteer = places.gazetteer
        self._stand_ins = StandIns(places)
        self._templates: dict[str, Template | None] = {}
        self._shared: dict[str, Template | None] = {}
        self._constants: dict[str, int] = {}

    def begin(self) -> None:
        """Forget what was remembered when it has become too much."""
        if len(self._templates) > _REMEMBERED:
            self._templates.clear()
            self._shared.clear()
            self._stand_ins.forget()
            self._constants.clear()

    def template(self, text: str) -> Template | None:
        """What a text says; None when the numbers taken out of it cannot be put back."""
        if text not in self._templates:
            reading = self._stand_ins.reading(text) if self._columns == (_ADDRESS,) else None
            self._templates[text] = self._moved(reading) if reading else self._tried(text)
        return self._templates[text]

    def _tried(self, text: str) -> Template | None:
        try:
            return self._read(text)
        except _NotInterchangeable:
            return None

    def _moved(self, reading: Reading) -> Template | None:
        """What a text says that is read with another compound's name in it."""
        if reading.text not in self._shared:
            self._shared[reading.text] = self._tried(reading.text)
        template = self._shared[reading.text]
        if template is None or reading.code == reading.stand_in:
            return template
        there, here = self._constant(reading.stand_in), self._constant(reading.code)
        return tuple(here if at in (0, 1 + _NAMED) and one == there else one for at, one in enumerate(template))

    def pool(self) -> pa.Array:
        """The table the templates point into."""
        return pa.concat_arrays([_ANY_NUMBER, pa.array(list(self._constants), pa.string())])

    def _read(self, text: str) -> Template:
        runs = _runs(text)
        first = self._words(text.translate(FIRST))
        values = _values(first)
        if not runs:
            taken = [_NULL] * len(values)
        elif self._certain and not _DIGITS.search(text):
            # Every digit the kernel gives back is one of the numbers taken out: once is enough.
            taken = _found_once(values, {one: at for (one, _), at in runs.items()})
        else:
            self._refuse_names(text)
            second = self._words(text.translate(SECOND))
            if (first.place, first.outside, _letters(first)) != (second.place, second.outside, _letters(second)):
                raise _NotInterchangeable
            taken = _found_twice(values, _values(second), runs)
        if self._looked_up and max(taken[:2]) > _NULL:
            raise _NotInterchangeable
        return self._template_of(first, values, taken)

    def _refuse_names(self, text: str) -> None:
        """A text in which the numbers of a reading make one of our names would be read as that name."""
        if not self._alike:
            return
        hidden, *readings = (bare_signs(text.translate(digits)) for digits in (HIDDEN, FIRST, SECOND))
        if any(reading.count(name) > hidden.count(name) for name in self._alike for reading in readings):
            raise _NotInterchangeable

    def _template_of(self, words: PlaceWords, values: list[str], taken: list[int]) -> Template:
        prefixes = (words.building[0], "", words.room[0], *(f"|{letter}" for letter, _ in words.door or ()))
        spec = [
            -2 - (_PREFIX_AT[prefix] * MOST_RUNS + run) if run > _NULL else self._constant(prefix + value)
            for prefix, value, run in zip(prefixes, values, taken, strict=True)
        ]
        place = self._constant(words.place) if words.place else _NULL
        named = (spec[at] if values[at] else _NULL for at in range(_NAMED))
        if words.door is None:
            return (place, *named, *_NO_DOOR, words.outside)
        pieces = [*spec[_NAMED:], *[self._constant("")] * (_MOST_PIECES - len(words.door))]
        return (place, *named, self._constant(words.place), *pieces, words.outside)

    def _words(self, text: str) -> PlaceWords:
        if self._columns == (_ADDRESS,):
            return read_place_cells(PlaceCells(text), gazetteer=self._gazetteer)
        cells = [""] * len(PlaceCells._fields)
        for column, cell in zip(self._columns, text.split(BETWEEN), strict=True):
            cells[column] = cell
        return read_place_cells(PlaceCells(*cells), gazetteer=self._gazetteer)

    def _constant(self, text: str) -> int:
        return _CONSTANTS + self._constants.setdefault(text, len(self._constants))


def _values(words: PlaceWords) -> list[str]:
    """Building, entrance, room, and the pieces of the door."""
    return [words.building[1], words.unit, words.room[1], *(value for _, value in words.door or ())]


def _letters(words: PlaceWords) -> tuple[object, ...]:
    """Which pieces there are, whatever their values."""
    door = None if words.door is None else tuple(letter for letter, _ in words.door)
    return words.building[0], words.room[0], door


def _found_once(values: list[str], runs: dict[str, int]) -> list[int]:
    """For each value which number of the text it is, or -1."""
    found = [runs.get(value, _NULL) for value in values]
    if any(run == _NULL and _DIGITS.search(value) for value, run in zip(values, found, strict=True)):
        raise _NotInterchangeable
    return found


def _found_twice(values: list[str], others: list[str], runs: dict[tuple[str, str], int]) -> list[int]:
    """The same from two readings: what did not change is no number of the text."""
    found = []
    for pair in zip(values, others, strict=True):
        if pair[0] != pair[1] and pair not in runs:
            raise _NotInterchangeable
        found.append(runs.get(pair, _NULL) if pair[0] != pair[1] else _NULL)
    return found


def _runs(text: str) -> dict[tuple[str, str], int]:
    """The numbers taken out of a text: how they read the first and the second time → which one it is."""
    found: dict[tuple[str, str], int] = {}
    for at in range(MOST_RUNS):
        length = text.count(chr(at + 1))
        if not length:
            break
        found[str(at + 1) * length, str(at + 2) * length] = at
    return found

"""Numbers taken out of texts, by whole columns: 望湖花苑5幢301室 becomes a text that every door of the compound has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lianfang.matching.cells import ZERO, Bytes, Cells, Flags, Numbers
from lianfang.matching.places import NumbersInNames

BETWEEN = "\x1f"
"""Between the cells of a row that were joined into one text."""
MOST_RUNS = 8
LONGEST_RUN = 4
FIRST = str.maketrans({chr(at + 1): str(at + 1) for at in range(MOST_RUNS)})
SECOND = str.maketrans({chr(at + 1): str(at + 2) for at in range(MOST_RUNS)})
"""Two ways to put numbers back in place of those taken out: a piece that changes along is one of them."""
HIDDEN = str.maketrans({chr(at + 1): "Ω" for at in range(MOST_RUNS)})
_STOREY = "楼".encode()
_NUMBER, *_PIECES = (int.from_bytes(sign.encode()) for sign in "号幢栋座元")


class Runs(NamedTuple):
    """The runs of ASCII digits in a column, from first to last."""

    row: Numbers
    start: Numbers
    length: Numbers
    ordinal: Numbers
    """Which of its row's."""
    value: Numbers
    cell: Numbers
    """In which of the joined cells it stands."""
    many: Numbers
    """How many the rows have, one entry for each row."""


class Emptied(NamedTuple):
    """`texts` with every digit of a number that was taken out replaced by the control character of its place in the
    row, 1 to 8; `numbers` by row and place; `whole` are rows left as they were although they hold digits."""

    texts: pa.Array
    numbers: npt.NDArray[np.int32]
    whole: Flags


def find_runs(cells: Cells) -> Runs:
    """Every run of digits."""
    low, high = int(cells.starts[0]), int(cells.starts[-1])
    signs, bounds = cells.bytes[low:high], cells.starts.astype(np.int64) - low
    digit = np.zeros(len(signs) + 2, bool)
    digit[1:-1] = signs - ZERO < 10
    opens, closes = digit[1:-1] & ~digit[:-2], digit[1:-1] & ~digit[2:]
    inner = bounds[1:-1]
    inner = inner[(inner > 0) & (inner < len(signs))]
    opens[inner] = digit[1:-1][inner]
    closes[inner - 1] = digit[1:-1][inner - 1]
    start, end = np.flatnonzero(opens), np.flatnonzero(closes) + 1
    before = np.searchsorted(start, bounds)
    count = np.diff(before)
    row = np.repeat(np.arange(len(count)), count)
    between = np.concatenate(([0], np.cumsum(signs == ord(BETWEEN)))) if len(signs) else np.zeros(1, np.int64)
    value, length = np.zeros(len(start), np.int64), end - start
    for at in range(LONGEST_RUN):
        longer = length > at
        value[longer] = value[longer] * 10 + signs[start[longer] + at] - ZERO
    return Runs(
        row=row,
        start=start + low,
        length=length,
        ordinal=np.arange(len(start)) - before[row],
        value=value,
        cell=between[start] - between[bounds[row]],
        many=count,
    )


def take_numbers_out(cells: Cells, runs: Runs, chosen: Flags, whole: Flags) -> Emptied:
    """Take out the `chosen` runs, except in rows that are to stay `whole`, or whose numbers cannot be told apart: too
    many or too long ones, or one with a leading zero."""
    rows = len(cells)
    whole = whole.copy()
    whole[runs.row[chosen & ((runs.length > LONGEST_RUN) | (cells.bytes[runs.start] == ZERO))]] = True
    place = _places(runs, chosen)
    whole[runs.row[chosen & (place >= MOST_RUNS)]] = True
    taken = chosen & ~whole[runs.row]
    numbers = np.zeros((rows, MOST_RUNS), np.int32)
    numbers[runs.row[taken], place[taken]] = runs.value[taken]
    signs: Bytes = cells.bytes.copy()
    start, length, sign = runs.start[taken], runs.length[taken], (place[taken] + 1).astype(np.uint8)
    for at in range(LONGEST_RUN):
        longer = length > at
        signs[start[longer] + at] = sign[longer]
    texts = pa.StringArray.from_buffers(rows, pa.py_buffer(np.ascontiguousarray(cells.starts)), pa.py_buffer(signs))
    emptied = np.zeros(rows, bool)
    emptied[runs.row[taken]] = True
    return Emptied(texts, numbers, (runs.many > 0) & ~emptied)


def _places(runs: Runs, chosen: Flags) -> Numbers:
    """For each run how many chosen ones stand before it in its row."""
    before: Numbers = np.cumsum(chosen) - chosen
    first = np.concatenate(([0], np.cumsum(runs.many)[:-1])) if len(runs.many) else np.zeros(0, np.int64)
    found: Numbers = before - before[np.minimum(first, max(len(before) - 1, 0))][runs.row] if len(before) else before
    return found


def storeys(cells: Cells, *, piece_first: bool) -> Flags:
    """Rows with a 楼 that is not 号楼, where a door may begin with it: there the kernel compares the storey with the
    room, number with number (3楼301). With `piece_first` no door begins behind 幢, 栋, 座 or 单元 (5幢3楼301)."""
    found = np.zeros(len(cells), bool)
    at = np.flatnonzero(cells.bytes[2:] == _STOREY[2])
    at = at[(cells.bytes[at] == _STOREY[0]) & (cells.bytes[at + 1] == _STOREY[1])]
    at = at[(at >= cells.starts[0]) & (at < cells.starts[-1])]
    row = np.searchsorted(cells.starts, at, side="right") - 1
    first = cells.starts[row]
    harmless = _sign_before(cells, at, first) == _NUMBER
    if piece_first:
        for digits in (1, 2):
            number = (at - digits >= first) & (cells.bytes[np.maximum(at - digits, 0)] - ZERO < 10)
            harmless |= number & np.isin(_sign_before(cells, at - digits, first), _PIECES)
    found[row[~harmless]] = True
    return found


def _sign_before(cells: Cells, at: Numbers, first: Numbers) -> Numbers:
    """The character of three bytes before a byte, as a number; 0 where the cell (from `first`) has none."""
    back = [cells.bytes[np.maximum(at - step, 0)].astype(np.int64) for step in (3, 2, 1)]
    found: Numbers = np.where(at - 3 >= first, back[0] << 16 | back[1] << 8 | back[2], 0)
    return found


def in_names(runs: Runs, names: NumbersInNames) -> Flags:
    """Which runs may be a part of a name of ours."""
    found: Flags = np.isin(runs.value, _integers(names.within))
    for length in range(1, LONGEST_RUN + 1):
        for numbers, shifts in (
            (names.first, [np.zeros(len(runs.length), np.int64)]),
            (names.last, [runs.length - length]),
            (names.alone, [np.full(len(runs.length), shift) for shift in range(LONGEST_RUN)]),
        ):
            wanted = _integers(number for number in numbers if len(number) == length)
            for shift in shifts if len(wanted) else ():
                part = runs.value // 10 ** np.clip(shift, 0, LONGEST_RUN) % 10**length
                found |= (runs.length >= shift + length) & np.isin(part, wanted)
    return found


def _integers(numbers: Iterable[str]) -> Numbers:
    return np.array([int(number) for number in numbers if len(number) <= LONGEST_RUN], np.int64)


def glued(cells: Cells, runs: Runs) -> Flags:
    """Runs that may grow together with what follows: a sign that cleaning takes away may stand between two digits."""
    behind = runs.start + runs.length
    sign = cells.bytes[np.minimum(behind, len(cells.bytes) - 1)] if len(cells.bytes) else cells.bytes
    inside = behind < cells.starts[1:][runs.row]
    odd = (sign < 0x20) & (sign != ord(BETWEEN)) | (sign >= 0x7F) & ((sign < 0xE3) | (sign > 0xE9))
    found: Flags = inside & odd
    return found

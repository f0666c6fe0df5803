"""Days of birth of a whole column."""

from __future__ import annotations

from datetime import date

import numpy as np

from lianfang.matching.cells import ZERO, Bytes, Cells, Flags, Numbers
from lianfang.matching.single import read_day_cell

_MONTHS = np.array((0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, *([0] * 87)), np.int32)
_DIGITS_OF_ISO = [0, 1, 2, 3, 5, 6, 8, 9]
_DASH = ord("-")
_LAST = date(2099, 12, 31)
_NOTHING = "\0" * 8


def real_days(signs: Bytes, *, last: date, first_year: int) -> Flags:
    """Which rows of eight digits are a day of the calendar, not after `last` and not before `first_year`."""
    digits = (signs - ZERO).astype(np.int32)
    year = digits[:, :4] @ np.array((1000, 100, 10, 1), np.int32)
    month, day = digits[:, 4] * 10 + digits[:, 5], digits[:, 6] * 10 + digits[:, 7]
    leap = (month == 2) & (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    real = (day >= 1) & (day <= _MONTHS[month] + leap) & (year >= first_year)
    found: Flags = real & (year * 10000 + month * 100 + day <= last.year * 10000 + last.month * 100 + last.day)
    return found


def read_days(cells: Cells, *, today: date) -> tuple[Bytes, Numbers]:
    """Eight signs for each row, zeros where no day is told, and the rows the kernel read."""
    found, done = np.zeros((len(cells), 8), np.uint8), np.zeros(len(cells), bool)
    iso, compact = cells.with_length(10), cells.with_length(8)
    dashed = cells.windows(iso, 10)
    good = (dashed[:, 4] == _DASH) & (dashed[:, 7] == _DASH)
    for rows, signs, first_year in (
        (iso[good], dashed[good][:, _DIGITS_OF_ISO], 1880),
        (compact, cells.windows(compact, 8), 1900),
    ):
        clean = (signs - ZERO < 10).all(axis=1)
        rows, signs = rows[clean], signs[clean]
        real = real_days(signs, last=_LAST, first_year=first_year)
        found[rows[real]], done[rows[real]] = signs[real], True
    slow = np.flatnonzero(cells.filled & ~done)
    texts, which = cells.distinct(slow)
    if texts:
        told = b"".join((read_day_cell(text, today=today) or _NOTHING).encode() for text in texts)
        found[slow] = np.frombuffer(told, np.uint8).reshape(-1, 8)[which]
    return found, slow

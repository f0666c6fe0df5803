"""How large a paper can be set so that it stays on one page: many readers are old, so the largest size that fits.

Reckoned from widths of characters with some air, not measured by the typesetter, which would set every paper several
times. A paper reckoned too short turns the page; nothing is lost but a sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from lianfang.capabilities.orders.laying import Sheet
from lianfang.core.metrics.paper.typography import spaces_wide

SIZES = (12.5, 12.0, 11.5, 11.0, 10.5, 10.0, 9.5)
TURNED = 11.0
"""Type size in points of a paper that needs more than one page."""
HEAD_SIZES = (24.0, 22.0, 20.0, 18.0, 16.0)

_WIDTH = 481.9
"""Points from margin to margin: 170 mm."""
_HEIGHT = 552.0
"""Points left between the letterhead and the foot with seal and code."""
_LINE, _PITCH = 0.74, 1.355
"""One line, and the step from line to line, in ems."""
_HEADING = 1.7
"""A part's title with the space around it, beyond that of an ordinary line, in ems."""
_TABLE_EMS = 9.6
"""What label column and insets take of a line of the table, in ems."""
_AIR = 1.0
"""Justified lines break a little earlier than their characters' widths say."""


def size_of(sheet: Sheet) -> float:
    """The type size in points."""
    return next(_fitting(sheet), TURNED)


def fits(sheet: Sheet) -> bool:
    """Whether the sheet is reckoned to stay on one page at some size."""
    return next(_fitting(sheet), None) is not None


def _fitting(sheet: Sheet) -> Iterator[float]:
    return (size for size in SIZES if _height(sheet, size) <= _HEIGHT)


def head_size_of(sheet: Sheet) -> float:
    """The size of the office's name in points: on one line, or as small as it gets."""
    ems = spaces_wide(sheet.office) / 2 * 1.08
    return next((size for size in HEAD_SIZES if ems * size <= _WIDTH), HEAD_SIZES[-1])


def _height(sheet: Sheet, size: float) -> float:
    return size * sum(_ems(sheet, _WIDTH / size))


def _ems(sheet: Sheet, room: float) -> Iterator[float]:
    """Heights of the blocks in ems; `room` is the width of a line in ems."""
    yield _PITCH
    yield _PITCH * _lines(sheet.opening, room, indent=2) + 0.4
    for row in sheet.rows:
        yield _LINE + _PITCH * (_lines(row.text, room - _TABLE_EMS) - 1) + 1.05
    for part in sheet.parts:
        yield _HEADING
        yield from (_PITCH * _lines(line, room - 1.5) for line in part.lines)
    if sheet.closing:
        yield 0.3 + _PITCH
    calls = "　".join(("联系电话", *sheet.calls))
    yield 0.4 + 1.1 + _LINE + _PITCH * (_lines(calls, room - 2.5) - 1)


def _lines(text: str, room: float, *, indent: float = 0) -> int:
    return max(1, math.ceil((spaces_wide(text) / 2 * _AIR + indent) / room))

"""Which cell styles of a workbook show a number as a day."""

from __future__ import annotations

import re
from datetime import date, datetime

from lxml import etree

from .cells import local_clock
from .package import Package, local, named

BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Built-in number formats that are dates or times, the East Asian ones included (ECMA-376 part 1, 18.8.30)."""
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


class CellStyles:
    """Look-up by style index (the ``s`` of a cell, empty for none)."""

    def __init__(self, package: Package) -> None:
        part = package.part_of_kind("styles")
        self._dates: list[bool] = []
        if part:
            self._read(package.tree(part))

    def _read(self, root: etree._Element) -> None:
        own: dict[int, bool] = {}
        for one in root.iter():
            if local(one) == "numFmt" and one.get("numFmtId") and local(_parent(one)) == "numFmts":
                own[int(str(one.get("numFmtId")))] = is_date_code(str(one.get("formatCode")))
        for group in named(root, "cellXfs"):
            for one in named(group, "xf"):
                number = int(one.get("numFmtId") or 0)
                self._dates.append(own.get(number, number in BUILT_IN_DATES))

    def shows_day(self, style: str) -> bool:
        """Whether numbers in such a cell are shown as day or time."""
        place = int(style or 0)
        return place < len(self._dates) and self._dates[place]


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    return element if parent is None else parent


def is_date_code(code: str) -> bool:
    first = _NOT_CODE.sub("", code.split(";")[0])
    return re.search(r"[ymdhsYMDHS年月日]", first) is not None and "General" not in first


def serial_of(day: date, *, from_1904: bool) -> float:
    """The day (or instant, by the clock in Asia/Shanghai) as spreadsheets count it: 1900 system with its 1900-02-29
    (so days from 1900-03-01 on are right), or days since 1904-01-01."""
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
    whole = datetime(day.year, day.month, day.day)
    if isinstance(day, datetime):
        whole = local_clock(day)
    gap = whole - start
    return gap.days + gap.seconds / 86_400

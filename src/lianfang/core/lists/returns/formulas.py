"""Move the cell references inside formulas: when rows are inserted, and when a formula is copied to another cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .refs import LAST_ROW, Area, area_of, column_name, column_number

_TOKEN = re.compile(
    r"""
    "(?:[^"]|"")*"                                                        # text
    | (?P<sheet>(?:'(?:[^']|'')+'|[^\s'"!(),;:+\-*/^&=<>{}\[\]%]+)!)?
      (?P<area>\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)? | \$?[A-Z]{1,3}:\$?[A-Z]{1,3} | \$?\d+:\$?\d+)
      (?![\w.(!\]])
    | '(?:[^']|'')+'! | [\w.\\]+ | .                                      # names, functions, marks
    """,
    re.VERBOSE | re.DOTALL,
)
_END = re.compile(r"^(\$?)([A-Z]{1,3})(\$?)(\d+)$")
_ROW_END = re.compile(r"^(\$?)(\d+)$")


@dataclass(frozen=True, slots=True)
class RowShift:
    """`count` rows are put in below row `after` of `sheet`; `first` is the first row of the block that grows.

    An area that reaches from the block's inside to its last row grows with it, as do areas over it; what lies below
    moves down.
    """

    sheet: str
    first: int
    after: int
    count: int

    def row(self, number: int) -> int:
        """Where a single row goes."""
        return number if number <= self.after else min(number + self.count, LAST_ROW)

    def area(self, area: Area, *, alone_grows: bool = False) -> Area:
        """Where an area goes. An area within the last row itself grows only with `alone_grows`."""
        first, last = self.row(area.first_row), self.row(area.last_row)
        if area.last_row == self.after and (area.first_row < self.after or alone_grows):
            last = min(self.after + self.count, LAST_ROW)
        return Area(first, area.first_column, last, area.last_column)

    def text(self, areas: str, *, alone_grows: bool = False) -> str:
        """The same for a list of areas as ``sqref`` has it; text that is none stays."""
        try:
            return " ".join(str(self.area(area_of(one), alone_grows=alone_grows)) for one in areas.split())
        except ValueError:
            return areas

    def formula(self, formula: str, *, home: str, alone_grows: bool = False, in_last_row: bool = False) -> str:
        """A formula (or defined name) that stands on sheet `home` (empty: on none). With `in_last_row` it stands in
        row `after` itself: an area that runs down to its own row (``$C$7:C206``) does not grow."""

        def moved(sheet: str, area: str) -> str:
            if (plain_sheet(sheet) if sheet else home) != self.sheet:
                return area
            return self._moved(area, alone_grows=alone_grows, own_row=in_last_row)

        return _each_area(formula, moved)

    def _moved(self, text: str, *, alone_grows: bool, own_row: bool) -> str:
        if re.fullmatch(r"\$?[A-Z]{1,3}:\$?[A-Z]{1,3}", text):
            return text
        ends = text.split(":")
        old = area_of(text.replace("$", ""))
        if own_row and old.last_row == self.after and re.search(r"[A-Z]\d+$", ends[-1]):
            return text
        new = self.area(old, alone_grows=alone_grows and len(ends) > 1)
        if len(ends) == 1:
            return _with_row(ends[0], new.first_row)
        return f"{_with_row(ends[0], new.first_row)}:{_with_row(ends[1], new.last_row)}"


def plain_sheet(written: str) -> str:
    """``'一 月'!`` → ``一 月``."""
    name = written.removesuffix("!")
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def copied(formula: str, *, rows: int, columns: int = 0) -> str:
    """The formula as it reads when its cell is copied that far: relative references move, ``$`` ones stay."""

    def moved(_sheet: str, area: str) -> str:
        return ":".join(_carried(end, rows, columns) for end in area.split(":"))

    return _each_area(formula, moved)


def mentions_rows(formula: str, *, home: str, sheet: str) -> list[Area]:
    """The areas of `sheet` that the formula looks at."""
    found: list[Area] = []

    def noted(written: str, area: str) -> str:
        if (plain_sheet(written) if written else home) == sheet:
            found.append(area_of(area.replace("$", "")))
        return area

    _each_area(formula, noted)
    return found


def _each_area(formula: str, change: Callable[[str, str], str]) -> str:
    def replaced(found: re.Match[str]) -> str:
        area = found["area"]
        if area is None:
            return found[0]
        sheet = found["sheet"] or ""
        return sheet + change(sheet, area)

    return _TOKEN.sub(replaced, formula)


def _with_row(end: str, row: int) -> str:
    if found := _END.match(end):
        return f"{found[1]}{found[2]}{found[3]}{row}"
    return ("$" if end.startswith("$") else "") + str(row)


def _carried(end: str, rows: int, columns: int) -> str:
    if found := _END.match(end):
        column = found[2] if found[1] else column_name(column_number(found[2]) + columns)
        row = found[4] if found[3] else str(int(found[4]) + rows)
        return f"{found[1]}{column}{found[3]}{row}"
    if found := _ROW_END.match(end):
        return end if found[1] else str(int(found[2]) + rows)
    return end if end.startswith("$") else column_name(column_number(end) + columns)

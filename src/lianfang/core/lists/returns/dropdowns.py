"""What a workbook's own rules (drop-down lists, limits) allow in a cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from .cells import Value, text_of
from .cellstyles import serial_of
from .package import local
from .refs import Area, area_of, areas_of

Grid = Callable[[str], list[list[object]]]
"""Gives the values of a sheet by its name, rows and columns from A1."""

_PLACE = re.compile(r"^(?:(?:'((?:[^']|'')+)'|([^'!()]+))!)?(\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)$")
_COMPARE: dict[str, Callable[[float, float, float], bool]] = {
    "between": lambda n, a, b: a <= n <= b,
    "notBetween": lambda n, a, b: not a <= n <= b,
    "equal": lambda n, a, _: n == a,
    "notEqual": lambda n, a, _: n != a,
    "greaterThan": lambda n, a, _: n > a,
    "lessThan": lambda n, a, _: n < a,
    "greaterThanOrEqual": lambda n, a, _: n >= a,
    "lessThanOrEqual": lambda n, a, _: n <= a,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One data validation. `strict`: the spreadsheet program would refuse another value, not only warn."""

    kind: str
    areas: tuple[Area, ...]
    first: str
    second: str
    operator: str
    strict: bool


class Dropdowns:
    """The rules of one sheet. `names` are the workbook's defined names, for lists that are given by a name."""

    def __init__(
        self, frame: etree._Element, *, sheet: str, names: dict[str, str], grid: Grid, from_1904: bool
    ) -> None:
        self._sheet = sheet
        self._names = names
        self._grid = grid
        self._from_1904 = from_1904
        self._lists: dict[str, tuple[str, ...] | None] = {}
        self.rules = [rule for one in frame.iter() if local(one) == "dataValidation" and (rule := _rule_of(one))]
        self.unchecked = False

    def rule_at(self, row: int, column: int) -> Rule | None:
        """The rule of a cell (a cell has at most one)."""
        return next((rule for rule in self.rules if any(area.holds(row, column) for area in rule.areas)), None)

    def allowed(self, rule: Rule) -> tuple[str, ...] | None:
        """The values of a drop-down list in their order; None if it is computed and so not known here."""
        if rule.first not in self._lists:
            self._lists[rule.first] = self._values(rule.first)
        return self._lists[rule.first]

    def source(self, formula: str) -> tuple[str, Area] | None:
        """Sheet and area in which the values of a list stand; None if they are written out or computed."""
        found = _PLACE.match(self._names.get(formula, formula))
        if found is None:
            return None
        sheet = (found[1] or "").replace("''", "'") or found[2] or self._sheet
        return sheet, area_of(found[3].replace("$", ""))

    def _values(self, formula: str) -> tuple[str, ...] | None:
        if formula.startswith('"') and formula.endswith('"'):
            return tuple(part.strip() for part in formula[1:-1].replace('""', '"').split(","))
        place = self.source(formula)
        if place is None:
            return None
        sheet, area = place
        rows = self._grid(sheet)[area.first_row - 1 : area.last_row]
        cells = [cell for row in rows for cell in row[area.first_column : area.last_column + 1]]
        return tuple(_shown(cell) for cell in cells if cell not in ("", None))

    def problem(self, rule: Rule, value: Value) -> str:
        """Code of what is wrong with the value in such a cell, empty if it suits. Empty values always suit."""
        text = text_of(value)
        if text == "":
            return ""
        if rule.kind == "list":
            allowed = self.allowed(rule)
            self.unchecked |= allowed is None
            return "return.not_in_list" if allowed is not None and text.strip() not in allowed else ""
        return "" if _within(rule, value, text, from_1904=self._from_1904) else "return.breaks_rule"


def _shown(cell: object) -> str:
    return text_of(cell).strip() if isinstance(cell, str | int | float | date) else str(cell)


def _rule_of(element: etree._Element) -> Rule | None:
    texts = {"formula1": "", "formula2": "", "sqref": str(element.get("sqref") or "")}
    for child in element:
        if local(child) in texts:
            texts[local(child)] = "".join(str(part) for part in child.itertext()).strip()
    try:
        areas = areas_of(texts["sqref"])
    except ValueError:
        return None
    stops = str(element.get("errorStyle") or "stop") == "stop"
    return Rule(
        kind=str(element.get("type") or "none"),
        areas=areas,
        first=texts["formula1"],
        second=texts["formula2"],
        operator=str(element.get("operator") or "between"),
        strict=stops and element.get("showErrorMessage") in ("1", "true"),
    )


def _within(rule: Rule, value: Value, text: str, *, from_1904: bool) -> bool:
    """Limits given as plain numbers; computed ones and days written as text are left to the receiving program."""
    if rule.kind == "textLength":
        number: float = len(text)
    elif rule.kind == "date" and isinstance(value, date | datetime):
        number = serial_of(value, from_1904=from_1904)
    elif rule.kind in ("whole", "decimal") and isinstance(value, int | float):
        number = value
    else:
        return True
    try:
        first = float(rule.first)
        second = float(rule.second) if rule.second else first
    except ValueError:
        return True
    whole = rule.kind != "whole" or float(number).is_integer()
    return whole and (rule.operator not in _COMPARE or _COMPARE[rule.operator](number, first, second))

"""Readers of single cells that note what was wrong, for the rows of one table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from lianfang.core.lists.intake.workbook import Cell
from lianfang.kernel.cells import clean_text, looks_like_formula
from lianfang.kernel.dates import read_date
from lianfang.kernel.identity import Identity, read_identity
from lianfang.kernel.name_cells import people_named
from lianfang.kernel.names import Name, read_name
from lianfang.kernel.phones import read_phones
from lianfang.kernel.rowfacts import Problem

_PLAIN_PHONE: Final = re.compile(r"1[3-9]\d{9}")
_PLAIN_NAME: Final = re.compile(r"[一-鿿]{2,3}")
_HIDDEN: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_REMEMBERED: Final = 20_000


def shown(value: Cell) -> str:
    """Cell as text for a problem: as it came, cut to 200 characters."""
    return "" if value is None else str(value)[:200]


@dataclass(slots=True)
class CellReaders:
    """Readers bound to one day and one table; they remember what they read. `problems` is the current row's."""

    today: date
    eaten: bool = False
    """The identity column holds numbers whose digits are lost, so numbers ending in 000 are not to be trusted."""
    problems: list[Problem] = field(default_factory=list)
    _days: dict[Cell, tuple[str, str]] = field(default_factory=dict)
    _texts: dict[Cell, str] = field(default_factory=dict)

    def note(self, code: str, column: str, value: Cell, severity: str = "error") -> None:
        """Add a problem of the current row."""
        self.problems.append(Problem(code=code, column=column, text=shown(value), severity=severity))

    def text(self, value: Cell, column: str) -> str:
        """Cleaned text; a warning if a spreadsheet would evaluate it."""
        known = self._texts.get(value)
        if known is not None:
            return known
        cleaned = clean_text(value)
        if not isinstance(value, str):
            return cleaned
        if looks_like_formula(cleaned[:1]):
            self.note("cell.formula", column, value, "warning")
        elif len(value) < 16 and len(self._texts) < _REMEMBERED:
            self._texts[value] = cleaned
        return cleaned

    def people(self, value: Cell, column: str) -> tuple[Name, ...]:
        """Everybody named in the cell; a problem if what stands there is no name."""
        if isinstance(value, str):
            if _PLAIN_NAME.fullmatch(value):
                return (read_name(value),)
            if _HIDDEN.search(value):
                self.note("cell.hidden_characters", column, value, "warning")
        cleaned = self.text(value, column)
        people = people_named(cleaned)
        if not people and cleaned:
            problem = read_name(cleaned).problem
            if problem:
                self.note(problem, column, value)
        for name in people:
            if name.problem:
                self.note(name.problem, column, value, "warning")
        return people

    def identity(self, value: Cell, column: str, *, hint: str) -> Identity:
        """One document number; problems noted, doubtful ones as warnings."""
        identity = read_identity(value, today=self.today, hint=hint)
        if self.eaten and "identity.maybe_rounded" in identity.warnings:
            identity = Identity(kind=identity.kind, problem="identity.digits_lost")
        if identity.problem:
            self.note(identity.problem, column, value, "warning" if identity.number or identity.masked else "error")
        for warning in identity.warnings:
            self.note(warning, column, value, "warning")
        return identity

    def phones(self, value: Cell, column: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Complete numbers and masked numbers of a cell."""
        if isinstance(value, str) and _PLAIN_PHONE.fullmatch(value):
            return (value,), ()
        reading = read_phones(value)
        for code, refused in zip(reading.problems, reading.refused, strict=True):
            self.note(code, column, refused)
        return (
            tuple(phone.number for phone in reading.phones if phone.kind != "masked"),
            tuple(phone.number for phone in reading.phones if phone.kind == "masked"),
        )

    def day(self, value: Cell, column: str) -> str:
        """ISO 8601 day, or local day and time if a time was written; empty if unreadable."""
        known = self._days.get(value)
        if known is None:
            reading = read_date(value, today=self.today)
            written = reading.at or reading.day
            known = (
                written.isoformat(sep="T", timespec="seconds")
                if isinstance(written, datetime)
                else written.isoformat()
                if written
                else "",
                reading.problem,
            )
            if len(self._days) < _REMEMBERED:
                self._days[value] = known
        if known[1]:
            self.note(known[1], column, value)
        return known[0]

"""Upper-level forms and exchange formats, filled with the results of lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from django.utils import timezone

from lianfang.capabilities.screening.form_records import Record
from lianfang.capabilities.screening.outcome_words import CODE_TABLES, CODES_BY_FIELD
from lianfang.core.lists.returns import (
    RecordProblem,
    TemplateLayout,
    Value,
    build_rows,
    fill_template,
    read_profile,
    read_template,
)
from lianfang.core.lists.returns.cells import text_of
from lianfang.core.lists.returns.defuse import is_dangerous

PROFILES = Path(__file__).parent / "profiles"
"""Export profiles that come with the product, one CSV each; the file's name is the receiver's."""


@dataclass(frozen=True, slots=True)
class Written:
    """A form that was filled: rows in it, what did not fit (the field's name as the form calls it), notes."""

    path: Path
    rows: int
    problems: tuple[RecordProblem, ...]
    notes: tuple[str, ...] = ()


def profile_names() -> list[str]:
    """Receivers with a profile."""
    return sorted(path.stem for path in PROFILES.glob("*.csv"))


def fill_form(template: Path, target: Path, records: Sequence[Record]) -> Written:
    """Fill a receiver's form. Its drop-down lists and codes decide how values are written; what they do not know is
    left out and reported, as is a missing value of a required field. Raises `ReturnRefused`."""
    layout = read_template(template)
    rows: list[dict[str, Value]] = []
    problems: list[RecordProblem] = []
    for number, record in enumerate(records, start=1):
        row: dict[str, Value] = {}
        for name, column in layout.columns.items():
            value, code = _suited(layout, name, record.get(name, ""))
            label = layout.headings.get(column, name)
            if code or (value == "" and name in layout.required):
                problem = code or "return.required_missing"
                problems.append(RecordProblem(number, label, problem, text_of(record.get(name, ""))))
            if value != "":
                row[name] = value
        rows.append(row)
    report = fill_template(
        template, target, sheet=layout.sheet, first_row=layout.first_row, columns=layout.columns, rows=rows
    )
    problems += [
        RecordProblem(one.row - layout.first_row + 1, layout.headings.get(one.column, ""), one.code, one.value)
        for one in report.problems
    ]
    return Written(report.target, len(rows), tuple(problems), report.notes)


def _suited(layout: TemplateLayout, name: str, value: Value) -> tuple[Value, str]:
    """The value as the form takes it, and the code of what is wrong. Sequence numbers the form already has stay."""
    if value == "":
        return "", ""
    if name in layout.choices:
        chosen = layout.choice(name, text_of(value))
        return ("", "return.not_in_list") if chosen is None else (chosen, "")
    if layout.code_row is None:
        return value, ""
    if name in CODES_BY_FIELD:
        code = CODES_BY_FIELD[name].get(text_of(value), "")
        return code, "" if code else "return.unknown_code"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y%m%d%H%M%S"), ""
    return (value.strftime("%Y%m%d"), "") if isinstance(value, date) else (value, "")


def write_profile(name: str, target: Path, records: Sequence[Record]) -> Written:
    """Write records by the profile of that name: field names in the first row, labels in the second, all cells text."""
    profile = read_profile(PROFILES / f"{name}.csv")
    rows, problems = build_rows(profile, records, code_tables=CODE_TABLES)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    with xlsxwriter.Workbook(str(target), options) as book:
        text = book.add_format({"num_format": "@"})
        quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        page = book.add_worksheet("data")
        page.set_column(0, len(profile.names) - 1, 18, text)
        lines = [
            profile.names,
            [one.label for one in profile.fields],
            *([row[f] for f in profile.names] for row in rows),
        ]
        for number, line in enumerate(lines):
            for column, cell in enumerate(line):
                if cell:
                    page.write_string(number, column, cell, quoted if is_dangerous(cell) else text)
        page.freeze_panes(2, 0)
    labels = {one.name: one.label for one in profile.fields}
    named = tuple(RecordProblem(p.record, labels[p.field], p.code, p.value, p.limit) for p in problems)
    return Written(target, len(rows), named)

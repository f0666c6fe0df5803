"""The sender's own file, filled: same layout, results in the columns left for them or in new ones at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

from lianfang.capabilities.screening.own_layout import APPENDED, OwnTable, own_tables
from lianfang.capabilities.screening.own_values import Saying, detail_of, fitting, result_of, values_of
from lianfang.capabilities.screening.results import RowResult
from lianfang.core.lists.intake.workbook import Sheet, Workbook, raw_cells
from lianfang.core.lists.returns import CellFill, FillReport, NewColumns, ReturnRefused, append_columns, fill_workbook
from lianfang.core.lists.returns.cells import Value, text_of
from lianfang.core.lists.returns.exports import sheet_name
from lianfang.core.lists.returns.texttable import read_table

Groups = Mapping[tuple[str, int], list[RowResult]]
_REBUILT = frozenset({"html", "xml2003"})
"""Kinds that programs only call .xls: they come back as real workbooks."""


@dataclass(slots=True)
class Filled:
    """What was written where. `problems`: (code, sheet, physical row, column from 1) of values left out."""

    path: Path
    rows: int = 0
    notes: set[str] = field(default_factory=set)
    problems: list[tuple[str, str, int, int]] = field(default_factory=list)


def fill_own(
    source: Path,
    target: Path,
    workbook: Workbook,
    *,
    chosen: Mapping[str, Sequence[str]],
    groups: Groups,
    saying: Saying,
) -> Filled:
    """Write the results of `groups` into a copy of the sender's file. Raises `ReturnRefused`.

    Result columns the sender left empty are filled, and a drop-down list gets one of its own words; a sender without a
    result column gets four new ones. Where the sender's cells cannot take a value it moves to a new column, never away.
    """
    notes: set[str] = set()
    names: dict[str, str] = {}
    if workbook.kind in _REBUILT:
        source, names = _rebuilt(workbook, source.with_name("rebuilt.xlsx"))
        target = target.with_suffix(".xlsx")
        notes.add("return.format_changed")
    tables = own_tables(workbook, chosen=chosen)
    writer = _Writer(source, target, groups=groups, saying=saying, names=names)
    writer.filled.notes |= notes
    try:
        return writer.write(tables)
    except ReturnRefused as why:
        if why.code not in ("return.formula_cell", "return.merged_cell"):
            raise
    # The columns meant for results hold formulas or are merged over: leave them alone and append.
    writer = _Writer(source, target, groups=groups, saying=saying, names=names)
    writer.filled.notes |= notes
    return writer.write([OwnTable(one.table, one.counted) for one in tables])


class _Writer:
    def __init__(self, source: Path, target: Path, *, groups: Groups, saying: Saying, names: Mapping[str, str]) -> None:
        self.source, self.target, self.groups, self.saying = source, target, groups, saying
        self.names = names
        self.lists: dict[tuple[str, int], tuple[str, ...]] = {}
        self.filled = Filled(target)

    def write(self, tables: Sequence[OwnTable]) -> Filled:
        """Twice if drop-down lists come to light: what they allow is known only after trying."""
        report = self._fill(tables)
        found = {(p.sheet, p.column): p.allowed for p in report.problems if p.code == "return.not_in_list"}
        if found:
            self.lists = found
            report = self._fill(tables)
        self.filled.problems += [(p.code, p.sheet, p.row, p.column + 1) for p in report.problems]
        self._note(report)
        for one in tables:
            self._append(one)
        self.filled.rows = sum(len(one.table.body) for one in tables)
        return self.filled

    def _sheet(self, one: OwnTable) -> str:
        """The sheet's name in the file that is filled."""
        return self.names.get(one.table.sheet.name, one.table.sheet.name)

    def _note(self, report: FillReport) -> None:
        self.filled.notes |= set(report.notes)
        self.filled.path = report.target

    def _fill(self, tables: Sequence[OwnTable]) -> FillReport:
        cells = [
            CellFill(sheet=self._sheet(one), row=row, column=column, value=value, as_text=False)
            for one in tables
            for row, group in one.lines(self.groups)
            for column, value in self._cells(one, group)
        ]
        return fill_workbook(self.source, self.target, cells)

    def _cells(self, one: OwnTable, group: Sequence[RowResult]) -> list[tuple[int, Value]]:
        """Columns and values of one row."""
        values: dict[str, Value] = dict(values_of(group, self.saying)) if "outcome" in one.columns else {}
        result, detail = self._pair(one, group)
        if "outcome" in one.columns:
            values["outcome"] = result
            place = self._detail_place(one)
            if place:
                values[place] = detail
        found = []
        for name, column in one.columns.items():
            value = values.get(name, "")
            allowed = self.lists.get((self._sheet(one), column))
            if allowed is not None and isinstance(value, str):
                value = fitting(allowed, value) or ""
            if value != "":
                found.append((column, value))
        return found

    def _pair(self, one: OwnTable, group: Sequence[RowResult]) -> tuple[str, str]:
        """Result and detail; what the drop-down list of the result column does not know joins the detail, and what has
        no place of its own joins the result."""
        result, detail = result_of(group, self.saying), detail_of(group, self.saying)
        column = one.columns.get("outcome")
        allowed = self.lists.get((self._sheet(one), column)) if column is not None else None
        if allowed is not None:
            if result and fitting(allowed, result) is None:
                return "", "；".join(filter(None, (result, detail)))
            return result, detail
        if column is not None and not self._detail_place(one) and detail:
            return (f"{result}（{detail}）" if result else detail), ""
        return result, detail

    def _detail_place(self, one: OwnTable) -> str:
        for name in ("outcome.destination", "note"):
            column = one.columns.get(name)
            if column is not None and (self._sheet(one), column) not in self.lists:
                return name
        return ""

    def _append(self, one: OwnTable) -> None:
        """New columns: all four for senders who left no place, the detail alone when only that has none."""
        lines: dict[int, list[Value]] = {}
        bare = "outcome" not in one.columns
        listed = not bare and (self._sheet(one), one.columns["outcome"]) in self.lists
        for row, group in one.lines(self.groups):
            result, detail = self._pair(one, group)
            if bare:
                values = values_of(group, self.saying)
                lines[row] = [
                    result,
                    detail,
                    *(text_of(values.get(name, "")) for name in ("work.done_by", "work.done_at")),
                ]
            elif listed and not self._detail_place(one):
                lines[row] = [detail]
        if not lines or (not bare and not any(line[0] for line in lines.values())):
            return
        headers = APPENDED if bare else APPENDED[1:2]
        name, path = self._sheet(one), self.filled.path
        if one.label_row:
            columns = NewColumns(sheet=name, header_row=one.label_row, headers=headers, rows=lines)
            self._note(append_columns(path, path, columns))
            return
        first = _free_column(path, one.table.sheet)
        cells = [
            CellFill(sheet=name, row=row, column=first + at, value=value)
            for row, line in lines.items()
            for at, value in enumerate(line)
        ]
        self._note(fill_workbook(path, path, cells))


def _free_column(path: Path, sheet: Sheet) -> int:
    """First column right of everything in a table that has no header (a chat group's chain, bare cells)."""
    if sheet.name or path.suffix in (".xlsx", ".ods", ".xls"):
        return sheet.width()
    table = read_table(path.read_bytes(), suffix=path.suffix.lower())
    return max((len(record.fields) for record in table.records), default=0)


def _rebuilt(workbook: Workbook, target: Path) -> tuple[Path, dict[str, str]]:
    """The sheets as a workbook of our own, every cell text at its place; and what each sheet is called there."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    names: dict[str, str] = {}
    with xlsxwriter.Workbook(str(target), options) as book:
        text = book.add_format({"num_format": "@"})
        for number, sheet in enumerate(workbook.sheets, start=1):
            wanted = sheet_name(sheet.name or f"Sheet{number}")
            taken = {name.lower() for name in names.values()}
            names[sheet.name] = wanted if wanted.lower() not in taken else f"{wanted[:27]}{number}"
            page = book.add_worksheet(names[sheet.name])
            for row_number, row in zip(sheet.numbers, sheet.rows, strict=True):
                for column, cell in enumerate(raw_cells(row)):
                    if cell is not None:
                        page.write_string(row_number - 1, column, str(cell), text)
    return target, names

"""Rows the sender must mend: refused ones, and those with a cell that could not be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from pathlib import Path

from django.utils import translation

from lianfang.capabilities.screening.own_layout import OwnTable, own_tables
from lianfang.capabilities.screening.problems import spoken
from lianfang.capabilities.screening.results import REFUSED, RowResult
from lianfang.core.lists.intake.workbook import Cell, Workbook
from lianfang.core.lists.returns import MendRow, MendSheet, Value, error_file
from lianfang.core.lists.returns.cells import text_of
from lianfang.core.lists.returns.exports import sheet_name


def must_be_mended(one: RowResult) -> bool:
    """Whether the sender is asked to mend the row."""
    return one.standing == REFUSED or any(len(problem) > 2 and problem[2] == "error" for problem in one.problems)


def mending_groups(results: Iterable[RowResult]) -> dict[tuple[str, int], list[RowResult]]:
    """Rows of the file somebody of which must be mended, with all that is wrong on them."""
    groups: dict[tuple[str, int], list[RowResult]] = {}
    for one in results:
        if must_be_mended(one):
            groups.setdefault((one.sheet, one.data_row), []).append(one)
    return groups


def write_error_file(
    target: Path,
    workbook: Workbook,
    *,
    chosen: Mapping[str, Sequence[str]],
    groups: Mapping[tuple[str, int], list[RowResult]],
) -> int:
    """Write these rows in the sender's layout with two more columns, 问题 and 怎么改; returns how many. The file can be
    mended and brought in again: titles and header are the sender's, the two columns are ignored."""
    used: set[str] = set()
    with translation.override("zh-hans"):
        sheets = [
            sheet for one in own_tables(workbook, chosen=chosen) if (sheet := _sheet(one, groups, used)) is not None
        ]
    return error_file(target, sheets)


def _sheet(one: OwnTable, groups: Mapping[tuple[str, int], list[RowResult]], used: set[str]) -> MendSheet | None:
    rows = []
    places = {number: index for index, number in enumerate(one.table.sheet.numbers)}
    for number, group in one.lines(groups):
        if group:
            problem, remedy = spoken([problem for person in group for problem in person.problems])
            rows.append(MendRow(_plain(one.table.cells(places[number])), problem, remedy))
    if not rows:
        return None
    return MendSheet(_unused(one.table.key or "名单", used), _above(one), rows)


def _above(one: OwnTable) -> list[list[Value | None]]:
    """The sender's rows from the table's first down to and with the header, blank ones included."""
    if not one.table.header_rows:
        return []
    rows = dict(zip(one.table.sheet.numbers, one.table.sheet.rows, strict=True))
    return [_plain(rows.get(number, [])) for number in range(one.table.first_row, one.table.header_rows[-1] + 1)]


def _plain(cells: Sequence[Cell]) -> list[Value | None]:
    return [cell if cell is None or isinstance(cell, str | int | float) else _day(cell) for cell in cells]


def _day(cell: date | time) -> str:
    """A day, an instant or a time of day as people write it; midnight of a spreadsheet's day is no time."""
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    return text_of(cell).removesuffix(" 00:00")


def _unused(name: str, used: set[str]) -> str:
    """A sheet name no other sheet of the file has."""
    base, number = sheet_name(name), 1
    name = base
    while name.lower() in used:
        number += 1
        name = f"{base[:28]}{number}"
    used.add(name.lower())
    return name

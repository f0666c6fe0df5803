"""What changed between two versions of a paper, number by number, in the words of the paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest

from lianfang.core.metrics.paper.shapes import AreaRow, AreaTable, Bulletin, Cell, Correction, DayLog, DayTable, Paper
from lianfang.core.metrics.paper.typography import UNREPORTED, cell_text, thousands

MOST_SAID = 20
"""Changes told one by one; the rest is told as a number."""

Change = tuple[str, str, str]
"""What, what it was, what it is."""

_ABSENT = "无"


def corrections_between(before: Paper, after: Paper, *, at: datetime, reason: str) -> tuple[Correction, ...]:
    """The corrections that lead from one paper to the other; empty when no number differs. `at` is aware."""
    changes = list(changes_between(before, after))
    told = [Correction(at, what, was, now, reason) for what, was, now in changes[:MOST_SAID]]
    if len(changes) > MOST_SAID:
        told.append(Correction(at, "其余数字", "", f"另有 {len(changes) - MOST_SAID} 处更正", reason))
    return tuple(told)


def changes_between(before: Paper, after: Paper) -> Iterator[Change]:
    """Every number that differs, large numbers and totals first."""
    if isinstance(before, Bulletin) and isinstance(after, Bulletin):
        yield from _key_numbers(before, after)
        if before.table and after.table:
            yield from _areas(before.table, after.table)
    elif isinstance(before, DayLog) and isinstance(after, DayLog):
        yield from _key_numbers(before, after)
        if len(before.entries) != len(after.entries):
            yield "记录条数", str(len(before.entries)), str(len(after.entries))
    elif isinstance(before, DayTable) and isinstance(after, DayTable):
        yield from _compounds(before, after)


def _key_numbers(before: Bulletin | DayLog, after: Bulletin | DayLog) -> Iterator[Change]:
    earlier = {one.label: one.value for one in before.key_numbers}
    for one in after.key_numbers:
        if earlier.get(one.label) != one.value:
            yield one.label, thousands(earlier.get(one.label)), thousands(one.value)


def _areas(before: AreaTable, after: AreaTable) -> Iterator[Change]:
    earlier = {row.name: dict(zip(before.headers, row.values, strict=True)) for row in _rows(before)}
    for row in _rows(after):
        for header, cell in zip(after.headers, row.values, strict=True):
            was: Cell = earlier.get(row.name, {}).get(header)
            if was != cell:
                yield f"{row.name} {header}", cell_text(was) if row.name in earlier else _ABSENT, cell_text(cell)
    for name in earlier.keys() - {row.name for row in _rows(after)}:
        yield name, "有", _ABSENT


def _rows(table: AreaTable) -> list[AreaRow]:
    return [*([table.total] if table.total else []), *table.rows]


def _compounds(before: DayTable, after: DayTable) -> Iterator[Change]:
    columns = _columns(after)
    for name, was, now in zip_longest(columns, (one.value for one in before.total), (one.value for one in after.total)):
        if was != now and name is not None:
            yield f"合计 {name}", _number(was), _number(now)
    earlier = _by_name(before)
    for key, values in _by_name(after).items():
        for name, value in values.items():
            was = earlier.get(key, {}).get(name)
            if was != value:
                yield f"{key[0]} {key[1]} {name}", _number(was) if key in earlier else _ABSENT, _number(value)


def _columns(paper: DayTable) -> list[str]:
    return [f"{group.name}·{column}" for group in paper.groups for column in group.columns]


def _by_name(paper: DayTable) -> dict[tuple[str, str], dict[str, int | None]]:
    columns = _columns(paper)
    return {
        (block.name, f"{row.name}{row.code and f'（{row.code}）'}"): dict(zip(columns, row.values, strict=True))
        for block in paper.blocks
        for row in block.rows
    }


def _number(value: int | None) -> str:
    return UNREPORTED if value is None else thousands(value)

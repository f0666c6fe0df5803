"""The nineteen lists of the toy town's first day, each opened once."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from lianfang.core.lists.intake.api import Workbook, open_source, read_rows
from lianfang.kernel.rowfacts import RowFacts

DATA = Path(__file__).parents[1] / "data"
LISTS = DATA / "lists"
DAY = date(2022, 4, 6)
"""The day of all lists, Asia/Shanghai."""

Seat = tuple[str, int, int, int]


@cache
def opened(name: str) -> Workbook:
    """A list by the first two characters of its name."""
    path = next(LISTS.glob(f"{name}_*"))
    return open_source(path, filename=path.name)


@cache
def people_of(name: str) -> dict[Seat, RowFacts]:
    """Everybody on a list as read by the proposed mapping, by (sheet, data row, sheet row, part)."""
    facts = [facts for facts, _ in read_rows(opened(name), mappings=None, today=DAY)]
    return {(one.sheet, one.data_row, one.sheet_row, one.part): one for one in facts}


@cache
def truth_of(name: str) -> dict[Seat, dict[str, str]]:
    """What is known about everybody on a list."""
    with (LISTS / "truth.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {
            (row["sheet"], int(row["data_row"]), int(row["sheet_row"]), int(row["part"])): row
            for row in csv.DictReader(lines)
            if row["file"].startswith(name)
        }


@cache
def ledger() -> dict[str, dict[str, str]]:
    """The town's people by their id."""
    with (DATA / "town" / "people.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {row["person_id"]: row for row in csv.DictReader(lines)}


READABLE = [f"{number:02}" for number in range(1, 20) if number != 18]


@pytest.fixture(params=READABLE)
def list_name(request: pytest.FixtureRequest) -> str:
    """Each of the eighteen lists that can be opened."""
    return str(request.param)

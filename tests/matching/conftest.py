from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from lianfang.core.lists.intake.mapping import Mapping as ColumnMapping
from lianfang.core.lists.intake.source import open_source
from lianfang.core.lists.intake.tables import find_tables
from lianfang.kernel.cells import clean_text
from lianfang.kernel.doors import Place
from lianfang.matching.features import RAW
from lianfang.matching.places import Places

DATA = Path(__file__).parent.parent / "data"
TOWN, LISTS = DATA / "town", DATA / "lists"
LEDGER = {"id_no": "id", "id_type": "id_kind", "birth": "birth_date"}
LIST = {"identity": "id", "identity_type": "id_kind", "name_latin": "name"}
Cells = Mapping[str, str | None]


def raw_table(rows: list[Cells]) -> pa.Table:
    columns = sorted({column for row in rows for column in row})
    return pa.table({column: pa.array([row.get(column) for row in rows], pa.string()) for column in columns})


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def raw_of_list(path: Path) -> list[Cells]:
    """The body cells of every table of people in a file, by the field they were recognised as."""
    found: list[Cells] = []
    for sheet in open_source(path, filename=path.name).sheets:
        for table in find_tables(sheet):
            if table.kind == "persons" and table.layout != "chain":
                found += list(_rows(table))
    return found


def _rows(table) -> Iterator[Cells]:
    fields = [LIST.get(field, field) for field in ColumnMapping.of_table(table).fields]
    for index in table.body:
        row: dict[str, str | None] = {}
        for field, cell in zip(fields, table.cells(index), strict=False):
            if field in RAW and row.get(field) is None:
                row[field] = cell if isinstance(cell, str) else clean_text(cell) or None
        yield row


@pytest.fixture(scope="session")
def ledger() -> list[Cells]:
    """The people of the town as raw cells."""
    named = [{LEDGER.get(k, k): v or None for k, v in row.items()} for row in read_csv(TOWN / "people.csv")]
    return [{k: v for k, v in row.items() if k in RAW} for row in named]


@pytest.fixture(scope="session")
def territory() -> Places:
    """The town's own table of places, down to buildings and entrances."""
    known = [
        Place(
            code=area["code"],
            name=area["name"],
            level=area["type"],
            parent_code=area["compound_code"] or area["parent_code"],
            aliases=tuple(filter(None, area["aliases"].split("；"))),
        )
        for area in read_csv(TOWN / "areas.csv")
    ]
    return Places(tuple(known), ("云海省", "云州市", "云岭县"))


@pytest.fixture(scope="session")
def learned(ledger: list[Cells]) -> Places:
    """Places as a file tool knows them: from the ledger itself."""
    return Places.learned(raw_table(ledger))

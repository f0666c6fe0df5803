"""Files of people read by columns tell the same people as the reader of rows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lianfang.core.lists.intake.api import open_source, read_rows
from lianfang.jobs.peoplefiles import PeopleFile, open_people
from lianfang.jobs.trouble import Trouble
from lianfang.kernel.names import Name, read_name
from lianfang.kernel.rowfacts import RowFacts
from lianfang.matching.features import BATCH, features
from lianfang.matching.places import Places

from .conftest import LISTS, TOWN
from .law import CHECKED, name_facts, place_facts

DAY = date(2022, 4, 6)
NOWHERE = Places(())


def told_by_columns(people: PeopleFile, places: Places) -> Iterator[dict[str, Any]]:
    for raw, eaten in people.batches():
        assert raw.num_rows <= BATCH
        read = features(raw.drop_columns(["row", "sheet", "part", "source"]), today=DAY, places=places, eaten=eaten)
        for seat, row in zip(raw.select(["sheet", "row", "part"]).to_pylist(), read.to_pylist(), strict=True):
            yield {**seat, **{column: told for column, told in row.items() if column != "key"}}


def told_by_rows(path: Path, places: Places) -> Iterator[dict[str, Any]]:
    for facts, _ in read_rows(open_source(path, filename=path.name), mappings=None, today=DAY):
        yield expected(facts, places)


def expected(facts: RowFacts, places: Places) -> dict[str, Any]:
    text = facts.name or facts.name_masked
    latin = bool(text) and read_name(text).latin
    name = Name(text=facts.name, masked=facts.name_masked, latin=latin, surname_only=facts.surname_only)
    return {
        "sheet": facts.sheet,
        "row": facts.data_row,
        "part": facts.part,
        **name_facts(name),
        "id": facts.identity or None,
        "id_valid": facts.identity_valid and facts.identity_kind in CHECKED,
        "id_kind": facts.identity_kind or None,
        "id_mask": facts.identity_masked.replace("*", "_") or None,
        "phones": list(facts.phones),
        "phone_mask": facts.phones_masked[0].replace("*", "_") if facts.phones_masked else None,
        "sex": facts.sex or None,
        "birth": birth_told(facts) or None,
        **place_facts(facts, places.gazetteer),
    }


def assert_same_people(path: Path, places: Places = NOWHERE) -> list[dict[str, Any]]:
    found = list(told_by_columns(open_people(path, today=DAY), places))
    wanted = list(told_by_rows(path, places))
    assert [(row["sheet"], row["row"], row["part"]) for row in found] == [
        (row["sheet"], row["row"], row["part"]) for row in wanted
    ]
    for one, other in zip(found, wanted, strict=True):
        assert one == other
    return found


def birth_told(facts: RowFacts) -> str:
    """The day of birth; what a number tells counts for features only when the number is valid."""
    birth = facts.birth_date.isoformat().replace("-", "") if facts.birth_date else ""
    shown = facts.identity or facts.identity_masked
    return "" if not facts.identity_valid and shown[6:14] == birth else birth


class TestTheTown:
    def test_is_read_as_the_reader_of_rows_reads_it(self, learned):
        assert len(assert_same_people(TOWN / "people.csv", learned)) > 6000


class TestTheLists:
    @pytest.mark.parametrize("path", sorted(LISTS.glob("[01]*")), ids=lambda path: path.name[:2])
    def test_are_read_as_the_reader_of_rows_reads_them(self, path, learned, territory):
        if path.name.startswith(("17", "18")):
            with pytest.raises(Trouble):
                open_people(path, today=DAY)
            return
        assert assert_same_people(path, learned)
        assert_same_people(path, territory)

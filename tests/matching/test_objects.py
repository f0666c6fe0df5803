"""People and rows read one by one stand in the same columns as cells read by whole columns."""

from __future__ import annotations

from datetime import date

from lianfang.core.lists.intake.rows import read_rows
from lianfang.core.lists.intake.source import open_source
from lianfang.kernel.doors import read_row_door
from lianfang.kernel.matching_types import LedgerPerson
from lianfang.kernel.rowfacts import RowFacts
from lianfang.matching.features import SCHEMA
from lianfang.matching.objects import document_for, people_table, rows_table
from lianfang.matching.places import Places

from .conftest import LISTS

DAY = date(2022, 4, 6)


def test_rows_of_a_list(territory: Places) -> None:
    path = next(LISTS.glob("01_*.xlsx"))
    facts = [one for one, _ in read_rows(open_source(path, filename=path.name), mappings=None, today=DAY)]
    doors = [read_row_door(one, gazetteer=territory.gazetteer) for one in facts]
    made = rows_table([(at, one, door) for at, (one, door) in enumerate(zip(facts, doors, strict=True))])
    assert made.schema == SCHEMA
    assert made.column("id").to_pylist() == [one.identity or None for one in facts]
    assert made.column("phones").to_pylist() == [list(one.phones) for one in facts]
    places = sum(place is not None for place in made.column("place").to_pylist())
    assert places == sum(bool(door.compound_code) for door in doors)
    assert places > 200


PERSON = LedgerPerson(
    person_id="a",
    household_id="h",
    name="王伟",
    identities=(("resident_id", "999999199001011234"), ("passport_cn", "EZ9000001")),
    phones=("19900000001",),
    sex="1",
    birth_date=date(1990, 1, 1),
    door_key="X01|b5|u2|r301",
    compound_code="X01",
)
CHILD = LedgerPerson(person_id="b", household_id="h", name="王*", door_key="X01|g3|n12", compound_code="X01")
SHOP = LedgerPerson(person_id="c", name="SMITH JOHN", door_key="X01|b5|s12", compound_code="X01")


def test_people_of_the_ledger() -> None:
    one, child, shop = people_table([(1, PERSON, 1), (2, CHILD, 0), (3, SHOP, 0)]).to_pylist()
    assert (one["id"], one["id_valid"], one["place"], one["building"], one["unit"], one["room"]) == (
        "EZ9000001", False, "X01", "5", "2", "301",
    )  # fmt: skip
    assert (one["name_py"], one["birth"], one["home_phones"]) == ("wangwei", "19900101", ["19900000001"])
    assert child["name"] is None
    assert (child["building"], child["room"], child["home_phones"]) == ("g3", "12", ["19900000001"])
    assert child["home"] == one["home"]
    assert (shop["room"], shop["home"], shop["name_fz"]) == ("s12", None, None)
    assert len({one["twin_by_id"], child["twin_by_id"], shop["twin_by_id"]}) == 3


def test_the_document_that_is_compared() -> None:
    row = RowFacts(sheet="", data_row=1, sheet_row=1, identity="EZ9000001", identity_kind="passport_cn")
    assert document_for(row, PERSON) == 1
    other = RowFacts(sheet="", data_row=1, sheet_row=1, identity="EZ9000002", identity_kind="passport_cn")
    assert document_for(other, PERSON) == 1
    assert document_for(RowFacts(sheet="", data_row=1, sheet_row=1), PERSON) == 0

"""Bringing the dwelling and people ledgers in from tables, in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from lianfang.core.bulk import copy_rows
from lianfang.core.people.models import CareNeed, Dwelling, Person
from lianfang.core.people.registering import NewPerson, register_people
from lianfang.core.territory.importing import ensure_entrances
from lianfang.core.territory.models import Territory
from lianfang.kernel.doors import dwelling_key
from lianfang.kernel.doors_keys import split_key
from lianfang.kernel.identity import read_identity
from lianfang.kernel.uuid7 import uuid7


def door_short(key: str) -> str:
    """How people say a door: ``5-2-301`` for building 5, unit 2, room 301; ``5-115`` for house 115 of group 5."""
    pieces = split_key(key).pieces
    return "-".join(pieces[letter] for letter in "gbunrs" if letter in pieces)


def import_dwellings(rows: Sequence[Mapping[str, str]], *, areas: dict[str, Territory]) -> dict[str, Dwelling]:
    """Create dwellings; returns them by `dwelling_id` of the table.

    Columns: dwelling_id, community_code, grid_code, compound_code, building_code, building, unit, floor, room, kind,
    status, address. Rows whose door is already known are taken as that dwelling.
    """
    areas = areas | ensure_entrances(((row["building_code"], row["unit"]) for row in rows), areas=areas)
    known = {dwelling.door_key: dwelling for dwelling in Dwelling.objects.all()} if Dwelling.objects.exists() else {}
    found: dict[str, Dwelling] = {}
    fresh: list[Dwelling] = []
    for row in rows:
        key = (
            dwelling_key(
                compound_code=row["compound_code"],
                building=row["building"],
                unit=row["unit"],
                room=row["room"],
                kind=row["kind"],
            )
            or f"{row['community_code']}|d{row['dwelling_id']}"
        )
        dwelling = known.get(key)
        if dwelling is None:
            dwelling = known[key] = _dwelling(row, key, areas)
            fresh.append(dwelling)
        found[row["dwelling_id"]] = dwelling
    copy_rows(Dwelling, fresh)
    return found


def _dwelling(row: Mapping[str, str], key: str, areas: Mapping[str, Territory]) -> Dwelling:
    entrance = f"{row['building_code']}-U{row['unit']}"
    area = (
        areas.get(entrance)
        or areas.get(row["building_code"])
        or areas.get(row["grid_code"])
        or areas[row["community_code"]]
    )
    compound = areas.get(row["compound_code"])
    room = row["room"] + ("室" if row["room"].isdigit() else "")
    label = f"{compound.name if compound else ''}{row['building']}{row['unit']}{room}"
    return Dwelling(
        id=uuid7(),
        territory=area,
        path=area.path,
        compound=compound,
        door_key=key,
        door_short=door_short(key)[:40],
        label=label[:120],
        building=row["building"],
        unit=row["unit"],
        floor=row["floor"],
        room=row["room"],
        kind=row["kind"],
        status=row["status"],
    )


_SEX = {"男": "1", "女": "2"}


def import_people(
    rows: Sequence[Mapping[str, str]],
    *,
    dwellings: Mapping[str, Dwelling],
    now: datetime,
    path: str,
    compound_codes: dict[UUID, str],
) -> dict[str, Person]:
    """Create people with documents, telephones, residences and care needs; returns them by `person_id` of the table.

    Columns: person_id, household_id, name, sex, birth, id_type, id_no, phone, nationality, relation, residence,
    special_needs, dwelling_id. People of one household share it. `path` is for those without a dwelling.
    """
    today = now.date()
    new = [_new_person(row, dwellings, path, today) for row in rows]
    people = register_people(new, now=now, compound_codes=compound_codes)
    needs = [
        CareNeed(id=uuid7(), person=person, kind=kind[:30], starts_date=today)
        for row, person in zip(rows, people, strict=True)
        for kind in row["special_needs"].replace("；", ";").replace("、", ";").split(";")
        if kind
    ]
    copy_rows(CareNeed, needs)
    return {row["person_id"]: person for row, person in zip(rows, people, strict=True)}


def _new_person(row: Mapping[str, str], dwellings: Mapping[str, Dwelling], path: str, today: date) -> NewPerson:
    identities: tuple[tuple[str, str, bool], ...] = ()
    if row["id_no"]:
        identity = read_identity(row["id_no"], today=today, hint=row["id_type"])
        if identity.number:
            identities = ((identity.kind.value, identity.number, identity.valid),)
    return NewPerson(
        name=row["name"],
        path=path,
        dwelling=dwellings.get(row["dwelling_id"]),
        group=row["household_id"],
        sex=_SEX.get(row["sex"], ""),
        birth_date=date.fromisoformat(row["birth"]) if row["birth"] else None,
        nationality=row["nationality"] if row["nationality"] != "中国" else "",
        identities=identities,
        phones=(row["phone"],) if row["phone"] else (),
        relation=row["relation"],
        residence_kind=row["residence"],
    )

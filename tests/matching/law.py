"""What `features` must give, put together from the kernel one row at a time and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from lianfang.kernel.cells import clean_text
from lianfang.kernel.cellshapes import are_swapped
from lianfang.kernel.dates import read_date
from lianfang.kernel.doors import Gazetteer, door_key, read_row_door
from lianfang.kernel.doors_columns import settle_columns
from lianfang.kernel.identity import Identity, numbers_in, read_identity
from lianfang.kernel.name_cells import people_named, told_beside
from lianfang.kernel.names import Name, fuzzy_key, pinyin_full, read_pinyin_name, simplified
from lianfang.kernel.phones import read_phones
from lianfang.kernel.rowfacts import RowFacts
from lianfang.kernel.sexes import sex_of

Row = dict[str, Any]
CHECKED = ("resident_id", "hk_macao_residence", "taiwan_residence", "foreign_permanent")


def row_by_row(
    rows: list[Mapping[str, str | None]], *, today: date, gazetteer: Gazetteer, eaten: bool = False
) -> list[Row]:
    """The features of each row of raw cells."""
    return [
        {"key": number, **_row({k: v or "" for k, v in row.items()}, today=today, gazetteer=gazetteer, eaten=eaten)}
        for number, row in enumerate(rows, start=1)
    ]


def _row(raw: Mapping[str, str], *, today: date, gazetteer: Gazetteer, eaten: bool) -> Row:
    beside = told_beside(raw.get("name", ""))
    people = beside.people if beside else people_named(clean_text(raw.get("name", "")))
    number, phone = raw.get("id", ""), raw.get("phone", "")
    if are_swapped(number, phone):
        number, phone = phone, number
    if not number and beside:
        number = beside.identity
    if len(people) > 1 and len(dealt := numbers_in(number)) == len(people):
        number = dealt[0]
    identity = read_identity(number, today=today, hint=clean_text(raw.get("id_kind", "")))
    if eaten and "identity.maybe_rounded" in identity.warnings:
        identity = Identity(kind=identity.kind, problem="identity.digits_lost")
    return {
        **name_facts(people[0] if people else Name()),
        **_identity(identity),
        **_phones([phone, beside.phones if beside else ""]),
        "sex": sex_of(clean_text(raw.get("sex", ""))) or (identity.sex if identity.valid else "") or None,
        "birth": _birth(raw.get("birth_date", ""), identity, today),
        **_place(raw, gazetteer),
    }


def name_facts(name: Name) -> Row:
    """The columns of a name."""
    found: Row = dict.fromkeys(("name", "name_py", "name_fz", "name_mask"))
    found["surname_only"] = name.surname_only
    if name.masked and name.latin:
        found["name_mask"] = " ".join(re.findall(r"[A-Z*]+", name.masked.replace("'", "").upper())).replace("*", "_")
    elif name.masked:
        found["name_mask"] = simplified(name.masked).replace("·", "").replace("*", "_")
    elif name.latin:
        plain = name.text.replace("'", "")
        found["name"] = pinyin_full(plain).upper() or None
        found["name_py"] = "".join(read_pinyin_name(plain)[0]) if read_pinyin_name(plain) else None
    elif name.text:
        found["name"] = simplified(name.text).replace("·", "").replace(" ", "")
        found["name_py"] = pinyin_full(name.text).replace(" ", "")
        found["name_fz"] = fuzzy_key(name.text)
    return found


def _identity(identity: Identity) -> Row:
    return {
        "id": identity.number or None,
        "id_valid": identity.valid and identity.kind.value in CHECKED,
        "id_kind": identity.kind.value if identity.number or identity.masked else None,
        "id_mask": identity.masked.replace("*", "_") or None,
    }


def _phones(cells: list[str]) -> Row:
    read = [phone for cell in cells for phone in read_phones(cell).phones]
    complete = dict.fromkeys(phone.number for phone in read if phone.kind != "masked")
    masked = [phone.number.replace("*", "_") for phone in read if phone.kind == "masked"]
    return {"phones": list(complete), "phone_mask": masked[0] if masked else None}


def _birth(cell: str, identity: Identity, today: date) -> str | None:
    reading = read_date(cell, today=today)
    day = reading.at or reading.day or (identity.birth_date if identity.valid else None)
    if isinstance(day, datetime):
        day = day.date()
    return day.isoformat().replace("-", "") if day else None


def _place(raw: Mapping[str, str], gazetteer: Gazetteer) -> Row:
    cell = {field: clean_text(raw.get(field, "")) for field in ("address", "building", "unit", "room")}
    area = {field: clean_text(raw.get(field, "")) for field in ("community", "compound")}
    where = settle_columns(area, **cell)
    facts = RowFacts(sheet="", data_row=1, sheet_row=1, **where._asdict(), **area)
    return place_facts(facts, gazetteer)


def place_facts(facts: RowFacts, gazetteer: Gazetteer) -> Row:
    """The columns of the place a row names."""
    door = read_row_door(facts, gazetteer=gazetteer)
    shop = "s" if door.kind == "shop" else ""
    inner = (door.number or door.room) if shop else (door.room or door.number)
    return {
        "place": door.compound_code or None,
        "building": f"g{door.group}" if door.group else door.building or None,
        "unit": door.unit or None,
        "room": f"{shop}{inner}" if inner else None,
        "door": door_key(door) if door.precision == "door" else None,
        "outside": door.outside,
    }

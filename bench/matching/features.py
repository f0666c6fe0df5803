"""The normalised fields every method is given, peers included: `prepare` writes them beside the files of `generate`.

One row per person; the columns are those of `SCHEMA`. Read row by row with the product's own kernel functions, so it is
slow; that time is nobody's and is not counted.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow.parquet import ParquetWriter

from bench.matching.people import TODAY
from bench.matching.places import COUNTY
from lianfang.kernel.dates import read_date
from lianfang.kernel.doors import Door, Gazetteer, Place, door_key, dwelling_key, read_door, split_key
from lianfang.kernel.identity import Identity, read_identity
from lianfang.kernel.names import Name, fuzzy_key, pinyin_full, read_name, read_pinyin_name, simplified
from lianfang.kernel.phones import read_phones

_TEXT = pyarrow.string()
SCHEMA = pyarrow.schema(
    [
        ("key", pyarrow.int64()),
        *((name, _TEXT) for name in ("name", "name_py", "name_fz", "name_mask")),
        ("surname_only", pyarrow.bool_()),
        ("id", _TEXT),
        ("id_valid", pyarrow.bool_()),
        *((name, _TEXT) for name in ("id_kind", "id_mask")),
        ("phones", pyarrow.list_(_TEXT)),
        *((name, _TEXT) for name in ("phone_mask", "sex", "birth", "place", "building", "unit", "room", "door")),
        ("outside", pyarrow.bool_()),
    ]
)
_BATCH = 50_000
Line = list[str]
Fields = dict[str, Any]


def prepare(folder: Path, lists: Iterable[str] = ("list", "hard")) -> None:
    """Write ``ledger.features.parquet`` and the same for each list, from the .csv files in the folder."""
    gazetteer = Gazetteer(_places(folder / "ledger.csv"))
    _write(folder / "ledger.features.parquet", folder / "ledger.csv", _of_ledger)
    for name in lists:
        source = folder / f"{name}.csv"
        _write(folder / f"{name}.features.parquet", source, lambda line: _of_list(line, gazetteer))


def _write(target: Path, source: Path, read: Callable[[Line], Fields]) -> None:
    rows = ({"key": number, **read(line)} for number, line in enumerate(_lines(source), start=1))
    with ParquetWriter(target, SCHEMA) as writer:
        while batch := list(islice(rows, _BATCH)):
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=SCHEMA))


def _lines(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8-sig", newline="") as source:
        lines = csv.reader(source)
        next(lines)
        yield from lines


def _places(ledger: Path) -> Iterator[Place]:
    """The subdistricts, communities and compounds of the ledger: what the territory knows."""
    seen = dict.fromkeys((line[7], line[8], line[9]) for line in _lines(ledger))
    yield Place(code=COUNTY, name=COUNTY, level="county")
    for street in dict.fromkeys(street for street, _, _ in seen):
        yield Place(code=street, name=street, level="subdistrict", parent_code=COUNTY)
    for street, community in dict.fromkeys((street, community) for street, community, _ in seen):
        yield Place(code=f"{street}/{community}", name=community, level="community", parent_code=street)
    for street, community, compound in seen:
        parent = f"{street}/{community}"
        yield Place(code=f"{parent}/{compound}", name=compound, level="compound", parent_code=parent)


def _of_ledger(line: Line) -> Fields:
    _, name, sex, kind, number, born, phone, street, community, compound, building, unit, room, *_ = line
    place = f"{street}/{community}/{compound}"
    key = dwelling_key(compound_code=place, building=building, unit=unit, room=room)
    pieces = split_key(key).pieces
    return {
        **_person(name, sex, read_identity(number, today=TODAY, hint=kind), born),
        **_phones(phone),
        "place": place,
        "building": pieces.get("b") or pieces.get("g"),
        "unit": pieces.get("u"),
        "room": pieces.get("r") or pieces.get("n"),
        "door": key or None,
        "outside": False,
    }


def _of_list(line: Line, gazetteer: Gazetteer) -> Fields:
    _, name, sex, number, born, phone, address, _ = line
    door = read_door(address, gazetteer=gazetteer)
    return {
        **_person(name, sex, read_identity(number, today=TODAY), born),
        **_phones(phone),
        **_door(door),
    }


def _person(name: str, sex: str, identity: Identity, born: str) -> Fields:
    day = identity.birth_date if identity.valid and identity.birth_date else read_date(born, today=TODAY).day
    return {
        **_name(read_name(name)),
        "id": identity.number or None,
        "id_valid": identity.valid,
        "id_kind": str(identity.kind) if identity.number else None,
        "id_mask": identity.masked.replace("*", "_") or None,
        "sex": {"男": "1", "女": "2"}.get(sex) or identity.sex or None,
        "birth": f"{day:%Y%m%d}" if day else None,
    }


def _name(read: Name) -> Fields:
    if read.latin and read.text:
        family, given = (read_pinyin_name(read.text) or (("", ""),))[0]
        return {"name": read.text.upper(), "name_py": family + given or None, "surname_only": False}
    plain = simplified(read.text).replace("·", "")
    return {
        "name": plain or None,
        "name_py": pinyin_full(plain).replace(" ", "") or None,
        "name_fz": fuzzy_key(plain) or None,
        "name_mask": read.masked.replace("*", "_") or None,
        "surname_only": read.surname_only,
    }


def _phones(cell: str) -> Fields:
    found = read_phones(cell).phones
    masks = [phone.number.replace("*", "_") for phone in found if phone.kind == "masked"]
    return {
        "phones": [phone.number for phone in found if phone.kind != "masked"],
        "phone_mask": masks[0] if masks else None,
    }


def _door(door: Door) -> Fields:
    return {
        "place": door.compound_code or None,
        "building": door.building or door.group or None,
        "unit": door.unit or None,
        "room": door.room or door.number or None,
        "door": door_key(door) or None if door.precision == "door" else None,
        "outside": door.outside,
    }

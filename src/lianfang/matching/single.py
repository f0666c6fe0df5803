"""What one cell says, read by the kernel: the law of the fast paths, and the way of every cell that is not clean."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from lianfang.kernel.cells import clean_text
from lianfang.kernel.dates import read_date
from lianfang.kernel.doors import Door, Gazetteer, read_door, read_row_door
from lianfang.kernel.doors_columns import settle_columns
from lianfang.kernel.entries import Entry
from lianfang.kernel.identity import Identity, IdentityKind, read_identity
from lianfang.kernel.name_cells import people_named, told_beside
from lianfang.kernel.names import Name, fuzzy_key, pinyin_full, read_pinyin_name, simplified
from lianfang.kernel.phones import read_phones
from lianfang.kernel.rowfacts import RowFacts

CHECKED = frozenset(
    {
        IdentityKind.RESIDENT_ID,
        IdentityKind.HK_MACAO_RESIDENCE,
        IdentityKind.TAIWAN_RESIDENCE,
        IdentityKind.FOREIGN_PERMANENT,
    }
)
"""Documents whose number has a check digit: only of these does "two valid numbers that differ" mean two people."""
_NOBODY = Name()
_REMEMBERED = 1 << 14


class NameWords(NamedTuple):
    """The columns of a name; see `features.SCHEMA`."""

    name: str | None = None
    name_py: str | None = None
    name_fz: str | None = None
    name_mask: str | None = None
    surname_only: bool = False


class NameCell(NamedTuple):
    """Whom a name cell names, and what stood beside the name."""

    words: NameWords
    people: tuple[Name, ...]
    beside: Entry | None


class NumberWords(NamedTuple):
    """The columns of a document number, and what it tells of the person when it is valid."""

    id: str | None
    id_valid: bool
    id_kind: str | None
    id_mask: str | None
    sex: str
    birth: str


class PlaceCells(NamedTuple):
    """The cells that say where."""

    address: str = ""
    community: str = ""
    compound: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""


class PlaceWords(NamedTuple):
    """The columns of a place. Building and room come as a letter (``g`` group, ``s`` shop, or none) and a value; `door`
    are the pieces of the key behind the compound, None when the door is not certain."""

    place: str
    building: tuple[str, str]
    unit: str
    room: tuple[str, str]
    outside: bool
    door: tuple[tuple[str, str], ...] | None


@lru_cache(maxsize=_REMEMBERED)
def read_name_cell(cell: str) -> NameCell:
    """The first person a name cell names, and everybody else."""
    beside = told_beside(cell)
    people = beside.people if beside else people_named(clean_text(cell))
    return NameCell(words_of(people[0] if people else _NOBODY), people, beside)


def words_of(name: Name) -> NameWords:
    """A name in the forms in which names are compared."""
    if name.latin:
        return _latin_words(name)
    if name.masked:
        return NameWords(name_mask=simplified(name.masked).replace("·", "").replace("*", "_"))
    if not name.text:
        return NameWords()
    return NameWords(
        name=simplified(name.text).replace("·", "").replace(" ", ""),
        name_py=pinyin_full(name.text).replace(" ", ""),
        name_fz=fuzzy_key(name.text),
        surname_only=name.surname_only,
    )


def _latin_words(name: Name) -> NameWords:
    if name.masked:
        shown = re.sub(r"[^A-Z*]+", " ", name.masked.replace("'", "").upper()).strip()
        return NameWords(name_mask=shown.replace("*", "_"))
    plain = name.text.replace("'", "")
    orders = read_pinyin_name(plain)
    return NameWords(
        name=pinyin_full(plain).upper() or None,
        name_py="".join(orders[0]) if orders else None,
        surname_only=name.surname_only,
    )


def read_number_cell(cell: str, *, hint: str, today: date, eaten: bool) -> NumberWords:
    """A document number, complete or masked. `eaten`: the column holds numbers whose last digits are lost, so that one
    ending in 000 is not to be trusted."""
    identity = read_identity(cell, today=today, hint=clean_text(hint))
    if eaten and "identity.maybe_rounded" in identity.warnings:
        identity = Identity(kind=identity.kind, problem="identity.digits_lost")
    return number_words(identity)


def number_words(identity: Identity) -> NumberWords:
    """What was read of a document in the forms in which numbers are compared."""
    born = identity.birth_date if identity.valid else None
    return NumberWords(
        id=identity.number or None,
        id_valid=identity.valid and identity.kind in CHECKED,
        id_kind=identity.kind.value if identity.number or identity.masked else None,
        id_mask=identity.masked.replace("*", "_") or None,
        sex=identity.sex if identity.valid else "",
        birth=_written(born) if born else "",
    )


def read_phone_cell(cell: str) -> tuple[list[str], str | None]:
    """The complete numbers of a cell, and the first masked one with ``_`` for each hidden digit."""
    phones = read_phones(cell).phones
    masked = next((phone.number.replace("*", "_") for phone in phones if phone.kind == "masked"), None)
    return [phone.number for phone in phones if phone.kind != "masked"], masked


def read_day_cell(cell: str, *, today: date) -> str:
    """A day of birth as ``YYYYMMDD``; empty when there is none."""
    reading = read_date(cell, today=today)
    written = reading.at or reading.day
    if written is None:
        return ""
    day = written.date() if isinstance(written, datetime) else written
    return _written(day)


def _written(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def read_place_cells(cells: PlaceCells, *, gazetteer: Gazetteer) -> PlaceWords:
    """The place a row names by its cells."""
    if not any(cells[1:]):
        return place_words(read_door(cells.address, gazetteer=gazetteer))
    address, community, compound, building, unit, room = map(clean_text, cells)
    where = settle_columns(
        {"community": community, "compound": compound}, address=address, building=building, unit=unit, room=room
    )
    facts = RowFacts(
        sheet="",
        data_row=0,
        sheet_row=0,
        address=where.address,
        building=where.building,
        unit=where.unit,
        room=where.room,
        compound=compound,
        community=community,
    )
    return place_words(read_row_door(facts, gazetteer=gazetteer))


def place_words(door: Door) -> PlaceWords:
    """A door in the forms in which doors are compared."""
    shop = door.kind == "shop"
    room = ("s", door.number or door.room) if shop else ("", door.room or door.number)
    inner = ("s", door.number or door.room) if shop else ("n", door.number)
    pieces = (("g", door.group), ("b", door.building), ("u", door.unit), inner, ("r", "" if shop else door.room))
    return PlaceWords(
        place=door.compound_code,
        building=("g", door.group) if door.group else ("", door.building),
        unit=door.unit,
        room=room,
        outside=door.outside,
        door=tuple(piece for piece in pieces if piece[1]) if door.precision == "door" else None,
    )

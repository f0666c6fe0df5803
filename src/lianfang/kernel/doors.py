"""Reading a Chinese address down to the door, against the territory's own names.

望湖花苑5幢2单元301室, 5-2-301, 4#601, 后塘村5组115号, 云州市北岭区梅林街道夏晖小区20幢2单元602室 (outside): whatever
the spelling, one `Door` comes out, and `door_key` gives the key that the dwelling ledger has too. Whatever is not
certain lowers the `precision`; it never becomes a door.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from lianfang.kernel.cells import clean_text
from lianfang.kernel.doors_cell import address_in_cell
from lianfang.kernel.doors_front import Front, read_front
from lianfang.kernel.doors_keys import (
    DoorLikeness,
    build_key,
    compare_door_keys,
    dwelling_key,
    loose_keys,
    split_key,
)
from lianfang.kernel.doors_places import Gazetteer, Place
from lianfang.kernel.doors_tail import Tail, behind_a_name, prepare_tail, read_tail
from lianfang.kernel.rowfacts import RowFacts

__all__ = [
    "Door",
    "DoorContext",
    "DoorLikeness",
    "Gazetteer",
    "Place",
    "compare_door_keys",
    "door_key",
    "door_keys_loose",
    "dwelling_key",
    "read_door",
    "read_row_door",
    "split_key",
    "unknown_name",
]

Precision = Literal["door", "building", "compound", "community", "subdistrict", "outside", "none"]
Kind = Literal["flat", "tower", "village", "yard", "dormitory", "shop", ""]

_SPACED_NUMBERS = re.compile(r"(?<=[0-9A-Za-z#]) +(?=[0-9])")
_NOTHING = Tail()
_COMPOUND_NAME = re.compile(r"[一-龥]{3,12}(?<![路街巷弄号家处旁边面近])")
_TOWER_FLOOR = 8
"""From this storey up a flat is called a tower's: without a lift Chinese houses end at the seventh (GB 50096)."""


@dataclass(frozen=True, slots=True)
class DoorContext:
    """What is known about an address beside its text: a chat group is one compound's, a sheet one community's."""

    compound_code: str = ""
    community_code: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """A door as far as the text tells it. Codes are the gazetteer's; numbers are canonical (``5``, ``A``, ``301``)."""

    city: str = ""
    """Province, city and county as written, joined."""
    subdistrict: str = ""
    """Street, town or township as written."""
    community_code: str = ""
    compound_code: str = ""
    compound_candidates: tuple[str, ...] = ()
    """Codes between which the text does not decide; empty when `compound_code` is certain."""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    group: str = ""
    number: str = ""
    kind: Kind = ""
    outside: bool = False
    precision: Precision = "none"
    area_code: str = ""
    """The smallest place of the gazetteer that is certain: building or village group, compound, community."""
    community_differs: bool = False
    """The community written is not the one the compound lies in; the compound's name decides."""
    from_context: bool = False
    """The compound was not written and is the context's."""
    place_text: str = ""
    """A place name in the text that is none of ours."""


def read_door(text: str, *, gazetteer: Gazetteer, context: DoorContext | None = None) -> Door:
    """Read one address. Never raises; an empty or senseless text gives precision ``none``.

    The context's compound is used only when the text holds nothing but a door, its community only to decide between
    compounds of one name.
    """
    text = address_in_cell(clean_text(text).upper()).replace("\n", " ")
    text = _SPACED_NUMBERS.sub("-", text).replace(" ", "")
    if not text:
        return Door()
    front = read_front(text, gazetteer)
    if front.outside:
        tail = read_tail(behind_a_name(front.tail))
        return Door(
            city=front.city + front.county,
            subdistrict=front.subdistrict,
            building=tail.building,
            unit=tail.unit,
            floor=tail.floor,
            room=tail.room,
            group=tail.group,
            number=tail.number,
            kind="shop" if tail.shop else "",
            outside=True,
            precision="outside",
            place_text=front.place_text,
        )
    return _settle(front, gazetteer, context or DoorContext())


def unknown_name(text: str, *, gazetteer: Gazetteer) -> str:
    """The name in front of the door of an address that is none of ours yet: 锦锈江南3幢502 → 锦锈江南. Empty when the
    address names a place of ours or another territory, and for what is no name of a compound (roads, landmarks)."""
    text = address_in_cell(clean_text(text).upper()).replace("\n", "").replace(" ", "")
    front = read_front(text, gazetteer)
    if front.outside or front.compounds or front.candidates or not front.place_text:
        return ""
    door = behind_a_name(front.place_text)
    name = prepare_tail(front.place_text).removesuffix(door).rstrip("-第") if door else ""
    ours = gazetteer.hits(name) or any(gazetteer.codes_named(name, level) for level in ("compound", "community"))
    return name if not ours and _COMPOUND_NAME.fullmatch(name) and read_tail(door).has_place() else ""


def read_row_door(row: RowFacts, *, gazetteer: Gazetteer, context: DoorContext | None = None) -> Door:
    """The door a row of a list names: from its address, or from its columns where the sender split it.

    Columns are joined with the words a bare cell leaves out (``3#``, ``2``, ``402`` → 3#2单元402室). Community and
    compound of the row serve as the context where none is given.
    """
    context = context or _context_of(row, gazetteer)
    if not (row.building or row.unit or row.room):
        return read_door(row.address or f"{row.community}{row.compound}", gazetteer=gazetteer, context=context)
    front = row.compound or _without_pieces(row)
    pieces = [
        row.building + ("幢" if row.building.isalnum() and row.building.isascii() else ""),
        row.unit + ("单元" if row.unit.isalnum() and row.unit.isascii() else ""),
        row.room + ("室" if row.room.isalnum() and row.room.isascii() else ""),
    ]
    community = "" if row.community in front else row.community
    written = read_door(community + front + "".join(pieces), gazetteer=gazetteer, context=context)
    if not row.address or not front:
        return written
    whole = read_door(row.address, gazetteer=gazetteer, context=context)
    return whole if whole.outside or (whole.precision == "door" and written.precision != "door") else written


def _context_of(row: RowFacts, gazetteer: Gazetteer) -> DoorContext:
    if not (row.community or row.compound):
        return DoorContext()
    communities = gazetteer.codes_named(row.community, "community")
    compounds = gazetteer.codes_named(row.compound, "compound")
    if len(compounds) > 1:
        compounds = tuple(code for code in compounds if gazetteer.community_of(code) in communities)
    return DoorContext(
        compound_code=compounds[0] if len(compounds) == 1 else "",
        community_code=communities[0] if len(communities) == 1 else "",
    )


def door_key(door: Door) -> str:
    """The door's canonical key (see `doors_keys`); empty for an outside address or one without any known piece.

    Only a door of precision ``door`` has a key that can equal a dwelling's.
    """
    if door.outside or (door.place_text and not door.compound_code):
        return ""
    inner = ("s", door.number or door.room) if door.kind == "shop" else ("n", door.number)
    room = ("r", "" if door.kind == "shop" else door.room)
    pieces = (("g", door.group), ("b", door.building), ("u", door.unit), inner, room)
    return build_key(door.compound_code, pieces, candidates=door.compound_candidates)


def door_keys_loose(door: Door) -> frozenset[str]:
    """Keys under which the same door may be written elsewhere: without unit or group, per candidate compound."""
    return loose_keys(door_key(door))


def _settle(front: Front, gazetteer: Gazetteer, context: DoorContext) -> Door:
    compounds, from_context = front.compounds, False
    if not compounds and not front.candidates and not front.place_text and context.compound_code:
        community = gazetteer.community_of(context.compound_code)
        if not front.strange_community and front.communities in ((), (community,)):
            compounds, from_context = (context.compound_code,), True
    tail = _tail_in(front.tail, compounds or front.candidates, gazetteer)
    stated = front.communities or ((context.community_code,) if context.community_code else ())
    if len(compounds) > 1:
        compounds = _narrowed(compounds, tail, front, stated, gazetteer)
    if len(compounds) == 1:
        return _certain(front, compounds[0], tail, gazetteer, from_context=from_context)
    candidates = compounds or front.candidates
    inner = f"g{tail.group}" if tail.group else tail.building
    if not candidates and not front.place_text and inner:
        candidates = tuple(
            code
            for community in stated
            for code in gazetteer.compounds_in(community)
            if inner in gazetteer.buildings(code)
        )
    return _uncertain(front, candidates, tail, gazetteer)


def _tail_in(text: str, compounds: tuple[str, ...], gazetteer: Gazetteer) -> Tail:
    if not text:
        return _NOTHING
    named, written = gazetteer.named_building(compounds[0], text) if len(compounds) == 1 else ("", "")
    shapes = {gazetteer.shape(code) for code in compounds}
    tail = read_tail(text[len(written) :], shape=shapes.pop() if len(shapes) == 1 else "")
    if not named:
        return tail
    return Tail(building=named, unit=tail.unit, floor=tail.floor, room=tail.room or tail.number, rest=tail.rest)


def _narrowed(
    compounds: tuple[str, ...], tail: Tail, front: Front, stated: tuple[str, ...], gazetteer: Gazetteer
) -> tuple[str, ...]:
    """Compounds of one name: those in the community named, or else those that have the building."""
    if not front.strange_community:
        compounds = tuple(code for code in compounds if gazetteer.community_of(code) in stated) or compounds
    key = f"g{tail.group}" if tail.group else tail.building
    if len(compounds) > 1 and key:
        compounds = tuple(code for code in compounds if key in gazetteer.buildings(code)) or compounds
    return compounds


def _certain(front: Front, compound: str, tail: Tail, gazetteer: Gazetteer, *, from_context: bool) -> Door:
    community = gazetteer.community_of(compound)
    known = gazetteer.buildings(compound)
    own = known.get(f"g{tail.group}" if tail.group else tail.building, "")
    units = gazetteer.units(own) if own else frozenset()
    unit = next(iter(units)) if len(units) == 1 and not tail.unit else tail.unit
    precision: Precision = "compound"
    if tail.number or (tail.room and (tail.building or gazetteer.shape(compound) == "house")):
        precision = "door"
        if (tail.building or tail.group) and known and not own:
            precision = "compound"
        elif (
            tail.room and not tail.number and ((len(units) > 1 and not unit) or (units and unit and unit not in units))
        ):
            precision = "building"
    elif own or ((tail.building or tail.group) and not known):
        precision = "building"
    return Door(
        city=front.city + front.county,
        subdistrict=front.subdistrict,
        community_code=community,
        compound_code=compound,
        building=tail.building,
        unit=unit,
        floor=tail.floor,
        room=tail.room,
        group=tail.group,
        number=tail.number,
        kind=_kind(compound, tail, gazetteer),
        precision=precision,
        area_code=own or compound,
        community_differs=front.strange_community or bool(front.communities and community not in front.communities),
        from_context=from_context,
    )


def _uncertain(front: Front, candidates: tuple[str, ...], tail: Tail, gazetteer: Gazetteer) -> Door:
    community = front.communities[0] if len(front.communities) == 1 else ""
    precision: Precision = "community" if community else "subdistrict" if front.ours else "none"
    return Door(
        city=front.city + front.county,
        subdistrict=front.subdistrict,
        community_code=community,
        compound_candidates=candidates,
        building=tail.building,
        unit=tail.unit,
        floor=tail.floor,
        room=tail.room,
        group=tail.group,
        number=tail.number,
        kind="shop" if tail.shop else "",
        precision=precision,
        area_code=community,
        place_text=front.place_text,
    )


def _kind(compound: str, tail: Tail, gazetteer: Gazetteer) -> Kind:
    if tail.shop:
        return "shop"
    shape = gazetteer.shape(compound)
    if tail.group or shape == "village":
        return "village"
    place = gazetteer.place(compound)
    if place and "宿舍" in place.name:
        return "dormitory"
    if shape in ("yard", "house", "lane", "road"):
        return "yard"
    floor = tail.floor or (tail.room[:-2] if len(tail.room) > 2 else "")
    return "tower" if floor.isdecimal() and int(floor) >= _TOWER_FLOOR else "flat" if tail.has_place() else ""


def _without_pieces(row: RowFacts) -> str:
    """The address line up to where the building's cell was joined to it."""
    for piece in (row.building, row.unit, row.room):
        if piece and (at := row.address.find(piece)) > 0:
            return row.address[:at]
    return row.address

"""One line of address from the columns a sender cut it into."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

AREA_FIELDS: Final = ("province", "city", "county", "subdistrict", "community", "compound")
"""Address columns in descending order of area; building, unit and room follow them."""

_OWN_STREET: Final = re.compile(r"[一-鿿]{2,}(?:街道|镇|乡)")
_CODE: Final = re.compile(r"\d{4,}")


def building_of(text: str, *, unit: str, room: str) -> str:
    """``5``, ``5#``, ``A座`` → ``5幢``, ``5幢``, ``A幢``; ``5组`` stays. A bare number above a house number
    (``13号``) with no unit is a village group: ``5组``."""
    compact = text.replace(" ", "")
    bare = re.fullmatch(r"([A-Za-z]|\d{1,3}|[一二三四五六七八九十]{1,3})(?:#|幢|栋|座|号楼)?", compact)
    if not bare:
        return compact
    if compact == bare[1] and not unit and room.endswith("号"):
        return f"{bare[1]}组"
    return f"{bare[1].upper()}幢"


def unit_of(text: str) -> str:
    """``2`` → ``2单元``."""
    compact = text.replace(" ", "")
    return f"{compact}单元" if re.fullmatch(r"\d{1,2}|[A-Za-z]|[一二三四五六七八九十]{1,2}", compact) else compact


def room_of(text: str) -> str:
    """``402``, ``402室`` → ``402``; ``13号`` stays, for it is a house and not a room."""
    compact = text.replace(" ", "")
    return compact.removesuffix("室") if re.fullmatch(r"[A-Za-z]?\d{2,5}室", compact) else compact


class Columns(NamedTuple):
    """What the columns of one row say about the place, in the words `lianfang.kernel.rowfacts.RowFacts` keeps."""

    address: str
    building: str
    unit: str
    room: str


def settle_columns(parts: Mapping[str, str], *, address: str, building: str, unit: str, room: str) -> Columns:
    """Cleaned cells set right: the pieces of the door in their own words, and a line of address if none was given."""
    room = room_of(room)
    unit = unit_of(unit)
    building = building_of(building, unit=unit, room=room)
    door = bool(building or room)
    if not address and (door or parts.get("compound")):
        address = joined(parts, building=building, unit=unit, room=room)
    elif address and door and not re.search(r"\d", address):
        address = joined({"compound": address}, building=building, unit=unit, room=room)
    return Columns(address, building, unit, room)


def joined(parts: Mapping[str, str], *, building: str, unit: str, room: str) -> str:
    """Parts in descending order of area, each once; codes of areas are left out, and so is a street that a smaller part
    contradicts by naming its own."""
    line = ""
    for field in AREA_FIELDS:
        part = parts.get(field, "").replace(" ", "")
        if not part or _CODE.fullmatch(part):
            continue
        if _OWN_STREET.match(part) and field not in ("province", "city", "county", "subdistrict"):
            line = re.sub(r"[一-鿿]{2,}?(?:街道|镇|乡)$", "", line)
        line = part if line and part.startswith(line) else line + part
    doorplate = f"{room}室" if re.fullmatch(r"[A-Za-z]?\d{2,5}", room) else room
    return f"{line}{building}{unit}{doorplate}"

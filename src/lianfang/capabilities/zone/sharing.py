"""Who has which door (分包): doors shared evenly among helpers, each with doors that follow one another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

_PARTS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorToShare:
    """A door of the zone: where it stands and how many households live behind it (none: it is still somebody's)."""

    id: UUID
    path: str
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    households: int = 1


def walk_order(door: DoorToShare) -> tuple[object, ...]:
    """Sort key along the stairs: building, entrance, floor, room; door 2 before door 10."""
    return (door.path, *(_natural(part) for part in (door.building, door.unit, door.floor, door.room)), door.id)


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in _PARTS.split(text) if part)


def share(doors: Sequence[DoorToShare], helpers: Sequence[UUID]) -> dict[UUID, UUID]:
    """The helper of every door. Every door has exactly one; each helper's doors follow one another on the stairs.

    Where every door has one household, loads differ by at most one. A door with several is not divided, so loads may
    then differ by as many as live behind one door.
    """
    if not helpers:
        return {}
    ordered = sorted(doors, key=walk_order)
    total = sum(max(0, door.households) for door in ordered)
    # Where nobody lives anywhere, doors are counted instead.
    weights = [max(0, door.households) if total else 1 for door in ordered]
    total = total or len(ordered)
    found: dict[UUID, UUID] = {}
    before = 0
    for door, weight in zip(ordered, weights, strict=True):
        index = min(before * len(helpers) // total, len(helpers) - 1) if total else 0
        found[door.id] = helpers[index]
        before += weight
    return found

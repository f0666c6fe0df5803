"""Where a row's person is, as far as row and ledger tell: door, building, compound, community, or outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lianfang.core.bulk import AnyOf
from lianfang.core.lists.models import Placement
from lianfang.core.people.models import Dwelling
from lianfang.core.territory.gazetteer import Area, areas_by_code, current_gazetteer
from lianfang.core.territory.models import Level
from lianfang.kernel.doors import Door, DoorContext, door_key, door_keys_loose, read_row_door
from lianfang.kernel.rowfacts import RowFacts


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row points: how exactly, under which path, at which known dwelling."""

    placement: str
    path: str
    dwelling: Dwelling | None = None


class Placer:
    """Reads doors against the territory of `day` and finds dwellings, many rows at a time."""

    def __init__(self, *, day: date, home: str) -> None:
        self.home = home
        self.gazetteer = current_gazetteer(day=day)
        self.areas = areas_by_code(day=day)
        self.one_grid = _compounds_in_one_grid(self.areas.values())
        self._dwellings: dict[str, list[Dwelling]] = {}

    def read(self, row: RowFacts, *, context: DoorContext | None = None) -> Door:
        """The door the row names."""
        return read_row_door(row, gazetteer=self.gazetteer, context=context)

    def load_dwellings(self, doors: Iterable[Door]) -> None:
        """Fetch the dwellings these doors may mean; one query."""
        keys: set[str] = set()
        for door in doors:
            if door.precision == "door":
                keys |= {door_key(door), *door_keys_loose(door)}
        keys = {key for key in keys - self._dwellings.keys() if key}
        found: dict[str, list[Dwelling]] = {key: [] for key in keys}
        for dwelling in Dwelling.objects.filter(AnyOf("door_key", keys)):
            found[dwelling.door_key].append(dwelling)
        self._dwellings.update(found)

    def homes(self, door: Door) -> list[UUID]:
        """Known dwellings the door may mean, exactly written or looser."""
        if door.precision != "door":
            return []
        keys = (door_key(door), *door_keys_loose(door))
        return [dwelling.id for key in keys for dwelling in self._dwellings.get(key, ())]

    def dwelling(self, door: Door) -> Dwelling | None:
        """The one dwelling the door means, if it is known and certain."""
        if door.precision != "door":
            return None
        exact = self._dwellings.get(door_key(door), [])
        if exact:
            return exact[0]
        loose = {d.id: d for key in door_keys_loose(door) for d in self._dwellings.get(key, [])}
        return next(iter(loose.values())) if len(loose) == 1 else None

    def place(self, door: Door) -> Place:
        """Where the door lies, down to the smallest area that is certain."""
        if door.outside:
            return Place(Placement.OUTSIDE, self.home)
        dwelling = self.dwelling(door)
        if dwelling is not None:
            return Place(Placement.DOOR, dwelling.path, dwelling)
        area = self.areas.get(door.area_code)
        if area is not None and area.level in (Level.BUILDING, Level.GRID):
            return Place(Placement.BUILDING, area.path)
        compound = self.areas.get(door.compound_code)
        if compound is not None:
            return Place(Placement.COMPOUND, self.one_grid.get(compound.code, compound.path))
        community = self.areas.get(door.community_code)
        if community is not None:
            return Place(Placement.COMMUNITY, community.path)
        return Place(Placement.UNPLACED, self.home)


def _compounds_in_one_grid(areas: Iterable[Area]) -> dict[str, str]:
    """Compounds whose buildings all lie in one grid, with that grid's path: work for them can go to its grid worker."""
    grids: dict[str, set[str]] = defaultdict(set)
    for area in areas:
        if area.level == Level.BUILDING and area.compound_code:
            grids[area.compound_code].add(area.path[:-4])
    return {code: next(iter(paths)) for code, paths in grids.items() if len(paths) == 1}

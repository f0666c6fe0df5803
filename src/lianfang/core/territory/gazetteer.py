"""The territory's own place names, ready for reading addresses; rebuilt when an area changes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from time import monotonic
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Max

from lianfang.core.territory.models import LearnedAlias, Level, Territory
from lianfang.kernel.doors import Gazetteer, Place

LOOK_AGAIN_SECONDS = 5.0
"""How long another process's change of an area may go unnoticed."""


class Area(NamedTuple):
    """What reading addresses needs to know of an area: a county has sixty thousand, too many for model instances."""

    id: UUID
    code: str
    name: str
    level: str
    path: str
    aliases: list[str]
    parent_code: str
    compound_code: str


class _Memory:
    state: tuple[object, ...] = ()
    looked: float = float("-inf")
    names: tuple[Gazetteer, dict[str, Area]] | None = None


def current_gazetteer(*, day: date) -> Gazetteer:
    """Names of all areas in force on `day`; kept in memory until an area is added or changed (looked for
    every `LOOK_AGAIN_SECONDS`)."""
    return _load(day)[0]


def areas_by_code(*, day: date) -> dict[str, Area]:
    """Areas in force on `day` by code (entrances and gates left out)."""
    return _load(day)[1]


def _load(day: date) -> tuple[Gazetteer, dict[str, Area]]:
    if _Memory.names and _Memory.state[0] == day and monotonic() - _Memory.looked < LOOK_AGAIN_SECONDS:
        return _Memory.names
    named = Territory.objects.exclude(level__in=[Level.ENTRANCE, Level.GATE])
    changes = (rows.aggregate(Count("id"), Max("changed_at")) for rows in (named, LearnedAlias.objects))
    state = (day, *(value for change in changes for value in change.values()))
    _Memory.looked = monotonic()
    if _Memory.names is None or _Memory.state != state:
        rows = named.in_force(day).values_list(*_COLUMNS)
        areas = {row[1]: Area._make((*row[:6], row[6] or "", row[7] or "")) for row in rows}
        _Memory.names, _Memory.state = (build_gazetteer(areas, day=day), areas), state
    return _Memory.names


_COLUMNS = ("id", "code", "name", "level", "path", "aliases", "parent__code", "compound__code")


def forget() -> None:
    """Drop the names kept in memory; called after an area was added or changed in this process."""
    _Memory.names = None


def build_gazetteer(areas: dict[str, Area], *, day: date) -> Gazetteer:
    """A gazetteer of these areas and the entrances of their buildings.

    A building is filed under its compound, where addresses name it; an area that was merged into another lives on as
    that area's alias. Aliases learned from corrections count like others.
    """
    former: dict[UUID | None, list[str]] = defaultdict(list)
    for successor_id, name in Territory.objects.exclude(successor=None).values_list("successor_id", "name"):
        former[successor_id].append(name)
    learned: dict[UUID, list[str]] = defaultdict(list)
    own = {name for area in areas.values() for name in (area.name, *area.aliases)}
    used = LearnedAlias.objects.filter(standing=LearnedAlias.Standing.USED)
    for area_id, name in used.values_list("territory_id", "name"):
        if name not in own:  # an area that came later has the name by right
            learned[area_id].append(name)
    places = [
        Place(
            code=area.code,
            name=area.name,
            level=area.level,
            parent_code=area.compound_code or area.parent_code,
            aliases=(*area.aliases, *former[area.id], *learned[area.id]),
        )
        for area in areas.values()
    ]
    entrances = Territory.objects.in_force(day).filter(level=Level.ENTRANCE)
    places += [
        Place(code=code, name=name, level="unit", parent_code=building)
        for code, name, building in entrances.values_list("code", "name", "parent__code")
    ]
    home = [area.name for area in areas.values() if area.level in (Level.COUNTY, Level.SUBDISTRICT)]
    return Gazetteer(places, home_names=home)

"""The household register as the worker walks it: doors by building, who lives there, when it was last checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import CareNeed, Dwelling, Household, Person
from lianfang.core.territory.models import Level, Territory
from lianfang.core.work.models import WorkItem
from lianfang.field.doors import door_order, door_title
from lianfang.kernel.masking import mask_name

ENTRANCES = 12
"""Entrances (or areas without entrances) on one page."""

STALE_DAYS = 30
"""A door not knocked on for so long is marked (house choice)."""


@dataclass(frozen=True, slots=True)
class Door:
    """A door in the overview."""

    id: UUID
    room: str
    people: int
    stale: bool


@dataclass(slots=True)
class Building:
    """A building (or a grid without buildings) with its doors in the order of the stairs."""

    name: str
    doors: list[Door] = field(default_factory=list)


def buildings_after(actor: User, *, cursor: str, now: datetime) -> tuple[list[Building], str]:
    """Doors of the next `ENTRANCES` areas behind the path `cursor`, by building, and the next cursor; 3 queries."""
    scopes = Q()
    for scope in actor.authority.scopes("people.read"):
        scopes |= Q(path__startswith=scope)
    if not scopes:
        return [], ""
    with_doors = Territory.objects.filter(scopes, Exists(Dwelling.objects.filter(territory=OuterRef("pk"))))
    areas = list(
        with_doors.filter(path__gt=cursor).select_related("compound", "parent").order_by("path")[: ENTRANCES + 1]
    )
    more = len(areas) > ENTRANCES
    areas = areas[:ENTRANCES]
    found: dict[str, Building] = {}
    home = {area.id: found.setdefault(name, Building(name=name)) for area in areas if (name := _building_name(area))}
    dwellings = list(Dwelling.objects.visible_to(actor).filter(territory__in=areas))
    living = _people_at(dwellings)
    for dwelling in sorted(dwellings, key=lambda dwelling: door_order(door_title(dwelling))):
        home[dwelling.territory_id].doors.append(
            Door(
                id=dwelling.id,
                room=_short(dwelling),
                people=living.get(dwelling.id, 0),
                stale=dwelling.checked_at is None or dwelling.checked_at < now - timedelta(days=STALE_DAYS),
            )
        )
    return list(found.values()), areas[-1].path if more else ""


def _building_name(area: Territory) -> str:
    """The building an entrance belongs to, with its compound; the area itself where there are no entrances."""
    house = area.parent if area.level == Level.ENTRANCE and area.parent else area
    inside = house.level in (Level.BUILDING, Level.ENTRANCE)
    return f"{area.compound.name} {house.name}" if inside and area.compound else house.name


def _short(dwelling: Dwelling) -> str:
    """What stands on the door within its building: ``2-301``."""
    unit = dwelling.unit.removesuffix("单元")
    return f"{unit}-{dwelling.room}" if unit and dwelling.room else dwelling.room or door_title(dwelling)


def _people_at(dwellings: Sequence[Dwelling]) -> dict[UUID, int]:
    rows = Person.objects.current().filter(dwelling__in=dwellings).values_list("dwelling_id").annotate(n=Count("id"))
    return {dwelling_id: n for dwelling_id, n in rows if dwelling_id is not None}


@dataclass(frozen=True, slots=True)
class Resident:
    """Someone who lives at a door; `name` masked unless the register was opened."""

    id: UUID
    name: str
    relation: str
    kind: str
    needs: tuple[str, ...]
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """A past door-knock."""

    at: datetime
    by: str
    changed: bool
    note: str


def people_at(dwelling: Dwelling) -> list[Person]:
    """Who lives at the door now, household by household."""
    people = Person.objects.current().filter(dwelling=dwelling)
    return list(people.prefetch_related("telephones", "residences").order_by("household_id", "id"))


def residents_of(people: Sequence[Person], *, now: datetime, in_full: bool) -> list[list[Resident]]:
    """The people as households; telephones and whole names only `in_full`."""
    needs = _needs([person.id for person in people], now)
    homes: dict[UUID, list[Resident]] = {}
    for person in people:
        open_residence = [residence for residence in person.residences.all() if residence.ends_date is None]
        telephones = sorted(person.telephones.all(), key=lambda row: row.rank) if in_full else []
        homes.setdefault(person.household_id, []).append(
            Resident(
                id=person.id,
                name=person.name if in_full else mask_name(person.name),
                relation=person.relation,
                kind=open_residence[0].kind if open_residence else "",
                needs=tuple(needs.get(person.id, ())),
                phones=tuple(telephone.number for telephone in telephones),
            )
        )
    return list(homes.values())


def _needs(person_ids: Sequence[UUID], now: datetime) -> dict[UUID, list[str]]:
    today = timezone.localdate(now)
    rows = CareNeed.objects.filter(person__in=person_ids, starts_date__lte=today)
    found: dict[UUID, list[str]] = defaultdict(list)
    for need in rows.filter(Q(ends_date=None) | Q(ends_date__gt=today)).order_by("kind"):
        found[need.person_id].append(need.kind)
    return found


def visits_of(dwelling: Dwelling, *, last: int = 3) -> list[Visit]:
    """The last door-knocks, newest first; two queries."""
    seen = Observation.objects.filter(dwelling_id=dwelling.id, kind="registry.visit").order_by("-occurred_at")
    rows = list(seen[:last])
    names = dict(User.objects.filter(id__in={row.recorded_by_id for row in rows}).values_list("id", "display_name"))
    return [
        Visit(
            at=row.occurred_at,
            by=names.get(row.recorded_by_id, ""),
            changed=bool(row.facts.get("moved_out") or row.facts.get("newcomers")),
            note=str(row.facts.get("note", "")),
        )
        for row in rows
    ]


def open_work_at(actor: User, dwelling: Dwelling) -> list[WorkItem]:
    """Open work at the door that the actor may see."""
    here = Household.objects.filter(dwelling=dwelling)
    return list(WorkItem.objects.visible_to(actor).checks().open().filter(household__in=here).order_by("due_at"))

"""Who has which door of a zone, and what was ticked at it today: for the desk, and for a helper's phone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.zone.contracts import DoorContract, ZoneHelper
from lianfang.capabilities.zone.door_actions import DOOR_CHECK, TICKS
from lianfang.capabilities.zone.models import Zone
from lianfang.core.access.models import User
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.metrics.registry import At
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import Dwelling, Person

_KEPT_SECONDS = 15

DOORS = 60
"""Doors on one page."""

TICK_WORDS: Mapping[str, str | Promise] = {
    "route": _("Route guided"),
    "knock": _("Door knocked"),
    "supply": _("Supplies seen to"),
}
"""The three of "1+3" beside the contract itself."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One of the three at a door today."""

    what: str
    label: str | Promise
    at: datetime | None


@dataclass(frozen=True, slots=True)
class DoorLine:
    """A door with its helper, who lives there, and what was ticked today. `watched`: somebody is under measures."""

    contract: DoorContract
    dwelling: Dwelling
    helper: ZoneHelper
    people: int
    watched: int
    ticks: tuple[Tick, ...]

    @property
    def done(self) -> bool:
        """Whether all three are ticked."""
        return all(tick.at for tick in self.ticks)


@dataclass(frozen=True, slots=True)
class HelperLine:
    """A helper with the load of doors and households."""

    helper: ZoneHelper
    doors: int
    households: int
    done: int


def helpers_of(zone: Zone, *, now: datetime) -> list[HelperLine]:
    """Helpers who have not left, with how many doors they have and how many were seen to today; three queries."""
    helpers = list(zone.helpers.filter(left_at=None).select_related("user").order_by("named_at", "id"))
    doors = dict(zone.contracts.order_by().values_list("helper").annotate(n=Count("id")))
    lived_in = Q(dwelling__households__people__merged_into=None, dwelling__households__people__isnull=False)
    homes = dict(
        zone.contracts.order_by()
        .values_list("helper")
        .annotate(n=Count("dwelling__households", filter=lived_in, distinct=True))
    )
    knocked = _ticked(zone, None, now=now)
    seen: dict[UUID, int] = defaultdict(int)
    if knocked:
        whose = zone.contracts.filter(dwelling_id__in=list(knocked)).values_list("dwelling_id", "helper_id")
        for dwelling_id, helper_id in whose:
            seen[helper_id] += set(TICKS) <= knocked[dwelling_id].keys()
    return [HelperLine(one, doors.get(one.id, 0), homes.get(one.id, 0), seen[one.id]) for one in helpers]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which doors of a zone to show."""

    helper: UUID | None = None
    text: str = ""
    left: bool = False


def contracts_of(actor: User, zone: Zone, wanted: Wanted, *, now: datetime) -> QuerySet[DoorContract]:
    """Doors in walking order: of one helper, by a piece of the address, only those not seen to today."""
    rows = DoorContract.objects.visible_to(actor).filter(zone=zone).select_related("dwelling", "helper__user")
    if wanted.helper is not None:
        rows = rows.filter(helper_id=wanted.helper)
    if wanted.text:
        rows = rows.filter(Q(dwelling__label__icontains=wanted.text) | Q(dwelling__door_short__startswith=wanted.text))
    if wanted.left:
        done = [door for door, ticks in _ticked(zone, None, now=now).items() if set(TICKS) <= ticks.keys()]
        rows = rows.exclude(dwelling_id__in=done)
    return rows.order_by("position", "id")


def lines_of(actor: User, zone: Zone, contracts: Iterable[DoorContract], *, now: datetime) -> list[DoorLine]:
    """The doors as lines; three queries."""
    found = list(contracts)
    doors = [one.dwelling_id for one in found]
    living = Person.objects.visible_to(actor).current().filter(dwelling_id__in=doors).order_by()
    people = dict(living.values_list("dwelling_id").annotate(n=Count("id")))
    watched = dict(
        ControlMeasure.objects.visible_to(actor)
        .in_force(now)
        .filter(dwelling_id__in=doors)
        .order_by()
        .values_list("dwelling_id")
        .annotate(n=Count("person", distinct=True))
    )
    ticked = _ticked(zone, doors, now=now)
    return [
        DoorLine(
            contract=one,
            dwelling=one.dwelling,
            helper=one.helper,
            people=people.get(one.dwelling_id, 0),
            watched=watched.get(one.dwelling_id, 0),
            ticks=tuple(Tick(what, TICK_WORDS[what], ticked[one.dwelling_id].get(what)) for what in TICKS),
        )
        for one in found
    ]


def _ticked(zone: Zone, doors: list[UUID] | None, *, now: datetime) -> dict[UUID, dict[str, datetime]]:
    """What was ticked today by door: the last time of each. The zone was read on the road."""
    seen = Observation.objects.in_scopes((zone.path[:12] or zone.path,)).filter(
        kind=DOOR_CHECK, recorded_at__gte=At(now).starts_at, facts__zone=str(zone.id)
    )
    if doors is not None:
        seen = seen.filter(dwelling_id__in=doors)
    found: dict[UUID, dict[str, datetime]] = defaultdict(dict)
    for door, facts, at in seen.order_by("occurred_at").values_list("dwelling_id", "facts", "occurred_at"):
        if door is not None:
            found[door][str(facts.get("what"))] = at
    return found


def open_phones(actor: User, zone: Zone, *, now: datetime) -> dict[UUID, str]:
    """Telephones of the helpers; the look is written down."""
    note = journal.Note(
        kind=AuditEntry.Kind.LOOK,
        code="zone.open_phones",
        path=zone.path,
        subject_kind="zone",
        subject_id=zone.id,
        facts={},
    )
    journal.write([note], actor_id=actor.id, at=now, now=now)
    return {one.id: one.phone for one in zone.helpers.filter(left_at=None)}


# ---------------------------------------------------------------- the helper's own list


@dataclass(frozen=True, slots=True)
class MyZone:
    """A zone in which the viewer has doors."""

    zone: Zone
    lines: list[DoorLine]

    @property
    def left(self) -> int:
        """Doors not seen to today."""
        return sum(not line.done for line in self.lines)


def my_zones(actor: User, *, now: datetime) -> list[MyZone]:
    """Zones in force in which the viewer is a helper, each with their doors in walking order."""
    mine = ZoneHelper.objects.filter(user=actor, left_at=None).values_list("id", "zone_id")
    helper_by_zone = {zone_id: helper_id for helper_id, zone_id in mine}
    running = Zone.objects.visible_to(actor).in_force(now).filter(id__in=list(helper_by_zone)).order_by("starts_at")
    return [
        MyZone(
            zone,
            lines_of(actor, zone, contracts_of(actor, zone, Wanted(helper=helper_by_zone[zone.id]), now=now), now=now),
        )
        for zone in running
    ]


def any_in_force(_actor: User) -> bool:
    """Whether any zone is in force; decides whether the phone shows its tab. Asked once in a quarter of a minute."""
    found = cache.get_or_set("zones.any", lambda: (Zone.objects.in_force(timezone.now()).exists(),), _KEPT_SECONDS)
    return bool(found and found[0])

"""Finding a zone for an action, and who and what is inside it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.zone.models import Zone, ZoneArea, inside
from lianfang.capabilities.zone.rules import Course, Gap, Round, missing
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.people.models import Dwelling
from lianfang.core.territory.models import Territory

NOT_IN_FORCE = refusal("zone.not_in_force", _("This zone is not in force: it waits for an order, or was lifted."))

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Characters of codes that are read aloud and typed: none looks like another."""


def new_code(length: int) -> str:
    """A code nobody can guess."""
    return "".join(secrets.choice(_ALPHABET) for _each in range(length))


def zone_for(command: Command, permission: str, *, zone_id: UUID) -> Zone:
    """The zone, locked. Asks for `permission` at the whole of it. Raises `NotFound` elsewhere."""
    scopes = command.require_somewhere(permission)
    found = Zone.objects.in_scopes(scopes).filter(id=zone_id).select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound("zone")
    command.require(permission, path=found.path)
    return found


def running(zone: Zone, *, at: datetime) -> Zone:
    """The zone if it is ordered and not lifted. Raises `Refusal`."""
    if zone.approved_at is None or zone.lifted_at is not None:
        raise Refusal("zone.not_in_force")
    return zone


def areas_of(zone: Zone) -> list[Territory]:
    """The places it covers, in the order of their paths."""
    rows = ZoneArea.objects.filter(zone=zone).select_related("territory").order_by("path")
    return [row.territory for row in rows]


def dwellings_in(areas: Sequence[Territory]) -> QuerySet[Dwelling]:
    """Every door of these places."""
    return Dwelling.objects.filter(inside(list(areas)))


def course_of(zone: Zone) -> Course:
    """How it has gone so far, for the rules."""
    return Course(
        starts_date=timezone.localdate(zone.starts_at),
        last_case_date=zone.last_case_date,
        lowered_date=zone.lowered_date,
    )


def rounds_of(zone: Zone) -> list[Round]:
    """Its screenings, for the rules."""
    rows = zone.rounds.order_by("done_date")
    return [
        Round(done_date=row.done_date, due=row.due, sampled=row.sampled, positives=row.positives, pending=row.pending)
        for row in rows
    ]


def gaps_of(zone: Zone, *, at: datetime) -> tuple[Gap, ...]:
    """What its edition still asks for before it may come down."""
    return missing(zone.rules, course_of(zone), rounds=rounds_of(zone), today=timezone.localdate(at))


def common_path(paths: Sequence[str], *, step: int) -> str:
    """The path of the smallest area around all of `paths`."""
    first, last = min(paths), max(paths)
    length = 0
    while length < min(len(first), len(last)) and first[length : length + step] == last[length : length + step]:
        length += step
    return first[:length]


def overlapping(areas: Sequence[Territory], *, at: datetime) -> QuerySet[Zone]:
    """Zones in force that already cover one of these very places."""
    covered = ZoneArea.objects.filter(territory__in=list(areas)).values("zone")
    return Zone.objects.in_force(at).filter(Q(id__in=covered))


def shut_in_places(at: datetime) -> list[UUID]:
    """The places whose residents may not leave their dwellings at `at`, by the rules each zone keeps."""
    staying = [zone.id for zone in Zone.objects.in_force(at) if zone.rules.conduct == "stay_in_dwelling"]
    return list(ZoneArea.objects.filter(zone__in=staying).order_by("path").values_list("territory_id", flat=True))

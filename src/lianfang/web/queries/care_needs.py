"""The care list: who has special needs, when they were last called, whose call was missed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from lianfang.capabilities.errands.care.needs import Cared, cared_for
from lianfang.capabilities.zone.finding import shut_in_places
from lianfang.core.access.models import User
from lianfang.core.bulk import AnyOf
from lianfang.core.people.models import Person, PersonQuerySet
from lianfang.core.work.models import ContactAttempt, Matter, WorkItem
from lianfang.core.work.outcomes import CallResult
from lianfang.kernel.masking import mask_name

MOST_SHOWN = 300
MISSED, TODAY, LATER = "missed", "today", "later"


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody on the care list, masked."""

    id: UUID
    name: str
    door: str
    kinds: tuple[str, ...]
    shut_in: bool
    days: int
    reached_at: datetime | None
    next_date: date
    standing: str
    item_id: UUID | None
    caller: str


@dataclass(frozen=True, slots=True)
class CareList:
    """The lines, those missed first; how many people there are by kind of need, and how many are missed."""

    lines: list[Line]
    kinds: list[tuple[str, int]]
    people: int
    missed: int


def people_of(actor: User, area: str) -> PersonQuerySet:
    """People of the area whom the viewer may see and takes requests for."""
    people = Person.objects.visible_to(actor).in_scopes(actor.authority.scopes("errands.take")).current()
    return people.under(area) if area else people


def list_of(actor: User, *, area: str, kind: str, now: datetime) -> CareList:
    """The care list of an area; the same number of queries for any number of people."""
    everyone = cared_for(people_of(actor, area), now=now, locked=shut_in_places(now))
    kinds = Counter(one for cared in everyone for one in cared.kinds)
    chosen = [cared for cared in everyone if not kind or kind in cared.kinds]
    calls = _open_calls(actor, [cared.household_id for cared in chosen])
    today = timezone.localdate(now)

    def standing(cared: Cared) -> str:
        item = calls.get(cared.household_id)
        if item is not None:
            return MISSED if item["due_at"] < now else TODAY
        return TODAY if cared.next_date <= today else LATER

    order = {MISSED: 0, TODAY: 1, LATER: 2}
    chosen.sort(key=lambda cared: (order[standing(cared)], cared.next_date, cared.path, str(cared.person_id)))
    shown = chosen[:MOST_SHOWN]
    lines = _lines(actor, shown, calls, {cared.person_id: standing(cared) for cared in shown})
    missed = sum(standing(cared) == MISSED for cared in chosen)
    return CareList(lines, kinds.most_common(), len(chosen), missed)


def _open_calls(actor: User, households: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """The oldest care call of each household that nobody has made yet."""
    found: dict[UUID, dict[str, Any]] = {}
    items = WorkItem.objects.visible_to(actor).open().filter(AnyOf("household_id", households), matter=Matter.CALL)
    columns = ("id", "household_id", "due_at", "assignee__display_name")
    for item in items.order_by("due_at", "id").values(*columns):
        found.setdefault(item["household_id"], item)
    return found


def _lines(actor: User, shown: list[Cared], calls: dict[UUID, dict[str, Any]], standing: dict[UUID, str]) -> list[Line]:
    people = Person.objects.visible_to(actor).filter(AnyOf("id", [cared.person_id for cared in shown]))
    known = {row[0]: row[1:] for row in people.values_list("id", "name", "dwelling__label")}
    reached = ContactAttempt.objects.filter(
        AnyOf("household_id", [cared.household_id for cared in shown]), result=CallResult.REACHED
    )
    last = dict(reached.values_list("household_id").annotate(at=Max("occurred_at")).order_by())
    lines = []
    for cared in shown:
        name, door = known.get(cared.person_id, ("", ""))
        call = calls.get(cared.household_id, {})
        lines.append(
            Line(
                id=cared.person_id,
                name=mask_name(name),
                door=door or "",
                kinds=tuple(cared.kinds),
                shut_in=cared.shut_in,
                days=cared.days,
                reached_at=last.get(cared.household_id),
                next_date=cared.next_date,
                standing=standing[cared.person_id],
                item_id=call.get("id"),
                caller=call.get("assignee__display_name") or "",
            )
        )
    return lines

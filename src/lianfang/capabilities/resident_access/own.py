"""What somebody reads about themselves on their own page: their measures, duties, appeals, requests, and who acts.

No row of anybody else is read here, and nothing that could name another person: a fact's evidence stays with the staff.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from lianfang.capabilities.resident_access.models import ResidentSession
from lianfang.capabilities.resident_access.proxies import Proxy
from lianfang.capabilities.resident_access.requests import DataRequest
from lianfang.core.access.models import Answerer, Responsibility
from lianfang.core.measures.duties import Duty, DutyState
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.measures.standing import Appeal
from lianfang.core.people.models import Person

SHOWN_AFTER_DAYS = 14
"""How long a measure that is over stays on the page, with its notice (house choice)."""


def person_of(stay: ResidentSession, whose: UUID, *, at: datetime) -> Person | None:
    """The person whose page it is: whoever came in, or somebody they act for at this moment."""
    if whose == stay.person_id:
        return stay.person
    acting = Proxy.objects.in_force(at).by(stay.person_id).on_behalf_of(whose)
    if not acting.exists():
        return None
    return Person.objects.current().select_related("dwelling").filter(id=whose).first()


def measures_of(person_id: UUID, *, at: datetime) -> list[ControlMeasure]:
    """Approved measures that stand, are to come, or were over lately; the earliest first."""
    lately = at - timedelta(days=SHOWN_AFTER_DAYS)
    approved = ControlMeasure.objects.filter(person_id=person_id, approved_at__isnull=False)
    shown = approved.filter(Q(released_at=None) | Q(released_at__gt=lately))
    return list(shown.select_related("basis").order_by("starts_at", "stage", "id"))


def measure_of(person_id: UUID, measure_id: UUID) -> ControlMeasure | None:
    """One approved measure of this person."""
    approved = ControlMeasure.objects.filter(person_id=person_id, approved_at__isnull=False)
    return approved.select_related("basis", "person").filter(id=measure_id).first()


def duties_of(person_id: UUID, day: date) -> list[Duty]:
    """What a day asks of this person, in the order it is due."""
    asked = Duty.objects.on(day).filter(person_id=person_id).exclude(state=DutyState.VOID)
    return list(asked.order_by("due_at", "kind"))


def duty_of(person_id: UUID, duty_id: UUID) -> Duty | None:
    """One duty of this person."""
    return Duty.objects.filter(person_id=person_id, id=duty_id).first()


def appeals_against(measures: Iterable[ControlMeasure]) -> dict[UUID, Appeal]:
    """The latest appeal against each of these measures."""
    rows = Appeal.objects.filter(measure__in=[measure.id for measure in measures]).order_by("received_at")
    return {row.measure_id: row for row in rows}


def requests_of(person_id: UUID) -> list[DataRequest]:
    """Requests about one's own data, the newest first."""
    return list(DataRequest.objects.filter(person_id=person_id).order_by("-received_at")[:20])


def acting_for(person_id: UUID, *, at: datetime) -> list[Proxy]:
    """For whom this person may act now."""
    bound = Proxy.objects.in_force(at).by(person_id).select_related("principal__merged_into", "principal__dwelling")
    return list(bound.order_by("starts_at", "id"))


def acted_for_by(person_id: UUID, *, at: datetime) -> list[Proxy]:
    """Who may act for this person now."""
    bound = Proxy.objects.in_force(at).on_behalf_of(person_id).select_related("agent")
    return list(bound.order_by("starts_at", "id"))


def looked_after_by(path: str, *, at: datetime) -> list[Responsibility]:
    """Who answers for the door: grid worker, doctor and community desk, the nearest of each, with a telephone."""
    found: dict[str, Responsibility] = {}
    for row in Responsibility.objects.for_door(path, at=at):
        if row.role in (Answerer.GRID_WORKER, Answerer.DOCTOR, Answerer.DESK) and row.phone_sealed:
            found.setdefault(row.role, row)
    return list(found.values())

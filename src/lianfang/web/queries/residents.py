"""Residents' own pages as the community sees them: codes, who acts for whom, letters signed or not, requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lianfang.capabilities.commitment import standing
from lianfang.capabilities.commitment.models import Commitment
from lianfang.capabilities.resident_access import codes, rules
from lianfang.capabilities.resident_access.models import AccessCode, CodeChannel
from lianfang.capabilities.resident_access.proxies import Proxy
from lianfang.capabilities.resident_access.requests import DataRequest
from lianfang.core.access.models import User
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import Person
from lianfang.core.people.search import search
from lianfang.web.queries.keyset import PAGE, Slice, behind, cut

MOST_REQUESTS = 50
"""Requests on the page: those due first."""
MOST_CODES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureLine:
    """A measure of a person, and its letter."""

    measure: ControlMeasure
    signed: Commitment | None
    to_sign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentSheet:
    """Everything about one person's own page that staff may see and do. `told` is a code to be told right now."""

    codes: list[AccessCode]
    told: str
    acts_for: list[Proxy]
    acted_for_by: list[Proxy]
    measures: list[MeasureLine]
    to_bind: list[Person]


def sheet_of(actor: User, person: Person, *, now: datetime, told: UUID | None, text: str) -> ResidentSheet:
    """The sheet; `told` names a code for the counter, `text` looks for somebody to act for the person."""
    given = AccessCode.objects.visible_to(actor).filter(person_id=person.id).select_related("made_by")
    bound = Proxy.objects.visible_to(actor).in_force(now).select_related("principal", "agent", "bound_by")
    measures = list(
        ControlMeasure.objects.visible_to(actor)
        .filter(person_id=person.id, approved_at__isnull=False)
        .order_by("-starts_at", "-id")[:20]
    )
    signed = standing.signed_for(measures)
    return ResidentSheet(
        codes=list(given.exclude(channel=CodeChannel.SMS).order_by("-made_at", "-id")[:MOST_CODES]),
        told=_told(actor, person, told, now=now),
        acts_for=list(bound.by(person.id)),
        acted_for_by=list(bound.on_behalf_of(person.id)),
        measures=[
            MeasureLine(
                measure=one,
                signed=signed.get(one.id),
                to_sign=standing.letter_to_sign(one, signed=one.id in signed, at=now) is not None,
            )
            for one in measures
        ],
        to_bind=_to_bind(actor, person, text, now=now),
    )


def _told(actor: User, person: Person, code_id: UUID | None, *, now: datetime) -> str:
    """The code the actor just made for the counter; shown to nobody else, and only while it counts."""
    if code_id is None:
        return ""
    own = AccessCode.objects.visible_to(actor).usable(now).filter(channel=CodeChannel.COUNTER, made_by=actor)
    found = own.filter(id=code_id, person_id=person.id).first()
    return rules.spaced(codes.code_of(found.id, found.channel)) if found else ""


def _to_bind(actor: User, person: Person, text: str, *, now: datetime) -> list[Person]:
    """Who may be chosen to act: people of the household, and whoever the text finds."""
    people = Person.objects.visible_to(actor).current().select_related("dwelling")
    chosen = {one.id: one for one in people.filter(household_id=person.household_id).order_by("id")[:20]}
    chosen |= {one.id: one for one in search(actor=actor, text=text, now=now).people} if text else {}
    chosen.pop(person.id, None)
    return list(chosen.values())


def unsigned_page(actor: User, *, now: datetime, cursor: str) -> Slice[ControlMeasure]:
    """Measures without a signed letter, the newest first."""
    waiting = standing.unsigned(actor, at=now).select_related("person", "person__dwelling")
    rows = behind(waiting, key="approved_at", cursor=cursor, descending=True)[: PAGE + 1]
    return cut(rows, key="approved_at", cursor=cursor)


def open_requests(actor: User) -> list[DataRequest]:
    """Requests about people's data that wait for an answer, those due first."""
    waiting = DataRequest.objects.visible_to(actor).filter(answered_at=None)
    return list(waiting.select_related("person", "person__dwelling").order_by("due_at", "id")[:MOST_REQUESTS])


def codes_of(actor: User, ids: list[UUID]) -> list[AccessCode]:
    """Codes just made, in the order they were made, with their people."""
    found = AccessCode.objects.visible_to(actor).select_related("person", "person__dwelling").in_bulk(ids)
    return [found[one] for one in ids if one in found]

"""Typed facts and listed zones: recorded with evidence, withdrawn with a reason; what rests on one falls with it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.measures import lifting
from lianfang.core.measures.models import RULINGS, ControlMeasure, EpidemiologicalFact, FactKind, ListedZone, ZoneLevel
from lianfang.core.people.actions import visible_person
from lianfang.kernel.uuid7 import uuid7

FACT_INCOMPLETE = refusal(
    "measures.fact_incomplete",
    _("Name the issuer and the evidence; a ruling of contact also needs its document number."),
)
FUTURE_FACT = refusal("measures.future_fact", _("The day of the fact lies in the future."))
NOT_LISTED = refusal(
    "measures.not_listed",
    _("No listed zone counts for a stay on that day. Choose a zone from the list; a place's name alone is no fact."),
)
NO_LINK = refusal(
    "measures.no_link", _("Name the fact it depends on: of the close contact, or of the person lived with.")
)
ZONE_INCOMPLETE = refusal(
    "measures.zone_incomplete", _("A listed zone needs a name, a level, its document and issuer, and days in order.")
)
WITHDRAWN = refusal("measures.withdrawn", _("This fact was withdrawn already."))
NO_WHY = refusal("measures.no_why", _("Say why, in a few words."))

LINKED = (FactKind.SECONDARY_CONTACT, FactKind.CO_RESIDENCE)


@action("measures.list_zone")
def list_zone(
    command: Command,
    *,
    name: str,
    level: str,
    document_no: str,
    issuer: str,
    counts_from_date: date,
    listed_date: date,
) -> Answer:
    """Take a risk zone over from an authority's list, with the document that lists it."""
    command.require_somewhere("measures.propose")
    words = (name.strip(), document_no.strip(), issuer.strip())
    if not all(words) or level not in ZoneLevel.values or counts_from_date > listed_date:
        raise Refusal("measures.zone_incomplete")
    zone = ListedZone.objects.create(
        id=uuid7(),
        name=words[0][:120],
        level=level,
        document_no=words[1][:60],
        issuer=words[2][:80],
        counts_from_date=counts_from_date,
        listed_date=listed_date,
        recorded_by=command.actor,
        recorded_at=command.now,
    )
    command.note("measures.list_zone", subject_kind="zone", subject_id=zone.id, facts={"document": zone.document_no})
    return {"zone": str(zone.id)}


@action("measures.delist_zone")
def delist_zone(command: Command, *, zone_id: UUID, delisted_date: date) -> Answer:
    """A zone was taken off the list: stays that ended later no longer count."""
    command.require_somewhere("measures.propose")
    zone = ListedZone.objects.select_for_update().filter(id=zone_id).first()
    if zone is None:
        raise NotFound("zone")
    if delisted_date < zone.listed_date:
        raise Refusal("measures.zone_incomplete")
    zone.delisted_date = delisted_date
    zone.save(update_fields=["delisted_date"])
    command.note("measures.delist_zone", subject_kind="zone", subject_id=zone.id)
    return {"zone": str(zone.id)}


@action("measures.record_fact")
def record_fact(
    command: Command,
    *,
    person_id: UUID,
    kind: str,
    happened_date: date,
    issuer: str,
    evidence: str,
    document_no: str = "",
    zone_id: UUID | None = None,
    linked_id: UUID | None = None,
    entered_site_date: date | None = None,
) -> Answer:
    """Record a typed epidemiological fact about a person, with its evidence."""
    person = visible_person(command, person_id)
    command.require("measures.propose", path=person.path)
    if kind not in FactKind.values or not issuer.strip() or not evidence.strip():
        raise Refusal("measures.fact_incomplete")
    if kind in RULINGS and not document_no.strip():
        raise Refusal("measures.fact_incomplete")
    if happened_date > timezone.localdate(command.now):
        raise Refusal("measures.future_fact")
    zone = _zone(kind, zone_id, happened_date)
    fact = EpidemiologicalFact.objects.create(
        id=uuid7(),
        person=person,
        kind=kind,
        happened_date=happened_date,
        zone=zone,
        zone_level=zone.level if zone else "",
        linked=_linked(command, kind, linked_id),
        entered_site_date=entered_site_date,
        issuer=issuer.strip()[:80],
        document_no=document_no.strip()[:60],
        evidence=evidence.strip()[:300],
        recorded_at=command.now,
        recorded_by=command.actor,
    )
    command.note("measures.record_fact", path=person.path, subject_kind="person", subject_id=person.id)
    return {"fact": str(fact.id)}


def _zone(kind: str, zone_id: UUID | None, day: date) -> ListedZone | None:
    if kind != FactKind.RISK_ZONE_STAY:
        return None
    zone = ListedZone.objects.filter(id=zone_id).first() if zone_id else None
    if zone is None or not zone.counts_on(day):
        raise Refusal("measures.not_listed")
    return zone


def _linked(command: Command, kind: str, linked_id: UUID | None) -> EpidemiologicalFact | None:
    if kind not in LINKED:
        return None
    linked = EpidemiologicalFact.objects.standing().filter(id=linked_id).first() if linked_id else None
    if linked is None:
        raise Refusal("measures.no_link")
    return linked


@action("measures.withdraw_fact")
def withdraw_fact(command: Command, *, fact_id: UUID, reason: str) -> Answer:
    """A fact was wrong: it is withdrawn, and every measure that rests on it is lifted at once."""
    fact = (
        EpidemiologicalFact.objects.select_for_update(of=("self",)).select_related("person").filter(id=fact_id).first()
    )
    if fact is None or not command.actor.authority.may("measures.read", path=fact.person.path):
        command.require_somewhere("measures.approve")
        raise NotFound("fact")
    command.require("measures.approve", path=fact.person.path)
    if not reason.strip():
        raise Refusal("measures.no_why")
    if fact.withdrawn_at is not None:
        raise Refusal("measures.withdrawn")
    fact.withdrawn_at, fact.withdrawn_by, fact.withdrawn_reason = command.now, command.actor, reason.strip()[:200]
    fact.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    resting = list(ControlMeasure.objects.unlifted().filter(basis=fact).select_for_update(of=("self",)))
    lifting.lift(command, resting, reason=fact.withdrawn_reason)
    ControlMeasure.objects.proposed().filter(basis=fact).update(
        declined_at=command.now, declined_by=command.actor, declined_reason=fact.withdrawn_reason
    )
    command.note("measures.withdraw_fact", path=fact.person.path, subject_kind="fact", subject_id=fact.id)
    return {"fact": str(fact.id), "lifted": [str(measure.id) for measure in resting]}

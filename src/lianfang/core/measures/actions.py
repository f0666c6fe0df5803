"""Measures: recorded facts, proposals, approval by someone else, release. Nothing restricts anyone before approval."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact, FactKind, Regime
from lianfang.core.people.actions import visible_person
from lianfang.kernel.uuid7 import uuid7

NO_BASIS = refusal(
    "measures.no_basis", _("A measure needs a typed epidemiological fact about this person as its basis.")
)
FACT_INCOMPLETE = refusal(
    "measures.fact_incomplete",
    _("Name the issuer and the evidence; a ruling of contact also needs its document number."),
)
FUTURE_FACT = refusal("measures.future_fact", _("The day of the fact lies in the future."))
BAD_SPAN = refusal("measures.bad_span", _("A measure ends after it begins and lasts at most %(days)s days."))
NO_WAY_OUT = refusal("measures.no_way_out", _("Name the legal basis and whom the person can appeal to."))
OWN_PROPOSAL = refusal("measures.own_proposal", _("You proposed this measure yourself. Someone else must approve it."))
ALREADY_APPROVED = refusal("measures.already_approved", _("This measure is already approved."))
NOT_IN_FORCE = refusal("measures.not_in_force", _("This measure is not in force."))
NO_RELEASE_REASON = refusal("measures.no_release_reason", _("Say why the measure is lifted."))

LONGEST_DAYS = 28
"""Longest span of any published edition: 14 days centralised and 14 days at home (8th edition, standards 2.1)."""


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
) -> Answer:
    """Record a typed epidemiological fact about a person, with its evidence."""
    person = visible_person(command, person_id)
    command.require("measures.propose", path=person.path)
    if kind not in FactKind.values or not issuer.strip() or not evidence.strip():
        raise Refusal("measures.fact_incomplete")
    if kind == FactKind.CONTACT_RULING and not document_no.strip():
        raise Refusal("measures.fact_incomplete")
    if happened_date > timezone.localdate(command.now):
        raise Refusal("measures.future_fact")
    fact = EpidemiologicalFact.objects.create(
        id=uuid7(),
        person=person,
        kind=kind,
        happened_date=happened_date,
        issuer=issuer.strip()[:80],
        document_no=document_no.strip()[:60],
        evidence=evidence.strip()[:300],
        recorded_at=command.now,
        recorded_by=command.actor,
    )
    command.note("measures.record_fact", path=person.path, subject_kind="person", subject_id=person.id)
    return {"fact": str(fact.id)}


@action("measures.propose")
def propose(
    command: Command,
    *,
    person_id: UUID,
    fact_id: UUID,
    regime: str,
    legal_basis: str,
    edition: str,
    starts_at: datetime,
    ends_at: datetime,
    appeal_to: str,
) -> Answer:
    """Propose a measure on a person. It counts only once someone else approves it."""
    person = visible_person(command, person_id)
    command.require("measures.propose", path=person.path)
    fact = EpidemiologicalFact.objects.filter(id=fact_id, person=person).first()
    if fact is None or regime not in Regime.values:
        raise Refusal("measures.no_basis")
    if not legal_basis.strip() or not appeal_to.strip():
        raise Refusal("measures.no_way_out")
    if not starts_at < ends_at <= starts_at + timedelta(days=LONGEST_DAYS):
        raise Refusal("measures.bad_span", days=LONGEST_DAYS)
    measure = ControlMeasure.objects.create(
        id=uuid7(),
        person=person,
        regime=regime,
        basis=fact,
        legal_basis=legal_basis.strip()[:200],
        edition=edition[:30],
        starts_at=starts_at,
        ends_at=ends_at,
        dwelling_id=person.dwelling_id,
        compound_id=person.compound_id,
        path=person.path,
        appeal_to=appeal_to.strip()[:120],
        proposed_by=command.actor,
        proposed_at=command.now,
    )
    command.note("measures.propose", path=person.path, subject_kind="measure", subject_id=measure.id)
    return {"measure": str(measure.id)}


def _measure(command: Command, measure_id: UUID, permission: str) -> ControlMeasure:
    measure = (
        ControlMeasure.objects.visible_to(command.actor).select_for_update(of=("self",)).filter(id=measure_id).first()
    )
    if measure is None:
        command.asked.add(permission)
        raise NotFound("measure")
    command.require(permission, path=measure.path)
    return measure


@action("measures.approve")
def approve(command: Command, *, measure_id: UUID) -> Answer:
    """Put a proposed measure in force. Never by its proposer."""
    measure = _measure(command, measure_id, "measures.approve")
    if measure.proposed_by_id == command.actor.id:
        raise Refusal("measures.own_proposal")
    if measure.approved_at is not None:
        raise Refusal("measures.already_approved")
    measure.approved_by, measure.approved_at = command.actor, command.now
    measure.save(update_fields=["approved_by", "approved_at"])
    command.note("measures.approve", path=measure.path, subject_kind="measure", subject_id=measure.id)
    return {"measure": str(measure.id)}


@action("measures.release")
def release(command: Command, *, measure_id: UUID, reason: str) -> Answer:
    """Lift a measure before its end, with a reason."""
    measure = _measure(command, measure_id, "measures.approve")
    if not reason.strip():
        raise Refusal("measures.no_release_reason")
    if measure.released_at is not None or measure.approved_at is None or measure.ends_at <= command.now:
        raise Refusal("measures.not_in_force")
    measure.released_at, measure.release_reason = command.now, reason.strip()[:200]
    measure.save(update_fields=["released_at", "release_reason"])
    command.note("measures.release", path=measure.path, subject_kind="measure", subject_id=measure.id)
    return {"measure": str(measure.id)}

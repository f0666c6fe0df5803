"""Batches that wait: too many people locked in at once, or too many without a fact of their own (red code, 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.measures.models import STRICT, ControlMeasure, EpidemiologicalFact, FactKind
from lianfang.core.measures.rules import Strict, held_because
from lianfang.core.measures.standing import HeldBatch
from lianfang.core.territory.models import prefixes
from lianfang.kernel.uuid7 import uuid7

DECIDED = refusal("measures.held_decided", _("This batch was decided already."))
OWN_BATCH = refusal(
    "measures.own_batch", _("You proposed or wanted to approve this batch. Somebody else decides whether it may pass.")
)

LATELY = timedelta(hours=1)
"""How far back approvals by the same hand count towards the limit: a batch cut into slices is still one."""

GROUNDED = (FactKind.POSITIVE_TEST, FactKind.CONTACT_RULING, FactKind.SECONDARY_CONTACT, FactKind.DISCHARGED)


def hold(command: Command, measures: Sequence[ControlMeasure]) -> HeldBatch | None:
    """The batch that must wait, if it must; nothing is approved then. One that was let pass does not wait again."""
    strict = [measure for measure in measures if _locks_in(measure)]
    passed = set(
        HeldBatch.objects.filter(id__in={m.batch_id for m in strict if m.batch_id}, passed=True).values_list(
            "id", flat=True
        )
    )
    waiting = [measure for measure in strict if measure.batch_id not in passed]
    if not waiting:
        return None
    lately = ControlMeasure.objects.filter(
        approved_by=command.actor, approved_at__gt=command.now - LATELY, regime__in=STRICT
    ).exclude(batch_id__in=HeldBatch.objects.filter(passed=True).values("id"))
    facts = [Strict(is_grounded(measure.basis)) for measure in waiting]
    why = held_because(facts, lately=lately.count())
    if not why:
        return None
    return _held(command, waiting, why, outside=sum(not fact.grounded for fact in facts))


def _locks_in(measure: ControlMeasure) -> bool:
    """Isolation of either kind, and any measure that would turn somebody red."""
    return measure.regime in STRICT or measure.terms.get("colour") == "red"


def is_grounded(fact: EpidemiologicalFact) -> bool:
    """Whether the fact is a test or ruling about the person, or a stay in a zone that was listed for that day."""
    return fact.kind in GROUNDED or (fact.kind == FactKind.RISK_ZONE_STAY and fact.zone_id is not None)


def _held(command: Command, measures: Sequence[ControlMeasure], why: str, *, outside: int) -> HeldBatch:
    path = _common([measure.path for measure in measures])
    held = HeldBatch.objects.create(
        id=uuid7(),
        path=path,
        why=why,
        people=len({measure.person_id for measure in measures}),
        outside=outside,
        proposed_by=command.actor,
        proposed_at=command.now,
    )
    ControlMeasure.objects.filter(id__in=[measure.id for measure in measures]).update(batch_id=held.id)
    command.note(
        "measures.hold",
        path=path,
        subject_kind="batch",
        subject_id=held.id,
        facts={"why": why, "people": held.people, "outside": outside},
    )
    return held


def _common(paths: Sequence[str]) -> str:
    """The narrowest area that holds all paths."""
    chains = [prefixes(path) for path in paths]
    shared = [step[0] for step in zip(*chains, strict=False) if len(set(step)) == 1]
    return shared[-1] if shared else ""


@action("measures.decide_held")
def decide_held(command: Command, *, batch_id: UUID, passed: bool, reason: str) -> Answer:
    """Let a held batch pass, so that it may be approved after all, or throw it out: its proposals are declined."""
    command.require_somewhere("measures.hear")
    held = HeldBatch.objects.select_for_update(of=("self",)).filter(id=batch_id).first()
    if held is None or not command.actor.authority.may("measures.hear", path=held.path):
        raise NotFound("batch")
    proposals = ControlMeasure.objects.proposed().filter(batch_id=held.id)
    mine = {held.proposed_by_id, *proposals.values_list("proposed_by_id", flat=True)}
    if command.actor.id in mine:
        raise Refusal("measures.own_batch")
    if held.decided_at is not None:
        raise Refusal("measures.held_decided")
    if not reason.strip():
        raise Refusal("measures.no_why")
    held.decided_by, held.decided_at, held.passed = command.actor, command.now, passed
    held.decision_reason = reason.strip()[:200]
    held.save(update_fields=["decided_by", "decided_at", "passed", "decision_reason"])
    if not passed:
        proposals.update(declined_by=command.actor, declined_at=command.now, declined_reason=held.decision_reason)
    command.note(
        "measures.decide_held", path=held.path, subject_kind="batch", subject_id=held.id, facts={"passed": passed}
    )
    return {"batch": str(held.id), "passed": passed}

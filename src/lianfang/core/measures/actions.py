"""The course of a measure: approved or declined by health, put into effect by a third person, lifted after a check."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import Faults, NotAllowed, NotFound, Refusal, refusal
from lianfang.core.measures import generating, holding, lifting, numbering
from lianfang.core.measures.models import STRICT, ControlMeasure
from lianfang.core.measures.releasing import missing_of

OWN_PROPOSAL = refusal("measures.own_proposal", _("You proposed this measure yourself. Someone else must approve it."))
ALREADY_APPROVED = refusal("measures.already_approved", _("This measure is already approved."))
DECLINED = refusal("measures.declined", _("This proposal was declined. Propose anew with the right fact."))
OVER = refusal("measures.over", _("This measure has ended before it could come into force."))
NOT_IN_FORCE = refusal("measures.not_in_force", _("This measure is not in force."))
NO_RELEASE_REASON = refusal("measures.no_release_reason", _("Say why the measure is lifted."))
NOT_APPROVED = refusal("measures.not_approved", _("Only an approved measure is put into effect."))
NOT_A_THIRD = refusal(
    "measures.not_a_third",
    _("You proposed or approved this measure. Where somebody is locked in, a third person puts it into effect."),
)
IN_EFFECT = refusal("measures.in_effect", _("This measure was put into effect already."))
NOT_READY = refusal(
    "measures.not_ready", _("Not yet: %(missing)s. Lift it early with a reason if it must end all the same.")
)
MOST_MEASURES = 2000
TOO_MANY = refusal("measures.too_many", _("At most %(most)s measures at once. Choose fewer."))


def locked(command: Command, ids: Sequence[UUID], permission: str) -> tuple[list[ControlMeasure], Faults]:
    """The measures the actor may see and act on, locked; what is missing or not allowed is under the faults.

    With a single id the refusal is raised instead, so that a page can show it.
    """
    command.require_somewhere(permission)
    if len(ids) > MOST_MEASURES:
        raise Refusal("measures.too_many", most=MOST_MEASURES)
    seen = ControlMeasure.objects.visible_to(command.actor).filter(id__in=ids).select_related("person", "basis")
    found = list(seen.select_for_update(of=("self",)).order_by("id"))
    faults = Faults()
    for absent in sorted(set(ids) - {measure.id for measure in found}):
        fault(faults, absent, NotFound("measure"), alone=len(ids) == 1)
    able = []
    for measure in found:
        if command.actor.authority.may(permission, path=measure.path):
            able.append(measure)
        else:
            fault(faults, measure.id, NotAllowed(permission), alone=len(ids) == 1)
    return able, faults


def fault(faults: Faults, measure_id: UUID, why: Refusal, *, alone: bool) -> None:
    """Note why one measure of several was refused, or refuse outright when it stands alone."""
    if alone:
        raise why
    faults.add(measure_id, why)


@action("measures.approve")
def approve(command: Command, *, ids: Sequence[UUID]) -> Answer:
    """Put proposed measures in force. Never by their proposer; a batch that looks wrong waits for a second look.

    Answers with `done`, `refused`, and `held` (the held batch) when nothing was approved because the batch must wait.
    """
    measures, faults = locked(command, ids, "measures.approve")
    able = []
    for measure in measures:
        why = _cannot_approve(command, measure)
        if why:
            fault(faults, measure.id, Refusal(why), alone=len(ids) == 1)
        else:
            able.append(measure)
    held = holding.hold(command, able)
    if held is not None:
        return {"done": [], "refused": faults.rows, "held": str(held.id)}
    numbers = numbering.take(command, "order", able)
    for measure in able:
        measure.approved_by, measure.approved_at = command.actor, command.now
        measure.order_no = numbers[measure.id]
        measure.save(update_fields=["approved_by", "approved_at", "order_no"])
        command.note("measures.approve", path=measure.path, subject_kind="measure", subject_id=measure.id)
    _lift_replaced(command, able)
    generating.make_today(command, able)
    return {"done": [str(measure.id) for measure in able], "refused": faults.rows, "held": ""}


def _cannot_approve(command: Command, measure: ControlMeasure) -> str:
    if measure.proposed_by_id == command.actor.id:
        return "measures.own_proposal"
    if measure.approved_at is not None:
        return "measures.already_approved"
    if measure.declined_at is not None:
        return "measures.declined"
    if measure.basis.withdrawn_at is not None:
        return "measures.no_basis"
    return "measures.over" if measure.ends_at <= command.now else ""


def _lift_replaced(command: Command, measures: Sequence[ControlMeasure]) -> None:
    """What a re-ruled case replaces ends in the moment its successor comes into force, never before."""
    ids = [measure.replaces_id for measure in measures if measure.replaces_id]
    for replaced in ControlMeasure.objects.unlifted().filter(id__in=ids).select_for_update(of=("self",)):
        lifting.lift(command, [replaced], reason=replaced.replaced_by.replaced_reason)


@action("measures.decline")
def decline(command: Command, *, ids: Sequence[UUID], reason: str) -> Answer:
    """Turn proposals down, with a reason. They restrict nobody and stay on record."""
    measures, faults = locked(command, ids, "measures.approve")
    if not reason.strip():
        raise Refusal("measures.no_why")
    done = []
    for measure in measures:
        if measure.approved_at is not None or measure.declined_at is not None:
            fault(faults, measure.id, Refusal("measures.already_approved"), alone=len(ids) == 1)
            continue
        measure.declined_by, measure.declined_at = command.actor, command.now
        measure.declined_reason = reason.strip()[:200]
        measure.save(update_fields=["declined_by", "declined_at", "declined_reason"])
        command.note("measures.decline", path=measure.path, subject_kind="measure", subject_id=measure.id)
        done.append(str(measure.id))
    return {"done": done, "refused": faults.rows}


@action("measures.operate")
def operate(command: Command, *, ids: Sequence[UUID]) -> Answer:
    """Put approved measures into effect at the door: the order was handed over, its reason and way out explained."""
    measures, faults = locked(command, ids, "measures.operate")
    done = []
    for measure in measures:
        why = _cannot_operate(command, measure)
        if why:
            fault(faults, measure.id, Refusal(why), alone=len(ids) == 1)
            continue
        measure.operated_by, measure.operated_at = command.actor, command.at
        measure.save(update_fields=["operated_by", "operated_at"])
        command.note("measures.operate", path=measure.path, subject_kind="measure", subject_id=measure.id)
        done.append(str(measure.id))
    return {"done": done, "refused": faults.rows}


def _cannot_operate(command: Command, measure: ControlMeasure) -> str:
    if measure.approved_at is None:
        return "measures.not_approved"
    if measure.operated_at is not None:
        return "measures.in_effect"
    if measure.released_at is not None:
        return "measures.not_in_force"
    third = command.actor.id not in (measure.proposed_by_id, measure.approved_by_id)
    return "" if third or measure.regime not in STRICT else "measures.not_a_third"


@action("measures.release")
def release(
    command: Command, *, ids: Sequence[UUID], reason: str = "", early: bool = False, environment_negative: bool = False
) -> Answer:
    """Lift measures: at their end after the check, or `early` with a reason. Notices are numbered.

    At the end each must have met the conditions of its terms; the others come back with what is missing.
    """
    measures, faults = locked(command, ids, "measures.release")
    if early and not reason.strip():
        raise Refusal("measures.no_release_reason")
    missing = {} if early else missing_of(measures, now=command.now, environment_negative=environment_negative)
    able = []
    for measure in measures:
        if measure.released_at is not None or measure.approved_at is None:
            fault(faults, measure.id, Refusal("measures.not_in_force"), alone=len(ids) == 1)
        elif missing.get(measure.id):
            said = "、".join(map(str, missing[measure.id]))
            fault(faults, measure.id, Refusal("measures.not_ready", missing=said), alone=len(ids) == 1)
        else:
            able.append(measure)
    lifting.lift(command, able, reason=reason.strip()[:200] or str(_("Span over, conditions met")))
    return {"done": [str(measure.id) for measure in able], "refused": faults.rows}

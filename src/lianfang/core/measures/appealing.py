"""Appeals: taken from the person, whoever acts for them, or the counter; decided by somebody who had no part in it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.measures import lifting
from lianfang.core.measures.duties import AnswerSource
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.measures.standing import Appeal, AppealVerdict
from lianfang.kernel.uuid7 import uuid7

NOTHING_SAID = refusal("measures.appeal_empty", _("Say in a few words what is wrong about the measure."))
RUNNING = refusal("measures.appeal_running", _("An appeal against this measure is being decided already."))
HAD_A_PART = refusal(
    "measures.appeal_own", _("You proposed or approved this measure. Somebody else must decide the appeal.")
)
ANSWERED = refusal("measures.appeal_answered", _("This appeal was decided already."))

HOURS_TO_DECIDE = 24
"""A day to decide: the measures are short, and an answer after their end is none (house choice)."""


@action("measures.appeal")
def appeal(command: Command, *, measure_id: UUID, said: str, source: str) -> Answer:
    """Say that a measure is wrong. It stays in force until somebody who had no part in it has decided, within a day."""
    of_staff = source == AnswerSource.STAFF
    scopes = command.require_somewhere("measures.read") if of_staff else command.require_somewhere("resident.answer")
    measure = ControlMeasure.objects.select_for_update(of=("self",)).filter(id=measure_id).first()
    if measure is None or not measure.path.startswith(scopes):
        raise NotFound("measure")
    if measure.approved_at is None or measure.approved_by_id is None or measure.released_at is not None:
        raise Refusal("measures.not_in_force")
    if not said.strip() or source not in AnswerSource.values:
        raise Refusal("measures.appeal_empty")
    if Appeal.objects.open().filter(measure=measure).exists():
        raise Refusal("measures.appeal_running")
    made = Appeal.objects.create(
        id=uuid7(),
        measure=measure,
        path=measure.path,
        said=said.strip()[:500],
        source=source,
        received_at=command.now,
        received_by=command.actor,
        proposed_by_id=measure.proposed_by_id,
        approved_by_id=measure.approved_by_id,
        due_at=command.now + timedelta(hours=HOURS_TO_DECIDE),
    )
    command.note("measures.appeal", path=measure.path, subject_kind="measure", subject_id=measure.id)
    return {"appeal": str(made.id), "due_at": made.due_at}


@action("measures.decide_appeal")
def decide_appeal(command: Command, *, appeal_id: UUID, verdict: str, reason: str) -> Answer:
    """Decide an appeal with an answer the person can read. If they were right, the measure is lifted at once."""
    command.require_somewhere("measures.hear")
    found = Appeal.objects.visible_to(command.actor).select_for_update(of=("self",)).filter(id=appeal_id).first()
    if found is None or not command.actor.authority.may("measures.hear", path=found.path):
        raise NotFound("appeal")
    if command.actor.id in (found.proposed_by_id, found.approved_by_id):
        raise Refusal("measures.appeal_own")
    if found.decided_at is not None:
        raise Refusal("measures.appeal_answered")
    if verdict not in AppealVerdict.values or not reason.strip():
        raise Refusal("measures.no_why")
    found.decided_by, found.decided_at, found.verdict = command.actor, command.now, verdict
    found.answer = reason.strip()[:500]
    found.save(update_fields=["decided_by", "decided_at", "verdict", "answer"])
    if verdict == AppealVerdict.UPHELD:
        measure = ControlMeasure.objects.unlifted().filter(id=found.measure_id)
        lifting.lift(command, list(measure.select_for_update(of=("self",))), reason=found.answer[:200])
    command.note(
        "measures.decide_appeal",
        path=found.path,
        subject_kind="appeal",
        subject_id=found.id,
        facts={"verdict": verdict},
    )
    return {"appeal": str(found.id), "verdict": verdict}

"""Handing over: somebody under a measure moves, it goes along with its clock; nothing is closed or reopened."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.measures.duties import Duty, DutyState
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.measures.standing import HandOver
from lianfang.core.people.models import Dwelling
from lianfang.core.territory.models import Territory
from lianfang.kernel.uuid7 import uuid7

SAME_PLACE = refusal("measures.same_place", _("The person is under this measure there already."))
ON_THE_WAY = refusal(
    "measures.on_the_way", _("This measure is being handed over already; the other side has to receive it.")
)
RECEIVED = refusal("measures.received", _("This hand-over was received already."))
OWN_HAND_OVER = refusal("measures.own_hand_over", _("You handed this over yourself. The other side has to receive it."))


@action("measures.hand_over")
def hand_over(
    command: Command, *, measure_id: UUID, territory_id: UUID, reason: str, dwelling_id: UUID | None = None
) -> Answer:
    """Send a running measure along with a person who moves to another area. It counts here until received there."""
    command.require_somewhere("measures.operate")
    measure = (
        ControlMeasure.objects.visible_to(command.actor).select_for_update(of=("self",)).filter(id=measure_id).first()
    )
    if measure is None or not command.actor.authority.may("measures.operate", path=measure.path):
        raise NotFound("measure")
    if measure.approved_at is None or measure.released_at is not None:
        raise Refusal("measures.not_in_force")
    if not reason.strip():
        raise Refusal("measures.no_why")
    path = _target(territory_id, dwelling_id)
    if path == measure.path:
        raise Refusal("measures.same_place")
    if HandOver.objects.filter(measure=measure, received_at=None).exists():
        raise Refusal("measures.on_the_way")
    made = HandOver.objects.create(
        id=uuid7(),
        measure=measure,
        from_path=measure.path,
        path=path,
        dwelling_id=dwelling_id,
        reason=reason.strip()[:200],
        handed_at=command.now,
        handed_by=command.actor,
    )
    command.note("measures.hand_over", path=measure.path, subject_kind="measure", subject_id=measure.id)
    return {"hand_over": str(made.id)}


def _target(territory_id: UUID, dwelling_id: UUID | None) -> str:
    """Where it goes: the door if it is known, else the area. Any area of the county: the receiver confirms."""
    if dwelling_id is not None:
        dwelling = Dwelling.objects.filter(id=dwelling_id).first()
        if dwelling is None:
            raise NotFound("dwelling")
        return dwelling.path
    area = Territory.objects.filter(id=territory_id).first()
    if area is None:
        raise NotFound("territory")
    return area.path


@action("measures.receive")
def receive(command: Command, *, hand_over_id: UUID) -> Answer:
    """Take a handed-over measure on: its duties from today lie here, its clock runs on."""
    command.require_somewhere("measures.operate")
    found = HandOver.objects.select_for_update(of=("self",)).select_related("dwelling").filter(id=hand_over_id).first()
    if found is None or not command.actor.authority.may("measures.operate", path=found.path):
        raise NotFound("hand_over")
    if found.received_at is not None:
        raise Refusal("measures.received")
    if found.handed_by_id == command.actor.id:
        raise Refusal("measures.own_hand_over")
    found.received_at, found.received_by = command.now, command.actor
    found.save(update_fields=["received_at", "received_by"])
    compound = found.dwelling.compound_id if found.dwelling else None
    ControlMeasure.objects.filter(id=found.measure_id).update(
        path=found.path, dwelling_id=found.dwelling_id, compound_id=compound
    )
    still = Q(state=DutyState.OPEN) | Q(state=DutyState.MISSED, due_at__gte=command.now)
    Duty.objects.filter(still, measure_id=found.measure_id).update(path=found.path)
    command.note("measures.receive", path=found.path, subject_kind="measure", subject_id=found.measure_id)
    return {"measure": str(found.measure_id)}

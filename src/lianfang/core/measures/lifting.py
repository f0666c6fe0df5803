"""Lifting: what happens to a measure that ends, whoever ends it and why. Called from inside actions that asked."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from lianfang.core.actions.door import Command
from lianfang.core.measures import numbering
from lianfang.core.measures.duties import AnswerSource, Duty, DutyKind, DutyState
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.work.finishing import withdraw_empty
from lianfang.core.work.models import Matter


def lift(command: Command, measures: Sequence[ControlMeasure], *, reason: str) -> None:
    """Release `measures` (locked): duties still to come fall away, the release check is done by this, and each gets
    the number of its notice.

    A measure that has not begun is released as well: its order must not come into force later.
    """
    numbers = numbering.take(command, "notice", measures)
    for measure in measures:
        measure.released_at, measure.released_by, measure.release_reason = command.now, command.actor, reason
        measure.notice_no = numbers[measure.id]
        measure.save(update_fields=["released_at", "released_by", "release_reason", "notice_no"])
        command.note("measures.release", path=measure.path, subject_kind="measure", subject_id=measure.id)
    ids = [measure.id for measure in measures]
    mine = Duty.objects.filter(measure_id__in=ids)
    mine.filter(kind=DutyKind.RELEASE_CHECK, state__in=(DutyState.OPEN, DutyState.MISSED)).update(
        state=DutyState.DONE, done_at=command.at, done_by=command.actor, source=AnswerSource.STAFF
    )
    mine.filter(state=DutyState.OPEN).update(state=DutyState.VOID)
    _close_care(command, measures)


def _close_care(command: Command, measures: Sequence[ControlMeasure]) -> None:
    """Care of today for households in which nobody has anything left to do."""
    today = timezone.localdate(command.now)
    households = {measure.person.household_id for measure in measures}
    waiting = Duty.objects.filter(day=today, state=DutyState.OPEN, person__household_id__in=households)
    busy = set(waiting.values_list("person__household_id", flat=True))
    withdraw_empty(command, household_ids=households - busy, matter=Matter.CARE, for_date=today)

"""Care calls on the phone: whom to call, those missed first, and what a call comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.work.actions import complete, log_call
from lianfang.core.work.models import Matter, WorkItem, WorkItemQuerySet, WorkSubject
from lianfang.core.work.outcomes import CallResult, CareOutcome
from lianfang.field.tasks import PAGE, TO_DO, Card, cards_of

UNKNOWN_ANSWER = refusal("field.unknown_call_answer", _("Choose how the call ended."))

ANSWERS: dict[str, tuple[CallResult, CareOutcome | None]] = {
    "well": (CallResult.REACHED, CareOutcome.HARMLESS),
    "needs": (CallResult.REACHED, CareOutcome.DONE),
    "medical": (CallResult.REACHED, CareOutcome.SENT_TO_CARE),
    "unanswered": (CallResult.UNANSWERED, None),
}
"""What the caller taps → how the call ended, and with which result it is done (None: to be called again)."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Care calls the actor still has to make, and how many of them are missed."""

    all: int
    missed: int


def _calls(actor: User) -> WorkItemQuerySet:
    return WorkItem.objects.visible_to(actor).filter(matter=Matter.CALL, state__in=TO_DO, assignee=actor)


def calls_waiting(actor: User, *, now: datetime) -> Waiting:
    """The figures of the tab; one query."""
    found = _calls(actor).aggregate(n=Count("id"), missed=Count("id", filter=Q(due_at__lt=now)))
    return Waiting(all=found["n"], missed=found["missed"])


def cards(actor: User, *, now: datetime) -> list[Card]:
    """The calls to make, one card per household: missed days are asked about together, the oldest first."""
    by_household: dict[UUID, WorkItem] = {}
    for item in _calls(actor).select_related("dwelling__compound").order_by("due_at", "id"):
        by_household.setdefault(item.household_id, item)
    return cards_of(list(by_household.values())[:PAGE], now=now)


@dataclass(frozen=True, slots=True)
class Commands:
    """The ids a form brought: one for the call, one for its result."""

    call: Command
    result: Command


def answer(commands: Commands, item_id: UUID, *, said: str, note: str) -> Sequence[UUID]:
    """Write the call down and, if somebody was reached, close all open calls of the household with its result.

    Returns whom the call was about.
    """
    actor = commands.call.actor
    item = WorkItem.objects.visible_to(actor).filter(id=item_id, matter=Matter.CALL).first()
    if item is None:
        raise NotFound("work")
    if said not in ANSWERS:
        raise Refusal("field.unknown_call_answer")
    result, outcome = ANSWERS[said]
    log_call(commands.call, item_id=item.id, result=result, note=note)
    if outcome is not None:
        together = WorkItem.objects.visible_to(actor).filter(
            household_id=item.household_id, matter=Matter.CALL, state__in=TO_DO
        )
        complete(
            commands.result, ids=list(together.order_by("id").values_list("id", flat=True)), outcome=outcome, note=note
        )
    return list(WorkSubject.objects.filter(item=item).order_by("id").values_list("person_id", flat=True))

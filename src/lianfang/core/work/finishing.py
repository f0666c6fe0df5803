"""Items that finish by themselves: everything they stood for was answered, or fell away. Called from inside actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import F

from lianfang.core.actions.door import Command
from lianfang.core.work.models import WorkItem, WorkState, WorkSubject
from lianfang.core.work.outcomes import CareOutcome
from lianfang.core.work.rules import OPEN_STATES
from lianfang.core.work.steps import write_events


def finish(command: Command, *, household_ids: Iterable[UUID], matter: str, for_date: date | None) -> int:
    """Close the open items of these households with “done”; nobody is named as their doer. Returns how many."""
    items = _locked(household_ids, matter, for_date)
    ids = [item.id for item in items]
    WorkItem.objects.filter(id__in=ids).update(
        state=WorkState.CLOSED, closed_at=command.at, outcome=CareOutcome.DONE, version=F("version") + 1
    )
    WorkSubject.objects.filter(item_id__in=ids, outcome="").update(outcome=CareOutcome.DONE, recorded_at=command.at)
    _tell(command, items, WorkState.CLOSED, verb="complete")
    return len(items)


def withdraw_empty(command: Command, *, household_ids: Iterable[UUID], matter: str, for_date: date | None) -> int:
    """Cancel the open items of these households: what they asked for fell away. Returns how many."""
    items = _locked(household_ids, matter, for_date)
    WorkItem.objects.filter(id__in=[item.id for item in items]).update(
        state=WorkState.CANCELLED, version=F("version") + 1
    )
    _tell(command, items, WorkState.CANCELLED, verb="cancel")
    return len(items)


def _locked(household_ids: Iterable[UUID], matter: str, for_date: date | None) -> list[WorkItem]:
    found = WorkItem.objects.filter(household_id__in=list(household_ids), matter=matter, for_date=for_date)
    return list(found.filter(state__in=OPEN_STATES).select_for_update(of=("self",)).order_by("id"))


def _tell(command: Command, items: list[WorkItem], state: str, *, verb: str) -> None:
    for item in items:
        item.state = state
    write_events(command, verb=verb, items=items)

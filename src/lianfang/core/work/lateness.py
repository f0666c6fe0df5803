"""Deadlines are stored columns; a tick finds what has become late and stamps it once, by compare-and-set.

Each raising, to the community and later to the subdistrict, is a step in the item's history.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.db import transaction
from django.db.models import F

from lianfang.core.work.models import WorkEvent, WorkItem
from lianfang.core.work.rules import ESCALATION_MINUTES
from lianfang.kernel.uuid7 import uuid7

BATCH = 2000


def stamp_late(*, now: datetime) -> int:
    """Stamp open work past its deadline as late since that deadline; returns how many items became late."""
    stamped = 0
    while True:
        with transaction.atomic():
            found = list(
                WorkItem.objects.due_to_be_late(now)
                .select_for_update(skip_locked=True)
                .values_list("id", "path", "state")[:BATCH]
            )
            if not found:
                return stamped
            WorkItem.objects.filter(id__in=[f[0] for f in found], late_since=None).update(
                late_since=F("due_at"), escalated_to=ESCALATION_MINUTES[0][0], version=F("version") + 1
            )
            _write_events(found, verb="late", level=ESCALATION_MINUTES[0][0], now=now)
            stamped += len(found)


def escalate(*, now: datetime) -> int:
    """Raise late work to the next level when its time has come, each item once; returns how many items were raised."""
    return sum(
        _raise(before, level, late_by=now - timedelta(minutes=minutes), now=now)
        for (before, _), (level, minutes) in pairwise(ESCALATION_MINUTES)
    )


def _raise(before: str, level: str, *, late_by: datetime, now: datetime) -> int:
    raised = 0
    while True:
        with transaction.atomic():
            found = list(
                WorkItem.objects.late()
                .filter(escalated_to=before, late_since__lte=late_by)
                .select_for_update(skip_locked=True)
                .values_list("id", "path", "state")[:BATCH]
            )
            if not found:
                return raised
            WorkItem.objects.filter(id__in=[f[0] for f in found], escalated_to=before).update(
                escalated_to=level, version=F("version") + 1
            )
            _write_events(found, verb="escalate", level=level, now=now)
            raised += len(found)


def _write_events(found: Iterable[tuple[UUID, str, str]], *, verb: str, level: str, now: datetime) -> None:
    """One event for each item (its id, path and state): to whom the clock raised it."""
    WorkEvent.objects.bulk_create(
        WorkEvent(
            id=uuid7(),
            recorded_at=now,
            occurred_at=now,
            item_id=item_id,
            path=path,
            verb=verb,
            state=state,
            facts={"escalated_to": level},
        )
        for item_id, path, state in found
    )

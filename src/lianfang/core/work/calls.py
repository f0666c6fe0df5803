"""Call once: who was already called today, by whom, and whether they were reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import DateTimeField, UUIDField
from django.utils import timezone

from lianfang.core.bulk import AnyOf
from lianfang.core.kept import Kept
from lianfang.core.work.models import ContactAttempt


@dataclass(frozen=True, slots=True)
class CalledToday:
    """The latest call to a household today: when, by whom, how it ended, and how many calls there were."""

    at: datetime
    by: str
    result: str
    times: int


_ATTEMPTS = Kept(
    lambda households, midnight: (
        ContactAttempt.objects.filter(AnyOf("household_id", households), occurred_at__gte=midnight)
        .order_by("occurred_at")
        .values_list("household_id", "occurred_at", "called_by__display_name", "result")
    ),
    households=UUIDField(),
    midnight=DateTimeField(),
)


def called_today(household_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, CalledToday]:
    """The latest call of today (day in Asia/Shanghai) per household; one query."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    found: dict[UUID, CalledToday] = {}
    for household_id, at, by, result in _ATTEMPTS.rows(households=list(household_ids), midnight=midnight):
        times = found[household_id].times + 1 if household_id in found else 1
        found[household_id] = CalledToday(at=at, by=by, result=result, times=times)
    return found

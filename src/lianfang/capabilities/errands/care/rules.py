"""How often people with special needs are called. Pure: no database, no clock.

The figures are house choices: practice A8 of the field (special people known and helped) names the people, not the
days. They follow what can go wrong first: a dialysis is missed within three days, tablets last for weeks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Every:
    """Days between two calls: as a rule, and `shut_in`, while a measure or a lock-down keeps the person at home."""

    days: int
    shut_in: int


CALLS: dict[str, Every] = {
    "血液透析": Every(3, 1),
    "肿瘤放化疗": Every(7, 1),
    "孕产妇": Every(7, 1),
    "独居老人": Every(7, 1),
    "行动不便": Every(7, 1),
    "精神障碍": Every(7, 2),
    "慢病用药": Every(14, 3),
    "残疾": Every(14, 3),
    "婴幼儿": Every(30, 7),
}
"""By kind of need, in the words of the ledger."""
OTHERWISE = Every(14, 3)
"""Needs in other words."""

FIRST_HOUR, DUE_HOUR = 7, 18
"""Calls of the day are made from the first hour on and due by the second; none is made for a day that late."""


def every(kind: str) -> Every:
    """How often somebody with a need of this kind is called."""
    return CALLS.get(kind.strip(), OTHERWISE)


def interval(kinds: Iterable[str], *, shut_in: bool) -> int:
    """Days between two calls of somebody with these needs: the shortest any of them asks for."""
    rhythms = [every(kind) for kind in kinds] or [OTHERWISE]
    return min(rhythm.shut_in if shut_in else rhythm.days for rhythm in rhythms)


def next_call(*, last_date: date | None, begins_date: date, days: int, turn: int = 0) -> date:
    """The day of the next call: some days after the last one. The first comes within the first `days` of the need, by
    the person's `turn`, so that not a whole ledger is to be called on its first morning."""
    if last_date is None:
        return begins_date + timedelta(days=turn % days)
    return max(last_date + timedelta(days=days), begins_date)


def due_today(at: datetime) -> datetime | None:
    """By when a call made at the local instant `at` is due, None at an hour at which none is made."""
    if not FIRST_HOUR <= at.hour < DUE_HOUR:
        return None
    return at.replace(hour=DUE_HOUR, minute=0, second=0, microsecond=0)

"""Pure rules of work: its lifecycle, when to call again, when it is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lianfang.kernel.lifecycle import Lifecycle, Transition

OPEN_STATES = ("unplaced", "dispatched", "accepted", "submitted")

LIFECYCLE = Lifecycle(
    "work",
    (
        Transition("place", ("unplaced", "dispatched", "accepted"), "dispatched", permission="work.assign"),
        Transition("assign", ("dispatched", "accepted"), "dispatched", permission="work.assign"),
        Transition("hand_back", ("dispatched", "accepted"), "unplaced", permission="work.do"),
        Transition("accept", ("dispatched",), "accepted", permission="work.do"),
        Transition("submit", ("accepted",), "submitted", permission="work.do"),
        Transition("complete", ("dispatched", "accepted"), "closed", permission="work.do"),
        Transition("verify", ("submitted",), "closed", permission="work.verify"),
        Transition("return", ("submitted",), "accepted", permission="work.verify"),
        Transition("forward", ("unplaced", "dispatched", "accepted"), "forwarded", permission="work.assign"),
        Transition("cancel", ("unplaced", "dispatched"), "cancelled", permission="lists.import"),
    ),
)


OF_CHECKS = frozenset({"submit", "verify", "return", "forward"})
"""Steps that only a check takes: care, alarms and care calls are completed at once and stay in the house."""

RETRY_MINUTES: dict[str, int] = {"unanswered": 30, "busy": 10, "switched_off": 60}
"""First pause before calling again (house choice, as in the reference screen: 30 minutes after no answer)."""

FIRST_CALL_HOUR, LAST_CALL_HOUR = 8, 21
"""Calls are proposed from 08:00 to 21:00 Shanghai time unless a deadline still to come lies before the next morning
(house choice: no rule we know of names hours for these calls; earlier or later, most people are woken)."""


def at_night(at: datetime) -> bool:
    """Whether a local instant lies outside the hours in which calls are proposed."""
    return not FIRST_CALL_HOUR <= at.hour < LAST_CALL_HOUR


def next_try(result: str, *, tries: int, at: datetime, due_at: datetime) -> datetime | None:
    """When to call again after the `tries`-th call ended in `result`, or None if calling again makes no sense.

    The pause doubles with every try, to at most four hours; five minutes before the deadline at the latest, five from
    now at the earliest. A time at night becomes the next morning at 08:00 unless the deadline is still to come and lies
    before it (`at_night` tells); a deadline already missed wakes nobody.
    `at` and `due_at` are local instants (Asia/Shanghai), aware.
    """
    first = RETRY_MINUTES.get(result)
    if first is None:
        return None
    pause = timedelta(minutes=min(first * 2 ** max(tries - 1, 0), 240))
    proposed = max(min(at + pause, due_at - timedelta(minutes=5)), at + timedelta(minutes=5))
    if not at_night(proposed):
        return proposed
    morning = proposed.replace(hour=FIRST_CALL_HOUR, minute=0, second=0, microsecond=0)
    morning += timedelta(days=1) if proposed.hour >= LAST_CALL_HOUR else timedelta()
    return proposed if at < due_at <= morning else morning


@dataclass(frozen=True, slots=True)
class Limits:
    """A time-limit profile: minutes from dispatch to accepting and to finishing."""

    accept_minutes: int
    finish_minutes: int


def due(*, received_at: datetime, deadline_at: datetime | None, limits: Limits) -> datetime:
    """When an item is due: the list's deadline or the profile's span from receipt, the earlier."""
    by_profile = received_at + timedelta(minutes=limits.finish_minutes)
    return min(deadline_at, by_profile) if deadline_at else by_profile


ESCALATION_MINUTES = (("community", 0), ("subdistrict", 60))
"""Late work goes to the community at once and to the subdistrict after an hour (house choice)."""


def escalation(*, late_since: datetime, now: datetime) -> str:
    """The level that must look at work late since `late_since`."""
    level = ""
    for name, minutes in ESCALATION_MINUTES:
        if now >= late_since + timedelta(minutes=minutes):
            level = name
    return level

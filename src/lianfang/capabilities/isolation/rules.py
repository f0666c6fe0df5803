"""Which opening of a door has to be explained. Pure: no database, no clock.

The three spans are house choices: the one source we know tells what sensors do, not how long anything may take.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

GRACE = timedelta(minutes=10)
"""So long before and after an expected opening the door may open as well: people are not on time."""
REPEATED = timedelta(minutes=15)
"""Openings so soon after one that was reported are the same leaving: the door is not reported again."""
BELIEVED = timedelta(hours=48)
"""A device may be so late: without a line it keeps its events and sends them afterwards."""
LONGEST_WINDOW = timedelta(hours=4)
"""A window open all day would explain everything."""


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which an opening is expected; the end is exclusive."""

    starts_at: datetime
    ends_at: datetime


def happened(said: datetime | None, *, now: datetime) -> tuple[datetime, bool]:
    """When an event took place, and whether the device's clock was believed.

    A clock that runs ahead, or is days behind, is not: the event counts as of now. Refusing it would let somebody leave
    unseen because a battery was changed.
    """
    if said is None:
        return now, True
    if said > now or said < now - BELIEVED:
        return now, False
    return said, True


def is_explained(at: datetime, windows: Iterable[Window], *, grace: timedelta = GRACE) -> bool:
    """Whether an opening at `at` lies in an expected time or within `grace` of one."""
    return any(window.starts_at - grace <= at < window.ends_at + grace for window in windows)


def is_repeated(at: datetime, reported: Iterable[datetime], *, span: timedelta = REPEATED) -> bool:
    """Whether an opening at `at` belongs to one reported within `span`. Late events may come out of order."""
    return any(abs(at - other) < span for other in reported)


def must_be_reported(at: datetime, windows: Iterable[Window], reported: Iterable[datetime]) -> bool:
    """Whether somebody has to call: nobody expected the opening, and it is not the one just reported."""
    return not is_explained(at, windows) and not is_repeated(at, reported)

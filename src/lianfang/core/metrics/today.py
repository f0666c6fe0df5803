"""The day of one area at a glance: its parts side by side, the way from list to verified, the days before.

Every figure is a metric of the registry; here they are only put beside each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, F, FloatField, Func, Max, Min
from django.db.models.functions import Coalesce, TruncDate

from lianfang.core.access.models import Answerer, Responsibility
from lianfang.core.metrics.registry import METRICS, At, below, rows_of, tally, total, within
from lianfang.core.metrics.sources import due, handed_in, opened
from lianfang.core.territory.models import Level, Territory

LEAGUE_CODES = (
    "work.due",
    "work.done",
    "work.verified",
    "work.waiting",
    "work.late",
    "work.unplaced",
    "work.unanswered",
    "work.opened",
    "work.dispatched",
    "work.reached",
    "work.finished",
    "work.confirmed",
    "measures.in_force",
    "measures.ending",
)
"""What is known of every part of an area: two grouped queries."""

PARTS = {
    Level.COUNTY.value: Level.SUBDISTRICT.value,
    Level.SUBDISTRICT.value: Level.COMMUNITY.value,
    Level.COMMUNITY.value: Level.GRID.value,
}
"""The level an area is looked at by. Compounds lie beside grids and are shown in the day table."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an area with its numbers by metric code. `area` None: what lies at the area itself, unplaced yet."""

    area: Territory | None
    name: str
    counts: dict[str, int]
    leader: str = ""

    def __getitem__(self, code: str) -> int:
        """A number; 0 when nothing counted."""
        return self.counts.get(code, 0)


@dataclass(frozen=True, slots=True)
class League:
    """The parts of an area, most late first, and their sum. The sum is the metric's value at the area."""

    parts: tuple[Part, ...]
    total: Part

    @property
    def named(self) -> tuple[Part, ...]:
        """The parts that are areas of their own."""
        return tuple(part for part in self.parts if part.area is not None)


def league_of(area: Territory, *, at: At) -> League:
    """Every part of `area` with its numbers and the contact leader; four queries."""
    found = tally(LEAGUE_CODES, at=at, scopes=(area.path,), depth=below(area.path))
    areas = parts_of(area, day=at.day)
    leaders = _leaders([one.path for one in areas], at=at)
    parts = [Part(one, one.name, found.pop(one.path, {}), leaders.get(one.path, "")) for one in areas]
    sums = {code: sum(part[code] for part in parts) + total(found, code) for code in LEAGUE_CODES}
    if any(found.values()):
        parts.append(Part(None, "", {code: total(found, code) for code in LEAGUE_CODES}))
    parts.sort(key=lambda part: (part.area is None, -part["work.late"], -(part["work.due"] - part["work.done"])))
    return League(tuple(parts), Part(area, area.name, sums))


def parts_of(area: Territory, *, day: date) -> list[Territory]:
    """Areas of the next level below, in force on `day`, in the order of their codes."""
    level = PARTS.get(area.level)
    if level is None:
        return []
    return list(Territory.objects.in_force(day).filter(level=level, path__startswith=area.path).order_by("code"))


def _leaders(paths: Sequence[str], *, at: At) -> dict[str, str]:
    """Who leads or answers for each area: the contact leader, else the secretary, else the grid worker."""
    ladder = (Answerer.GRID_WORKER.value, Answerer.SECRETARY.value, Answerer.LEADER.value)
    rows = (
        Responsibility.objects.in_force(at.instant)
        .filter(path__in=paths, role__in=ladder)
        .order_by("starts_at")
        .values_list("path", "role", "name")
    )
    ranked = sorted(rows, key=lambda row: ladder.index(row[1]))
    return {path: name for path, _, name in ranked}


class Median(Aggregate):
    """The middle of a set of numbers (`percentile_cont(0.5)`); None of an empty set."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage from list to verified: the metric behind it and the typical seconds since the stage before."""

    metric: str
    count: int
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Pace:
    """Median seconds by which each stage follows the one before, and since when the longest late check is late."""

    seconds: dict[str, int | None]
    late_since: datetime | None


def pace_of(*, at: At, scopes: Sequence[str]) -> Pace:
    """How fast the checks opened on the day went, and the longest lateness; one query."""
    late = METRICS["work.late"]
    rows = within(late.source.rows(at).filter(due(at) | late.where(at)), path="path", scopes=scopes)
    met = Coalesce(F("reached_at"), F("first_call_at"), F("submitted_at"))
    today = opened(at)
    found = rows.aggregate(
        reached=Median(_epoch(F("reached_at")) - _epoch(F("created_at")), filter=today),
        finished=Median(_epoch(F("submitted_at")) - _epoch(met), filter=today),
        confirmed=Median(_epoch(F("closed_at")) - _epoch(F("submitted_at")), filter=today),
        late_since=Min("late_since", filter=late.where(at)),
    )
    since = found.pop("late_since")
    return Pace({key: None if value is None else max(0, round(value)) for key, value in found.items()}, since)


def _epoch(instant: Any) -> Func:
    return Func(instant, template="EXTRACT(epoch FROM %(expressions)s)", output_field=FloatField())


@dataclass(frozen=True, slots=True)
class ListsToday:
    """Lists of the day: how many came, the newest, the median seconds from receipt to dispatch."""

    count: int
    newest_at: datetime | None
    seconds: int | None


def lists_today(*, at: At, scopes: Sequence[str]) -> ListsToday:
    """The day's lists; one query."""
    found = rows_of(METRICS["lists.received"], at=at, scopes=scopes).aggregate(
        count=Count("id"),
        newest=Max("received_at"),
        seconds=Median(_epoch(F("dispatched_at")) - _epoch(F("received_at"))),
    )
    seconds = found["seconds"]
    return ListsToday(found["count"], found["newest"], None if seconds is None else round(seconds))


@dataclass(frozen=True, slots=True)
class DayOfWork:
    """Checks opened on a day: how many have a result by now, how many have none yet."""

    day: date
    finished: int
    waiting: int


CURVE_DAYS = 14


def curve_of(*, at: At, scopes: Sequence[str], days: int = CURVE_DAYS) -> list[DayOfWork]:
    """Checks opened on each of the last `days` days, the day of `at` last; one query."""
    first = at.starts_at - timedelta(days=days - 1)
    rows = within(METRICS["work.due"].source.rows(at), path="path", scopes=scopes).filter(created_at__gte=first)
    counted = (
        rows.annotate(on=TruncDate("created_at"))
        .order_by()
        .values("on")
        .annotate(n=Count("id"), finished=Count("id", filter=handed_in(at)))
    )
    by_day = {row["on"]: (row["finished"], row["n"] - row["finished"]) for row in counted}
    dates = [at.day - timedelta(days=back) for back in range(days - 1, -1, -1)]
    return [DayOfWork(day, *by_day.get(day, (0, 0))) for day in dates]


def funnel_of(league: League, *, received: int, seconds: dict[str, int | None], listed: int | None) -> list[Stage]:
    """The way of the day's rows: received, merged into households, at someone's door, reached, found out, verified.

    `received` is the number of rows (metric `rows.received`), `listed` the seconds from a list's receipt to dispatch.
    """
    sums = league.total
    return [
        Stage("rows.received", received, None),
        Stage("work.opened", sums["work.opened"], listed),
        Stage("work.dispatched", sums["work.dispatched"], listed and 0),
        Stage("work.reached", sums["work.reached"], seconds["reached"]),
        Stage("work.finished", sums["work.finished"], seconds["finished"]),
        Stage("work.confirmed", sums["work.confirmed"], seconds["confirmed"]),
    ]

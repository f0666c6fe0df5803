"""Values of the slow metrics kept hour by hour, so that a page never counts a million people.

`take` is called every hour by the ticker. State metrics (people, dwellings, measures) and the day's work are kept for
counties, subdistricts and communities; what is smaller is counted when asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from lianfang.core.bulk import copy_rows
from lianfang.core.metrics.compounds import COMMUNITY_DEPTH, base_by_area
from lianfang.core.metrics.models import Snapshot
from lianfang.core.metrics.registry import At, tally
from lianfang.core.territory.models import Level, Territory, prefixes

HOURLY_FOR = timedelta(days=3)
"""How long every hour is kept; of older days the last hour stays (house choice)."""

BASE = ("people.registered", "households", "dwellings", "dwellings.occupied", "dwellings.vacant")
"""Counted in one pass over people and dwellings, not one by one."""

KEPT = (
    *BASE,
    "people.unplaced",
    "measures.in_force",
    "lists.received",
    "rows.received",
    "rows.merged",
    "arrivals",
    "work.opened",
    "work.due",
    "work.done",
    "work.verified",
    "work.late",
    "work.unplaced",
    "work.waiting",
)


def take(now: datetime) -> int:
    """Keep this hour's values; returns how many. `now` is aware. Taken twice in an hour, the newer values stay.

    Areas with nothing are kept as nothing at county and subdistrict level only: there, no row means no snapshot.
    """
    at = At(now)
    hour = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    roots = list(Territory.objects.filter(level=Level.COUNTY).values_list("path", flat=True))
    if not roots:
        return 0
    subdistricts = Territory.objects.in_force(at.day).filter(level=Level.SUBDISTRICT).values_list("path", flat=True)
    always = [*roots, *subdistricts]
    found = tally(set(KEPT) - set(BASE), at=at, scopes=roots, depth=COMMUNITY_DEPTH)
    for path, counts in base_by_area(at=at, scopes=roots).items():
        found.setdefault(path, {}).update(counts)
    values: dict[tuple[str, str], int] = {(code, path): 0 for code in KEPT for path in always}
    for path, counts in found.items():
        for area in prefixes(path):
            for code, count in counts.items():
                values[code, area] = values.get((code, area), 0) + count
    with transaction.atomic():
        Snapshot.objects.filter(at=hour).delete()
        rows = [Snapshot(metric=code, path=path, at=hour, value=value) for (code, path), value in values.items()]
        copy_rows(Snapshot, rows)
        _thin_out(hour - HOURLY_FOR)
    return len(rows)


def _thin_out(before: datetime) -> None:
    """Of days that ended before `before` only the last snapshot of the day stays."""
    table = connection.ops.quote_name(Snapshot._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} s WHERE s.at < %s AND EXISTS (SELECT 1 FROM {table} later WHERE "  # noqa: S608 - our own table
            "later.metric = s.metric AND later.path = s.path AND later.at > s.at AND "
            "date_trunc('day', later.at AT TIME ZONE 'Asia/Shanghai') = "
            "date_trunc('day', s.at AT TIME ZONE 'Asia/Shanghai'))",
            [before],
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """Values kept at an instant. A code that is not in them was 0."""

    at: datetime
    values: dict[str, int]

    def __getitem__(self, code: str) -> int:
        return self.values.get(code, 0)


def kept_since(codes: Sequence[str], *, path: str, since: datetime, until: datetime) -> list[Kept]:
    """What was kept of the area at `path` between two instants (aware), newest first; one query."""
    rows = Snapshot.objects.filter(metric__in=codes, path=path, at__gte=since, at__lte=until)
    found: dict[datetime, dict[str, int]] = {}
    for metric, at, value in rows.values_list("metric", "at", "value"):
        found.setdefault(at, {})[metric] = value
    return [Kept(at, values) for at, values in sorted(found.items(), reverse=True)]

"""What is counted: metrics as declarations. Every number is the count of rows, so every number opens into its rows.

A metric names a *source* (rows of one ledger, each with the path of the area it belongs to) and a condition at an
instant. `tally` counts any number of metrics of a source in one grouped query; `rows_of` gives the rows behind one.
The declarations themselves are in `lianfang.core.metrics.declared` and `declared_measures`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.functional import Promise

from lianfang.core.territory.models import STEP

Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class At:
    """An instant (aware) and its day in Asia/Shanghai; day-based metrics count from midnight to the instant.

    `drill`: the numbers are shown under a drill's banner, so what was made in the drill counts too.
    """

    instant: datetime
    drill: bool = False

    @property
    def day(self) -> date:
        """The day in Asia/Shanghai."""
        return timezone.localdate(self.instant)

    @property
    def starts_at(self) -> datetime:
        """Midnight that began the day."""
        return timezone.localtime(self.instant).replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def ends_at(self) -> datetime:
        """Midnight that ends the day, exclusive."""
        return self.starts_at + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Rows of one ledger. `path` names the column or annotation that says where a row belongs; `permission` is what
    it takes to see the rows themselves (numbers need `metrics.read`)."""

    code: str
    permission: str
    rows: Callable[[At], Rows]
    path: str = "path"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One number: `definition` is its 口径, text beside the code; `where` says which rows of `source` count.

    `day_based` counts begin at midnight; the others are a state at the instant. `tone` "bad" colours it above zero.
    """

    code: str
    label: str | Promise
    definition: str | Promise
    unit: str | Promise
    source: Source
    where: Callable[[At], Q]
    day_based: bool
    tone: str = ""
    opens: str = "number"

    def rows(self, at: At) -> Rows:
        """The rows that make the number at `at`, wherever they are."""
        return self.source.rows(at).filter(self.where(at))


METRICS: dict[str, Metric] = {}
"""Every metric by code."""


def declare(metric: Metric) -> Metric:
    """Enter a metric into the registry. A code belongs to one metric."""
    assert metric.code not in METRICS, metric.code
    METRICS[metric.code] = metric
    return metric


def within(rows: Rows, *, path: str, scopes: Sequence[str]) -> Rows:
    """Rows whose `path` column lies under one of `scopes`; none for no scope."""
    if not scopes:
        return rows.none()
    return rows.filter(reduce(or_, (Q(**{f"{path}__startswith": scope}) for scope in scopes)))


def rows_of(metric: Metric, *, at: At, scopes: Sequence[str]) -> Rows:
    """The rows behind the number, in the areas at `scopes`."""
    return within(metric.rows(at), path=metric.source.path, scopes=scopes)


def number(metric: Metric, *, at: At, scopes: Sequence[str]) -> int:
    """The number itself; one query."""
    return rows_of(metric, at=at, scopes=scopes).count()


def numbers(scopes_by_code: Mapping[str, Sequence[str]], *, at: At) -> dict[str, int]:
    """Several numbers, each in its own areas (none: 0), in one query."""
    counted = [
        rows_of(METRICS[code], at=at, scopes=scopes)
        .order_by()
        .annotate(code=Value(code, output_field=CharField()))
        .values("code")
        .annotate(n=Count("pk"))
        .values_list("code", "n")
        for code, scopes in scopes_by_code.items()
        if scopes
    ]
    if not counted:
        return dict.fromkeys(scopes_by_code, 0)
    found = dict(counted[0].union(*counted[1:], all=True) if len(counted) > 1 else counted[0])
    return {code: int(found.get(code, 0)) for code in scopes_by_code}


Tally = dict[str, dict[str, int]]
"""Numbers by area path, then by metric code; what does not occur is not in it."""


def tally(codes: Iterable[str], *, at: At, scopes: Sequence[str], depth: int) -> Tally:
    """Numbers of every area with a path of `depth` characters under `scopes`: one grouped query per source.

    What belongs to an area above that depth (unplaced work lies at the subdistrict itself) is found under its own,
    shorter path, so the values under a path always add up to the value at it.
    """
    wanted = [METRICS[code] for code in codes]
    found: Tally = {}
    for source in {metric.source.code: metric.source for metric in wanted}.values():
        metrics = [metric for metric in wanted if metric.source.code == source.code]
        for path, counts in _grouped(source, metrics, at=at, scopes=scopes, depth=depth):
            found.setdefault(path, {}).update(counts)
    return found


def _grouped(
    source: Source, metrics: Sequence[Metric], *, at: At, scopes: Sequence[str], depth: int
) -> list[tuple[str, dict[str, int]]]:
    conditions = [metric.where(at) for metric in metrics]
    rows = within(source.rows(at), path=source.path, scopes=scopes)
    if all(conditions):  # an empty condition counts every row
        rows = rows.filter(reduce(or_, conditions))
    counts = {f"n{i}": Count("pk", filter=condition or None) for i, condition in enumerate(conditions)}
    grouped = rows.annotate(area=Left(source.path, depth)).order_by().values("area").annotate(**counts)
    return [
        (row["area"], {metric.code: row[f"n{i}"] for i, metric in enumerate(metrics) if row[f"n{i}"]})
        for row in grouped
    ]


def total(found: Tally, code: str, *, under: str = "") -> int:
    """The sum of one metric over all paths of a tally that lie under `under`."""
    return sum(counts.get(code, 0) for path, counts in found.items() if path.startswith(under))


def below(path: str) -> int:
    """Length of the paths of the areas directly under the area at `path`."""
    return len(path) + STEP

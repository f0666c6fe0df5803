"""The day table's numbers by community and compound: one grouped query per block.

A compound lies beside the grids of its community, so a path prefix cannot roll it up; the columns that name it can. The
counts of people and dwellings are written in SQL because they run over every person (measured with `make bench`); the
others use the metrics' own rows. Codes are those of the registry, and the sums over compounds are the metrics' values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, Subquery, UUIDField
from django.db.models.functions import Coalesce, Left

from lianfang.core.measures.models import Regime
from lianfang.core.metrics.origins import Arrival
from lianfang.core.metrics.registry import METRICS, At, Rows, within
from lianfang.core.metrics.sources import VACANT
from lianfang.core.territory.models import Level, Territory

COMMUNITY_DEPTH = 12

Place = tuple[str, UUID | None]
"""A community's path (or a shorter one, for what has no community yet) and a compound of it; None is everything
outside compounds: village houses, yards, people without a door."""

Figures = dict[Place, dict[str, int]]
"""Numbers by place and metric code; what does not occur is not in it."""

WORK_CODES = ("work.due", "work.done", "work.late")


def figures_of(*, at: At, scopes: Sequence[str]) -> Figures:
    """Every number of the day table for the areas at `scopes`; four queries, whatever the number of compounds."""
    found: Figures = {}
    for read in (_people, _dwellings, _work, _measures):
        for place, counts in read(at, scopes):
            found.setdefault(place, {}).update(counts)
    return found


def base_by_area(*, at: At, scopes: Sequence[str]) -> dict[str, dict[str, int]]:
    """People, households and dwellings by community path; two queries, each one pass over its table."""
    found: dict[str, dict[str, int]] = {}
    for read in (_people, _dwellings):
        for (path, _compound), counts in read(at, scopes):
            sums = found.setdefault(path, {})
            for code, count in counts.items():
                sums[code] = sums.get(code, 0) + count
    return found


def arrivals_by_place(arrivals: Sequence[Arrival]) -> dict[Place, dict[str, int]]:
    """Arrivals by place and origin."""
    found: dict[Place, dict[str, int]] = {}
    for path, compound_id, origin in arrivals:
        counts = found.setdefault((path[:COMMUNITY_DEPTH], compound_id), {})
        counts[origin] = counts.get(origin, 0) + 1
    return found


def compounds_under(*, at: At, scopes: Sequence[str]) -> list[Territory]:
    """Compounds in force on the day under `scopes`, in the order of their codes, which is the order of communities."""
    areas = Territory.objects.in_force(at.day).filter(level=Level.COMPOUND).only("id", "path", "name", "code")
    return list(within(areas, path="path", scopes=scopes).order_by("code"))


Lines = list[tuple[Place, dict[str, int]]]


def _people(at: At, scopes: Sequence[str]) -> Lines:
    """People, households and lived-in dwellings.

    One pass over the people in the order of the index `person_by_home` leaves a row for each household at a door, less
    than half as many as people; only those meet the households, each of which counts at its own door.
    """
    here, areas = _scope("path", scopes)
    rows = _fetch(
        f"""
        WITH homes AS (
            SELECT compound_id, path, dwelling_id, household_id, count(*) AS people
            FROM people_person
            WHERE merged_into_id IS NULL AND dwelling_id IS NOT NULL AND created_at <= %s AND ({here})
            GROUP BY compound_id, path, dwelling_id, household_id
        )
        SELECT o.compound_id, left(o.path, {COMMUNITY_DEPTH}), sum(o.people), count(DISTINCT o.dwelling_id), count(h.id)
        FROM homes o LEFT JOIN people_household h ON h.id = o.household_id AND h.dwelling_id = o.dwelling_id
        GROUP BY 1, 2
        """,  # noqa: S608 - `here` is made of placeholders
        [at.instant, *areas],
    )
    return [_line(row, ("people.registered", "dwellings.occupied", "households")) for row in rows]


def _dwellings(at: At, scopes: Sequence[str]) -> Lines:
    """Dwellings and vacant ones, by compound."""
    here, areas = _scope("path", scopes)
    rows = _fetch(
        f"""
        SELECT compound_id, left(path, {COMMUNITY_DEPTH}), sum(n), sum(vacant) FROM (
            SELECT compound_id, path, count(*) AS n, count(*) FILTER (WHERE status = %s) AS vacant
            FROM people_dwelling WHERE {here} GROUP BY compound_id, path
        ) AS buildings GROUP BY 1, 2
        """,  # noqa: S608 - `here` is made of placeholders
        [VACANT, *areas],
    )
    return [_line(row, ("dwellings", "dwellings.vacant")) for row in rows]


def _work(at: At, scopes: Sequence[str]) -> Lines:
    """Checks by the compound of their dwelling, else of the building or compound they were placed at."""
    placed = Territory.objects.filter(path=OuterRef("path"))
    compound_itself = placed.filter(level=Level.COMPOUND).values("id")
    compound = Coalesce(
        F("dwelling__compound_id"),
        Subquery(placed.values("compound_id")[:1]),
        Subquery(compound_itself[:1]),
        output_field=UUIDField(),
    )
    rows = within(METRICS["work.due"].source.rows(at), path="path", scopes=scopes)
    return _count(rows.annotate(place=compound), WORK_CODES, at=at, among=METRICS["work.due"].where(at))


def _measures(at: At, scopes: Sequence[str]) -> Lines:
    """Measures in force by regime; a measure remembers the compound it is kept in."""
    rows = within(METRICS["measures.in_force"].source.rows(at), path="path", scopes=scopes)
    codes = tuple(f"measures.{regime.value}" for regime in Regime)
    return _count(rows.annotate(place=F("compound_id")), codes, at=at, among=Q())


def _count(rows: Rows, codes: Sequence[str], *, at: At, among: Q) -> Lines:
    counts = {f"n{i}": Count("pk", filter=METRICS[code].where(at)) for i, code in enumerate(codes)}
    grouped = rows.filter(among).annotate(area=Left("path", COMMUNITY_DEPTH)).order_by()
    lines = grouped.values_list("place", "area").annotate(**counts).values_list("place", "area", *counts)
    return [_line(line, codes) for line in lines]


def _scope(column: str, scopes: Sequence[str]) -> tuple[str, list[str]]:
    """A condition "under one of these areas" as ranges, which an index serves, and its parameters."""
    if not scopes:
        return "FALSE", []
    ranges = [(scope, scope + _AFTER_ALL) for scope in scopes]
    return " OR ".join(f"({column} >= %s AND {column} < %s)" for _ in ranges), [end for pair in ranges for end in pair]


_AFTER_ALL = "~"
"""Sorts after every character of a path (base 36, collation C)."""


def _fetch(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _line(row: Sequence[Any], codes: Sequence[str]) -> tuple[Place, dict[str, int]]:
    compound_id, path, *counts = row
    return (path, compound_id), {code: int(count) for code, count in zip(codes, counts, strict=True) if count}

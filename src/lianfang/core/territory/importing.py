"""Bringing a territory tree in from a table of areas (one row per area, parents before or after children)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from lianfang.core.territory.gazetteer import forget
from lianfang.core.territory.models import Level, Territory, step
from lianfang.kernel.uuid7 import uuid7


class UnknownParent(ValueError):
    """An area names a parent that is neither in the table nor in the ledger."""

    code = "territory.unknown_parent"


def import_areas(rows: Iterable[Mapping[str, str]]) -> dict[str, Territory]:
    """Create the areas of `rows` that do not exist yet; returns all areas by code.

    Columns: code, name, type (a `Level`), parent_code, compound_code, kind, aliases (separated by ；), valid_from,
    valid_to, successor_code. Raises `UnknownParent`.
    """
    wanted = {row["code"]: row for row in rows}
    known = {area.code: area for area in Territory.objects.all()}
    children: dict[str, int] = {}
    for area in known.values():
        if area.parent_id:
            children[area.path[:-4]] = max(children.get(area.path[:-4], 0), int(area.path[-4:], 36))
    for row in sorted(wanted.values(), key=_depth):
        if row["code"] not in known:
            known[row["code"]] = _create(row, known, children)
    for row in wanted.values():
        if row.get("successor_code"):
            Territory.objects.filter(code=row["code"]).update(successor=known[row["successor_code"]])
    forget()
    return known


def ensure_entrances(pairs: Iterable[tuple[str, str]], *, areas: dict[str, Territory]) -> dict[str, Territory]:
    """Create the entrances named by (building code, unit text) pairs that do not exist yet; returns them by code.

    An entrance's code is its building's, ``-U`` and the unit's text. Pairs of unknown buildings or without a unit are
    left out.
    """
    wanted = {f"{building}-U{unit}": (building, unit) for building, unit in pairs if unit and building in areas}
    known = {area.code: area for area in Territory.objects.filter(level=Level.ENTRANCE, code__in=wanted)}
    counts: dict[str, int] = {}
    fresh = []
    for code, (building, unit) in sorted(wanted.items()):
        parent = areas[building]
        if code in known:
            continue
        if parent.path not in counts:
            counts[parent.path] = Territory.objects.filter(parent=parent).count()
        counts[parent.path] += 1
        fresh.append(
            Territory(
                id=uuid7(),
                parent=parent,
                level=Level.ENTRANCE,
                code=code,
                name=unit[:60],
                path=parent.path + step(counts[parent.path]),
                compound_id=parent.compound_id,
                valid_from=parent.valid_from,
            )
        )
    Territory.objects.bulk_create(fresh, batch_size=2000)
    forget()
    return known | {area.code: area for area in fresh}


_ORDER = {level: i for i, level in enumerate(("county", "subdistrict", "community", "compound", "grid", "building"))}


def _depth(row: Mapping[str, str]) -> tuple[int, str]:
    return (_ORDER.get(row["type"], 9), row["code"])


def _create(row: Mapping[str, str], known: dict[str, Territory], children: dict[str, int]) -> Territory:
    parent = known.get(row["parent_code"])
    if row["parent_code"] and parent is None:
        raise UnknownParent(f"{row['code']} {row['name']}: no area {row['parent_code']}")
    base = parent.path if parent else ""
    children[base] = children.get(base, 0) + 1
    return Territory.objects.create(
        id=uuid7(),
        parent=parent,
        level=row["type"],
        code=row["code"],
        name=row["name"],
        aliases=[alias for alias in row.get("aliases", "").split("；") if alias],
        path=base + step(children[base]),
        compound=known.get(row.get("compound_code", "")) if row["type"] == Level.BUILDING else None,
        kind=row.get("kind", ""),
        valid_from=date.fromisoformat(row["valid_from"]) if row.get("valid_from") else date(2000, 1, 1),
        valid_to=date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
    )

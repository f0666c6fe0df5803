"""What is different between two editions, as values to be put into words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, time
from typing import Any, TypeAlias

from lianfang.playbooks.schema import Edition

Value: TypeAlias = str | int | float | bool | datetime | time | tuple[Any, ...] | None

_TEXTS = frozenset({"source", "confidence", "note", "code", "level", "zone"})
"""Why and how sure, and what names the subject itself: shown beside the rules, not compared."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs. `section` is edition, conventions, hours, category, zone or staffing; `subject` its code.

    `stage` counts from 1, 0 where there is none. `before` or `after` is None where one edition does not have it.
    """

    section: str
    subject: str
    stage: int
    key: str
    before: Value
    after: Value


def difference(before: Edition, after: Edition) -> tuple[Change, ...]:
    """Every value that differs, in the order of the file."""
    old, new = dict(_values(before)), dict(_values(after))
    order = {key: number for number, key in enumerate(dict.fromkeys((*old, *new)))}
    # What only the newer edition says about a subject stands beside what both say about it.
    first: dict[tuple[str, str], int] = {}
    for key, number in order.items():
        first.setdefault(key[:2], number)
    keys = sorted(order, key=lambda key: (_SECTIONS.index(key[0]), first[key[:2]], key[2], order[key]))
    return tuple(Change(*key, before=old.get(key), after=new.get(key)) for key in keys if old.get(key) != new.get(key))


_Key: TypeAlias = tuple[str, str, int, str]
_SECTIONS = ("edition", "conventions", "hours", "category", "zone", "staffing")


def _values(edition: Edition) -> Iterator[tuple[_Key, Value]]:
    for name in ("disease", "kind", "starts_at", "ends_at"):
        yield ("edition", "", 0, name), getattr(edition, name)
    for key, value in _flat(edition.conventions):
        yield ("conventions", "", 0, key), value
    for duty, hours in edition.hours.items():
        yield ("hours", duty, 0, "hours"), hours
    for code, plan in edition.categories.items():
        for key, value in _flat(plan, leave_out=frozenset({"stages"})):
            yield ("category", code, 0, key), value
        for number, stage in enumerate(plan.stages, start=1):
            for key, value in _flat(stage):
                yield ("category", code, number, key), value
    for level, zone in edition.zones.items():
        for key, value in _flat(zone):
            yield ("zone", level, 0, key), value
    for level in dict.fromkeys(one.zone for one in edition.staffing):
        ratios = tuple(sorted(one.residents_per_worker for one in edition.staffing if one.zone == level))
        yield ("staffing", level, 0, "residents_per_worker"), ratios


def _flat(part: Any, *, leave_out: frozenset[str] = frozenset()) -> Iterator[tuple[str, Value]]:
    """Fields of a part, of parts within it as ``arrival.m_tests``. What is empty is not there."""
    for name in (field.name for field in fields(part)):
        value = getattr(part, name)
        if name in _TEXTS or name in leave_out or value in (None, "", ()):
            continue
        if is_dataclass(value):
            yield from ((f"{name}.{key}", inner) for key, inner in _flat(value))
        elif isinstance(value, Mapping):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        elif name == "release":
            yield name, tuple((one.code, one.day, one.count, one.min_gap_h) for one in value)
        else:
            yield name, value

"""Pages by key, never by number: each begins behind the last row of the one before, so all cost the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import DateTimeField, Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

PAGE = 50
"""Rows on one page."""

M = TypeVar("M", bound=Model)
R = TypeVar("R")


@dataclass(slots=True)
class Slice(Generic[R]):
    """Rows of one page and where the next begins (empty at the end); the shape the pager shows."""

    rows: list[R]
    next_cursor: str = ""
    previous_cursor: str = ""
    total: int | None = None
    shown: int = field(init=False)

    def __post_init__(self) -> None:
        self.shown = len(self.rows)


def behind(queryset: QuerySet[M], *, key: str, cursor: str, descending: bool = False) -> QuerySet[M]:
    """`queryset` ordered by `key` and id, beginning behind `cursor`. An unreadable cursor begins at the start."""
    sign, word = ("-", "lt") if descending else ("", "gt")
    place = _read(queryset.model, key, cursor)
    if place is not None:
        value, last = place
        if key == "id":
            queryset = queryset.filter(**{f"id__{word}": last})
        else:
            same = Q(**{key: value, f"id__{word}": last})
            # The first condition says nothing new, but lets the index be entered at the right place.
            queryset = queryset.filter(Q(**{f"{key}__{word}e": value}), Q(**{f"{key}__{word}": value}) | same)
    order = [f"{sign}id"] if key == "id" else [f"{sign}{key}", f"{sign}id"]
    return queryset.order_by(*order)


def cut(rows: Iterable[R], *, key: int | str, row_id: int | str = "id", size: int = PAGE) -> Slice[R]:
    """At most `size` of `rows` (of which one more was fetched), `key` and `row_id` naming the cursor's two columns."""
    found = list(rows)
    shown = found[:size]
    if len(found) <= size:
        return Slice(shown)
    last = shown[-1]
    return Slice(shown, next_cursor=f"{_text(_part(last, key))}~{_part(last, row_id)}")


def _part(row: Any, name: int | str) -> Any:
    return row[name] if isinstance(name, int) or isinstance(row, dict) else getattr(row, name)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read(model: type[Model], key: str, cursor: str) -> tuple[Any, UUID] | None:
    text, _sign, last = cursor.rpartition("~")
    if not text:
        return None
    try:
        last_id = UUID(last)
        if key == "id":
            return last_id, last_id
        instant = isinstance(model._meta.get_field(key), DateTimeField)
        value = parse_datetime(text) if instant else text
    except ValueError:
        return None
    if value is None or (isinstance(value, datetime) and value.tzinfo is None):
        return None
    return value, last_id

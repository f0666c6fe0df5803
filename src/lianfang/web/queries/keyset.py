"""Pages by key, never by number: each begins behind the last row of the one before, so all cost the same.

A cursor is the key and the id of a row; with `<` before it the page ends in front of that row instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import DateTimeField, Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

PAGE = 50
"""Rows on one page."""
BEFORE = "<"
"""First character of the cursor of a page in front of a row."""

M = TypeVar("M", bound=Model)
R = TypeVar("R")
L = TypeVar("L")


@dataclass(slots=True)
class Slice(Generic[R]):
    """Rows of one page and the cursors of its neighbours (empty where there are none); the shape the pager shows."""

    rows: list[R]
    next_cursor: str = ""
    previous_cursor: str = ""
    total: int | None = None
    shown: int = field(init=False)

    def __post_init__(self) -> None:
        self.shown = len(self.rows)

    def of(self, lines: list[L]) -> Slice[L]:
        """The same page with its rows made into lines."""
        return Slice(lines, next_cursor=self.next_cursor, previous_cursor=self.previous_cursor, total=self.total)


def behind(queryset: QuerySet[M], *, key: str, cursor: str, descending: bool = False) -> QuerySet[M]:
    """`queryset` ordered by `key` and id, beginning behind `cursor`. An unreadable cursor names no row:
    it begins at the start (with `<`: at the end).

    In front of a row the rows come nearest first; `cut` turns them round.
    """
    descending = descending != backward(cursor)
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


def backward(cursor: str) -> bool:
    """Whether `cursor` asks for the page in front of a row."""
    return cursor.startswith(BEFORE)


def cut(rows: Iterable[R], *, key: int | str, cursor: str, row_id: int | str = "id", size: int = PAGE) -> Slice[R]:
    """At most `size` of `rows` (of which `behind` the same `cursor` fetched one more) in reading order.

    `key` and `row_id` name the two columns of a cursor. On the side one comes from there are rows; on the other side
    the one row more tells.
    """
    return sliced(rows, cursor=cursor, mark=lambda row: f"{_text(_part(row, key))}~{_part(row, row_id)}", size=size)


def sliced(rows: Iterable[R], *, cursor: str, mark: Callable[[R], str], size: int = PAGE) -> Slice[R]:
    """`cut` for any order: `mark` makes the cursor of a row."""
    found = list(rows)
    more, shown = len(found) > size, found[:size]
    if backward(cursor):
        shown.reverse()
    if not shown:
        return Slice(shown)
    before, after = BEFORE + mark(shown[0]), mark(shown[-1])
    if backward(cursor):
        return Slice(shown, previous_cursor=before if more else "", next_cursor=after)
    return Slice(shown, previous_cursor=before if cursor else "", next_cursor=after if more else "")


def _part(row: Any, name: int | str) -> Any:
    return row[name] if isinstance(name, int) or isinstance(row, dict) else getattr(row, name)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read(model: type[Model], key: str, cursor: str) -> tuple[Any, UUID] | None:
    text, _sign, last = cursor.removeprefix(BEFORE).rpartition("~")
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

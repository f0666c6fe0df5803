"""The rows behind a number, as lines of a page: names masked, each line a way into the ledger it comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianfang.core.metrics.registry import At, Metric, rows_of
from lianfang.kernel.masking import mask_name
from lianfang.web.queries.keyset import PAGE, Slice, behind, cut

Text = str | Promise


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row: its first cell, where it leads (empty: nowhere further), the other cells."""

    id: Any
    title: str
    url: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """How the rows of a source are shown: the headers and how to read a row."""

    headers: tuple[Text, ...]
    related: tuple[str, ...]
    line: Callable[[Any], RowLine]


def rows_page(metric: Metric, *, at: At, scopes: tuple[str, ...], cursor: str) -> Slice[RowLine]:
    """A page of the rows behind `metric` in the areas at `scopes`; two queries at most."""
    sheet = SHEETS[metric.source.code]
    rows: QuerySet[Any] = rows_of(metric, at=at, scopes=scopes).select_related(*sheet.related)
    found = cut(behind(rows, key="id", cursor=cursor)[: PAGE + 1], key="id", cursor=cursor)
    return found.of([sheet.line(row) for row in found.rows])


def _when(instant: datetime | None) -> str:
    return f"{timezone.localtime(instant):%m-%d %H:%M}" if instant else ""


def _door(dwelling: Any) -> str:
    return dwelling.label if dwelling is not None else _("No address")


def _work(item: Any) -> RowLine:
    cells = (
        str(item.get_state_display()),
        str(item.get_outcome_display()) if item.outcome else "",
        _when(item.due_at),
        item.assignee.display_name if item.assignee else "",
    )
    return RowLine(item.id, _door(item.dwelling), reverse("work_item", args=[item.id]), cells)


def _origin(origin: Any) -> RowLine:
    who = mask_name(origin.person.name) if origin.person else _door(origin.item.dwelling)
    source = origin.source_list.title if origin.source_list else origin.note
    cells = (str(origin.get_kind_display()), source, _door(origin.item.dwelling), _when(origin.created_at))
    return RowLine(origin.id, who, reverse("work_item", args=[origin.item_id]), cells)


def _list_row(row: Any) -> RowLine:
    url = reverse("person", args=[row.person_id]) if row.person_id else ""
    cells = (row.source_list.title, f"{row.sheet} · {row.sheet_row}", str(row.get_decision_display()))
    return RowLine(row.id, mask_name(row.name) or "—", url, cells)


def _list(one: Any) -> RowLine:
    persons = one.counts.get("persons", "")
    cells = (one.issuer, str(one.get_state_display()), str(persons), _when(one.received_at), _when(one.deadline_at))
    return RowLine(one.id, one.title, reverse("list", args=[one.id]), cells)


def _person(person: Any) -> RowLine:
    cells = (_door(person.dwelling), person.compound.name if person.compound else "")
    return RowLine(person.id, mask_name(person.name), reverse("person", args=[person.id]), cells)


def _household(household: Any) -> RowLine:
    return RowLine(household.id, _door(household.dwelling), reverse("household", args=[household.id]), ())


def _dwelling(dwelling: Any) -> RowLine:
    cells = (dwelling.compound.name if dwelling.compound else "", dwelling.status, _when(dwelling.checked_at))
    return RowLine(dwelling.id, dwelling.label, reverse("dwelling", args=[dwelling.id]), cells)


def _measure(measure: Any) -> RowLine:
    cells = (str(measure.get_regime_display()), _door(measure.dwelling), _when(measure.ends_at))
    return RowLine(measure.id, mask_name(measure.person.name), reverse("person", args=[measure.person_id]), cells)


def _finding(subject: Any) -> RowLine:
    cells = (_door(subject.item.dwelling), str(subject.get_outcome_display()), _when(subject.recorded_at))
    return RowLine(subject.id, mask_name(subject.person.name), reverse("work_item", args=[subject.item_id]), cells)


_PERSON, _DOOR = gettext_lazy("Person"), gettext_lazy("Door")
_LISTS = Sheet(
    (
        gettext_lazy("List"),
        gettext_lazy("Issuer"),
        gettext_lazy("State"),
        gettext_lazy("Persons"),
        gettext_lazy("Received"),
        gettext_lazy("Deadline"),
    ),
    (),
    _list,
)
_ROWS = Sheet(
    (_PERSON, gettext_lazy("List"), gettext_lazy("Sheet and row"), gettext_lazy("Decision")),
    ("source_list",),
    _list_row,
)

_MEASURES = Sheet((_PERSON, gettext_lazy("Measure"), _DOOR, gettext_lazy("Ends")), ("person", "dwelling"), _measure)

SHEETS: dict[str, Sheet] = {
    "work": Sheet(
        (_DOOR, gettext_lazy("State"), gettext_lazy("Result"), gettext_lazy("Due"), gettext_lazy("Given to")),
        ("dwelling", "assignee"),
        _work,
    ),
    "origins": Sheet(
        (_PERSON, gettext_lazy("Kind"), gettext_lazy("Asked for by"), _DOOR, gettext_lazy("Since")),
        ("person", "source_list", "item__dwelling"),
        _origin,
    ),
    "list_rows": _ROWS,
    "parked_rows": _ROWS,
    "lists": _LISTS,
    "dispatched_lists": _LISTS,
    "people": Sheet((_PERSON, _DOOR, gettext_lazy("Compound")), ("dwelling", "compound"), _person),
    "households": Sheet((_DOOR,), ("dwelling",), _household),
    "dwellings": Sheet(
        (_DOOR, gettext_lazy("Compound"), gettext_lazy("Status"), gettext_lazy("Last visit")), ("compound",), _dwelling
    ),
    "measures": _MEASURES,
    "drill_measures": _MEASURES,
    "findings": Sheet(
        (_PERSON, _DOOR, gettext_lazy("Result"), gettext_lazy("Written down")), ("person", "item__dwelling"), _finding
    ),
}
"""How each source's rows are shown, by the code of the source."""

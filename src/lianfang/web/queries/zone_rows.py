"""The rows behind a count of a zone's board: names masked, each line a way into the ledger it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianfang.capabilities.zone.finding import areas_of
from lianfang.capabilities.zone.models import Zone
from lianfang.capabilities.zone.passes import HouseholdPass, PassUse
from lianfang.core.access.models import User
from lianfang.core.territory.models import Territory
from lianfang.kernel.masking import mask_name
from lianfang.web.queries import zones
from lianfang.web.queries.keyset import PAGE, Slice, behind, cut
from lianfang.web.queries.numbers import RowLine

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Behind:
    """How the rows of a count are found and shown."""

    title: Text
    headers: tuple[Text, ...]
    related: tuple[str, ...]
    rows: Callable[[User, Zone, list[Territory], datetime], QuerySet[Any]]
    line: Callable[[Any], RowLine]


def rows_behind(what: str, actor: User, zone: Zone, *, now: datetime, cursor: str) -> Slice[RowLine]:
    """A page of the rows behind a count; two queries."""
    shown = ROWS[what]
    found = shown.rows(actor, zone, areas_of(zone), now).select_related(*shown.related)
    part = cut(behind(found, key="id", cursor=cursor)[: PAGE + 1], key="id", cursor=cursor)
    return part.of([shown.line(row) for row in part.rows])


def _when(instant: datetime | None) -> str:
    return f"{timezone.localtime(instant):%m-%d %H:%M}" if instant else ""


def _door(dwelling: Any) -> str:
    return dwelling.label if dwelling is not None else _("No address")


def _person(person: Any) -> RowLine:
    return RowLine(person.id, mask_name(person.name), reverse("person", args=[person.id]), (_door(person.dwelling),))


def _household(home: Any) -> RowLine:
    return RowLine(home.id, _door(home.dwelling), reverse("household", args=[home.id]), ())


def _measure(one: Any) -> RowLine:
    cells = (str(one.get_regime_display()), _door(one.dwelling), _when(one.ends_at))
    return RowLine(one.id, mask_name(one.person.name), reverse("person", args=[one.person_id]), cells)


def _need(one: Any) -> RowLine:
    cells = (one.kind, _door(one.person.dwelling))
    return RowLine(one.id, mask_name(one.person.name), reverse("person", args=[one.person_id]), cells)


def _pass(one: Any) -> RowLine:
    cells = (one.code, _when(one.issued_at), _when(one.ends_at))
    return RowLine(one.id, _door(one.dwelling), reverse("household", args=[one.household_id]), cells)


def _use(one: Any) -> RowLine:
    cells = (_when(one.out_at), _when(one.due_back_at))
    return RowLine(one.id, _door(one.given.dwelling), reverse("household", args=[one.given.household_id]), cells)


_PERSON, _DOOR = gettext_lazy("Person"), gettext_lazy("Door")

ROWS: Mapping[str, Behind] = {
    "people": Behind(
        gettext_lazy("People inside"),
        (_PERSON, _DOOR),
        ("dwelling",),
        lambda actor, zone, areas, now: zones.people_in(actor, areas),
        _person,
    ),
    "households": Behind(
        gettext_lazy("Households inside"),
        (_DOOR,),
        ("dwelling",),
        lambda actor, zone, areas, now: zones.homes_in(actor, areas),
        _household,
    ),
    "measures": Behind(
        gettext_lazy("Of them under measures"),
        (_PERSON, gettext_lazy("Measure"), _DOOR, gettext_lazy("Ends")),
        ("person", "dwelling"),
        lambda actor, zone, areas, now: zones.measures_in(actor, zone, areas, now=now),
        _measure,
    ),
    "needs": Behind(
        gettext_lazy("Special needs inside"),
        (_PERSON, gettext_lazy("Kind"), _DOOR),
        ("person__dwelling",),
        lambda actor, zone, areas, now: zones.needs_in(actor, areas, now=now),
        _need,
    ),
    "passes": Behind(
        gettext_lazy("Passes given"),
        (_DOOR, gettext_lazy("Code"), gettext_lazy("Given on"), gettext_lazy("Ends")),
        ("dwelling",),
        lambda actor, zone, areas, now: HouseholdPass.objects.visible_to(actor).filter(zone=zone, revoked_at=None),
        _pass,
    ),
    "outside": Behind(
        gettext_lazy("Out now"),
        (_DOOR, gettext_lazy("Out since"), gettext_lazy("Due back")),
        ("given__dwelling",),
        lambda actor, zone, areas, now: PassUse.objects.visible_to(actor).filter(given__zone=zone).outside(),
        _use,
    ),
}
"""By the word of the count."""

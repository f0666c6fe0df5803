"""The switch for pages: what is in force, the history of orders, what is still open, and the clocks that run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.plans.models import RetentionClock
from lianfang.capabilities.zone.models import Zone
from lianfang.capabilities.zone.passes import HouseholdPass, PassUse
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.measures.standing import HeldBatch
from lianfang.core.metrics.models import Activation
from lianfang.core.territory.models import prefixes
from lianfang.core.work.models import WorkItem
from lianfang.web.queries.zone_rules import edition_words

Text = str | Promise

ORDERS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Order:
    """An order in the history."""

    activation: Activation
    state: str
    edition: str
    may_end: bool


def orders_of(actor: User, *, now: datetime) -> list[Order]:
    """Orders of the viewer's areas and of those around them, the newest first; one query."""
    rows = _seen(actor).select_related("territory", "ordered_by", "ended_by").order_by("-starts_at", "-id")
    return [_order(actor, one, now) for one in rows[:ORDERS_SHOWN]]


def _seen(actor: User) -> QuerySet[Activation]:
    condition = Q(pk__in=[])
    for scope in actor.authority.scopes("metrics.read"):
        condition |= Q(territory__path__startswith=scope) | Q(territory__path__in=prefixes(scope))
    return Activation.objects.filter(condition)


def _order(actor: User, one: Activation, now: datetime) -> Order:
    ended = one.ends_at is not None and one.ends_at <= now
    state = "ended" if ended else "coming" if one.starts_at > now else "drill" if one.drill else "emergency"
    may_end = one.ends_at is None and actor.authority.may("plans.activate", path=one.territory.path)
    return Order(one, state, edition_words(one.edition) if one.edition else "", may_end)


def order_for(actor: User, activation_id: UUID) -> Activation:
    """The order if the viewer may end it. Raises `NotFound`."""
    found = Activation.objects.select_related("territory").filter(id=activation_id).first()
    if found is None or not actor.authority.may("plans.activate", path=found.territory.path):
        raise NotFound("activation")
    return found


STILL_WORDS: Mapping[str, Text] = {
    "work": _("Open work"),
    "measures": _("Measures not lifted"),
    "held": _("Batches held for a decision"),
    "zones": _("Zones in force"),
    "passes": _("Passes given"),
    "outside": _("Out now"),
}


@dataclass(frozen=True, slots=True)
class Still:
    """Something that is not closed yet: how many, and where they are."""

    code: str
    label: Text
    count: int
    url: str


def still_open(order: Activation, *, now: datetime) -> list[Still]:
    """What to close before or after going back; counted over the whole area of the order, without any name.

    Whoever orders the switch sees numbers of an area whose rows they may not read: counting needs no look.
    """
    path, drill = order.territory.path, order.drill
    scope = (path,)
    zones = Zone.objects.in_scopes(scope).filter(path__startswith=path).in_force(now).filter(drill=drill)
    measures = ControlMeasure.objects.in_scopes(scope).unlifted().filter(drill=drill)
    passes = HouseholdPass.objects.in_scopes(scope).standing().filter(zone__drill=drill)
    out = PassUse.objects.in_scopes(scope).outside().filter(given__zone__drill=drill)
    work = WorkItem.objects.in_scopes(scope).open()
    held = HeldBatch.objects.in_scopes(scope).filter(decided_at=None)
    counted = {
        "work": (work.count(), reverse("work_board")),
        "measures": (measures.count(), ""),
        "held": (held.count(), ""),
        "zones": (zones.count(), reverse("zones")),
        "passes": (passes.count(), ""),
        "outside": (out.count(), ""),
    }
    return [Still(code, STILL_WORDS[code], count, url) for code, (count, url) in counted.items()]


CATEGORY_WORDS: Mapping[str, tuple[Text, Text]] = {
    "identity": (
        _("Names, document numbers, sex, day of birth of people who do not belong to the standing register"),
        _("Delete the person; documents, telephones and needs go with them."),
    ),
    "contact": (_("Calls and telephone numbers noted for the event"), _("Delete the rows.")),
    "health": (
        _("Facts, measures, needs and findings about health; an appeal in progress holds them"),
        _("Delete the rows; findings lie in monthly parts that can be dropped whole."),
    ),
    "whereabouts": (_("What checks and gates found out: here, left, where to"), _("Delete the rows.")),
    "raw": (_("Cells of lists as they came"), _("Delete the list, then its sealed file.")),
    "pin": (_("Decisions about people on lists, kept so that nothing is asked twice"), _("Delete the rows.")),
}
"""What the categories of the retention table hold and how they go, for those who must carry it out."""


@dataclass(frozen=True, slots=True)
class DueLine:
    """A category of personal data, how it goes, and from when it has outlived its rule."""

    what: Text
    shred: Text
    day: str


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock that runs: what ended, what was open then, what is due."""

    clock: RetentionClock
    due: list[DueLine]
    open_then: list[tuple[Text, int]]


def clocks_of(actor: User) -> list[ClockLine]:
    """Clocks of the viewer's areas, the newest first; one query."""
    rows = RetentionClock.objects.visible_to(actor).select_related("territory", "activation", "started_by")
    return [_clock(one) for one in rows.order_by("-event_ended_at", "id")[:ORDERS_SHOWN]]


def _clock(clock: RetentionClock) -> ClockLine:
    due: dict[str, Any] = clock.due
    open_then: dict[str, Any] = clock.still_open
    return ClockLine(
        clock,
        [DueLine(*CATEGORY_WORDS[code], str(day)) for code, day in due.items() if code in CATEGORY_WORDS],
        [(STILL_WORDS[code], int(count)) for code, count in open_then.items() if count and code in STILL_WORDS],
    )

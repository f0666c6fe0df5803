"""Errands as cards: the runner's way from door to door, and what nobody has been given yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from lianfang.capabilities.errands.actions import stop_of
from lianfang.capabilities.errands.models import Errand, ErrandBatch, ErrandQuerySet, ErrandState
from lianfang.capabilities.errands.rules import OPEN_STATES, plan
from lianfang.core.access.models import User
from lianfang.field.doors import door_title
from lianfang.kernel.masking import mask_name
from lianfang.kernel.uuid7 import uuid7
from lianfang.web.durations import against_deadline

MOST_CARDS = 120
"""Cards on one page: ten full batches."""
KEPT_IN_STEP = ("dwelling__compound", "person", "batch__runner")


@dataclass(frozen=True, slots=True)
class Counts:
    """What a runner still has to do, what of it is late, and what was done today (day in Asia/Shanghai)."""

    to_do: int
    late: int
    done: int


@dataclass(frozen=True, slots=True)
class Card:
    """One errand at one door. Whom it is for is masked."""

    errand: Errand
    title: str
    area: str
    name: str
    due: str
    late: bool

    @property
    def is_open(self) -> bool:
        """Whether there is still something to be done."""
        return self.errand.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class Leg:
    """A batch with the cards still open, in the order of the way; `waits` until the runner sets out."""

    batch: ErrandBatch
    cards: list[Card]
    waits: bool
    command: UUID = field(default_factory=uuid7)


def midnight(now: datetime) -> datetime:
    """The beginning of the day in Asia/Shanghai."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def mine(actor: User) -> ErrandQuerySet:
    """What was given to the actor."""
    return Errand.objects.visible_to(actor).filter(batch__runner=actor)


def counts_of(actor: User, *, now: datetime) -> Counts:
    """The figures of the runner's day; one query, once per request."""
    kept = actor.__dict__.get("_errand_counts")
    if isinstance(kept, Counts):
        return kept
    is_open = Q(state__in=OPEN_STATES)
    since = Q(closed_at__gte=midnight(now))
    found = mine(actor).aggregate(
        to_do=Count("id", filter=is_open),
        late=Count("id", filter=is_open & Q(due_at__lt=now)),
        done=Count("id", filter=since & Q(state=ErrandState.DELIVERED)),
    )
    actor.__dict__["_errand_counts"] = counts = Counts(**found)
    return counts


def cards_of(errands: Iterable[Errand], *, now: datetime) -> list[Card]:
    """Cards of errands that were read with `KEPT_IN_STEP`."""
    return [
        Card(
            errand=errand,
            title=door_title(errand.dwelling),
            area=errand.dwelling.compound.name if errand.dwelling.compound else "",
            name=mask_name(errand.person.name),
            due=against_deadline(errand.due_at, now=now),
            late=errand.state in OPEN_STATES and errand.due_at < now,
        )
        for errand in errands
    ]


def legs_of(actor: User, *, now: datetime) -> list[Leg]:
    """The actor's batches that are not finished, the earliest round first; one query."""
    errands = mine(actor).open().select_related("batch__compound", *KEPT_IN_STEP)
    rows = list(errands.order_by("batch__starts_at", "batch__id", "position")[:MOST_CARDS])
    legs: dict[object, Leg] = {}
    for errand, card in zip(rows, cards_of(rows, now=now), strict=True):
        assert errand.batch is not None, "only errands in a batch were asked for"
        leg = legs.setdefault(errand.batch_id, Leg(errand.batch, [], errand.batch.started_at is None))
        leg.cards.append(card)
    return list(legs.values())


def done_today(actor: User, *, now: datetime) -> list[Card]:
    """What the actor handed over or brought back today, the latest first."""
    rows = mine(actor).filter(closed_at__gte=midnight(now)).exclude(state=ErrandState.CANCELLED)
    return cards_of(rows.select_related(*KEPT_IN_STEP).order_by("-closed_at")[:MOST_CARDS], now=now)


def nobodys(actor: User, *, now: datetime) -> list[Card]:
    """What was asked for in the areas where the actor takes requests and also carries them out, in planned order."""
    asked = Errand.objects.visible_to(actor).filter(state=ErrandState.ASKED).select_related(*KEPT_IN_STEP)
    rows = [one for one in asked.order_by("due_at", "id")[:MOST_CARDS] if may_run(actor, one)]
    by_id = {errand.id: errand for errand in rows}
    tours = plan([stop_of(errand) for errand in rows], now=timezone.localtime(now))
    return cards_of([by_id[stop.id] for tour in tours for stop in tour.stops], now=now)


def may_run(actor: User, errand: Errand) -> bool:
    """Whether the actor carries errands out at this door."""
    return actor.authority.may("errands.run", path=errand.path)


def card_for(actor: User, errand_id: UUID, *, now: datetime) -> Card | None:
    """One errand the actor may see."""
    rows = list(Errand.objects.visible_to(actor).filter(id=errand_id).select_related(*KEPT_IN_STEP))
    return next(iter(cards_of(rows, now=now)), None)

"""The board of errands: what waits by building and round, what runners have, what is late, what is over today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from lianfang.capabilities.errands.actions import stop_of
from lianfang.capabilities.errands.models import Errand, ErrandBatch, ErrandPicture, ErrandQuerySet, ErrandState
from lianfang.capabilities.errands.rules import OPEN_STATES, Tour, plan
from lianfang.core.access.models import User
from lianfang.field.errands import KEPT_IN_STEP, midnight
from lianfang.kernel.masking import mask_name
from lianfang.web.durations import against_deadline
from lianfang.web.queries.keyset import Slice, behind, cut

SEGMENTS = ("waiting", "given", "late", "today")
MOST_SHOWN = 300
"""Errands on one tab by building; whoever has more chooses a smaller area."""
_TONES = {"asked": "warn", "batched": "info", "under_way": "info", "delivered": "ok", "returned": "bad"}


@dataclass(frozen=True, slots=True)
class Line:
    """One errand as the board shows it; whom it is for is masked."""

    errand: Errand
    name: str
    due: str
    late: bool
    tone: str
    runner: str

    @property
    def is_open(self) -> bool:
        """Whether there is still something to be done."""
        return self.errand.state in OPEN_STATES


@dataclass(slots=True)
class Group:
    """Errands of one building (or some near each other), one round and one load: what a runner can do in one go."""

    compound: str
    buildings: str
    load: str
    starts_at: datetime
    ends_at: datetime
    lines: list[Line] = field(default_factory=list)
    batch: ErrandBatch | None = None


def errands_for(actor: User, area: str) -> ErrandQuerySet:
    """Errands of the area (all areas for none) that the viewer takes down or carries out."""
    found = Errand.objects.visible_to(actor)
    return found.under(area) if area else found


def counts_of(actor: User, area: str, *, now: datetime) -> dict[str, int]:
    """How many errands stand on each tab; one query."""
    is_open = Q(state__in=OPEN_STATES)
    since = Q(closed_at__gte=midnight(now))
    found = errands_for(actor, area).filter(is_open | since)
    return found.aggregate(
        waiting=Count("id", filter=Q(state=ErrandState.ASKED)),
        given=Count("id", filter=Q(state__in=[ErrandState.BATCHED, ErrandState.UNDER_WAY])),
        late=Count("id", filter=is_open & Q(due_at__lt=now)),
        today=Count("id", filter=since),
    )


def line_of(errand: Errand, *, now: datetime) -> Line:
    """The line of an errand that was read with `KEPT_IN_STEP`."""
    is_open = errand.state in OPEN_STATES
    return Line(
        errand=errand,
        name=mask_name(errand.person.name),
        due=against_deadline(errand.due_at, now=now) if is_open else "",
        late=is_open and errand.due_at < now,
        tone=_TONES.get(errand.state, ""),
        runner=errand.batch.runner.display_name if errand.batch else "",
    )


def waiting_groups(actor: User, area: str, *, now: datetime) -> list[Group]:
    """What nobody has been given yet, as the rules would batch it; what holds a late errand first. One query."""
    asked = errands_for(actor, area).filter(state=ErrandState.ASKED).select_related(*KEPT_IN_STEP)
    rows = {errand.id: errand for errand in asked.order_by("due_at", "id")[:MOST_SHOWN]}
    tours = plan([stop_of(errand) for errand in rows.values()], now=timezone.localtime(now))
    groups = [_group(tour, rows, now=now) for tour in tours]
    return sorted(groups, key=lambda group: not any(line.late for line in group.lines))


def _group(tour: Tour, rows: dict[UUID, Errand], *, now: datetime) -> Group:
    errands = [rows[stop.id] for stop in tour.stops]
    home = errands[0].dwelling
    return Group(
        compound=home.compound.name if home.compound else home.label,
        buildings="、".join(filter(None, tour.buildings)),
        load=tour.load,
        starts_at=tour.round.starts_at,
        ends_at=tour.round.ends_at,
        lines=[line_of(errand, now=now) for errand in errands],
    )


def given_groups(actor: User, area: str, *, now: datetime) -> list[Group]:
    """What runners have, by batch, the earliest round first; one query."""
    given = errands_for(actor, area).filter(state__in=[ErrandState.BATCHED, ErrandState.UNDER_WAY])
    rows = given.select_related("batch__compound", *KEPT_IN_STEP)
    groups: dict[Any, Group] = {}
    for errand in rows.order_by("batch__starts_at", "batch__id", "position")[:MOST_SHOWN]:
        batch = errand.batch
        assert batch is not None, "what was given out is in a batch"
        if batch.id not in groups:
            compound = batch.compound.name if batch.compound else ""
            groups[batch.id] = Group(compound, batch.buildings, batch.load, batch.starts_at, batch.ends_at, batch=batch)
        groups[batch.id].lines.append(line_of(errand, now=now))
    return list(groups.values())


def late_page(actor: User, area: str, *, now: datetime, cursor: str) -> Slice[Line]:
    """What is late, the longest first."""
    return _page(errands_for(actor, area).late(now), key="due_at", now=now, cursor=cursor)


def today_page(actor: User, area: str, *, now: datetime, cursor: str) -> Slice[Line]:
    """What was handed over, brought back or called off today, the latest first."""
    over = errands_for(actor, area).filter(closed_at__gte=midnight(now))
    return _page(over, key="closed_at", now=now, cursor=cursor, descending=True)


def _page(errands: ErrandQuerySet, *, key: str, now: datetime, cursor: str, descending: bool = False) -> Slice[Line]:
    rows = behind(errands.select_related(*KEPT_IN_STEP), key=key, cursor=cursor, descending=descending)
    page: Slice[Errand] = cut(rows[:51], key=key, cursor=cursor)
    return page.of([line_of(errand, now=now) for errand in page.rows])


def errand_for(actor: User, errand_id: UUID) -> Errand | None:
    """One errand the viewer may see."""
    related = (*KEPT_IN_STEP, "taken_by", "closed_by", "batch__compound")
    return Errand.objects.visible_to(actor).select_related(*related).filter(id=errand_id).first()


def picture_for(actor: User, picture_id: UUID) -> ErrandPicture | None:
    """The picture of an errand the viewer may see."""
    errand = Errand.objects.visible_to(actor).select_related("picture").filter(picture_id=picture_id).first()
    return errand.picture if errand else None


def batch_for(actor: User, batch_id: UUID) -> tuple[ErrandBatch, Sequence[Errand]] | None:
    """A batch the viewer may see, and its errands in the order of the way."""
    batch = ErrandBatch.objects.visible_to(actor).select_related("compound", "runner").filter(id=batch_id).first()
    if batch is None:
        return None
    errands: Iterable[Errand] = Errand.objects.visible_to(actor).filter(batch=batch)
    return batch, list(errands_in_order(errands))


def errands_in_order(errands: Any) -> Any:
    """The errands of a batch in the order of the way."""
    return errands.select_related(*KEPT_IN_STEP).order_by("position")

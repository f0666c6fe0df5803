"""Measures as a desk sees them: what waits for whom, masked, one page at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise

from lianfang.core.access.models import User
from lianfang.core.measures import rules
from lianfang.core.measures.models import STRICT, ControlMeasure, ControlMeasureQuerySet, FactKind, Regime
from lianfang.core.measures.releasing import missing_of
from lianfang.core.measures.standing import Appeal, HandOver, HeldBatch
from lianfang.core.people.models import Person
from lianfang.core.people.search import search
from lianfang.kernel.masking import mask_name
from lianfang.playbooks.shelf import editions
from lianfang.web.queries.keyset import PAGE, Slice, behind, cut

SEGMENTS = ("approve", "operate", "running", "due", "held", "appeals", "moves", "done")
DUE_DAYS = 2
"""The list of releases shows today and tomorrow, and whoever should have been let go already."""


def tomorrows_end(now: datetime) -> datetime:
    """The midnight after tomorrow: measures that end by then are due today or tomorrow."""
    today = timezone.localdate(now)
    return datetime.combine(today + timedelta(days=DUE_DAYS), time(), tzinfo=rules.SHANGHAI)


def _approve(rows: ControlMeasureQuerySet, now: datetime) -> ControlMeasureQuerySet:
    return rows.proposed().filter(ends_at__gt=now)


def _operate(rows: ControlMeasureQuerySet, now: datetime) -> ControlMeasureQuerySet:
    return rows.unlifted().filter(operated_at=None, ends_at__gt=now)


def _running(rows: ControlMeasureQuerySet, now: datetime) -> ControlMeasureQuerySet:
    return rows.in_force(now)


def _due(rows: ControlMeasureQuerySet, now: datetime) -> ControlMeasureQuerySet:
    return rows.unlifted().filter(ends_at__lte=tomorrows_end(now))


def _done(rows: ControlMeasureQuerySet, now: datetime) -> ControlMeasureQuerySet:
    return rows.filter(released_at__isnull=False)


_Rows = Callable[[ControlMeasureQuerySet, datetime], ControlMeasureQuerySet]
_SEGMENT: dict[str, tuple[_Rows, str, bool]] = {
    "approve": (_approve, "proposed_at", False),
    "operate": (_operate, "starts_at", False),
    "running": (_running, "ends_at", False),
    "due": (_due, "ends_at", False),
    "done": (_done, "released_at", True),
}
"""Segment → its rows, the column it is ordered by, whether the newest come first."""


@dataclass(slots=True)
class Line:
    """A measure in a list; the name is masked."""

    id: UUID
    name: str
    door: str
    regime: str
    strict: bool
    day: int
    days: int
    basis: str
    basis_date: Any
    edition: str
    starts_at: datetime
    ends_at: datetime
    order_no: str
    overdue: bool
    proposed_by: str
    drill: bool
    released_at: datetime | None
    missing: list[Promise | str] = field(default_factory=list)


def lines_of(actor: User, segment: str, *, now: datetime, area: str = "", cursor: str = "") -> Slice[Line]:
    """One page of a segment; two queries, five where the conditions of release are looked up."""
    choose, key, newest = _SEGMENT[segment]
    rows = choose(ControlMeasure.objects.visible_to(actor), now)
    if area:
        rows = rows.under(area)
    rows = rows.select_related("person", "dwelling", "basis", "proposed_by")
    found = cut(behind(rows, key=key, cursor=cursor, descending=newest)[: PAGE + 1], key=key, cursor=cursor)
    lines = [_line(measure, now) for measure in found.rows]
    if segment == "due":
        missing = missing_of(found.rows, now=max(now, max((m.ends_at for m in found.rows), default=now)))
        for line in lines:
            line.missing = list(missing.get(line.id, ()))
    return found.of(lines)


def _line(measure: ControlMeasure, now: datetime) -> Line:
    day, days = day_of(measure, now)
    return Line(
        id=measure.id,
        name=mask_name(measure.person.name),
        door=measure.dwelling.label if measure.dwelling else "",
        regime=str(Regime(measure.regime).label),
        strict=measure.regime in STRICT,
        day=day,
        days=days,
        basis=str(FactKind(measure.basis.kind).label),
        basis_date=measure.basis.happened_date,
        edition=edition_title(measure.edition),
        starts_at=measure.starts_at,
        ends_at=measure.ends_at,
        order_no=measure.order_no or "",
        overdue=measure.ends_at <= now,
        proposed_by=measure.proposed_by.display_name,
        drill=measure.drill,
        released_at=measure.released_at,
    )


def edition_title(code: str) -> str:
    """The title of an edition; its code when the file is gone."""
    found = editions().get(code)
    return found.title if found else code


def day_of(measure: ControlMeasure, now: datetime) -> tuple[int, int]:
    """Which day of how many it is under this measure, as its edition numbers them; before it begins, day 0."""
    first, last = rules.days_of(measure.starts_at, measure.ends_at)
    terms = rules.read(measure.terms)
    total = terms.first_day + (last - first).days
    today = timezone.localdate(now)
    return (0 if today < first else min(total, terms.first_day + (today - first).days)), total


def counts_of(actor: User, *, now: datetime) -> dict[str, int]:
    """How many wait in each segment that is somebody's to do; one query each, kept short by indexes."""
    seen = ControlMeasure.objects.visible_to(actor)
    return {
        "approve": _approve(seen, now).count(),
        "operate": _operate(seen, now).count(),
        "due": _due(seen, now).filter(ends_at__lte=_today_end(now)).count(),
        "held": held_of(actor).count(),
        "appeals": Appeal.objects.visible_to(actor).open().count(),
        "moves": HandOver.objects.visible_to(actor).filter(received_at=None).count(),
    }


def proposals_of(actor: User, *, now: datetime) -> int:
    """How many proposals wait for approval."""
    return _approve(ControlMeasure.objects.visible_to(actor), now).count()


def _today_end(now: datetime) -> datetime:
    return datetime.combine(timezone.localdate(now) + timedelta(days=1), time(), tzinfo=rules.SHANGHAI)


def held_of(actor: User) -> Any:
    """Held batches nobody has decided yet, oldest first."""
    return (
        HeldBatch.objects.visible_to(actor)
        .filter(decided_at=None)
        .select_related("proposed_by")
        .order_by("proposed_at")
    )


def appeals_of(actor: User) -> list[Appeal]:
    """Open appeals, the one due first first."""
    found = Appeal.objects.visible_to(actor).open().select_related("measure__person", "measure__dwelling")
    return list(found.order_by("due_at", "id")[:PAGE])


def moves_of(actor: User) -> list[HandOver]:
    """Hand-overs on the way."""
    found = HandOver.objects.visible_to(actor).filter(received_at=None)
    return list(found.select_related("measure__person", "handed_by", "dwelling").order_by("handed_at")[:PAGE])


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer to “is this person still under measures?”."""

    person_id: UUID
    name: str
    door: str
    running: tuple[Line, ...]
    last_released_at: datetime | None


def look_up(actor: User, text: str, *, now: datetime) -> list[Standing]:
    """People found by name, telephone or document number, each with what is on them now; masked."""
    people = search(actor=actor, text=text, now=now).people
    ids = [person.id for person in people]
    mine = ControlMeasure.objects.visible_to(actor).filter(person__in=ids, approved_at__isnull=False)
    measures = list(mine.select_related("person", "dwelling", "basis", "proposed_by").order_by("ends_at"))
    return [_standing(person, [m for m in measures if m.person_id == person.id], now) for person in people]


def _standing(person: Person, measures: Sequence[ControlMeasure], now: datetime) -> Standing:
    over = [m.released_at or m.ends_at for m in measures if _over(m, now)]
    return Standing(
        person_id=person.id,
        name=mask_name(person.name),
        door=person.dwelling.label if person.dwelling else "",
        running=tuple(_line(m, now) for m in measures if not _over(m, now)),
        last_released_at=max(over, default=None),
    )


def _over(measure: ControlMeasure, now: datetime) -> bool:
    return measure.released_at is not None or measure.ends_at <= now


def of_batch(actor: User, batch_id: UUID, *, now: datetime) -> Sequence[Line]:
    """The proposals of a held batch."""
    rows = ControlMeasure.objects.visible_to(actor).filter(batch_id=batch_id).order_by("path", "id")
    return [_line(m, now) for m in rows.select_related("person", "dwelling", "basis", "proposed_by")[:PAGE]]

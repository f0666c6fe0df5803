"""One measure in full: why, by whom, until when, what was asked each day and what was answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.measures import rules
from lianfang.core.measures.duties import Duty, DutyKind, DutyState
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.measures.releasing import missing_of
from lianfang.core.measures.standing import Appeal, HandOver
from lianfang.core.people.looking import log_looks
from lianfang.kernel.masking import mask_name
from lianfang.web.queries.measures import day_of, edition_title

MOST_DAYS = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """A duty on the calendar: what it is and what became of it; `tone` colours it."""

    label: str
    said: str
    tone: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the measure with its number and what it asks for."""

    date: date
    number: int
    today: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on the page of one measure."""

    measure: ControlMeasure
    name: str
    edition: str
    opened: bool
    day: int
    days: int
    calendar: tuple[Day, ...]
    reasons: tuple[tuple[str, Mapping[str, Any]], ...]
    missing: tuple[Any, ...]
    appeals: tuple[Appeal, ...]
    moves: tuple[HandOver, ...]
    siblings: tuple[ControlMeasure, ...]


def sheet_of(actor: User, measure_id: UUID, *, now: datetime) -> Sheet:
    """The measure, if the actor may see it. Named in full, and the look logged, for who may open files."""
    rows = ControlMeasure.objects.visible_to(actor).filter(id=measure_id)
    measure = rows.select_related(
        "person", "dwelling", "basis__zone", "proposed_by", "approved_by", "operated_by", "released_by", "declined_by"
    ).first()
    if measure is None:
        raise NotFound("measure")
    opened = actor.authority.may("people.open", path=measure.path)
    if opened:
        log_looks(actor=actor, people=[measure.person], now=now, why="measure")
    day, days = day_of(measure, now)
    running = measure.approved_at is not None and measure.released_at is None
    appeals = (
        Appeal.objects.visible_to(actor).filter(measure=measure).select_related("decided_by").order_by("-received_at")
    )
    moves = (
        HandOver.objects.visible_to(actor)
        .filter(measure=measure)
        .select_related("handed_by", "received_by")
        .order_by("-handed_at")
    )
    others = ControlMeasure.objects.visible_to(actor).filter(person=measure.person).exclude(id=measure.id)
    return Sheet(
        measure=measure,
        name=measure.person.name if opened else mask_name(measure.person.name),
        edition=edition_title(measure.edition),
        opened=opened,
        day=day,
        days=days,
        calendar=tuple(_calendar(actor, measure, now)),
        reasons=rules.read(measure.terms).reasons,
        missing=missing_of([measure], now=max(now, measure.ends_at))[measure.id] if running else (),
        appeals=tuple(appeals.order_by("-received_at")),
        moves=tuple(moves.order_by("-handed_at")),
        siblings=tuple(others.order_by("starts_at", "stage")[:MOST_DAYS]),
    )


def _calendar(actor: User, measure: ControlMeasure, now: datetime) -> Iterable[Day]:
    """The days as planned, with what was answered where duties were made already."""
    terms = rules.read(measure.terms)
    first, last = rules.days_of(measure.starts_at, measure.ends_at)
    made: dict[date, list[Duty]] = defaultdict(list)
    for duty in Duty.objects.visible_to(actor).filter(measure=measure).order_by("opens_at", "kind"):
        made[duty.day].append(duty)
    today = timezone.localdate(now)
    for offset in range(min((last - first).days + 1, MOST_DAYS)):
        day = first + timedelta(days=offset)
        planned = rules.duties_on(terms, first=first, last=last, day=day)
        cells = [_answered(duty) for duty in made[day]] or [Cell(_label(one.kind), "", "") for one in planned]
        yield Day(day, terms.first_day + offset, day == today, tuple(cells))


def _label(kind: str) -> str:
    return str(DutyKind(kind).label)


_TONES = {DutyState.DONE: "ok", DutyState.MISSED: "bad", DutyState.VOID: "", DutyState.OPEN: "info"}


def _answered(duty: Duty) -> Cell:
    fever = duty.temperature is not None and duty.temperature >= rules.FEVER_TENTHS
    said = f"{duty.temperature / 10:.1f} ℃" if duty.temperature is not None else RESULTS.get(duty.result, "")
    alarming = fever or bool(duty.symptoms) or duty.result == "positive"
    return Cell(_label(duty.kind), said, "bad" if alarming else _TONES[DutyState(duty.state)])


RESULTS = {"negative": "−", "positive": "+", "invalid": "?"}
"""Signs of a test's result in a cell; its tone and the duty's name say the rest."""

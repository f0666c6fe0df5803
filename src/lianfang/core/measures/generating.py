"""The duties of a day, and the work they make: one item per household for whoever looks after it.

Made once a day for everybody under a measure, and at once for a measure that comes into force during the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.bulk import copy_values
from lianfang.core.lists.models import Placement
from lianfang.core.measures import rules
from lianfang.core.measures.duties import Duty, DutyState
from lianfang.core.measures.models import ControlMeasure, ControlMeasureQuerySet, Regime
from lianfang.core.work.models import Matter, WorkOrigin
from lianfang.core.work.opening import About, Ask, join_or_open
from lianfang.kernel.uuid7 import uuid7

LOOKED_AFTER = (Regime.HOME, Regime.HOME_MONITORING)
"""Regimes whose people are looked after at their door; a site looks after its own, the others look after themselves."""

DUTY_COLUMNS = (
    *("id", "measure_id", "person_id", "path", "day", "kind", "opens_at", "due_at"),
    *("state", "source", "symptoms", "result", "note"),
)


@dataclass(frozen=True, slots=True)
class _Case:
    """What is read of a measure to make its day."""

    id: UUID
    person_id: UUID
    household_id: UUID
    dwelling_id: UUID | None
    path: str
    regime: str
    starts_at: datetime
    ends_at: datetime
    terms: str


def make_today(command: Command, measures: Sequence[ControlMeasure]) -> int:
    """Duties of today for measures that just came into force. Duties already past their hour are not asked for."""
    today = timezone.localdate(command.now)
    rows = ControlMeasure.objects.filter(id__in=[measure.id for measure in measures])
    return _make(command, _cases(_lacking(rows, today)), today)


@action("care.generate")
def generate(command: Command, *, day: date) -> Answer:
    """Make the duties of `day` for everybody under a measure who has none yet, and the care items of their homes."""
    command.require("care.generate", path="")
    begins = datetime.combine(day, datetime.min.time(), tzinfo=rules.SHANGHAI)
    rows = ControlMeasure.objects.unlifted().filter(starts_at__lt=begins + timedelta(days=1), ends_at__gt=begins)
    made = _make(command, _cases(_lacking(rows, day)), day)
    command.note("care.generate", facts={"day": day.isoformat(), "duties": made})
    return {"duties": made}


def is_waiting(day: date) -> bool:
    """Whether somebody under a measure that asks for something has no duties for `day` yet."""
    begins = datetime.combine(day, datetime.min.time(), tzinfo=rules.SHANGHAI)
    rows = ControlMeasure.objects.unlifted().filter(starts_at__lt=begins + timedelta(days=1), ends_at__gt=begins)
    return _lacking(rows, day).exists()


def _lacking(rows: ControlMeasureQuerySet, day: date) -> ControlMeasureQuerySet:
    """Measures with terms and without duties on `day`. Terms that ask for nothing that day are asked again: cheap."""
    return rows.exclude(terms={}).filter(~Exists(Duty.objects.filter(measure=OuterRef("pk"), day=day)))


def _cases(rows: ControlMeasureQuerySet) -> Iterable[_Case]:
    found = rows.order_by("path", "id").values_list(
        "id",
        "person_id",
        "person__household_id",
        "dwelling_id",
        "path",
        "regime",
        "starts_at",
        "ends_at",
        Cast("terms", TextField()),
    )
    return [_Case(*row) for row in found.iterator(chunk_size=5000)]


def _make(command: Command, cases: Iterable[_Case], day: date) -> int:
    """Write the duties of the day and ask for care where somebody is looked after at home."""
    duties: list[tuple[Any, ...]] = []
    asks: list[Ask] = []
    for case in cases:
        planned = _planned(case, day, now=command.now)
        duties += [_values(case, day, one) for one in planned]
        if planned and case.regime in LOOKED_AFTER:
            asks.append(_ask(case, max(one.due_at for one in planned)))
    copy_values(Duty, DUTY_COLUMNS, duties)
    if asks:
        join_or_open(command, asks, about=About(matter=Matter.CARE, for_date=day))
    return len(duties)


def _planned(case: _Case, day: date, *, now: datetime) -> list[rules.Planned]:
    first, last = rules.days_of(case.starts_at, case.ends_at)
    planned = rules.duties_on(rules.read_text(case.terms), first=first, last=last, day=day)
    return [one for one in planned if one.due_at > now]


def _values(case: _Case, day: date, planned: rules.Planned) -> tuple[Any, ...]:
    when = (planned.opens_at, planned.due_at)
    return (
        *(uuid7(), case.id, case.person_id, case.path, day, planned.kind, *when),
        *(DutyState.OPEN.value, "", [], "", ""),
    )


def _ask(case: _Case, due_at: datetime) -> Ask:
    return Ask(
        household_id=case.household_id,
        path=case.path,
        placement=Placement.DOOR if case.dwelling_id else Placement.COMMUNITY,
        dwelling_id=case.dwelling_id,
        person_id=case.person_id,
        due_at=due_at,
        kind=WorkOrigin.Kind.MEASURE,
    )


BATCH = 5000


def is_late(now: datetime) -> bool:
    """Whether a duty is past its hour and not marked yet."""
    return Duty.objects.filter(state=DutyState.OPEN, due_at__lte=now).exists()


@action("care.miss")
def miss(command: Command) -> Answer:
    """Mark what was due and not answered as missed: the call list of noon and of eight in the evening."""
    command.require("care.generate", path="")
    late = Duty.objects.filter(state=DutyState.OPEN, due_at__lte=command.now).order_by("due_at", "id")
    ids = list(late.select_for_update(skip_locked=True).values_list("id", flat=True)[:BATCH])
    Duty.objects.filter(id__in=ids).update(state=DutyState.MISSED)
    command.note("care.miss", facts={"duties": len(ids)})
    return {"missed": len(ids)}

"""One household looked after: its people in full, what each still has to answer, its alarms and its door."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from lianfang.capabilities.isolation.models import DoorSensor, OpeningWindow
from lianfang.core.access.models import User
from lianfang.core.measures.duties import TEMPERATURES, Duty, DutyKind, DutyState
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import Household, Person
from lianfang.core.work.calls import CalledToday, called_today
from lianfang.core.work.models import Matter, WorkItem
from lianfang.core.work.outcomes import CallResult
from lianfang.field import care
from lianfang.kernel.uuid7 import uuid7

_READING = re.compile(r"\s*(\d\d)\s*[.．,，·]?\s*(\d)\s*")


def tenths_of(text: str) -> int | None:
    """A thermometer's reading in tenths of a degree, written 36.5 or 365; None for anything else."""
    read = _READING.fullmatch(text)
    return int(read[1]) * 10 + int(read[2]) if read else None


@dataclass(frozen=True, slots=True)
class Form:
    """A duty with the id of the command that answers it: sent twice, it is answered once."""

    duty: Duty
    command: UUID = field(default_factory=uuid7)

    @property
    def value(self) -> str:
        """What the form sends."""
        return f"{self.duty.id}~{self.command}"


@dataclass(slots=True)
class Sheet:
    """One person under a measure: what can be answered now, what comes later, what is done."""

    person: Person
    measure: ControlMeasure
    day: str
    needs: list[str] = field(default_factory=list)
    temperatures: list[Form] = field(default_factory=list)
    tests: list[Form] = field(default_factory=list)
    results: list[Form] = field(default_factory=list)
    visits: list[Form] = field(default_factory=list)
    later: list[Duty] = field(default_factory=list)
    done: list[Duty] = field(default_factory=list)
    missed: bool = False

    @property
    def waits(self) -> bool:
        """Whether something can be answered now."""
        return bool(self.temperatures or self.tests or self.results or self.visits)


@dataclass(slots=True)
class Home:
    """Everything on the page of a household."""

    household: Household
    card: care.Card
    sheets: list[Sheet]
    alarms: list[tuple[WorkItem, list[str]]]
    called: CalledToday | None
    care_id: UUID | None
    sensor: DoorSensor | None
    windows: list[OpeningWindow]

    @property
    def visits(self) -> list[Form]:
        """Door visits still to make, of everybody."""
        return [form for sheet in self.sheets for form in sheet.visits]

    @property
    def tests(self) -> list[Form]:
        """Samples still to take, of everybody."""
        return [form for sheet in self.sheets for form in sheet.tests]

    @property
    def first_waiting(self) -> Sheet | None:
        """Whose form stands open when the page is opened."""
        asked = [sheet for sheet in self.sheets if sheet.waits]
        return next((sheet for sheet in asked if sheet.temperatures), asked[0] if asked else None)

    @property
    def called_result(self) -> str:
        """How today's latest call ended, in words."""
        return str(CallResult(self.called.result).label) if self.called else ""

    @property
    def reached(self) -> bool:
        """Whether today's latest call reached someone."""
        return self.called is not None and self.called.result == CallResult.REACHED

    @property
    def waits(self) -> bool:
        """Whether anything can be answered or finished now."""
        return bool(self.alarms) or any(sheet.waits for sheet in self.sheets)

    @property
    def call_id(self) -> UUID | None:
        """The item on which a call is written down: the alarm, else the care of the day."""
        return self.alarms[0][0].id if self.alarms else self.care_id


def home_of(actor: User, household: Household, *, now: datetime) -> Home:
    """The household's page; a fixed number of queries."""
    alarms = list(care.alarms_for(actor).filter(household=household))
    reasons = care.reasons_of(alarms)
    card = care.cards_of(actor, [household.id], alarms, now=now)[0]
    measures = care.measures_of(actor, [household.id])
    windows: list[OpeningWindow] = []
    sensor = None
    if household.dwelling_id:
        coming = OpeningWindow.objects.visible_to(actor).filter(dwelling=household.dwelling_id, ends_at__gt=now)
        windows = list(coming.order_by("starts_at")[:5])
        sensor = DoorSensor.objects.visible_to(actor).fitted().filter(dwelling=household.dwelling_id).first()
    return Home(
        household=household,
        card=card,
        sheets=_sheets(actor, measures, now=now),
        alarms=[(item, reasons.get(item.id, [])) for item in alarms],
        called=called_today([household.id], now=now).get(household.id),
        care_id=card.care_id,
        sensor=sensor,
        windows=windows,
    )


def _sheets(actor: User, measures: Sequence[ControlMeasure], *, now: datetime) -> list[Sheet]:
    needs: dict[UUID, list[str]] = defaultdict(list)
    for person_id, kind in care.needs_of([measure.person_id for measure in measures], now=now):
        needs[person_id].append(kind)
    sheets = {
        measure.id: Sheet(measure.person, measure, care.day_words(measure, now=now), needs=needs[measure.person_id])
        for measure in measures
    }
    today = timezone.localdate(now)
    duties = (
        Duty.objects.visible_to(actor).filter(measure__in=list(sheets), day__lte=today).exclude(state=DutyState.VOID)
    )
    for duty in duties.order_by("day", "due_at", "id"):
        _lay(sheets[duty.measure_id], duty, today=duty.day == today, now=now)
    return list(sheets.values())


def _lay(sheet: Sheet, duty: Duty, *, today: bool, now: datetime) -> None:
    """Put a duty where it belongs; of earlier days only samples whose result nobody wrote down."""
    waits_for_result = duty.kind == DutyKind.TEST and duty.state == DutyState.DONE and not duty.result
    if waits_for_result:
        sheet.results.append(Form(duty))
    elif not today or duty.kind == DutyKind.RELEASE_CHECK:
        return
    elif duty.state == DutyState.DONE:
        sheet.done.append(duty)
    elif duty.opens_at > now:
        sheet.later.append(duty)
    else:
        sheet.missed = sheet.missed or duty.due_at <= now
        pile = sheet.temperatures if duty.kind in TEMPERATURES else _pile(sheet, duty.kind)
        pile.append(Form(duty))


def _pile(sheet: Sheet, kind: str) -> list[Form]:
    return sheet.tests if kind == DutyKind.TEST else sheet.visits


def people_in(home: Home) -> list[Person]:
    """Whom the page shows in full."""
    return [sheet.person for sheet in home.sheets]


def answered(forms: Iterable[str]) -> list[tuple[UUID, UUID]]:
    """Duties and commands as a form sent them; what makes no sense is left out."""
    found = []
    for text in forms:
        duty, _sign, command = text.partition("~")
        try:
            found.append((UUID(duty), UUID(command)))
        except ValueError:
            continue
    return found


CARE_MATTERS = (Matter.CARE, Matter.ALARM, Matter.DOOR)
"""Matters that are finished on this page."""

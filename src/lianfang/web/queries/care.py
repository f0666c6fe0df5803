"""The day of everybody looked after at home, for an area: its numbers, and what waits for somebody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, Func, IntegerField, Min, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lianfang.capabilities.isolation.models import DoorSensor
from lianfang.core.access.models import User
from lianfang.core.measures.duties import TEMPERATURES, Duty, DutyKind, DutyQuerySet, DutyState
from lianfang.core.measures.generating import LOOKED_AFTER
from lianfang.core.measures.models import ControlMeasure, Regime
from lianfang.core.people.models import Household
from lianfang.core.territory.models import Level, Territory, prefixes
from lianfang.core.work.calls import called_today
from lianfang.core.work.models import Matter, WorkItem, WorkItemQuerySet, WorkSubject
from lianfang.core.work.outcomes import CallResult
from lianfang.core.work.rules import OPEN_STATES
from lianfang.field.care import ALARMS, WAITING, day_words, needs_of, reasons_of
from lianfang.kernel.masking import mask_name
from lianfang.web.queries.keyset import PAGE, Slice, backward, behind, cut, sliced
from lianfang.web.queries.people import needs_in_force

TABS = ("alarms", "calls", "tests", "visits")


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of the day; temperatures count once their time has begun."""

    people: int
    answered: int
    asked: int
    missed_morning: int
    missed_evening: int
    alarms: int
    tests: int
    tests_left: int
    visits: int
    visits_left: int
    to_remove: int
    to_call: int
    """Households with a missed temperature."""
    at_the_door: int
    """Samples still to be taken at the door."""


def duties_of(actor: User, area: str, *, now: datetime) -> DutyQuerySet:
    """Duties of today of people looked after at home in the area."""
    duties = Duty.objects.visible_to(actor).on(timezone.localdate(now)).filter(measure__regime__in=LOOKED_AFTER)
    duties = duties.exclude(state=DutyState.VOID)
    return duties.under(area) if area else duties


def late_by(now: datetime) -> Q:
    """Missed, or due and not marked yet."""
    return Q(state=DutyState.MISSED) | Q(state=DutyState.OPEN, due_at__lte=now)


def alarms_in(actor: User, area: str) -> WorkItemQuerySet:
    """Open alarms in the area."""
    items = WorkItem.objects.visible_to(actor).filter(matter__in=ALARMS, state__in=OPEN_STATES)
    return items.under(area) if area else items


def figures_of(actor: User, area: str, *, now: datetime) -> Figures:
    """All numbers; four queries."""
    temperature, late = Q(kind__in=TEMPERATURES), late_by(now)
    morning, evening = Q(kind=DutyKind.TEMPERATURE_MORNING), Q(kind=DutyKind.TEMPERATURE_EVENING)
    test, visit = Q(kind=DutyKind.TEST), Q(kind=DutyKind.VISIT)
    found = duties_of(actor, area, now=now).aggregate(
        asked=Count("id", filter=temperature & Q(opens_at__lte=now)),
        answered=Count("id", filter=temperature & Q(state=DutyState.DONE)),
        missed_morning=Count("id", filter=morning & late),
        missed_evening=Count("id", filter=evening & late),
        tests=Count("id", filter=test),
        tests_left=Count("id", filter=test & WAITING),
        visits=Count("id", filter=visit),
        visits_left=Count("id", filter=visit & WAITING),
        to_call=Count("person__household_id", filter=temperature & late, distinct=True),
        at_the_door=Count("id", filter=test & WAITING & _stays_in(now)),
    )
    measures = ControlMeasure.objects.visible_to(actor).unlifted()
    measures = measures.filter(regime__in=LOOKED_AFTER, starts_at__lte=now)
    sensors = DoorSensor.objects.visible_to(actor).to_remove()
    if area:
        measures, sensors = measures.under(area), sensors.under(area)
    people = measures.aggregate(n=Count("person_id", distinct=True))["n"]
    return Figures(people=people, alarms=alarms_in(actor, area).count(), to_remove=sensors.count(), **found)


def urgent_of(actor: User, path: str, *, now: datetime) -> tuple[int, int]:
    """Open alarms and missed temperatures of an area, as numbers only; one query."""
    late = duties_of(actor, path, now=now).filter(late_by(now), kind__in=TEMPERATURES)
    numbers = [
        Func(ArraySubquery(rows.order_by().values("pk")), function="CARDINALITY", output_field=IntegerField())
        for rows in (alarms_in(actor, path), late)
    ]
    alarms, missed = User.objects.filter(pk=actor.pk).values_list(*numbers)[0]
    return alarms, missed


@dataclass(slots=True)
class Line:
    """A line of one of the lists; names masked."""

    id: UUID
    household_id: UUID
    href: str
    path: str
    door: str
    people: str = ""
    area: str = ""
    begins: bool = False
    """Whether the line is the first of its area on the page."""
    what: str = ""
    said: str = ""
    at: datetime | None = None
    who: str = ""
    called: str = ""
    needs: list[str] = field(default_factory=list)
    late: bool = False


def alarms_page(actor: User, area: str, *, cursor: str) -> Slice[Line]:
    """Open alarms, the oldest first."""
    items = behind(alarms_in(actor, area), key="created_at", cursor=cursor).select_related("dwelling", "assignee")
    page: Slice[WorkItem] = cut(items[: PAGE + 1], key="created_at", cursor=cursor)
    names, reasons = _names_on(page.rows), reasons_of(page.rows)
    lines = [
        Line(
            id=item.id,
            household_id=item.household_id,
            href=f"/work/{item.id}/",
            path=item.path,
            door=item.dwelling.label if item.dwelling else _("No dwelling"),
            people=_some(names[item.id]),
            what=str(item.get_matter_display()),
            said=" · ".join(reasons.get(item.id, [])[:3]) or item.reason,
            at=item.created_at,
            who=item.assignee.display_name if item.assignee else "",
            called=item.matter,
            late=item.late_since is not None,
        )
        for item in page.rows
    ]
    return page.of(_with_areas(lines))


def _names_on(items: Sequence[WorkItem]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = WorkSubject.objects.filter(item__in=[item.id for item in items]).order_by("id")
    for item_id, name in rows.values_list("item_id", "person__name"):
        found[item_id].append(mask_name(name))
    return found


def _some(names: Sequence[str]) -> str:
    if len(names) <= 2:
        return "、".join(names)
    return _("%(name)s and household, %(all)s people") % {"name": names[0], "all": len(names)}


def calls_page(actor: User, area: str, *, now: datetime, cursor: str) -> Slice[Line]:
    """Households whose temperature was missed, by area and door: one line each, so that nobody is called twice."""
    rows = duties_of(actor, area, now=now).filter(late_by(now), kind__in=TEMPERATURES).order_by()
    homes = rows.values("path", "person__household_id").annotate(n=Count("id"), first_due=Min("due_at"))
    mark, back = _mark_of(cursor), backward(cursor)
    if mark is not None:
        sign = "lt" if back else "gt"
        same = Q(path=mark[0], **{f"person__household_id__{sign}": mark[1]})
        homes = homes.filter(Q(**{f"path__{sign}": mark[0]}) | same)
    order = ("-path", "-person__household_id") if back else ("path", "person__household_id")
    page: Slice[dict[str, Any]] = sliced(
        homes.order_by(*order)[: PAGE + 1],
        cursor=cursor,
        mark=lambda row: f"{row['path']}~{row['person__household_id']}",
    )
    return page.of(_call_lines(actor, rows, page.rows, now=now))


def _mark_of(cursor: str) -> tuple[str, UUID] | None:
    path, _sign, last = cursor.removeprefix("<").rpartition("~")
    try:
        return (path, UUID(last)) if path.isalnum() else None
    except ValueError:
        return None


def _call_lines(actor: User, rows: DutyQuerySet, homes: Sequence[dict[str, Any]], *, now: datetime) -> list[Line]:
    ids = [home["person__household_id"] for home in homes]
    households = Household.objects.visible_to(actor).filter(id__in=ids).select_related("dwelling").in_bulk()
    names: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    whose = rows.filter(person__household__in=ids).order_by("person_id")
    for household_id, person_id, name in whose.values_list("person__household_id", "person_id", "person__name"):
        names[household_id][person_id] = mask_name(name)
    calls = called_today(ids, now=now)
    results = dict(CallResult.choices)
    lines = []
    for home in homes:
        household = households.get(home["person__household_id"])
        if household is None:  # moved out of the actor's area since the measure was ordered
            continue
        call = calls.get(household.id)
        said = f"{timezone.localtime(call.at):%H:%M} {call.by}: {results.get(call.result, '')}" if call else ""
        lines.append(
            Line(
                id=household.id,
                household_id=household.id,
                href=f"/households/{household.id}/",
                path=home["path"],
                door=household.dwelling.label if household.dwelling else _("No dwelling"),
                people=_some(list(names[household.id].values())),
                what=str(home["n"]),
                at=home["first_due"],
                called=said,
            )
        )
    return _with_areas(lines)


def at_the_door(duties: DutyQuerySet, *, now: datetime) -> DutyQuerySet:
    """Samples to be taken at the door: of people who are isolated, and of those who need care and cannot come."""
    return duties.filter(_stays_in(now), kind=DutyKind.TEST)


def _stays_in(now: datetime) -> Q:
    """Duties of people who do not come to a sampling point."""
    needs = needs_in_force(timezone.localdate(now)).filter(person=OuterRef("person"))
    return Q(measure__regime=Regime.HOME) | Q(Exists(needs))


def duties_page(actor: User, area: str, *, kind: str, now: datetime, cursor: str) -> Slice[Line]:
    """Samples at the door or door visits still to do today, in the order of the doors."""
    duties = duties_of(actor, area, now=now).filter(WAITING)
    duties = at_the_door(duties, now=now) if kind == DutyKind.TEST else duties.filter(kind=kind)
    rows = behind(duties, key="path", cursor=cursor).select_related("person__dwelling", "measure")
    page: Slice[Duty] = cut(rows[: PAGE + 1], key="path", cursor=cursor)
    needs: dict[UUID, list[str]] = defaultdict(list)
    for person_id, need in needs_of([duty.person_id for duty in page.rows], now=now):
        needs[person_id].append(need)
    who = _answers_for(actor, [duty.person.household_id for duty in page.rows], now=now)
    return page.of(_with_areas([_duty_line(duty, needs, who, now) for duty in page.rows]))


def _duty_line(duty: Duty, needs: dict[UUID, list[str]], who: dict[UUID, str], now: datetime) -> Line:
    person = duty.person
    return Line(
        id=duty.id,
        household_id=person.household_id,
        href=f"/people/{person.id}/",
        path=duty.path,
        door=person.dwelling.label if person.dwelling else _("No dwelling"),
        people=mask_name(person.name),
        what=day_words(duty.measure, now=now),
        said=str(duty.measure.get_regime_display()),
        at=duty.due_at,
        who=who.get(person.household_id, ""),
        needs=needs.get(person.id, []),
        late=duty.due_at <= now,
    )


def _answers_for(actor: User, household_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, str]:
    """Who has the care of the day, by household."""
    items = WorkItem.objects.visible_to(actor).filter(household__in=list(household_ids), matter=Matter.CARE)
    items = items.filter(for_date=timezone.localdate(now), assignee__isnull=False)
    return dict(items.values_list("household_id", "assignee__display_name"))


def _with_areas(lines: list[Line]) -> list[Line]:
    """Say in which community and grid each line lies, and where another area begins; one query."""
    paths = {path for line in lines for path in prefixes(line.path)}
    shown = (Level.COMMUNITY, Level.GRID, Level.BUILDING)
    names = dict(Territory.objects.filter(path__in=paths, level__in=shown).values_list("path", "name"))
    before = ""
    for line in lines:
        line.area = " ".join(names[path] for path in prefixes(line.path) if path in names)
        line.begins = line.area != before
        before = line.area
    return lines

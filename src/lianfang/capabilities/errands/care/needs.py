"""Who has special needs now, when they were last called and when they are to be called next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max, Q
from django.utils import timezone

from lianfang.capabilities.errands.care.rules import interval, next_call
from lianfang.core.bulk import AnyOf
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import CareNeed, PersonQuerySet
from lianfang.core.territory.models import Level, Territory
from lianfang.core.work.models import Matter, WorkSubject


@dataclass(slots=True)
class Cared:
    """Somebody with special needs. `shut_in`: a measure on the household, or a lock-down of the area."""

    person_id: UUID
    household_id: UUID
    dwelling_id: UUID | None
    compound_id: UUID | None
    path: str
    kinds: list[str]
    begins_date: date
    shut_in: bool = False
    last_date: date | None = None

    @property
    def days(self) -> int:
        """Days between two calls."""
        return interval(self.kinds, shut_in=self.shut_in)

    @property
    def next_date(self) -> date:
        """The day of the next call; whoever is shut in has their turn at once."""
        turn = 0 if self.shut_in else self.person_id.int
        return next_call(last_date=self.last_date, begins_date=self.begins_date, days=self.days, turn=turn)


_COLUMNS = (
    "person_id",
    "person__household_id",
    "person__dwelling_id",
    "person__compound_id",
    "person__path",
    "kind",
    "starts_date",
)


def cared_for(people: PersonQuerySet, *, now: datetime, locked: Sequence[UUID] = ()) -> list[Cared]:
    """Those of `people` who have a need in force, in the order of their ids; four queries for any number.

    `locked` are the areas that are locked down.
    """
    today = timezone.localdate(now)
    needs = CareNeed.objects.filter(person__in=people, starts_date__lte=today)
    needs = needs.filter(Q(ends_date=None) | Q(ends_date__gt=today)).order_by("person_id", "kind", "id")
    found: dict[UUID, Cared] = {}
    for person_id, household_id, dwelling_id, compound_id, path, kind, begins in needs.values_list(*_COLUMNS):
        cared = found.get(person_id)
        if cared is None:
            found[person_id] = Cared(person_id, household_id, dwelling_id, compound_id, path, [kind], begins)
        else:
            cared.begins_date = min(cared.begins_date, begins)
            if kind not in cared.kinds:
                cared.kinds.append(kind)
    _add_confinement(found.values(), now=now, locked=locked)
    _add_calls(found)
    return list(found.values())


def _add_confinement(people: Iterable[Cared], *, now: datetime, locked: Sequence[UUID]) -> None:
    areas = list(Territory.objects.filter(id__in=locked)) if locked else []
    # A compound lies beside the grids of its community: its people are found by the column that names it.
    compounds = {area.id for area in areas if area.level == Level.COMPOUND}
    paths = tuple(area.path for area in areas if area.level != Level.COMPOUND)
    by_home: dict[UUID, list[Cared]] = defaultdict(list)
    for cared in people:
        by_home[cared.household_id].append(cared)
        cared.shut_in = cared.compound_id in compounds or cared.path.startswith(paths)
    held = ControlMeasure.objects.in_force(now).filter(AnyOf("person__household_id", list(by_home)))
    for household_id in held.values_list("person__household_id", flat=True).distinct():
        for cared in by_home[household_id]:
            cared.shut_in = True


def _add_calls(found: dict[UUID, Cared]) -> None:
    """The last day for which each of them was to be called, whether the call was made or missed."""
    calls = WorkSubject.objects.filter(AnyOf("person_id", list(found)), item__matter=Matter.CALL)
    for person_id, last in calls.values_list("person_id").annotate(last=Max("item__for_date")).order_by():
        found[person_id].last_date = last

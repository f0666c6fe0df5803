"""One street of the toy town: a grid with its worker, deputy and secretary, and a door in the next community."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from lianfang.core.access.models import Answerer, Grant, Responsibility, User
from lianfang.core.access.roles import Role
from lianfang.core.people.importing import import_dwellings, import_people
from lianfang.core.people.models import Dwelling, Person
from lianfang.core.territory.importing import import_areas
from lianfang.core.territory.models import Territory
from lianfang.kernel.uuid7 import uuid7

TOWN = Path(__file__).parent.parent / "data" / "town"
GRID, COMMUNITY = "999999001001001", "999999001001"
NEXT_GRID, NEXT_COMMUNITY = "999999001002001", "999999001002"
DOORS_HERE, DOORS_THERE = 12, 3


@dataclass(frozen=True, slots=True)
class Street:
    """The cast. `dwellings` and `people` are by the ids of the tables; `there` is a door in the next community."""

    areas: dict[str, Territory]
    dwellings: dict[str, Dwelling]
    people: dict[str, Person]
    worker: User
    deputy: User
    secretary: User
    stranger: User
    home: Dwelling
    there: Dwelling

    @property
    def family(self) -> list[Person]:
        """Who lives at `home`."""
        return list(Person.objects.current().filter(dwelling=self.home).order_by("id"))

    def empty_door(self) -> Dwelling:
        """A door of the grid where nobody is registered."""
        return Dwelling.objects.filter(path__startswith=self.areas[GRID].path, people=None).order_by("id")[0]


def _rows(name: str) -> list[dict[str, str]]:
    with (TOWN / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def build_street(*, now: datetime | None = None) -> Street:
    """Lay the street down in the test database."""
    now = now or timezone.now()
    areas = import_areas(
        row
        for row in _rows("areas.csv")
        if row["code"].startswith(("999999001001", "999999001002")) or len(row["code"]) < 12
    )
    rows = _rows("dwellings.csv")
    chosen = [r for r in rows if r["grid_code"] == GRID][:DOORS_HERE] + [
        r for r in rows if r["grid_code"] == NEXT_GRID
    ][:DOORS_THERE]
    empty = next(r for r in rows if r["grid_code"] == GRID and r["registered"] == "0")
    dwellings = import_dwellings([*chosen, empty], areas=areas)
    people = import_people(
        [r for r in _rows("people.csv") if r["dwelling_id"] in dwellings],
        dwellings=dwellings,
        now=now,
        path=areas["999999001"].path,
        compound_codes={area.id: area.code for area in areas.values()},
    )
    by_door: dict[UUID | None, int] = {}
    for person in people.values():
        by_door[person.dwelling_id] = by_door.get(person.dwelling_id, 0) + 1
    here = [d for d in dwellings.values() if d.path.startswith(areas[GRID].path)]
    there = next(d for d in dwellings.values() if d.path.startswith(areas[NEXT_COMMUNITY].path) and d.id in by_door)
    return Street(
        areas=areas,
        dwellings=dwellings,
        people=people,
        worker=account("li", "李官", Role.GRID_WORKER, areas[GRID], Answerer.GRID_WORKER),
        deputy=account("zhou", "周岚", Role.GRID_WORKER, areas[GRID], Answerer.DEPUTY),
        secretary=account("chen", "陈书记", Role.SECRETARY, areas[COMMUNITY], Answerer.SECRETARY),
        stranger=account("wu", "吴起", Role.GRID_WORKER, areas[NEXT_GRID], Answerer.GRID_WORKER),
        home=max(here, key=lambda dwelling: (by_door.get(dwelling.id, 0), str(dwelling.id))),
        there=there,
    )


def account(username: str, name: str, role: str, area: Territory, answers: str = "") -> User:
    """An account with a role that ends in thirty days, and its place in the responsibility net."""
    now = timezone.now()
    user = User.objects.create_user(username, f"{username}-Pass-2026", display_name=name)
    Grant.objects.create(
        id=uuid7(),
        user=user,
        role=role,
        territory=area,
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=30),
        reason="duty",
        granted_by=None,
    )
    if answers:
        Responsibility.objects.create(
            id=uuid7(),
            territory=area,
            path=area.path,
            role=answers,
            name=name,
            user=user,
            starts_at=now - timedelta(days=1),
        )
    return user

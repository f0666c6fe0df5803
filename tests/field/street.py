"""One grid of the toy town as its worker sees it, read from the town in the test database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from lianfang.core.access.models import Answerer, Grant, Responsibility, User
from lianfang.core.people.models import Dwelling, Person
from lianfang.core.territory.models import Territory
from lianfang.kernel.uuid7 import uuid7

GRID, COMMUNITY = "999999001001001", "999999001001"
NEXT_GRID, NEXT_COMMUNITY = "999999001002001", "999999001002"


@dataclass(frozen=True, slots=True)
class Street:
    """The cast: who works here, the door of a family of several, a door in the next community."""

    areas: dict[str, Territory]
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

    def doors(self, number: int) -> list[Dwelling]:
        """Lived-in doors of the grid other than `home`."""
        here = Dwelling.objects.filter(path__startswith=self.areas[GRID].path, people__isnull=False)
        return list(here.exclude(id=self.home.id).distinct().order_by("path", "id")[:number])

    def empty_door(self) -> Dwelling:
        """A door of the grid where nobody is registered."""
        return Dwelling.objects.filter(path__startswith=self.areas[GRID].path, people=None).order_by("id")[0]


def answers(area: Territory, role: str) -> User:
    """Who answers for the area in a role."""
    found = Responsibility.objects.get(territory=area, role=role, ends_at=None).user
    assert found is not None
    return found


def build_street() -> Street:
    """The grid, its people on duty and two doors, from the database."""
    areas = {area.code: area for area in Territory.objects.exclude(level="entrance")}
    here = Dwelling.objects.filter(path__startswith=areas[GRID].path)
    there = Dwelling.objects.filter(path__startswith=areas[NEXT_COMMUNITY].path, people__isnull=False)
    families = here.filter(households__isnull=False).annotate(n=Count("people", distinct=True))
    one_household = families.annotate(h=Count("households", distinct=True)).filter(h=1, n__gte=3)
    return Street(
        areas=areas,
        worker=answers(areas[GRID], Answerer.GRID_WORKER),
        deputy=_deputy(areas[GRID]),
        secretary=answers(areas[COMMUNITY], Answerer.SECRETARY),
        stranger=answers(areas[NEXT_GRID], Answerer.GRID_WORKER),
        home=one_household.filter(people__telephones__isnull=False).order_by("path", "door_short")[0],
        there=there.order_by("path", "id")[0],
    )


def _deputy(grid: Territory) -> User:
    """A second worker of the grid, whose calls the first one must see."""
    return account("zhou", "周岚", "grid_worker", grid)


def account(username: str, name: str, role: str, area: Territory) -> User:
    """An account with a role in an area that ends in thirty days."""
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
    return user

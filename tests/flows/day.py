"""One busy day of the toy town, small enough to count by hand: two lists that overlap, calls, results, a measure."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact
from lianfang.core.metrics.registry import At
from lianfang.core.people.models import Person
from lianfang.core.territory.models import Territory
from lianfang.core.work import actions
from lianfang.core.work.lateness import stamp_late
from lianfang.core.work.models import WorkItem
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7
from tests.flows.bringing import bring
from tests.town import TOWN, rows_of

GRID = "999999001001001"
ELSEWHERE = "999999001002001"
ARRIVED = 9
"""Persons on the two lists: eight known ones, and a stranger without an address."""


@dataclass(frozen=True, slots=True)
class Day:
    """What was made: areas by code, the known people of the lists in their order, the checks of the first grid."""

    areas: dict[str, Territory]
    people: list[Person]
    items: list[WorkItem]

    def path(self, code: str = "999999001") -> str:
        """Path of the area with this code; of the subdistrict if none is given."""
        return self.areas[code].path


def list_of(folder: Path, name: str, rows: list[dict[str, str]], *, origin: str) -> Path:
    """A list of arrivals as a railway office writes it."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["姓名", "身份证号", "联系电话", "出发地", "现住址"])
    writer.writerows([row["name"], row["id_no"], row["phone"], origin, row["address"]] for row in rows)
    path = folder / name
    path.write_text(text.getvalue(), encoding="utf-8-sig")
    return path


def known_people(grid: str, count: int) -> list[dict[str, str]]:
    """People of a grid with a number and a telephone, each of another household."""
    found: dict[str, dict[str, str]] = {}
    for row in rows_of(TOWN / "people.csv"):
        if row["grid_code"] == grid and row["id_type"] == "居民身份证" and row["id_no"] and row["phone"]:
            found.setdefault(row["household_id"], row)
    return list(found.values())[:count]


def someone(username: str) -> User:
    """One of the cast."""
    return User.objects.get(username=username)


@contextmanager
def a_day_in_town(folder: Path) -> Iterator[Day]:
    """The busy day, made once for a module's tests and rolled back after them; each test's own changes go before."""
    with transaction.atomic():
        yield busy_day(folder, now=timezone.now())
        transaction.set_rollback(True)


def busy_day(folder: Path, *, now: datetime) -> Day:
    """Eight people of two communities and a stranger on one list, three of them on a second; then a day's work."""
    areas = {area.code: area for area in Territory.objects.select_related("parent")}
    town = Town(areas=areas, dwellings={}, people={})
    user = {name: someone(name) for name in ("desk", "worker", "secretary", "command")}
    here, there = known_people(GRID, 6), known_people(ELSEWHERE, 2)
    stranger = {"name": "欧阳远行", "id_no": "", "phone": "19900099123", "address": ""}
    bring(list_of(folder, "train.csv", [*here, *there, stranger], origin="丹岚市"), user["desk"], town)
    bring(list_of(folder, "plane.csv", [here[0], here[1], there[0]], origin="沪原市北区"), user["desk"], town)
    people = [
        Person.objects.get(name=row["name"], birth_date=row["birth"], path__startswith=areas[row["grid_code"]].path)
        for row in (*here, *there)
    ]
    items = [WorkItem.objects.get(subjects__person=person) for person in people[:6]]
    _work(items, user, now=now)
    _measure(people[0], user, now=now)
    return Day(areas, people, items)


def _work(items: list[WorkItem], user: dict[str, User], *, now: datetime) -> None:
    """Two results handed in, one of them verified; one forwarded; one called in vain; one late; one untouched."""
    for item, outcome in ((items[0], "no_control"), (items[1], "controlled")):
        actions.log_call(Command(actor=user["worker"]), item_id=item.id, result="reached")
        actions.record(Command(actor=user["worker"]), item_id=item.id, outcome=outcome)
    actions.verify(Command(actor=user["secretary"]), ids=[items[0].id])
    actions.forward(Command(actor=user["desk"]), ids=[items[2].id], target="丹岚市", reason="住在那里")
    actions.log_call(Command(actor=user["worker"]), item_id=items[3].id, result="unanswered")
    WorkItem.objects.filter(id=items[4].id).update(due_at=now - timedelta(minutes=1))
    stamp_late(now=now)


def _measure(person: Person, user: dict[str, User], *, now: datetime) -> None:
    fact = EpidemiologicalFact.objects.create(
        id=uuid7(),
        person=person,
        kind="positive_test",
        happened_date=At(now).day,
        issuer="云岭县疾控中心",
        evidence="检测报告",
        recorded_at=now,
        recorded_by=user["desk"],
    )
    ControlMeasure.objects.create(
        id=uuid7(),
        person=person,
        regime="home",
        basis=fact,
        legal_basis="传染病防治法第三十九条",
        edition="drill",
        starts_at=now - timedelta(minutes=1),
        ends_at=At(now).ends_at + timedelta(days=3),
        dwelling=person.dwelling,
        compound_id=person.compound_id,
        path=person.path,
        appeal_to="云岭县卫健局",
        proposed_by=user["desk"],
        proposed_at=now - timedelta(minutes=1),
        approved_by=user["command"],
        approved_at=now - timedelta(minutes=1),
    )

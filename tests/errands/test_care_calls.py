"""Care calls: whom the clock has called, how often, and what a call comes to."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db.models import Count
from django.utils import timezone

from lianfang.capabilities.errands.care.making import generate, make_calls
from lianfang.capabilities.errands.care.needs import cared_for
from lianfang.capabilities.errands.care.rules import CALLS
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact
from lianfang.core.people.models import CareNeed, Person
from lianfang.core.territory.models import Territory
from lianfang.core.work.models import ContactAttempt, WorkItem, WorkOrigin
from lianfang.field import care_calls
from lianfang.kernel.uuid7 import uuid7
from tests.web.desk import GRID, NEXT_GRID, people_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def morning() -> datetime:
    """A morning in the days to come."""
    return timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)


@pytest.fixture
def people(db: None) -> list[Person]:
    """Three people at different doors of the worker's grid; nobody else in the town has a need."""
    CareNeed.objects.all().delete()
    return people_in(Territory.objects.get(code=GRID).path, 3)


def need(person: Person, kind: str, since: datetime) -> CareNeed:
    return CareNeed.objects.create(id=uuid7(), person=person, kind=kind, starts_date=since.date())


def shut_in(person: Person, desk: User, health: User, at: datetime) -> None:
    """A measure of home isolation on the person."""
    fact = EpidemiologicalFact.objects.create(
        id=uuid7(),
        person=person,
        kind="contact_ruling",
        happened_date=at.date(),
        issuer="县疾控",
        document_no="1号",
        evidence="判定书",
        recorded_at=at,
        recorded_by=desk,
    )
    ControlMeasure.objects.create(
        id=uuid7(),
        person=person,
        regime="home",
        basis=fact,
        legal_basis="《传染病防治法》",
        edition="第九版",
        starts_at=at,
        ends_at=at + timedelta(days=7),
        path=person.path,
        appeal_to="县卫健局",
        proposed_by=desk,
        proposed_at=at,
        approved_by=health,
        approved_at=at,
    )


class TestTheClock:
    def test_calls_by_need_and_more_often_who_is_kept_at_home(
        self, people: list[Person], morning: datetime, desk: User, health: User, worker: User
    ) -> None:
        dialysis, alone, shut = people
        long_ago = morning - timedelta(days=60)
        need(dialysis, "血液透析", long_ago)
        need(alone, "独居老人", long_ago)
        need(shut, "独居老人", long_ago)
        shut_in(shut, desk, health, morning - timedelta(hours=1))
        called: dict[Person, list[int]] = {person: [] for person in people}
        for day in range(8):
            now = morning + timedelta(days=day)
            make_calls(now)
            assert make_calls(now + timedelta(minutes=20)) == 0
            today = WorkItem.objects.filter(matter="call", for_date=timezone.localdate(now))
            for person in people:
                if today.filter(subjects__person=person).exists():
                    called[person].append(day)
        assert called == {dialysis: [0, 3, 6], alone: [0, 7], shut: [0, 1, 2, 3, 4, 5, 6]}
        item = WorkItem.objects.filter(matter="call", subjects__person=dialysis).order_by("for_date")[0]
        assert (item.assignee, item.due_at) == (worker, morning.replace(hour=18))
        origin = WorkOrigin.objects.get(item=item)
        assert (origin.kind, origin.note) == ("need", "血液透析")

    def test_calls_as_often_where_the_area_is_locked_down(self, people: list[Person], morning: datetime) -> None:
        person = people[0]
        need(person, "婴幼儿", morning - timedelta(days=90))
        everyone = Person.objects.filter(id=person.id)
        grid = Territory.objects.get(code=GRID)
        assert person.compound_id is not None
        days = [
            cared_for(everyone, now=morning, locked=locked)[0].days
            for locked in ([], [grid.id], [person.compound_id], [Territory.objects.get(code=NEXT_GRID).id])
        ]
        rhythm = CALLS["婴幼儿"]
        assert days == [rhythm.days, rhythm.shut_in, rhythm.shut_in, rhythm.days]
        assert make_calls(morning, locked=[grid.id]) == 1

    def test_calls_one_household_once_for_two_of_its_people(self, people: list[Person], morning: datetime) -> None:
        families = Person.objects.filter(dwelling__isnull=False).values_list("household_id").annotate(n=Count("id"))
        family = Person.objects.filter(household_id=families.filter(n__gte=2).order_by("household_id")[0][0])
        for person in family.order_by("id")[:2]:
            need(person, "行动不便", morning - timedelta(days=30))
        assert make_calls(morning) == 1
        assert WorkItem.objects.get(matter="call").subjects.count() == 2

    def test_calls_nobody_at_night_nor_whose_need_is_over(self, people: list[Person], morning: datetime) -> None:
        past = need(people[0], "独居老人", morning - timedelta(days=30))
        assert make_calls(morning.replace(hour=23)) == make_calls(morning.replace(hour=5)) == 0
        CareNeed.objects.filter(id=past.id).update(ends_date=morning.date())
        assert make_calls(morning) == 0

    def test_is_the_only_one_who_may(self, people: list[Person], desk: User) -> None:
        with pytest.raises(NotAllowed):
            generate(Command(actor=desk))


class TestACall:
    def test_that_reached_somebody_closes_the_missed_ones_too(
        self, people: list[Person], morning: datetime, worker: User
    ) -> None:
        need(people[0], "血液透析", morning - timedelta(days=30))
        for day in (0, 3):
            make_calls(morning + timedelta(days=day))
        now = morning + timedelta(days=3, hours=1)
        assert care_calls.calls_waiting(worker, now=now) == care_calls.Waiting(all=2, missed=1)
        (card,) = care_calls.cards(worker, now=now)
        assert card.late and card.needs == ["血液透析"]
        for said, left in (("unanswered", 2), ("medical", 0)):
            commands = care_calls.Commands(Command(actor=worker, now=now), Command(actor=worker, now=now))
            assert care_calls.answer(commands, card.item.id, said=said, note="") == [people[0].id]
            assert care_calls.calls_waiting(worker, now=now).all == left
        outcomes = set(WorkItem.objects.filter(matter="call").values_list("state", "outcome"))
        assert outcomes == {("closed", "sent_to_care")}
        assert ContactAttempt.objects.filter(household=people[0].household_id).count() == 2

"""A kept query answers as its queryset would: for this account, with these grants, with these values."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db.models import Q, UUIDField

from lianfang.core.access.models import Grant, User
from lianfang.core.bulk import AnyOf
from lianfang.core.kept import Kept
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import Household, Person
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7

pytestmark = pytest.mark.django_db


def households() -> Kept:
    return Kept(
        lambda actor, wanted: (
            Household.objects.visible_to(actor).filter(AnyOf("id", wanted)).order_by("id").values_list("id")
        ),
        wanted=UUIDField(),
    )


class TestAKeptQuery:
    def test_sees_with_the_eyes_of_who_asks(self, town: Town, worker: User, other_secretary: User) -> None:
        everyone = list(Household.objects.values_list("id", flat=True))
        kept = households()
        for actor in (worker, other_secretary, worker):
            own = Household.objects.visible_to(actor).order_by("id").values_list("id")
            assert kept.rows(actor, wanted=everyone) == list(own)
        assert kept.rows(worker, wanted=everyone) != kept.rows(other_secretary, wanted=everyone)

    def test_feels_the_end_of_a_grant_at_once(self, town: Town, worker: User, now: datetime) -> None:
        everyone, kept = list(Household.objects.values_list("id", flat=True)), households()
        assert kept.rows(worker, wanted=everyone)
        Grant.objects.filter(user=worker).update(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=1))
        assert kept.rows(User.objects.get(pk=worker.pk), wanted=everyone) == []

    def test_is_written_once_and_asked_with_other_values(
        self, town: Town, worker: User, django_assert_num_queries: object
    ) -> None:
        written = []

        def make(person: object) -> object:
            written.append(person)
            return Person.objects.filter(Q(id=person) | Q(merged_into=person)).values_list("name")

        kept = Kept(make, person=UUIDField())  # type: ignore[arg-type]
        people = list(Person.objects.order_by("id")[:3])
        assert [kept.first(person=person.id) for person in people] == [(person.name,) for person in people]
        assert kept.first(person=uuid7()) is None
        assert len(written) == 1

    def test_reads_columns_as_the_orm_does(self, town: Town, worker: User, now: datetime) -> None:
        person = Person.objects.all()[0]
        columns = {"kind": "registry.visit", "facts": {"note": "两人"}, "occurred_at": now, "recorded_at": now}
        Observation.objects.create(
            id=uuid7(), person_id=person.id, path=person.path, recorded_by_id=worker.id, **columns
        )
        kept = Kept(
            lambda one: Observation.objects.filter(person_id=one).values_list("facts", "occurred_at"), one=UUIDField()
        )
        assert kept.rows(one=person.id) == [({"note": "两人"}, now)]

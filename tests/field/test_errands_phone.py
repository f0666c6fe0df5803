"""Errands on the phone: the runner's way, the hand-over, the grid worker's requests and care calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from lianfang.capabilities.errands import actions
from lianfang.capabilities.errands.care.making import make_calls
from lianfang.capabilities.errands.models import Errand
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.audit.models import AuditEntry
from lianfang.core.people.models import CareNeed, Person
from lianfang.core.territory.models import Territory
from lianfang.core.work.models import WorkItem
from lianfang.kernel.pictures import MOST_BYTES
from lianfang.kernel.uuid7 import uuid7
from tests.kernel.test_pictures import png
from tests.web.desk import GRID, browser, people_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> list[Person]:
    """People with telephones at doors of one grid."""
    found = people_in(Territory.objects.get(code=GRID).path, 60)
    return [one for one in found if one.telephones.exists()][:8]


def user(name: str) -> User:
    return User.objects.get(username=name)


def given(people: list[Person], to: User, **more: Any) -> list[Errand]:
    desk = user("desk")
    fields = {"kind": "meals", "wanted": "午饭两份"} | more
    ids = [actions.ask(Command(actor=desk), person_id=person.id, **fields)["errand"] for person in people]
    actions.arrange(Command(actor=desk), errand_ids=ids, runner_id=to.id)
    return list(Errand.objects.filter(id__in=ids).order_by("batch__starts_at", "batch_id", "position"))


def tap(client: Client, address: str, **fields: Any) -> Any:
    return client.post(address, {"command": str(uuid7()), **fields})


class TestTheRunnersList:
    def test_goes_in_the_order_of_the_way_and_costs_the_same(
        self, people: list[Person], django_assert_max_num_queries: Any
    ) -> None:
        client = browser(user("runner"))
        errands = given(people, user("runner"))
        client.get("/m/errands/")
        with django_assert_max_num_queries(10):
            page = client.get("/m/errands/")
        html = page.content.decode()
        places = [html.index(str(errand.id)) for errand in errands]
        assert places == sorted(places)
        words = text_of(page)
        assert not any(person.name in words for person in people)
        assert not any(row.number in html for person in people for row in person.telephones.all())

    def test_is_worked_off_with_a_picture_a_reason_and_a_logged_call(self, people: list[Person]) -> None:
        client, runner = browser(user("runner")), user("runner")
        first, second = given(people[:2], runner)[:2]
        tap(client, f"/m/errands/batches/{first.batch_id}/start/")
        numbers = client.post(f"/m/errands/{first.id}/call/", headers={"HX-Request": "true"})
        assert first.person.telephones.all()[0].number in numbers.content.decode()
        assert AuditEntry.objects.filter(code="errands.open_numbers", actor_id=runner.id).count() == 1
        photo = SimpleUploadedFile("door.png", png(), "image/png")
        tap(client, f"/m/errands/{first.id}/deliver/", picture=photo, left_where="门把手")
        back = tap(client, f"/m/errands/{second.id}/back/", why="店里没有")
        assert back.headers["Location"] == "/m/errands/"
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.state, first.left_where, bool(first.picture_id)) == ("delivered", "门把手", True)
        assert (second.state, second.reason) == ("returned", "店里没有")
        assert "店里没有" in text_of(client.get("/m/errands/?kind=done"))

    def test_says_what_is_wrong_with_a_hand_over(self, people: list[Person]) -> None:
        client = browser(user("runner"))
        (errand,) = given(people[:1], user("runner"))
        where = f"/m/errands/{errand.id}/deliver/"
        for fields, said in (
            ({}, "Take a photograph"),
            ({"picture": SimpleUploadedFile("a.gif", b"GIF89a", "image/gif")}, "JPEG or PNG"),
            ({"picture": SimpleUploadedFile("a.png", bytes(MOST_BYTES + 1), "image/png")}, "larger than 8 MB"),
        ):
            answer = tap(client, where, back=where, **fields)
            assert answer.headers["Location"] == where
            assert said in text_of(client.get(where))


class TestTheGridWorker:
    def test_takes_a_request_down_at_the_door_and_carries_it_out(self, people: list[Person]) -> None:
        client, worker, person = browser(user("worker")), user("worker"), people[0]
        assert person.dwelling is not None
        found = client.get("/m/errands/new/", {"q": person.dwelling.door_short}, headers={"HX-Request": "true"})
        assert f"?person={person.id}" in found.content.decode()
        assert client.get(f"/m/errands/new/?person={person.id}").status_code == 200
        tap(client, "/m/errands/new/", person=str(person.id), kind="rubbish")
        errand = Errand.objects.get(person=person)
        assert (errand.source, errand.state) == ("worker", "asked")
        assert str(errand.id) in client.get("/m/errands/").content.decode()
        tap(client, "/m/errands/mine/", ids=[str(errand.id)])
        errand.refresh_from_db()
        assert errand.batch is not None and errand.batch.runner == worker

    def test_calls_those_with_special_needs_and_takes_down_what_they_need(self, people: list[Person]) -> None:
        CareNeed.objects.all().delete()
        client, person = browser(user("worker")), people[0]
        since = timezone.localdate() - timedelta(days=40)
        CareNeed.objects.create(id=uuid7(), person=person, kind="独居老人", starts_date=since)
        make_calls(timezone.localtime().replace(hour=9, minute=0) - timedelta(days=1))
        item = WorkItem.objects.get(matter="call")
        page = text_of(client.get("/m/calls/"))
        assert "独居老人" in page and "Missed" in page and person.name not in page
        where = f"/m/calls/{item.id}/result/"
        sent = tap(client, where, call_command=str(uuid7()), said="needs", note="要买菜")
        assert sent.headers["Location"] == f"/m/errands/new/?person={person.id}"
        item.refresh_from_db()
        assert (item.state, item.outcome, item.reached_at is not None) == ("closed", "done", True)
        assert tap(client, where, call_command=str(uuid7()), said="nonsense").status_code == 302

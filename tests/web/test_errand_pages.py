"""The desk and its errands: the board by building, a request by telephone, the sheet on paper, the care list."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from lianfang.capabilities.errands import actions
from lianfang.capabilities.errands.care.making import make_calls
from lianfang.capabilities.errands.models import Errand
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.people.models import CareNeed, Person
from lianfang.core.territory.models import Territory
from lianfang.core.work.models import WorkItem
from lianfang.kernel.masking import mask_name
from lianfang.kernel.uuid7 import uuid7
from tests.golden.pdf_reader import page_lines
from tests.kernel.test_pictures import png
from tests.web.desk import GRID, browser, people_in, send, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> list[Person]:
    """People at twelve doors of one grid."""
    return people_in(Territory.objects.get(code=GRID).path, 12)


def user(name: str) -> User:
    return User.objects.get(username=name)


def ask(person: Person, **more: Any) -> Errand:
    fields = {"kind": "meals", "wanted": "午饭两份，不放辣"} | more
    return Errand.objects.get(id=actions.ask(Command(actor=user("desk")), person_id=person.id, **fields)["errand"])


class TestTheBoard:
    def test_groups_by_building_and_costs_the_same_however_much_waits(
        self, people: list[Person], django_assert_max_num_queries: Any
    ) -> None:
        client = browser(user("secretary"))
        for person in people[:2]:
            ask(person)
        client.get("/errands/")
        for person in people[2:]:
            ask(person, kind="shopping")
        cache.clear()  # what is kept for seconds is asked anew, so that the hour of the test does not matter
        with django_assert_max_num_queries(17):
            page = client.get("/errands/")
        words = text_of(page)
        assert mask_name(people[0].name) in words and people[0].name not in words
        assert page.content.decode().count("data-select-row") == len(people)

    def test_gives_what_is_ticked_to_a_runner_and_prints_the_sheet(self, people: list[Person]) -> None:
        client, runner = browser(user("secretary")), user("runner")
        errands = [ask(person) for person in people[:3]]
        ids = [str(errand.id) for errand in errands]
        assert send(client, "/errands/arrange/", ids=ids).status_code == 302
        assert Errand.objects.get(id=errands[0].id).state == "asked"
        send(client, "/errands/arrange/", ids=ids, runner=str(runner.id))
        given = Errand.objects.get(id=errands[0].id)
        assert (given.state, given.batch and given.batch.runner) == ("batched", runner)
        assert runner.display_name in text_of(client.get("/errands/?segment=given"))
        sheet = client.get(f"/errands/batches/{given.batch_id}/sheet.pdf")
        assert sheet.content.startswith(b"%PDF")
        printed = " ".join(line for page in page_lines(sheet.content) for line in page)
        assert "午饭两份" in printed and people[0].name not in printed
        assert not any(row.number in printed for person in people[:3] for row in person.telephones.all())

    def test_shows_what_is_late_and_what_is_over_today(self, people: list[Person]) -> None:
        client = browser(user("desk"))
        late, over = ask(people[0], kind="medicine"), ask(people[1], kind="pets")
        Errand.objects.filter(id=late.id).update(due_at=timezone.now() - timedelta(minutes=70))
        send(client, f"/errands/{over.id}/call-off/", reason="邻居帮忙了")
        assert "1 h 10 min late" in text_of(client.get("/errands/?segment=late"))
        today = text_of(client.get("/errands/?segment=today"))
        assert "邻居帮忙了" in today and "Called off" in today


class TestARequestByTelephone:
    def test_is_found_by_door_and_taken_down(self, people: list[Person]) -> None:
        client, person = browser(user("worker")), people[0]
        assert person.dwelling is not None
        found = client.get("/errands/new/", {"q": person.dwelling.door_short}, headers={"HX-Request": "true"})
        assert f"?person={person.id}" in found.content.decode() and person.name not in text_of(found)
        assert "wheelchair" in client.get(f"/errands/new/?person={person.id}").content.decode()
        wrong = send(client, "/errands/new/", person=str(person.id), kind="meals", wanted="饭", starts_at="nonsense")
        assert wrong.status_code == 422
        sent = send(
            client, "/errands/new/", person=str(person.id), kind="transport", wanted="去采样点", helped="wheelchair"
        )
        errand = Errand.objects.get(person=person)
        assert sent.headers["Location"] == f"/errands/{errand.id}/" and errand.wheelchair
        assert "Wheelchair" in text_of(client.get(f"/errands/{errand.id}/"))

    def test_shows_the_picture_to_those_who_may_see_it(self, people: list[Person]) -> None:
        errand, runner = ask(people[0]), user("runner")
        actions.arrange(Command(actor=user("desk")), errand_ids=[errand.id], runner_id=runner.id)
        actions.deliver(Command(actor=runner), errand_id=errand.id, picture=b64encode(png()).decode())
        errand.refresh_from_db()
        where = f"/errands/pictures/{errand.picture_id}/"
        desk = browser(user("desk"))
        assert where in desk.get(f"/errands/{errand.id}/").content.decode()
        assert desk.get(where).content == png()
        assert browser(user("other_secretary")).get(where).status_code == 404
        assert errand.picture is not None
        errand.picture.content_sealed = None
        errand.picture.save()
        assert desk.get(where).status_code == 404


class TestTheCareList:
    def test_names_missed_calls_first_and_costs_the_same_however_long(
        self, people: list[Person], django_assert_max_num_queries: Any
    ) -> None:
        CareNeed.objects.all().delete()
        client = browser(user("secretary"))
        since = timezone.localdate() - timedelta(days=40)
        for person in people:
            CareNeed.objects.create(id=uuid7(), person=person, kind="血液透析", starts_date=since)
        client.get("/care-list/")
        morning = timezone.localtime().replace(hour=9, minute=0) - timedelta(days=2)
        assert make_calls(morning) == len(people)
        WorkItem.objects.filter(matter="call", household=people[0].household_id).update(state="cancelled")
        cache.clear()
        with django_assert_max_num_queries(21):
            page = client.get("/care-list/")
        words = text_of(page)
        assert f"{len(people) - 1} missed" in words and "血液透析" in words and people[1].name not in words
        assert page.content.decode().count('class="late"') == len(people) - 1
        assert "Nobody here" in text_of(client.get("/care-list/?kind=孕产妇"))


class TestARunner:
    def test_begins_with_their_list_and_may_see_nothing_else(self, people: list[Person]) -> None:
        client: Client = browser(user("runner"))
        assert client.get("/").headers["Location"] == "/m/errands/"
        for address in (
            "/errands/",
            "/care-list/",
            "/people/",
            "/work/",
            "/m/",
            "/m/calls/",
            f"/people/{people[0].id}/",
        ):
            assert client.get(address).status_code in (403, 404), address

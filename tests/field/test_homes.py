"""The household register on the phone: finding a door, opening it, the door-knock in three taps, a tip."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianfang.core.access.models import Grant, OffDuty
from lianfang.core.audit.models import AuditEntry
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import CareNeed, Dwelling, Person
from lianfang.core.work.models import WorkItem
from lianfang.field.doors import door_order, door_title
from lianfang.kernel.masking import mask_name
from lianfang.kernel.uuid7 import uuid7
from tests.field.street import GRID, Street, account, build_street
from tests.field.test_tasks import logged_in, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def street() -> Street:
    return build_street()


@pytest.fixture
def phone(street: Street, client: Client) -> Client:
    """The worker, logged in, in English."""
    return logged_in(client, street.worker)


def command_in(text: str) -> str:
    """The command id a form carries."""
    found = re.search(r'name="command" value="([0-9a-f-]{36})"', text)
    assert found
    return found[1]


class TestDoors:
    def test_stand_in_the_order_of_the_stairs(self) -> None:
        assert sorted(["10-101", "2-1001", "2-101"], key=door_order) == ["2-101", "2-1001", "10-101"]

    def test_of_my_area_are_listed_and_no_others(self, street: Street, phone: Client) -> None:
        text = page(phone, "field_doors")
        mine = Dwelling.objects.filter(path__startswith=street.areas[GRID].path).order_by("path")[:30]
        assert all(reverse("field_door", args=[door.id]) in text for door in mine)
        assert reverse("field_door", args=[street.there.id]) not in text

    def test_go_on_building_by_building(self, street: Street, phone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("lianfang.field.homes.ENTRANCES", 2)
        mine = Dwelling.objects.filter(path__startswith=street.areas[GRID].path)
        seen: set[str] = set()
        address = reverse("field_doors")
        while address:
            text = phone.get(address).content.decode()
            seen |= set(re.findall(r"/m/dwellings/([0-9a-f-]{36})/", text))
            cursor = re.search(r'href="\?after=(\w+)"', text)
            address = f"{reverse('field_doors')}?after={cursor[1]}" if cursor else ""
        assert seen == {str(door.id) for door in mine}

    def test_cost_the_same_queries_however_many(self, phone: Client, django_assert_max_num_queries: Any) -> None:
        page(phone, "field_doors")
        with django_assert_max_num_queries(10):
            page(phone, "field_doors")

    @pytest.mark.parametrize("as_said", ["{b}-{u}-{r}", "{b}#{r}", "{b}-{r}"])
    def test_are_found_the_way_people_say_them(self, street: Street, phone: Client, as_said: str) -> None:
        numbers = {"b": street.home.building[:-1], "u": street.home.unit[:-2], "r": street.home.room}
        text = page(phone, "field_doors", q=as_said.format(**numbers))
        assert reverse("field_door", args=[street.home.id]) in text

    def test_are_found_by_name_initials_and_tail_with_the_name_masked(self, street: Street, phone: Client) -> None:
        person = next(p for p in street.family if p.telephones.exists() and len(p.name) > 1)
        tail = person.telephones.all()[0].number[-4:]
        for text in (person.name, person.initials, tail):
            found = phone.get(reverse("field_doors"), {"q": text}, headers={"HX-Request": "true"}).content.decode()
            assert reverse("field_door", args=[street.home.id]) in found, text
            assert mask_name(person.name) in found
            assert person.name not in found.replace(f'value="{person.name}"', "")

    def test_outside_my_area_are_not_found(self, street: Street, phone: Client) -> None:
        there = Person.objects.filter(dwelling=street.there)[0]
        assert "Nothing found" in page(phone, "field_doors", q=there.name)


class TestDoor:
    def test_shows_masked_names_until_it_is_opened(self, street: Street, phone: Client) -> None:
        text = page(phone, "field_door", street.home.id)
        for person in street.family:
            assert person.name not in text
        assert not AuditEntry.objects.filter(kind="look").exists()
        opened = phone.post(reverse("field_door_in_full", args=[street.home.id])).content.decode()
        assert all(person.name in opened for person in street.family)
        assert AuditEntry.objects.filter(kind="look", actor_id=street.worker.id).count() == len(street.family)

    def test_shows_needs_that_are_in_force(self, street: Street, phone: Client) -> None:
        today = timezone.localdate()
        person = street.family[0]
        CareNeed.objects.create(person=person, kind="血液透析", starts_date=today)
        past = today - timedelta(days=9)
        CareNeed.objects.create(person=person, kind="孕产妇", starts_date=past, ends_date=today)
        text = page(phone, "field_door", street.home.id)
        assert "血液透析" in text
        assert "孕产妇" not in text

    def test_is_updated_in_three_taps_when_nothing_changed(self, street: Street, phone: Client) -> None:
        text = page(phone, "field_door", street.home.id)
        assert "never checked" in text
        present = re.findall(r'name="present" value="([0-9a-f-]+)"', text)
        form = {"command": command_in(text), "present": present}
        for _tap in range(2):
            phone.post(reverse("field_unchanged", args=[street.home.id]), form)
        assert Observation.objects.filter(dwelling_id=street.home.id).count() == 1
        after = page(phone, "field_door", street.home.id)
        assert f"checked {timezone.localdate():%Y-%m-%d}" in after
        assert "nothing changed" in after

    def test_takes_who_left_and_who_came(self, street: Street, phone: Client) -> None:
        gone = street.family[0]
        text = page(phone, "field_visit", street.home.id)
        form = {
            "command": command_in(text),
            "listed": re.findall(r'name="listed" value="([0-9a-f-]+)"', text),
            "gone": str(gone.id),
            "new-TOTAL_FORMS": "4",
            "new-INITIAL_FORMS": "0",
            "new-0-name": "林小满",
            "new-0-came_from": "郑州",
            "new-0-arrived_on": f"{timezone.localdate():%Y-%m-%d}",
        }
        response = phone.post(reverse("field_visit", args=[street.home.id]), form)
        assert response.status_code == 302
        names = {person.name for person in street.family}
        assert "林小满" in names
        assert gone.name not in names
        assert WorkItem.objects.get().subjects.get().person.name == "林小满"

    def test_keeps_what_was_typed_when_it_is_refused(self, street: Street, phone: Client) -> None:
        text = page(phone, "field_visit", street.home.id)
        form = {
            "command": command_in(text),
            "new-TOTAL_FORMS": "4",
            "new-INITIAL_FORMS": "0",
            "new-0-name": "林小满",
            "new-0-identity": "999999199001010017",
        }
        response = phone.post(reverse("field_visit", args=[street.home.id]), form)
        again = response.content.decode()
        assert response.status_code == 422
        assert 'value="林小满"' in again
        assert 'role="alert"' in again
        assert not Person.objects.filter(name="林小满").exists()

    @pytest.mark.parametrize("name", ["field_door", "field_door_in_full", "field_unchanged", "field_visit"])
    def test_in_another_community_does_not_exist(self, street: Street, phone: Client, name: str) -> None:
        address = reverse(name, args=[street.there.id])
        form = {"command": str(uuid7()), "new-TOTAL_FORMS": "0", "new-INITIAL_FORMS": "0"}
        answer = phone.get(address) if name == "field_door" else phone.post(address, form)
        assert answer.status_code == 404


class TestTip:
    def test_about_a_door_becomes_work(self, street: Street, phone: Client) -> None:
        text = phone.get(reverse("field_tip"), {"dwelling": str(street.home.id)}).content.decode()
        assert door_title(street.home).split(" ")[-1] in text
        form = {"command": command_in(text), "dwelling": str(street.home.id), "text": "租客昨晚回来了"}
        for _tap in range(2):
            assert phone.post(reverse("field_tip"), form).status_code == 302
        assert WorkItem.objects.get().origins.get().note == "租客昨晚回来了"

    def test_finds_its_door_as_one_types(self, street: Street, phone: Client) -> None:
        numbers = f"{street.home.building[:-1]}-{street.home.unit[:-2]}-{street.home.room}"
        found = phone.get(reverse("field_tip"), {"q": numbers}, headers={"HX-Request": "true"}).content.decode()
        assert f"?dwelling={street.home.id}" in found

    def test_with_nothing_but_an_area_is_enough(self, street: Street, phone: Client) -> None:
        area = street.areas[GRID]
        form = {"command": str(uuid7()), "area": str(area.id), "text": "后山有人住"}
        assert phone.post(reverse("field_tip"), form).status_code == 302
        assert WorkItem.objects.get().path == area.path

    def test_without_a_place_says_what_is_missing(self, phone: Client) -> None:
        response = phone.post(reverse("field_tip"), {"command": str(uuid7()), "text": "有人"})
        assert response.status_code == 422
        assert "choose the door" in response.content.decode()

    def test_about_a_door_elsewhere_does_not_exist(self, street: Street, phone: Client) -> None:
        form = {"command": str(uuid7()), "text": "有人", "dwelling": str(street.there.id)}
        assert phone.post(reverse("field_tip"), form).status_code == 404


class TestMe:
    def test_tells_posts_and_until_when(self, street: Street, phone: Client) -> None:
        text = page(phone, "field_me")
        assert "Grid worker" in text
        assert f"until {timezone.localdate(Grant.objects.get(user=street.worker).ends_at):%Y-%m-%d}" in text

    def test_goes_off_duty_once(self, street: Street, phone: Client) -> None:
        form = {"command": command_in(page(phone, "field_me")), "until": "tomorrow"}
        for _tap in range(2):
            assert phone.post(reverse("field_off_duty"), form).status_code == 302
        period = OffDuty.objects.get(user=street.worker)
        assert timezone.localtime(period.ends_at).hour == 8
        assert "You are off duty until" in page(phone, "field_me")

    def test_opens_for_everyone_with_an_account(self, street: Street, client: Client) -> None:
        auditor = account("sun", "孙审计", "auditor", street.areas["999999001"])
        text = page(logged_in(client, auditor), "field_me")
        assert "孙审计" in text
        assert "Go off duty" not in text

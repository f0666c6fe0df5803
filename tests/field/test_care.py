"""Care on the phone: who comes first, what is written down with few taps, and what never shows before it is opened."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianfang.capabilities.isolation.models import OpeningWindow
from lianfang.core.access.models import User
from lianfang.core.audit.models import AuditEntry
from lianfang.core.measures.duties import Duty, DutyState
from lianfang.core.people.models import Person
from lianfang.core.work.models import ContactAttempt, Matter, WorkItem
from lianfang.field.caring import answered, tenths_of
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7
from tests.field.test_tasks import logged_in
from tests.isolation.doors import family_of
from tests.measures.cases import as_at_noon, at, under_measure

pytestmark = pytest.mark.django_db


def looked_after(desk: User, health: User, people: list[Person]) -> None:
    """In home isolation since this morning; the morning is missed, the evening not open yet."""
    under_measure(desk, health, people, now=at(timezone.localdate(), 5))
    as_at_noon(people, now=timezone.now())


@pytest.fixture
def family(town: Town, desk: User, health: User) -> list[Person]:
    """A household of the first grid, looked after at home."""
    people = family_of(town)
    looked_after(desk, health, people)
    return people


@pytest.fixture
def phone(worker: User, client: Client) -> Client:
    return logged_in(client, worker)


def home_url(family: list[Person]) -> str:
    return reverse("field_care_home", args=[family[0].household_id])


def page(phone: Client, url: str) -> str:
    response = phone.get(url)
    assert response.status_code == 200
    return response.content.decode()


def what(person: Person, kind: str) -> str:
    duty = Duty.objects.filter(person=person, kind=kind).order_by("day").last()
    assert duty is not None
    return f"{duty.id}~{uuid7()}"


def say(phone: Client, family: list[Person], **said: Any) -> Any:
    url = reverse("field_care_answer", args=[family[0].household_id])
    return phone.post(url, said, headers={"HX-Request": "true"})


class TestTheList:
    def test_shows_a_household_masked_with_what_is_open(self, phone: Client, family: list[Person]) -> None:
        text = page(phone, reverse("field_care"))
        assert "day 1 of 7" in text and "Morning temperature 0/" in text and "missed" in text
        assert not [person.name for person in family if person.name in text]
        assert "Nobody here" in page(phone, f"{reverse('field_care')}?kind=done")
        assert home_url(family) in page(phone, f"{reverse('field_care')}?kind=missed")

    def test_puts_an_alarm_above_what_was_missed(
        self, phone: Client, town: Town, family: list[Person], desk: User, health: User
    ) -> None:
        others = family_of(town, 1)
        looked_after(desk, health, others)
        say(phone, others, what=what(others[0], "temperature_morning"), temperature="37.3")
        text = page(phone, reverse("field_care"))
        assert text.index(home_url(others)) < text.index(home_url(family))
        assert "37.3 ℃" in text and "Alarm" in text

    def test_costs_the_same_for_one_household_and_for_two(
        self,
        phone: Client,
        town: Town,
        family: list[Person],
        desk: User,
        health: User,
        django_assert_max_num_queries: Any,
    ) -> None:
        looked_after(desk, health, family_of(town, 1))
        page(phone, reverse("field_care"))
        with django_assert_max_num_queries(15):
            page(phone, reverse("field_care"))
        with django_assert_max_num_queries(26):
            page(phone, home_url(family))

    def test_is_closed_to_who_does_no_work_and_to_the_next_community(
        self, client: Client, family: list[Person], inspector: User, other_worker: User
    ) -> None:
        assert logged_in(client, inspector).get(reverse("field_care")).status_code == 403
        stranger = logged_in(client, other_worker)
        assert home_url(family) not in page(stranger, reverse("field_care"))
        assert stranger.get(home_url(family)).status_code == 404
        assert say(stranger, family, what=what(family[0], "visit")).status_code == 404


class TestAHousehold:
    def test_is_shown_in_full_and_the_look_is_written_down(self, phone: Client, family: list[Person]) -> None:
        text = page(phone, home_url(family))
        assert all(person.name in text for person in family)
        assert AuditEntry.objects.filter(kind="look", subject_id=family[0].id, facts__why="care").exists()

    def test_gets_temperatures_one_by_one_and_a_visit_together(self, phone: Client, family: list[Person]) -> None:
        for person in family:
            form = {"what": what(person, "temperature_morning"), "temperature": "365"}
            assert say(phone, family, **form).status_code == 204
        together = {"what": [what(person, "visit") for person in family], "note": "都在家"}
        assert say(phone, family, **together).headers["HX-Redirect"] == home_url(family)
        done = Duty.objects.filter(person__in=family, state=DutyState.DONE)
        assert done.filter(kind="temperature_morning", temperature=365, source="staff").count() == len(family)
        assert done.filter(kind="visit", note="都在家").count() == len(family)
        assert not WorkItem.objects.filter(matter=Matter.ALARM).exists()

    def test_answers_once_however_often_it_is_sent(self, phone: Client, family: list[Person]) -> None:
        form = {"what": what(family[0], "temperature_morning"), "temperature": "36.5"}
        assert [say(phone, family, **form).status_code for _time in range(2)] == [204, 204]
        assert AuditEntry.objects.filter(code="care.answer", subject_id=family[0].id).count() == 1

    def test_refuses_what_no_thermometer_shows(self, phone: Client, family: list[Person]) -> None:
        for temperature in ("", "3650", "50.0", "33.9", "abc"):
            answer = say(phone, family, what=what(family[0], "temperature_morning"), temperature=temperature)
            assert (answer.status_code, answer.headers["X-Refusal"]) == (409, "care.no_temperature")
        assert say(phone, family, what="nonsense").headers["X-Refusal"] == "field.nothing_to_answer"
        early = say(phone, family, what=what(family[0], "temperature_evening"), temperature="36.5")
        assert early.headers["X-Refusal"] == "care.not_yet"

    def test_tells_the_doctor_of_a_symptom_who_closes_the_alarm(
        self, phone: Client, family: list[Person], doctor: User
    ) -> None:
        form = {"what": what(family[0], "temperature_morning"), "temperature": "36.6", "symptom": ["dry_cough"]}
        assert say(phone, family, **form).status_code == 204
        alarm = WorkItem.objects.get(matter=Matter.ALARM)
        assert "Dry cough" in page(logged_in(Client(), doctor), home_url(family))
        ending = {"command": str(uuid7()), "item": str(alarm.id), "outcome": "sent_to_care", "note": "已联系120"}
        url = reverse("field_care_finish", args=[family[0].household_id])
        assert logged_in(Client(), doctor).post(url, ending).status_code == 302
        alarm.refresh_from_db()
        assert (alarm.state, alarm.outcome, alarm.submitted_by) == ("closed", "sent_to_care", doctor)

    def test_takes_a_sample_now_and_its_result_later(self, phone: Client, family: list[Person]) -> None:
        test = what(family[0], "test")
        say(phone, family, what=test)
        yesterday = timezone.now() - timedelta(days=1)
        hour = timedelta(hours=1)
        Duty.objects.filter(person=family[0], kind="test").update(
            day=timezone.localdate(yesterday), done_at=yesterday, opens_at=yesterday - hour, due_at=yesterday + hour
        )
        assert "Result of the sample" in page(phone, home_url(family))
        assert say(phone, family, what=what(family[0], "test"), result="negative").status_code == 204
        duty = Duty.objects.get(person=family[0], kind="test")
        assert (duty.result, duty.done_at, duty.source) == ("negative", yesterday, "staff")

    def test_was_called_in_vain(self, phone: Client, family: list[Person], worker: User) -> None:
        care = WorkItem.objects.get(matter=Matter.CARE, household_id=family[0].household_id)
        assert phone.get(reverse("field_task", args=[care.id])).headers["Location"] == home_url(family)
        numbers = phone.post(reverse("field_call", args=[care.id])).content.decode()
        assert re.search(r'href="tel:1990', numbers)
        form = {"command": str(uuid7()), "item": str(care.id), "result": "unanswered"}
        phone.post(reverse("field_care_called", args=[family[0].household_id]), form)
        assert ContactAttempt.objects.get().called_by == worker
        assert "Called today" in page(phone, home_url(family))

    def test_announces_an_opening_and_reports_somebody_outside(
        self, phone: Client, family: list[Person], worker: User
    ) -> None:
        said = {"command": str(uuid7()), "why": "parcel", "minutes": "30"}
        url = reverse("field_care_expect", args=[family[0].household_id])
        assert [phone.post(url, said).status_code for _time in range(2)] == [302, 302]
        window = OpeningWindow.objects.get()
        assert (window.why, window.noted_by) == ("parcel", worker)
        seen = {"command": str(uuid7()), "person": str(family[0].id), "minutes": "15", "place": "门口便利店"}
        phone.post(reverse("field_care_outside", args=[family[0].household_id]), seen)
        text = page(phone, home_url(family))
        assert "门口便利店" in text and "Out-of-home alert" in text


class TestAReading:
    @pytest.mark.parametrize(("text", "tenths"), [("36.5", 365), ("365", 365), ("36．5", 365), (" 37,3 ", 373)])
    def test_is_understood_as_people_write_it(self, text: str, tenths: int) -> None:
        assert tenths_of(text) == tenths

    @pytest.mark.parametrize("text", ["", "36", "36.55", "3650", "-36.5", "三十六"])
    def test_is_not_guessed(self, text: str) -> None:
        assert tenths_of(text) is None

    def test_comes_with_ids_or_is_left_out(self) -> None:
        duty, command = uuid7(), uuid7()
        assert answered(["", "x~y", f"{duty}", f"{duty}~{command}"]) == [(duty, command)]

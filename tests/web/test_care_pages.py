"""Care at the desk: what waits in an area, whom to call, who is sampled at the door; door sensors from fitting to
removing."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from lianfang.capabilities.isolation.keys import fits
from lianfang.capabilities.isolation.models import DoorSensor, OpeningWindow
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.audit.models import AuditEntry
from lianfang.core.measures import answering
from lianfang.core.measures.duties import Duty
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import CareNeed, Person
from lianfang.core.work.models import ContactAttempt, Matter, WorkItem
from lianfang.jobs.town import Town
from tests.isolation.doors import event, family_of, fitted, send
from tests.measures.cases import as_at_noon, at, under_measure
from tests.web.desk import browser, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def homes(town: Town, desk: User, health: User) -> list[list[Person]]:
    """Two households of one grid in home isolation since this morning; the morning is missed."""
    found = [family_of(town, number) for number in range(2)]
    for people in found:
        under_measure(desk, health, people, now=at(timezone.localdate(), 5))
        as_at_noon(people, now=timezone.now())
    return found


def board(client: Any, tab: str, **query: str) -> str:
    response = client.get(reverse("care"), {"tab": tab, **query})
    assert response.status_code == 200
    return text_of(response)


class TestTheBoard:
    def test_counts_the_day_and_lists_each_household_once_to_call(
        self, homes: list[list[Person]], secretary: User, other_secretary: User
    ) -> None:
        people = sum(len(home) for home in homes)
        text = board(browser(secretary), "calls")
        assert f"{people} by noon · 0 by 20:00" in text and f"{people} not sampled yet" in text
        rows = browser(secretary).get(reverse("care"), {"tab": "calls"}).content.decode().count("/phones/")
        assert rows == 2 * len(homes)  # each form names its address twice
        assert not [one.name for home in homes for one in home if one.name in text]
        assert "Nothing was missed" in board(browser(other_secretary), "calls")
        assert "Nothing was missed" in board(browser(secretary), "calls", area="9999x")

    def test_costs_the_same_on_every_tab(
        self, homes: list[list[Person]], secretary: User, django_assert_max_num_queries: Any
    ) -> None:
        answer_with_fever(secretary, homes[0][0])
        client = browser(secretary)
        for tab in ("alarms", "calls", "tests", "visits"):
            board(client, tab)
            with django_assert_max_num_queries(20):
                board(client, tab)

    def test_opens_telephones_with_a_look_and_takes_the_call_down(
        self, homes: list[list[Person]], secretary: User
    ) -> None:
        client, home = browser(secretary), homes[0]
        shown = client.post(reverse("care_phones", args=[home[0].household_id]), headers={"HX-Request": "true"})
        assert re.search(r'href="tel:1990', shown.content.decode())
        assert AuditEntry.objects.filter(kind="look", subject_id=home[0].id, facts__why="call").exists()
        item = WorkItem.objects.get(matter=Matter.CARE, household_id=home[0].household_id)
        command = re.search(r'name="command_id" value="([^"]+)"', shown.content.decode())
        assert command is not None
        called = {"command_id": command[1], "result": "unanswered", "back": reverse("care")}
        assert client.post(reverse("care_called", args=[item.id]), called).status_code == 302
        assert ContactAttempt.objects.get().household_id == home[0].household_id
        assert "No answer" in board(client, "calls")

    def test_closes_an_alarm_only_with_words(self, homes: list[list[Person]], secretary: User) -> None:
        answer_with_fever(secretary, homes[0][0])
        client, alarm = browser(secretary), WorkItem.objects.get(matter=Matter.ALARM)
        assert "38.1 ℃" in board(client, "alarms")
        assert "alarms open" in text_of(client.get("/")) and "temperatures missed" in text_of(client.get("/"))
        url = reverse("care_finish", args=[alarm.id])
        for note, state in (("", "dispatched"), ("复测36.7，无碍", "closed")):
            page = client.get(reverse("care")).content.decode()
            command = re.search(r'name="command_id" value="([^"]+)"', page)
            assert command is not None
            client.post(url, {"command_id": command[1], "outcome": "harmless", "note": note})
            alarm.refresh_from_db()
            assert alarm.state == state
        assert "No alarm is open" in board(client, "alarms")


def answer_with_fever(secretary: User, person: Person) -> None:
    duty = Duty.objects.get(person=person, kind="temperature_morning")
    answering.answer(Command(actor=secretary), duty_id=duty.id, source="staff", temperature=381)


class TestTheSamplersList:
    def test_holds_who_cannot_come_out_in_the_order_of_the_doors(
        self, homes: list[list[Person]], secretary: User
    ) -> None:
        isolated, monitored = homes
        ControlMeasure.objects.filter(person__in=monitored).update(regime="home_monitoring")
        CareNeed.objects.create(person=monitored[0], kind="行动不便", starts_date=timezone.localdate())
        client = browser(secretary)
        assert "行动不便" in board(client, "tests")
        file = client.post(reverse("care_tests_file"))
        rows = list(openpyxl.load_workbook(io.BytesIO(b"".join([file.content]))).active.iter_rows(values_only=True))
        names = [row[2] for row in rows[2:]]
        assert sorted(names) == sorted([*(person.name for person in isolated), monitored[0].name])
        assert len(AuditEntry.objects.filter(kind="look", facts__why="sampling_list")) == len(names)

    def test_is_not_for_who_opens_no_files(self, homes: list[list[Person]], inspector: User) -> None:
        assert browser(inspector).post(reverse("care_tests_file")).status_code == 403


class TestADoor:
    def test_gets_a_sensor_whose_key_is_shown_once(self, homes: list[list[Person]], worker: User) -> None:
        client, person = browser(worker), homes[0][0]
        url = reverse("care_door", args=[person.dwelling_id])
        said: dict[str, Any] = {"device": "D-7", "consented_by": str(person.id), "consent_basis": "同意书7号"}
        said["consented_at"] = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
        command = re.search(r'name="command_id" value="([^"]+)"', client.get(url).content.decode())
        assert command is not None
        shown = client.post(f"{url}fit/", {"command_id": command[1], **said}).content.decode()
        key = re.search(r'id="door-key">([\w-]{43})<', shown)
        assert key is not None and fits(key[1], bytes(DoorSensor.objects.get().key_hash))
        assert key[1] not in client.get(url).content.decode()
        assert send(key[1], event(1, device="D-7"))[1]["events"][0]["reported"]
        assert "not expected, reported" in text_of(client.get(url))

    def test_is_on_the_list_to_remove_until_the_sensor_is_off(
        self, homes: list[list[Person]], worker: User, secretary: User
    ) -> None:
        person = homes[0][0]
        fitted(worker, person)
        client = browser(secretary)
        to_remove = f"{reverse('care_doors')}?tab=remove"
        assert "No sensor is to be removed" in text_of(client.get(to_remove))
        ControlMeasure.objects.filter(person__in=homes[0]).update(released_at=timezone.now(), release_reason="期满")
        assert "Nobody is isolated here: remove it" in text_of(client.get(to_remove))
        assert "1 to remove" in board(client, "alarms")
        url, sensor = reverse("care_door", args=[person.dwelling_id]), DoorSensor.objects.get()
        command = re.search(r'name="command_id" value="([^"]+)"', client.get(url).content.decode())
        assert command is not None
        client.post(f"{url}remove/", {"command_id": command[1], "sensor": str(sensor.id)})
        assert "No sensor is to be removed" in text_of(client.get(to_remove))

    def test_is_expected_to_open_in_local_time(self, homes: list[list[Person]], worker: User) -> None:
        client, url = browser(worker), reverse("care_door", args=[homes[0][0].dwelling_id])
        begins = timezone.localtime() + timedelta(hours=1)
        said = {"why": "test", "starts_at": begins.strftime("%Y-%m-%dT%H:%M")}
        said["ends_at"] = (begins + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M")
        command = re.search(r'name="command_id" value="([^"]+)"', client.get(url).content.decode())
        assert command is not None
        client.post(f"{url}expect/", {"command_id": command[1], **said})
        window = OpeningWindow.objects.get()
        assert abs(window.starts_at - begins) < timedelta(minutes=1)

"""Sensors on doors: fitted with consent, believed only with their key, off as soon as nobody is isolated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from lianfang.capabilities.isolation import expecting, fitting, leaving
from lianfang.capabilities.isolation.keys import key_of
from lianfang.capabilities.isolation.models import DoorSensor, OpeningWindow
from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.audit.models import AuditEntry, Receipt
from lianfang.core.measures import lifting
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import Person
from lianfang.core.work.actions import complete
from lianfang.core.work.models import Matter, WorkItem
from lianfang.jobs.town import Town
from lianfang.web.pages import door_events
from tests.isolation.doors import codes, event, family_of, fitted, send
from tests.measures.cases import under_measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(town: Town, desk: User, health: User) -> list[Person]:
    """A household in home isolation since today."""
    people = family_of(town)
    under_measure(desk, health, people, now=timezone.now())
    return people


@pytest.fixture(autouse=True)
def _unlimited() -> Iterator[None]:
    """Every test comes from the same address."""
    yield
    door_events.SENDINGS.forget()
    door_events.WRONG_KEYS.forget()


def refused(code: str, call: Any, **arguments: Any) -> None:
    with pytest.raises(Refusal) as why:
        call(**arguments)
    assert why.value.code == code


def openings(person: Person) -> list[bool]:
    """Whether each opening of the door was reported, in their order."""
    seen = Observation.objects.filter(dwelling_id=person.dwelling_id, kind="door.open").order_by("occurred_at")
    return [row.facts["reported"] for row in seen]


class TestASensor:
    def test_goes_only_on_a_door_with_somebody_isolated_who_agreed(
        self, town: Town, family: list[Person], worker: User, other_worker: User
    ) -> None:
        neighbour = family_of(town, 1)[0]
        refused("isolation.nobody_isolated", fitted, worker=worker, person=neighbour)
        someone = {"consented_by_id": neighbour.id}
        refused("isolation.no_consent", fitted, worker=worker, person=family[0], **someone)
        refused("isolation.no_consent", fitted, worker=worker, person=family[0], consent_basis=" ")
        later = timezone.now() + timedelta(hours=1)
        refused("isolation.no_consent", fitted, worker=worker, person=family[0], consented_at=later)
        refused("isolation.bad_device", fitted, worker=worker, person=family[0], device="门 1")
        with pytest.raises(NotFound):
            fitted(other_worker, family[0])
        fitted(worker, family[0])
        refused("isolation.fitted_already", fitted, worker=worker, person=family[0], device="D-2")
        assert AuditEntry.objects.filter(code="isolation.fit").count() == 1

    def test_keeps_its_key_nowhere(self, family: list[Person], worker: User) -> None:
        key = fitted(worker, family[0])
        kept = DoorSensor.objects.get()
        assert key.encode() not in bytes(kept.key_hash) and len(key) == 43
        assert not Receipt.objects.filter(answer__icontains=key).exists()

    def test_must_come_off_once_the_last_measure_is_lifted(
        self, family: list[Person], worker: User, command_post: User
    ) -> None:
        key = fitted(worker, family[0])
        first, *others = ControlMeasure.objects.unlifted().select_related("person").order_by("id")
        lifting.lift(Command(actor=command_post), [first], reason="期满")
        assert not DoorSensor.objects.to_remove().exists()
        lifting.lift(Command(actor=command_post), others, reason="期满")
        sensor = DoorSensor.objects.to_remove().get()
        status, answer = send(key, event(1))
        assert (status, codes(answer)) == (422, ["isolation.nobody_isolated"])
        assert not Observation.objects.filter(kind="door.open").exists(), "nothing is kept without a reason"
        fitting.remove(Command(actor=worker), sensor_id=sensor.id)
        refused("isolation.removed_already", fitting.remove, command=Command(actor=worker), sensor_id=sensor.id)
        assert send(key, event(2))[0] == 401

    def test_shares_the_key_of_its_gateway_until_it_is_renewed(
        self, town: Town, family: list[Person], desk: User, health: User, worker: User
    ) -> None:
        neighbours = family_of(town, 1)
        under_measure(desk, health, neighbours, now=timezone.now())
        key = fitted(worker, family[0], gateway="GW-3")
        fitted(worker, neighbours[0], device="D-2", gateway="GW-3")
        status, answer = send(key, [event(1), event(1, device="D-2")])
        assert (status, codes(answer)) == (200, ["", ""])
        renewing = Command(actor=worker)
        sensor = DoorSensor.objects.get(device="D-2")
        assert fitting.renew_key(renewing, sensor_id=sensor.id)["sensors"] == 2
        assert send(key, event(2))[0] == 401
        assert send(key_of(renewing.id), [event(2), event(2, device="D-2")])[0] == 200


class TestAnUnexpectedOpening:
    def test_has_the_grid_worker_call_and_does_not_hide_behind_fever(
        self, family: list[Person], worker: User, doctor: User
    ) -> None:
        key = fitted(worker, family[0])
        assert send(key, event(1))[1] == {"events": [{"id": "e-1", "ok": True, "reported": True}]}
        item = WorkItem.objects.get(matter=Matter.DOOR)
        assert (item.assignee, item.household_id) == (worker, family[0].household_id)
        assert item.subjects.count() == len(family) and "门" in item.reason
        complete(Command(actor=worker), ids=[item.id], outcome="harmless", note="倒垃圾，已提醒")
        assert WorkItem.objects.get(id=item.id).state == "closed"

    def test_is_one_with_those_right_after_it(self, family: list[Person], worker: User) -> None:
        key, now = fitted(worker, family[0]), timezone.now()
        batch = [event(n, at=now - timedelta(minutes=60 - n)) for n in (0, 5, 14, 20, 34)]
        assert send(key, [*batch, event("shut", what="close")])[0] == 200
        assert openings(family[0]) == [True, False, False, True, False]
        assert WorkItem.objects.filter(matter=Matter.DOOR).count() == 1
        assert WorkItem.objects.get(matter=Matter.DOOR).origins.count() == 2 * len(family)

    def test_is_explained_by_an_expected_one(self, family: list[Person], worker: User, other_worker: User) -> None:
        key, now = fitted(worker, family[0]), timezone.now()
        said: dict[str, Any] = {"dwelling_id": family[0].dwelling_id, "why": "rubbish"}
        said |= {"starts_at": now + timedelta(minutes=5), "ends_at": now + timedelta(minutes=20)}
        with pytest.raises(NotFound):
            expecting.expect(Command(actor=other_worker), **said)
        with pytest.raises(NotAllowed):
            expecting.expect(Command(actor=automaton(Automaton.CLOCK)), **said)
        expecting.expect(Command(actor=automaton(Automaton.RESIDENT)), source="self", **said)
        send(key, event(1))
        assert openings(family[0]) == [False] and not WorkItem.objects.filter(matter=Matter.DOOR).exists()

    @pytest.mark.parametrize(("start", "end"), [(0, 0), (10, 5), (0, 241), (-60, -30)])
    def test_cannot_be_expected_without_end_or_afterwards(
        self, family: list[Person], worker: User, start: int, end: int
    ) -> None:
        now = timezone.now()
        said = {"starts_at": now + timedelta(minutes=start), "ends_at": now + timedelta(minutes=end), "why": "test"}
        asked = {"dwelling_id": family[0].dwelling_id, "command": Command(actor=worker, now=now)}
        refused("isolation.bad_window", expecting.expect, **asked, **said)
        assert not OpeningWindow.objects.exists()


class TestTheWebhook:
    def test_takes_nothing_without_the_right_key(self, family: list[Person], worker: User) -> None:
        key = fitted(worker, family[0])
        for wrong in ("", "short", key[:-1] + ("A" if key[-1] != "A" else "B"), key_of(uuid4())):
            status, answer = send(wrong, event(1))
            assert (status, answer["code"]) == (401, "isolation.wrong_key")
        assert send(key, event(1, device="D-9"))[0] == 401, "an unknown device looks like a wrong key"
        assert not Observation.objects.filter(kind="door.open").exists()

    def test_takes_an_event_once_however_often_it_is_sent(self, family: list[Person], worker: User) -> None:
        key, now = fitted(worker, family[0]), timezone.now() - timedelta(minutes=1)
        first = send(key, event(1, at=now))
        assert send(key, event(1, at=now)) == first and first[0] == 200
        assert Observation.objects.filter(kind="door.open").count() == 1
        status, answer = send(key, event(1, at=now, what="close"))
        assert (status, codes(answer)) == (422, ["command.changed"])

    @pytest.mark.parametrize("hours", [-24 * 20, 3, 24 * 365])
    def test_reports_an_opening_whatever_the_devices_clock_says(
        self, family: list[Person], worker: User, hours: int
    ) -> None:
        key, now = fitted(worker, family[0]), timezone.now()
        send(key, event(1, at=now + timedelta(hours=hours)))
        seen = Observation.objects.get(kind="door.open")
        assert abs(seen.occurred_at - now) < timedelta(minutes=1) and seen.facts == {"reported": True, "clock": False}

    def test_takes_the_sound_events_of_a_hostile_batch(self, family: list[Person], worker: User) -> None:
        key = fitted(worker, family[0])
        hostile: list[Any] = [None, 7, [], {}, {"device": "D-1"}, event("x", what="burn"), event("'; DROP TABLE--")]
        hostile += [{**event(3), "at": "gestern"}, {**event(4), "device": {"$ne": 1}}, {**event(5), "id": "\x00"}]
        status, answer = send(key, [*hostile, event(1), event("other", device="D-9")])
        assert status == 200 and codes(answer)[-2:] == ["", "isolation.wrong_key"]
        assert all(code.startswith("isolation.bad_") for code in codes(answer)[:-2])
        assert all(one["message"] for one in answer["events"] if not one["ok"])

    @pytest.mark.parametrize(
        ("body", "status"), [(b"{", 400), (b"[]", 400), (b"[" * 50_000, 400), (b" " * 70_000, 413), (b"null", 422)]
    )
    def test_answers_in_json_whatever_comes(self, family: list[Person], worker: User, body: bytes, status: int) -> None:
        assert send(fitted(worker, family[0]), body)[0] == status

    def test_slows_down_whoever_guesses(self, family: list[Person], worker: User) -> None:
        statuses = [send("", event(1))[0] for _time in range(door_events.WRONG_KEYS.most + 1)]
        assert statuses[-2:] == [401, 429]
        assert send(fitted(worker, family[0]), event(1))[0] == 200, "devices at the same address go on"


class TestSeenOutside:
    def test_is_looked_into_like_an_opening(self, town: Town, family: list[Person], worker: User) -> None:
        seen_at = timezone.now()
        said: dict[str, Any] = {"person_id": family[0].id, "place": "小区便利店", "seen_at": seen_at}
        answer = leaving.report_outside(Command(actor=worker), **said)
        item = WorkItem.objects.get(id=answer["item"])
        assert (item.matter, item.assignee) == (Matter.DOOR, worker) and "小区便利店" in item.reason
        free = family_of(town, 1)[0].id
        worker_says = {"command": Command(actor=worker)}
        refused("isolation.not_isolated", leaving.report_outside, **worker_says, **said | {"person_id": free})
        refused("isolation.no_place", leaving.report_outside, **worker_says, **said | {"place": " "})

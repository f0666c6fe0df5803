"""The community's side of residents' pages: slips, who acts for whom, letters on paper, requests and their answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianfang.capabilities.commitment.models import Commitment
from lianfang.capabilities.resident_access.models import AccessCode
from lianfang.capabilities.resident_access.proxies import Proxy
from lianfang.capabilities.resident_access.requests import DataRequest, request_data
from lianfang.core.access.models import User
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import Person
from lianfang.jobs.town import Town
from tests.measures.cases import under_measure
from tests.residents.neighbours import at_the_door, entered, with_telephone
from tests.residents.scribbles import jpeg
from tests.web.desk import browser, send, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(town: Town, desk: User, health: User, now: datetime) -> ControlMeasure:
    """Somebody of the first grid at home since today."""
    person, _number = with_telephone(town.areas["999999001001001"].path)[0]
    return under_measure(desk, health, [person], now=now)[0]


def here(name: str, person: Person) -> str:
    return reverse(name, args=[person.id])


class TestCodes:
    def test_are_printed_for_one_and_for_a_household(self, case: ControlMeasure, worker: User, now: datetime) -> None:
        client, person = browser(worker), case.person
        slip = send(client, here("person_code", person), kind="printed")
        assert slip.content.startswith(b"%PDF") and AccessCode.objects.get().person == person
        assert "Own page" in text_of(client.get(f"/people/{person.id}/"))
        assert "Print code slips" in text_of(client.get(f"/households/{person.household_id}/"))
        sheet = send(client, reverse("household_slips", args=[person.household_id]))
        members = Person.objects.current().filter(household=person.household_id)
        assert sheet.content.startswith(b"%PDF")
        assert AccessCode.objects.usable(now + timedelta(minutes=1)).count() == members.count()

    def test_told_at_the_counter_are_seen_by_their_maker_alone(
        self, case: ControlMeasure, worker: User, secretary: User, now: datetime
    ) -> None:
        made = send(browser(worker), here("person_code", case.person), kind="counter")
        shown = browser(worker).get(made.headers["Location"])
        code = shown.context["sheet"].told
        assert code in text_of(shown)
        assert code not in text_of(browser(secretary).get(made.headers["Location"]))
        assert entered(code, now=timezone.now())
        assert code not in text_of(browser(worker).get(made.headers["Location"]))

    def test_are_withdrawn_when_a_slip_is_lost(self, case: ControlMeasure, worker: User, now: datetime) -> None:
        client = browser(worker)
        send(client, here("person_code", case.person), kind="printed")
        row = AccessCode.objects.get()
        send(client, here("person_code_back", case.person), code=str(row.id))
        row.refresh_from_db()
        assert row.withdrawn_by == worker and "Withdrawn" in text_of(client.get(here("person_own_page", case.person)))


class TestActing:
    def test_is_bound_and_ended(self, case: ControlMeasure, town: Town, worker: User, now: datetime) -> None:
        client = browser(worker)
        _, (daughter, number) = with_telephone(town.areas["999999001001001"].path, 2)
        page = client.get(here("person_own_page", case.person), {"q": number})
        assert daughter in page.context["sheet"].to_bind
        until = timezone.localdate(now) + timedelta(days=20)
        said = {"agent": str(daughter.id), "relation": "child", "reason": "老人不会用手机", "evidence": "当面同意"}
        assert send(client, here("person_proxy", case.person), until="", **said).status_code == 302
        assert not Proxy.objects.exists()
        send(client, here("person_proxy", case.person), until=until.isoformat(), **said)
        bound = Proxy.objects.get()
        assert (bound.principal, bound.agent, bound.bound_by) == (case.person, daughter, worker)
        assert "老人不会用手机" in text_of(client.get(here("person_own_page", case.person)))
        assert case.person.name in text_of(client.get(here("person_own_page", daughter)))
        send(client, here("person_proxy_end", case.person), proxy=str(bound.id))
        bound.refresh_from_db()
        assert bound.ended_side == "staff"


class TestLetters:
    def test_not_signed_are_listed_masked_until_the_paper_comes(
        self, case: ControlMeasure, worker: User, now: datetime, django_assert_max_num_queries: Any
    ) -> None:
        client, person = browser(worker), case.person
        client.get(reverse("residents"))
        with django_assert_max_num_queries(16):
            page = text_of(client.get(reverse("residents")))
        assert "Home isolation" in page and person.name not in page
        blank = client.get(here("person_letter", person), {"measure": str(case.id)})
        assert blank.content.startswith(b"%PDF")
        photo = SimpleUploadedFile("a.jpg", jpeg(), content_type="image/jpeg")
        today = timezone.localdate(now).isoformat()
        assert send(client, here("person_paper", person), measure=str(case.id), signed=today).status_code == 302
        assert not Commitment.objects.exists()
        send(client, here("person_paper", person), measure=str(case.id), signed=today, photograph=photo)
        kept = Commitment.objects.get()
        assert (kept.how, kept.recorded_by) == ("paper", worker)
        assert "Every letter is signed" in text_of(client.get(reverse("residents")))
        with django_assert_max_num_queries(28):
            assert kept.check_code in text_of(client.get(here("person_own_page", person)))
        shown = client.get(here("person_photograph", person), {"measure": str(case.id)})
        assert shown.headers["Content-Type"] == "image/jpeg" and b"camera" not in shown.content
        assert client.get(here("person_letter", person), {"measure": str(case.id)}).content.startswith(b"%PDF")


class TestRequests:
    def test_are_answered_here(self, case: ControlMeasure, secretary: User, now: datetime) -> None:
        asked = request_data(at_the_door(now), person_id=case.person_id, kind="copy", said="我想看登记了什么")
        client: Client = browser(secretary)
        assert "我想看登记了什么" in text_of(client.get(reverse("residents")))
        send(client, reverse("residents_answer"), request=asked["request"], verdict="done", answer="已当面出示")
        assert DataRequest.objects.get().answered_by == secretary
        assert "No request waits" in text_of(client.get(reverse("residents")))

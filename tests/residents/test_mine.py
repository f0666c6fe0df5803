"""A resident's own page without scripts: in by a code, what to do today, a temperature, a letter, an appeal."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianfang.capabilities.commitment.models import Commitment
from lianfang.capabilities.resident_access.models import ResidentSession
from lianfang.capabilities.resident_access.proxies import Proxy
from lianfang.core.access.models import User
from lianfang.core.measures.duties import Duty
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.measures.standing import Appeal
from lianfang.core.people.models import Person
from lianfang.core.work.models import Matter, WorkItem
from lianfang.jobs.town import Town
from lianfang.resident.frame import MOST_BYTES
from lianfang.resident.readings import tenths
from tests.measures.cases import under_measure
from tests.residents.neighbours import slip_for, with_telephone
from tests.web.desk import send, text_of


class TestATemperature:
    @pytest.mark.parametrize("typed", ["36.5", " 36。5", "36,5℃", "365", "３６．５", "36.52", "36.5 度", "36.5C"])
    def test_is_read_as_people_type_it(self, typed: str) -> None:
        assert tenths(typed) == 365

    @pytest.mark.parametrize(("typed", "read"), [("37", 370), ("40.1", 401), ("", None), ("高", None), ("3650", None)])
    def test_that_is_none_is_not_guessed(self, typed: str, read: int | None) -> None:
        assert tenths(typed) == read


@pytest.fixture
def case(town: Town, desk: User, health: User, now: datetime) -> ControlMeasure:
    """Somebody of the first grid at home since today, who has two temperatures to give."""
    person, _number = with_telephone(town.areas["999999001001001"].path)[0]
    measure = under_measure(desk, health, [person], now=now)[0]
    early = timezone.make_aware(datetime.combine(timezone.localdate(now), time(0)))
    Duty.objects.filter(measure=measure).update(opens_at=early)  # so that the hour of the test does not matter
    return measure


def comes_in(person: Person, by: User, *, now: datetime) -> Client:
    """The browser of somebody who typed the code of a slip; in English."""
    _row, code = slip_for(person, by, now=now)
    client = Client()
    client.cookies["lianfang_language"] = "en"
    answer = send(client, reverse("mine_enter"), code=code.lower())
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mine"))
    return client


def here(name: str, person: Person, **query: object) -> str:
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(name, args=[person.id]) + (f"?{asked}" if asked else "")


@pytest.mark.django_db
class TestMyPage:
    def test_tells_what_why_by_what_and_until_when(
        self, case: ControlMeasure, worker: User, now: datetime, django_assert_max_num_queries: Any
    ) -> None:
        client = comes_in(case.person, worker, now=now)
        assert client.get(reverse("mine")).headers["Location"] == here("mine_home", case.person)
        client.get(here("mine_home", case.person))
        with django_assert_max_num_queries(15):
            page = client.get(here("mine_home", case.person))
        text = text_of(page)
        for said in (
            "Home isolation",
            "Day 1 of 7",
            "Ruling of close contact",
            "县疾控中心",
            "传染病防治法",
            "Read and sign",
        ):
            assert said in text, said
        assert case.basis.evidence not in text and "演练" in text
        assert text.count("Give the temperature") == 2
        assert page.headers["Cache-Control"] == "private, no-store"
        static = Path(__file__).parents[2] / "src/lianfang/resident/static/resident"
        loaded = [static / name for name in ("resident.css", "resident.js", "mine.css", "mine.js")]
        assert len(page.content) + sum(path.stat().st_size for path in loaded) < MOST_BYTES

    def test_is_closed_to_whoever_has_no_code(self, case: ControlMeasure, worker: User, now: datetime) -> None:
        stranger = Client()
        stranger.cookies["lianfang_resident"] = "made:up"
        assert stranger.get(here("mine_home", case.person)).headers["Location"] == reverse("mine_enter")
        other = Person.objects.current().exclude(id=case.person_id).filter(path=case.person.path).order_by("id")[0]
        client = comes_in(other, worker, now=now)
        for name in ("mine_home", "mine_data", "mine_appeal", "mine_letter"):
            assert client.get(here(name, case.person, measure=case.id)).status_code == 404
        assert client.get(here("mine_letter", other, measure=case.id)).status_code == 302
        answer = send(client, here("mine_appeal", other), measure=str(case.id), words="放我出去")
        assert answer.status_code == 302 and not Appeal.objects.exists()

    def test_cannot_be_opened_any_more_once_left(self, case: ControlMeasure, worker: User, now: datetime) -> None:
        client = comes_in(case.person, worker, now=now)
        copied = client.cookies["lianfang_resident"].value
        cookie = client.cookies["lianfang_resident"]
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/r/"
        assert "left" in text_of(send(client, reverse("mine_leave")))
        thief = Client()
        thief.cookies["lianfang_resident"] = copied
        assert thief.get(here("mine_home", case.person)).headers["Location"] == reverse("mine_enter")
        assert ResidentSession.objects.get().ended_at is not None

    def test_says_after_a_wrong_code_what_to_do(self, town: Town) -> None:
        answer = send(Client(), reverse("mine_enter"), code="WRONGONE")
        assert answer.status_code == 422 and "社区" in text_of(answer)
        assert Client().post(reverse("mine_enter"), {"code": "x"}).status_code == 422


@pytest.mark.django_db
class TestTelling:
    def test_a_temperature_is_answered_at_once(self, case: ControlMeasure, worker: User, now: datetime) -> None:
        client = comes_in(case.person, worker, now=now)
        morning, evening = Duty.objects.filter(measure=case, kind__startswith="temperature").order_by("due_at")
        page = text_of(client.get(here("mine_temperature", case.person, duty=morning.id)))
        assert "Dry cough" in page and "Diarrhoea" in page
        wrong = send(client, here("mine_temperature", case.person), duty=str(morning.id), temperature="好")
        assert wrong.status_code == 422 and "34.0" in text_of(wrong)
        told = text_of(send(client, here("mine_temperature", case.person), duty=str(morning.id), temperature="36.5"))
        assert "Next: Evening temperature" in told
        morning.refresh_from_db()
        assert (morning.temperature, morning.source, morning.done_by) == (365, "self", None)
        assert not WorkItem.objects.filter(matter=Matter.ALARM).exists()
        said = {"duty": str(evening.id), "temperature": "37.3", "symptom": ["dry_cough"]}
        alarmed = text_of(send(client, here("mine_temperature", case.person), **said))
        assert "The doctor was told" in alarmed and "120" in alarmed
        assert WorkItem.objects.filter(matter=Matter.ALARM, household=case.person.household).exists()

    def test_a_letter_is_signed_printed_and_checked(self, case: ControlMeasure, worker: User, now: datetime) -> None:
        client = comes_in(case.person, worker, now=now)
        asked = here("mine_letter", case.person, measure=case.id)
        page = client.get(asked)
        assert "足不出户" in text_of(page) and "data-drawing hidden" in page.content.decode()
        wrong = send(client, here("mine_letter", case.person), measure=str(case.id), typed_name="别人")
        assert wrong.status_code == 422
        signed = send(client, here("mine_letter", case.person), measure=str(case.id), typed_name=case.person.name)
        kept = Commitment.objects.get()
        assert kept.check_code in text_of(signed) and kept.access_id == ResidentSession.objects.get().id
        pdf = client.get(here("mine_letter_pdf", case.person, measure=case.id))
        assert pdf.content.startswith(b"%PDF") and "no-store" in pdf.headers["Cache-Control"]
        checked = text_of(Client().get(reverse("paper_check", args=[kept.check_code.lower()])))
        assert "有效" in checked and kept.digest in checked and case.person.name not in checked
        assert "没有找到" in text_of(Client().get(reverse("paper_check", args=["0000-0000-0000"])))
        assert "Read and sign" not in text_of(client.get(here("mine_home", case.person)))

    def test_an_appeal_shows_who_decides_and_by_when(self, case: ControlMeasure, worker: User, now: datetime) -> None:
        client = comes_in(case.person, worker, now=now)
        page = text_of(client.get(here("mine_appeal", case.person, measure=case.id)))
        assert "neither proposed nor approved" in page and "24 hours" in page and case.appeal_to in page
        assert send(client, here("mine_appeal", case.person), measure=str(case.id), words=" ").status_code == 422
        made = text_of(send(client, here("mine_appeal", case.person), measure=str(case.id), words="那天我没去过"))
        appeal = Appeal.objects.get()
        assert appeal.source == "self" and f"{timezone.localtime(appeal.due_at):%Y-%m-%d %H:%M}" in made
        assert "being decided" in text_of(client.get(here("mine_home", case.person)))

    def test_a_request_about_my_data_waits_for_its_answer(
        self, case: ControlMeasure, worker: User, now: datetime
    ) -> None:
        client = comes_in(case.person, worker, now=now)
        assert send(client, here("mine_data", case.person), kind="correct", words="").status_code == 422
        assert send(client, here("mine_data", case.person), kind="correct", words="手机号换了").status_code == 302
        assert "Waiting for an answer" in text_of(client.get(here("mine_data", case.person)))

    def test_for_my_mother_is_written_down_as_mine(
        self, case: ControlMeasure, town: Town, worker: User, now: datetime
    ) -> None:
        mother = case.person
        _, (daughter, _) = with_telephone(town.areas["999999001001001"].path, 2)
        bound = Proxy.objects.create(
            principal=mother,
            agent=daughter,
            path=mother.path,
            relation="child",
            reason="老人不会用手机",
            evidence="双方签字",
            starts_at=now,
            ends_at=now + timedelta(days=30),
            bound_by=worker,
        )
        client = comes_in(daughter, worker, now=now)
        assert f"Page of {mother.name}" in text_of(client.get(here("mine_home", daughter)))
        assert f"You act for {mother.name}" in text_of(client.get(here("mine_home", mother)))
        morning = Duty.objects.filter(measure=case, kind="temperature_morning").get()
        send(client, here("mine_temperature", mother), duty=str(morning.id), temperature="36.6")
        morning.refresh_from_db()
        assert (morning.source, morning.temperature) == ("proxy", 366)
        send(client, here("mine_letter", mother), measure=str(case.id), typed_name=daughter.name)
        assert Commitment.objects.get().signer == daughter
        assert send(client, here("mine_acting", daughter), proxy=str(bound.id)).status_code == 302
        assert client.get(here("mine_home", mother)).status_code == 404
        assert send(client, here("mine_acting", daughter), proxy=str(bound.id)).status_code in (302, 404)


@pytest.mark.django_db
class TestACodeByTelephone:
    def test_is_asked_for_without_learning_who_is_known(
        self, town: Town, settings: Any, tmp_path: Path, now: datetime
    ) -> None:
        settings.SMS = f"file:{tmp_path}"
        person, number = with_telephone(town.areas["999999001001"].path)[0]
        pages = [
            send(Client(), reverse("mine_ask"), name=name, phone=phone)
            for name, phone in ((person.name, number), ("路人甲", number), (person.name, "19900009999"))
        ]
        bare = {re.sub(r'value="[^"]+"', "", page.content.decode()) for page in pages}
        assert len(bare) == 1 and [page.status_code for page in pages] == [200, 200, 200]
        assert "演示" not in bare.pop()

"""A resident comes to their own page by a code, by telephone or on paper; somebody acts for their mother."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lianfang.capabilities.resident_access import codes, rules, texting
from lianfang.capabilities.resident_access.entering import ask_code, end_session
from lianfang.capabilities.resident_access.models import AccessCode, CodeTry, ResidentSession
from lianfang.capabilities.resident_access.proxies import Proxy, bind_proxy, end_proxy, may_act, unbind_proxy
from lianfang.capabilities.resident_access.requests import DataRequest, answer_request, request_data
from lianfang.capabilities.resident_access.slips import withdraw_code
from lianfang.capabilities.resident_access.staying import stay_of
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.audit.models import Receipt
from lianfang.core.people.models import Person
from lianfang.core.work.models import Matter, WorkItem
from lianfang.jobs.town import Town
from tests.residents.neighbours import HOME, asked, at_the_door, entered, slip_for, with_telephone

COMMUNITY, ELSEWHERE = "999999001001", "999999001002"


class TestACode:
    def test_is_read_as_people_type_it(self) -> None:
        assert rules.read(" 7k3q 9ldm ") == "7K3Q91DM"
        assert rules.read("７３３-012") == "733012"
        assert rules.read("O1lI") == "0111"

    def test_is_six_digits_by_telephone_and_eight_signs_on_paper(self) -> None:
        one = uuid4()
        assert len(codes.code_of(one, "sms")) == 6 and codes.code_of(one, "sms").isdigit()
        paper = codes.code_of(one, "printed")
        assert len(paper) == 8 and set(paper) <= set(rules.SIGNS) and rules.read(rules.spaced(paper)) == paper


@pytest.fixture
def texts(settings: Any, tmp_path: Path) -> Path:
    """A site that writes its text messages into a folder."""
    settings.SMS = f"file:{tmp_path}"
    return tmp_path


@pytest.mark.django_db
class TestByTelephone:
    def test_a_resident_comes_in_once_and_within_ten_minutes(self, texts: Path, town: Town, now: datetime) -> None:
        person, number = with_telephone(town.areas[COMMUNITY].path)[0]
        asking = asked(person.name, number, now=now)
        assert texting.send_code(asking.id, now=now)
        assert not texting.send_code(asking.id, now=now)  # a second run of the worker sends nothing
        (message,) = [json.loads(path.read_text(encoding="utf-8")) for path in texts.iterdir()]
        code = codes.code_of(asking.id, "sms")
        assert message["phone"] == number and code in message["text"] and person.name not in message["text"]
        kept = json.dumps([list(row) for row in Receipt.objects.values_list("answer", "action")])
        assert code not in kept and code.encode() not in bytes(asking.digest)
        assert entered("000000" if code != "000000" else "111111", now=now, asking=asking) is None
        session = entered(code, now=now, asking=asking)
        stay = stay_of(codes.token_of(ResidentSession.objects.get(id=session).id), now=now)
        assert stay is not None and stay.person_id == person.id
        assert entered(code, now=now, asking=asking) is None
        late = asked(person.name, number, now=now)
        after = now + timedelta(minutes=rules.SMS_MINUTES)
        assert entered(codes.code_of(late.id, "sms"), now=after, asking=late) is None
        assert not texting.send_code(late.id, now=after)

    def test_an_asking_that_fits_nobody_looks_like_any_other(
        self, texts: Path, town: Town, now: datetime, django_assert_num_queries: Any
    ) -> None:
        person, number = with_telephone(town.areas[COMMUNITY].path)[0]
        known = ask_code(at_the_door(now), name=person.name, phone=number, address=HOME)
        with CaptureQueriesContext(connection) as asked_of_known:
            ask_code(at_the_door(now), name=person.name, phone=number, address="203.0.113.8")
        strangers = [("路人甲", number), (person.name, "19900009999")]
        for name, phone in strangers:
            with django_assert_num_queries(len(asked_of_known)):
                answer = ask_code(at_the_door(now), name=name, phone=phone, address=HOME)
            assert answer.keys() == known.keys()
            asking = AccessCode.objects.get(id=answer["code"])
            assert asking.person_id is None and not texting.send_code(asking.id, now=now)
            assert entered(codes.code_of(asking.id, "sms"), now=now, asking=asking) is None
            asking.refresh_from_db()
            assert asking.tries_left == rules.MOST_TRIES - 1
        assert list(texts.iterdir()) == []

    def test_five_wrong_codes_spend_an_asking(self, texts: Path, town: Town, now: datetime) -> None:
        person, number = with_telephone(town.areas[COMMUNITY].path)[0]
        asking = asked(person.name, number, now=now)
        for _ in range(rules.MOST_TRIES):
            assert entered("wrong", now=now, asking=asking) is None
        assert entered(codes.code_of(asking.id, "sms"), now=now, asking=asking) is None
        assert not ResidentSession.objects.filter(person=person).exists()

    def test_askings_are_limited_whoever_they_are_for(self, texts: Path, town: Town, now: datetime) -> None:
        for _ in range(rules.MOST_ASKED_FOR_A_PHONE):
            asked("路人甲", "19900009999", now=now)
        with pytest.raises(Refusal) as refused:
            asked("路人甲", "19900009999", now=now, address="203.0.113.8")
        assert refused.value.code == "resident.too_many_codes"
        for nth in range(rules.MOST_ASKED_FROM_AN_ADDRESS - rules.MOST_ASKED_FOR_A_PHONE):
            asked("路人甲", f"1990001{nth:04d}", now=now)
        with pytest.raises(Refusal):
            asked("路人甲", "19900020000", now=now)
        asked("路人甲", "19900020000", now=now + timedelta(hours=1, seconds=1))

    def test_is_not_offered_without_a_gateway(self, town: Town, now: datetime, settings: Any) -> None:
        settings.SMS = ""
        with pytest.raises(Refusal) as refused:
            asked("路人甲", "19900009999", now=now)
        assert refused.value.code == "resident.no_texts"

    def test_is_no_business_of_staff(self, texts: Path, desk: User, now: datetime) -> None:
        with pytest.raises(NotAllowed):
            ask_code(Command(actor=desk, now=now), name="何文斌", phone="19900009999", address=HOME)


@pytest.mark.django_db
class TestOnPaper:
    def test_a_slip_opens_the_page_for_weeks_until_it_is_withdrawn(
        self, town: Town, worker: User, now: datetime
    ) -> None:
        person, _number = with_telephone(town.areas["999999001001001"].path)[0]
        row, code = slip_for(person, worker, now=now)
        first = ResidentSession.objects.get(id=entered(rules.spaced(code).lower(), now=now))
        later = now + timedelta(days=rules.PAPER_DAYS - 1)
        assert entered(code, now=later)
        assert entered(code, now=now + timedelta(days=rules.PAPER_DAYS)) is None
        assert stay_of(codes.token_of(first.id), now=now) is not None
        withdraw_code(Command(actor=worker, now=now), code_id=row.id)
        assert entered(code, now=now) is None
        assert stay_of(codes.token_of(first.id), now=now) is None

    def test_a_new_slip_takes_the_place_of_the_old_one(self, town: Town, worker: User, now: datetime) -> None:
        person, _number = with_telephone(town.areas["999999001001001"].path)[0]
        _row, old = slip_for(person, worker, now=now)
        _row, new = slip_for(person, worker, now=now)
        assert entered(old, now=now) is None and entered(new, now=now)

    def test_a_code_told_at_the_counter_serves_once(self, town: Town, worker: User, now: datetime) -> None:
        person, _number = with_telephone(town.areas["999999001001001"].path)[0]
        _row, code = slip_for(person, worker, now=now, counter=True)
        assert entered(code, now=now) and entered(code, now=now) is None

    def test_wrong_codes_from_one_address_are_counted(self, town: Town, now: datetime, worker: User) -> None:
        person, _number = with_telephone(town.areas["999999001001001"].path)[0]
        _row, code = slip_for(person, worker, now=now)
        key = codes.address_key(HOME)
        CodeTry.objects.bulk_create(CodeTry(from_key=key, tried_at=now) for _ in range(29))
        assert entered("WRONGONE", now=now) is None
        with pytest.raises(Refusal) as refused:
            entered(code, now=now)
        assert refused.value.code == "resident.too_many_wrong"
        assert entered(code, now=now, address="203.0.113.9")

    def test_nobody_gives_codes_beyond_their_area(self, town: Town, other_worker: User, now: datetime) -> None:
        person, _number = with_telephone(town.areas["999999001001001"].path)[0]
        with pytest.raises(NotFound):
            slip_for(person, other_worker, now=now)


@pytest.mark.django_db
class TestAStay:
    def test_ends_by_itself_and_at_once_when_left(self, town: Town, worker: User, now: datetime) -> None:
        person, _number = with_telephone(town.areas["999999001001001"].path)[0]
        _row, code = slip_for(person, worker, now=now)
        session = ResidentSession.objects.get(id=entered(code, now=now))
        token = codes.token_of(session.id)
        idle = now + timedelta(minutes=rules.IDLE_MINUTES)
        assert stay_of(token, now=idle - timedelta(seconds=1)) is not None
        assert stay_of(token, now=idle) is not None  # it was used a second ago
        assert stay_of(token, now=idle + timedelta(minutes=rules.IDLE_MINUTES)) is None
        assert rules.over(began=now, seen=now + timedelta(hours=12), now=now + timedelta(hours=rules.STAY_HOURS))
        end_session(at_the_door(now), session_id=session.id)
        assert stay_of(token, now=now) is None and stay_of("", now=now) is None and stay_of("x", now=now) is None


@pytest.mark.django_db
class TestActingForSomebody:
    def test_is_bound_by_staff_with_a_reason_and_ended_by_either(
        self, town: Town, worker: User, other_worker: User, now: datetime
    ) -> None:
        (mother, _), (daughter, _) = with_telephone(town.areas["999999001001001"].path, 2)
        bound = self.bind(worker, mother, daughter, now=now)
        assert may_act(agent_id=daughter.id, principal_id=mother.id, at=now)
        assert not may_act(agent_id=mother.id, principal_id=daughter.id, at=now)
        assert may_act(agent_id=mother.id, principal_id=mother.id, at=now)
        with pytest.raises(Refusal) as refused:
            self.bind(worker, mother, daughter, now=now)
        assert refused.value.code == "resident.proxy_already"
        with pytest.raises(NotFound):
            unbind_proxy(Command(actor=other_worker, now=now), proxy_id=bound.id)
        stranger = Person.objects.current().exclude(id__in=[mother.id, daughter.id]).order_by("id")[0]
        with pytest.raises(NotFound):
            end_proxy(at_the_door(now), proxy_id=bound.id, person_id=stranger.id)
        end_proxy(at_the_door(now), proxy_id=bound.id, person_id=mother.id)
        bound.refresh_from_db()
        assert bound.ended_side == "principal" and not may_act(
            agent_id=daughter.id, principal_id=mother.id, at=now + timedelta(seconds=1)
        )
        again = self.bind(worker, mother, daughter, now=now)
        end_proxy(at_the_door(now), proxy_id=again.id, person_id=daughter.id)
        again.refresh_from_db()
        assert again.ended_side == "agent"

    def test_runs_out_by_itself_and_can_then_be_bound_anew(self, town: Town, worker: User, now: datetime) -> None:
        (mother, _), (daughter, _) = with_telephone(town.areas["999999001001001"].path, 2)
        bound = self.bind(worker, mother, daughter, now=now, days=1)
        after = bound.ends_at
        assert not may_act(agent_id=daughter.id, principal_id=mother.id, at=after)
        assert self.bind(worker, mother, daughter, now=after).id != bound.id

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"agent": "same"}, "resident.proxy_oneself"),
            ({"reason": " "}, "resident.proxy_no_reason"),
            ({"relation": "boss"}, "resident.proxy_bad_relation"),
            ({"days": 91}, "resident.proxy_bad_span"),
            ({"days": -1}, "resident.proxy_bad_span"),
        ],
    )
    def test_is_refused(self, town: Town, worker: User, now: datetime, changes: dict[str, Any], code: str) -> None:
        (mother, _), (daughter, _) = with_telephone(town.areas["999999001001001"].path, 2)
        agent = mother if changes.pop("agent", "") else daughter
        with pytest.raises(Refusal) as refused:
            self.bind(worker, mother, agent, now=now, **changes)
        assert refused.value.code == code

    def test_survives_the_merging_of_records(self, town: Town, secretary: User, worker: User, now: datetime) -> None:
        (mother, _), (daughter, _) = with_telephone(town.areas["999999001001001"].path, 2)
        self.bind(worker, mother, daughter, now=now)
        kept = Person.objects.create(
            name=mother.name, path=mother.path, household=mother.household, created_at=now, dwelling=mother.dwelling
        )
        Person.objects.filter(id=mother.id).update(merged_into=kept)
        assert may_act(agent_id=daughter.id, principal_id=kept.id, at=now)

    def bind(
        self, by: User, principal: Person, agent: Person, *, now: datetime, days: int = 30, **changes: Any
    ) -> Proxy:
        said = {"relation": "child", "reason": "老人不会用手机", "evidence": "双方当面同意，有签字"} | changes
        until = timezone.localdate(now) + timedelta(days=days)
        answer = bind_proxy(
            Command(actor=by, now=now), principal_id=principal.id, agent_id=agent.id, until_date=until, **said
        )
        return Proxy.objects.get(id=answer["proxy"])


@pytest.mark.django_db
class TestARequestAboutOnesData:
    def test_becomes_work_and_is_answered_in_words(
        self, town: Town, secretary: User, other_secretary: User, now: datetime
    ) -> None:
        person, _number = with_telephone(town.areas["999999001001001"].path)[0]
        asked = request_data(at_the_door(now), person_id=person.id, kind="correct", said="手机号换了")
        item = WorkItem.objects.get(household=person.household, matter=Matter.CALL)
        assert item.assignee_id is not None and "手机号换了" in item.origins.get().note
        with pytest.raises(Refusal) as refused:
            request_data(at_the_door(now), person_id=person.id, kind="correct", said="还有门牌")
        assert refused.value.code == "resident.asked_already"
        answered = {"request_id": asked["request"], "verdict": "done", "answer": "已改"}
        with pytest.raises(NotFound):
            answer_request(Command(actor=other_secretary, now=now), **answered)
        with pytest.raises(Refusal) as refused:
            answer_request(Command(actor=secretary, now=now), **answered | {"answer": ""})
        assert refused.value.code == "resident.no_answer"
        answer_request(Command(actor=secretary, now=now), **answered)
        kept = DataRequest.objects.get(id=asked["request"])
        assert (kept.verdict, kept.answer, kept.answered_by) == ("done", "已改", secretary)
        assert kept.due_at - kept.received_at == timedelta(days=rules.ANSWER_DAYS)


class _Gateway(BaseHTTPRequestHandler):
    taken: list[dict[str, Any]] = []
    status = 200

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.taken.append(body | {"key": self.headers["Authorization"]})
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing: pytest shows the failures."""


class TestTheGateway:
    def test_takes_number_words_and_key_and_is_believed_only_on_a_yes(self) -> None:
        server = HTTPServer(("127.0.0.1", 0), _Gateway)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        way = texting.GatewayChannel(f"http://127.0.0.1:{server.server_port}/send", "k")
        message = uuid4()
        way.send(message_id=message, phone="19900012345", text="验证码")
        assert _Gateway.taken == [{"id": str(message), "phone": "19900012345", "text": "验证码", "key": "Bearer k"}]
        for status in (302, 500):
            _Gateway.status = status
            with pytest.raises(HTTPError):
                way.send(message_id=message, phone="19900012345", text="验证码")
        server.shutdown()
        server.server_close()

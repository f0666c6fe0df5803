"""From an approved measure to the paper in somebody's hand, and from the paper back to whether it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lianfang.capabilities.orders import codes
from lianfang.capabilities.orders.assembling import issuer_of
from lianfang.capabilities.orders.choosing import MOST_PAPERS
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.audit.models import AuditEntry
from lianfang.core.measures import actions
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import Person
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7
from lianfang.resident import papers as checking
from lianfang.resident.frame import MOST_BYTES
from tests.golden.pdf_reader import page_lines
from tests.golden.test_paper_forms import docx_text
from tests.measures import cases
from tests.web.desk import GRID, browser, people_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(town: Town, desk: User, health: User, now: datetime) -> list[ControlMeasure]:
    """Three people in home isolation since today."""
    return cases.under_measure(desk, health, people_in(town.areas[GRID].path, 3), now=now)


def ask_papers(client: Client, measures: Sequence[ControlMeasure], **said: Any) -> Any:
    """The papers of these measures, as a form of the board asks for them."""
    fields = {"ids": [str(measure.id) for measure in measures], "kind": "order", "format": "pdf"}
    return client.post("/measures/papers/", fields | said)


def lift(health: User, measures: Sequence[ControlMeasure], *, now: datetime) -> None:
    """Lifted early."""
    command = Command(actor=health, now=now)
    assert (
        actions.release(command, ids=[m.id for m in measures], reason="复核后不属于密切接触者", early=True)["refused"]
        == []
    )


def stranger_in_english() -> Client:
    """Somebody without an account who chose English on the page."""
    client = Client()
    client.get("/r/look/", {"language": "en", "next": "/o/"})
    return client


class TestPrinting:
    def test_gives_one_file_with_every_order_and_logs_each_look(self, held: list[ControlMeasure], health: User) -> None:
        began = AuditEntry.objects.count()
        answer = ask_papers(browser(health), held)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
        pages = page_lines(answer.content)
        assert len(pages) == 3
        word = docx_text(ask_papers(browser(health), held, format="docx").content).split("签发人")[1:]
        in_order = ControlMeasure.objects.order_by("path", "dwelling__door_short").select_related("person")
        for lines, said, measure in zip(pages, word, in_order, strict=True):
            text = "".join(lines)
            assert measure.person.name in text and str(measure.order_no) in text
            assert codes.code_of(measure, "order") in text and "居家隔离医学观察告知书" in text
            assert measure.person.name in said and cases.APPEAL in said and "县疾控中心，文书号云疾控密接" in said
            assert "流调报告" not in said, "evidence may name other people"
            assert "云岭县云澜街道望湖社区望湖花苑" in said
        log = list(AuditEntry.objects.order_by("recorded_at", "id")[began:].values_list("kind", "code", "subject_id"))
        looks = {subject for kind, code, subject in log if (kind, code) == ("look", "people.open")}
        assert looks == {measure.person_id for measure in held}
        assert [code for kind, code, _ in log if kind == "export"] == ["orders.print"] * 2
        assert any(code == "territory.open_phones" for _, code, _ in log)

    def test_stays_a_paper_of_whoever_numbered_it(self) -> None:
        assert issuer_of("云澜街道隔演〔2022〕0017号", "order") == "云澜街道"
        assert issuer_of("解放街道解〔2022〕0017号", "notice") == "解放街道"
        assert issuer_of("", "order") == ""

    def test_says_what_has_no_paper_before_it_prints_the_rest(
        self, held: list[ControlMeasure], town: Town, desk: User, health: User, now: datetime
    ) -> None:
        person = people_in(town.areas[GRID].path, 4)[3]
        fact = cases.contact_ruling(desk, person, now.date() - timedelta(days=1), now=now)
        proposed = ControlMeasure.objects.get(
            id__in=cases.propose(desk, [cases.entry(person, fact, now.date())], now=now)
        )
        lift(health, held[:1], now=now)
        answer = ask_papers(
            browser(health), [*held, proposed], ids=[*(str(m.id) for m in [*held, proposed]), str(uuid7())]
        )
        text = text_of(answer)
        assert "Not approved" in text and "Lifted already" in text and "Not in your area" in text
        assert person.name not in text and "Print the other 2" in text
        assert not AuditEntry.objects.filter(code="orders.print").exists()
        rest = re.findall(r'name="ids" value="([0-9a-f-]+)"', answer.content.decode())
        assert sorted(rest) == sorted(str(measure.id) for measure in held[1:])
        assert ask_papers(browser(health), [], ids=rest, format="docx").content[:2] == b"PK"

    def test_prints_a_notice_only_of_what_was_lifted(
        self, held: list[ControlMeasure], health: User, now: datetime
    ) -> None:
        assert "Not lifted" in text_of(ask_papers(browser(health), held, kind="notice"))
        lift(health, held, now=now)
        text = "".join(page_lines(ask_papers(browser(health), held[:1], kind="notice").content)[0])
        held[0].refresh_from_db()
        assert str(held[0].notice_no) in text and str(held[0].order_no) in text
        assert "解除居家隔离医学观察告知书" in text and "提前解除：复核后不属于密切接触者" in text
        assert "没有登记其他针对您本人的措施" in text

    def test_of_another_area_prints_nothing(self, held: list[ControlMeasure], other_secretary: User) -> None:
        answer = ask_papers(browser(other_secretary), held)
        assert text_of(answer).count("Not in your area") == 3
        assert "Print the other" not in text_of(answer)

    def test_asks_as_much_for_three_people_as_for_one(self, held: list[ControlMeasure], health: User) -> None:
        client = browser(health)
        asked = []
        for measures in (held[:1], held[:1], held):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert ask_papers(client, measures, format="docx").status_code == 200
            asked.append(len(queries))
        assert asked[2] <= asked[1] <= 30

    def test_refuses_none_and_too_many_in_words(self, health: User) -> None:
        client = browser(health)
        assert ask_papers(client, []).status_code == 302
        many = [str(uuid7()) for _ in range(MOST_PAPERS + 1)]
        assert ask_papers(client, [], ids=many).status_code == 302
        assert ask_papers(client, [], kind="pass").status_code == 404


class TestThePaperInSomebodysHand:
    def test_is_genuine_and_in_force_then_lifted_and_names_nobody(
        self, held: list[ControlMeasure], health: User, now: datetime
    ) -> None:
        measure, stranger = held[0], stranger_in_english()
        address = f"/o/{codes.plain(codes.code_of(measure, 'order'))}/"
        page = stranger.get(address)
        text = text_of(page)
        assert page.status_code == 200 and "This paper is genuine" in text and "It is in force" in text
        assert str(measure.order_no) in text
        assert measure.person.name not in page.content.decode() and "望湖花苑" not in page.content.decode()
        assert len(page.content) < MOST_BYTES and "no-store" in page.headers["Cache-Control"]
        lift(health, [measure], now=now)
        assert "this order no longer holds" in text_of(stranger.get(address))
        measure.refresh_from_db()
        notice = text_of(stranger.get(f"/o/{codes.plain(codes.code_of(measure, 'notice'))}/"))
        assert "The measure was lifted" in notice and str(measure.notice_no) in notice

    def test_is_found_by_a_code_typed_carelessly(self, held: list[ControlMeasure]) -> None:
        code = codes.code_of(held[0], "order")
        typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
        answer = Client().get("/o/", {"code": typed})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/o/{codes.plain(code)}/")
        assert "/o/" in Client().get("/r/look/?language=en&next=/o/").headers["Location"]

    def test_with_one_wrong_sign_is_not_genuine(self, held: list[ControlMeasure], now: datetime) -> None:
        code = codes.plain(codes.code_of(held[0], "order"))
        other = {codes.plain(codes.code_of(one, kind)) for one in held[1:] for kind in codes.KINDS}
        for at in range(len(code)):
            wrong = code[:at] + ("7" if code[at] != "7" else "8") + code[at + 1 :]
            assert wrong in other or codes.look_up(wrong, now=now) is None, at
        for nonsense in ("", "ÄÖ", code[:-1], code + "7", "0" * 20, "Z" * 20):
            assert codes.look_up(nonsense, now=now) is None
        page = stranger_in_english().get(f"/o/{code[:-1]}{'7' if code[-1] != '7' else '8'}/")
        assert page.status_code == 200 and "Not a genuine paper" in text_of(page)

    def test_of_a_proposal_does_not_exist(self, town: Town, desk: User, now: datetime) -> None:
        person: Person = people_in(town.areas[GRID].path, 1)[0]
        fact = cases.contact_ruling(desk, person, now.date() - timedelta(days=1), now=now)
        proposed = ControlMeasure.objects.get(
            id__in=cases.propose(desk, [cases.entry(person, fact, now.date())], now=now)
        )
        for kind in codes.KINDS:
            assert codes.look_up(codes.code_of(proposed, kind), now=now) is None

    def test_is_checked_so_often_from_one_address_and_no_more(self, held: list[ControlMeasure]) -> None:
        checking.CHECKS.forget()
        client = stranger_in_english()
        for _ in range(checking.CHECKS.most):
            checking.CHECKS.wait("127.0.0.1")
        answer = client.get(f"/o/{codes.plain(codes.code_of(held[0], 'order'))}/")
        assert answer.status_code == 429 and "Too many checks" in text_of(answer)
        checking.CHECKS.forget()

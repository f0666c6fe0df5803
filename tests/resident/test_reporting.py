"""A household reports itself, without an account and without scripts: from the poster to work at the door and back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lianfang.capabilities.screening import matching
from lianfang.capabilities.self_report import listing, posters, rules, submitting
from lianfang.capabilities.self_report.codes import own_code
from lianfang.capabilities.self_report.models import HouseholdReport, Poster
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed
from lianfang.core.audit.models import AuditEntry, Receipt
from lianfang.core.lists.models import ListRow, SourceList
from lianfang.core.people.models import Person
from lianfang.core.work.models import WorkItem
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7
from lianfang.resident import acting, frame
from lianfang.resident.limiting import GUESSES
from tests.resident.household import form, hang, hidden, send, shown

pytestmark = pytest.mark.django_db
HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A1",
    "\u202e倒写",
    "𠀀𠮷野家",
    "合计",
    "a" * 5000,
    "\t\r\n \u200b",
    '"";,，',
)
STATIC = Path(frame.__file__).parent / "static" / "resident"


@pytest.fixture(autouse=True)
def fresh() -> None:
    """No address has tried anything yet, and the account of the door is that of this test's database."""
    GUESSES.forget()
    posters.forget()
    acting.resident_door.cache_clear()


@pytest.fixture
def code(town: Town, secretary: User) -> str:
    """The code on the poster of 望湖社区."""
    return hang(town, secretary)


def take_up() -> list[SourceList]:
    """What ticker and worker do a minute later."""
    listing.take_up_due(now=timezone.now() + timedelta(minutes=1))
    made = list(SourceList.objects.filter(sender__name="居民自报", state="queued"))
    for one in made:
        matching.run(one)
        one.refresh_from_db()
    return made


def at_home(town: Town) -> Person:
    """Somebody of 望湖社区 whom the ledger has at a door, with a telephone."""
    path = town.areas["999999001001"].path
    known = Person.objects.current().filter(path__startswith=path).exclude(telephones=None).exclude(dwelling=None)
    return known.select_related("dwelling").order_by("id")[0]


class TestAHousehold:
    def test_reports_itself_and_becomes_work_at_its_door(self, town: Town, code: str) -> None:
        known = at_home(town)
        assert known.dwelling is not None
        phone = known.telephones.all()[0].number
        browser = Client(enforce_csrf_checks=True)
        page = browser.get(f"/r/{code}/").content.decode()
        said = form(**{"p0-name": known.name, "p0-phone": phone, "address": known.dwelling.label})
        said["csrfmiddlewaretoken"] = hidden(page, "csrfmiddlewaretoken")
        said["command_id"] = hidden(page, "command_id")
        longer = send(browser, f"/r/{code}/", said, go="add").content.decode()
        assert 'name="p2-name"' in longer and f'value="{known.name}"' in longer and "wrong" not in longer
        answer = send(browser, f"/r/{code}/", said)
        number, own = shown(answer.content.decode())
        again = send(browser, f"/r/{code}/", said)
        assert shown(again.content.decode()) == [number, own], "a double tap gives the same answer"
        assert HouseholdReport.objects.count() == 1

        (made,) = take_up()
        rows = {row.name: row for row in ListRow.objects.filter(source_list=made)}
        assert made.state == "dispatched" and made.counts["persons"] == 2
        assert (rows[known.name].decision, rows[known.name].person_id) == ("same", known.id)
        assert rows["阮小满"].facts["extra"]["origin"] == "丹岚市北岭区"
        items = WorkItem.objects.filter(origins__source_list=made).distinct()
        assert {item.dwelling_id for item in items} == {known.dwelling_id} and items[0].assignee is not None
        kept = HouseholdReport.objects.get()
        assert (kept.state, kept.first_row, kept.people) == ("listed", 2, 2)
        assert kept.path.startswith(town.areas["999999001001"].path) and kept.building
        assert take_up() == [], "what was taken up is not taken up twice"

    def test_keeps_what_is_right_and_says_beside_the_line_what_is_not(self, code: str) -> None:
        wrong = form(**{"p1-name": "", "p1-number": "999999190001011111", "p0-phone": "123", "read": None})
        page = send(Client(), f"/r/{code}/", wrong).content.decode()
        assert not HouseholdReport.objects.exists()
        for name in ("p1-name", "p1-number", "p0-phone", "read"):
            assert f'id="{name}-why"' in page, name
        for kept in ("望湖花苑1幢1单元101", "阮青禾", "999999190001011111", 'value="cough" checked'):
            assert kept in page, kept
        assert 'id="address-why"' not in page

    def test_learns_nothing_about_who_is_in_the_ledger(self, town: Town, code: str) -> None:
        known = at_home(town)
        send(Client(), f"/r/{code}/", form())
        pages = []
        for name, phone in ((known.name, known.telephones.all()[0].number), ("欧阳无此人", "19900099999")):
            with CaptureQueriesContext(connection) as asked:
                answer = send(Client(), f"/r/{code}/", form(**{"p0-name": name, "p0-phone": phone}))
            tables = sorted(q["sql"].split('"')[1] for q in asked.captured_queries if "SAVEPOINT" not in q["sql"])
            page = answer.content.decode()
            for own in shown(page):
                page = page.replace(own, "")
            pages.append((page, tables))
        assert pages[0] == pages[1]
        assert set(pages[0][1]) == {"audit_auditentry", "audit_receipt", "self_report_householdreport"}

    def test_costs_few_statements(self, code: str) -> None:
        acting.resident_door()
        send(Client(), f"/r/{code}/", form())
        with CaptureQueriesContext(connection) as asked:
            send(Client(), f"/r/{code}/", form())
        statements = [q["sql"] for q in asked.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(statements) <= 4, statements

    def test_lies_sealed_and_leaves_no_name_in_the_log(self, code: str) -> None:
        send(Client(), f"/r/{code}/", form())
        kept = HouseholdReport.objects.get()
        assert "阮青禾".encode() not in bytes(kept.content_sealed) and kept.content["people"][0]["name"] == "阮青禾"
        entry = AuditEntry.objects.get(code="self_report.submit")
        assert entry.subject_id == kept.id and entry.facts == {}
        assert Receipt.objects.get(id=kept.id).answer == {"report": str(kept.id)}

    def test_may_write_what_it_likes_and_stops_nobody_else(self, code: str) -> None:
        for text in HOSTILE:
            said = form(address=f"1幢{text}", origin=text or "x", contact_note=text, **{"p1-name": text})
            page = send(Client(), f"/r/{code}/", said).content.decode()
            assert "<script>alert" not in page
            send(Client(), f"/r/{code}/", {**said, "p1-name": "", "p1-relation": ""})
        send(Client(), f"/r/{code}/", form(**{"p0-name": "路青山"}))
        assert [made.state for made in take_up()] == ["dispatched"]
        taken = HouseholdReport.objects.filter(state="listed")
        assert taken.count() == HouseholdReport.objects.count() > len(HOSTILE) - 2
        assert ListRow.objects.count() == sum(one.people for one in taken)
        assert ListRow.objects.filter(name="路青山").exists()

    def test_whose_seal_is_broken_stops_nobody_else(self, code: str) -> None:
        send(Client(), f"/r/{code}/", form(**{"p0-name": "何断章"}))
        HouseholdReport.objects.update(content_sealed=b"\x01broken")
        send(Client(), f"/r/{code}/", form(**{"p0-name": "路青山"}))
        take_up()
        assert sorted(HouseholdReport.objects.values_list("state", "fault")) == [
            ("failed", "self_report.unreadable"),
            ("listed", ""),
        ]


class TestAPoster:
    def test_closed_or_over_says_so_and_takes_nothing(self, code: str, secretary: User, town: Town) -> None:
        newer = hang(town, secretary)
        for url in (f"/r/{code}/", f"/r/{code.lower()}/"):
            assert Client().get(url).status_code == 410
        assert send(Client(), f"/r/{code}/", form()).status_code == 410
        Poster.objects.filter(code=newer).update(ends_at=timezone.now(), starts_at=timezone.now() - timedelta(days=1))
        posters.forget()
        assert Client().get(f"/r/{newer}/").status_code == 410
        assert Client().get("/r/K7MQ3TRP/").status_code == 404
        assert not HouseholdReport.objects.exists()

    def test_is_found_by_its_code_as_people_type_it(self, code: str) -> None:
        typed = f" {code[:4]}-{code[4:]} ".lower()
        assert Client().get("/r/", {"code": typed}).headers["Location"] == f"/r/{code}/"
        assert 'id="code-why"' in Client().get("/r/", {"code": code[:-1]}).content.decode()

    def test_is_hung_only_where_one_works(self, other_secretary: User, inspector: User, town: Town) -> None:
        for actor in (other_secretary, inspector):
            with pytest.raises(NotAllowed):
                hang(town, actor)


class TestAnOwnReport:
    @pytest.fixture
    def reported(self, code: str) -> tuple[str, str]:
        """Code of a report that was sent, and the tail of its telephone."""
        page = send(Client(), f"/r/{code}/", form()).content.decode()
        return shown(page)[1], "2345"

    def open(self, code: str, tail: str) -> Any:
        return send(Client(), "/r/own/", {"code": code, "tail": tail})

    def change(self, page: str, **changes: Any) -> Any:
        said = form(**changes)
        said["token"], said["command_id"] = hidden(page, "token"), str(uuid7())
        return send(Client(), "/r/own/save/", said)

    def test_is_opened_by_code_and_tail_and_corrected_before_anybody_began(self, reported: tuple[str, str]) -> None:
        page = self.open(*reported).content.decode()
        assert 'value="阮青禾"' in page and 'value="zone" checked' in page
        assert shown(self.change(page, **{"p0-name": "阮青和"}).content.decode())[1] == reported[0]
        assert [one.state for one in HouseholdReport.objects.order_by("version")] == ["replaced", "waiting"]
        take_up()
        assert ListRow.objects.filter(name="阮青和").exists() and not ListRow.objects.filter(name="阮青禾").exists()

    def test_corrected_after_it_was_taken_up_waits_for_staff(
        self, reported: tuple[str, str], secretary: User, other_secretary: User
    ) -> None:
        take_up()
        items = WorkItem.objects.count()
        page = self.open(*reported).content.decode()
        self.change(page, origin="临泽市")
        assert "409" in str(self.change(page, origin="又一次").status_code), "an old page changes nothing"
        latest = HouseholdReport.objects.order_by("-version")[0]
        assert (latest.state, take_up()) == ("corrected", [])
        with pytest.raises(Exception, match="not_found"):
            submitting.settle(Command(actor=other_secretary), report_id=latest.report_id)
        submitting.settle(Command(actor=secretary), report_id=latest.report_id, take_up=True)
        (made,) = self.next_batch()
        assert {row.facts["extra"]["origin"] for row in made.rows.all()} == {"临泽市"}
        assert WorkItem.objects.count() == items, "it joins the open work"

    def next_batch(self) -> list[SourceList]:
        """Ten minutes later."""
        listing.take_up_due(now=timezone.now() + 2 * rules.BATCH_EVERY)
        made = list(SourceList.objects.filter(state="queued"))
        for one in made:
            matching.run(one)
        return made

    def test_withdrawn_holds_nothing_any_more(self, reported: tuple[str, str], secretary: User) -> None:
        page = self.open(*reported).content.decode()
        asked = send(Client(), "/r/own/save/", {"token": hidden(page, "token")}, go="withdraw").content.decode()
        assert HouseholdReport.objects.get().state == "waiting", "one slip of the finger withdraws nothing"
        sure = {"token": hidden(asked, "token"), "command_id": hidden(asked, "command_id"), "sure": "yes"}
        assert send(Client(), "/r/own/save/", sure, go="withdraw").status_code == 200
        kept = HouseholdReport.objects.get()
        assert (kept.state, bytes(kept.content_sealed), take_up()) == ("erased", b"", [])
        assert 'name="token"' not in self.open(*reported).content.decode()

    def test_keeps_shut_with_one_answer_whatever_is_wrong(self, reported: tuple[str, str]) -> None:
        code, tail = reported
        stranger = own_code(UUID(int=7))
        answers = {self.open(*tried).content.decode().split("<form")[0] for tried in
                   [(code, "0000"), (stranger, tail), (code[:-1], tail), ("", ""), (code, "")]}  # fmt: skip
        assert len(answers) == 1
        for _ in range(submitting.MOST_WRONG_TAILS):
            self.open(code, "1111")
        GUESSES.forget()
        assert 'name="token"' not in self.open(code, tail).content.decode(), "after five wrong tails even the right one"
        HouseholdReport.objects.update(wrong_at=timezone.now() - submitting.SHUT_FOR)
        assert 'name="token"' in self.open(code, tail).content.decode()

    def test_is_not_guessed_at_from_one_address(self, reported: tuple[str, str]) -> None:
        statuses = [self.open(own_code(uuid7()), "0000").status_code for _ in range(GUESSES.most + 1)]
        assert statuses[-2:] == [200, 429]


class TestTheirPages:
    def test_weigh_little(self, code: str) -> None:
        names = ("resident.css", "resident.js", "report.js")
        own = sum((STATIC / name).stat().st_size for name in names)
        said = form(**{f"p{place}-name": "阮青禾" for place in range(12)}, read=None)
        for page in (Client().get(f"/r/{code}/"), send(Client(), f"/r/{code}/", said)):
            assert len(page.content) + own <= frame.MOST_BYTES

"""The audit log as an auditor reads it, and whether it is whole."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.access.roles import Role
from lianfang.core.actions.door import ACTIONS
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.people.looking import log_looks
from lianfang.jobs.town import Town, give
from lianfang.web.queries.audit_words import WORDS
from tests.web.desk import GRID, NEXT_GRID, browser, people_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def looked(worker: User, other_worker: User, town: Town, now: datetime) -> None:
    """A grid worker of two communities each opened a file of theirs."""
    log_looks(actor=worker, people=people_in(town.areas[GRID].path, 1), now=now, why="file")
    log_looks(actor=other_worker, people=people_in(town.areas[NEXT_GRID].path, 1), now=now, why="file")


def codes(response: Any) -> list[str]:
    return [line.code for line in response.context["lines"].rows]


class TestTheLog:
    def test_shows_who_looked_at_what(self, auditor: User, worker: User, looked: None) -> None:
        response = browser(auditor).get("/audit/", {"kind": "look"})
        assert codes(response) == ["people.open", "people.open"]
        assert {line.actor for line in response.context["lines"].rows} >= {worker.display_name}
        assert "Opened a file in full" in text_of(response)
        line = next(line for line in response.context["lines"].rows if line.actor == worker.display_name)
        assert (line.subject_kind, dict(line.facts)) == ("Person", {"Why": "file"})
        assert line.area == "望湖社区 第一网格 1幢 1单元"

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({"actor": "worker", "kind": "look"}, 1),
            ({"actor": "nobody-at-all"}, 0),
            ({"code": "people"}, 2),
            ({"code": "work"}, 0),
            ({"day": "1999-01-01"}, 0),
            ({"day": "9999-12-31"}, 2),
            ({"day": "not-a-day", "subject": "x", "kind": "x", "code": "People!", "area": "../"}, 2),
        ],
    )
    def test_is_filtered(self, auditor: User, looked: None, query: dict[str, str], count: int) -> None:
        found = [code for code in codes(browser(auditor).get("/audit/", query)) if code != "access.logged_in"]
        assert len(found) == count

    def test_is_filtered_by_day_area_and_subject(self, auditor: User, town: Town, looked: None) -> None:
        person = people_in(town.areas[GRID].path, 1)[0]
        client, today = browser(auditor), str(timezone.localdate())
        query = {"day": today, "area": town.areas[GRID].path, "subject": str(person.id)}
        assert codes(client.get("/audit/", query)) == ["people.open"]
        assert codes(client.get("/audit/", {**query, "area": town.areas[NEXT_GRID].path})) == []

    def test_shows_an_auditor_their_own_area_only(self, town: Town, now: datetime, looked: None) -> None:
        local = User.objects.create_user("local", None, display_name="社区审计")
        give(local, Role.AUDITOR, town.areas["999999001001"], now=now, reason="test")
        areas = [line.area for line in browser(local).get("/audit/").context["lines"].rows if line.kind == "look"]
        assert len(areas) == 1

    def test_goes_on_behind_the_last_entry(self, auditor: User, worker: User, town: Town, now: datetime) -> None:
        people = people_in(town.areas[GRID].path, 60)
        log_looks(actor=worker, people=people, now=now, why="file")
        client = browser(auditor)
        first = client.get("/audit/", {"kind": "look"}).context["lines"]
        second = client.get("/audit/", {"kind": "look", "after": first.next_cursor}).context["lines"]
        assert {line.subject_id for line in (*first.rows, *second.rows)} == {str(person.id) for person in people}

    @pytest.mark.parametrize(
        "name", ["county", "command_post", "desk", "secretary", "worker", "inspector", "administrator"]
    )
    def test_is_closed_to_everyone_else(self, request: pytest.FixtureRequest, name: str) -> None:
        client = browser(request.getfixturevalue(name))
        assert (client.get("/audit/").status_code, client.post("/audit/").status_code) == (403, 403)

    def test_costs_at_most_ten_queries(self, auditor: User, looked: None, django_assert_max_num_queries: Any) -> None:
        client = browser(auditor)
        client.get("/audit/")
        with django_assert_max_num_queries(10):
            client.get("/audit/")

    def test_has_words_for_every_action(self) -> None:
        assert sorted(set(ACTIONS) - set(WORDS)) == []


class TestTheCheck:
    def test_finds_the_log_whole(self, auditor: User, looked: None, now: datetime) -> None:
        journal.seal_pending(now=now)
        response = browser(auditor).post("/audit/")
        assert response.context["checked"].faults == []
        assert "Whole: seals 1 to 1" in text_of(response)

    def test_finds_a_changed_entry(self, auditor: User, looked: None, now: datetime) -> None:
        journal.seal_pending(now=now)
        entry = AuditEntry.objects.filter(code="people.open").first()
        assert entry is not None
        with connection.cursor() as cursor:
            cursor.execute("UPDATE audit_auditentry SET code = 'people.correct' WHERE id = %s", [entry.id])
        response = browser(auditor).post("/audit/")
        assert {fault.code for fault in response.context["checked"].faults} >= {
            "audit.entry_changed",
            "audit.batch_changed",
        }

    def test_begins_at_a_later_seal(self, worker: User, town: Town, now: datetime) -> None:
        people = people_in(town.areas[GRID].path, 3)
        for number, person in enumerate(people):
            log_looks(actor=worker, people=[person], now=now + timedelta(seconds=number), why="file")
            journal.seal_pending(now=now)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE audit_auditentry SET code = 'x' WHERE seal_number = 1")
        assert list(journal.verify(first=2)) == []
        assert list(journal.verify()) != []

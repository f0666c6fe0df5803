"""Held twice: the queue with masked names, one pair in full, decided, taken back, or put off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from lianfang.capabilities.cleanup import finder
from lianfang.capabilities.cleanup.models import DuplicatePair
from lianfang.core.access.models import User
from lianfang.core.audit.models import AuditEntry
from lianfang.core.people.models import Person
from lianfang.jobs.town import Town
from lianfang.web.queries.pair_reasons import waterfall
from tests.cleanup.hanging import put_under_measure
from tests.web.desk import browser, send, text_of


@pytest.fixture
def pairs(town: Town) -> list[DuplicatePair]:
    """What the finder suspects in the toy town, in the order of the queue."""
    finder.find(everyone=True)
    return list(DuplicatePair.objects.open().order_by("-weight", "id"))


@pytest.fixture
def at_desk(desk: User) -> Client:
    """The data desk's browser, in English."""
    return browser(desk)


def address(pair: DuplicatePair, step: str = "") -> str:
    return f"/duplicates/{pair.id}/{step}"


def shown(response: Any) -> UUID:
    found: UUID = response.context["sheet"].pair.id
    return found


class TestTheQueue:
    def test_shows_the_likeliest_first_with_masked_names_and_reasons(
        self, at_desk: Client, pairs: list[DuplicatePair]
    ) -> None:
        page = at_desk.get("/duplicates/")
        assert [line.id for line in page.context["lines"].rows] == [pair.id for pair in pairs]
        text = text_of(page)
        names = {person.name for pair in pairs for person in (pair.person_a, pair.person_b)}
        assert not [name for name in names if len(name) > 1 and name in text]
        assert "14 pairs wait" in text and "same document number" in text and "Held twice" in text
        assert not AuditEntry.objects.filter(kind="look").exists()

    def test_costs_few_queries_however_long_it_is(
        self, at_desk: Client, pairs: list[DuplicatePair], django_assert_max_num_queries: Any
    ) -> None:
        at_desk.get("/duplicates/")
        with django_assert_max_num_queries(9):
            at_desk.get("/duplicates/")

    def test_is_paged_by_its_last_line(self, at_desk: Client, pairs: list[DuplicatePair]) -> None:
        last = pairs[4]
        page = at_desk.get("/duplicates/", {"after": f"{last.weight!r}~{last.id}"})
        assert [line.id for line in page.context["lines"].rows] == [pair.id for pair in pairs[5:]]
        back = at_desk.get("/duplicates/", {"after": f"<{last.weight!r}~{last.id}"})
        assert [line.id for line in back.context["lines"].rows] == [pair.id for pair in pairs[:4]]
        assert len(at_desk.get("/duplicates/", {"after": "nan~x"}).context["lines"].rows) == len(pairs)

    def test_leaves_out_who_has_moved_away_since(self, pairs: list[DuplicatePair], secretary: User, town: Town) -> None:
        scope = secretary.authority.scopes("people.merge")[0]
        inside = [pair for pair in pairs if pair.path.startswith(scope)]
        client = browser(secretary)
        assert [line.id for line in client.get("/duplicates/").context["lines"].rows] == [pair.id for pair in inside]
        elsewhere = town.areas["999999001002"].path
        Person.objects.filter(id__in=[pair.person_a_id for pair in inside]).update(path=elsewhere)
        assert client.get("/duplicates/").context["lines"].rows == []
        for pair in inside:
            assert client.get(address(pair)).status_code == 404

    def test_is_closed_to_who_may_not_merge(self, worker: User, county: User, pairs: list[DuplicatePair]) -> None:
        for user in (worker, county):
            client = browser(user)
            assert client.get("/duplicates/").status_code == 403
            assert client.get(address(pairs[0])).status_code == 403
            assert "/duplicates/" not in client.get("/people/").content.decode()

    def test_says_when_nobody_is_held_twice(self, at_desk: Client) -> None:
        assert "Nobody is held twice" in text_of(at_desk.get("/duplicates/"))


class TestAPair:
    def test_shows_both_records_in_full_and_writes_the_looks_down(
        self, at_desk: Client, pairs: list[DuplicatePair]
    ) -> None:
        page = at_desk.get(address(pairs[0]))
        text = text_of(page)
        for person in (pairs[0].person_a, pairs[0].person_b):
            assert person.name in text
            for phone in person.telephones.all():
                assert phone.number in page.content.decode().replace("<mark>", "").replace("</mark>", "")
        looks = AuditEntry.objects.filter(kind="look")
        assert set(looks.values_list("subject_id", flat=True)) == {pairs[0].person_a_id, pairs[0].person_b_id}
        assert {one.facts["why"] for one in looks} == {"duplicates"}

    def test_adds_its_reasons_up(self, at_desk: Client, pairs: list[DuplicatePair]) -> None:
        for pair in pairs:
            steps = waterfall(pair.reasons)
            assert steps[-1].weight == round(pair.weight, 1)
            assert all(0 <= float(step.start) <= 100 and float(step.width) <= 100.1 for step in steps)
        steps = at_desk.get(address(pairs[0])).context["sheet"].steps
        assert "hardly ever one person" in steps[0].words and len(steps) == len(pairs[0].reasons) + 1

    def test_is_merged_and_the_next_one_opens(self, at_desk: Client, pairs: list[DuplicatePair]) -> None:
        sheet = at_desk.get(address(pairs[0])).context["sheet"]
        kept, merged = (file.person for file in sheet.files)
        came = send(at_desk, address(pairs[0], "decide/"), htmx=True, kind=f"merge:{kept.id}")
        merged.refresh_from_db()
        assert merged.merged_into_id == kept.id
        assert shown(came) == pairs[1].id and came.headers["HX-Push-Url"] == address(pairs[1])
        assert b"<html" not in came.content and "Merged into one record." in text_of(came)

    def test_is_kept_apart_and_taken_back(self, at_desk: Client, pairs: list[DuplicatePair]) -> None:
        came = send(at_desk, address(pairs[2], "decide/"), htmx=True, kind="apart")
        assert shown(came) == pairs[3].id
        back = send(at_desk, "/duplicates/undo/", htmx=True)
        assert shown(back) == pairs[2].id and "Taken back." in text_of(back)
        pairs[2].refresh_from_db()
        assert pairs[2].state == "open"

    def test_works_without_scripts(self, at_desk: Client, pairs: list[DuplicatePair]) -> None:
        came = send(at_desk, address(pairs[0], "decide/"), kind="apart")
        assert (came.status_code, came.headers["Location"]) == (302, address(pairs[1]))
        assert at_desk.get(address(pairs[1], "next/")).headers["Location"] == address(pairs[2])
        assert at_desk.get(address(pairs[-1], "next/")).headers["Location"] == address(pairs[1])

    def test_can_be_split_long_after(self, at_desk: Client, pairs: list[DuplicatePair]) -> None:
        send(at_desk, address(pairs[0], "decide/"), kind=f"merge:{pairs[0].person_b_id}")
        page = at_desk.get(address(pairs[0]))
        assert "Take this decision back" in text_of(page) and 'data-key="1"' not in page.content.decode()
        send(at_desk, "/duplicates/undo/", pair=str(pairs[0].id))
        assert Person.objects.get(id=pairs[0].person_a_id).merged_into_id is None

    def test_under_a_measure_asks_for_a_reason(
        self, at_desk: Client, pairs: list[DuplicatePair], desk: User, now: Any
    ) -> None:
        put_under_measure(pairs[0].person_a, actor=desk, now=now)
        assert "A measure is on one of the two" in text_of(at_desk.get(address(pairs[0])))
        refused = send(at_desk, address(pairs[0], "decide/"), htmx=True, kind=f"merge:{pairs[0].person_a_id}")
        assert (refused.status_code, refused.headers["X-Refusal"]) == (409, "cleanup.needs_reason")
        send(at_desk, address(pairs[0], "decide/"), kind=f"merge:{pairs[0].person_a_id}", reason="证件已核对")
        pairs[0].refresh_from_db()
        assert (pairs[0].state, pairs[0].reason) == ("merged", "证件已核对")

    def test_costs_a_fixed_number_of_queries(
        self, at_desk: Client, pairs: list[DuplicatePair], django_assert_max_num_queries: Any
    ) -> None:
        at_desk.get(address(pairs[0]))
        with django_assert_max_num_queries(62):
            at_desk.get(address(pairs[1]))


class TestTheFileKept:
    def test_shows_what_the_other_record_said(self, at_desk: Client, pairs: list[DuplicatePair]) -> None:
        pair = next(one for one in pairs if one.person_a.dwelling_id != one.person_b.dwelling_id)
        send(at_desk, address(pair, "decide/"), kind=f"merge:{pair.person_a_id}")
        text = text_of(at_desk.get(f"/people/{pair.person_a_id}/"))
        other = pair.person_b
        assert other.dwelling is not None
        assert f"The other record said: {other.name}" in text
        assert text.count(other.dwelling.label) >= 2  # beside its name, and among the residences

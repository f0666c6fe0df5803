"""The work board, one item and the unplaced queue, as each role sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.audit.models import AuditEntry
from lianfang.core.work import actions, lateness
from lianfang.core.work.models import ContactAttempt, WorkItem, WorkState, WorkSubject
from lianfang.jobs.town import Town
from lianfang.kernel.masking import mask_name
from lianfang.kernel.uuid7 import uuid7
from lianfang.web.queries import work
from tests.web.desk import GRID, NEXT_GRID, ask_for, browser, people_in, send, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(desk: User, town: Town, now: datetime) -> list[WorkItem]:
    """Three items in the first grid; the second of them is late."""
    people = people_in(town.areas[GRID].path, 3)
    return [
        *ask_for(desk, people[:1], now=now, hours=4),
        *ask_for(desk, people[1:2], now=now, hours=-2),
        *ask_for(desk, people[2:], now=now, hours=1),
    ]


@pytest.fixture
def there(desk: User, town: Town, now: datetime) -> WorkItem:
    """An item in another community."""
    return ask_for(desk, people_in(town.areas[NEXT_GRID].path, 1), now=now)[0]


def page_of(item: WorkItem) -> str:
    return f"/work/{item.id}/"


def submitted(item: WorkItem, worker: User) -> None:
    actions.record(Command(actor=worker), item_id=item.id, outcome="no_control")


class TestTheBoard:
    def test_shows_what_is_overdue_first(self, desk: User, here: list[WorkItem]) -> None:
        shown = [line.id for line in browser(desk).get("/work/").context["lines"].rows]
        assert shown == [here[1].id, here[2].id, here[0].id]

    def test_masks_names(self, desk: User, here: list[WorkItem]) -> None:
        name = WorkSubject.objects.filter(item=here[0]).values_list("person__name", flat=True)[0]
        page = browser(desk).get("/work/").content.decode()
        assert mask_name(name) in page
        assert name not in page

    def test_shows_a_community_its_own_work_only(
        self, other_secretary: User, here: list[WorkItem], there: WorkItem
    ) -> None:
        shown = [line.id for line in browser(other_secretary).get("/work/").context["lines"].rows]
        assert shown == [there.id]

    def test_says_who_was_called_today(self, worker: User, here: list[WorkItem]) -> None:
        actions.log_call(Command(actor=worker), item_id=here[0].id, result="reached")
        assert f"{worker.display_name}: Reached" in text_of(browser(worker).get("/work/"))

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("segment=late", [1]),
            ("late=1", [1]),
            ("state=dispatched", [1, 2, 0]),
            ("state=closed", []),
            ("segment=verify", []),
            ("assignee=nobody", []),
            ("outcome=left", []),
            ("segment=done", []),
            ("state=forwarded", []),
            ("area=zzzz", []),
            ("list=not-a-number&state=nonsense", [1, 2, 0]),
        ],
    )
    def test_keeps_its_filters_in_the_address(
        self, desk: User, here: list[WorkItem], query: str, expected: list[int]
    ) -> None:
        response = browser(desk).get(f"/work/?{query}")
        assert [line.id for line in response.context["lines"].rows] == [here[i].id for i in expected]

    def test_finds_a_door_and_a_name(self, desk: User, here: list[WorkItem]) -> None:
        person = WorkSubject.objects.select_related("person").get(item=here[0]).person
        client = browser(desk)
        for text in (person.name, person.initials):
            found = [line.id for line in client.get("/work/", {"text": text}).context["lines"].rows]
            assert here[0].id in found

    def test_goes_on_behind_the_last_line(
        self, desk: User, here: list[WorkItem], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(work, "PAGE", 2)
        monkeypatch.setattr("lianfang.web.queries.keyset.cut.__kwdefaults__", {"row_id": "id", "size": 2})
        client = browser(desk)
        first = client.get("/work/").context["lines"]
        second = client.get("/work/", {"after": first.next_cursor}).context["lines"]
        assert [line.id for line in (*first.rows, *second.rows)] == [here[1].id, here[2].id, here[0].id]
        assert second.next_cursor == ""
        back = client.get("/work/", {"after": second.previous_cursor}).context["lines"]
        assert [line.id for line in back.rows] == [here[1].id, here[2].id]
        assert (back.previous_cursor, back.next_cursor) == ("", first.next_cursor)

    def test_says_to_whom_late_work_was_raised(self, desk: User, here: list[WorkItem], now: datetime) -> None:
        lateness.stamp_late(now=now)
        lateness.escalate(now=now)
        client = browser(desk)
        assert "Raised to the subdistrict" in text_of(client.get("/work/"))
        page = text_of(client.get(page_of(here[1])))
        assert page.count("Raised to the subdistrict") == 2, "where it stands, and the step of the moment"
        assert "Raised to the community" in page, "the step of the moment it became late"

    def test_behind_its_last_line_leads_back_to_the_first(self, desk: User, here: list[WorkItem]) -> None:
        after = f"2999-01-01T00:00:00+00:00~{here[0].id}"
        response = browser(desk).get("/work/", {"segment": "all", "after": after})
        assert "Nothing further" in text_of(response)
        assert 'href="?segment=all"' in response.content.decode()

    def test_costs_at_most_ten_queries(
        self, desk: User, here: list[WorkItem], there: WorkItem, django_assert_max_num_queries: Any
    ) -> None:
        client = browser(desk)
        client.get("/work/")
        with django_assert_max_num_queries(10):
            client.get("/work/")

    @pytest.mark.parametrize("name", ["administrator", "auditor"])
    def test_is_closed_to_who_reads_no_work(self, request: pytest.FixtureRequest, name: str) -> None:
        assert browser(request.getfixturevalue(name)).get("/work/").status_code == 403


class TestABulkAction:
    def test_accepts_many_lines_once(self, worker: User, here: list[WorkItem]) -> None:
        client, command_id = browser(worker), uuid7()
        ids = [str(item.id) for item in here]
        for _sending in range(2):
            response = send(client, "/work/bulk/", command_id=command_id, verb="accept", ids=ids, back="/work/")
            assert response.headers["Location"] == "/work/"
        assert set(WorkItem.objects.filter(id__in=ids).values_list("state", flat=True)) == {WorkState.ACCEPTED}

    def test_takes_everything_the_filters_let_through(self, desk: User, here: list[WorkItem], worker: User) -> None:
        client, command_id = browser(desk), uuid7()
        fields = {"verb": "assign", "user": str(worker.id), "everything": "1", "filters": "late=1"}
        for _sending in range(2):
            send(client, "/work/bulk/", command_id=command_id, **fields)
        given = WorkItem.objects.filter(answered_by="hand")
        assert [item.id for item in given] == [here[1].id]

    def test_tells_for_every_line_why_it_was_refused(self, desk: User, worker: User, here: list[WorkItem]) -> None:
        submitted(here[0], worker)
        client = browser(desk)
        response = send(client, "/work/bulk/", verb="verify", ids=[str(item.id) for item in here])
        result = client.get(response.headers["Location"])
        assert result.context["done"] == 1
        assert len(result.context["refused"]) == 2
        assert "Dispatched" in text_of(result)

    def test_says_what_was_done_with_them(self, worker: User, here: list[WorkItem]) -> None:
        client = browser(worker)
        send(client, "/work/bulk/", verb="accept", ids=[str(item.id) for item in here])
        assert "Accepted: 3." in text_of(client.get("/work/"))

    def test_returns_with_a_reason_only(self, desk: User, worker: User, here: list[WorkItem]) -> None:
        submitted(here[0], worker)
        client = browser(desk)
        refused = send(client, "/work/bulk/", htmx=True, verb="return", ids=[str(here[0].id)])
        assert (refused.status_code, refused.headers["X-Refusal"]) == (409, "work.no_reason")
        send(client, "/work/bulk/", verb="return", ids=[str(here[0].id)], return_reason="Which hotel?")
        here[0].refresh_from_db()
        assert (here[0].state, here[0].reason) == (WorkState.ACCEPTED, "Which hotel?")

    def test_forwards_to_another_area(self, desk: User, here: list[WorkItem]) -> None:
        ids = [str(item.id) for item in here]
        fields = {"target": "Beiling district", "forward_reason": "Lives there"}
        send(browser(desk), "/work/bulk/", verb="forward", ids=ids, **fields)
        assert set(WorkItem.objects.filter(id__in=ids).values_list("state", "forwarded_to")) == {
            (WorkState.FORWARDED, "Beiling district")
        }

    def test_needs_the_permission(self, inspector: User, here: list[WorkItem]) -> None:
        response = send(browser(inspector), "/work/bulk/", verb="accept", ids=[str(here[0].id)])
        assert response.status_code == 403

    def test_leaves_another_communitys_work_alone(self, other_secretary: User, here: list[WorkItem]) -> None:
        response = send(browser(other_secretary), "/work/bulk/", verb="accept", ids=[str(here[0].id)])
        here[0].refresh_from_db()
        assert (response.status_code, here[0].state) == (404, WorkState.DISPATCHED)

    def test_result_is_shown_to_its_actor_only(self, desk: User, command_post: User, here: list[WorkItem]) -> None:
        command_id = uuid7()
        ids = [str(item.id) for item in here]
        send(browser(desk), "/work/bulk/", command_id=command_id, verb="verify", ids=ids)
        assert browser(desk).get(f"/work/result/{command_id}/").status_code == 200
        assert browser(command_post).get(f"/work/result/{command_id}/").status_code == 404


class TestAnItem:
    def test_of_another_community_is_not_found(self, other_secretary: User, here: list[WorkItem]) -> None:
        client = browser(other_secretary)
        assert client.get(page_of(here[0])).status_code == 404
        assert client.post(f"{page_of(here[0])}people/").status_code == 404
        assert send(client, f"{page_of(here[0])}step/", verb="accept").status_code == 404
        assert send(client, f"{page_of(here[0])}call/", result="reached").status_code == 404

    def test_shows_people_in_full_on_request_and_logs_the_look(self, worker: User, here: list[WorkItem]) -> None:
        person = WorkSubject.objects.select_related("person").get(item=here[0]).person
        client = browser(worker)
        assert person.name not in client.get(page_of(here[0])).content.decode()
        assert not AuditEntry.objects.filter(kind="look").exists()
        assert person.name in client.post(f"{page_of(here[0])}people/").content.decode()
        look = AuditEntry.objects.get(kind="look")
        assert (look.subject_id, look.actor_id) == (person.id, worker.id)

    def test_is_never_shown_in_full_to_an_inspector(self, inspector: User, here: list[WorkItem]) -> None:
        client = browser(inspector)
        assert client.get(page_of(here[0])).status_code == 200
        assert client.post(f"{page_of(here[0])}people/").status_code == 403

    def test_takes_calls_and_results(self, worker: User, here: list[WorkItem]) -> None:
        client = browser(worker)
        send(client, f"{page_of(here[0])}call/", result="unanswered", note="rang long")
        send(client, f"{page_of(here[0])}record/", outcome="no_control", note="at home")
        here[0].refresh_from_db()
        assert ContactAttempt.objects.get().note == "rang long"
        assert (here[0].state, here[0].outcome) == (WorkState.SUBMITTED, "no_control")
        page = text_of(client.get(page_of(here[0])))
        assert f"by {worker.display_name}: No answer" in page

    def test_offers_only_what_may_be_done(self, worker: User, desk: User, here: list[WorkItem]) -> None:
        submitted(here[0], worker)
        assert browser(worker).get(page_of(here[0])).context["sheet"].verbs == frozenset()
        assert browser(desk).get(page_of(here[0])).context["sheet"].verbs == {"verify", "return"}

    def test_is_verified_by_someone_else(self, worker: User, desk: User, here: list[WorkItem]) -> None:
        submitted(here[0], worker)
        send(browser(desk), f"{page_of(here[0])}step/", verb="verify")
        here[0].refresh_from_db()
        assert (here[0].state, here[0].verified_by) == (WorkState.CLOSED, desk)

    def test_tells_its_doer_that_someone_else_verifies(self, worker: User, desk: User, here: list[WorkItem]) -> None:
        submitted(here[0], worker)
        assert "You handed this in yourself." in text_of(browser(worker).get(page_of(here[0])))
        assert "You handed this in yourself." not in text_of(browser(desk).get(page_of(here[0])))

    def test_lists_the_steps_of_one_moment_in_their_order(self, worker: User, here: list[WorkItem]) -> None:
        command = Command(actor=worker)
        actions.record(command, item_id=here[0].id, outcome="no_control")
        steps = browser(worker).get(page_of(here[0])).context["sheet"].steps
        moment = [str(step.what) for step in steps if step.at == command.now]
        assert moment == ["Handed in", "Recorded", "Accepted"]

    def test_refuses_a_text_with_a_nul_in_words(self, worker: User, here: list[WorkItem]) -> None:
        client = browser(worker)
        send(client, f"{page_of(here[0])}record/", outcome="no_control", note="at\0home")
        assert "characters that cannot be kept" in text_of(client.get("/work/")), "a form with a file, sent in parts"
        urlencoded = f"command_id={uuid7()}&outcome=no_control&note=at%00home"
        form = "application/x-www-form-urlencoded"
        response = client.post(f"{page_of(here[0])}record/", urlencoded, content_type=form)
        assert response.status_code == 400
        assert "cannot be kept (NUL)" in text_of(response)
        response = client.post(
            f"{page_of(here[0])}record/", urlencoded, content_type=form, headers={"HX-Request": "true"}
        )
        assert (response.status_code, response.headers["X-Refusal"]) == (400, "web.nul")
        here[0].refresh_from_db()
        assert here[0].state == WorkState.DISPATCHED

    @pytest.mark.parametrize("verb", ["", "cancel", "__class__"])
    def test_knows_no_other_verbs(self, desk: User, here: list[WorkItem], verb: str) -> None:
        assert send(browser(desk), f"{page_of(here[0])}step/", verb=verb).status_code == 404

    def test_refuses_a_form_without_a_number(self, worker: User, here: list[WorkItem]) -> None:
        response = send(browser(worker), f"{page_of(here[0])}step/", htmx=True, command_id=UUID(int=1), verb="accept")
        assert response.headers["X-Refusal"] == "web.stale_form"

    def test_costs_at_most_twenty_queries(
        self, worker: User, here: list[WorkItem], django_assert_max_num_queries: Any
    ) -> None:
        client = browser(worker)
        client.get(page_of(here[0]))
        with django_assert_max_num_queries(20):
            client.get(page_of(here[0]))


class TestTheUnplacedQueue:
    @pytest.fixture
    def lost(self, desk: User, town: Town, now: datetime) -> WorkItem:
        """An item nobody knows the place of."""
        return ask_for(desk, people_in(town.areas[GRID].path, 1), now=now, placed=False)[0]

    def test_offers_areas_and_doors(self, desk: User, town: Town) -> None:
        client = browser(desk)
        area = town.areas["999999001001"]
        assert f"area:{area.id}" in client.get("/work/unplaced/places/", {"place_text": area.name}).content.decode()
        assert "door:" in client.get("/work/unplaced/places/", {"place_text": "3-2-101"}).content.decode()

    def test_places_an_item_where_someone_answers(self, desk: User, worker: User, town: Town, lost: WorkItem) -> None:
        area = town.areas[GRID]
        send(browser(desk), "/work/bulk/", verb="place", ids=[str(lost.id)], place=f"area:{area.id}")
        lost.refresh_from_db()
        assert (lost.state, lost.assignee, lost.path) == (WorkState.DISPATCHED, worker, area.path)

    def test_refuses_no_place_at_all(self, desk: User, lost: WorkItem) -> None:
        response = send(browser(desk), "/work/bulk/", htmx=True, verb="place", ids=[str(lost.id)], place="")
        assert response.headers["X-Refusal"] == "work.no_place"

    def test_logs_that_the_rows_were_opened(self, desk: User, lost: WorkItem) -> None:
        client = browser(desk)
        assert client.get("/work/unplaced/").context["opened"] is False
        assert not AuditEntry.objects.filter(code="work.open_rows").exists()
        assert client.post("/work/unplaced/").context["opened"] is True
        assert AuditEntry.objects.get(code="work.open_rows").subject_id == lost.id

    def test_is_for_those_who_dispatch(self, worker: User) -> None:
        assert browser(worker).get("/work/unplaced/").status_code == 403

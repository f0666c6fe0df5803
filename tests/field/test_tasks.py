"""The worker's tasks: what a card shows, what it hides, and what each plain answer does."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianfang.capabilities.registry.actions import report_tip
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.audit.models import AuditEntry
from lianfang.core.people.models import Dwelling, Person
from lianfang.core.work.actions import log_call, return_
from lianfang.core.work.models import ContactAttempt, WorkItem, WorkSubject
from lianfang.kernel.uuid7 import uuid7
from tests.field.street import Street, account, build_street

pytestmark = pytest.mark.django_db


@pytest.fixture
def street() -> Street:
    return build_street()


@pytest.fixture
def phone(street: Street, client: Client) -> Client:
    """The worker, logged in, in English."""
    return logged_in(client, street.worker)


def logged_in(client: Client, user: User) -> Client:
    User.objects.filter(id=user.id).update(language="en")
    client.force_login(User.objects.get(id=user.id), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def task_at(street: Street, dwelling: Dwelling | None = None, **changes: Any) -> WorkItem:
    """A tip makes a task; `changes` put it where the story needs it."""
    door = dwelling or street.home
    answer = report_tip(Command(actor=street.secretary), text="租客昨晚回来了", dwelling_id=door.id)
    WorkItem.objects.filter(id=answer["item"]).update(**changes)
    return WorkItem.objects.get(id=answer["item"])


def page(phone: Client, name: str, *args: object, **query: str) -> str:
    response = phone.get(reverse(name, args=args), query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def answer(phone: Client, item: WorkItem, **said: Any) -> Any:
    """Send the record sheet as htmx does; the ids come from the form like on a phone."""
    sheet = phone.get(reverse("field_record", args=[item.id]), headers={"HX-Request": "true"}).content.decode()
    ids = dict(re.findall(r'name="(command|call_command)" value="([0-9a-f-]+)"', sheet))
    form = {**ids, "together": "1", **said}
    return phone.post(reverse("field_record", args=[item.id]), form, headers={"HX-Request": "true"})


class TestList:
    def test_puts_the_late_first_and_the_door_as_title(self, street: Street, phone: Client) -> None:
        doors = street.doors(2)
        task_at(street, doors[0])
        task_at(street, doors[1], due_at=timezone.now() - timedelta(minutes=18))
        text = page(phone, "field_tasks")
        late, todo = text.index("Late: do this one first"), text.index("To do, by deadline")
        assert late < text.index(f"{doors[1].building} {doors[1].unit} {doors[1].room}") < todo
        assert todo < text.index(f"{doors[0].building} {doors[0].unit} {doors[0].room}")
        assert "18 min late" in text

    def test_shows_no_whole_name_and_no_number(self, street: Street, phone: Client) -> None:
        task_at(street)
        text = page(phone, "field_tasks")
        for person in street.family:
            assert person.name not in text
            for telephone in person.telephones.all():
                assert telephone.number not in text

    def test_says_who_called_today_and_how_it_ended(self, street: Street, phone: Client) -> None:
        item = task_at(street)
        log_call(Command(actor=street.deputy), item_id=item.id, result="reached")
        WorkItem.objects.filter(id=item.id).update(assignee=street.worker)
        text = page(phone, "field_tasks")
        assert re.search(r"Called today \d\d:\d\d by 周岚: Reached", text)

    def test_keeps_to_its_kinds(self, street: Street, phone: Client) -> None:
        item = task_at(street)
        assert str(item.id) in page(phone, "field_tasks", kind="visits")
        assert str(item.id) not in page(phone, "field_tasks", kind="again")
        answer(phone, item, answer="not_through", result="unanswered")
        again = page(phone, "field_tasks", kind="again")
        assert str(item.id) in again
        assert "called once, not reached" in again

    def test_goes_on_where_the_page_ended(self, street: Street, phone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("lianfang.field.tasks.PAGE", 2)
        items = {str(task_at(street, door).id) for door in street.doors(5)}
        seen: set[str] = set()
        address, pages = reverse("field_tasks"), 0
        while address:
            text = phone.get(address).content.decode()
            seen |= set(re.findall(r'id="t-([0-9a-f-]+)"', text))
            following = re.search(r'href="(\?kind=all&amp;after=[^"]+)"', text)
            address = reverse("field_tasks") + following[1].replace("&amp;", "&") if following else ""
            pages += 1
        assert (seen, pages) == (items, 3)

    def test_costs_at_most_twelve_queries_however_many_tasks(
        self, street: Street, phone: Client, django_assert_max_num_queries: Any
    ) -> None:
        for door in street.doors(12):
            task_at(street, door)
        page(phone, "field_tasks")
        with django_assert_max_num_queries(12):
            text = page(phone, "field_tasks")
        assert text.count('<article class="task') >= 10

    def test_is_empty_with_words(self, phone: Client) -> None:
        assert "No tasks here" in page(phone, "field_tasks")

    def test_speaks_of_the_area_and_the_post(self, phone: Client) -> None:
        text = page(phone, "field_tasks")
        assert "望湖社区·" in text
        assert "·Grid worker" in text


class TestCall:
    def test_shows_the_numbers_once_asked_and_writes_the_look_down(self, street: Street, phone: Client) -> None:
        item = task_at(street)
        response = phone.post(reverse("field_call", args=[item.id]), headers={"HX-Request": "true"})
        text = response.content.decode()
        subjects = Person.objects.filter(work_subjects__item=item)
        numbers = {telephone.number for person in subjects for telephone in person.telephones.all()}
        assert numbers
        assert set(re.findall(r'href="tel:([^"]+)"', text)) == numbers
        looks = AuditEntry.objects.filter(kind="look", actor_id=street.worker.id)
        assert {look.subject_id for look in looks} == {person.id for person in subjects}

    def test_is_not_to_be_had_by_a_link(self, street: Street, phone: Client) -> None:
        assert phone.get(reverse("field_call", args=[task_at(street).id])).status_code == 405


class TestRecord:
    @pytest.mark.parametrize(
        ("said", "state", "outcome"),
        [
            ({"answer": "here", "result": "no_control"}, "submitted", "no_control"),
            ({"answer": "here", "result": "controlled"}, "submitted", "controlled"),
            ({"answer": "away", "result": "left", "whereabouts": "杭州"}, "submitted", "left"),
            ({"answer": "away", "result": "never_came"}, "submitted", "never_came"),
            ({"answer": "not_through", "result": "busy"}, "accepted", ""),
            ({"answer": "wrong_number"}, "dispatched", ""),
            ({"answer": "refused"}, "dispatched", ""),
            ({"answer": "not_mine", "note": "在三网格"}, "unplaced", ""),
        ],
    )
    def test_turns_a_plain_answer_into_the_right_step(
        self, street: Street, phone: Client, said: dict[str, str], state: str, outcome: str
    ) -> None:
        item = task_at(street)
        response = answer(phone, item, **said)
        item.refresh_from_db()
        assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/m/")
        assert (item.state, item.outcome) == (state, outcome)

    def test_passes_a_wrong_number_to_the_community(self, street: Street, phone: Client) -> None:
        item = task_at(street)
        answer(phone, item, answer="wrong_number")
        item.refresh_from_db()
        assert item.assignee == street.secretary

    def test_by_telephone_is_a_call_that_reached_someone(self, street: Street, phone: Client) -> None:
        item = task_at(street)
        answer(phone, item, answer="here", result="no_control", how="phone")
        assert ContactAttempt.objects.get(item=item).result == "reached"

    def test_at_the_door_is_no_call(self, street: Street, phone: Client) -> None:
        item = task_at(street)
        answer(phone, item, answer="here", result="no_control", how="door")
        assert not ContactAttempt.objects.filter(item=item).exists()

    def test_tapped_twice_happens_once(self, street: Street, phone: Client) -> None:
        item = task_at(street)
        form = {"command": str(uuid7()), "call_command": str(uuid7()), "together": "1"}
        form |= {"answer": "not_through", "result": "unanswered"}
        for _tap in range(2):
            response = phone.post(reverse("field_record", args=[item.id]), form, headers={"HX-Request": "true"})
            assert response.status_code == 204
        item.refresh_from_db()
        assert item.tries == ContactAttempt.objects.filter(item=item).count() == 1

    def test_about_some_of_the_household_leaves_the_others_open(self, street: Street, phone: Client) -> None:
        item = task_at(street)
        one, *others = WorkSubject.objects.filter(item=item)
        assert others
        answer(phone, item, together="", several="1", person=str(one.person_id), answer="here", result="no_control")
        item.refresh_from_db()
        assert item.state == "accepted"
        assert list(WorkSubject.objects.filter(item=item, outcome="no_control")) == [one]

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({}, "field.no_answer_chosen"),
            ({"answer": "here", "result": "left"}, "field.no_answer_chosen"),
            ({"answer": "away", "result": "left"}, "field.no_whereabouts"),
            ({"answer": "here", "result": "no_control", "together": "", "several": "1"}, "field.nobody_chosen"),
            ({"answer": "not_mine"}, "work.no_reason"),
            ({"answer": "not_through", "result": "unreachable"}, "work.not_tried"),
            ({"answer": "here", "result": "no_control", "command": "x"}, "field.no_command"),
        ],
    )
    def test_refused_says_why_and_changes_nothing(
        self, street: Street, phone: Client, said: dict[str, str], code: str
    ) -> None:
        item = task_at(street)
        response = answer(phone, item, **said)
        item.refresh_from_db()
        assert (response.status_code, response.headers["X-Refusal"]) == (409, code)
        assert response.headers["X-Message"]
        assert item.state == "dispatched"

    def test_offers_to_give_up_only_after_three_calls(self, street: Street, phone: Client) -> None:
        item = task_at(street)
        address = reverse("field_record", args=[item.id])
        assert "unreachable" not in phone.get(address).content.decode()
        WorkItem.objects.filter(id=item.id).update(tries=3)
        assert 'value="unreachable"' in phone.get(address).content.decode()

    def test_says_that_it_cannot_be_taken_back(self, street: Street, phone: Client) -> None:
        sheet = phone.get(reverse("field_record", args=[task_at(street).id])).content.decode()
        assert "cannot be taken back here" in sheet

    def test_goes_back_only_to_a_page_of_ours(self, street: Street, phone: Client) -> None:
        response = answer(phone, task_at(street), answer="wrong_number", back="https://example.org/")
        assert response.headers["HX-Redirect"] == "/m/"


class TestFile:
    def test_shows_people_in_full_and_writes_the_look_down(self, street: Street, phone: Client) -> None:
        item = task_at(street)
        text = page(phone, "field_task", item.id)
        people = Person.objects.filter(work_subjects__item=item)
        assert all(person.name in text for person in people)
        assert AuditEntry.objects.filter(kind="look", actor_id=street.worker.id).count() == people.count()

    def test_shows_everyone_who_asked(self, street: Street, phone: Client) -> None:
        item = task_at(street)
        task_at(street)
        report_tip(Command(actor=street.worker), text="楼下多了行李", dwelling_id=street.home.id)
        text = page(phone, "field_task", item.id)
        assert "Who asked (3)" in text
        assert "楼下多了行李" in text

    def test_tells_why_it_was_sent_back(self, street: Street, phone: Client) -> None:
        item = task_at(street)
        answer(phone, item, answer="here", result="no_control", how="door")
        return_(Command(actor=street.secretary), ids=[item.id], reason="请补登记")
        assert "Sent back: 请补登记" in page(phone, "field_task", item.id)
        assert "Sent back: 请补登记" in page(phone, "field_tasks")

    def test_takes_a_task_on_and_hands_it_in(self, street: Street, phone: Client) -> None:
        item = task_at(street)
        phone.post(reverse("field_accept", args=[item.id]), {"command": str(uuid7())})
        item.refresh_from_db()
        assert item.state == "accepted"
        WorkSubject.objects.filter(item=item).update(outcome="left")
        assert reverse("field_submit", args=[item.id]) in page(phone, "field_task", item.id)
        phone.post(reverse("field_submit", args=[item.id]), {"command": str(uuid7())})
        item.refresh_from_db()
        assert item.state == "submitted"


class TestBorders:
    @pytest.mark.parametrize("name", ["field_task", "field_record", "field_call", "field_accept", "field_submit"])
    def test_of_another_community_answer_as_if_it_did_not_exist(
        self, street: Street, client: Client, name: str
    ) -> None:
        item = task_at(street)
        stranger = logged_in(client, street.stranger)
        address = reverse(name, args=[item.id])
        method = stranger.get if name in ("field_task", "field_record") else stranger.post
        assert method(address, {"command": str(uuid7())}).status_code == 404

    def test_hold_for_the_answer_itself(self, street: Street, client: Client) -> None:
        item = task_at(street)
        stranger = logged_in(client, street.stranger)
        form = {"command": str(uuid7()), "call_command": str(uuid7()), "answer": "here", "result": "no_control"}
        assert stranger.post(reverse("field_record", args=[item.id]), form).status_code == 404
        item.refresh_from_db()
        assert item.state == "dispatched"

    def test_leave_the_list_of_a_stranger_empty(self, street: Street, client: Client) -> None:
        task_at(street)
        assert "No tasks here" in page(logged_in(client, street.stranger), "field_tasks")

    def test_keep_out_who_is_not_logged_in(self, client: Client) -> None:
        response = client.get(reverse("field_tasks"))
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/account/login/")

    def test_keep_out_an_auditor(self, street: Street, client: Client) -> None:
        auditor = account("sun", "孙审计", "auditor", street.areas["999999001"])
        assert logged_in(client, auditor).get(reverse("field_tasks")).status_code == 403

"""Areas and duties: the tree, who answers for a door, naming someone, time limits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from lianfang.core.access.models import OffDuty, Responsibility, User
from lianfang.core.audit.models import AuditEntry
from lianfang.core.territory.models import Level, Territory
from lianfang.core.work.models import SlaProfile
from lianfang.jobs.town import Town
from tests.web.desk import GRID, browser, people_in, send, text_of

pytestmark = pytest.mark.django_db
COMMUNITY, OTHER_COMMUNITY = "999999001001", "999999001002"


def page_of(area: Territory) -> str:
    return f"/territory/{area.id}/"


def post_of(response: Any, role: str) -> Any:
    return next(post for post in response.context["posts"] if post.role == role)


class TestAnArea:
    def test_shows_who_answers_here_and_further_up(self, worker: User, town: Town) -> None:
        response = browser(worker).get(page_of(town.areas[GRID]))
        assert [answer.name for answer in post_of(response, "grid_worker").here] == [worker.display_name]
        assert [answer.territory.code for answer in post_of(response, "secretary").above] == [COMMUNITY]

    def test_marks_who_is_off_duty(self, desk: User, worker: User, town: Town, now: datetime) -> None:
        OffDuty.objects.create(user=worker, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
        assert "Off duty" in text_of(browser(desk).get(page_of(town.areas[GRID])))

    def test_marks_a_vacant_duty_on_the_page_and_in_the_tree(self, desk: User, town: Town, now: datetime) -> None:
        Responsibility.objects.filter(territory=town.areas[GRID], role="grid_worker").update(ends_at=now)
        response = browser(desk).get(page_of(town.areas[GRID]))
        assert post_of(response, "grid_worker").vacant
        assert [node.vacant for node in response.context["tree"] if node.here] == [True]

    def test_unfolds_the_tree_around_itself(self, desk: User, town: Town) -> None:
        tree = browser(desk).get(page_of(town.areas[GRID])).context["tree"]
        levels = {node.level for node in tree}
        assert {Level.SUBDISTRICT, Level.COMMUNITY, Level.GRID, Level.BUILDING} <= levels
        buildings = [node for node in tree if node.level == Level.BUILDING]
        assert all(node.path.startswith(town.areas[GRID].path) for node in buildings)

    def test_of_another_community_is_not_found(self, other_secretary: User, town: Town) -> None:
        client, area = browser(other_secretary), town.areas[GRID]
        assert client.get(page_of(area)).status_code == 404
        assert client.post(page_of(area)).status_code == 404
        assert send(client, f"{page_of(area)}name/", role="deputy", name="x").status_code == 404

    def test_shows_telephones_on_request_and_logs_the_look(self, inspector: User, town: Town) -> None:
        area = town.areas[GRID]
        answer = Responsibility.objects.get(territory=area, role="grid_worker", ends_at=None)
        client = browser(inspector)
        assert answer.phone not in client.get(page_of(area)).content.decode()
        assert answer.phone in client.post(page_of(area)).content.decode()
        assert AuditEntry.objects.get(code="territory.open_phones").subject_id == area.id

    def test_costs_at_most_twelve_queries(self, desk: User, town: Town, django_assert_max_num_queries: Any) -> None:
        client = browser(desk)
        client.get(page_of(town.areas[GRID]))
        with django_assert_max_num_queries(12):
            client.get(page_of(town.areas[GRID]))


class TestNamingSomeone:
    def test_replaces_the_one_before(self, desk: User, town: Town, worker: User) -> None:
        area = town.areas[GRID]
        before = Responsibility.objects.get(territory=area, role="grid_worker", ends_at=None)
        fields = {"role": "grid_worker", "name": "赵新", "phone": "19900001234", "replaces": str(before.id)}
        send(browser(desk), f"{page_of(area)}name/", **fields)
        held = Responsibility.objects.get(territory=area, role="grid_worker", ends_at=None)
        assert (held.name, held.phone) == ("赵新", "19900001234")

    def test_ends_a_duty(self, desk: User, town: Town) -> None:
        held = Responsibility.objects.get(territory=town.areas[GRID], role="grid_worker", ends_at=None)
        send(browser(desk), f"/territory/responsible/{held.id}/end/")
        held.refresh_from_db()
        assert held.ends_at is not None

    @pytest.mark.parametrize("name", ["worker", "secretary", "inspector", "auditor", "administrator"])
    def test_is_for_desk_and_command(self, request: pytest.FixtureRequest, name: str, town: Town) -> None:
        client = browser(request.getfixturevalue(name))
        held = Responsibility.objects.get(territory=town.areas[GRID], role="grid_worker", ends_at=None)
        assert client.get(page_of(town.areas[GRID])).context["may_edit"] is False
        assert send(client, f"{page_of(town.areas[GRID])}name/", role="deputy", name="x").status_code == 403
        assert send(client, f"/territory/responsible/{held.id}/end/").status_code == 403


class TestWhoAnswersForThisDoor:
    def test_names_the_account_that_gets_the_work(self, desk: User, worker: User, town: Town) -> None:
        dwelling = people_in(town.areas[GRID].path, 1)[0].dwelling
        assert dwelling is not None
        answers = browser(desk).get("/territory/door/", {"door": dwelling.label}).context["answers"]
        assert [(a.place, a.gets_work) for a in answers] == [(dwelling.label, worker.display_name)]

    def test_answers_for_an_area_by_its_name(self, auditor: User, town: Town) -> None:
        name = town.areas[COMMUNITY].name
        answers = browser(auditor).get("/territory/door/", {"door": name}).context["answers"]
        assert name in [answer.place for answer in answers]

    def test_shows_no_doors_to_who_reads_no_people(self, inspector: User, town: Town) -> None:
        dwelling = people_in(town.areas[GRID].path, 1)[0].dwelling
        assert dwelling is not None
        answers = browser(inspector).get("/territory/door/", {"door": dwelling.label}).context["answers"]
        assert all(answer.href.startswith("/territory/") for answer in answers)


class TestTimeLimits:
    def test_are_changed_by_the_desk(self, desk: User) -> None:
        fields = {"code": "2h", "accept_minutes": "20", "finish_minutes": "100"}
        send(browser(desk), "/territory/limits/", **fields)
        profile = SlaProfile.objects.get(code="2h")
        assert (profile.accept_minutes, profile.finish_minutes) == (20, 100)
        assert AuditEntry.objects.get(code="sla.edit").facts["before"] == [30, 120]

    @pytest.mark.parametrize(("accept", "finish"), [("120", "60"), ("1", "60"), ("60", "50000")])
    def test_refuse_what_makes_no_sense(self, desk: User, accept: str, finish: str) -> None:
        fields = {"code": "2h", "accept_minutes": accept, "finish_minutes": finish}
        refused = send(browser(desk), "/territory/limits/", htmx=True, **fields)
        assert refused.headers["X-Refusal"] == "sla.bad_limits"
        assert SlaProfile.objects.get(code="2h").finish_minutes == 120

    def test_are_only_read_by_the_others(self, secretary: User) -> None:
        fields = {"code": "2h", "accept_minutes": "20", "finish_minutes": "100"}
        client = browser(secretary)
        assert client.get("/territory/limits/").context["may_edit"] is False
        assert send(client, "/territory/limits/", **fields).status_code == 403

"""Administration: accounts, roles, the matrix; an administrator reads no people and helps nobody beyond their area."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lianfang.core.access.models import Grant, User
from lianfang.core.access.roles import PERMISSIONS, Role
from lianfang.core.actions.accounts import reset_password
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotFound
from lianfang.jobs.town import Town, give
from lianfang.kernel.uuid7 import uuid7
from lianfang.web.queries import admin
from tests.web.desk import browser, send, text_of

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "winter-2022-duty"


def page_of(user: User) -> str:
    return f"/admin/accounts/{user.id}/"


class TestAccounts:
    def test_are_listed_with_their_roles_in_force(self, administrator: User, desk: User) -> None:
        lines = browser(administrator).get("/admin/", {"text": "desk"}).context["lines"].rows
        assert [(line.username, line.roles) for line in lines] == [("desk", ["Data desk · 云澜街道"])]

    @pytest.mark.parametrize(("state", "expected"), [("closed", {"old"}), ("without", {"new", "old"})])
    def test_are_filtered_by_state(self, administrator: User, state: str, expected: set[str]) -> None:
        User.objects.create_user("new", None, display_name="新人")
        User.objects.create_user("old", None, display_name="旧人", is_active=False)
        lines = browser(administrator).get("/admin/", {"state": state}).context["lines"].rows
        assert {"new", "old"} & {line.username for line in lines} == expected
        assert "worker" not in {line.username for line in lines}

    def test_must_choose_a_password_at_their_first_log_in(self, administrator: User) -> None:
        fields = {"username": "zhao", "display_name": "赵新", "password": NEW_PASSWORD}
        response = send(browser(administrator), "/admin/accounts/new/", **fields)
        made = User.objects.get(username="zhao")
        assert response.headers["Location"] == page_of(made)
        assert (made.must_change_password, made.check_password(NEW_PASSWORD)) == (True, True)

    def test_are_made_once_under_one_name(self, administrator: User) -> None:
        fields = {"username": "desk", "display_name": "赵新", "password": NEW_PASSWORD}
        refused = send(browser(administrator), "/admin/accounts/new/", htmx=True, **fields)
        assert refused.headers["X-Refusal"] == "access.name_taken"

    def test_are_closed_and_reopened(self, administrator: User, worker: User) -> None:
        theirs = browser(worker)
        client = browser(administrator)
        send(client, f"{page_of(worker)}active/", active="0")
        assert theirs.get("/work/").status_code == 302
        send(client, f"{page_of(worker)}active/", active="1")
        worker.refresh_from_db()
        assert worker.is_active

    def test_cost_at_most_ten_queries(self, administrator: User, django_assert_max_num_queries: Any) -> None:
        client = browser(administrator)
        client.get("/admin/")
        with django_assert_max_num_queries(10):
            client.get("/admin/")


class TestANewPassword:
    def test_holds_for_one_log_in_and_ends_open_sessions(self, administrator: User, worker: User) -> None:
        theirs = browser(worker)
        send(browser(administrator), f"{page_of(worker)}password/", password=NEW_PASSWORD)
        worker.refresh_from_db()
        assert worker.must_change_password
        assert worker.check_password(NEW_PASSWORD)
        assert theirs.get("/work/").status_code == 302

    def test_is_refused_for_oneself_and_when_short(self, administrator: User, worker: User) -> None:
        client = browser(administrator)
        own = send(client, f"{page_of(administrator)}password/", htmx=True, password=NEW_PASSWORD)
        short = send(client, f"{page_of(worker)}password/", htmx=True, password="short")
        assert (own.headers["X-Refusal"], short.headers["X-Refusal"]) == (
            "access.not_to_oneself",
            "access.weak_password",
        )

    def test_is_not_given_beyond_ones_area(self, county: User, town: Town, now: datetime) -> None:
        local = User.objects.create_user("local", None, display_name="社区管理员")
        give(local, Role.ADMINISTRATOR, town.areas["999999001"], now=now, reason="test")
        with pytest.raises(NotFound):
            reset_password(Command(actor=local), user_id=county.id, password=NEW_PASSWORD)
        assert browser(local).get(page_of(county)).status_code == 404

    def test_that_is_proposed_differs_each_time(self, administrator: User, worker: User) -> None:
        client = browser(administrator)
        proposed = {client.get(page_of(worker)).context["password"] for _visit in range(3)}
        assert len(proposed) == 3
        assert all(len(password) >= 16 for password in proposed)


class TestRoles:
    def test_are_given_until_the_end_of_a_day(self, administrator: User, town: Town) -> None:
        user = User.objects.create_user("zhao", None, display_name="赵新")
        last = timezone.localdate() + timedelta(days=30)
        area = town.areas["999999001001"]
        fields = {"role": "secretary", "territory": str(area.id), "ends_date": str(last), "reason": "holiday cover"}
        send(browser(administrator), f"{page_of(user)}grant/", **fields)
        grant = Grant.objects.get(user=user)
        assert timezone.localtime(grant.ends_at).isoformat().startswith(f"{last + timedelta(days=1)}T00:00")
        assert (grant.role, grant.territory, grant.granted_by) == ("secretary", area, administrator)

    def test_are_ended_at_once(self, administrator: User, worker: User, now: datetime) -> None:
        for grant in Grant.objects.in_force(now).filter(user=worker):
            send(browser(administrator), f"/admin/grants/{grant.id}/end/")
        assert browser(worker).get("/work/").status_code == 403

    def test_are_not_given_to_oneself(self, administrator: User, town: Town) -> None:
        last = timezone.localdate() + timedelta(days=30)
        fields = {"role": "data_desk", "territory": str(town.subdistrict.id), "ends_date": str(last), "reason": "x"}
        client = browser(administrator)
        refused = send(client, f"{page_of(administrator)}grant/", htmx=True, **fields)
        assert refused.headers["X-Refusal"] == "access.not_to_oneself"
        assert client.get("/people/").status_code == 403

    def test_are_shown_as_the_permissions_decide(self, administrator: User) -> None:
        rows = browser(administrator).get("/admin/roles/").context["rows"]
        shown = {(row.code, role) for row in rows for role, cell in zip(Role, row.cells, strict=True) if cell}
        assert shown == {(permission, role) for role in Role for permission in PERMISSIONS[role]}


class TestWhoMayAdminister:
    @pytest.mark.parametrize("name", ["county", "command_post", "desk", "secretary", "worker", "inspector"])
    def test_nobody_from_the_front_line(self, request: pytest.FixtureRequest, name: str, auditor: User) -> None:
        client = browser(request.getfixturevalue(name))
        assert {client.get(address).status_code for address in ("/admin/", "/admin/roles/", page_of(auditor))} == {403}

    def test_an_auditor_reads_but_changes_nothing(self, auditor: User, worker: User, now: datetime) -> None:
        client = browser(auditor)
        grant = Grant.objects.in_force(now).filter(user=worker)[0]
        assert client.get(page_of(worker)).status_code == 200
        writes = [
            send(client, "/admin/accounts/new/", username="x", display_name="x", password=NEW_PASSWORD),
            send(client, f"{page_of(worker)}active/", active="0"),
            send(client, f"{page_of(worker)}password/", password=NEW_PASSWORD),
            send(client, f"{page_of(worker)}grant/", role="county"),
            send(client, f"/admin/grants/{grant.id}/end/"),
        ]
        assert {response.status_code for response in writes} == {403}

    def test_an_administrator_finds_no_page_that_shows_people(self, administrator: User, town: Town) -> None:
        client = browser(administrator)
        menu = text_of(client.get("/admin/"))
        assert "People" not in menu.split("Accounts and roles")[0]
        assert {client.get(a).status_code for a in ("/people/", "/work/", "/work/unplaced/", "/audit/")} == {403}

    def test_an_unknown_account_is_not_found(self, administrator: User) -> None:
        assert browser(administrator).get(f"/admin/accounts/{uuid7()}/").status_code == 404
        assert admin.matrix()[0][0] == (str(Role.COUNTY.label), True)

"""Four eyes on roles that read people: given by the administrator, without effect until someone of command confirms."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from lianfang.core.access.models import Authority, Grant, User
from lianfang.core.access.roles import PEOPLE_ROLES, Role
from lianfang.core.actions.confirming import confirm_grants, decline_grants
from lianfang.core.actions.door import Command
from lianfang.core.actions.granting import end_grant, grant, set_active
from lianfang.core.actions.refusals import NotAllowed, Refusal
from lianfang.core.audit.models import AuditEntry
from lianfang.jobs.town import Town
from tests.web.desk import browser, send

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "winter-2022-duty"


def given(administrator: User, user: User, town: Town, *, role: str, code: str = "999999001001001") -> Grant:
    command = Command(actor=administrator)
    answer = grant(
        command,
        user_id=user.id,
        role=role,
        territory_id=town.areas[code].id,
        starts_at=command.now,
        ends_at=command.now + timedelta(days=30),
        reason="reinforcement",
    )
    return Grant.objects.get(id=answer["grant"])


def scopes_of(user: User) -> tuple[str, ...]:
    return Authority.of(User.objects.get(id=user.id), at=Command(actor=user).now).scopes("people.read")


@pytest.fixture
def second(db: None) -> User:
    """A second account of the administrator, its password chosen."""
    return User.objects.create_user("second", NEW_PASSWORD, display_name="第二账号")


class TestARoleGivenByTheAdministrator:
    @pytest.mark.parametrize("role", sorted(PEOPLE_ROLES))
    def test_shows_nobody_before_it_is_confirmed(
        self, role: str, administrator: User, second: User, town: Town
    ) -> None:
        given(administrator, second, town, role=role, code="999999001")
        client = browser(second)
        pages = ("/people/", "/work/", "/lists/", "/review/", "/phone/")
        assert {client.get(address).status_code for address in pages} <= {403, 404}
        assert scopes_of(second) == ()

    def test_holds_once_someone_of_command_has_confirmed_it(
        self, administrator: User, second: User, command_post: User, town: Town
    ) -> None:
        made = given(administrator, second, town, role="secretary", code="999999001001")
        desk_of_command = browser(command_post)
        assert [line[0].id for line in desk_of_command.get("/admin/waiting/").context["lines"]] == [made.id]
        send(desk_of_command, "/admin/waiting/decide/", ids=str(made.id), verb="confirm")
        made.refresh_from_db()
        assert (made.waits, made.confirmed_by) == (False, command_post)
        assert scopes_of(second) == (town.areas["999999001001"].path,)
        assert AuditEntry.objects.filter(code="access.confirm_grants", subject_id=second.id).exists()

    def test_ends_without_effect_when_declined(
        self, administrator: User, second: User, command_post: User, town: Town
    ) -> None:
        made = given(administrator, second, town, role="data_desk", code="999999001")
        send(browser(command_post), "/admin/waiting/decide/", ids=str(made.id), verb="decline")
        assert scopes_of(second) == ()
        assert not Grant.objects.waiting(Command(actor=command_post).now).filter(user=second).exists()
        assert AuditEntry.objects.filter(code="access.decline_grants", subject_id=second.id).exists()

    @pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
    def test_needs_nobody_else_when_it_reads_no_people(
        self, role: Role, administrator: User, second: User, town: Town
    ) -> None:
        assert given(administrator, second, town, role=role.value).waits is False

    def test_can_be_ended_while_it_waits(self, administrator: User, second: User, town: Town) -> None:
        made = given(administrator, second, town, role="county", code="999999")
        end_grant(Command(actor=administrator), grant_id=made.id)
        assert not Grant.objects.waiting(Command(actor=administrator).now).exists()


class TestWhoMayConfirm:
    @pytest.mark.parametrize("name", ["administrator", "auditor", "desk", "secretary", "worker", "inspector"])
    def test_is_nobody_but_command(
        self, name: str, request: pytest.FixtureRequest, administrator: User, second: User, town: Town
    ) -> None:
        made = given(administrator, second, town, role="grid_worker")
        for decide in (confirm_grants, decline_grants):
            with pytest.raises(NotAllowed):
                decide(Command(actor=request.getfixturevalue(name)), grant_ids=[made.id])

    def test_is_not_the_one_whose_role_it_is(
        self, administrator: User, second: User, county: User, command_post: User, town: Town
    ) -> None:
        made = given(administrator, command_post, town, role="data_desk", code="999999001")
        with pytest.raises(Refusal, match=r"access\.nothing_to_confirm"):
            confirm_grants(Command(actor=command_post), grant_ids=[made.id])
        confirm_grants(Command(actor=county), grant_ids=[made.id])

    def test_is_not_the_one_who_gave_it(self, second: User, command_post: User, town: Town, now: datetime) -> None:
        made = Grant.objects.create(
            user=second,
            role="secretary",
            territory=town.subdistrict,
            starts_at=now,
            ends_at=now + timedelta(days=1),
            reason="both hats",
            granted_by=command_post,
            waits=True,
        )
        with pytest.raises(Refusal, match=r"access\.nothing_to_confirm"):
            confirm_grants(Command(actor=command_post), grant_ids=[made.id])
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.filter(id=made.id).update(waits=False, confirmed_by=command_post)

    def test_is_not_command_of_another_area(
        self, administrator: User, second: User, command_post: User, town: Town
    ) -> None:
        made = given(administrator, second, town, role="county", code="999999")
        with pytest.raises(Refusal, match=r"access\.nothing_to_confirm"):
            confirm_grants(Command(actor=command_post), grant_ids=[made.id])

    def test_waits_until_the_person_has_chosen_a_password(
        self, administrator: User, second: User, command_post: User, town: Town
    ) -> None:
        made = given(administrator, second, town, role="grid_worker")
        User.objects.filter(id=second.id).update(must_change_password=True)
        with pytest.raises(Refusal, match=r"access\.password_first"):
            confirm_grants(Command(actor=command_post), grant_ids=[made.id])


class TestAPasswordGivenByTheAdministrator:
    def test_opens_no_people_until_confirmed_again(
        self, administrator: User, worker: User, command_post: User, town: Town
    ) -> None:
        before = scopes_of(worker)
        assert before
        send(browser(administrator), f"/admin/accounts/{worker.id}/password/", password=NEW_PASSWORD)
        assert scopes_of(worker) == ()
        self._choose(worker)
        assert scopes_of(worker) == ()
        waiting = [str(one.id) for one in Grant.objects.waiting(Command(actor=worker).now).filter(user=worker)]
        send(browser(command_post), "/admin/waiting/decide/", ids=waiting, verb="confirm")
        assert scopes_of(worker) == before

    def test_leaves_roles_that_read_no_people(self, administrator: User, auditor: User) -> None:
        send(browser(administrator), f"/admin/accounts/{auditor.id}/password/", password=NEW_PASSWORD)
        assert Authority.of(User.objects.get(id=auditor.id), at=Command(actor=auditor).now).may("audit.read")

    def test_cannot_be_given_around_a_role_that_waits_elsewhere(
        self, administrator: User, second: User, town: Town
    ) -> None:
        given(administrator, second, town, role="county", code="999999")
        local = User.objects.create_user("local", None, display_name="社区管理员")
        given(administrator, local, town, role="administrator", code="999999001001")
        with pytest.raises(NotAllowed):
            set_active(Command(actor=local), user_id=second.id, active=False)

    @staticmethod
    def _choose(user: User) -> None:
        """Log in with the given password and choose one's own, as the page asks."""
        client = Client()
        client.post("/account/login/", {"login": user.username, "password": NEW_PASSWORD})
        own = "autumn-2022-own-words"
        fields = {"oldpassword": NEW_PASSWORD, "password1": own, "password2": own}
        client.post("/account/password/", fields)
        user.refresh_from_db()
        assert user.check_password(own)
        assert not user.must_change_password

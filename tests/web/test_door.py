"""What guards the door: sessions that end, duties of an account, the second factor, the throttle, the trail."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.access.roles import Role
from lianfang.core.audit.models import AuditEntry
from lianfang.core.territory.models import Territory
from lianfang.jobs.town import give
from lianfang.web.security.passwords import MixedCharactersValidator, kinds_of_characters
from lianfang.web.security.sessions import Verdict, judge

PASSWORD = "Lanshan-2022-winter"
PAGE = "/account/second-factor/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return User.objects.create_user("clerk", PASSWORD, display_name="周晓岚")


@pytest.fixture
def commander() -> User:
    user = User.objects.create_user("commander", PASSWORD, display_name="张主任")
    give(user, Role.COMMAND, Territory.objects.get(code="999999001"), now=timezone.now(), reason="winter duty")
    return user


def log_in(client: Client, user: User, password: str = PASSWORD) -> int:
    return client.post("/account/login/", {"login": user.username, "password": password}).status_code


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


class TestSessionLimits:
    @pytest.mark.parametrize(
        ("began", "seen", "verdict"),
        [
            (0, 0, Verdict.LIVE),
            (0, -1799, Verdict.LIVE),
            (0, -1800, Verdict.IDLE),
            (-43_199, 0, Verdict.LIVE),
            (-43_200, 0, Verdict.EXPIRED),
            (60, 60, Verdict.LIVE),  # the clock was set back
        ],
    )
    def test_are_reached_exactly_at_the_limit(self, began: int, seen: int, verdict: Verdict) -> None:
        assert judge(began=began, seen=seen, now=0, idle_limit=1800, absolute_limit=43_200) is verdict

    def test_send_an_idle_person_back_to_where_they_were(self, client: Client, clerk: User) -> None:
        log_in(client, clerk)
        assert client.get(PAGE).status_code == 200
        self._turn_back(client, "seen_at", settings.SESSION_IDLE_SECONDS)
        answer = client.get(PAGE)
        assert answer.headers["Location"] == "/account/login/?next=%2Faccount%2Fsecond-factor%2F&reason=idle"
        assert "30 分钟" in client.get(answer.headers["Location"]).content.decode()

    def test_tell_a_script_where_to_log_in(self, client: Client, clerk: User) -> None:
        log_in(client, clerk)
        client.get(PAGE)
        self._turn_back(client, "began_at", settings.SESSION_ABSOLUTE_SECONDS)
        answer = client.get(PAGE, headers={"HX-Request": "true"})
        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"].endswith("reason=expired")

    def test_take_no_polling_for_activity(self, client: Client, clerk: User) -> None:
        log_in(client, clerk)
        client.get(PAGE)
        self._turn_back(client, "seen_at", 600)
        before = client.session["seen_at"]
        client.get(PAGE, headers={"X-Background": "1"})
        assert client.session["seen_at"] == before
        client.get(PAGE)
        assert client.session["seen_at"] > before

    @staticmethod
    def _turn_back(client: Client, key: str, seconds: int) -> None:
        session = client.session
        session[key] = int(time.time()) - seconds
        session.save()


class TestGivenPassword:
    def test_is_replaced_before_anything_else(self, client: Client, clerk: User) -> None:
        clerk.must_change_password = True
        clerk.save()
        log_in(client, clerk)
        assert client.get(PAGE).status_code == 200  # account pages stay open
        page = client.get("/account/password/")
        assert "请先改成自己的密码" in page.content.decode()
        new = {"oldpassword": PASSWORD, "password1": "Fenglin-7-winter", "password2": "Fenglin-7-winter"}
        same = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
        assert client.post("/account/password/", same).status_code == 200
        assert client.post("/account/password/", new).status_code == 302
        clerk.refresh_from_db()
        assert not clerk.must_change_password
        assert clerk.check_password("Fenglin-7-winter")

    def test_of_a_command_account_mixes_kinds_of_characters(self, commander: User, clerk: User) -> None:
        rule = MixedCharactersValidator()
        rule.validate("nothing but words", clerk)
        with pytest.raises(ValidationError):
            rule.validate("nothingbutwords", commander)
        rule.validate("Nothing but 1 word", commander)
        assert kinds_of_characters("aA1联") == 4


class TestSecondFactor:
    def test_holds_a_commander_until_an_app_is_set_up_and_is_asked_for_from_then_on(
        self, client: Client, commander: User
    ) -> None:
        log_in(client, commander)
        assert client.get("/account/inactive/").headers["Location"] == "/account/second-factor/app/"
        setup = client.get("/account/second-factor/app/")
        secret = setup.context["form"].secret
        assert client.post("/account/second-factor/app/", {"code": code_for(secret)}).status_code == 302
        assert client.get("/account/inactive/").status_code == 200
        stored = Authenticator.objects.get(user=commander, type=Authenticator.Type.TOTP)
        assert secret not in str(stored.data)
        client.post("/account/logout/")
        answer = client.post("/account/login/", {"login": commander.username, "password": PASSWORD})
        assert answer.headers["Location"] == "/account/second-factor/code/"
        assert client.get(PAGE).status_code == 302  # the password alone opened nothing

    def test_cannot_be_taken_off_by_someone_whose_role_needs_it(self, client: Client, commander: User) -> None:
        log_in(client, commander)
        secret = client.get("/account/second-factor/app/").context["form"].secret
        client.post("/account/second-factor/app/", {"code": code_for(secret)})
        client.post("/account/confirm/", {"password": PASSWORD})
        answer = client.post("/account/second-factor/app/remove/")
        assert "不能解除" in answer.content.decode()
        assert Authenticator.objects.filter(user=commander, type=Authenticator.Type.TOTP).exists()

    def test_is_not_asked_of_a_clerk(self, client: Client, clerk: User) -> None:
        log_in(client, clerk)
        assert client.get("/account/inactive/").status_code == 200


class TestThrottle:
    def test_locks_a_name_for_one_address_and_says_when_to_try_again(self, client: Client, clerk: User) -> None:
        for _ in range(5):
            log_in(client, clerk, "wrong")
        answer = client.post("/account/login/", {"login": clerk.username, "password": PASSWORD})
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
        assert "access.locked_out" in answer.content.decode()
        elsewhere = Client(REMOTE_ADDR="10.1.1.9")
        assert log_in(elsewhere, clerk) == 302

    def test_leaves_a_trail_without_what_was_typed(self, client: Client, clerk: User) -> None:
        client.post("/account/login/", {"login": "a-mistyped-password", "password": "x"})
        log_in(client, clerk)
        client.post("/account/logout/")
        entries = AuditEntry.objects.filter(kind="login").order_by("recorded_at")
        assert [entry.code for entry in entries] == ["access.login_failed", "access.logged_in", "access.logged_out"]
        assert "mistyped" not in str([entry.facts for entry in entries])
        assert entries[1].actor_id == clerk.id


class TestAnswers:
    def test_carry_the_policy_of_the_browser(self, client: Client, clerk: User) -> None:
        log_in(client, clerk)
        headers = client.get(PAGE).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
        assert headers["Cache-Control"].endswith("no-store")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "geolocation=()" in headers["Permissions-Policy"]

    def test_close_every_page_to_strangers(self, client: Client) -> None:
        assert client.get(PAGE).headers["Location"] == f"/account/login/?next={PAGE}"

    def test_send_a_strangers_form_to_the_log_in_page_and_then_to_a_page(self, client: Client) -> None:
        answer = client.post("/work/bulk/")
        assert answer.status_code == 302 and answer.url == "/account/login/?next=%2F"

    def test_to_a_forms_own_address_have_a_way_out(self, client: Client, clerk: User) -> None:
        client.force_login(clerk)
        answer = client.get("/admin/accounts/new/")
        assert answer.status_code == 405 and answer.headers["Allow"] == "POST"
        assert 'href="/"' in answer.content.decode()

    def test_never_send_a_person_to_another_site(self, client: Client, clerk: User) -> None:
        answer = client.post("/preferences/language/", {"language": "en", "next": "https://example.org/"})
        assert answer.headers["Location"] == "/"
        answer = client.post(
            "/account/login/", {"login": clerk.username, "password": PASSWORD, "next": "//example.org/"}
        )
        assert answer.headers["Location"] == "/"

    def test_remember_language_and_size_with_the_account(self, client: Client, clerk: User) -> None:
        log_in(client, clerk)
        client.post("/preferences/language/", {"language": "en", "next": PAGE})
        client.post("/preferences/large-type/", {"large_type": "1", "next": PAGE})
        other = Client()
        log_in(other, clerk)
        page = other.get(PAGE).content.decode()
        assert '<html lang="en" data-size="lg">' in page
        assert other.post("/preferences/language/", {"language": "tlh"}).status_code == 400

"""Cookies, sessions, second factors and uploads: what keeps strangers out and hostile files small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as ours
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianfang.core.access.models import Grant, User
from lianfang.core.access.roles import TOTP_ROLES, Role
from lianfang.core.lists import storage
from lianfang.core.lists.models import SourceList
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7
from tests.security.matrix import ROLES
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def log_in(browser: Client, username: str) -> Any:
    return browser.post(reverse("account_login"), {"login": username, "password": PASSWORD})


class TestASession:
    def test_gets_a_new_key_when_someone_logs_in(self, town: Town, settings: Any) -> None:
        settings.DEMO = True
        browser = Client()
        browser.get(reverse("account_login"))
        session = browser.session
        session["planted"] = "by the attacker"
        session.save()
        planted = session.session_key
        browser.cookies[ours.SESSION_COOKIE_NAME] = str(planted)
        log_in(browser, "secretary")
        assert browser.session.session_key != planted
        stolen = Client()
        stolen.cookies[ours.SESSION_COOKIE_NAME] = str(planted)
        assert stolen.get(reverse("work_board")).status_code == 302

    def test_is_over_for_every_copy_of_its_cookie_after_log_out(self, town: Town, settings: Any) -> None:
        settings.DEMO = True
        browser = Client()
        log_in(browser, "secretary")
        stolen = Client()
        stolen.cookies[ours.SESSION_COOKIE_NAME] = browser.cookies[ours.SESSION_COOKIE_NAME].value
        assert stolen.get(reverse("work_board")).status_code == 200
        browser.post(reverse("account_logout"))
        assert stolen.get(reverse("work_board")).status_code == 302

    def test_sees_nothing_more_the_moment_a_role_ends(self, secretary: User, settings: Any) -> None:
        settings.DEMO = True
        browser = Client()
        browser.force_login(secretary, backend=BACKEND)
        assert browser.get(reverse("work_board")).status_code == 200
        Grant.objects.filter(user=secretary).update(ends_at=timezone.now() - timedelta(seconds=1))
        assert browser.get(reverse("work_board")).status_code == 403

    def test_is_over_when_the_account_is_closed(self, secretary: User, settings: Any) -> None:
        settings.DEMO = True
        browser = Client()
        browser.force_login(secretary, backend=BACKEND)
        User.objects.filter(id=secretary.id).update(is_active=False)
        assert browser.get(reverse("work_board")).status_code == 302

    def test_keeps_its_cookies_from_scripts_and_other_sites(self, town: Town, settings: Any) -> None:
        settings.DEMO = True
        browser = Client()
        log_in(browser, "secretary")
        for name in (ours.SESSION_COOKIE_NAME, ours.CSRF_COOKIE_NAME):
            cookie = browser.cookies[name]
            assert cookie["httponly"] and cookie["samesite"] == "Lax"

    def test_sends_its_cookies_over_tls_alone_where_there_is_tls(self, tmp_path: Path) -> None:
        asked = (
            "import json; from lianfang import settings as s; print(json.dumps([s.SESSION_COOKIE_SECURE,"
            "s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.DEBUG, s.DEMO]))"
        )
        env = {name: text for name, text in os.environ.items() if not name.startswith("LIANFANG_")}
        env |= {"LIANFANG_HTTPS": "1", "LIANFANG_DATA": str(tmp_path), "PYTHONPATH": str(Path(ours.PACKAGE).parent)}
        env["LIANFANG_DATABASE_URL"] = "postgresql://nobody@127.0.0.1/none"
        said = subprocess.run([sys.executable, "-c", asked], env=env, capture_output=True, text=True, check=True)
        assert json.loads(said.stdout) == [True, True, 31_536_000, False, False]


class TestTheSecondFactor:
    @pytest.mark.parametrize("username", ROLES)
    def test_is_asked_of_those_who_command_or_see_whole_lists(self, town: Town, username: str) -> None:
        user = User.objects.get(username=username)
        browser = Client()
        browser.force_login(user, backend=BACKEND)
        answer = browser.get(reverse("field_me"))
        needed = bool(user.authority.roles & TOTP_ROLES)
        assert needed == (username in ("county", "command", "desk", "health", "administrator"))
        assert (answer.status_code, answer.headers.get("Location")) == (
            (302, reverse("mfa_activate_totp")) if needed else (200, None)
        )

    def test_is_asked_of_everyone_who_may_bring_whole_lists_in_or_make_accounts(self) -> None:
        from lianfang.core.access.roles import PERMISSIONS

        powerful = {"lists.import", "lists.return", "access.grant", "reports.freeze"}
        assert {role for role in Role.values if PERMISSIONS[role] & powerful} <= TOTP_ROLES


class TestAnUpload:
    def papers(self, town: Town, **more: Any) -> dict[str, Any]:
        deadline = timezone.localtime() + timedelta(hours=24)
        return {
            "command_id": str(uuid7()),
            "sender": "涉外专班",
            "title": "名单",
            "purpose": "inbound",
            "issuer": "县疫情防控办",
            "legal_basis": "传染病防治法",
            "document_no": "",
            "sla": "24h",
            "deadline": f"{deadline:%Y-%m-%dT%H:%M}",
            "territory": str(town.subdistrict.id),
            "cells": "",
            **more,
        }

    def send(self, user: User, form: dict[str, Any]) -> Any:
        browser = Client()
        browser.force_login(user, backend=BACKEND)
        return browser.post(reverse("list_new"), form, headers={"X-Requested-With": "XMLHttpRequest"})

    def test_larger_than_a_list_may_be_is_refused_by_name_and_not_kept(
        self, desk: User, town: Town, settings: Any
    ) -> None:
        settings.DEMO, settings.LIST_FILE_LIMIT = True, 1000
        form = self.papers(town, file=SimpleUploadedFile("a.csv", b"x" * 200_000))
        answer = self.send(desk, form)
        assert (answer.status_code, answer.json()["code"]) == (400, "file.too_large")
        assert not SourceList.objects.exists()
        with pytest.raises(FileNotFoundError):
            storage.content(form["command_id"])

    def test_under_the_form_of_another_list_does_not_touch_that_list(
        self, desk: User, town: Town, settings: Any
    ) -> None:
        settings.DEMO = True
        cells = "姓名\t证件号码\t手机号\n何文斌\t\t19900077777\n"
        form = self.papers(town, cells=cells)
        assert self.send(desk, form).status_code == 302
        kept = storage.content(SourceList.objects.get().id)
        SourceList.objects.update(path="9999")  # of an area the desk does not see
        answer = self.send(desk, {**form, "cells": cells + "钱小满\t\t19900077778\n"})
        assert (answer.status_code, answer.json()["code"]) == (400, "lists.already_kept")
        again = self.send(desk, form)
        assert storage.content(SourceList.objects.get().id) == kept
        assert again.status_code in (302, 400)

    def test_that_is_no_list_is_refused_and_says_so(self, desk: User, town: Town, settings: Any) -> None:
        settings.DEMO = True
        self.send(desk, self.papers(town, file=SimpleUploadedFile("名单.xlsx", b"MZ" + b"\x00" * 99)))
        assert SourceList.objects.get().refusal_code.startswith("file.")

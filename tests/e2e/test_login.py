"""The door: seen by everyone, in two languages and two sizes, by mouse or keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lianfang.core.access.models import User
from tests.e2e.conftest import AxeRunner, Watch, scrolls_sideways

PASSWORD = "Lanshan-2022-winter"


@pytest.fixture
def clerk(transactional_db: None) -> User:
    """An account without any grant: nothing is open to it but its own account pages."""
    return User.objects.create_user("clerk", PASSWORD, display_name="周晓岚")


def login_url(live_server: Any) -> str:
    """Address of the log-in page; afterwards one lands on the password page, which every account has."""
    return f"{live_server.url}/account/login/?next=/account/password/"


class TestLoginPage:
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    @pytest.mark.parametrize("large_type", ["0", "1"])
    def test_is_sound_in_every_language_and_size(
        self, strict_page: Page, live_server: Any, axe: AxeRunner, language: str, large_type: str
    ) -> None:
        strict_page.context.add_cookies(
            [
                {"name": "lianfang_language", "value": language, "url": live_server.url},
                {"name": "lianfang_large_type", "value": large_type, "url": live_server.url},
            ]
        )
        strict_page.goto(login_url(live_server))
        heading = "Log in" if language == "en" else "登录"
        expect(strict_page.get_by_role("heading", level=1)).to_have_text(heading)
        assert axe(strict_page) == []
        strict_page.set_viewport_size({"width": 360, "height": 640})
        assert not scrolls_sideways(strict_page)

    def test_opens_by_keyboard_alone(self, strict_page: Page, live_server: Any, clerk: User) -> None:
        strict_page.goto(login_url(live_server))
        strict_page.get_by_label("用户名").focus()
        strict_page.keyboard.type(clerk.username)
        strict_page.keyboard.press("Tab")
        strict_page.keyboard.type(PASSWORD)
        strict_page.keyboard.press("Enter")
        expect(strict_page.get_by_role("heading", level=1)).to_have_text("修改密码")

    def test_switches_language_and_size_without_losing_the_place(self, strict_page: Page, live_server: Any) -> None:
        strict_page.goto(login_url(live_server))
        strict_page.get_by_role("button", name="switch to English").click()
        expect(strict_page.get_by_role("heading", level=1)).to_have_text("Log in")
        strict_page.get_by_role("button", name="Large type").click()
        expect(strict_page.locator("html")).to_have_attribute("data-size", "lg")
        assert strict_page.url.endswith("?next=/account/password/")

    def test_locks_a_name_after_five_wrong_passwords_and_says_until_when(
        self, strict_page: Page, watch: Watch, live_server: Any, clerk: User, axe: AxeRunner
    ) -> None:
        watch.allowed.add(429)
        strict_page.goto(login_url(live_server))
        for _ in range(5):
            strict_page.get_by_label("用户名").fill(clerk.username)
            strict_page.get_by_label("密码").fill("not the password")
            strict_page.get_by_role("button", name="登录").click()
        expect(strict_page.get_by_role("heading", level=1)).to_have_text("错误次数过多")
        expect(strict_page.get_by_text("access.locked_out")).to_be_visible()
        assert axe(strict_page) == []

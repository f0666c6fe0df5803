"""Editions in a real browser: read and signed by two people, worked through, compared; on the phone, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from lianfang.playbooks.shelf import edition
from lianfang.playbooks.signing import is_signed
from tests.e2e.conftest import AxeRunner, scrolls_sideways, small_targets


class TestAnEdition:
    def test_is_read_and_signed_by_keyboard(
        self, strict_page: Page, live_server: Any, log_in: Callable[[Page, str], None], axe: AxeRunner
    ) -> None:
        page = strict_page
        for person in ("health", "county"):
            page.context.clear_cookies()
            page.context.add_cookies([{"name": "lianfang_language", "value": "en", "url": live_server.url}])
            log_in(page, person)
            page.goto(f"{live_server.url}/editions/9th/")
            assert axe(page) == []
            page.locator("#read").focus()
            page.keyboard.press("Space")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            page.get_by_role("button", name="Yes, go on").click()
            expect(page.get_by_role("status").first).to_contain_text("Signed as the")
        assert is_signed(edition("9th"))
        expect(page.get_by_text("may be used for new measures").first).to_be_visible()
        page.get_by_role("link", name="Worked calendar").click()
        page.wait_for_load_state()
        page.get_by_label("Category").select_option("inbound")
        expect(page.get_by_role("heading", level=1)).to_have_text("Arrival from abroad")
        assert axe(page) == []


class TestOnThePhone:
    def test_fits_and_can_be_hit(
        self, phone_page: Page, live_server: Any, log_in: Callable[[Page, str], None], axe: AxeRunner
    ) -> None:
        log_in(phone_page, "health")
        pages = ("", "drill/", "9th/calendar/?category=close_contact", "compare/?old=9th&new=twenty")
        for address in pages:
            phone_page.goto(f"{live_server.url}/editions/{address}")
            assert not scrolls_sideways(phone_page), address
            assert axe(phone_page) == [], address
            marks = ("rowlink", 'class="btn', 'class="inp"', "<select")
            small = [one for one in small_targets(phone_page) if any(mark in one for mark in marks)]
            assert [one for one in small if 'type="date"' not in one] == [], address

"""Held twice, in a real browser: the queue opens, a key decides a pair, the next one comes, another takes it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lianfang.capabilities.cleanup import finder
from lianfang.capabilities.cleanup.models import DuplicatePair
from lianfang.core.people.models import Person
from tests.e2e.conftest import AxeRunner, scrolls_sideways, small_targets


@pytest.fixture
def pairs(living_town: None) -> list[DuplicatePair]:
    """What the finder suspects in the toy town, in the order of the queue."""
    finder.find(everyone=True)
    return list(DuplicatePair.objects.open().order_by("-weight", "id"))


@pytest.fixture
def desk_page(
    strict_page: Page, live_server: Any, log_in: Callable[[Page, str], None], pairs: list[DuplicatePair]
) -> Page:
    """The data desk's browser, in English."""
    strict_page.context.add_cookies([{"name": "lianfang_language", "value": "en", "url": live_server.url}])
    log_in(strict_page, "desk")
    return strict_page


class TestTheQueue:
    def test_is_worked_off_by_keyboard_alone(
        self, desk_page: Page, live_server: Any, axe: AxeRunner, pairs: list[DuplicatePair]
    ) -> None:
        page = desk_page
        page.goto(live_server.url)
        page.get_by_role("link", name="Held twice").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Held twice")
        assert axe(page) == []
        page.keyboard.press("o")
        heading = page.locator("#pair-title")
        expect(heading).to_be_focused()
        expect(page).to_have_url(f"{live_server.url}/duplicates/{pairs[0].id}/")
        assert axe(page) == []
        page.keyboard.press("1")
        expect(page.get_by_text("Merged into one record.")).to_be_visible()
        expect(page).to_have_url(f"{live_server.url}/duplicates/{pairs[1].id}/")
        expect(heading).to_be_focused()
        ids = [pairs[0].person_a_id, pairs[0].person_b_id]
        assert Person.objects.filter(id__in=ids).current().count() == 1
        page.keyboard.press("u")
        expect(page.get_by_text("Taken back.")).to_be_visible()
        expect(page).to_have_url(f"{live_server.url}/duplicates/{pairs[0].id}/")
        assert Person.objects.filter(id__in=ids).current().count() == 2
        page.keyboard.press("s")
        expect(page).to_have_url(f"{live_server.url}/duplicates/{pairs[1].id}/")
        page.keyboard.press("a")
        expect(page.get_by_text("Kept as two people.")).to_be_visible()
        assert DuplicatePair.objects.get(id=pairs[1].id).state == "apart"
        assert axe(page) == []


class TestOnThePhone:
    def test_fits_and_can_be_hit(
        self,
        phone_page: Page,
        live_server: Any,
        log_in: Callable[[Page, str], None],
        axe: AxeRunner,
        pairs: list[DuplicatePair],
    ) -> None:
        log_in(phone_page, "desk")
        for address in ("/duplicates/", f"/duplicates/{pairs[0].id}/"):
            phone_page.goto(live_server.url + address)
            assert not scrolls_sideways(phone_page), address
            assert axe(phone_page) == [], address
            marks = ("rowlink", 'name="kind"', "data-key", "/people/")
            small = [one for one in small_targets(phone_page) if any(mark in one for mark in marks)]
            assert [one for one in small if "aria-current" not in one and "<svg" not in one] == [], address
        phone_page.locator("button[value=apart]").click()
        expect(phone_page.get_by_role("status").first).to_be_visible()
        assert DuplicatePair.objects.get(id=pairs[0].id).state == "apart"

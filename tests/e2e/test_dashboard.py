"""The command page and the paper it leads to, in a browser: sound for everyone, and the evening in four clicks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from lianfang.core.access.models import User
from lianfang.core.metrics.models import Report, UnitReport
from lianfang.core.metrics.snapshots import take
from lianfang.core.territory.models import Territory
from lianfang.core.work.lateness import stamp_late
from lianfang.core.work.models import WorkItem
from tests.e2e.conftest import AxeRunner, scrolls_sideways
from tests.web.desk import GRID, ask_for, people_in

LogIn = Callable[[Page, str], None]


@pytest.fixture
def busy_town(living_town: None) -> None:
    """Five households to check, two of them late, and the numbers of the hour."""
    now, desk = timezone.now(), User.objects.get(username="desk")
    people = people_in(Territory.objects.get(code=GRID).path, 5)
    with transaction.atomic():
        ask_for(desk, people[:3], now=now, hours=4)
        ask_for(desk, people[3:], now=now, hours=-1)
    stamp_late(now=now)
    take(now)


def overlapping(page: Page) -> list[str]:
    """Cards and exceptions whose words run out of their box."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('.todo a, .kpi')].filter(e => e.scrollWidth > e.clientWidth + 1)
        .map(e => e.textContent.trim().slice(0, 40))"""
    )
    return found


class TestTodaysCommand:
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_is_sound_at_every_width(
        self,
        busy_town: None,
        strict_page: Page,
        live_server: Any,
        log_in: LogIn,
        axe: AxeRunner,
        language: str,
    ) -> None:
        User.objects.update(language=language)
        log_in(strict_page, "command")
        strict_page.goto(live_server.url)
        expect(strict_page.locator(".todo b").first).to_have_text("2")
        for width in (1440, 1366, 1024, 390):
            strict_page.set_viewport_size({"width": width, "height": 800})
            assert axe(strict_page) == []
            assert not scrolls_sideways(strict_page), width
            assert overlapping(strict_page) == [], width
        User.objects.update(large_type=True)
        strict_page.set_viewport_size({"width": 1366, "height": 768})
        strict_page.goto(live_server.url)
        assert not scrolls_sideways(strict_page)
        assert overlapping(strict_page) == []

    def test_fetches_itself_anew(self, busy_town: None, strict_page: Page, live_server: Any, log_in: LogIn) -> None:
        log_in(strict_page, "command")
        strict_page.goto(live_server.url)
        now, desk = timezone.now(), User.objects.get(username="desk")
        with transaction.atomic():
            ask_for(desk, people_in(Territory.objects.get(code=GRID).path, 6)[5:], now=now, hours=-1)
        stamp_late(now=now)
        with strict_page.expect_response(lambda answer: answer.request.headers.get("x-background") == "1"):
            strict_page.evaluate(
                "htmx.ajax('GET', document.querySelector('#today').getAttribute('hx-get'), "
                "{source: '#today', target: '#today', headers: {'X-Background': '1'}})"
            )
        expect(strict_page.locator(".todo b").first).to_have_text("3")
        expect(strict_page.locator("#as-of")).to_have_count(1)

    def test_shows_the_brief_to_copy(
        self, busy_town: None, strict_page: Page, live_server: Any, log_in: LogIn, axe: AxeRunner
    ) -> None:
        log_in(strict_page, "command")
        strict_page.goto(live_server.url)
        strict_page.get_by_role("button", name="微信简报").click()
        expect(strict_page.locator("#brief-words")).to_contain_text("超时未核 2 户")
        assert axe(strict_page) == []
        strict_page.locator("#brief").get_by_role("button", name="复制").click()
        expect(strict_page.locator("#notes")).to_contain_text("已复制")


class TestTheEvening:
    def test_ends_with_a_frozen_bulletin(
        self, busy_town: None, strict_page: Page, live_server: Any, log_in: LogIn, axe: AxeRunner
    ) -> None:
        log_in(strict_page, "command")
        strict_page.goto(live_server.url)
        strict_page.get_by_role("link", name="生成日报").click()
        assert axe(strict_page) == []
        strict_page.get_by_role("button", name="封存").click()
        strict_page.get_by_role("button", name="确定").click()
        expect(strict_page.locator("h1")).to_contain_text("已封存 第 1 版")
        assert axe(strict_page) == []
        report = Report.objects.get()
        expect(strict_page.locator("main")).to_contain_text(report.check_code)
        strict_page.set_viewport_size({"width": 390, "height": 844})
        assert not scrolls_sideways(strict_page)

    def test_begins_with_a_zero_report(
        self, busy_town: None, strict_page: Page, live_server: Any, log_in: LogIn, axe: AxeRunner
    ) -> None:
        log_in(strict_page, "secretary")
        strict_page.goto(f"{live_server.url}/reports/")
        strict_page.get_by_role("link", name="上报").click()
        assert axe(strict_page) == []
        strict_page.get_by_role("button", name="零报告").click()
        strict_page.get_by_role("button", name="确定").click()
        expect(strict_page.locator("main")).to_contain_text("零报告")
        assert UnitReport.objects.get().zero
        assert axe(strict_page) == []


class TestEveryNumber:
    def test_opens_into_its_rows(
        self, busy_town: None, strict_page: Page, live_server: Any, log_in: LogIn, axe: AxeRunner
    ) -> None:
        log_in(strict_page, "command")
        strict_page.goto(live_server.url)
        strict_page.locator(".kpi .open").nth(1).click()
        assert axe(strict_page) == []
        strict_page.goto(f"{live_server.url}/numbers/")
        assert axe(strict_page) == []
        strict_page.set_viewport_size({"width": 390, "height": 844})
        assert not scrolls_sideways(strict_page)


class TestThePicture:
    def test_of_the_days_can_be_read_on_a_phone(
        self, busy_town: None, strict_page: Page, live_server: Any, log_in: LogIn
    ) -> None:
        log_in(strict_page, "command")
        for width in (390, 1440):
            strict_page.set_viewport_size({"width": width, "height": 844})
            strict_page.goto(live_server.url)
            sizes = strict_page.evaluate(
                """() => [...document.querySelectorAll('main svg[role=img] text')]
                .filter(e => e.getClientRects().length)
                .map(e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a)"""
            )
            assert sizes, width
            assert min(sizes) >= 10, width
        ids = strict_page.evaluate("[...document.querySelectorAll('main pattern')].map(e => e.id)")
        assert len(ids) == len(set(ids)), "a hatch of the hidden picture would not be drawn in the shown one"


class TestManyLines:
    def test_stay_chosen_while_a_reason_is_missing(
        self, busy_town: None, strict_page: Page, live_server: Any, log_in: LogIn
    ) -> None:
        log_in(strict_page, "desk")
        strict_page.goto(f"{live_server.url}/work/")
        strict_page.locator("[data-select-all]").check()
        strict_page.get_by_role("button", name="转推…").click()
        forward = strict_page.get_by_role("dialog").get_by_role("button", name="转推")
        forward.click()
        expect(strict_page.locator("#forward-target")).to_be_focused()
        expect(strict_page.locator("[data-select-count]")).to_have_text("5")
        strict_page.locator("#forward-target").fill("云峰街道")
        strict_page.locator("#forward-reason").fill("住云峰街道")
        forward.click()
        expect(strict_page.locator("#notes")).to_contain_text("已转推 5 条")
        strict_page.goto(f"{live_server.url}/work/?segment=done")
        expect(strict_page.locator("[data-select-row]")).to_have_count(5)

    def test_stay_chosen_while_nobody_is_named_to_give_them_to(
        self, busy_town: None, strict_page: Page, live_server: Any, log_in: LogIn
    ) -> None:
        log_in(strict_page, "desk")
        strict_page.goto(f"{live_server.url}/work/")
        strict_page.locator("[data-select-all]").check()
        give = strict_page.get_by_role("button", name="派单", exact=True)
        give.click()
        expect(strict_page.locator("#notes")).to_contain_text("请选择派给谁")
        expect(strict_page.locator("select[name=user]")).to_be_focused()
        expect(strict_page.locator("[data-select-count]")).to_have_text("5")
        strict_page.locator("select[name=user]").select_option(str(User.objects.get(username="worker").id))
        give.click()
        expect(strict_page.locator("#notes")).to_contain_text("5 条", timeout=15_000)

    def test_stay_chosen_while_their_place_is_missing(
        self, busy_town: None, strict_page: Page, live_server: Any, log_in: LogIn
    ) -> None:
        WorkItem.objects.update(state="unplaced", assignee=None, dwelling=None)
        log_in(strict_page, "desk")
        strict_page.goto(f"{live_server.url}/work/unplaced/")
        strict_page.locator("[data-select-all]").check()
        strict_page.get_by_role("button", name="落位…").click()
        place = strict_page.get_by_role("dialog").get_by_role("button", name="落位")
        place.click()
        expect(strict_page.locator("#notes")).to_contain_text("请选择所属区域或门牌")
        expect(strict_page.locator("#bulk-place")).to_be_focused()
        expect(strict_page.locator("[data-select-count]")).to_have_text("5")
        strict_page.locator("#bulk-place").fill("望湖社区")
        strict_page.get_by_role("radio", name="望湖社区").first.check()
        place.click()
        expect(strict_page.locator("#notes")).to_contain_text("5 条")

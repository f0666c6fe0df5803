"""The grid worker's phone in a real browser: small and large type, one hand, a slow line, no line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from lianfang.capabilities.registry.actions import report_tip
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.audit.models import AuditEntry
from lianfang.core.work.actions import log_call
from lianfang.core.work.models import ContactAttempt, WorkItem
from tests.e2e.conftest import PHONE, AxeRunner, scrolls_sideways, small_targets
from tests.field.street import Street, build_street
from tests.town import fill_database

LIMIT = 100 * 1024
"""Bytes of the first look, compressed with brotli: the page and everything it loads."""


@pytest.fixture
def street(transactional_db: None) -> Street:
    """The street with four tasks: one late, one called in vain, one called today by the deputy."""
    fill_database()
    street = build_street()
    for door in [street.home, *street.doors(3)]:
        tip = Command(actor=street.secretary)
        report_tip(tip, text="租客昨晚从郑州回来", dwelling_id=door.id)
    late, tried, called, _ = WorkItem.objects.order_by("id")
    WorkItem.objects.filter(id=late.id).update(due_at=timezone.now() - timedelta(minutes=18))
    for _time in range(2):
        log_call(Command(actor=street.worker), item_id=tried.id, result="unanswered")
    log_call(Command(actor=street.deputy), item_id=called.id, result="reached")
    WorkItem.objects.filter(id=called.id).update(assignee=street.worker)
    return street


def enter(page: Page, live_server: Any, user: User) -> None:
    """Log in by session, as after the log-in page."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


@pytest.fixture
def phone(phone_page: Page, live_server: Any, street: Street) -> Page:
    """The worker's phone, showing the tasks."""
    enter(phone_page, live_server, street.worker)
    phone_page.goto(f"{live_server.url}/m/")
    return phone_page


@pytest.fixture
def loose_phone(
    browser: Browser, browser_context_args: dict[str, Any], live_server: Any, street: Street
) -> Iterator[Page]:
    """A phone whose line may fail: a failed request is an error in the console, so nobody watches it."""
    context = browser.new_context(**{**browser_context_args, "viewport": PHONE, "is_mobile": True, "has_touch": True})
    page = context.new_page()
    enter(page, live_server, street.worker)
    page.goto(f"{live_server.url}/m/")
    yield page
    context.close()


class TestPages:
    @pytest.mark.parametrize(("large", "language"), [(False, "zh-hans"), (True, "zh-hans"), (True, "en")])
    def test_are_sound_in_every_size_and_language(
        self, phone: Page, live_server: Any, street: Street, axe: AxeRunner, large: bool, language: str
    ) -> None:
        User.objects.filter(id=street.worker.id).update(large_type=large, language=language)
        item = WorkItem.objects.order_by("id")[0]
        addresses = ["/m/", f"/m/tasks/{item.id}/", f"/m/tasks/{item.id}/record/", "/m/dwellings/"]
        addresses += [
            f"/m/dwellings/{street.home.id}/",
            f"/m/dwellings/{street.home.id}/visit/",
            "/m/report/",
            "/m/me/",
        ]
        for address in addresses:
            phone.set_viewport_size({"width": 360, "height": 740})
            phone.goto(f"{live_server.url}{address}")
            assert axe(phone) == [], address
            assert not scrolls_sideways(phone), address
            assert small_targets(phone) == [], address

    def test_weigh_little_at_first_look(self, phone: Page, live_server: Any) -> None:
        weights: dict[str, int] = {}

        def weigh(response: Any) -> None:
            if response.status == 200:
                weights[response.url] = len(brotli.compress(response.body()))

        phone.on("response", weigh)
        phone.goto(f"{live_server.url}/m/", wait_until="networkidle")
        assert len(weights) > 5
        assert sum(weights.values()) <= LIMIT, weights


class TestTasks:
    def test_are_called_in_two_taps_and_recorded_in_two_more(self, phone: Page, street: Street) -> None:
        expect(phone.locator("article.task")).to_have_count(4)
        late = phone.locator("article.task.late")
        expect(late).to_contain_text("超时 18 分")
        late.get_by_role("button", name=re.compile("打电话")).click()
        sheet = phone.get_by_role("dialog")
        expect(sheet.locator("a.call").first).to_have_attribute("href", re.compile(r"^tel:1990\d{7}$"))
        assert AuditEntry.objects.filter(kind="look", actor_id=street.worker.id).exists()
        phone.keyboard.press("Escape")
        expect(sheet).to_have_count(0)
        late.get_by_role("link", name=re.compile("记结果")).click()
        phone.get_by_text("在家，已核实").click()
        phone.get_by_role("button", name="不需要管控").click()
        expect(phone.locator("article.task")).to_have_count(3)
        expect(phone.locator("#notes")).to_contain_text("已保存并提交")
        item = WorkItem.objects.order_by("id")[0]
        assert (item.state, item.outcome) == ("submitted", "no_control")

    def test_open_the_record_sheet_after_the_call(self, phone: Page) -> None:
        card = phone.locator("article.task").nth(1)
        card.get_by_role("button", name=re.compile("打电话")).click()
        link = phone.get_by_role("dialog").locator("a.call").first
        link.evaluate("link => link.setAttribute('href', '#')")  # a test machine has no telephone to leave for
        link.click()
        expect(phone.get_by_role("heading", name="记录结果")).to_be_visible(timeout=10_000)

    def test_say_on_the_card_who_called_already(self, phone: Page) -> None:
        expect(phone.get_by_text(re.compile("今天 .* 周岚已打"))).to_be_visible()
        expect(phone.get_by_text("已拨 2 次未接")).to_be_visible()

    def test_keep_what_was_written_when_the_line_is_dead(self, loose_phone: Page) -> None:
        phone = loose_phone
        card = phone.locator("article.task").nth(1)
        card.get_by_role("link", name=re.compile("记结果")).click()
        phone.get_by_text("没打通").click()
        note = phone.get_by_role("dialog").get_by_role("textbox").last
        note.fill("门口有快递")
        before = ContactAttempt.objects.count()
        phone.context.set_offline(True)
        phone.locator("button[value=switched_off]").click()
        expect(phone.locator("#notes")).to_contain_text("没有保存")
        expect(phone.locator("[data-sync]")).to_contain_text("网络不通")
        expect(note).to_have_value("门口有快递")
        assert ContactAttempt.objects.count() == before
        phone.context.set_offline(False)
        phone.locator("button[value=switched_off]").click()
        expect(phone.locator("#notes")).to_contain_text("再打")
        assert ContactAttempt.objects.count() == before + 1


class TestDoor:
    def test_is_found_and_updated_in_three_taps(self, phone: Page, live_server: Any, street: Street) -> None:
        phone.get_by_role("link", name="户册").click()
        door = f"{street.home.building[:-1]}-{street.home.unit[:-2]}-{street.home.room}"
        phone.get_by_role("searchbox").fill(door)
        phone.get_by_role("link", name=re.compile(street.home.label)).click()
        phone.get_by_role("button", name="没有变化").click()
        phone.get_by_role("button", name="确认").click()
        expect(phone.locator("#notes")).to_contain_text("没有变化")
        expect(phone.get_by_text(re.compile("走访过"))).to_be_visible()

    def test_is_found_by_what_was_typed_before_the_scripts_came(
        self, phone: Page, live_server: Any, street: Street
    ) -> None:
        held: list[Route] = []
        phone.route(re.compile(r"/htmx[^/]*\.js"), lambda route: held.append(route))
        phone.goto(f"{live_server.url}/m/dwellings/", wait_until="commit")
        phone.get_by_role("searchbox").fill(street.home.label)
        assert len(held) == 1
        held.pop().continue_()
        expect(phone.get_by_role("link", name=re.compile(street.home.label))).to_be_visible()


class TestMistakes:
    def test_of_two_quick_taps_save_and_say_it_once(self, phone: Page) -> None:
        phone.locator("article.task.late").get_by_role("link", name=re.compile("记结果")).click()
        phone.get_by_text("没打通").click()
        expect(phone.locator(".for-final")).to_be_hidden()
        phone.locator("button[value=unanswered]").dblclick()
        expect(phone.locator("#notes .note")).to_have_count(1)
        expect(phone.locator("#notes")).to_contain_text("再打")

    def test_of_handing_in_are_warned_of(self, phone: Page) -> None:
        phone.locator("article.task.late").get_by_role("link", name=re.compile("记结果")).click()
        phone.get_by_text("在家，已核实").click()
        expect(phone.locator(".for-final")).to_be_visible()


class TestTip:
    def test_keeps_what_was_typed_before_the_door_was_chosen(
        self, phone: Page, live_server: Any, street: Street
    ) -> None:
        phone.goto(f"{live_server.url}/m/report/")
        phone.locator("textarea[name=text]").fill("租客昨晚回来了")
        phone.get_by_role("searchbox").fill(street.home.label)
        phone.locator("#found a").first.click()
        expect(phone.locator("input[name=dwelling]")).to_have_count(1)
        expect(phone.locator("textarea[name=text]")).to_have_value("租客昨晚回来了")
        phone.goto(f"{live_server.url}/m/report/")
        expect(phone.locator("textarea[name=text]")).to_have_value("")

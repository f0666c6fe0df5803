"""The check of a paper on a phone: the picture leads to it, the code can be typed, and it says no as clearly as yes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from lianfang.capabilities.orders import codes
from lianfang.core.access.models import User
from lianfang.core.territory.models import Territory
from tests.e2e.conftest import AxeRunner, scrolls_sideways, small_targets
from tests.measures.cases import under_measure
from tests.web.desk import people_in


def test_a_paper_is_checked_on_a_phone(living_town: None, phone_page: Page, live_server: Any, axe: AxeRunner) -> None:
    desk, health = (User.objects.get(username=name) for name in ("desk", "health"))
    grid = Territory.objects.get(code="999999001001001")
    measure = under_measure(desk, health, people_in(grid.path, 1), now=timezone.now())[0]
    code = codes.code_of(measure, "order")

    phone_page.goto(f"{live_server.url}{reverse('order_check', args=[codes.plain(code)])}")
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("这份文书是真的")
    expect(phone_page.get_by_text(str(measure.order_no))).to_be_visible()
    _sound(phone_page, axe)
    phone_page.goto(f"{live_server.url}{reverse('order_check_form')}")
    phone_page.locator("#code").fill(f"{code[:-1]}{'7' if code[-1] != '7' else '8'}".lower())
    phone_page.get_by_role("button", name="核验", exact=True).click()
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("不是真的文书")
    _sound(phone_page, axe)


def _sound(page: Page, axe: AxeRunner) -> None:
    """Nothing sideways, nothing too small to tap, nothing axe finds."""
    assert not scrolls_sideways(page) and small_targets(page) == [] and axe(page) == []

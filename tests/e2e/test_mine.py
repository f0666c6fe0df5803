"""A resident's own page on a phone: large enough for fingers, nothing sideways, and a signature drawn by hand."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from lianfang.capabilities.commitment.models import Commitment
from lianfang.core.access.models import User
from lianfang.core.measures.duties import Duty
from lianfang.core.territory.models import Territory
from tests.e2e.conftest import AxeRunner, scrolls_sideways, small_targets
from tests.measures.cases import under_measure
from tests.residents.neighbours import slip_for, with_telephone


def test_my_page_is_used_with_a_thumb(living_town: None, phone_page: Page, live_server: Any, axe: AxeRunner) -> None:
    now = timezone.now()
    users = {name: User.objects.get(username=name) for name in ("desk", "health", "worker")}
    grid = Territory.objects.get(code="999999001001001")
    person, _number = with_telephone(grid.path)[0]
    measure = under_measure(users["desk"], users["health"], [person], now=now)[0]
    morning = timezone.make_aware(datetime.combine(timezone.localdate(now), time(0)))
    Duty.objects.filter(measure=measure).update(opens_at=morning)
    _row, code = slip_for(person, users["worker"], now=now)

    phone_page.goto(f"{live_server.url}{reverse('mine_enter')}#{code}")
    expect(phone_page.locator("#code")).to_have_value(code)
    assert code not in phone_page.url
    _sound(phone_page, axe)
    phone_page.get_by_role("button", name="打开我的页面").click()
    expect(phone_page.get_by_role("heading", name="今天要办的事")).to_be_visible()
    _sound(phone_page, axe)
    phone_page.get_by_role("link", name="填报体温").first.click()
    phone_page.locator("#temperature").fill("37.4")
    phone_page.get_by_text("干咳").click()
    _sound(phone_page, axe)
    phone_page.get_by_role("button", name="提交", exact=True).click()
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("已通知医生")
    _sound(phone_page, axe)
    phone_page.goto(f"{live_server.url}{reverse('mine_letter', args=[person.id])}?measure={measure.id}")
    _sound(phone_page, axe)
    pad = phone_page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    phone_page.mouse.move(box["x"] + 30, box["y"] + 30)
    phone_page.mouse.down()
    phone_page.mouse.move(box["x"] + 200, box["y"] + 80, steps=8)
    phone_page.mouse.up()
    phone_page.locator("[data-drawing] button.go").click()
    expect(phone_page.get_by_role("status")).to_contain_text("签署")
    kept = Commitment.objects.get(measure=measure)
    assert (kept.how, kept.source) == ("drawn", "self") and kept.picture.startswith(b"\x89PNG")


def _sound(page: Page, axe: AxeRunner) -> None:
    """Nothing sideways, nothing too small to tap, nothing axe finds; looked at once its style sheet is there."""
    page.wait_for_load_state("load")
    assert not scrolls_sideways(page) and small_targets(page) == [] and axe(page) == []

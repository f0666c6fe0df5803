"""Zones in a browser: the desk at both widths, the gate and a helper's doors on a phone, the open notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from lianfang.capabilities.zone import door_actions, pass_actions
from lianfang.capabilities.zone.models import Zone
from lianfang.capabilities.zone.passes import HouseholdPass
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.territory.models import Level, Territory
from lianfang.jobs.town import Town
from tests.e2e.conftest import PHONE, AxeRunner, scrolls_sideways
from tests.zone.zoning import building, order, propose

LogIn = Callable[[Page, str], None]


@pytest.fixture
def zone(living_town: None) -> Zone:
    """A controlled building with doors shared and passes given."""
    now = timezone.now() - timedelta(minutes=5)
    secretary, command_post, worker = (User.objects.get(username=name) for name in ("secretary", "command", "worker"))
    areas = {one.code: one for one in Territory.objects.exclude(level=Level.GATE)}
    found = propose(secretary, [building(Town(areas=areas, dwellings={}, people={}))], now=now, kind="restricted")
    order(found, command_post, now=now)
    door_actions.name_helper(Command(actor=secretary), zone_id=found.id, user_id=worker.id)
    door_actions.share_doors(Command(actor=secretary), zone_id=found.id)
    pass_actions.issue_passes(Command(actor=secretary), zone_id=found.id)
    return found


class TestAZone:
    def test_is_sound_at_the_desk_and_for_strangers(
        self, zone: Zone, strict_page: Page, live_server: Any, log_in: LogIn, axe: AxeRunner
    ) -> None:
        log_in(strict_page, "command")
        pages = [
            f"/zones/{zone.id}/",
            f"/zones/{zone.id}/doors/",
            f"/zones/{zone.id}/passes/",
            "/zones/",
            "/plans/new/",
        ]
        for address in (*pages, f"/z/{zone.public_code}/"):
            strict_page.goto(live_server.url + address)
            assert axe(strict_page) == [], address
            for width in (1366, 390):
                strict_page.set_viewport_size({"width": width, "height": 768})
                assert not scrolls_sideways(strict_page), (address, width)

    def test_is_walked_and_guarded_on_a_phone(
        self, zone: Zone, strict_page: Page, live_server: Any, log_in: LogIn, axe: AxeRunner
    ) -> None:
        log_in(strict_page, "worker")
        strict_page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # width and height
        strict_page.goto(f"{live_server.url}/m/zone/")
        assert axe(strict_page) == [] and not scrolls_sideways(strict_page)
        strict_page.get_by_role("button", name="敲门问询").first.click()
        expect(strict_page.locator(".ticked").first).to_contain_text("敲门问询")
        code = HouseholdPass.objects.order_by("code")[0].code
        strict_page.goto(f"{live_server.url}/m/gate/")
        expect(strict_page.locator("#gate-code")).to_be_focused()
        strict_page.keyboard.type(code)  # as a hand scanner does
        strict_page.keyboard.press("Enter")
        expect(strict_page.locator(".verdict.ok")).to_contain_text("可以外出")
        assert axe(strict_page) == [] and not scrolls_sideways(strict_page)
        strict_page.get_by_role("button", name="登记外出").click()
        expect(strict_page.locator("#notes")).to_contain_text("已登记外出")
        expect(strict_page.locator("#gate-code")).to_be_focused()
        strict_page.keyboard.type(code)
        strict_page.keyboard.press("Enter")
        expect(strict_page.locator(".verdict.warn")).to_contain_text("本证有人在外")
        assert axe(strict_page) == []
        strict_page.get_by_role("button", name="登记返回").click()
        expect(strict_page.locator("#notes")).to_contain_text("已按时返回")

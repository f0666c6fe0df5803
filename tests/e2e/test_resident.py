"""A resident's phone in a real browser: without scripts, in the largest type, and with a draft that outlives a call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from lianfang.capabilities.self_report.models import HouseholdReport
from lianfang.core.access.models import User
from lianfang.core.territory.models import Territory
from lianfang.jobs.town import Town
from lianfang.resident import acting
from lianfang.resident.frame import MOST_BYTES
from tests.e2e.conftest import PHONE, AxeRunner, Watch, scrolls_sideways, small_targets
from tests.resident.household import hang


@pytest.fixture
def address(living_town: None, live_server: Any) -> str:
    """Address behind the poster of 望湖社区."""
    acting.resident_door.cache_clear()
    areas = {area.code: area for area in Territory.objects.all()}
    code = hang(Town(areas=areas, dwellings={}, people={}), User.objects.get(username="secretary"))
    return f"{live_server.url}/r/{code}/"


@pytest.fixture
def bare_phone(browser: Browser, browser_context_args: dict[str, Any], live_server: Any) -> Iterator[Page]:
    """A phone that runs no scripts."""
    context = browser.new_context(**{**browser_context_args, "viewport": PHONE, "java_script_enabled": False})
    page = context.new_page()
    watch = Watch(page, live_server.url)
    yield page
    context.close()
    assert not watch.faults, watch.faults


def fill(page: Page) -> None:
    """A household of one, from elsewhere."""
    page.locator("#address").fill("望湖花苑1幢1单元101")
    page.locator("#p0-name").fill("阮青禾")
    page.locator("#p0-phone").fill("19900012345")
    page.locator("#came-yes").check()
    page.locator("#origin").fill("丹岚市北岭区")
    page.locator("#contact-no").check()


class TestAResident:
    def test_reports_and_corrects_without_scripts_in_the_largest_type(self, bare_phone: Page, address: str) -> None:
        weights: list[int] = []
        bare_phone.on("response", lambda answer: weights.append(len(answer.body())))
        bare_phone.goto(address)
        assert sum(weights) <= MOST_BYTES
        bare_phone.locator('.sizes a[data-size="30"]').click()
        fill(bare_phone)
        bare_phone.locator("#add").click()
        bare_phone.locator("#p1-name").fill("阮小满")
        bare_phone.locator("button.go").click()
        expect(bare_phone.locator("#read-why")).to_be_visible()
        expect(bare_phone.locator("#p1-name")).to_have_value("阮小满")
        bare_phone.locator("#arrived_on").fill("2022-04-05")
        bare_phone.locator("#read").check()
        bare_phone.locator("button.go").click()
        own = bare_phone.locator(".big").nth(1).inner_text()
        bare_phone.locator("main a.btn").click()
        bare_phone.locator("#own").fill(own)
        bare_phone.locator("#tail").fill("2345")
        bare_phone.locator("button.go").click()
        expect(bare_phone.locator("#p1-name")).to_have_value("阮小满")
        assert HouseholdReport.objects.get().people == 2

    def test_keeps_what_was_begun_and_is_sound_in_both_sizes(
        self, phone_page: Page, address: str, axe: AxeRunner
    ) -> None:
        phone_page.goto(address)
        for size in ("18", "30"):
            phone_page.locator(f'.sizes a[data-size="{size}"]').tap()
            assert axe(phone_page) == [], size
            assert small_targets(phone_page, least=60) == [], size
            assert not scrolls_sideways(phone_page), size
        fill(phone_page)
        phone_page.locator("#add").tap()
        phone_page.locator("#p1-name").fill("阮小满")
        phone_page.context.set_offline(True)
        phone_page.locator("button.go").tap()  # at once, into a dead line
        with pytest.raises(Error, match="DISCONNECTED"):
            phone_page.wait_for_url("chrome-error://**")
        phone_page.context.set_offline(False)
        phone_page.goto(address)
        expect(phone_page.locator("#draft")).to_be_visible()
        expect(phone_page.locator("#p1-name")).to_have_value("阮小满")
        phone_page.locator("#came-no").check()
        expect(phone_page.locator("#arrival")).to_be_hidden()
        phone_page.locator("button.go").tap()
        expect(phone_page.locator(".note.bad")).to_be_visible()
        assert axe(phone_page) == []
        phone_page.locator("#read").check()
        phone_page.locator("button.go").tap()
        expect(phone_page.locator(".big").nth(1)).to_be_visible()
        assert axe(phone_page) == []
        phone_page.goto(address)
        expect(phone_page.locator("#draft")).to_be_hidden()

"""The frame around every page on the desk: whose town, who is looking, how to leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import AxeRunner, scrolls_sideways


@pytest.fixture(autouse=True)
def bench(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.e2e.workbench"


class TestFrame:
    @pytest.mark.parametrize("large_type", ["0", "1"])
    def test_says_whose_town_it_is_and_who_is_looking(
        self,
        strict_page: Page,
        live_server: Any,
        log_in: Callable[[Page, str], None],
        axe: AxeRunner,
        large_type: str,
    ) -> None:
        cookie = {"name": "lianfang_large_type", "value": large_type, "url": live_server.url}
        strict_page.context.add_cookies([cookie])
        log_in(strict_page, "desk")
        strict_page.goto(f"{live_server.url}/bench/rows/")
        expect(strict_page.get_by_role("banner")).to_contain_text("街道")
        expect(strict_page.get_by_role("banner")).to_contain_text("数据专班")
        assert axe(strict_page) == []
        for width in (1366, 1024, 768, 390):
            strict_page.set_viewport_size({"width": width, "height": 768})
            assert not scrolls_sideways(strict_page), width

    def test_lets_one_out_from_every_page(
        self, strict_page: Page, live_server: Any, log_in: Callable[[Page, str], None]
    ) -> None:
        log_in(strict_page, "desk")
        strict_page.goto(f"{live_server.url}/bench/rows/")
        strict_page.locator("summary").filter(has_text="数据专班").press("Enter")
        strict_page.get_by_role("button", name="退出登录").click()
        expect(strict_page.get_by_role("heading", level=1)).to_have_text("登录")

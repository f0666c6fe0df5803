"""Lists in a real browser: a file goes in by mouse, doubts are settled by keyboard alone, the file comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lianfang.capabilities.screening import matching
from lianfang.core.access.models import User
from lianfang.core.lists.models import ListRow, SourceList
from lianfang.core.territory.models import Territory
from lianfang.jobs.town import Town
from tests.e2e.conftest import AxeRunner, Watch, scrolls_sideways
from tests.flows.bringing import bring_doubtful, town_list


@pytest.fixture
def desk_page(strict_page: Page, live_server: Any, log_in: Callable[[Page, str], None]) -> Page:
    """The data desk's browser, in English."""
    strict_page.context.add_cookies([{"name": "lianfang_language", "value": "en", "url": live_server.url}])
    log_in(strict_page, "desk")
    return strict_page


def fill_papers(page: Page) -> None:
    page.get_by_label("Sender", exact=True).fill("涉外专班")
    page.get_by_label("Purpose").select_option("inbound")
    page.get_by_label("Issuer").fill("县疫情防控办")
    page.get_by_label("Legal basis").fill("传染病防治法第三十九条")


def subdistrict() -> Town:
    """The areas of the town, for bringing lists in without the page."""
    return Town(areas={area.code: area for area in Territory.objects.all()}, dwellings={}, people={})


class TestBringingAListIn:
    def test_leads_from_the_file_to_the_result_and_back(
        self, desk_page: Page, live_server: Any, axe: AxeRunner
    ) -> None:
        page = desk_page
        page.goto(f"{live_server.url}/lists/new/")
        assert axe(page) == []
        page.get_by_label("File of the list").set_input_files(town_list("12"))
        expect(page.get_by_label("Title")).to_have_value("12_入境人员健康管理名单_0406")
        fill_papers(page)
        page.get_by_role("button", name="Bring in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What the columns mean")
        expect(page.get_by_role("heading", name="Rows left out")).to_be_visible()
        assert axe(page) == []
        phone = page.get_by_label("Meaning of 联系电话")
        phone.select_option("identity")
        expect(page.locator(".p-warn").first).to_be_visible()
        page.get_by_label("Meaning of 联系电话").select_option("phone")
        expect(page.locator(".p-warn")).to_have_count(0)
        page.get_by_role("button", name="Confirm and read the list").click()
        expect(page.get_by_text("The list waits for its turn.")).to_be_visible()
        matching.run(SourceList.objects.get())
        expect(page.get_by_role("heading", name="From rows to results")).to_be_visible(timeout=15_000)
        assert axe(page) == []
        with page.expect_download() as download:
            page.get_by_role("button", name="The sender's file with results").click()
        assert download.value.suggested_filename.startswith("12_入境人员健康管理名单_0406_反馈_")

    def test_says_what_is_missing_and_keeps_the_form(self, desk_page: Page, watch: Watch, live_server: Any) -> None:
        watch.allowed.add(400)
        desk_page.goto(f"{live_server.url}/lists/new/")
        desk_page.get_by_label("File of the list").set_input_files(town_list("12"))
        fill_papers(desk_page)
        desk_page.get_by_label("Issuer").fill(" ")
        desk_page.get_by_role("button", name="Bring in").click()
        expect(desk_page.get_by_role("alert").filter(has_text="lists.no_papers")).to_be_visible()
        expect(desk_page.get_by_label("Legal basis")).to_have_value("传染病防治法第三十九条")
        desk_page.get_by_label("Issuer").fill("县疫情防控办")
        desk_page.get_by_role("button", name="Bring in").click()
        expect(desk_page.get_by_role("heading", level=1)).to_have_text("What the columns mean")

    def test_of_a_broken_file_shows_code_and_remedy(self, desk_page: Page, live_server: Any, axe: AxeRunner) -> None:
        desk_page.goto(f"{live_server.url}/lists/new/")
        desk_page.get_by_label("File of the list").set_input_files(town_list("18"))
        fill_papers(desk_page)
        desk_page.get_by_role("button", name="Bring in").click()
        expect(desk_page.get_by_role("alert")).to_contain_text("file.damaged")
        assert axe(desk_page) == []


class TestReview:
    def test_is_done_by_keyboard_alone(self, desk_page: Page, live_server: Any, axe: AxeRunner, tmp_path: Path) -> None:
        one = bring_doubtful(tmp_path, User.objects.get(username="desk"), subdistrict())
        rows = list(ListRow.objects.filter(source_list=one, decision="review").order_by("id"))
        page = desk_page
        page.goto(f"{live_server.url}/review/")
        heading = page.locator("#review-title")
        expect(heading).to_contain_text(str(rows[0].sheet_row))
        expect(heading).to_be_focused()
        assert axe(page) == []
        page.keyboard.press("s")
        expect(heading).to_contain_text(str(rows[1].sheet_row))
        page.keyboard.press("1")
        expect(page.get_by_text("Taken as the same person.")).to_be_visible()
        rows[1].refresh_from_db()
        assert (rows[1].decision, str(rows[1].person_id)) == ("same", rows[1].candidates[0][0])
        expect(heading).to_be_focused()
        page.keyboard.press("u")
        expect(page.get_by_text("Taken back.")).to_be_visible()
        expect(heading).to_contain_text(str(rows[1].sheet_row))
        page.keyboard.press("n")
        expect(page.get_by_text("Registered as a new person.")).to_be_visible()
        assert ListRow.objects.get(id=rows[1].id).decision == "new"
        assert axe(page) == []

    def test_shows_its_keys_and_what_speaks_for_and_against(
        self, desk_page: Page, live_server: Any, axe: AxeRunner, tmp_path: Path
    ) -> None:
        one = bring_doubtful(tmp_path, User.objects.get(username="desk"), subdistrict())
        rows = list(ListRow.objects.filter(source_list=one, decision="review").order_by("id"))
        page = desk_page
        page.goto(f"{live_server.url}/review/")
        heading = page.locator("#review-title")
        page.keyboard.press("?")
        keys = page.locator("details.keys")
        expect(keys.get_by_text("Show or hide the keys")).to_be_visible()
        expect(keys.locator("summary")).to_be_focused()
        expect(keys.locator("summary")).to_have_css("outline-style", "solid")
        assert axe(page) == []
        page.keyboard.press("?")
        expect(keys.get_by_text("Show or hide the keys")).to_be_hidden()
        first = page.locator("details.adds-up").first
        expect(first.locator(".fall li")).to_have_count(len(rows[0].candidates[0][2]) + 1)
        expect(first.get_by_text("from here it is taken without asking")).to_be_visible()
        first.get_by_text("Exact numbers").click()
        expect(first.get_by_role("table").get_by_role("row")).to_have_count(len(rows[0].candidates[0][2]) + 2)
        assert axe(page) == []
        page.keyboard.press("ArrowRight")
        expect(heading).to_contain_text(str(rows[1].sheet_row))
        page.set_viewport_size({"width": 390, "height": 844})
        assert not scrolls_sideways(page)
        assert axe(page) == []

    def test_does_nothing_by_single_keys_when_they_are_off(
        self, desk_page: Page, live_server: Any, tmp_path: Path
    ) -> None:
        one = bring_doubtful(tmp_path, User.objects.get(username="desk"), subdistrict())
        rows = list(ListRow.objects.filter(source_list=one, decision="review").order_by("id"))
        page = desk_page
        page.goto(f"{live_server.url}/review/")
        heading = page.locator("#review-title")
        page.locator("details.keys summary").click()
        page.get_by_role("button", name="Turn single keys off").click()
        page.keyboard.press("1")
        page.reload()
        page.keyboard.press("1")
        expect(heading).to_contain_text(str(rows[0].sheet_row))
        page.locator("details.keys summary").click()
        page.get_by_role("button", name="Turn single keys on").click()
        heading.focus()
        page.keyboard.press("s")
        expect(heading).to_contain_text(str(rows[1].sheet_row))
        assert ListRow.objects.filter(source_list=one, decision="review").count() == len(rows)

    def test_fits_a_narrow_window_and_large_type(
        self, desk_page: Page, live_server: Any, axe: AxeRunner, tmp_path: Path
    ) -> None:
        bring_doubtful(tmp_path, User.objects.get(username="desk"), subdistrict())
        desk_page.context.add_cookies([{"name": "lianfang_large_type", "value": "1", "url": live_server.url}])
        desk_page.set_viewport_size({"width": 1024, "height": 768})
        for address in ("/review/", "/lists/", "/lists/new/"):
            desk_page.goto(live_server.url + address)
            assert not scrolls_sideways(desk_page), address
            assert axe(desk_page) == [], address

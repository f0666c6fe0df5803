"""The small scripts, used as people use them: by mouse, by finger and by keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import AxeRunner, Watch, scrolls_sideways, small_targets


@pytest.fixture(autouse=True)
def bench(settings: Any) -> None:
    """Serve the pages of the workbench beside those of the product."""
    settings.ROOT_URLCONF = "tests.e2e.workbench"


class TestChoosingRows:
    def test_by_mouse_takes_a_range_asks_and_sends_it(
        self, strict_page: Page, live_server: Any, axe: AxeRunner
    ) -> None:
        strict_page.goto(f"{live_server.url}/bench/rows/")
        assert axe(strict_page) == []
        strict_page.get_by_label("row 2").click()
        strict_page.get_by_label("row 5").click(modifiers=["Shift"])
        expect(strict_page.locator("[data-select-count]")).to_have_text("4")
        strict_page.get_by_role("button", name="accept").click()
        question = strict_page.get_by_role("alertdialog", name="Send all?")
        expect(question.get_by_role("button", name="取消")).to_be_focused()
        assert axe(strict_page) == []
        question.get_by_role("button", name="确定").click()
        expect(strict_page.locator("body")).to_have_text("rows 2,3,4,5")

    def test_by_keyboard_walks_extends_and_changes_its_mind(self, strict_page: Page, live_server: Any) -> None:
        strict_page.goto(f"{live_server.url}/bench/rows/")
        strict_page.get_by_label("row 1").focus()
        for key in ("ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown"):
            strict_page.keyboard.press(key)
        expect(strict_page.locator("[data-select-count]")).to_have_text("3")
        strict_page.get_by_role("button", name="accept").press("Enter")
        strict_page.keyboard.press("Escape")
        expect(strict_page.get_by_role("alertdialog")).to_have_count(0)
        expect(strict_page.get_by_role("button", name="accept")).to_be_focused()

    def test_may_stand_for_every_row_of_the_filter(self, strict_page: Page, live_server: Any) -> None:
        strict_page.goto(f"{live_server.url}/bench/rows/")
        strict_page.get_by_label("all").check()
        strict_page.get_by_label("everything").check()
        expect(strict_page.locator("[data-select-count]")).to_have_text("1,284")
        strict_page.get_by_label("row 3").uncheck()
        expect(strict_page.locator("[data-select-count]")).to_have_text("7")

    def test_leaves_slash_to_the_search_and_keys_to_their_buttons(self, strict_page: Page, live_server: Any) -> None:
        strict_page.goto(f"{live_server.url}/bench/rows/")
        strict_page.keyboard.press("1")
        expect(strict_page.locator(".note.success")).to_contain_text("copied")
        strict_page.keyboard.press("/")
        expect(strict_page.get_by_role("searchbox")).to_be_focused()
        strict_page.keyboard.type("1/2")
        expect(strict_page.get_by_role("searchbox")).to_have_value("1/2")


class TestSendingAFile:
    def test_follows_the_server_to_the_next_page(self, strict_page: Page, live_server: Any) -> None:
        strict_page.goto(f"{live_server.url}/bench/file/")
        self._choose(strict_page, "good.csv", b"1,2")
        strict_page.get_by_role("button", name="send").click()
        expect(strict_page.get_by_role("heading", level=1)).to_have_text("rows")

    def test_shows_the_sentence_of_a_refusal(self, strict_page: Page, watch: Watch, live_server: Any) -> None:
        watch.allowed.add(400)
        strict_page.goto(f"{live_server.url}/bench/file/")
        self._choose(strict_page, "bad.csv", b"1,2")
        strict_page.get_by_role("button", name="send").click()
        expect(strict_page.get_by_role("alert")).to_have_text("not a list")
        expect(strict_page.get_by_role("button", name="send")).to_be_enabled()

    def test_spares_the_line_a_file_that_is_too_large(self, strict_page: Page, live_server: Any) -> None:
        strict_page.goto(f"{live_server.url}/bench/file/")
        self._choose(strict_page, "good.csv", b"x" * 1001)
        strict_page.get_by_role("button", name="send").click()
        expect(strict_page.get_by_role("alert")).to_have_text("too large")

    @staticmethod
    def _choose(page: Page, name: str, content: bytes) -> None:
        page.get_by_label("the file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


class TestSheetOnThePhone:
    def test_keeps_the_focus_inside_and_gives_it_back(self, phone_page: Page, live_server: Any, axe: AxeRunner) -> None:
        phone_page.goto(f"{live_server.url}/bench/door/")
        assert small_targets(phone_page) == []
        assert not scrolls_sideways(phone_page)
        phone_page.get_by_role("button", name="record").tap()
        sheet = phone_page.get_by_role("dialog", name="Result")
        expect(sheet).to_be_visible()
        assert axe(phone_page) == []
        phone_page.locator("#last").focus()
        phone_page.keyboard.press("Tab")
        expect(sheet.get_by_role("button", name="close")).to_be_focused()
        phone_page.keyboard.press("Shift+Tab")
        expect(phone_page.locator("#last")).to_be_focused()
        phone_page.keyboard.press("Escape")
        expect(phone_page.get_by_role("button", name="record")).to_be_focused()

    def test_opens_by_itself_after_a_call(self, phone_page: Page, live_server: Any) -> None:
        phone_page.clock.install()
        phone_page.goto(f"{live_server.url}/bench/door/")
        phone_page.get_by_role("link", name="call").tap()
        expect(phone_page.get_by_role("dialog", name="Result")).to_be_hidden()
        phone_page.clock.run_for(4100)
        expect(phone_page.get_by_role("dialog", name="Result")).to_be_visible()

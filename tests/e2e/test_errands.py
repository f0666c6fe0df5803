"""Errands in a real browser: the desk gives a group out, the runner hands the first bag over with a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lianfang.capabilities.errands import actions
from lianfang.capabilities.errands.models import Errand
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.territory.models import Territory
from tests.e2e.conftest import AxeRunner, scrolls_sideways, small_targets
from tests.kernel.test_pictures import chunk, png
from tests.web.desk import GRID, people_in


@pytest.fixture
def asked(living_town: None) -> list[Errand]:
    """Requests at four doors."""
    desk = User.objects.get(username="desk")
    for person in people_in(Territory.objects.get(code=GRID).path, 4):
        actions.ask(Command(actor=desk), person_id=person.id, kind="meals", wanted="午饭两份", note="按两下铃")
    return list(Errand.objects.order_by("id"))


class TestErrands:
    def test_are_given_out_at_the_desk_by_keyboard(
        self,
        strict_page: Page,
        live_server: Any,
        log_in: Callable[[Page, str], None],
        axe: AxeRunner,
        asked: list[Errand],
    ) -> None:
        page = strict_page
        page.context.add_cookies([{"name": "lianfang_language", "value": "en", "url": live_server.url}])
        log_in(page, "secretary")
        page.goto(f"{live_server.url}/errands/")
        assert axe(page) == []
        page.locator("[data-select-all]").focus()
        page.keyboard.press("Space")
        expect(page.locator("[data-select-count]")).to_have_text(str(len(asked)))
        page.locator("select[name=runner]").select_option(label="望湖代办员 · 望湖社区")
        page.get_by_role("button", name="Give", exact=True).press("Enter")
        expect(page.get_by_text(f"Given out: {len(asked)} requests")).to_be_visible()
        assert not Errand.objects.filter(state="asked").exists()
        for address in ("/errands/?segment=given", f"/errands/{asked[0].id}/", "/care-list/"):
            page.goto(live_server.url + address)
            assert axe(page) == [], address
        page.keyboard.press("Tab")
        page.goto(f"{live_server.url}/errands/")
        page.keyboard.press("n")
        expect(page.get_by_role("heading", level=1)).to_have_text("Take a request")

    def test_are_handed_over_on_the_phone_with_a_picture(
        self,
        phone_page: Page,
        live_server: Any,
        log_in: Callable[[Page, str], None],
        axe: AxeRunner,
        asked: list[Errand],
        tmp_path: Path,
    ) -> None:
        runner = User.objects.get(username="runner")
        given = Command(actor=User.objects.get(username="desk"))
        actions.arrange(given, errand_ids=[errand.id for errand in asked], runner_id=runner.id)
        photo = tmp_path / "door.png"
        photo.write_bytes(png(chunk(b"tEXt", b"GPS 26.08N")))
        page = phone_page
        log_in(page, "runner")
        page.goto(live_server.url)
        expect(page).to_have_url(f"{live_server.url}/m/errands/")
        first = page.locator("a.call").first
        where = str(first.get_attribute("href"))
        for address in ("/m/errands/", where, where.replace("deliver", "back")):
            page.goto(live_server.url + address)
            assert not scrolls_sideways(page), address
            assert small_targets(page) == [], address
            assert axe(page) == [], address
        page.goto(live_server.url + where)
        page.locator("input[type=file]").set_input_files(photo)
        expect(page.locator("canvas")).to_be_visible()
        page.locator("form.handover button").click()
        expect(page).to_have_url(f"{live_server.url}/m/errands/")
        done = Errand.objects.get(state="delivered")
        assert done.picture is not None and done.picture.kind in ("jpeg", "png")
        assert b"GPS" not in done.picture.content

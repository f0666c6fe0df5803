"""Care on the phone in a real browser: three taps make a temperature, fever shows before it is saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from lianfang.core.access.models import User
from lianfang.core.measures.duties import Duty
from lianfang.core.people.models import Person
from lianfang.core.territory.models import Territory
from lianfang.core.work.models import Matter, WorkItem
from lianfang.jobs.town import Town
from tests.e2e.conftest import AxeRunner, scrolls_sideways, small_targets
from tests.isolation.doors import family_of
from tests.measures.cases import as_at_noon, at, under_measure


@pytest.fixture
def family(living_town: None) -> list[Person]:
    """A household in home isolation whose morning temperatures were missed."""
    areas = {area.code: area for area in Territory.objects.all()}
    people = family_of(Town(areas=areas, dwellings={}, people={}))
    desk, health = (User.objects.get(username=name) for name in ("desk", "health"))
    under_measure(desk, health, people, now=at(timezone.localdate(), 5))
    as_at_noon(people, now=timezone.now())
    return people


class TestCare:
    def test_takes_a_temperature_with_three_taps(
        self,
        phone_page: Page,
        live_server: Any,
        log_in: Callable[[Page, str], None],
        family: list[Person],
        axe: AxeRunner,
    ) -> None:
        page = phone_page
        log_in(page, "worker")
        page.goto(f"{live_server.url}/m/care/")
        assert axe(page) == [] and not scrolls_sideways(page) and small_targets(page) == []
        page.locator("article .addr").first.click()
        form = page.locator("[data-fever]").first
        for digit in "373":
            form.locator(f'[data-digit="{digit}"]').click()
        expect(form.locator("[data-reading]")).to_have_value("37.3")
        expect(form.locator("[data-hot]")).to_be_visible()
        assert axe(page) == [] and not scrolls_sideways(page) and small_targets(page) == []
        form.locator(".send").click()
        expect(page.locator(".rings").first).to_contain_text("37.3 ℃")
        assert Duty.objects.filter(temperature=373, person__in=family).count() == 1
        assert WorkItem.objects.filter(matter=Matter.ALARM).count() == 1
        assert axe(page) == []

"""The page on which someone of command confirms roles, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lianfang.core.access.models import User
from lianfang.core.access.roles import Role
from lianfang.core.actions.door import Command
from lianfang.core.actions.granting import grant
from lianfang.core.territory.models import Territory
from tests.e2e.conftest import AxeRunner, scrolls_sideways

LogIn = Callable[[Page, str], None]


@pytest.fixture
def waiting(living_town: None) -> User:
    """An account whose role waits for command."""
    helper = User.objects.create_user("reinforcement", "winter-2022-duty", display_name="增援人员")
    command = Command(actor=User.objects.get(username="administrator"))
    area = Territory.objects.get(code="999999001001")
    grant(
        command,
        user_id=helper.id,
        role=Role.SECRETARY.value,
        territory_id=area.id,
        starts_at=command.now,
        ends_at=command.now.replace(year=command.now.year + 1, day=1, month=1),
        reason="增援",
    )
    return helper


class TestRolesToConfirm:
    @pytest.mark.parametrize("large_type", ["0", "1"])
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_are_sound_in_every_language_and_size(
        self,
        waiting: User,
        strict_page: Page,
        live_server: Any,
        log_in: LogIn,
        axe: AxeRunner,
        language: str,
        large_type: str,
    ) -> None:
        log_in(strict_page, "command")
        User.objects.filter(username="command").update(language=language, large_type=large_type == "1")
        strict_page.goto(f"{live_server.url}/admin/waiting/")
        expect(strict_page.get_by_role("table")).to_contain_text(waiting.display_name)
        strict_page.locator("[data-select-row]").first.check()
        assert axe(strict_page) == []
        for width in (1366, 390):
            strict_page.set_viewport_size({"width": width, "height": 768})
            assert not scrolls_sideways(strict_page), width

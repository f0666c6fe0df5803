"""A household with a telephone in its hand: what its form says, and how it is sent."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from lianfang.capabilities.self_report.posters import issue_poster
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.jobs.town import Town

COMMUNITY = "999999001001"


def hang(town: Town, staff: User, *, kind: str = "household", days: int = 7, code: str = COMMUNITY) -> str:
    """Hang a poster in an area and return its code."""
    made = issue_poster(Command(actor=staff), territory_id=town.areas[code].id, kind=kind, days=days)
    return str(made["code"])


def form(**changes: Any) -> dict[str, Any]:
    """A sound form of two people from elsewhere; a value of None leaves its line empty."""
    said: dict[str, Any] = {
        "address": "望湖花苑1幢1单元101",
        "came": "yes",
        "origin": "丹岚市北岭区",
        "arrived_on": "2022-04-05",
        "transport": "train",
        "contact": "zone",
        "symptoms": ["cough"],
        "needs": ["infant"],
        "read": "yes",
        "p0-name": "阮青禾",
        "p0-phone": "199 0001 2345",
        "p0-relation": "self",
        "p1-name": "阮小满",
        "p1-relation": "child",
    }
    return {key: value for key, value in {**said, **changes}.items() if value is not None}


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


def send(browser: Client, url: str, said: dict[str, Any], *, go: str = "send") -> Any:
    """Send a form as a browser without scripts does."""
    body = urlencode({**said, "go": go}, doseq=True)
    return browser.post(url, body, content_type="application/x-www-form-urlencoded")


def shown(page: str) -> list[str]:
    """What stands in large type: numbers to write down."""
    return re.findall(r'class="big">([^<]+)<', page)

"""What the page frame needs on every page. Everything that costs a query is lazy: fragments do not pay for the frame."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from lianfang.web import navigation
from lianfang.web.security.browsers import below_floor


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: preferences, menu, clock (server time, Asia/Shanghai) and the demo flag."""
    return {
        "large_type": getattr(request, "large_type", False),
        "old_browser": below_floor(request.headers.get("User-Agent", ""), settings.BROWSER_FLOOR),
        "demo": getattr(settings, "DEMO", False),
        "unit_name": getattr(settings, "UNIT_NAME", ""),
        "now": timezone.now(),
        "navigation": SimpleLazyObject(lambda: navigation.desk_menu(request, _entries())),
        "field_tabs": SimpleLazyObject(lambda: navigation.phone_tabs(request, _entries())),
    }


def _entries() -> list[navigation.NavEntry]:
    from lianfang.web.urls import navigation_entries

    return navigation_entries()

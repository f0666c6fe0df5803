"""What the page frame needs on every page. What costs a query is lazy: fragments do not pay for the frame."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from lianfang.core.access.roles import Role
from lianfang.web import frame, navigation
from lianfang.web.security.browsers import below_floor


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: preferences, menu, mode, clock (server time, Asia/Shanghai) and the demo flag."""
    user = getattr(request, "user", None)  # absent when a request is refused before it is known whose it is
    return {
        "large_type": getattr(request, "large_type", False),
        "old_browser": below_floor(request.headers.get("User-Agent", ""), settings.BROWSER_FLOOR),
        "demo": settings.DEMO,
        "now": timezone.now(),
        "session_limits": {
            "idle_minutes": settings.SESSION_IDLE_SECONDS // 60,
            "absolute_hours": settings.SESSION_ABSOLUTE_SECONDS // 3600,
        },
        "viewer": SimpleLazyObject(lambda: frame.viewer(user)),
        "finds_people": SimpleLazyObject(
            lambda: user is not None and user.is_authenticated and user.authority.may("people.read")
        ),
        "unit_name": SimpleLazyObject(lambda: frame.unit_name(frame.home_path(user))),
        "activation": SimpleLazyObject(lambda: frame.mode(frame.home_path(user))),
        "navigation": SimpleLazyObject(lambda: navigation.desk_menu(request, _entries())),
        "field_tabs": SimpleLazyObject(lambda: navigation.phone_tabs(request, _entries())),
        "demo_logins": SimpleLazyObject(_demo_logins),
    }


def _entries() -> list[navigation.NavEntry]:
    from lianfang.web.urls import navigation_entries

    return navigation_entries()


def _demo_logins() -> list[dict[str, str]]:
    """Rows of the log-in page in the demo (`username`, `password`, `role`), as the settings name them; else none."""
    return [{**login, "role": str(Role(login["role"]).label)} for login in settings.DEMO_LOGINS]

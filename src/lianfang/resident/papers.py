"""Is this paper genuine, and does it still hold? For whoever holds it or is shown it; says nothing about anybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from lianfang.capabilities.orders import codes
from lianfang.core.measures.models import Regime
from lianfang.resident.frame import open_page, show
from lianfang.resident.limiting import Limit, address_of

CHECKS = Limit(most=300, seconds=60)
"""Looks at papers from one address: a queue at a gate behind one connection gets through. It keeps the load down; that
nobody guesses a code is a matter of its length."""


@open_page
def ask(request: HttpRequest) -> HttpResponse:
    """A field for the code, for those whose phone reads no pictures."""
    code = codes.plain(request.GET.get("code", ""))
    if code:
        return redirect("order_check", code=code)
    return show(request, "resident/paper.html", {"asked": False})


@open_page
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What the paper with this code is, or that there is none: that too is an answer, not a missing page."""
    wait = CHECKS.wait(address_of(request))
    if wait:
        return show(request, "resident/paper.html", {"asked": True, "wait": wait, "code": code}, status=429)
    now = timezone.now()
    found = codes.look_up(code, now=now)
    if found is None:
        return show(request, "resident/paper.html", {"asked": True, "code": code})
    return show(request, "resident/paper.html", {"asked": True, **_said(found, now=now)})


def _said(found: codes.Genuine, *, now: datetime) -> dict[str, Any]:
    return {
        "found": found,
        "regime": Regime(found.regime).label,
        "until": _until(found.ends_at),
        "lifted": timezone.localtime(found.released_at) if found.released_at else None,
        "checked_at": timezone.localtime(now),
    }


def _until(ends_at: datetime) -> str:
    """The end as people read it: midnight is 24:00 of the last day."""
    local = timezone.localtime(ends_at)
    if (local.hour, local.minute) == (0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"

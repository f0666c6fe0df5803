"""The answer to too many wrong passwords: a coded page that says when to try again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from axes.helpers import get_client_ip_address, get_client_username, get_cool_off
from axes.models import AccessAttempt
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

CODE = "access.locked_out"


def answer(
    request: HttpRequest,
    original_response: HttpResponse | None = None,
    credentials: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Called by the throttle once a name is locked out for this address. Status 429 with `Retry-After` in seconds."""
    until = locked_until(request, credentials)
    seconds = max(1, int((until - timezone.now()).total_seconds()))
    page = render(
        request,
        "account/locked_out.html",
        {"until": until, "code": CODE, "minutes": -(-seconds // 60)},
    )
    page.status_code = 429
    page.headers["Retry-After"] = str(seconds)
    return page


def locked_until(request: HttpRequest, credentials: Mapping[str, str] | None = None) -> datetime:
    """The instant the lock on this name and address ends: the last counted failure plus the cool-off time."""
    cool_off: timedelta | None = get_cool_off(request)
    assert cool_off is not None, "AXES_COOLOFF_TIME is part of the security settings"
    attempts = AccessAttempt.objects.filter(
        username=get_client_username(request, dict(credentials or {})),
        ip_address=get_client_ip_address(request),
    )
    last: datetime | None = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    return (last or timezone.now()) + cool_off

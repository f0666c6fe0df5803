"""Refusals that happen before any page of ours runs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: usually a page left open over a log-out. Status 403."""
    return render(request, "403.html", {"stale_form": True}, status=403)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The log-in throttle of the account pages. Status 429."""
    return render(request, "429.html", status=429)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A damaged address, host or form. Status 400; Django's own view would draw the page without its frame."""
    return render(request, "400.html", status=400)

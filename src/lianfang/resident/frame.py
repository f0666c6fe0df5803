"""The frame of pages that a resident opens without an account.

``@open_page`` lets strangers through the door and keeps the page out of every cache; `show` renders a template that
extends ``resident/base.html``. Such a page and all it loads weighs at most `MOST_BYTES` uncompressed, needs no script,
and asks nothing of any other server. Its forms carry the token against forgery like all others.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

MOST_BYTES: Final = 60 * 1024
"""What a page may weigh with everything it loads, uncompressed."""
SIZES: Final = (18, 22, 26, 30)
"""Type sizes to choose from, in pixels; the first is what everybody gets."""
SIZE_COOKIE: Final = "lianfang_size"
FIRST_PAGE: Final = "/r/"
OPEN_PAGES: Final = (FIRST_PAGE, "/o/", "/v/")
"""Where pages without an account lie: residents' own, and the check of a paper, whose address must be short."""
_YEAR_SECONDS = 365 * 24 * 3600


def open_page(view: View[P]) -> View[P]:
    """A page for strangers. What it shows was typed on this very phone: no cache keeps it."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "private, no-store")
        return answer

    return login_not_required(wrapped)


def show(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a template that extends ``resident/base.html``, in the size of type this browser asked for."""
    here = request.get_full_path() if request.method == "GET" else request.path
    size = size_of(request)
    choices = [(px, f"{reverse('resident_look')}?{urlencode({'size': px, 'next': here})}") for px in SIZES]
    other = "zh-hans" if request.LANGUAGE_CODE == "en" else "en"
    frame = {
        "size": size,
        "size_links": choices,
        "language_link": f"{reverse('resident_look')}?{urlencode({'language': other, 'next': here})}",
    }
    return render(request, template, {**frame, **context}, status=status)


def size_of(request: HttpRequest) -> int:
    """The size of type in pixels; a cookie somebody edited counts as none."""
    text = request.COOKIES.get(SIZE_COOKIE, "")
    return int(text) if text in map(str, SIZES) else SIZES[0]


@open_page
def look(request: HttpRequest) -> HttpResponse:
    """Remember size of type (`size`) or language in a cookie and go back to `next`. A link, so that it works anywhere:
    it changes nothing but how this browser is shown the pages."""
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=False)
    answer = HttpResponseRedirect(wanted if safe and wanted.startswith(OPEN_PAGES) else FIRST_PAGE)
    size, language = request.GET.get("size", ""), request.GET.get("language", "")
    if size in map(str, SIZES):
        _remember(answer, SIZE_COOKIE, size, readable=True)
    if language in {code for code, _ in settings.LANGUAGES}:
        _remember(answer, settings.LANGUAGE_COOKIE_NAME, language)
    return answer


def _remember(answer: HttpResponse, name: str, value: str, *, readable: bool = False) -> None:
    """`readable` by the page's script, which changes the size without a new page."""
    secure = bool(settings.SESSION_COOKIE_SECURE)  # over plain HTTP a secure cookie would never come back
    answer.set_cookie(name, value, max_age=_YEAR_SECONDS, httponly=not readable, samesite="Lax", secure=secure)

"""Language and type size: set from any page, kept in a cookie and, for a person logged in, with the account."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
)
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

_YEAR_SECONDS = 365 * 24 * 3600


@require_POST
@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """Choose one of the languages of the settings; 400 for any other."""
    language = request.POST.get("language", "")
    if language not in {code for code, _ in settings.LANGUAGES}:
        return HttpResponseBadRequest()
    return _remember(
        request,
        settings.LANGUAGE_COOKIE_NAME,
        language,
        field="language",
        value=language,
    )


@require_POST
@login_not_required
def set_large_type(request: HttpRequest) -> HttpResponse:
    """Large type on ("1") or off (anything else)."""
    wanted = request.POST.get("large_type") == "1"
    cookie = "1" if wanted else "0"
    return _remember(
        request,
        settings.LARGE_TYPE_COOKIE_NAME,
        cookie,
        field="large_type",
        value=wanted,
    )


def _remember(request: HttpRequest, cookie: str, text: str, *, field: str, value: str | bool) -> HttpResponse:
    user = request.user
    if user.is_authenticated and hasattr(user, field):
        setattr(user, field, value)
        user.save(update_fields=[field])
    response = HttpResponseRedirect(_way_back(request))
    response.set_cookie(
        cookie,
        text,
        max_age=_YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _way_back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"

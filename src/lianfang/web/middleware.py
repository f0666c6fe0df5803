"""What happens around every page: session limits, preferences, browser policy and duties of the account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lianfang.web.security.accounts import has_second_factor
from lianfang.web.security.sessions import Verdict, judge

Handler = Callable[[HttpRequest], HttpResponseBase]

# Pages a person may always reach, whatever the account still owes: leaving, and paying what is owed.
_DUTY_FREE = frozenset(
    {
        "account_login",
        "account_logout",
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "set_language",
        "set_large_type",
    }
)


class BrowserPolicyMiddleware:
    """Headers beside the content security policy: no features, no indexing, no copies of pages about people."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class PreferencesMiddleware:
    """Language: the person's own once logged in, else the browser's cookie. Large type: if either asks for it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language, large_type = _preferences(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        request.large_type = large_type  # type: ignore[attr-defined]  # our own attribute, read by the page frame
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _preferences(request: HttpRequest) -> tuple[str, bool]:
    known = {code for code, _ in settings.LANGUAGES}
    language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    large_type = request.COOKIES.get(settings.LARGE_TYPE_COOKIE_NAME) == "1"
    user = request.user
    if user.is_authenticated:
        language = getattr(user, "language", "") or language
        large_type = large_type or bool(getattr(user, "large_type", False))
    return (language if language in known else settings.LANGUAGE_CODE), large_type


class SessionLimitMiddleware:
    """Ends a session that was idle or alive for too long and sends the person to the log-in page with the reason.

    A request that the page makes by itself (header `X-Background: 1`) does not count as activity.
    """

    # One write a minute is exact enough for a limit of minutes and spares a database write on every click.
    WRITE_EVERY_SECONDS = 60

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now = int(timezone.now().timestamp())
        began, seen = (
            request.session.get("began_at", now),
            request.session.get("seen_at", now),
        )
        verdict = judge(
            began=began,
            seen=seen,
            now=now,
            idle_limit=settings.SESSION_IDLE_SECONDS,
            absolute_limit=settings.SESSION_ABSOLUTE_SECONDS,
        )
        if verdict is not Verdict.LIVE:
            logout(request)
            return _to_login(request, reason=verdict.value)
        if "began_at" not in request.session:
            request.session["began_at"] = request.session["seen_at"] = now
        elif now - seen >= self.WRITE_EVERY_SECONDS and request.headers.get("X-Background") != "1":
            request.session["seen_at"] = now
        return self.get_response(request)


def _to_login(request: HttpRequest, *, reason: str) -> HttpResponse:
    came_from = request.get_full_path() if request.method == "GET" and not _scripted(request) else "/"
    said = {"next": came_from, **({"reason": reason} if reason else {})}
    target = f"{reverse('account_login')}?{urlencode(said)}"
    if _scripted(request):
        return HttpResponse(status=401, headers={"HX-Redirect": target, "X-Login": target})
    return redirect(target)


def _scripted(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers or request.headers.get("X-Requested-With") == "XMLHttpRequest"


class DoorMiddleware(LoginRequiredMiddleware):
    """Pages are closed unless they say otherwise. A part of a page that asks by script is told where to log in.

    After the log-in a form's own address would be of no use: it takes forms only.
    """

    def process_view(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], *rest: Any) -> Any:
        """None when the page may be shown; else the way to the log-in page. PostgreSQL keeps no NUL: such an address
        is damaged, and such a text is refused in words."""
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest
        # A form with a file is read by its view, which limits the upload first; `process_exception` sees to it.
        if request.content_type == "application/x-www-form-urlencoded" and _holds_nul(request):
            return _unkeepable(request)
        turned_away = super().process_view(request, view_func, *rest)
        if turned_away is not None and (_scripted(request) or request.method == "POST"):
            return _to_login(request, reason="")
        return turned_away

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A fault that came of a NUL in a form with a file is refused in the same words."""
        return (
            _unkeepable(request) if isinstance(exception, DatabaseError | ValueError) and _holds_nul(request) else None
        )

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The address of a form, typed or reloaded, gets a page with a way out instead of an empty answer."""
        if response.status_code != 405 or request.method != "GET" or _scripted(request):
            return response
        shown = render(request, "405.html", status=405)
        shown.headers["Allow"] = response.headers.get("Allow", "")
        return shown


def _holds_nul(request: HttpRequest) -> bool:
    """Whether a posted text holds the one character PostgreSQL cannot keep."""
    return request.method == "POST" and any(
        "\0" in text for key, texts in request.POST.lists() for text in (key, *texts)
    )


def _unkeepable(request: HttpRequest) -> HttpResponse:
    """Beside the form for a script, which leaves it as it was; else a page. Status 400."""
    sentence = _("The text holds a character that cannot be kept (NUL). Type it anew instead of pasting it.")
    if _scripted(request):
        return HttpResponse(status=400, headers={"X-Message": quote(sentence), "X-Refusal": "web.nul"})
    return render(request, "400.html", {"sentence": sentence}, status=400)


class AccountDutyMiddleware:
    """Holds a person at the password or second-factor page until what the account owes is done."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Redirect to the page where the first unpaid duty is paid; None when nothing is owed."""
        match = request.resolver_match
        if not request.user.is_authenticated or match is None or match.url_name in _DUTY_FREE:
            return None
        owed = _first_duty(request)
        if owed is None:
            return None
        if _scripted(request):
            return HttpResponse(status=403, headers={"HX-Redirect": reverse(owed)})
        return redirect(owed)


def _first_duty(request: HttpRequest) -> str | None:
    if getattr(request.user, "must_change_password", False):
        return "account_change_password"
    if settings.DEMO or request.session.get("second_factor") or not getattr(request.user, "totp_required", False):
        return None  # the demo says on its log-in page that it asks for no second factor
    if has_second_factor(request.user):
        request.session["second_factor"] = True
        return None
    return "mfa_activate_totp"

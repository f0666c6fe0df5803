"""Addresses. Account pages and preferences are here; every other page comes from the modules named in PAGES."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, URLResolver, path

from lianfang.web import preferences
from lianfang.web.navigation import NavEntry

# Modules with `urlpatterns` and, if they belong in the menu, `NAVIGATION: tuple[NavEntry, ...]`.
PAGES: tuple[str, ...] = (
    "lianfang.web.pages.reports",
    "lianfang.web.pages.numbers",
    "lianfang.web.pages.dashboard",
    "lianfang.web.pages.lists",
    "lianfang.web.pages.review",
    "lianfang.web.pages.work",
    "lianfang.web.pages.measures",
    "lianfang.web.pages.restrictions",
    "lianfang.web.pages.zones",
    "lianfang.web.pages.plans",
    "lianfang.web.pages.people",
    "lianfang.web.pages.residents",
    "lianfang.web.pages.cleanup",
    "lianfang.web.pages.self_reports",
    "lianfang.web.pages.companies",
    "lianfang.web.pages.errands",
    "lianfang.web.pages.order_papers",
    "lianfang.web.pages.search",
    "lianfang.web.pages.audit",
    "lianfang.web.pages.admin",
    "lianfang.web.pages.confirming",
    "lianfang.web.pages.territory",
    "lianfang.web.pages.editions",
    "lianfang.web.pages.care",
    "lianfang.web.pages.care_doors",
    "lianfang.web.pages.door_events",
    "lianfang.field.pages",
    "lianfang.resident.mine",
    "lianfang.resident.pages",
)

handler400 = "lianfang.web.security.errors.bad_request"
handler429 = "lianfang.web.security.errors.too_many_requests"


@cache
def navigation_entries() -> list[NavEntry]:
    """Every menu entry the page modules declare."""
    return [entry for module in PAGES for entry in getattr(import_module(module), "NAVIGATION", ())]


def _pages() -> list[URLPattern | URLResolver]:
    return [pattern for module in PAGES for pattern in import_module(module).urlpatterns]


urlpatterns: list[URLPattern | URLResolver] = [
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/second-factor/", factor.index, name="mfa_index"),
    path("account/second-factor/code/", factor.authenticate, name="mfa_authenticate"),
    path(
        "account/second-factor/confirm/",
        factor.reauthenticate,
        name="mfa_reauthenticate",
    ),
    path("account/second-factor/app/", totp.activate_totp, name="mfa_activate_totp"),
    path(
        "account/second-factor/app/remove/",
        totp.deactivate_totp,
        name="mfa_deactivate_totp",
    ),
    path(
        "account/second-factor/recovery/",
        recovery.view_recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/second-factor/recovery/new/",
        recovery.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/second-factor/recovery/file/",
        recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("preferences/language/", preferences.set_language, name="set_language"),
    path("preferences/large-type/", preferences.set_large_type, name="set_large_type"),
    *_pages(),
]

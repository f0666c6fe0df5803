"""Administration: accounts, roles for a time in an area, what each role may do. Who administers reads no people."""

from __future__ import annotations

import secrets
from datetime import datetime, time, timedelta
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.core.access.models import Grant
from lianfang.core.access.roles import Role
from lianfang.core.actions import granting
from lianfang.core.actions.accounts import reset_password
from lianfang.core.actions.refusals import NotFound
from lianfang.web.answering import actor_of, cleaned, command_of, done, page, says_no
from lianfang.web.navigation import NavEntry
from lianfang.web.queries import admin
from lianfang.web.queries.places import areas_of

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
PASSWORD_GROUPS, GROUP_LENGTH = 4, 4
"""A given password: 16 characters of 31 (79 bits), in groups so that it can be read out."""


class AccountForm(forms.Form):
    """A new account."""

    username = forms.SlugField(
        label=gettext_lazy("Log-in name"),
        max_length=60,
        error_messages={"invalid": gettext_lazy("Use only letters a-z, digits, - and _.")},
    )
    display_name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    password = forms.CharField(label=gettext_lazy("First password"), max_length=120)


class GrantForm(forms.Form):
    """A role, where and until when."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    territory = forms.UUIDField(label=gettext_lazy("Area"))
    ends_date = forms.DateField(label=gettext_lazy("Until"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


def given_password() -> str:
    """A password to be passed on, for one log-in."""
    groups = ("".join(secrets.choice(_LETTERS) for _letter in range(GROUP_LENGTH)) for _group in range(PASSWORD_GROUPS))
    return "-".join(groups)


@require_GET
def account_list(request: HttpRequest) -> HttpResponse:
    """Accounts the viewer looks after, with their roles in force."""
    actor, now = actor_of(request, "access.read"), timezone.now()
    role, state = request.GET.get("role", ""), request.GET.get("state", "")
    chosen = {
        "text": request.GET.get("text", "").strip()[:60],
        "role": role if role in Role.values else "",
        "state": state if state in ("closed", "without") else "",
    }
    context = {
        "lines": admin.accounts(actor, **chosen, now=now, cursor=request.GET.get("after", "")),
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "roles": Role.choices,
        "may_grant": actor.authority.may("access.grant"),
        "password": given_password(),
    }
    return page(request, "admin/accounts.html", context)


@require_GET
@says_no
def account(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One account: its roles, past and present."""
    actor, now = actor_of(request, "access.read"), timezone.now()
    user = admin.account_for(actor, user_id)
    context = {
        "account": user,
        "grants": admin.grants_of(user),
        "now": now,
        "oneself": user.id == actor.id,
        "may_grant": actor.authority.may("access.grant"),
        "areas": areas_of(actor, "access.grant"),
        "roles": Role.choices,
        "until": timezone.localdate(now) + timedelta(days=90),
        "password": given_password(),
    }
    return page(request, "admin/account.html", context)


def _here(user_id: UUID | str) -> str:
    return reverse("admin_account", kwargs={"user_id": user_id})


@require_POST
@says_no
def make(request: HttpRequest) -> HttpResponse:
    """Make an account; its owner chooses a password at the first log-in."""
    actor_of(request, "access.grant")
    answer = granting.make_account(command_of(request), **cleaned(AccountForm(request.POST)))
    return done(request, _("The account was made. Give it a role next."), to=_here(answer["user"]))


@require_POST
@says_no
def set_active(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Close or reopen an account."""
    user = admin.account_for(actor_of(request, "access.grant"), user_id)
    active = request.POST.get("active") == "1"
    granting.set_active(command_of(request), user_id=user.id, active=active)
    return done(request, _("Reopened.") if active else _("Closed."), to=_here(user_id))


@require_POST
@says_no
def reset(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Give an account a password for one log-in."""
    actor_of(request, "access.grant")
    answer = reset_password(command_of(request), user_id=user_id, password=request.POST.get("password", ""))
    said = _("The password was set. It holds for one log-in.")
    if answer["waiting"]:
        said += " " + _("Then someone of command has to confirm the roles again.")
    return done(request, said, to=_here(user_id))


@require_POST
@says_no
def give(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Give a role in an area until the end of a day (Asia/Shanghai)."""
    actor = actor_of(request, "access.grant")
    user, given = admin.account_for(actor, user_id), cleaned(GrantForm(request.POST))
    command = command_of(request)
    ends_at = datetime.combine(given["ends_date"] + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())
    answer = granting.grant(
        command,
        user_id=user.id,
        role=given["role"],
        territory_id=given["territory"],
        starts_at=command.now,
        ends_at=ends_at,
        reason=given["reason"],
    )
    said = _("The role was given.")
    if answer["waits"]:
        said += " " + _("It takes effect once someone of command has confirmed it.")
    return done(request, said, to=_here(user_id))


@require_POST
@says_no
def end(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """End a role now."""
    actor = actor_of(request, "access.grant")
    held = Grant.objects.filter(id=grant_id).only("user_id").first()
    if held is None:
        raise NotFound("grant")
    user = admin.account_for(actor, held.user_id)
    granting.end_grant(command_of(request), grant_id=grant_id)
    return done(request, _("The role was ended."), to=_here(user.id))


@require_http_methods(["GET"])
def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do."""
    actor_of(request, "access.read")
    columns, rows = admin.matrix()
    return page(request, "admin/roles.html", {"columns": columns, "rows": rows})


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="house",
        label=gettext_lazy("Accounts and roles"),
        url_name="admin_accounts",
        icon="users",
        order=80,
        permission="access.read",
        section="/admin/",
    ),
)

urlpatterns = [
    path("admin/", account_list, name="admin_accounts"),
    path("admin/roles/", roles, name="admin_roles"),
    path("admin/accounts/new/", make, name="admin_make"),
    path("admin/accounts/<uuid:user_id>/", account, name="admin_account"),
    path("admin/accounts/<uuid:user_id>/active/", set_active, name="admin_active"),
    path("admin/accounts/<uuid:user_id>/password/", reset, name="admin_reset"),
    path("admin/accounts/<uuid:user_id>/grant/", give, name="admin_grant"),
    path("admin/grants/<uuid:grant_id>/end/", end, name="admin_end_grant"),
]

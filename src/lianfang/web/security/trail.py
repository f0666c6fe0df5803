"""Writes the comings and goings of accounts into the audit log. What was typed as a user name is never kept: people
mistype passwords into that box."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.signals import password_changed
from allauth.mfa import signals as factor
from axes.helpers import get_client_ip_address
from axes.signals import user_locked_out
from django.contrib.auth import signals as auth
from django.http import HttpRequest
from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry


def connect() -> None:
    """Listen; called once when the application is ready."""
    auth.user_logged_in.connect(_logged_in, dispatch_uid="trail.logged_in")
    auth.user_logged_out.connect(_logged_out, dispatch_uid="trail.logged_out")
    auth.user_login_failed.connect(_failed, dispatch_uid="trail.failed")
    user_locked_out.connect(_locked_out, dispatch_uid="trail.locked_out")
    password_changed.connect(_password_changed, dispatch_uid="trail.password_changed")
    factor.authenticator_added.connect(_factor_added, dispatch_uid="trail.factor_added")
    factor.authenticator_removed.connect(_factor_removed, dispatch_uid="trail.factor_removed")
    factor.authentication_failed.connect(_factor_failed, dispatch_uid="trail.factor_failed")


def _note(code: str, *, request: HttpRequest | None, user_id: UUID | None, **facts: object) -> None:
    if request is not None:
        facts["address"] = get_client_ip_address(request)
    now = timezone.now()
    note = journal.Note(
        kind=AuditEntry.Kind.LOGIN,
        code=code,
        subject_kind="user" if user_id else "",
        subject_id=user_id,
        facts=facts,
    )
    journal.write([note], actor_id=user_id, at=now, now=now)


def _named(username: str | None) -> UUID | None:
    return User.objects.filter(username=username or "").values_list("id", flat=True).first()


def _logged_in(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    _note("access.logged_in", request=request, user_id=user.pk)


def _logged_out(sender: object, request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        _note("access.logged_out", request=request, user_id=user.pk)


def _failed(sender: object, credentials: dict[str, str], request: HttpRequest | None = None, **_: Any) -> None:
    known = _named(credentials.get("username"))
    _note("access.login_failed", request=request, user_id=known, known=known is not None)


def _locked_out(sender: object, request: HttpRequest, username: str | None, **_: Any) -> None:
    _note("access.locked_out", request=request, user_id=_named(username))


def _password_changed(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    _note("access.password_changed", request=request, user_id=user.pk)


def _factor_added(sender: object, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    _note("access.factor_added", request=request, user_id=user.pk, factor=str(authenticator.type))


def _factor_removed(sender: object, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    _note("access.factor_removed", request=request, user_id=user.pk, factor=str(authenticator.type))


def _factor_failed(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    _note("access.factor_failed", request=request, user_id=user.pk)

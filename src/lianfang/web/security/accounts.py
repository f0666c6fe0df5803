"""How the account pages meet our users: no sign-up, no e-mail, a duty to change a given password, sealed secrets."""

from __future__ import annotations

import base64
import time
import uuid
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lianfang.core import vault

_PLACE = "mfa_authenticator.data"
_FRESH_SECONDS = 300
# The packages hand over a secret without saying whose it is, so the seal is bound to the column and to this fixed row.
_ROW = uuid.uuid5(uuid.NAMESPACE_URL, _PLACE)


def has_second_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether `user` has an authenticator app set up; recovery codes alone do not count."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped base
    """Accounts are given out by an administrator; people change their own password and nothing else here."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The user name or the password is wrong."),
        "too_many_login_attempts": _("Too many failed attempts. Wait a few minutes, then try again."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("The password is wrong."),
        "incorrect_code": _("The code is wrong or already used. Wait for the next one."),
        "rate_limited": _("Too many attempts. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts come from the administration page."""
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Store the new password; the duty to replace a given one is thereby done."""
        user.set_password(password)
        changed = ["password"]
        if hasattr(user, "must_change_password"):
            user.must_change_password = False
            changed.append("must_change_password")
        user.save(update_fields=changed)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not for setting up the first factor within minutes of the log-in: that password was typed just now."""
        request = context.request
        age = time.time() - request.session.get("began_at", 0)
        if request.user.is_authenticated and age < _FRESH_SECONDS and not has_second_factor(request.user):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the first page, which is the one the person was kept from."""
        return "/"

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Keep the packages' own log-in and log-out notices off the pages; errors still show."""
        template = args[0] if args else kwargs.get("message_template")
        if template in (
            "account/messages/logged_in.txt",
            "account/messages/logged_out.txt",
        ):
            return
        super().add_message(request, level, *args, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # untyped base
    """Authenticator secrets are sealed with the vault's key, which is not in the database."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is wrong or already used. Wait for the next one."),
        "cannot_delete_authenticator": _("Your role needs an authenticator app; it cannot be removed."),
    }

    def encrypt(self, text: str) -> str:
        """Seal `text` for the database."""
        return base64.b64encode(vault.seal_text(text, place=_PLACE, row=_ROW)).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret. Raises `vault.UnreadableSeal` if it was sealed with another key."""
        return vault.unseal_text(base64.b64decode(encrypted_text), place=_PLACE, row=_ROW)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """People whose role requires a second factor cannot take theirs off."""
        return not getattr(authenticator.user, "totp_required", False)

"""Account forms with our words; the packages keep the behaviour."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.contrib.auth import password_validation
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _


def _plain(form: forms.BaseForm, **labels: Any) -> None:
    """Give fields their labels; drop placeholders (they vanish while typing) and the packages' links in help texts."""
    for name, field in form.fields.items():
        field.label = labels.get(name, field.label)
        field.help_text = ""
        field.widget.attrs.pop("placeholder", None)


class LoginForm(account_forms.LoginForm):  # type: ignore[misc]  # untyped base
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, login=_("User name"), password=_("Password"))
        self.fields["login"].widget.attrs.update(autocapitalize="none", spellcheck="false")


class ChangePasswordForm(account_forms.ChangePasswordForm):  # type: ignore[misc]  # untyped base
    """Current password once, new password twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self,
            oldpassword=_("Current password"),
            password1=_("New password"),
            password2=_("New password, once more"),
        )
        self.fields["password1"].help_text = lazy(password_validation.password_validators_help_text_html, str)()

    def clean(self) -> dict[str, Any]:
        """Refuse the old password as the new one: a given password must really be replaced."""
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("password1") and cleaned["password1"] == cleaned.get("oldpassword"):
            self.add_error(
                "password1",
                forms.ValidationError(_("Choose a password you do not use now."), code="same"),
            )
        return cleaned


class ReauthenticateForm(account_forms.ReauthenticateForm):  # type: ignore[misc]  # untyped base
    """The password again, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, password=_("Password"))


def _code_field(form: forms.BaseForm, label: Any) -> None:
    _plain(form, code=label)
    form.fields["code"].widget.attrs.update(autocomplete="one-time-code", autocapitalize="none", spellcheck="false")


class AuthenticateForm(factor_forms.AuthenticateForm):  # type: ignore[misc]  # untyped base
    """Six digits of the app, or one recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self, _("Six digits from the app, or a recovery code"))


class SecondFactorReauthenticateForm(factor_forms.ReauthenticateForm):  # type: ignore[misc]  # untyped base
    """The same, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self, _("Six digits from the app, or a recovery code"))


class ActivateTotpForm(totp_forms.ActivateTOTPForm):  # type: ignore[misc]  # untyped base
    """Proof that the app was set up: its current six digits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self, _("Six digits the app shows now"))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

"""Password rules beyond Django's own."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_KINDS = (
    re.compile(r"[a-z]"),
    re.compile(r"[A-Z]"),
    re.compile(r"\d"),
    re.compile(r"[^A-Za-z0-9]"),
)


def kinds_of_characters(password: str) -> int:
    """How many of the four kinds occur: small letters, capitals, digits, anything else (also Chinese characters)."""
    return sum(1 for kind in _KINDS if kind.search(password))


class MixedCharactersValidator:
    """Accounts that command or see many people need three of four kinds of characters in their password.

    They are the accounts with `totp_required`; everyone else is held to length and commonness alone.
    """

    def __init__(self, kinds: int = 3) -> None:
        self.kinds = kinds

    def validate(self, password: str, user: object | None = None) -> None:
        """Raise `ValidationError` (code `password_not_mixed`) when the account needs a mix and this is none."""
        if getattr(user, "totp_required", False) and kinds_of_characters(password) < self.kinds:
            raise ValidationError(self.get_help_text(), code="password_not_mixed")

    def get_help_text(self) -> str:
        """The rule as a sentence for the password page."""
        return _(
            "Command and data accounts: mix at least three of small letters, capitals, digits and other characters."
        )

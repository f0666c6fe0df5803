"""What is wrong with a typed document number, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "identity.digits_lost": _("The spreadsheet lost the last digits of the document number"),
    "identity.checksum": _("The check digit of the document number is wrong"),
    "identity.birth_date": _("The document number holds a day that does not exist"),
    "identity.future_birth": _("The document number holds a birth date in the future"),
    "identity.length": _("The document number has too many or too few characters"),
    "identity.masked_shape": _("The masked document number has too many or too few characters"),
    "identity.several": _("Several document numbers in one cell"),
    "identity.unknown_shape": _("This is no document number we know"),
}


def words_of(problem: str) -> str:
    """The sentence of a problem code of `lianfang.kernel.identity`."""
    return str(WORDS.get(problem, WORDS["identity.unknown_shape"]))

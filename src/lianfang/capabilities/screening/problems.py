"""What can be wrong with a cell of a list, and how the sender can mend it, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Words = tuple[Promise | str, Promise | str]

_AS_TEXT = _("Format the column as text, then enter the number again from the source.")
_CHECK_DOCUMENT = _("Compare with the document and correct the number.")
_CHECK_PHONE = _("Ask for the number again and correct it.")
_WRITE_DAY = _("Write the day as 2022-04-06.")

PROBLEMS: dict[str, Words] = {
    "identity.digits_lost": (_("The spreadsheet lost the last digits of the document number"), _AS_TEXT),
    "identity.maybe_rounded": (_("The document number ends in 000 and may have been rounded"), _AS_TEXT),
    "identity.checksum": (_("The check digit of the document number is wrong"), _CHECK_DOCUMENT),
    "identity.birth_date": (_("The document number holds a day that does not exist"), _CHECK_DOCUMENT),
    "identity.future_birth": (_("The document number holds a birth date in the future"), _CHECK_DOCUMENT),
    "identity.very_old": (_("The document number makes the person older than 120"), _CHECK_DOCUMENT),
    "identity.length": (_("The document number has too many or too few characters"), _CHECK_DOCUMENT),
    "identity.unknown_shape": (_("This is no document number we know"), _CHECK_DOCUMENT),
    "identity.masked_shape": (
        _("The masked document number has too many or too few characters"),
        _("Send the complete number, or mask it so that its length stays."),
    ),
    "identity.several": (
        _("Several document numbers in one cell"),
        _("Write one person per row."),
    ),
    "identity.kind_mismatch": (
        _("The number does not fit the named kind of document"),
        _("Correct the kind of document or the number."),
    ),
    "phone.length": (_("The telephone number has too many or too few digits"), _CHECK_PHONE),
    "phone.shape": (_("This is no telephone number"), _CHECK_PHONE),
    "phone.masked_shape": (_("The masked telephone number has too many or too few characters"), _CHECK_PHONE),
    "phone.digits_lost": (_("The spreadsheet lost digits of the telephone number"), _AS_TEXT),
    "name.not_a_name": (_("This is no name"), _("Write the person's name.")),
    "name.character_lost": (
        _("A rare character of the name was lost"),
        _("Write the name again; save the file as .xlsx or UTF-8."),
    ),
    "date.unreadable": (_("The day cannot be read"), _WRITE_DAY),
    "date.impossible": (_("This day does not exist"), _WRITE_DAY),
    "date.ambiguous": (_("Day and month can be read two ways"), _WRITE_DAY),
    "date.relative": (_("The day is only told relative to another"), _WRITE_DAY),
    "cell.formula": (
        _("The cell begins like a formula and was taken as text"),
        _("Remove the sign in front, or paste the value only."),
    ),
    "cell.hidden_characters": (
        _("The cell holds invisible characters that change how it reads"),
        _("Type the text again."),
    ),
    "cell.swapped": (
        _("Document number and telephone stand in each other's column"),
        _("Put each number into its own column."),
    ),
    "sex.contradiction": (
        _("The sex contradicts the document number"),
        _("Compare with the document and correct what is wrong."),
    ),
    "row.nobody": (
        _("Nothing on the row says who it is about"),
        _("Add at least one of name, document number and telephone."),
    ),
}
"""Code → what is wrong, what to do."""

SKIPPED: dict[str, Promise | str] = {
    "title": _("title"),
    "header": _("header"),
    "hints": _("row of hints or field codes"),
    "blank": _("blank"),
    "repeated_header": _("header again"),
    "total": _("total"),
    "note": _("note or signature"),
    "section": _("heading of a section"),
    "example": _("example"),
    "numbering": _("numbered but empty"),
    "zero_statement": _("says there is nobody"),
    "form": _("line of a form"),
    "code_list": _("figures or code list, no people"),
}
"""Why a row of a file is no person's row."""


def words_of(code: str) -> tuple[str, str]:
    """What is wrong and what to do; for an unknown code the code and a general advice."""
    problem, remedy = PROBLEMS.get(code, (code, _("Compare with the source and correct the cell.")))
    return str(problem), str(remedy)


def spoken(problems: Iterable[Sequence[str]]) -> tuple[str, str]:
    """Problems (code, column…) as two texts, what is wrong with the column named and what to do, each remedy once."""
    wrong, remedies = [], []
    for code, column, *_rest in problems:
        problem, remedy = words_of(code)
        label = " ".join(column.split())
        wrong.append(gettext("%(column)s: %(problem)s") % {"column": label, "problem": problem}
                     if label else problem)  # fmt: skip
        remedies.append(remedy)
    semicolon = gettext("; ")
    return semicolon.join(dict.fromkeys(wrong)), semicolon.join(dict.fromkeys(remedies))

"""Why a row was decided as it was, in sentences people speak: 姓名同音不同字；手机号一致、门牌一致；无证件号."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

AGREES = "agrees"
NEARLY = "nearly"
CLASHES = "clashes"

_WORDS: dict[str, tuple[str, Promise | str]] = {
    "id.equal": (AGREES, _("same document number")),
    "id.slip": (NEARLY, _("document numbers differ by a slip of the pen")),
    "id.mask": (AGREES, _("the shown digits of the document number fit")),
    "id.differs": (CLASHES, _("two different valid document numbers")),
    "id.unlike": (CLASHES, _("document numbers differ")),
    "name.equal": (AGREES, _("same name")),
    "name.homophone": (NEARLY, _("names sound alike but are written differently")),
    "name.shape?": (NEARLY, _("one character of the name differs")),
    "name.missing_char": (NEARLY, _("one character of the name is missing")),
    "name.swapped": (NEARLY, _("characters of the name are swapped")),
    "name.masked": (NEARLY, _("the masked name fits")),
    "name.pinyin": (AGREES, _("the name in Latin letters fits")),
    "name.surname": (NEARLY, _("only the surname is given, and it fits")),
    "name.differs": (CLASHES, _("names differ")),
    "phone.equal": (AGREES, _("same telephone")),
    "phone.family": (NEARLY, _("telephone of the same family")),
    "phone.mask": (AGREES, _("the shown digits of the telephone fit")),
    "phone.slip": (NEARLY, _("telephones differ by a slip of the pen")),
    "phone.differs": (CLASHES, _("telephones differ")),
    "door.equal": (AGREES, _("same door")),
    "door.like": (NEARLY, _("doors can be read as the same")),
    "door.building": (NEARLY, _("same building")),
    "door.compound": (NEARLY, _("same compound")),
    "door.differs": (CLASHES, _("doors differ")),
    "birth.equal": (AGREES, _("same birth date")),
    "birth.differs": (CLASHES, _("birth dates differ")),
    "sex.differs": (CLASHES, _("sexes differ")),
    "id.name_differs": (CLASHES, _("one document number under two unrelated names")),
    "id.contradicts": (CLASHES, _("all else agrees but the document numbers are two people's")),
    "close": (NEARLY, _("two people fit equally well")),
    "ledger.twice": (NEARLY, _("the ledger seems to hold this person twice")),
    "household.only": (NEARLY, _("only the household is certain")),
    "evidence.thin": (NEARLY, _("too little to be sure")),
    "row.nobody": (CLASHES, _("the row names nobody")),
}

DECISIVE = (
    "id.name_differs", "id.contradicts", "close", "household.only", "evidence.thin", "row.nobody", "ledger.twice",
)  # fmt: skip
"""Codes that say why a decision came out as it did; the others compare single fields."""

FIELDS = ("name", "id", "phone", "door", "birth", "sex")


def word_of(code: str) -> str:
    """One reason in words; the code itself if it is not known."""
    known = _WORDS.get(code)
    return str(known[1]) if known else code


def standing_of(code: str) -> str:
    """Whether a reason ``agrees``, ``nearly`` does, or ``clashes``; empty for none."""
    known = _WORDS.get(code)
    return known[0] if known else ""


def field_standing(codes: Iterable[str], field: str) -> str:
    """How one field (`FIELDS`) of a candidate compares; empty if it was not compared."""
    code = next((code for code in codes if code.partition(".")[0] == field and code not in DECISIVE), "")
    return standing_of(code)


def sentence_of(codes: Sequence[str], *, missing: Iterable[str] = ()) -> str:
    """The reasons as one sentence: what is only nearly the same, what agrees, what clashes, what the row does not say
    (`missing`: any of id, phone, door), and what decided."""
    fields = [code for code in codes if code not in DECISIVE]
    groups = [[word_of(code) for code in fields if standing_of(code) == kind] for kind in (NEARLY, AGREES, CLASHES)]
    groups.append([str(_MISSING[field]) for field in missing if field in _MISSING])
    groups.append([word_of(code) for code in codes if code in DECISIVE])
    comma, semicolon = gettext(", "), gettext("; ")
    return semicolon.join(comma.join(group) for group in groups if group)


_MISSING: dict[str, Promise | str] = {
    "id": _("no document number"),
    "phone": _("no telephone"),
    "door": _("no address"),
}

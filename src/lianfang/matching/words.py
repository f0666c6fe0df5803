"""What speaks for and against a match, as people say it: 姓名同音不同字；手机号一致、门牌一致；无证件号.

One table of words for the pages and for the command line, which has no settings: ids are English, `chinese` reads the
catalogue of the pages. Codes may carry a detail behind a further dot (``id.mask.4``): a code without words of its own
is said as the code before its last dot. What is compared as one thing is joined by a plus (``contact.phone+door``).
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

Say = Callable[[str], str]
"""Says an English id in the language of whoever reads."""
Standing = Literal["agrees", "nearly", "clashes", ""]

AGREES: Standing = "agrees"
NEARLY: Standing = "nearly"
CLASHES: Standing = "clashes"
CATALOGUES = Path(__file__).resolve().parents[1] / "web" / "locale"


def _(text: str) -> str:
    """Mark a text as one that has its Chinese in the catalogue."""
    return text


class Word(NamedTuple):
    """How a code stands, and the words for it."""

    standing: Standing
    text: str


WORDS: dict[str, Word] = {
    "id.equal": Word(AGREES, _("same document number")),
    "id.slip": Word(NEARLY, _("document numbers differ by a slip of the pen")),
    "id.slip2": Word(NEARLY, _("document numbers differ in two places")),
    "id.mask": Word(AGREES, _("the shown digits of the document number fit")),
    "id.differs": Word(CLASHES, _("two different valid document numbers")),
    "id.unlike": Word(CLASHES, _("document numbers differ")),
    "id.mask.differs": Word(CLASHES, _("the shown digits of the document number do not fit")),
    "name.equal": Word(AGREES, _("same name")),
    "name.homophone": Word(NEARLY, _("names sound alike but are written differently")),
    "name.shape": Word(NEARLY, _("one character of the name differs")),
    "name.shape?": Word(NEARLY, _("one character of the name differs")),
    "name.missing_char": Word(NEARLY, _("one character of the name is missing")),
    "name.swapped": Word(NEARLY, _("characters of the name are swapped")),
    "name.masked": Word(NEARLY, _("the masked name fits")),
    "name.pinyin": Word(AGREES, _("the name in Latin letters fits")),
    "name.cut": Word(NEARLY, _("only the beginning of a long name is given, and it fits")),
    "name.latin_slip": Word(NEARLY, _("names in Latin letters differ by a slip of the pen")),
    "name.latin_part": Word(NEARLY, _("one name in Latin letters has words more than the other")),
    "name.given_differs": Word(CLASHES, _("given names differ")),
    "name.mask_differs": Word(CLASHES, _("the masked name does not fit")),
    "name.surname": Word(NEARLY, _("only the surname is given, and it fits")),
    "name.differs": Word(CLASHES, _("names differ")),
    "name.absent": Word("", _("a name is missing")),
    "birth.equal": Word(AGREES, _("same birth date")),
    "birth.near": Word(NEARLY, _("birth dates are close")),
    "birth.year": Word(NEARLY, _("same year of birth")),
    "birth.swapped": Word(NEARLY, _("day and month of birth are swapped")),
    "birth.slip": Word(NEARLY, _("birth dates differ by a slip of the pen")),
    "birth.differs": Word(CLASHES, _("birth dates differ")),
    "sex.equal": Word(AGREES, _("same sex")),
    "sex.differs": Word(CLASHES, _("sexes differ")),
    "rivals": Word(NEARLY, _("others fit as well")),
    "rare": Word(AGREES, _("a rare name")),
    "rare.common": Word(NEARLY, _("a common name")),
    "id.name_differs": Word(CLASHES, _("one document number under two unrelated names")),
    "id.contradicts": Word(CLASHES, _("all else agrees but the document numbers are two people's")),
    "close": Word(NEARLY, _("two people fit equally well")),
    "ledger.twice": Word(NEARLY, _("the ledger seems to hold this person twice")),
    "household.only": Word(NEARLY, _("only the household is certain")),
    "evidence.thin": Word(NEARLY, _("too little to be sure")),
    "row.nobody": Word(CLASHES, _("the row names nobody")),
    "ledger.nobody": Word("", _("nobody in the ledger fits")),
    "pinned.same": Word(AGREES, _("decided before by a person: this one")),
    "pinned.new": Word(AGREES, _("decided before by a person: registered as a new person")),
    "pinned.household": Word(AGREES, _("decided before by a person: household only")),
    "pinned.contradicted": Word(
        CLASHES, _("a person decided otherwise before, but the document number is now somebody else's")
    ),
    "pinned.not_them": Word(CLASHES, _("decided before by a person: not one of those who look alike")),
}
"""Words by code, without telephone and door (`CONTACT`). Add a line here and its Chinese for a new code."""

CONTACT: dict[str, Word] = {
    "phone": Word(AGREES, _("same telephone")),
    "family": Word(NEARLY, _("telephone of the same family")),
    "phone_mask": Word(AGREES, _("the shown digits of the telephone fit")),
    "phone_slip": Word(NEARLY, _("telephones differ by a slip of the pen")),
    "phone_differs": Word(CLASHES, _("telephones differ")),
    "door": Word(AGREES, _("same door")),
    "door_like": Word(NEARLY, _("doors can be read as the same")),
    "building": Word(NEARLY, _("same building")),
    "room": Word(NEARLY, _("same building and room, the compound is not certain")),
    "other_room": Word(CLASHES, _("another room of the same building")),
    "other_building": Word(CLASHES, _("another building of the same compound")),
    "unit": Word(NEARLY, _("same unit")),
    "compound": Word(NEARLY, _("same compound")),
    "community": Word(NEARLY, _("same community")),
    "door_differs": Word(CLASHES, _("doors differ")),
    "differs": Word(CLASHES, _("telephone and door differ")),
}
"""Telephone and door are one comparison, because a household shares both: ``contact.phone+door`` joins two of these."""

_OLD = {
    "phone.equal": "phone", "phone.family": "family", "phone.mask": "phone_mask", "phone.slip": "phone_slip",
    "phone.differs": "phone_differs", "door.equal": "door", "door.like": "door_like", "door.building": "building",
    "door.compound": "compound", "door.differs": "door_differs",
}  # fmt: skip
"""Codes of the first rules, which took telephone and door for two things; stored rows have them."""

DECISIVE = (
    "id.name_differs", "id.contradicts", "close", "household.only", "evidence.thin", "row.nobody", "ledger.twice",
    "ledger.nobody",
    "pinned.same", "pinned.new", "pinned.household", "pinned.not_them", "pinned.contradicted",
)  # fmt: skip
"""Codes that say why a decision came out as it did; the others compare single fields."""

UNSAID = frozenset({"sex.equal", "name.absent"})
"""Codes that are weighed but tell too little to be said in a sentence."""

NOBODY = "ledger.nobody"
"""The code of a row that is nobody of the ledger."""
FIELDS = ("name", "id", "phone", "door", "birth", "sex")
_OF_PHONE = frozenset({"phone", "family", "phone_mask", "phone_slip", "phone_differs"})
_MISSING = {"id": _("no document number"), "phone": _("no telephone"), "door": _("no address")}


def word_of(code: str, say: Say = str) -> str:
    """One code in words; the code itself if it is not known."""
    words = [say(word.text) for word in _words(code)]
    return say(_(", ")).join(words) if words else code


def standing_of(code: str) -> Standing:
    """Whether a code ``agrees``, ``nearly`` does, or ``clashes``; empty for none. The worst of what is joined."""
    standings = {word.standing for word in _words(code)}
    return next((one for one in (CLASHES, NEARLY, AGREES) if one in standings), "")


def field_standing(codes: Iterable[str], field: str) -> Standing:
    """How one field (`FIELDS`) of a candidate compares; empty if it was not compared."""
    for code in codes:
        pieces = _contact(code)
        told = [word.standing for piece, word in pieces if field in _fields_of(piece)]
        if told:
            return told[0]
        if not pieces and code not in DECISIVE and code.partition(".")[0] == field:
            return standing_of(code)
    return ""


def _fields_of(piece: str) -> tuple[str, ...]:
    if piece == "differs":
        return ("phone", "door")
    return ("phone",) if piece in _OF_PHONE else ("door",)


def sentence_of(codes: Sequence[str], *, missing: Iterable[str] = (), say: Say = str) -> str:
    """The reasons as one sentence: what is only nearly the same, what agrees, what clashes, what the row does not say
    (`missing`: any of id, phone, door), and what decided."""
    told = [word for code in codes if code not in DECISIVE and code not in UNSAID for word in _words(code)]
    groups = [[say(word.text) for word in told if word.standing == kind] for kind in (NEARLY, AGREES, CLASHES)]
    groups.append([say(_MISSING[field]) for field in missing if field in _MISSING])
    groups.append([word_of(code, say) for code in codes if code in DECISIVE])
    comma, semicolon = say(_(", ")), say(_("; "))
    return semicolon.join(comma.join(dict.fromkeys(group)) for group in groups if group)


@lru_cache(maxsize=1)
def chinese() -> Say:
    """Chinese from the pages' catalogue, read by the standard library alone. English if it was never compiled."""
    return gettext.translation("django", CATALOGUES, languages=["zh_Hans"], fallback=True).gettext


def _words(code: str) -> list[Word]:
    contact = _contact(code)
    if contact:
        return [word for _piece, word in contact]
    return [WORDS[known] for known in _shorter(code) if known in WORDS][:1]


def _contact(code: str) -> list[tuple[str, Word]]:
    """The pieces of a comparison of telephone and door, each with its words."""
    if code in _OLD:
        return [(_OLD[code], CONTACT[_OLD[code]])]
    head, dot, rest = code.partition(".")
    if head != "contact" or not dot:
        return []
    return [(piece, CONTACT[piece]) for one in rest.split("+") for piece in _shorter(one) if piece in CONTACT]


def _shorter(code: str) -> Iterator[str]:
    """The code, then without what stands behind its last dot, and so on."""
    while code:
        yield code
        code = code.rpartition(".")[0]

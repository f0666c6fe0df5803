"""A row and the people it may be, field by field, with every difference marked on both sides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from lianfang.capabilities.screening.reasons import field_standing
from lianfang.core.people.models import Person, Sex
from lianfang.kernel.cells import clean_text

_CLASSES = {"agrees": "same", "nearly": "diff", "clashes": "clash"}
_TOKEN = re.compile(r"\d+|[A-Za-z]+|.", re.DOTALL)
_BETWEEN = "、"

Pieces = tuple[tuple[str, bool], ...]
"""Text cut into pieces, each with whether it differs."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A value of a candidate beside the row's; `css` says same, diff or clash, `said` the same for those who do not see
    colours."""

    pieces: Pieces
    css: str
    said: str


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One line of the comparison: what it is, what the row says, what each candidate's record says.

    In `told` is marked what differs from the first candidate.
    """

    label: str
    row: str
    told: Pieces
    cells: tuple[Compared, ...]


def lines_of(facts: dict[str, Any], shown: Sequence[tuple[Person, Sequence[str]]]) -> list[FieldLine]:
    """The row's facts beside each person's record; with each person the codes of how they compare."""
    phones = _BETWEEN.join([*facts.get("phones", ()), *facts.get("phones_masked", ())])
    fields = (
        ("name", _("Name"), facts.get("name") or facts.get("name_masked", "")),
        ("id", _("Document number"), facts.get("identity") or facts.get("identity_masked", "")),
        ("phone", _("Telephone"), phones),
        ("door", _("Door"), facts.get("address", "")),
        ("birth", _("Birth date"), facts.get("birth_date", "")),
        ("sex", _("Sex"), _sex(facts.get("sex", ""))),
    )
    return [_line(name, label, told, shown) for name, label, told in fields]


def _line(name: str, label: str, told: str, shown: Sequence[tuple[Person, Sequence[str]]]) -> FieldLine:
    compared = [
        _compared(name, told, _known(person, name, told), field_standing(codes, name)) for person, codes in shown
    ]
    own = compared[0][0] if compared else _plain(told)
    return FieldLine(label, told, own, tuple(cell for _, cell in compared))


def _sex(code: str) -> str:
    return str(Sex(code).label) if code in Sex.values and code else ""


def _known(person: Person, name: str, told: str) -> list[str]:
    """What the ledger holds. Of several numbers the one nearest to the row's comes first."""
    if name in ("id", "phone"):
        source = person.documents if name == "id" else person.telephones
        numbers = [one.number for one in source.all()]
        return sorted(numbers, key=lambda number: -SequenceMatcher(None, told, number).ratio())
    value = {
        "name": person.name,
        "door": person.dwelling.label if person.dwelling else "",
        "birth": person.birth_date.isoformat() if person.birth_date else "",
        "sex": _sex(person.sex),
    }[name]
    return [value] if value else []


def _compared(name: str, told: str, known: list[str], standing: str) -> tuple[Pieces, Compared]:
    if not told or not known or not standing:
        return _plain(told), Compared(_plain(_BETWEEN.join(known)), "", "")
    said = {"agrees": _("agrees"), "nearly": _("nearly"), "clashes": _("differs")}[standing]
    if standing == "agrees":
        return _plain(told), Compared(_plain(_BETWEEN.join(known)), "same", said)
    own, theirs = marked(clean_text(told), known[0], by_character=name != "door")
    others = _plain("".join(_BETWEEN + one for one in known[1:]))
    return own, Compared((*theirs, *others), _CLASSES[standing], said)


def _plain(text: str) -> Pieces:
    return ((text, False),) if text else ()


def marked(told: str, known: str, *, by_character: bool = True) -> tuple[Pieces, Pieces]:
    """Both texts cut where they differ. A hidden character (``*``) differs from nothing.

    Doors are compared number by number (`by_character` false), and what only the row adds in front of a door, the city
    and the street, is no difference.
    """
    if by_character and len(told) == len(known):
        same = [own in ("*", theirs) for own, theirs in zip(told, known, strict=True)]
        return _joined(zip(told, same, strict=True)), _joined(zip(known, same, strict=True))
    left = list(told) if by_character else _TOKEN.findall(told)
    right = list(known) if by_character else _TOKEN.findall(known)
    own: list[tuple[str, bool]] = []
    theirs: list[tuple[str, bool]] = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        added = tag == "delete" and not by_character
        own += [(one, tag == "equal" or one == "*" or (added and not one.isdigit())) for one in left[a1:a2]]
        hidden = tag == "replace" and set(left[a1:a2]) == {"*"}
        theirs += [(one, tag == "equal" or hidden) for one in right[b1:b2]]
    return _joined(own), _joined(theirs)


def _joined(pieces: Any) -> Pieces:
    """Neighbours that differ, or do not, as one piece."""
    joined: list[tuple[str, bool]] = []
    for text, same in pieces:
        if joined and joined[-1][1] is not same:
            joined[-1] = (joined[-1][0] + text, not same)
        else:
            joined.append((text, not same))
    return tuple(joined)


def other_facts(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """What else the row says, in the words of the columns."""
    extra = facts.get("extra", {})
    words = (
        ("registered_address", _("Registered address"), facts.get("registered_address", "")),
        ("nationality", _("Nationality"), facts.get("nationality", "")),
        *((name, label, extra.get(name, "")) for name, label in (
            ("age", _("Age")),
            ("relation", _("Relation")),
            ("origin", _("Came from")),
            ("arrived_at", _("Arrived on")),
            ("category", _("Category")),
            ("reason", _("Reason")),
            ("note", _("Note")),
        )),
    )  # fmt: skip
    return [(label, str(value).replace("T", " ")) for _name, label, value in words if value]

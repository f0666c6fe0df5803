"""When two records of the ledger may be one person. Pure: no database, no clock."""

from __future__ import annotations

from lianfang.kernel.identity import is_valid_resident, same_number_slip
from lianfang.kernel.matching import LedgerPerson
from lianfang.kernel.matching_names import compare_names
from lianfang.kernel.rowfacts import RowFacts

LEAST_WEIGHT = 0.0
"""Pairs that are one person less likely than not are left alone, unless they have the same document number."""

_SAME_NAME = frozenset({"equal", "pinyin"})
_LIKE_NAME = frozenset({"homophone", "swapped", "missing_char"})


def suspicious(left: LedgerPerson, right: LedgerPerson, *, weight: float) -> bool:
    """Whether somebody should look at the two. `weight` is what the comparison says, log2 of the odds.

    Two valid citizen numbers that differ are two people. People of one family share surname, door and telephone, and
    brothers and sisters all but one character of the name. So a name in which one character is another one counts only
    beside two writings of the same number; a name that only sounds alike, or lacks a character, only beside the same
    telephone or door, and neither with different birth dates nor with different sexes. The same name with a different
    birth date is somebody else, unless telephone or door say that the date is wrong.
    """
    if are_two_people(left, right):
        return False
    if _numbers(left) & _numbers(right):
        return True
    if weight < LEAST_WEIGHT:
        return False
    likeness = compare_names(RowFacts(sheet="", data_row=0, sheet_row=0, name=left.name), right.name)
    if _slip(left, right):
        return likeness not in ("differs", "absent")
    if likeness in _SAME_NAME:
        return _are_reached_alike(left, right) or not _differ_in_person(left, right)
    return likeness in _LIKE_NAME and _are_reached_alike(left, right) and not _differ_in_person(left, right)


def are_two_people(left: LedgerPerson, right: LedgerPerson) -> bool:
    """Both have a valid citizen number and none in common."""
    mine, theirs = _residents(left), _residents(right)
    return bool(mine and theirs and not mine & theirs)


def have_same_valid_number(left: LedgerPerson, right: LedgerPerson) -> bool:
    """Whether a document number that passes its check stands in both records."""
    return bool(_sound(left) & _sound(right))


def _residents(person: LedgerPerson) -> set[str]:
    return {number for _, number in person.identities if is_valid_resident(number)}


def _sound(person: LedgerPerson) -> set[str]:
    """Valid citizen numbers; and other documents, which have no check digit that could be wrong."""
    return {number for kind, number in person.identities if kind != "resident_id" or is_valid_resident(number)}


def _numbers(person: LedgerPerson) -> set[str]:
    return {number for _, number in person.identities if number}


def _slip(left: LedgerPerson, right: LedgerPerson) -> bool:
    """Whether one citizen number may be a slip of the other. Passports in a row are no slips: a couple has them."""
    mine, theirs = ({number for kind, number in person.identities if kind == "resident_id"} for person in (left, right))
    return any(same_number_slip(one, other) for one in mine for other in theirs)


def _are_reached_alike(left: LedgerPerson, right: LedgerPerson) -> bool:
    same_door = left.door_key != "" and left.door_key == right.door_key
    return same_door or bool(set(left.phones) & set(right.phones))


def _differ_in_person(left: LedgerPerson, right: LedgerPerson) -> bool:
    born_apart = left.birth_date and right.birth_date and left.birth_date != right.birth_date
    return bool(born_apart or (left.sex and right.sex and left.sex != right.sex))

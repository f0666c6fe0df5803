"""What speaks for and against a row being a ledger person, one comparison per field, each with a reason code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lianfang.kernel.doors_keys import DoorLikeness, compare_door_keys, split_key
from lianfang.kernel.identity import check_digit, same_number_slip
from lianfang.kernel.matching_names import NameLikeness, compare_names, visible_characters
from lianfang.kernel.matching_types import LedgerPerson
from lianfang.kernel.rowfacts import RowFacts

IdentityLikeness = Literal["equal", "slip", "mask", "differs", "unlike", "none"]
PhoneLikeness = Literal["equal", "family", "mask", "slip", "differs", "none"]
Agreement = Literal["equal", "differs", "none"]

_REGION_DIGITS = 6
_RESIDENT = 18

# Points are rough powers of ten: how much rarer an agreement is between strangers than within one person's records.
# They are set by hand and only rank candidates; the rules in `matching` decide.
_NAME_POINTS: dict[NameLikeness, float] = {
    "equal": 3.0, "pinyin": 2.3, "homophone": 2.0, "swapped": 2.0, "masked": 1.8, "shape?": 1.2, "missing_char": 1.2,
    "surname": 0.8, "absent": 0.0, "differs": -3.0,
}  # fmt: skip
_IDENTITY_POINTS: dict[IdentityLikeness, float] = {
    "equal": 9.0, "slip": 5.0, "mask": 0.0, "differs": -9.0, "unlike": -1.0, "none": 0.0,
}  # fmt: skip
_PHONE_POINTS: dict[PhoneLikeness, float] = {
    "equal": 3.0, "family": 2.2, "mask": 2.4, "slip": 2.0, "differs": -0.2, "none": 0.0,
}  # fmt: skip
_DOOR_POINTS: dict[DoorLikeness, float] = {
    "door": 2.8, "door?": 1.6, "building": 0.8, "compound": 0.4, "differs": -0.4, "unknown": 0.0,
}  # fmt: skip
_BIRTH_POINTS: dict[Agreement, float] = {"equal": 2.5, "differs": -3.0, "none": 0.0}
_SEX_POINTS: dict[Agreement, float] = {"equal": 0.2, "differs": -2.0, "none": 0.0}
_POINTS_PER_MASK_DIGIT = 0.7


@dataclass(slots=True)
class Evidence:
    """The comparisons of one row with one ledger person."""

    person: LedgerPerson
    name: NameLikeness
    identity: IdentityLikeness
    mask_digits: int
    """Digits a masked number shows beyond the region code, all agreeing; 0 when `identity` is not ``mask``."""
    phone: PhoneLikeness
    door: DoorLikeness
    compound_known: bool
    """Whether the row's door names its compound."""
    birth: Agreement
    sex: Agreement
    name_shown: int
    """Characters a masked name shows; 0 when the name is not masked."""

    @property
    def points(self) -> float:
        """The sum by which candidates are ranked."""
        return (
            _NAME_POINTS[self.name]
            + _IDENTITY_POINTS[self.identity]
            + _POINTS_PER_MASK_DIGIT * self.mask_digits
            + _PHONE_POINTS[self.phone]
            + _DOOR_POINTS[self.door]
            + _BIRTH_POINTS[self.birth]
            + _SEX_POINTS[self.sex]
        )

    @property
    def parts(self) -> tuple[tuple[str, float], ...]:
        """What each comparison adds to `points`, by its code; those that add nothing are left out."""
        number = _IDENTITY_POINTS[self.identity] + _POINTS_PER_MASK_DIGIT * self.mask_digits
        found = (
            (f"id.{self.identity}", number),
            (f"name.{self.name}", _NAME_POINTS[self.name]),
            (f"phone.{self.phone}", _PHONE_POINTS[self.phone]),
            (_door_reason(self.door), _DOOR_POINTS[self.door]),
            (f"birth.{self.birth}", _BIRTH_POINTS[self.birth]),
            (f"sex.{self.sex}", _SEX_POINTS[self.sex]),
        )
        return tuple((code, points) for code, points in found if points)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Codes of what was found, strongest field first."""
        return tuple(
            code
            for code, silent in (
                (f"id.{self.identity}", self.identity == "none"),
                (f"name.{self.name}", self.name == "absent"),
                (f"phone.{self.phone}", self.phone == "none"),
                (_door_reason(self.door), self.door == "unknown"),
                (f"birth.{self.birth}", self.birth == "none"),
                ("sex.differs", self.sex != "differs"),
            )
            if not silent
        )


def gather(row: RowFacts, door_key: str, person: LedgerPerson) -> Evidence:
    """Compare a row with one ledger person, field by field."""
    identity, mask_digits = _compare_identity(row, person)
    return Evidence(
        person=person,
        name=compare_names(row, person.name),
        identity=identity,
        mask_digits=mask_digits,
        phone=_compare_phones(row, person),
        door=compare_door_keys(door_key, person.door_key) if door_key else "unknown",
        compound_known=bool(split_key(door_key).compounds),
        birth=_agreement(row.birth_date, person.birth_date),
        sex=_agreement(row.sex, person.sex),
        name_shown=visible_characters(row.name_masked),
    )


def mask_fits(masked: str, number: str) -> bool:
    """Whether every visible character of a masked number agrees with a complete one of the same length."""
    if len(masked) != len(number):
        return False
    return all(shown in ("*", own) for shown, own in zip(masked, number, strict=True))


@lru_cache(maxsize=1 << 15)
def is_valid_resident(number: str) -> bool:
    """Whether an eighteen-character number has the right check digit (GB 11643)."""
    return len(number) == _RESIDENT and number[:17].isdigit() and check_digit(number[:17]) == number[17]


def _compare_identity(row: RowFacts, person: LedgerPerson) -> tuple[IdentityLikeness, int]:
    numbers = [number for _, number in person.identities if number]
    if row.identity_masked and not row.identity:
        return _compare_mask(row.identity_masked, numbers)
    if not row.identity or not numbers:
        return "none", 0
    if row.identity in numbers:
        return "equal", 0
    # A ledger number of another length is another document; only like can contradict like.
    alike = [
        number for number in numbers if len(number) == _RESIDENT or number[:1].isalpha() == row.identity[:1].isalpha()
    ]
    row_valid = row.identity_valid and is_valid_resident(row.identity)
    if any(
        not (row_valid and is_valid_resident(number)) and same_number_slip(row.identity, number) for number in alike
    ):
        return "slip", 0
    if row_valid and any(is_valid_resident(number) for number in numbers):
        return "differs", 0
    same_kind = any(kind == row.identity_kind for kind, _ in person.identities)
    return ("unlike", 0) if same_kind else ("none", 0)


def _compare_mask(masked: str, numbers: list[str]) -> tuple[IdentityLikeness, int]:
    same_length = [number for number in numbers if len(number) == len(masked)]
    if any(mask_fits(masked, number) for number in same_length):
        start = _REGION_DIGITS if len(masked) == _RESIDENT else 0
        return "mask", sum(character != "*" for character in masked[start:])
    return ("differs", 0) if same_length else ("none", 0)


def _compare_phones(row: RowFacts, person: LedgerPerson) -> PhoneLikeness:
    if not person.phones or not (row.phones or row.phones_masked):
        return "none"
    if not set(row.phones).isdisjoint(person.phones):
        return "equal"
    if any(mask_fits(masked, number) for masked in row.phones_masked for number in person.phones):
        return "mask"
    if any(same_number_slip(written, number) for written in row.phones for number in person.phones):
        return "slip"
    return "differs"


def _agreement(left: object, right: object) -> Agreement:
    if not left or not right:
        return "none"
    return "equal" if left == right else "differs"


def _door_reason(door: DoorLikeness) -> str:
    return "door.equal" if door == "door" else "door.like" if door == "door?" else f"door.{door}"

"""Administrative division codes: 6 digits (GB/T 2260), 9 and 12 (GB/T 10114), 15 with the grid (fact base 5.4-5.5).

No national table is shipped: codes are renamed, merged and abolished, and local pseudo-codes exist. Only the shape and
what the digits themselves say is known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

PROVINCES = frozenset(
    str(code)
    for code in (
        *(11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46),
        *(50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83),
    )
)
"""First two digits in use by GB/T 2260, and 83 of the residence permits for Taiwan residents."""


class DivisionLevel(StrEnum):
    """How far down a code reaches."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"
    GRID = "grid"


class MalformedDivision(ValueError):
    """The text is no division code; `code` is ``division.malformed``."""

    code = "division.malformed"


@dataclass(frozen=True, slots=True)
class Division:
    """A division code, shortened to the digits that say something, and what they say.

    `kind`: ``street``, ``town``, ``township``, ``enterprise_area`` for subdistricts, ``residents_committee``,
    ``villagers_committee``, ``similar_unit`` for communities, else ``""``.
    """

    code: str
    level: DivisionLevel
    kind: str = ""


_LEVELS = (
    (15, DivisionLevel.GRID),
    (12, DivisionLevel.COMMUNITY),
    (9, DivisionLevel.SUBDISTRICT),
    (6, DivisionLevel.COUNTY),
    (4, DivisionLevel.PREFECTURE),
    (2, DivisionLevel.PROVINCE),
)
_SEGMENT_TWO = {
    "0": "street",
    "1": "town",
    "2": "township",
    "3": "township",
    "4": "enterprise_area",
    "5": "enterprise_area",
}


def parse_division(text: str) -> Division:
    """Read a code of 6, 9, 12 or 15 digits; zero segments at the end mean a higher level (``330300000000``).

    Raises `MalformedDivision`.
    """
    digits = text.strip()
    if len(digits) not in (6, 9, 12, 15) or not (digits.isascii() and digits.isdigit()) or digits[:2] == "00":
        raise MalformedDivision(text)
    length = _significant(digits)
    level = dict(_LEVELS)[length]
    code = digits[: max(length, 6)]
    return Division(code=code, level=level, kind=_kind(code, level))


def _significant(digits: str) -> int:
    lengths = [length for length, _ in _LEVELS if length <= len(digits)]
    for longer, shorter in pairwise(lengths):
        if digits[shorter:longer].strip("0"):
            return longer
    return lengths[-1]


def _kind(code: str, level: DivisionLevel) -> str:
    if level is DivisionLevel.SUBDISTRICT:
        return _SEGMENT_TWO.get(code[6], "")
    if level is DivisionLevel.COMMUNITY:
        number = int(code[9:])
        if number < 200:
            return "residents_committee"
        return "villagers_committee" if number < 400 else "similar_unit" if number < 600 else ""
    return ""


def division_level(code: str) -> DivisionLevel:
    """The level of a code. Raises `MalformedDivision`."""
    return parse_division(code).level


def parent_code(code: str) -> str:
    """The code one level up, ``""`` above the province; prefectures and provinces keep six digits (``330300``).

    Prefectures are skipped by nobody here: some have no county level, and the caller's own tree knows better.
    Raises `MalformedDivision`.
    """
    division = parse_division(code)
    match division.level:
        case DivisionLevel.GRID:
            return division.code[:12]
        case DivisionLevel.COMMUNITY:
            return division.code[:9]
        case DivisionLevel.SUBDISTRICT:
            return division.code[:6]
        case DivisionLevel.COUNTY:
            return division.code[:4] + "00"
        case DivisionLevel.PREFECTURE:
            return division.code[:2] + "0000"
        case _:
            return ""

"""Unified social credit codes of organisations: GB 32100-2015 with GB 11714 inside (fact base 5.3)."""

from __future__ import annotations

from dataclasses import dataclass

from lianfang.kernel.cells import clean_text

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

KINDS = {
    "11": "state_organ",
    "12": "public_institution",
    "51": "social_organisation",
    "52": "private_non_enterprise",
    "54": "villagers_committee",
    "55": "residents_committee",
    "91": "enterprise",
    "92": "sole_trader",
    "93": "farmers_cooperative",
}
"""First two characters → what the organisation is."""


@dataclass(frozen=True, slots=True)
class CreditCode:
    """`problem`: ``""``, ``credit_code.shape`` (length or letters), ``credit_code.checksum``,
    ``credit_code.organisation`` (the inner code's check character). `kind` is a value of `KINDS` or ``""``.
    """

    number: str
    valid: bool = False
    problem: str = ""
    kind: str = ""
    division: str = ""


def credit_code_check(first17: str) -> str:
    """The eighteenth character. Raises `ValueError` for a wrong length or a letter outside the alphabet (I O S V Z)."""
    if len(first17) != 17:
        raise ValueError("seventeen characters are needed")
    total = sum(_ALPHABET.index(character) * weight for character, weight in zip(first17, _WEIGHTS, strict=True))
    return _ALPHABET[(31 - total % 31) % 31]


def organisation_check(first8: str) -> str:
    """The ninth character of an organisation code (GB 11714). Raises `ValueError` for anything but eight characters."""
    if len(first8) != 8:
        raise ValueError("eight characters are needed")
    places = zip(first8, _ORGANISATION_WEIGHTS, strict=True)
    rest = 11 - sum(_ORGANISATION_ALPHABET.index(character) * weight for character, weight in places) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def read_credit_code(text: object) -> CreditCode:
    """Read a cell; spaces and hyphens inside and lower case are forgiven. Never raises."""
    number = clean_text(text).upper().replace(" ", "").replace("-", "")
    if not number:
        return CreditCode(number="")
    if len(number) != 18 or any(character not in _ALPHABET for character in number) or not number[2:8].isdigit():
        return CreditCode(number=number, problem="credit_code.shape")
    problem = ""
    if credit_code_check(number[:17]) != number[17]:
        problem = "credit_code.checksum"
    elif organisation_check(number[8:16]) != number[16]:
        problem = "credit_code.organisation"
    return CreditCode(
        number=number,
        valid=not problem,
        problem=problem,
        kind=KINDS.get(number[:2], ""),
        division=number[2:8],
    )

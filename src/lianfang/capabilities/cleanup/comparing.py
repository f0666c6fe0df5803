"""How alike two records of the ledger are. The one place where the finder meets the comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from lianfang.kernel.matching import LedgerPerson
from lianfang.kernel.matching_evidence import Evidence, gather, is_valid_resident
from lianfang.kernel.rowfacts import RowFacts

MODEL_VERSION = "rules-1"
"""Version of the comparison, stored with every pair."""

PRIOR = "prior"
"""Code of the reason that stands for what is known before looking: two records are hardly ever one person."""
_PRIOR_POINTS = -4.0
_BITS = 1 / log(2)
"""The points of the rules are natural logarithms of odds; a weight is in base two."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How alike two records are: `score` from 0 to 1, `weight` as log2 of the odds, and `reasons` as (code, weight),
    the prior first, adding up to `weight`."""

    score: float
    weight: float
    reasons: tuple[tuple[str, float], ...]


def compare_people(left: Sequence[LedgerPerson], right: Sequence[LedgerPerson]) -> list[Compared]:
    """Compare the first of `left` with the first of `right`, the second with the second, and so on."""
    return [_compare(one, other) for one, other in zip(left, right, strict=True)]


def _compare(left: LedgerPerson, right: LedgerPerson) -> Compared:
    evidence = gather(_as_row(left, right), left.door_key, right)
    _weaken_what_families_share(evidence, left, right)
    parts = ((PRIOR, _PRIOR_POINTS), *evidence.parts)
    reasons = tuple((code, round(points * _BITS, 3)) for code, points in parts)
    weight = round(sum(bits for _, bits in reasons), 3)
    return Compared(score=round(1 / (1 + 2**-weight), 4), weight=weight, reasons=reasons)


def _as_row(left: LedgerPerson, right: LedgerPerson) -> RowFacts:
    """The left record as a row of a list; of its documents the one the right record has, else a valid one."""
    theirs = {number for _, number in right.identities}
    kind, number = max(
        left.identities or (("", ""),), key=lambda one: (one[1] in theirs, is_valid_resident(one[1]), one[1] != "")
    )
    return RowFacts(
        sheet="",
        data_row=0,
        sheet_row=0,
        name=left.name,
        identity=number,
        identity_kind=kind,
        identity_valid=is_valid_resident(number) or (number != "" and kind != "resident_id"),
        phones=left.phones,
        sex=left.sex,
        birth_date=left.birth_date,
        nationality=left.nationality,
    )


def _weaken_what_families_share(evidence: Evidence, left: LedgerPerson, right: LedgerPerson) -> None:
    """Within one household a telephone tells little about which member it is."""
    if evidence.phone == "equal" and left.household_id and left.household_id == right.household_id:
        evidence.phone = "family"

"""What goes into a reconcile decision and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class LedgerPerson:
    """A person of the ledger as far as matching needs to know.

    `identities`: pairs of `lianfang.kernel.identity.IdentityKind` value and normalised number. `phones` normalised as
    by `lianfang.kernel.phones`. `sex` as GB/T 2261.1. `door_key` as by `lianfang.kernel.doors.dwelling_key`.
    """

    person_id: str
    household_id: str = ""
    dwelling_id: str = ""
    name: str = ""
    identities: tuple[tuple[str, str], ...] = ()
    phones: tuple[str, ...] = ()
    sex: str = ""
    birth_date: date | None = None
    door_key: str = ""
    compound_code: str = ""
    nationality: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ledger person the row may be. `score` from 0 to 1 ranks; it is not a probability. `reasons` are codes.

    `parts`: pairs of a code and its weight in bits, the first ``prior``; their sum is the log2 odds of `score`.
    Telephone and door are one part, because a household shares both.
    """

    person_id: str
    score: float
    reasons: tuple[str, ...]
    parts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a row is: ``same`` (`person_id` says who), ``review`` (a person must look) or ``new`` (not in the ledger).

    `household_id` is set when the household is certain but not the person. `candidates`: at most five, best first.
    `reasons` of the decision itself come after those of the best candidate:

    ``id.name_differs`` same number, unrelated name · ``id.contradicts`` all else agrees but the numbers are two
    people's · ``close`` two people fit alike · ``ledger.twice`` the ledger holds the person twice ·
    ``household.only`` · ``evidence.thin`` too little to be sure · ``row.nobody`` the row names nobody.
    """

    kind: Literal["same", "review", "new"]
    person_id: str | None = None
    household_id: str | None = None
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()

"""Deciding who a row of a list is: the same person as one in the ledger, somebody to review, or somebody new.

A cascade of simple rules over a handful of comparisons. A false ``same`` sends somebody to the wrong door and hides the
right person, so whatever is not proven goes to review; but a review costs a person's minute, so exact rows must not.

Rules that always hold: two valid citizen numbers that differ are never one person (GB 11643 catches every single
slip); the same number under an unrelated name is never decided without a person; a telephone alone tells a household,
not a person; when two people of the ledger fit alike, neither is taken.
"""

from __future__ import annotations

from collections.abc import Sequence

from lianfang.kernel.matching_evidence import Evidence, gather
from lianfang.kernel.matching_keys import BlockingKey, blocking_keys, ledger_keys
from lianfang.kernel.matching_types import Candidate, Decision, LedgerPerson
from lianfang.kernel.rowfacts import RowFacts

__all__ = [
    "BlockingKey",
    "Candidate",
    "Decision",
    "LedgerPerson",
    "blocking_keys",
    "decide",
    "ledger_keys",
]

_MOST_CANDIDATES = 5
_CLOSE = 1.5
"""Points between two candidates below which neither is taken."""
_TAIL = 4
_TAIL_AND_YEAR = 8
_SIMILAR = frozenset({"homophone", "swapped", "missing_char", "shape?"})
_NAMED = frozenset({"equal", "pinyin", "masked", *_SIMILAR})


def decide(row: RowFacts, row_door_key: str, candidates: Sequence[LedgerPerson]) -> Decision:
    """Decide a row against the ledger people that share a blocking key with it, in any order.

    Where a telephone was found, pass the other members of that household too: people give a relative's number.
    """
    if not row.identifies_someone():
        return Decision("review", reasons=("row.nobody",))
    people = {person.person_id: person for person in candidates}.values()
    if row.identity_valid:
        holders = [gather(row, row_door_key, person) for person in people if _holds(person, row.identity)]
        if holders and all(_proves(evidence) for evidence in holders):  # nobody without the number can be a rival
            return _decide_proven(holders, holders)
    found = [gather(row, row_door_key, person) for person in people]
    _mark_family_phones(found)
    found.sort(key=_rank)
    proven = [evidence for evidence in found if _proves(evidence)]
    if proven:
        return _decide_proven(proven, found)
    return _decide_unproven(row, found)


def _holds(person: LedgerPerson, number: str) -> bool:
    return any(own == number for _, own in person.identities)


def _mark_family_phones(found: list[Evidence]) -> None:
    """A telephone that several people of the ledger have tells less about each; one relative's tells about all."""
    equal = [evidence for evidence in found if evidence.phone == "equal"]
    households = {evidence.person.household_id for evidence in equal} - {""}
    for evidence in found:
        shared = evidence.phone == "equal" and len(equal) > 1
        relatives = evidence.phone != "equal" and evidence.person.household_id in households
        if shared or relatives:
            evidence.phone = "family"
        elif equal and evidence.phone == "slip":  # the number is right: it is another person's
            evidence.phone = "differs"


def _proves(evidence: Evidence) -> bool:
    """Whether the evidence alone is enough for ``same``."""
    if evidence.identity == "equal":
        return evidence.name != "differs"
    if evidence.identity == "differs" or evidence.name == "differs":
        return False
    if "differs" in (evidence.birth, evidence.sex) and evidence.identity != "slip":
        return False
    return _proves_by_name(evidence) if evidence.name in ("equal", "pinyin") else _proves_with_doubt(evidence)


def _proves_by_name(evidence: Evidence) -> bool:
    """The full name is there: any second thing that strangers of one name do not share."""
    return (
        evidence.identity == "slip"
        or evidence.mask_digits >= _TAIL
        or evidence.phone in ("equal", "family", "mask", "slip")
        or evidence.door == "door"
        or (evidence.door == "door?" and evidence.compound_known and evidence.name == "equal")
        or (evidence.birth == "equal" and evidence.door in ("door?", "building", "compound"))
    )


def _proves_with_doubt(evidence: Evidence) -> bool:
    """The name is similar, masked or missing: brothers and sisters must not pass."""
    phone = evidence.phone in ("equal", "family")
    beside = phone or evidence.phone == "mask" or evidence.door == "door"
    number = evidence.identity == "slip" or evidence.mask_digits >= _TAIL
    match evidence.name:
        case "homophone" | "swapped":
            return number or evidence.birth == "equal" or phone or evidence.door == "door"
        case "masked":
            return evidence.mask_digits >= _TAIL_AND_YEAR or (number and beside) or (phone and evidence.door == "door")
        case "missing_char":  # a name and the same with one character more also stand in one family (王诗, 王诗馨)
            return evidence.identity == "slip" or (number and beside)
        case "shape?":
            return evidence.identity == "slip" or evidence.mask_digits >= _TAIL_AND_YEAR or (number and beside)
        case "surname":
            return number and beside
        case _:
            return number and phone


def _decide_proven(proven: list[Evidence], found: list[Evidence]) -> Decision:
    best = min(proven, key=_rank)
    rivals = [evidence for evidence in found if evidence is not best and _rivals(evidence, best)]
    if all(_held_twice(best.person, rival.person) for rival in rivals):
        extra = ("ledger.twice",) if rivals else ()
        first = min((best, *rivals), key=lambda evidence: evidence.person.person_id) if rivals else best
        return Decision(
            "same",
            person_id=first.person.person_id,
            score=best.score,
            reasons=best.reasons + extra,
            candidates=_listed(found),
        )
    return _review(found, "close")


def _rivals(evidence: Evidence, best: Evidence) -> bool:
    """Whether somebody else fits about as well as the best."""
    if best.identity == "equal" or evidence.identity == "equal":
        return evidence.identity == "equal"
    if evidence.identity == "differs" or evidence.name == "differs":
        return False
    if best.name in ("equal", "pinyin") and evidence.name not in ("equal", "pinyin"):
        return False
    if evidence.name in _NAMED and evidence.name not in ("equal", "pinyin") and _proves(evidence):
        return True
    return evidence.points > best.points - _CLOSE


def _held_twice(left: LedgerPerson, right: LedgerPerson) -> bool:
    """Whether two ledger records are plainly one person."""
    if {number for _, number in left.identities} & {number for _, number in right.identities}:
        return True
    same_birth = left.birth_date is not None and left.birth_date == right.birth_date
    return same_birth and left.name == right.name and bool(set(left.phones) & set(right.phones))


def _decide_unproven(row: RowFacts, found: list[Evidence]) -> Decision:
    if any(evidence.identity == "equal" for evidence in found):
        return _review(found, "id.name_differs")
    if any(_contradicts(evidence) for evidence in found):
        return _review(found, "id.contradicts")
    likely = [evidence for evidence in found if _likely(evidence, row)]
    if likely:
        return _review(likely + [evidence for evidence in found if evidence not in likely], "evidence.thin")
    at_home = [evidence for evidence in found if evidence.phone in ("equal", "family")]
    household = _one_household(at_home)
    if at_home and not _is_somebody_else(row, at_home):
        return _review(found, "household.only" if household else "evidence.thin", household)
    return Decision("new", household_id=household, candidates=_listed(found))


def _contradicts(evidence: Evidence) -> bool:
    """Everything but the number says it is the person."""
    beside = evidence.phone in ("equal", "family") or evidence.door == "door"
    return evidence.identity == "differs" and evidence.name in ("equal", "homophone", "pinyin") and beside


def _likely(evidence: Evidence, row: RowFacts) -> bool:
    """Not proven, but worth a look."""
    if evidence.identity == "differs" or evidence.name == "differs":
        return False
    near = evidence.door in ("door", "door?", "building")
    known_phone = evidence.phone in ("equal", "family", "mask", "slip")
    if evidence.identity == "slip" or (evidence.mask_digits >= _TAIL and evidence.name != "absent"):
        return True
    if evidence.name in _NAMED and (known_phone or near or evidence.birth == "equal"):
        return True
    if evidence.name == "surname":
        return evidence.door == "door" or evidence.phone == "mask"
    return evidence.name == "equal" and not row.identity_valid


def _is_somebody_else(row: RowFacts, at_home: list[Evidence]) -> bool:
    """A full name and a valid number that belong to nobody at this telephone: a member the ledger does not have."""
    return bool(row.identity_valid and row.name and not row.surname_only) and all(
        evidence.name == "differs" and evidence.identity in ("differs", "none") for evidence in at_home
    )


def _review(found: list[Evidence], reason: str, household: str | None = None) -> Decision:
    best = found[0]
    return Decision(
        "review",
        household_id=household
        or _one_household([evidence for evidence in found if evidence.points > best.points - _CLOSE]),
        score=best.score,
        reasons=(*best.reasons, reason),
        candidates=_listed(found),
    )


def _one_household(found: list[Evidence]) -> str | None:
    households = {evidence.person.household_id for evidence in found}
    return households.pop() or None if len(households) == 1 else None


def _listed(found: list[Evidence]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(evidence.person.person_id, evidence.score, evidence.reasons, evidence.parts)
        for evidence in found[:_MOST_CANDIDATES]
    )


def _rank(evidence: Evidence) -> tuple[float, str]:
    return -evidence.points, evidence.person.person_id

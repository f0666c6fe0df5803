"""Pairs are compared, and what comes of it is written into the ledger of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lianfang.capabilities.cleanup.candidates import Pair
from lianfang.capabilities.cleanup.comparing import MODEL_VERSION, Compared, compare_people
from lianfang.capabilities.cleanup.models import DuplicatePair, PairState
from lianfang.capabilities.cleanup.rules import have_same_valid_number, suspicious
from lianfang.core.bulk import AnyOf, update_rows
from lianfang.core.people.keys import ledger_people
from lianfang.core.people.models import Person
from lianfang.core.people.scale import Scale
from lianfang.core.territory.models import STEP
from lianfang.kernel.matching import LedgerPerson
from lianfang.kernel.uuid7 import uuid7

SCORED_FIELDS = ("state", "path", "score", "weight", "reasons", "model_version", "same_number", "found_at",
                 "returned_at", "decided_by", "decided_at", "reason", "merge")  # fmt: skip
_MOST_AT_ONCE = 2_000


@dataclass(slots=True)
class Tally:
    """What a chunk came to: pairs compared, those suspected, and those of them that were not before."""

    compared: int = 0
    suspected: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class _Verdict:
    pair: Pair
    compared: Compared
    suspected: bool
    same_number: bool
    path: str


def suspect(pairs: Sequence[Pair], *, scale: Scale, now: datetime) -> Tally:
    """Compare these pairs, each given once and in order, and keep what is suspected. Inside a transaction."""
    if not pairs:
        return Tally()
    verdicts = _judge(pairs, scale)
    known = _known(pairs)
    fresh = [_new(one, now) for one in verdicts.values() if one.suspected and one.pair not in known]
    changed = [pair for pair in known.values() if _settle(pair, verdicts.get(_ids(pair)), now)]
    update_rows(DuplicatePair, changed, fields=SCORED_FIELDS)
    # Two processes may find the same pair at once; it is there once.
    DuplicatePair.objects.bulk_create(fresh, batch_size=_MOST_AT_ONCE, ignore_conflicts=True)
    suspected = sum(one.suspected for one in verdicts.values())
    return Tally(compared=len(pairs), suspected=suspected, new=len(fresh))


def _judge(pairs: Sequence[Pair], scale: Scale) -> dict[Pair, _Verdict]:
    """The verdicts on pairs both of whom are in the ledger; a record merged into another is not."""
    ids = list({person for pair in pairs for person in pair})
    people = ledger_people(ids)
    paths = dict(Person.objects.filter(AnyOf("id", ids)).values_list("id", "path"))
    there = [(pair, people[str(pair[0])], people[str(pair[1])])
             for pair in pairs if str(pair[0]) in people and str(pair[1]) in people]  # fmt: skip
    compared = compare_people([left for _, left, _ in there], [right for _, _, right in there], scale=scale)
    return {
        pair: _verdict(pair, left, right, one, _common(paths[pair[0]], paths[pair[1]]))
        for (pair, left, right), one in zip(there, compared, strict=True)
    }


def _verdict(pair: Pair, left: LedgerPerson, right: LedgerPerson, one: Compared, path: str) -> _Verdict:
    return _Verdict(
        pair=pair,
        compared=one,
        suspected=suspicious(left, right, weight=one.weight),
        same_number=have_same_valid_number(left, right),
        path=path,
    )


def _common(one: str, other: str) -> str:
    """The path of the smallest area both lie in."""
    length = 0
    while length < min(len(one), len(other)) and one[length : length + STEP] == other[length : length + STEP]:
        length += STEP
    return one[:length]


def _known(pairs: Sequence[Pair]) -> dict[Pair, DuplicatePair]:
    wanted = set(pairs)
    rows = DuplicatePair.objects.select_for_update().filter(AnyOf("person_a_id", {pair[0] for pair in pairs}))
    return {_ids(pair): pair for pair in rows.order_by("person_a_id", "person_b_id") if _ids(pair) in wanted}


def _ids(pair: DuplicatePair) -> tuple[UUID, UUID]:
    return pair.person_a_id, pair.person_b_id


def _new(one: _Verdict, now: datetime) -> DuplicatePair:
    pair = DuplicatePair(id=uuid7(), person_a_id=one.pair[0], person_b_id=one.pair[1], found_at=now)
    _score(pair, one)
    return pair


def _score(pair: DuplicatePair, one: _Verdict) -> None:
    pair.path, pair.same_number, pair.model_version = one.path, one.same_number, MODEL_VERSION
    pair.score, pair.weight = one.compared.score, one.compared.weight
    pair.reasons = [list(reason) for reason in one.compared.reasons]


def _settle(pair: DuplicatePair, one: _Verdict | None, now: datetime) -> bool:
    """Bring a known pair to what was found now; returns whether anything changed. A decision is never touched but by
    an equal number that was not there when it was made, or by a merge that was taken back elsewhere."""
    if one is None:
        return _let_go(pair)
    if pair.state == PairState.APART:
        if not one.suspected or not one.same_number or pair.same_number:
            return False
        pair.returned_at = now
    elif pair.state == PairState.GONE and one.suspected:
        pair.found_at = now
    if not one.suspected and pair.state != PairState.MERGED:
        return _let_go(pair)
    before = [getattr(pair, name) for name in ("state", "weight", "reasons", "path", "model_version", "same_number")]
    _score(pair, one)
    pair.state = PairState.OPEN if one.suspected else PairState.GONE
    pair.decided_by, pair.decided_at, pair.merge, pair.reason = None, None, None, ""
    return before != [
        getattr(pair, name) for name in ("state", "weight", "reasons", "path", "model_version", "same_number")
    ]


def _let_go(pair: DuplicatePair) -> bool:
    """A pair of which one record is no longer there, or that is no longer suspected."""
    if pair.state != PairState.OPEN:
        return False
    pair.state = PairState.GONE
    return True

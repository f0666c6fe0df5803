"""From weights to decisions: ``same``, ``review`` or ``new`` for every row.

All candidates of a row and "nobody of the ledger" share one probability, so two who fit alike never both win. What no
weight may overrule: two valid numbers that differ are two people; one number under two unrelated names, and a name with
nothing beside it, are for a person to decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from lianfang.matching.comparing import BIRTH, DOOR, DOUBTFUL_NAME, ID, NAME, PHONE, TWO_NAMES
from lianfang.matching.model import REVIEW, REVIEW_BARE, SAME, SAME_IN_DOUBT, Shares
from lianfang.matching.weighing import Flags, Levels, Pairs

Twins = Sequence[npt.NDArray[np.generic]]

DECISIONS: Final = ("new", "review", "same")
NEW, LOOK, SAME_PERSON = range(3)
REASONS: Final = ("", "id.name_differs", "id.contradicts", "close", "ledger.twice", "household.only", "evidence.thin")
"""Why a decision came out as it did; empty when the weights alone decided."""
_MOST: Final = 80.0
"""Bits beyond which no weight counts: numbers must stay finite."""
_CLOSE: Final = 0.05
"""A second candidate at least so probable is told as close."""
_FULL: Final = ("equal", "pinyin", "latin")


@dataclass(frozen=True, slots=True)
class Decided:
    """One entry for each row: `decision` and `reason` as positions in `DECISIONS` and `REASONS`, `best` the pair named
    (-1 for nobody), `score` its probability. By pair: `probability`, and `rivals`, what the other candidates take away,
    in bits, so that the parts and it add up to the odds of the probability."""

    decision: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int8]
    best: npt.NDArray[np.int64]
    score: Shares
    probability: Shares
    rivals: Shares


def decide(pairs: Pairs, parts: dict[str, Shares], *, twins: Twins = ()) -> Decided:
    """Decide every row. `twins`: columns by pair that are equal for two records of plainly one person (see `store`);
    such candidates are no rivals of each other."""
    rows = len(pairs.rows["key"])
    weight = np.clip(sum(parts.values()), -_MOST, _MOST)
    two_people = _is(pairs.levels["id"], ID, "differs")
    odds = np.where(two_people, 0.0, np.exp2(weight))
    total = np.bincount(pairs.at, weights=odds, minlength=rows)
    probability = odds / (1 + total[pairs.at])
    best = _best(pairs, probability, rows)
    known = best >= 0
    at = np.where(known, best, 0)
    if not len(pairs.row):
        nobody = np.zeros(rows)
        return Decided(nobody.astype(np.int8), nobody.astype(np.int8), best, nobody, probability, probability)
    score = np.where(known, probability[at], 0.0)
    together = np.bincount(pairs.at, weights=np.where(_is_twin(pairs, twins, at), probability, 0), minlength=rows)
    twice = known & (together > score + _CLOSE)
    score = np.where(twice, together, score)
    named = known & _is(pairs.levels["id"], ID, "equal")[at] & np.isin(pairs.levels["name"], TWO_NAMES)[at]
    contradicted = _contradicted(pairs, parts, two_people, at, rows) & known
    enough = np.where(np.isin(pairs.levels["name"], DOUBTFUL_NAME)[at], SAME_IN_DOUBT, SAME)
    sure = known & (score >= enough) & ~named & ~contradicted & may_be_sure(pairs)[at]
    anyone = np.maximum(total / (1 + total), score)
    doubtful = np.where(beside_the_name(pairs)[at], anyone >= REVIEW, score >= REVIEW_BARE)
    look = ~sure & (named | contradicted | (known & doubtful))
    decision = np.where(sure, SAME_PERSON, np.where(look, LOOK, NEW)).astype(np.int8)
    reason = _reasons(pairs, probability, decision, _Found(named, contradicted, twice))
    ask_there = known & (decision == NEW) & _unnamed_on_a_known_telephone(pairs)[at]
    decision[ask_there], reason[ask_there] = LOOK, REASONS.index("household.only")
    others = np.log2(1 + np.maximum(total[pairs.at] - odds, 0.0))
    return Decided(decision, reason, best, score, probability, -others)


def _is_twin(pairs: Pairs, twins: Twins, best: npt.NDArray[np.int64]) -> Flags:
    """Pairs that name the best candidate of their row, or another record of the same person."""
    found: Flags = pairs.person == pairs.person[best][pairs.at]
    for twin in twins:
        found = found | (twin == twin[best][pairs.at])
    return found


def _is(levels: Levels, names: tuple[str, ...], *wanted: str) -> Flags:
    found: Flags = np.isin(levels, [names.index(name) for name in wanted])
    return found


def _best(pairs: Pairs, probability: Shares, rows: int) -> npt.NDArray[np.int64]:
    """The most probable pair of each row, the lower person of two alike; -1 for rows without candidates."""
    order = np.lexsort((pairs.person, -probability, pairs.at))
    at = pairs.at[order]
    first = np.concatenate(([True], at[1:] != at[:-1])) if len(at) else np.zeros(0, bool)
    best = np.full(rows, -1, np.int64)
    best[at[first]] = order[first]
    return best


def _contradicted(
    pairs: Pairs, parts: dict[str, Shares], two_people: Flags, best: npt.NDArray[np.int64], rows: int
) -> Flags:
    """Rows where all but the number says that it is somebody who holds another valid number, better than the best."""
    without = sum(parts.values()) - parts["id"]
    full = _is(pairs.levels["name"], NAME, *_FULL)
    speaks = two_people & full & (without > 0)
    found = np.bincount(pairs.at, weights=speaks, minlength=rows) > 0
    # A number that the best candidate holds under exactly this name settles it.
    settled = _is(pairs.levels["id"], ID, "equal")[best] & full[best]
    return found & ~settled


def beside_the_name(pairs: Pairs) -> Flags:
    """Pairs of which something agrees that is no name."""
    shown = (pairs.of_row("shows_four") | pairs.of_row("shows_birth")).astype(bool)
    found: Flags = (
        _is(pairs.levels["id"], ID, "equal", "slip", "slip2")
        | (_is(pairs.levels["id"], ID, "masked") & shown)
        | _is(pairs.levels["phone"], PHONE, "equal", "family", "masked", "slip")
        | _is(pairs.levels["door"], DOOR, "door", "door?", "building", "place", "room?")
        | _is(pairs.levels["birth"], BIRTH, "equal")
    )
    return found


def _unnamed_on_a_known_telephone(pairs: Pairs) -> Flags:
    """Pairs of a row without a full name and without a number: whoever answers the telephone knows who is meant, and
    the ledger must not gain somebody without a name."""
    return pairs.unnamed() & _is(pairs.levels["phone"], PHONE, "equal", "family")


def may_be_sure(pairs: Pairs) -> Flags:
    """Pairs with something beside the name, and nothing that only a person may overlook."""
    # A surname, or no name at all, is anybody's of a family; only a number tells which.
    numbered = _is(pairs.levels["id"], ID, "equal", "slip", "masked")
    somebody = _is(pairs.levels["name"], NAME, "none", "surname_only") & ~numbered
    clashes = np.isin(pairs.levels["name"], TWO_NAMES) | _is(pairs.levels["id"], ID, "mask_differs")
    found: Flags = beside_the_name(pairs) & ~clashes & ~somebody
    return found


class _Found(NamedTuple):
    """What stands out of a row: its number is held under another name, everything but its number says it is somebody
    else, the ledger holds the person twice."""

    named: Flags
    contradicted: Flags
    twice: Flags


def _reasons(pairs: Pairs, probability: Shares, decision: npt.NDArray[np.int8], out: _Found) -> npt.NDArray[np.int8]:
    rows = len(decision)
    near = probability >= _CLOSE
    several = np.bincount(pairs.at, weights=near, minlength=rows) > 1
    home = pairs.closeness() > 0
    at_home = np.bincount(pairs.at, weights=np.where(home, probability, 0), minlength=rows)
    look = decision == LOOK
    household = look & several & (at_home > SAME)
    found = np.select(
        [out.named & look, out.contradicted & look, household, look & several, look,
         out.twice & (decision == SAME_PERSON)],
        [REASONS.index(reason) for reason in
         ("id.name_differs", "id.contradicts", "household.only", "close", "evidence.thin", "ledger.twice")],
        0,
    )  # fmt: skip
    return found.astype(np.int8)

"""How alike two records of the ledger are. The one place where the finder meets the matching engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lianfang.core.people.scale import Scale
from lianfang.kernel.matching import LedgerPerson
from lianfang.matching.model import shipped
from lianfang.matching.objects import documents_of_both, rows_of_people
from lianfang.matching.parts import PRIOR, chance_of

__all__ = ["MODEL_VERSION", "PRIOR", "Compared", "compare_people"]

MODEL_VERSION: Final = shipped().name
"""Version of the model, stored with every pair."""
_HELD_TWICE: Final = 0.01
"""Share of the ledger's records that are somebody's second one: what is known before looking."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How alike two records are: `score` from 0 to 1, `weight` as log2 of the odds, and `reasons` as (code, weight),
    the prior first, adding up to `weight`."""

    score: float
    weight: float
    reasons: tuple[tuple[str, float], ...]


def compare_people(left: Sequence[LedgerPerson], right: Sequence[LedgerPerson], *, scale: Scale) -> list[Compared]:
    """Compare the first of `left` with the first of `right`, the second with the second, and so on.

    Each pair is weighed by itself: somebody may be held three times. Two queries.
    """
    if not left:
        return []
    both = [documents_of_both(one, other) for one, other in zip(left, right, strict=True)]
    rows = rows_of_people((at, one, mine) for at, (one, (mine, _)) in enumerate(zip(left, both, strict=True)))
    people = [(at, other, theirs) for at, (other, (_, theirs)) in enumerate(zip(right, both, strict=True))]
    matched = scale.weigh(rows, people, ((at, at) for at in range(len(left))), coverage=_HELD_TWICE)
    found = []
    for pair in range(len(left)):
        reasons = tuple((code, round(weight, 3)) for code, weight in matched.alone(pair))
        weight = round(sum(bits for _, bits in reasons), 3)
        found.append(Compared(score=round(chance_of(weight), 4), weight=weight, reasons=reasons))
    return found

"""Rows of a chunk weighed against the few people of the ledger they may be, told as decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from lianfang.core.people.scale import Opened, Scale
from lianfang.kernel.doors import Door
from lianfang.kernel.matching import Candidate, Decision, LedgerPerson
from lianfang.kernel.rowfacts import RowFacts
from lianfang.matching.deciding import DECISIONS
from lianfang.matching.engine import Matched
from lianfang.matching.objects import document_for, rows_table

_MOST_CANDIDATES: Final = 5
_WORTH_TELLING: Final = 0.001
"""Candidates less probable than this are not shown to whoever reviews, unless they share door or telephone."""
_NEAR: Final = 0.05
_ONE_HOME: Final = 0.95
"""Share of what is known of a row that must speak for one household."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A row and those it may be."""

    index: int
    facts: RowFacts
    door: Door
    people: Sequence[LedgerPerson]


def decide_with(scale: Scale, asked: Sequence[Asked], *, coverage: float) -> dict[int, Decision]:
    """Decide rows by their index. `coverage`: share of the list's rows that are in the ledger."""
    if not asked:
        return {}
    keys: dict[tuple[str, int], int] = {}
    people: list[Opened] = []
    pairs: list[tuple[int, int]] = []
    for one in asked:
        for person in one.people:
            document = document_for(one.facts, person)
            key = keys.setdefault((person.person_id, document), len(keys))
            if key == len(people):
                people.append((key, person, document))
            pairs.append((one.index, key))
    rows = rows_table((one.index, one.facts, one.door) for one in asked)
    told = _Told(scale.weigh(rows, people, pairs, coverage=coverage), [person for _, person, _ in people])
    return {one.index: told.decision(one.index) for one in asked}


class _Told:
    """What was decided, in the words of the ledger."""

    def __init__(self, matched: Matched, people: Sequence[LedgerPerson]) -> None:
        self._matched, self._people = matched, people
        self._place = {int(key): place for place, key in enumerate(matched.keys)}
        self._pairs = dict(matched.candidates())

    def decision(self, key: int) -> Decision:
        """The decision of a row."""
        matched, place = self._matched, self._place[key]
        pairs = self._pairs.get(place, np.zeros(0, np.int64)).tolist()
        kind = DECISIONS[matched.decided.decision[place]]
        best = int(matched.decided.best[place])
        reason = matched.reason_of(place)
        named = best >= 0 and kind != "new"
        home = self._called_home(pairs) or (self._likely_home(pairs) if kind == "review" else None)
        return Decision(
            kind,  # type: ignore[arg-type]  # one of the three
            person_id=self._person(best).person_id if kind == "same" else None,
            household_id=home if kind != "same" else None,
            score=round(float(matched.decided.score[place]), 4),
            reasons=(*(matched.codes(best) if named else ()), *((reason,) if reason else ())),
            candidates=tuple(self._candidate(pair) for pair in self._worth_telling(pairs)),
        )

    def _person(self, pair: int) -> LedgerPerson:
        return self._people[int(self._matched.pairs.person[pair])]

    def _candidate(self, pair: int) -> Candidate:
        parts = tuple((code, round(weight, 2)) for code, weight in self._matched.why(pair))
        probability = round(float(self._matched.decided.probability[pair]), 4)
        return Candidate(self._person(pair).person_id, probability, self._matched.codes(pair), parts)

    def _worth_telling(self, pairs: list[int]) -> list[int]:
        close = self._matched.close
        told = [pair for pair in pairs if self._matched.decided.probability[pair] >= _WORTH_TELLING or close[pair] > 0]
        return told[:_MOST_CANDIDATES]

    def _called_home(self, pairs: list[int]) -> str | None:
        """The one household whose telephone is on the row."""
        called = {self._person(pair).household_id for pair in pairs if self._matched.called[pair]} - {""}
        return called.pop() if len(called) == 1 else None

    def _likely_home(self, pairs: list[int]) -> str | None:
        """The household that nearly all of what is known speaks for."""
        by_home: dict[str, float] = defaultdict(float)
        for pair in pairs:
            by_home[self._person(pair).household_id] += float(self._matched.decided.probability[pair])
        home = max(by_home, key=lambda one: by_home[one], default="")
        total = sum(by_home.values())
        return home if home and total >= _NEAR and by_home[home] >= _ONE_HOME * total else None

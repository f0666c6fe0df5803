"""The engine's own answers beside the truth, in this process: with all candidates, and with who is called missing.

The command writes only the person it names; for calibration and for who is missing more must be known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bench.matching.people import TODAY
from bench.matching.score import Answer, Truth, read_truth
from lianfang.jobs.peoplefiles import open_people
from lianfang.matching.deciding import DECISIONS, REASONS
from lianfang.matching.engine import Matched, match
from lianfang.matching.features import features
from lianfang.matching.home import with_home_of
from lianfang.matching.model import Model, shipped
from lianfang.matching.places import Places
from lianfang.matching.store import Store, build

RULES = ("id.name_differs", "id.contradicts")
"""Reasons for which a row goes to a person although a score is high."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One list: the truth and the answer of every row; `seen`, the rows of the ledger whom nobody may call missing;
    `ruled`, the rows that go to a person whatever their score, because number and name contradict each other."""

    truth: dict[int, Truth]
    answers: dict[int, Answer]
    seen: frozenset[int]
    ruled: frozenset[int]

    def false_missing(self, *, told: bool = False) -> float:
        """The share of the ledger people on the list who would be called missing. `told`: of those only of whom some
        row says a name and a second thing."""
        people = {one.right for one in self.truth.values() if one.right and not (told and one.thin)}
        return sum(rows.isdisjoint(self.seen) for rows in people) / len(people) if people else 0.0

    def chances(self, *, ruled: bool) -> Iterator[tuple[float, bool]]:
        """For each row with a candidate the probability of the best one, and whether it is the right one: of the rows
        that scores decide, or of those that a rule gives to a person."""
        for row, one in self.truth.items():
            answer = self.answers[row]
            if answer.people and (row in self.ruled) == ruled:
                yield answer.score, answer.people[0] in one.right


def prepared(ledger: Path) -> Store:
    """A ledger ready to be compared with, in memory."""
    people = open_people(ledger, today=TODAY)
    places = Places.learned(batch.people for batch in people.batches(lines=False))
    return build(_ledger(ledger, places), places, mark=str(ledger))


def _ledger(path: Path, places: Places) -> Iterator[pa.Table]:
    done = 0
    for raw, eaten in open_people(path, today=TODAY).batches(lines=False):
        yield features(raw, today=TODAY, places=places, eaten=eaten, first_key=done + 1)
        done += raw.num_rows


def judged(store: Store, folder: Path, name: str, model: Model | None = None) -> Judged:
    """Compare a list of `generate` with its ledger. There every row is one person, so keys are row numbers."""
    tables, eaten = zip(*open_people(folder / f"{name}.csv", today=TODAY).batches(), strict=True)
    raw = pa.concat_tables(tables, promote_options="default")
    rows = features(raw, today=TODAY, places=with_home_of(store.places, raw), eaten=any(eaten))
    matched = match(store, rows, model or shipped())
    truth = read_truth(folder / f"{name}_truth.csv")
    if len(truth) != len(matched.keys):
        raise ValueError(f"{name}: {len(matched.keys)} people on {len(truth)} rows")
    ruled = matched.keys[np.isin(matched.decided.reason, [REASONS.index(reason) for reason in RULES])]
    return Judged(truth, _answers(matched), frozenset(matched.seen().tolist()), frozenset(ruled.tolist()))


def _answers(matched: Matched) -> dict[int, Answer]:
    people: dict[int, npt.NDArray[np.int64]] = dict(matched.candidates())
    found = {}
    columns = (matched.keys, matched.decided.decision, matched.decided.best, matched.decided.score)
    for at, (key, decision, best, chance) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        first = [int(matched.pairs.person[best])] if best >= 0 else []
        others = matched.pairs.person[people[at]].tolist() if at in people else []
        found[key] = Answer(DECISIONS[decision], tuple(dict.fromkeys([*first, *others])), chance)
    return found

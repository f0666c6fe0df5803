"""A list against a ledger: who every row is, how sure that is, and why; and who of the ledger is not on the list.

The one entry for files (`jobs.reconciling`), for the live ledger (`screening`) and for a partition of a cluster
(`spark`): all compare, weigh and decide with this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lianfang.matching import scoring
from lianfang.matching.codes import code_of, contact_code
from lianfang.matching.comparing import BIRTH, DOOR, ID, NAME, PHONE, SEX
from lianfang.matching.deciding import DECISIONS, REASONS, Decided, decide
from lianfang.matching.kinds import ID_KIND
from lianfang.matching.model import MAYBE, Model, Shares
from lianfang.matching.rarity import Rarity
from lianfang.matching.store import Store, with_room
from lianfang.matching.weighing import AT_HOME, PARTS, Flags, Levels, Pairs, weigh

RIVALS: Final = "rivals"
"""The part of a score that other candidates take away."""
_ONE_LEVEL: Final = {"name": NAME, "id": ID, "birth": BIRTH, "sex": SEX}
Part = tuple[str, float]


@dataclass(frozen=True)
class Matched:
    """What was decided of a list, and everything it was decided by. Rows are in ascending order of their `keys`."""

    pairs: Pairs
    parts: dict[str, Shares]
    decided: Decided
    coverage: float
    namesakes: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """Everyone of the ledger who has the name of a row of `bare`, by its sound."""

    @property
    def keys(self) -> npt.NDArray[np.int64]:
        """The rows."""
        return self.pairs.rows["key"].astype(np.int64)

    @cached_property
    def close(self) -> Levels:
        """How near each pair is to the home of the row; see `Pairs.closeness`."""
        return self.pairs.closeness()

    @cached_property
    def called(self) -> Flags:
        """Pairs whose telephone is the row's, or one of their home."""
        found: Flags = np.isin(self.pairs.levels["phone"], [PHONE.index("equal"), PHONE.index("family")])
        return found

    @cached_property
    def speaking(self) -> npt.NDArray[np.int8]:
        """By pair, whether birth date and sex count (0 to 3): with a number that tells them they do not."""
        found: npt.NDArray[np.int8] = (self.parts["birth"] != 0) + 2 * (self.parts["sex"] != 0).astype(np.int8)
        return found if len(found) else np.zeros(1, np.int8)

    def answers(self) -> pa.Table:
        """Columns ``key``, ``decision``, ``person`` (null for new rows), ``score``, ``best`` (the pair, -1: none)."""
        named = (self.decided.decision > 0) & (self.decided.best >= 0)
        people = self.pairs.person[np.where(named, self.decided.best, 0)] if len(self.pairs.person) else self.keys
        return pa.table(
            {
                "key": self.keys,
                "decision": pa.array(np.array(DECISIONS, object)[self.decided.decision]),
                "person": pa.array(people, mask=~named),
                "score": self.decided.score,
                "best": self.decided.best,
            }
        )

    def why(self, pair: int) -> list[Part]:
        """The parts of a pair's score in bits, what the other candidates take away among them: together they are the
        logarithm of the odds of its probability. Comparisons that say nothing are left out."""
        told, rivals = self.alone(pair), float(self.decided.rivals[pair])
        return [*told, (RIVALS, rivals)] if rivals else told

    def alone(self, pair: int) -> list[Part]:
        """The parts of a pair's weight, as if there were no other candidate."""
        told = []
        for part in PARTS:
            code = part if part == "prior" else self._code(part, pair)
            if code:
                told.append((code, float(self.parts[part][pair])))
        return told

    def codes(self, pair: int) -> tuple[str, ...]:
        """The codes of `why` that compare fields."""
        return tuple(code for part in PARTS if part != "prior" and (code := self._code(part, pair)))

    def combination(self) -> npt.NDArray[np.int64]:
        """A number for each pair that is equal where all levels are: what `codes` says depends on it alone."""
        found = np.zeros(len(self.pairs.row), np.int64)
        for levels in self.pairs.levels.values():
            found = found * 32 + levels.astype(np.int64)
        return found

    def reason_of(self, row: int) -> str:
        """Why the decision of a row (by its place) came out as it did; empty when weights alone decided."""
        return REASONS[self.decided.reason[row]]

    def candidates(self) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
        """For each row that has any its place and its candidates' pairs, the most probable first."""
        order = np.lexsort((self.pairs.person, -self.decided.probability, self.pairs.at))
        at = self.pairs.at[order]
        if len(at):
            starts = np.flatnonzero(np.concatenate(([True], at[1:] != at[:-1])))
            for start, end in zip(starts, [*starts[1:], len(at)], strict=True):
                yield int(at[start]), order[start:end]

    def seen(self) -> npt.NDArray[np.int64]:
        """Everyone of the ledger who is on the list or may be one of its rows. Who is not among them is missing."""
        return np.unique(np.concatenate((self.pairs.person[self.seen_pairs()], self.namesakes)))

    def bare(self) -> npt.NDArray[np.int64]:
        """Keys of rows without number and address that are nobody's: they may be anybody of that name, for telephones
        change."""
        rows = self.pairs.rows
        nothing = (rows["id_kind_of"] == 0) & (rows["door_kind"] == 0)
        found: npt.NDArray[np.int64] = self.keys[nothing & (self.decided.decision != DECISIONS.index("same"))]
        return found

    def seen_pairs(self) -> npt.NDArray[np.int64]:
        """The pairs whose person is, or may be, the row; see `seen`."""
        sure = self.decided.decision == DECISIONS.index("same")
        found = self.decided.best[sure]
        may = (self.decided.probability >= MAYBE) & ~sure[self.pairs.at]
        open_ = self.decided.decision == DECISIONS.index("review")
        best = open_[self.pairs.at] & (self.decided.probability >= MAYBE / 10)
        # A row without a number, at their door or on their telephone, under whatever name: nobody there is missing.
        unnumbered = self.pairs.of_row("id_kind_of") != ID_KIND.index("valid")
        at_home = unnumbered & ~sure[self.pairs.at] & (self.close == AT_HOME)
        return np.unique(np.concatenate((found, np.flatnonzero(may | best | at_home))))

    def _code(self, part: str, pair: int) -> str:
        levels = self.pairs.levels
        if part == "contact":
            return contact_code(PHONE[levels["phone"][pair]], DOOR[levels["door"][pair]])
        told_by_number = part in ("birth", "sex") and self.parts[part][pair] == 0
        return "" if told_by_number else code_of(part, _ONE_LEVEL[part][levels[part][pair]])


def match(store: Store, features: pa.Table, model: Model, *, coverage: float | None = None) -> Matched:
    """Decide every row of `features`. `coverage` is the share of the rows that are in the ledger; unless given, the
    rows with a valid number tell it."""
    con = store.con
    with_room(con, partial(scoring.take_rows, con, features))
    del features  # a copy is in the database now; whoever gave them away gives their memory back
    with_room(con, partial(scoring.find_pairs, con))
    with_room(con, partial(scoring.people_of_pairs, con))
    matched = with_room(con, partial(score, con, store.rarity, model, coverage=coverage))
    return replace(matched, namesakes=_namesakes(con, matched.bare()))


def _namesakes(con: duckdb.DuckDBPyConnection, bare: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    con.register("bare", pa.table({"key": bare}))
    named = "SELECT name_fz FROM listed SEMI JOIN bare USING (key)"
    found = con.sql(f"SELECT key FROM person WHERE name_fz IN ({named})").to_arrow_table()["key"].to_numpy()
    con.unregister("bare")
    people: npt.NDArray[np.int64] = found.astype(np.int64)
    return people


def score(con: duckdb.DuckDBPyConnection, rarity: Rarity, model: Model, *, coverage: float | None = None) -> Matched:
    """Decide the rows in `listed` along `pair` against `near` (see `scoring`)."""
    levels, rows = scoring.compare(con)
    pairs = Pairs.of(levels, rows)
    if coverage is None:
        coverage = scoring.coverage(levels, rows)
    parts = weigh(pairs, model, rarity, coverage)
    twins = [levels.column(name).to_numpy() for name in ("twin_by_id", "twin_by_name")]
    return Matched(pairs, parts, decide(pairs, parts, twins=twins), coverage)

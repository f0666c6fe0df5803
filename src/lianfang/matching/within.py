"""Records of one ledger or of several lists together that may be one person: who is held twice.

The same keys, levels and weights as for a list against a ledger. What differs: a record does not belong to one person
of the others only (somebody may be held three times), so every pair is weighed by itself; and a record is itself among
those whose names and telephones are counted.

Two valid numbers that differ are two people, for a pair and for a whole group: where links would join two of them, the
weakest links, and those nearly as weak, are left for a person to decide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lianfang.matching import keys, scoring
from lianfang.matching.comparing import ID, NAME, SAME_NAME, TWO_NAMES, level_columns
from lianfang.matching.deciding import LOOK, REASONS, SAME_PERSON, Decided, beside_the_name, may_be_sure
from lianfang.matching.engine import Matched
from lianfang.matching.grouping import Link, groups_of
from lianfang.matching.kinds import DOOR_KIND, ID_KIND
from lianfang.matching.model import MAYBE, REVIEW, SAME, SAME_IN_DOUBT, Model, Shares
from lianfang.matching.store import Store
from lianfang.matching.weighing import Pairs, weigh

SHARE: Final = 0.01
"""So many of the records, it is supposed before they were compared, are one of somebody who has another."""
_SHARES: Final = (0.002, 0.3)
"""Bounds of the share that is learned: few records tell little about it."""
_ROUNDS: Final = 20
_AT_ONCE: Final = 120_000
"""Pairs that are compared together: bounds the memory."""
_MOST: Final = 80.0
_WRITTEN_ALIKE: Final = tuple(NAME.index(level) for level in ("equal", "pinyin", "latin"))
_MASKED: Final = tuple(NAME.index(level) for level in ("masked", "masked_given"))
_NUMBERED: Final = tuple(ID.index(level) for level in ("equal", "slip", "masked"))
_COUNTED: Final = ("n_name", "n_sound", "n_letters")
"""Counts of the ledger in which the record itself is one."""
_ASKING: Final = """key, name, name_mask, name_fz, name_py, surname_only, id, id_valid, id_kind, id_mask, phones,
 phone_mask, place, building, room, birth, left_sign, right_sign"""
_NAME_ALONE: Final = ("name",)
"""Kinds of keys nobody is asked by: a name with nothing beside it is no pair, and what may stand beside it has keys."""
_CONTENT: Final = "name, name_mask, id, id_mask, phones, phone_mask, birth, sex, place, building, unit, room, outside"
_TURN: Final = f"""((name_mask IS NULL AND name IS NOT NULL)::UBIGINT * 8 + (id IS NOT NULL)::UBIGINT * 4
 + (name_fz IS NOT NULL)::UBIGINT * 2 + (len(phones) > 0)::UBIGINT) * 1152921504606846976::UBIGINT
 + hash({_CONTENT}) % 1152921504606846976::UBIGINT"""
"""Which record of a pair is taken for the row: the one that says less, since only rows may be masked; of two that say
as much, what they say decides, so that the order of the records changes nothing."""


@dataclass(frozen=True)
class Duplicates:
    """Pairs that are surely (`same`) or maybe (`review`) one person, in ascending order of their records, and groups.

    Pair number n is row number n of `matched`, which says why."""

    matched: Matched
    a: npt.NDArray[np.int64]
    b: npt.NDArray[np.int64]
    """The records of a pair by key, ``a`` below ``b``."""
    members: npt.NDArray[np.int64]
    """Records that are in a group, by key, in ascending order …"""
    group: npt.NDArray[np.int64]
    """… and its number, from 1 in the order of the first member."""

    @property
    def sure(self) -> npt.NDArray[np.bool_]:
        """Pairs that are one person without anybody having looked."""
        found: npt.NDArray[np.bool_] = self.matched.decided.decision == SAME_PERSON
        return found


def duplicates(store: Store, model: Model, *, share: float | None = None) -> Duplicates:
    """Find everybody who is in the store more than once. `share`: of the records so many are of somebody who has
    another; unless given, the pairs themselves tell it."""
    weighed = weighed_pairs(store, model, share=share or SHARE, least=MAYBE)
    if share is None:
        weighed = _with_share_learned(weighed, store.rarity.people)
    return _grouped(store.con, _judged(weighed))


def weighed_pairs(store: Store, model: Model, *, share: float = SHARE, least: float = 0.0) -> Matched:
    """All pairs that share a key, each weighed by itself, undecided; those less probable than `least` only where one
    number stands under two names."""
    _find_pairs(store.con)
    total = int(store.con.execute("SELECT count(*) FROM pair_within").fetchall()[0][0])
    pieces = max(1, -(-total // _AT_ONCE))
    found = [_weighed(store, model, share, f"row % {pieces} = {piece}", least) for piece in range(pieces)]
    for table in ("pair_within", "pair", "asking", "listed", "near"):
        store.con.execute(f"DROP TABLE {table}")
    return _together(found, share)


def _with_share_learned(weighed: Matched, people: int) -> Matched:
    """The pairs weighed anew with the share of records that, by their own probabilities, are of somebody who has
    another (expectation maximisation of the prior alone)."""
    beside = bits_of(weighed.parts) - weighed.parts["prior"]
    share, prior = SHARE, weighed.parts["prior"]
    for _ in range(_ROUNDS):
        prior = np.full(len(beside), np.log2(share / max(people, 1)))
        share = float(np.clip(2 * chance_of(prior + beside).sum() / max(people, 1), *_SHARES))
    probability = chance_of(prior + beside)
    decided = replace(weighed.decided, score=probability, probability=probability)
    return replace(weighed, parts={**weighed.parts, "prior": prior}, decided=decided, coverage=share / (1 + share))


def _find_pairs(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table `pair_within`. Whoever has a valid number can only be somebody with the same, or somebody without
    a valid one: only these ask."""
    counts = "coalesce(n_name.n, 0) AS n_name, coalesce(n_letters.n, 0) AS n_letters"
    joins = "LEFT JOIN n_name USING (name) LEFT JOIN n_letters USING (name_py)"
    _make(con, "asking", f"SELECT {_ASKING}, {counts} FROM person {joins} WHERE NOT id_valid")
    _make(con, "asked", keys.list_keys("asking", without=_NAME_ALONE))
    _make(con, "answering", "SELECT k, person FROM key WHERE k IN (SELECT k FROM asked)")
    few = f"SELECT k FROM answering GROUP BY k HAVING count(*) <= {keys.MOST_SHARING}"
    found = f"SELECT asked.person AS x, key.person AS y FROM asked JOIN answering AS key USING (k) WHERE k IN ({few})"
    held = f"SELECT id FROM person WHERE id_valid GROUP BY id HAVING count(*) BETWEEN 2 AND {keys.MOST_SHARING}"
    _make(con, "holder", f"SELECT id, key FROM person WHERE id_valid AND id IN ({held})")
    by_number = "SELECT one.key, other.key FROM holder AS one JOIN holder AS other USING (id)"
    both = f"SELECT DISTINCT least(x, y) AS x, greatest(x, y) AS y FROM ({found} UNION ALL {by_number}) WHERE x <> y"
    _make(con, "met", both)
    _make(
        con, "turn", f"SELECT key, {_TURN} AS turn FROM person WHERE key IN (SELECT x FROM met UNION SELECT y FROM met)"
    )
    swapped = "one.turn > other.turn"
    _make(con, "pair_within", f"""SELECT CASE WHEN {swapped} THEN y ELSE x END::BIGINT AS row,
        CASE WHEN {swapped} THEN x ELSE y END::BIGINT AS person
        FROM met JOIN turn AS one ON one.key = x JOIN turn AS other ON other.key = y""")  # fmt: skip
    for table in ("asking", "asked", "answering", "holder", "met", "turn"):
        con.execute(f"DROP TABLE {table}")


def _weighed(store: Store, model: Model, share: float, some: str, least: float) -> tuple[Pairs, dict[str, Shares]]:
    con = store.con
    _make(con, "pair", f"SELECT * FROM pair_within WHERE {some}")
    _make(con, "asking", "SELECT * FROM person WHERE key IN (SELECT row FROM pair)")
    _make(con, "listed", scoring.listed("asking"))
    _people_of_pairs(con)
    levels, beside = _compare(con)
    pairs = _each_its_own_row(Pairs.of(levels, scoring.rows(con)), slice(None))
    _only_what_both_say(pairs, beside)
    parts = weigh(pairs, model, store.rarity, share / (1 + share), sharing=beside["sharing"].to_numpy())
    two_people = pairs.levels["id"] == ID.index("differs")
    two_names = (pairs.levels["id"] == ID.index("equal")) & np.isin(pairs.levels["name"], TWO_NAMES)
    kept = np.flatnonzero(~two_people & (two_names | (chance_of(bits_of(parts)) >= least)))
    return _each_its_own_row(pairs, kept), {name: part[kept] for name, part in parts.items()}


def _each_its_own_row(pairs: Pairs, kept: npt.NDArray[np.int64] | slice) -> Pairs:
    """Some of the pairs, with what is said of a row told anew for each."""
    levels = {name: level[kept] for name, level in pairs.levels.items()}
    rows = {name: column[pairs.at[kept]] for name, column in pairs.rows.items()}
    row = pairs.row[kept]
    return Pairs(row, pairs.person[kept], np.arange(len(row)), levels, rows)


def _only_what_both_say(pairs: Pairs, beside: pa.Table) -> None:
    """A ledger has everybody's telephone and door; of two records of a list either may be silent or say less, which
    is no sign of two people. And one of those who are counted by name is the row itself."""
    for counted in _COUNTED:
        pairs.rows[counted] = np.maximum(pairs.rows[counted] - 1, 0)
    pairs.rows["phone_kind"] = np.where(beside["has_phone"].to_numpy(), pairs.rows["phone_kind"], 0).astype(np.uint8)
    mine, other = pairs.rows["door_kind"], beside["door_kind"].to_numpy()
    coarser = np.where((mine > 0) & (mine <= DOOR_KIND.index("place")), np.maximum(mine, other), mine)
    pairs.rows["door_kind"] = np.where(other > 0, coarser, 0).astype(np.uint8)


def _people_of_pairs(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table `near`: the people of the pairs, the telephones of their homes, those of them that two people
    have, and how many they are."""
    met = f"SELECT {scoring.PERSON_COLUMNS} FROM person WHERE key IN (SELECT person FROM pair)"
    homes = f"SELECT home, key, unnest(phones) AS phone FROM person WHERE home IN (SELECT home FROM ({met}))"
    by_phone = f"SELECT home, phone, count(DISTINCT key) AS holders FROM ({homes}) GROUP BY home, phone"
    called = f"""SELECT home, list(phone) AS home_phones, list(phone) FILTER (holders > 1) AS shared_phones
        FROM ({by_phone}) GROUP BY home"""
    living = f"SELECT home, count(*) AS living FROM person WHERE home IN (SELECT home FROM ({met})) GROUP BY home"
    _make(con, "near", f"""SELECT met.*, home_phones, shared_phones, living FROM ({met}) AS met
        LEFT JOIN ({called}) USING (home) LEFT JOIN ({living}) USING (home)""")  # fmt: skip


def _compare(con: duckdb.DuckDBPyConnection) -> tuple[pa.Table, pa.Table]:
    """Levels of every pair in order of row and person; and what the person says, and how many others live there.

    A telephone of the family is one that somebody else than the row itself has."""
    together = "listed.home IS NOT NULL AND listed.home = near.home"
    door_kind = f"""CASE WHEN near.place IS NULL THEN 0 WHEN near.room IS NOT NULL THEN {DOOR_KIND.index("room")}
        WHEN near.building IS NOT NULL THEN {DOOR_KIND.index("building")} ELSE {DOOR_KIND.index("place")} END"""
    beside = f"""SELECT pair.row, near.* REPLACE (CASE WHEN {together} THEN shared_phones ELSE home_phones END
        AS home_phones), greatest(coalesce(living, 2) - coalesce(({together})::INT, 0), 1)::DOUBLE AS sharing,
        len(near.phones) > 0 AS has_phone, {door_kind}::UTINYINT AS door_kind
        FROM pair JOIN listed ON listed.key = pair.row JOIN near ON near.key = pair.person"""
    found = con.sql(f"""SELECT l.row, l.key AS person, {level_columns()}, sharing, has_phone, l.door_kind
        FROM ({beside}) AS l JOIN listed AS r ON r.key = l.row ORDER BY l.row, l.key""").to_arrow_table()  # fmt: skip
    told = ["sharing", "has_phone", "door_kind"]
    return found.drop_columns(told), found.select(told)


def _together(found: list[tuple[Pairs, dict[str, Shares]]], share: float) -> Matched:
    """All pieces as one, in ascending order of the records of a pair, whichever of the two was the row."""
    every = [pairs for pairs, _ in found]
    row, person = (np.concatenate([getattr(pairs, side) for pairs in every]) for side in ("row", "person"))
    order = np.lexsort((np.maximum(row, person), np.minimum(row, person)))

    def joined(tables: list[dict[str, Any]]) -> dict[str, Any]:
        return {name: np.concatenate([table[name] for table in tables])[order] for name in tables[0]}

    levels, rows = joined([pairs.levels for pairs in every]), joined([pairs.rows for pairs in every])
    parts = joined([parts for _, parts in found])
    each = np.arange(len(order))
    probability, nothing = chance_of(bits_of(parts)), np.zeros(len(order), np.int8)
    undecided = Decided(nothing, nothing, each, probability, probability, np.zeros(len(order)))
    return Matched(Pairs(row[order], person[order], each, levels, rows), parts, undecided, share / (1 + share))


def bits_of(parts: dict[str, Shares]) -> Shares:
    """The parts of pairs together."""
    found: Shares = np.sum(list(parts.values()), axis=0)
    return found


def chance_of(bits: Shares) -> Shares:
    """The probability that goes with a weight."""
    found: Shares = 1 / (1 + np.exp2(-np.clip(bits, -_MOST, _MOST)))
    return found


def _judged(weighed: Matched) -> Matched:
    """The pairs with their decisions, without those that are nobody's question.

    Brothers and sisters are not set against each other here as they are where a row can be one of them only: names that
    are written differently need more, and a masked name needs a number beside it."""
    pairs, probability = weighed.pairs, weighed.decided.probability
    named = (pairs.levels["id"] == ID.index("equal")) & np.isin(pairs.levels["name"], TWO_NAMES)
    enough = np.where(np.isin(pairs.levels["name"], _WRITTEN_ALIKE), SAME, SAME_IN_DOUBT)
    masked = np.isin(pairs.levels["name"], _MASKED) & ~np.isin(pairs.levels["id"], _NUMBERED)
    one_number = (pairs.levels["id"] == ID.index("equal")) & (pairs.of_row("id_kind_of") == ID_KIND.index("valid"))
    proven = one_number & np.isin(pairs.levels["name"], SAME_NAME)
    sure = proven | ((probability >= enough) & may_be_sure(pairs) & ~masked)
    look = ~sure & (named | ((probability >= REVIEW) & beside_the_name(pairs)))
    decision = np.where(sure, SAME_PERSON, LOOK).astype(np.int8)
    reason = np.select([named & look, look], [REASONS.index("id.name_differs"), REASONS.index("evidence.thin")], 0)
    return _with(weighed, decision, reason.astype(np.int8), np.flatnonzero(sure | look))


def _with(
    matched: Matched, decision: npt.NDArray[np.int8], reason: npt.NDArray[np.int8], kept: npt.NDArray[np.int64]
) -> Matched:
    """Some of the pairs, decided."""
    pairs = _each_its_own_row(matched.pairs, kept)
    parts = {name: part[kept] for name, part in matched.parts.items()}
    probability = matched.decided.probability[kept]
    decided = Decided(decision[kept], reason[kept], pairs.at, probability, probability, np.zeros(len(kept)))
    return Matched(pairs, parts, decided, matched.coverage)


def _grouped(con: duckdb.DuckDBPyConnection, judged: Matched) -> Duplicates:
    a, b = np.minimum(judged.pairs.row, judged.pairs.person), np.maximum(judged.pairs.row, judged.pairs.person)
    decision, reason = judged.decided.decision.copy(), judged.decided.reason.copy()
    sure = np.flatnonzero(decision == SAME_PERSON)
    weight = np.round(np.clip(bits_of(judged.parts), -_MOST, _MOST)[sure], 6)
    links = [Link(*one) for one in zip(a[sure].tolist(), b[sure].tolist(), weight.tolist(), strict=True)]
    group, left = groups_of(links, _numbers(con, np.concatenate((a[sure], b[sure]))))
    contested = sure[left]
    decision[contested], reason[contested] = LOOK, REASONS.index("close")
    members = np.array(sorted(group), np.int64)
    # Whoever is in one group already is no question any more.
    settled = [group.get(one, 0) == group.get(other, -1) for one, other in zip(a.tolist(), b.tolist(), strict=True)]
    kept = np.flatnonzero((decision == SAME_PERSON) | ~np.array(settled, bool))
    of_members = np.array([group[member] for member in members.tolist()], np.int64)
    return Duplicates(_with(judged, decision, reason, kept), a[kept], b[kept], members, of_members)


def _numbers(con: duckdb.DuckDBPyConnection, people: npt.NDArray[np.int64]) -> dict[int, tuple[str, str]]:
    """Kind and valid number of these people."""
    con.register("linked", pa.table({"key": np.unique(people)}))
    found = con.execute("SELECT key, id_kind, id FROM person WHERE id_valid AND key IN (SELECT key FROM linked)")
    numbers = {int(key): (str(kind), str(number)) for key, kind, number in found.fetchall()}
    con.unregister("linked")
    return numbers


def _make(con: duckdb.DuckDBPyConnection, table: str, sql: str) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {sql}")

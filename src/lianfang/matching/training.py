"""Learning the numbers of the model from lists whose rows are proven, without anybody labelling a row.

A row with a valid number that somebody of the ledger holds is that person; all other candidates of the row are not. A
row with a valid number that nobody holds is nobody's. From these, and from pairs people have decided under review, the
shares are counted. What a proven row cannot tell (how often a number is mistyped) keeps its share from `_BY_HAND`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from lianfang.matching.comparing import BIRTH, DOOR, ID, NAME, SEX, TWO_NAMES
from lianfang.matching.kinds import DOOR_KIND, ID_KIND, PHONE_KIND
from lianfang.matching.model import SHAPES, Model, Shares
from lianfang.matching.weighing import AT_HOME, STRANGERS, Flags, Levels, Pairs

_LITTLE: Final = 0.3
"""Added to every count, so that what was never seen is unlikely and not impossible."""
_LIKE_BEFORE: Final = 20.0
"""Pairs' worth of weight that the shares of a model have where it is adapted."""
_POOLED: Final = 5.0
"""Rows' worth of weight that all kinds of contact together have in the share of one kind."""
_WEIGHT_OF_HAND: Final = 500.0
"""Pairs that people must have confirmed before their shares count as much as those told by hand."""
_BY_HAND: Final = {
    "valid": {"equal": 0.985, "slip": 0.006, "slip2": 0.001, "differs": 0.002, "unlike": 0.006},
    "damaged": {"equal": 0.02, "slip": 0.88, "slip2": 0.05, "unlike": 0.05},
    "other": {"equal": 0.85, "slip": 0.05, "slip2": 0.02, "unlike": 0.08},
    "masked": {"masked": 0.99, "mask_differs": 0.005},
    "none": {"none": 1.0},
}
"""Shares of the document number where it is one person."""
_AT_LEAST: Final = {
    "name": {
        "full": {"cut": 0.003},
        "masked": {"masked_loose": 0.1},
        "latin": {"latin": 0.3, "latin_slip": 0.02, "latin_part": 0.01},
    },
    "name_at_home": {"masked": {"masked_loose": 0.15}, "latin": {"latin_part": 0.02}},
    "door": {"room": {"building_differs": 0.002, "place_differs": 0.003}},
}
"""Shares of what some lists never show and others are full of: long names cut short, 张某 for a name of three
characters, foreigners, moves within a compound."""
_BEFORE: Final = {
    "name": {
        "surname": {"surname_only": 97, "surname_differs": 3},
        "masked": {"masked": 97, "masked_loose": 2, "mask_differs": 1},
        "masked_given": {"masked_given": 97, "masked_loose": 2, "mask_differs": 1},
    },
    "name_at_home": {
        "surname": {"surname_only": 45, "surname_differs": 55},
        "masked": {"masked": 30, "masked_loose": 15, "mask_differs": 55},
        "masked_given": {"masked_given": 1, "masked_loose": 1, "mask_differs": 98},
    },
}
"""Counts to begin with where lists have few rows to count: surnames alone, masks."""
_BIRTH_BY_HAND: Final = {"equal": 0.97, "near": 0.015, "differs": 0.015}
"""A number proves the birth date with it: rows that have both say nothing of dates that were typed."""


@dataclass(slots=True)
class Counts:
    """Counts of levels by kind, in the shape of the model's tables; several lists add up."""

    tables: dict[str, Shares] = field(default_factory=lambda: {name: _zeros(name) for name in SHAPES})
    nobody: Shares = field(default_factory=lambda: np.zeros(len(PHONE_KIND) * len(DOOR_KIND)))
    """Rows of nobody by kind of contact: what ``home`` is a share of."""
    rows: int = 0

    def add(self, pairs: Pairs, one_person: Flags, proven: Flags, nobody: Flags) -> None:
        """Count pairs. `one_person` by pair; `proven` by row: only these tell of others; `nobody` by row."""
        close = pairs.closeness()
        # A ledger that holds somebody twice would teach that relatives have one name and one birth date.
        twice = (pairs.levels["birth"] == BIRTH.index("equal")) & (pairs.levels["name"] == NAME.index("equal"))
        others = ~one_person & ~twice & (proven | nobody)[pairs.at] & (close == AT_HOME)
        self._count("name", pairs, "name_kind", one_person)
        self._count("name_at_home", pairs, "name_kind", others)
        for table, kinds in zip(("phone", "door"), pairs.contact_kinds(), strict=True):
            np.add.at(self.tables[table], (kinds[one_person], pairs.levels[table][one_person]), 1)
        untold = pairs.levels["id"] == ID.index("none")
        self._count("sex", pairs, None, one_person)
        self._count("sex_at_home", pairs, None, others & untold)
        self._count("birth_at_home", pairs, None, others)
        self._count_homes(pairs, close, nobody)
        self.rows += int((proven | nobody).sum())

    def _count(self, table: str, pairs: Pairs, kind: str | None, chosen: Flags) -> None:
        level = pairs.levels[table.removesuffix("_at_home")][chosen]
        kinds = pairs.of_row(kind)[chosen] if kind else np.zeros(len(level), int)
        np.add.at(self.tables[table], (kinds, level), 1)

    def _count_homes(self, pairs: Pairs, close: Levels, nobody: Flags) -> None:
        """Each row of nobody once, spread over the people of the home it reaches."""
        rows = len(nobody)
        certain = np.bincount(pairs.at, weights=close == AT_HOME, minlength=rows)
        any_ = np.bincount(pairs.at, weights=close != STRANGERS, minlength=rows)
        sharing = np.where(close == AT_HOME, certain[pairs.at], any_[pairs.at])
        chosen = nobody[pairs.at] & (close != STRANGERS)
        kind = pairs.rows["phone_kind"].astype(int) * len(DOOR_KIND) + pairs.rows["door_kind"]
        level = pairs.levels["phone"].astype(int) * len(DOOR) + pairs.levels["door"]
        np.add.at(self.tables["home"], (kind[pairs.at][chosen], level[chosen]), 1 / sharing[chosen])
        np.add.at(self.nobody, kind[nobody], 1)

    def as_dict(self) -> dict[str, Any]:
        """For a file; see `from_dict`."""
        tables = {name: table.tolist() for name, table in self.tables.items()}
        return {"tables": tables, "nobody": self.nobody.tolist(), "rows": self.rows}

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        tables = {name: table + other.tables[name] for name, table in self.tables.items()}
        return Counts(tables, self.nobody + other.nobody, self.rows + other.rows)


def _zeros(table: str) -> Shares:
    kinds, levels = SHAPES[table]
    return np.zeros((len(kinds), len(levels)))


def proven_by_number(pairs: Pairs) -> tuple[Flags, Flags, Flags]:
    """Pairs that are one person, rows that are proven, and rows of nobody; see `Counts.add`."""
    rows = len(pairs.rows["key"])
    valid = pairs.rows["id_kind_of"] == ID_KIND.index("valid")
    equal = pairs.levels["id"] == ID.index("equal")
    # Somebody else's number was entered: such a row proves nothing.
    foreign = equal & np.isin(pairs.levels["name"], TWO_NAMES)
    held, borrowed = (np.bincount(pairs.at, weights=chosen, minlength=rows) > 0 for chosen in (equal, foreign))
    proven = valid & held & ~borrowed
    return equal & proven[pairs.at], proven, valid & ~held


def learn(counts: Counts, *, version: str, learned_from: dict[str, Any]) -> Model:
    """The model of these counts."""
    tables = {
        name: _shares(counts.tables[name] + _begun(name))
        for name in SHAPES
        if name not in ("id", "birth", "home", "sex")
    }
    for table, kinds in _AT_LEAST.items():
        for kind, levels in kinds.items():
            for level, share in levels.items():
                at = SHAPES[table][0].index(kind), SHAPES[table][1].index(level)
                tables[table][at] = max(tables[table][at], share)
        tables[table] /= tables[table].sum(axis=1, keepdims=True)
    tables["id"] = _with_confirmed(_by_hand(ID_KIND, ID, _BY_HAND), counts.tables["id"])
    tables["birth"] = _by_hand(("any",), BIRTH, {"any": _BIRTH_BY_HAND})
    tables["sex"] = _by_hand(("any",), SEX, {"any": {"equal": 0.99, "differs": 0.01}})
    for table in ("birth_at_home", "sex_at_home"):
        tables[table] = _shares(np.where(np.arange(len(SHAPES[table][1])) == 0, 0, counts.tables[table]))
    nobody = counts.nobody[:, None]
    pooled = counts.tables["home"].sum(0) / max(counts.nobody.sum(), 1)
    tables["home"] = (counts.tables["home"] + _POOLED * pooled + 0.02) / (nobody + _POOLED)
    return Model(version, tables, learned_from)


def adapted(model: Model, pairs: Pairs, probability: Shares) -> Model:
    """The model with what these pairs, each as far as it is probable, tell of names, numbers, birth dates and doors of
    one person; kinds of rows that are rare among them stay nearly as they were.

    For files of another world than ours, without one proven row. Never of a ledger with families: what learns from its
    own answers learns relatives.
    """
    tables = dict(model.tables)
    for table, kind in (("name", "name_kind"), ("id", "id_kind_of"), ("birth", None), ("door", "door_kind")):
        counted = _LIKE_BEFORE * tables[table]
        kinds = pairs.of_row(kind) if kind else np.zeros(len(pairs.row), int)
        np.add.at(counted, (kinds, pairs.levels[table]), probability)
        tables[table] = counted / counted.sum(axis=1, keepdims=True)
    return Model(f"{model.version}+", tables, model.learned_from)


def _shares(counts: Shares) -> Shares:
    smoothed = counts + _LITTLE
    found: Shares = smoothed / smoothed.sum(axis=1, keepdims=True)
    return found


def _begun(table: str) -> Shares:
    begun = _zeros(table)
    for kind, levels in _BEFORE.get(table, {}).items():
        for level, count in levels.items():
            begun[SHAPES[table][0].index(kind), SHAPES[table][1].index(level)] = count
    return begun


def _with_confirmed(by_hand: Shares, counts: Shares) -> Shares:
    """Shares told by hand, moved by what people confirmed: slowly, for what they see are the doubtful cases."""
    found: Shares = (by_hand * _WEIGHT_OF_HAND + counts) / (_WEIGHT_OF_HAND + counts.sum(axis=1, keepdims=True))
    return found


def _by_hand(kinds: tuple[str, ...], levels: tuple[str, ...], told: dict[str, dict[str, float]]) -> Shares:
    table = np.full((len(kinds), len(levels)), 1e-3)
    for kind, shares in told.items():
        for level, share in shares.items():
            table[kinds.index(kind), levels.index(level)] = share
    return table

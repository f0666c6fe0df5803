"""What every peer starts from: the prepared fields as pandas tables, one blocking for all, and labels where they need
some.

Masked numbers and second telephones are columns of the prepared fields; a user of these libraries would take the last
four digits of a masked number and the first telephone, so that is done here, once for all of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas
import pyarrow.parquet

from bench.matching.score import Truth, read_truth

LABELLED = 1_000
"""The first rows of a list, whose truth the methods that learn from labels are given; never scored."""
PAIRS_PER_ROW = 200
"""So many pairs a list row may have on average, counted before the same pair by two keys becomes one; the commonest
keys beyond that join nobody. With 100,000 people all keys together give about 42. With a million ten times as many
people share a name: the budget is the same there, and leaves out only what is commonest.
"""
_PLAIN = ("name", "name_py", "name_fz", "id", "sex", "birth", "place", "building", "room", "door")
BLOCKS = (
    ("id",),
    ("phone",),
    ("name_fz",),
    ("name_py",),
    ("door",),
    ("birth", "sex"),
    ("id_tail", "sex"),
    ("place", "name_1"),
)


@dataclass(frozen=True, slots=True)
class Task:
    """A ledger, a list, the pairs worth comparing (index of list and ledger, both from 1), and the truth."""

    ledger: pandas.DataFrame
    listed: pandas.DataFrame
    pairs: pandas.MultiIndex
    truth: dict[int, Truth]

    def labelled(self) -> tuple[pandas.MultiIndex, pandas.MultiIndex]:
        """The pairs of the labelled rows, and those of them that are one person."""
        known = self.pairs[self.pairs.get_level_values(0) <= LABELLED]
        right = [ledger in self.truth[row].right for row, ledger in known]
        return known, known[right]


def load(folder: Path, name: str) -> Task:
    """Read a prepared ledger and list, and find the pairs."""
    ledger, listed = _table(folder / "ledger.features.parquet"), _table(folder / f"{name}.features.parquet")
    return Task(ledger, listed, candidates(listed, ledger, BLOCKS), read_truth(folder / f"{name}_truth.csv"))


def _table(path: Path) -> pandas.DataFrame:
    columns = [*_PLAIN, "key", "id_valid", "id_mask", "phones"]
    table = pyarrow.parquet.read_table(path, columns=columns).to_pandas()
    table["phone"] = table.pop("phones").str[0]
    table["name_1"] = table["name"].str[:1]
    mask = table.pop("id_mask")
    table["id_tail"] = table["id"].str[-4:].fillna(mask.str[-4:].where(mask.str[-4:].str.fullmatch(r"\d{3}[\dX]")))
    return table.set_index("key")


def candidates(
    left: pandas.DataFrame,
    right: pandas.DataFrame,
    blocks: Sequence[tuple[str, ...]],
    per_row: float = PAIRS_PER_ROW,
) -> pandas.MultiIndex:
    """All pairs that agree in one of the blocks, without the commonest keys; blanks agree with nothing."""
    most = most_sharing(left, right, blocks, per_row)
    found = []
    for block in blocks:
        columns = list(block)
        near = left[columns].dropna().reset_index(names="left")
        far = right[columns].dropna()
        far = far[far.groupby(columns)[columns[0]].transform("size") <= most].reset_index(names="right")
        found.append(near.merge(far, on=columns)[["left", "right"]])
    pairs = pandas.concat(found).drop_duplicates()
    return pandas.MultiIndex.from_frame(pairs.sort_values(["left", "right"]))


def most_sharing(
    left: pandas.DataFrame, right: pandas.DataFrame, blocks: Iterable[tuple[str, ...]], per_row: float
) -> int:
    """How many of the ledger may share a key so that the pairs stay within `per_row` for each row of the list."""
    sizes = []
    for block in blocks:
        asked = left.dropna(subset=list(block)).groupby(list(block)).size().rename("asked")
        sharing = right.dropna(subset=list(block)).groupby(list(block)).size().rename("sharing")
        sizes.append(pandas.concat([asked, sharing], axis=1, join="inner").reset_index(drop=True))
    every = pandas.concat(sizes)
    pairs = (every["asked"] * every["sharing"]).groupby(every["sharing"]).sum().sort_index().cumsum()
    within = pairs[pairs <= per_row * len(left)]
    return int(within.index.max()) if len(within) else 0


def write_answers(path: Path, scores: pandas.Series, threshold: float) -> None:
    """The best ledger row of every list row: `same` from the threshold up, else `new`."""
    ranked = scores.sort_values(ascending=False, kind="stable")
    best = ranked[~ranked.index.get_level_values(0).duplicated()].sort_index()
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["row", "decision", "ledger_row", "score"])
        for (row, ledger), value in best.items():
            writer.writerow([row, "same" if value >= threshold else "new", ledger, repr(float(value))])

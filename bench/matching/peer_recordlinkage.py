"""recordlinkage on a prepared folder: `python -m bench.matching.peer_recordlinkage ecm|logreg FOLDER LIST ANSWERS`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy
import pandas
import recordlinkage

from bench.matching.pairs import Task, load, write_answers

_EQUAL = ("name", "name_py", "name_fz", "id", "id_tail", "phone", "door", "place", "building", "room", "sex", "birth")
_ECM = ("name", "name_fz", "id_like", "phone", "door", "birth")
"""What EM learns from: of seven sets tried on development seed 1 the one with the best F1 on both lists together. It
takes columns for independent, so more of them make it worse."""
_LIKE = 0.85
_CONTRADICTS = ("id", "phone", "door", "sex", "birth")


def compared(task: Task) -> pandas.DataFrame:
    """The comparison vectors: equality, likeness of pinyin and number, and where both sides say something else."""
    compare = recordlinkage.Compare()
    for name in _EQUAL:
        compare.exact(name, name, label=name)
    compare.string("name_py", "name_py", method="jarowinkler", label="name_like")
    compare.string("id", "id", method="damerau_levenshtein", label="id_like")
    return compare.compute(task.pairs, task.listed, task.ledger)


def _contradictions(task: Task, vectors: pandas.DataFrame) -> pandas.DataFrame:
    """Columns for a learner with labels: blank is not the same as different."""
    left, right = task.pairs.get_level_values(0), task.pairs.get_level_values(1)
    for name in _CONTRADICTS:
        said = task.listed[name].notna().loc[left].to_numpy() & task.ledger[name].notna().loc[right].to_numpy()
        vectors[f"{name}_differs"] = (said & (vectors[name].to_numpy() == 0)).astype(float)
    valid = task.listed["id_valid"].loc[left].to_numpy() & task.ledger["id_valid"].loc[right].to_numpy()
    vectors["two_people"] = vectors["id_differs"] * valid
    return vectors


def logreg(task: Task) -> pandas.Series:
    """Probabilities of a logistic regression on the labelled rows."""
    vectors = _contradictions(task, compared(task))
    known, right = task.labelled()
    classifier = recordlinkage.LogisticRegressionClassifier()
    classifier.fit(vectors.loc[known], right)
    return classifier.prob(vectors)


def ecm(task: Task) -> pandas.Series:
    """Match probabilities of expectation maximisation, without labels."""
    used = (compared(task)[list(_ECM)].astype(float) > _LIKE).astype(int)
    classifier = recordlinkage.ECMClassifier(max_iter=200)
    classifier.fit(used)
    return pandas.Series(numpy.nan_to_num(numpy.asarray(classifier.prob(used))), index=used.index)


def main() -> None:
    """The command line."""
    method, folder, name, answers = sys.argv[1:]
    task = load(Path(folder), name)
    scores = {"logreg": logreg, "ecm": ecm}[method](task)
    write_answers(Path(answers), scores, threshold=0.5)
    print(len(task.pairs))


if __name__ == "__main__":
    main()

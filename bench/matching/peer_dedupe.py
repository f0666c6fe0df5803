"""dedupe on a prepared folder: `python -m bench.matching.peer_dedupe FOLDER LIST ANSWERS`.

Its classifier learns from the labelled rows: their true pairs and five times as many of the other candidate pairs. The
pairs to score are those all peers get; its own blocking, which takes many times longer to learn and to run, is left out
(and does not run at all with BTrees 6.5, which it brings).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import dedupe
import numpy
import pandas
from dedupe import variables

from bench.matching.pairs import Task, load, write_answers

Record = dict[str, Any]
_DISTINCT = 5
_TEXTS = ("name", "name_py", "id", "phone", "door")
_CODES = ("name_fz", "id_tail", "place", "building", "room", "sex", "birth")


def _records(table: pandas.DataFrame) -> dict[int, Record]:
    columns = [*_TEXTS, *_CODES]
    plain = table[columns].astype(object).where(table[columns].notna(), None)
    return dict(zip(plain.index, plain.to_dict("records"), strict=True))


def _variables() -> list[Any]:
    texts = [variables.String(name, has_missing=True) for name in _TEXTS]
    return texts + [variables.Exact(name, has_missing=True) for name in _CODES]


def _learn(linker: dedupe.RecordLink, task: Task, listed: dict[int, Record], ledger: dict[int, Record]) -> None:
    """What `RecordLink.train` does for the classifier; the pairs are given, so no blocking is learned."""
    known, right = task.labelled()
    wrong = list(known.difference(right))
    wrong = Random(1).sample(wrong, min(len(wrong), _DISTINCT * len(right)))
    examples = [(listed[row], ledger[one]) for row, one in [*right, *wrong]]
    labels = numpy.repeat([1, 0], [len(right), len(wrong)])
    linker.classifier.fit(linker.data_model.distances(examples), labels)


def scored(task: Task) -> pandas.Series:
    """The probability of every candidate pair."""
    listed, ledger = _records(task.listed), _records(task.ledger)
    linker = dedupe.RecordLink(_variables(), num_cores=1)
    _learn(linker, task, listed, ledger)

    def pairs() -> Iterator[Any]:
        for row, one in task.pairs:
            yield (row, listed[row]), (one, ledger[one])

    found = linker.score(pairs())
    index = pandas.MultiIndex.from_arrays([found["pairs"][:, 0], found["pairs"][:, 1]])
    return pandas.Series(found["score"], index=index)


def main() -> None:
    """The command line."""
    folder, name, answers = sys.argv[1:]
    task = load(Path(folder), name)
    write_answers(Path(answers), scored(task), threshold=0.5)
    print(len(task.pairs))


if __name__ == "__main__":
    main()

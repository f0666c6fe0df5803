"""How good an engine's answers are: `python -m bench.matching.score TRUTH.csv ANSWERS.csv… [--json] [--after ROW]`.

`ANSWERS.csv` has the columns `row`, `decision` (same, review, new), `ledger_row`, `score` and, if the engine names more
than one, `candidates` (ledger rows, best first, ``;`` between). Other columns, such as the list's own, are left alone.

* precision: share of `same` that name the right person (either row of somebody held twice is right)
* recall: share of rows of ledger people that are `same` and right
* recall including review: those, and rows under review where the right person is named
* review: share of all rows under review
* false missing: share of the ledger people who are on the list and would be called absent: no `same` row names them and
  no row under review names them, neither as its person nor among its candidates. A row the engine calls `new` or gives
  to somebody else hides a person; a row under review does not: nobody may be called missing while it is open
* under review: share of those people that only rows under review name
* best F1: over all thresholds of `score`, taking every row with a person as one answer
* recall at precision 0.9995: the largest recall of a threshold that keeps precision at 0.9995 or better
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

PRECISION = 0.9995


@dataclass(frozen=True, slots=True)
class Truth:
    """Who a row is. Empty `right`: nobody of the ledger."""

    right: frozenset[int]
    thin: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine says of a row; `people` are the ledger rows it names, best first."""

    decision: str
    people: tuple[int, ...] = ()
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures; see the module. Shares from 0 to 1."""

    rows: int
    same: int
    wrong_same: int
    precision: float
    recall: float
    recall_with_review: float
    recall_with_review_told: float
    """Without rows that say less than a name and a second thing (`thin`)."""
    review: float
    false_missing: float
    under_review: float
    best_f1: float
    best_f1_score: float
    recall_at_precision: float


def score(truth: Mapping[int, Truth], answers: Mapping[int, Answer]) -> Scores:
    """Compare answers with the truth. A row without an answer counts as `new`."""
    nothing = Answer("new")
    pairs = [(one, answers.get(row, nothing)) for row, one in truth.items()]
    same = [(one, answer) for one, answer in pairs if answer.decision == "same"]
    right = sum(_names(one, answer) for one, answer in same)
    known = [(one, answer) for one, answer in pairs if one.right]
    told = [(one, answer) for one, answer in known if not one.thin]
    missing, waiting = _missing(pairs)
    f1, at = best_f1(pairs)
    return Scores(
        rows=len(pairs),
        same=len(same),
        wrong_same=len(same) - right,
        precision=_share(right, len(same)),
        recall=_share(right, len(known)),
        recall_with_review=_share(sum(_found(*pair) for pair in known), len(known)),
        recall_with_review_told=_share(sum(_found(*pair) for pair in told), len(told)),
        review=_share(sum(answer.decision == "review" for _, answer in pairs), len(pairs)),
        false_missing=missing,
        under_review=waiting,
        best_f1=f1,
        best_f1_score=at,
        recall_at_precision=recall_at(pairs, PRECISION),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _names(one: Truth, answer: Answer) -> bool:
    """Whether the person named first is the right one."""
    return bool(answer.people) and answer.people[0] in one.right


def _found(one: Truth, answer: Answer) -> bool:
    if answer.decision == "same":
        return _names(one, answer)
    return answer.decision == "review" and not one.right.isdisjoint(answer.people)


def _missing(pairs: Sequence[tuple[Truth, Answer]]) -> tuple[float, float]:
    """Shares of the people on the list that are called absent, and that only rows under review name."""
    people = {one.right for one, _ in pairs if one.right}
    sure = {answer.people[0] for _, answer in pairs if answer.decision == "same" and answer.people}
    open_ = {person for _, answer in pairs if answer.decision == "review" for person in answer.people}
    unsure = [rows for rows in people if rows.isdisjoint(sure)]
    waiting = sum(not rows.isdisjoint(open_) for rows in unsure)
    return _share(len(unsure) - waiting, len(people)), _share(waiting, len(people))


def _thresholds(pairs: Sequence[tuple[Truth, Answer]]) -> Iterable[tuple[float, int, int]]:
    """For every score, from the highest: rows at least as high, and how many of them are right."""
    ranked = sorted(((answer.score, _names(one, answer)) for one, answer in pairs if answer.people), reverse=True)
    taken = right = 0
    for value, group in groupby(ranked, key=lambda pair: pair[0]):
        for _, hit in group:
            taken += 1
            right += hit
        yield value, taken, right


def best_f1(pairs: Sequence[tuple[Truth, Answer]]) -> tuple[float, float]:
    """The best F1 of any threshold, and the threshold."""
    known = sum(bool(one.right) for one, _ in pairs)
    return max(((2 * right / (taken + known), value) for value, taken, right in _thresholds(pairs)), default=(0.0, 0.0))


def recall_at(pairs: Sequence[tuple[Truth, Answer]], precision: float) -> float:
    """The best recall of any threshold whose precision is at least this."""
    known = sum(bool(one.right) for one, _ in pairs)
    return max(
        (_share(right, known) for _, taken, right in _thresholds(pairs) if right >= precision * taken), default=0.0
    )


def read_truth(path: Path) -> dict[int, Truth]:
    """The truth of a list as `generate` writes it."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        return {
            int(line["row"]): Truth(
                frozenset(int(cell) for cell in (line["ledger_row"], line["also"]) if cell), bool(line["thin"])
            )
            for line in csv.DictReader(source)
        }


def read_answers(path: Path) -> dict[int, Answer]:
    """An engine's answers. Of several people on a row the first counts."""
    answers: dict[int, Answer] = {}
    with path.open(encoding="utf-8-sig", newline="") as source:
        for line in csv.DictReader(source):
            if line.get("part", "1") not in ("", "1"):
                continue
            named = [line["ledger_row"], *(line.get("candidates") or "").split(";")]
            people = tuple(dict.fromkeys(int(cell) for cell in named if cell))
            answers[int(line["row"])] = Answer(line["decision"], people, float(line["score"] or 0))
    return answers


def print_table(named: Mapping[str, Mapping[str, float]]) -> None:
    """Figures of one or more engines, a column each."""
    figures = list(dict.fromkeys(figure for one in named.values() for figure in one))
    print(f"{'':26}" + "".join(f"{name:>16}" for name in named))
    for figure in figures:
        cells = [one.get(figure, float("nan")) for one in named.values()]
        shown = [f"{value:>16,}" if isinstance(value, int) else f"{value:>16.5f}" for value in cells]
        print(f"{figure:26}" + "".join(shown))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching.score")
    parser.add_argument("truth", type=Path)
    parser.add_argument("answers", type=Path, nargs="+")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--after", type=int, default=0, metavar="ROW", help="leave out the rows up to this one")
    given = parser.parse_args()
    truth = {row: one for row, one in read_truth(given.truth).items() if row > given.after}
    found = {path.stem: asdict(score(truth, read_answers(path))) for path in given.answers}
    if given.json:
        print(json.dumps(found, indent=1))
    else:
        print_table(found)


if __name__ == "__main__":
    main()

"""The scores of the matching benchmark, on answers small enough to count by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.matching.score import Answer, Truth, read_answers, read_truth, score

TRUTH = {
    1: Truth(frozenset({11})),
    2: Truth(frozenset({12, 92})),
    3: Truth(frozenset({13})),
    4: Truth(frozenset({14}), thin=True),
    5: Truth(frozenset()),
}


class TestScores:
    def test_are_whole_when_everything_is_right(self) -> None:
        answers = {row: Answer("same", tuple(one.right)[:1], 1.0) for row, one in TRUTH.items() if one.right}
        found = score(TRUTH, answers)
        assert (found.precision, found.recall, found.best_f1, found.false_missing) == (1, 1, 1, 0)
        assert found.recall_at_precision == 1

    def test_take_either_row_of_somebody_held_twice(self) -> None:
        assert score(TRUTH, {2: Answer("same", (92,), 0.9)}).precision == 1

    def test_count_a_review_as_found_only_when_it_names_the_person(self) -> None:
        found = score(TRUTH, {1: Answer("review", (99, 11), 0.5), 3: Answer("review", (99,), 0.5)})
        assert found.recall == 0
        assert found.recall_with_review == pytest.approx(1 / 4)
        assert found.recall_with_review_told == pytest.approx(1 / 3)
        assert found.review == pytest.approx(2 / 5)

    def test_call_nobody_missing_whom_a_row_under_review_names(self) -> None:
        found = score(TRUTH, {1: Answer("same", (11,), 1), 2: Answer("review", (99, 92)), 3: Answer("new")})
        assert found.false_missing == pytest.approx(2 / 4)
        assert found.under_review == pytest.approx(1 / 4)

    def test_count_somebody_given_to_a_stranger(self) -> None:
        found = score(TRUTH, {1: Answer("same", (11,), 0.9), 5: Answer("same", (12,), 0.95)})
        assert (found.same, found.wrong_same, found.precision) == (2, 1, 0.5)
        assert found.recall_at_precision == 0
        assert found.best_f1 == pytest.approx(2 / (2 + 4))

    def test_find_the_best_threshold(self) -> None:
        found = score(
            TRUTH,
            {1: Answer("same", (11,), 0.9), 2: Answer("new", (12,), 0.8), 3: Answer("new", (99,), 0.1)},
        )
        assert found.best_f1 == pytest.approx(4 / (2 + 4))
        assert found.best_f1_score == 0.8
        assert found.recall_at_precision == pytest.approx(0.5)

    def test_are_read_from_files(self, tmp_path: Path) -> None:
        (tmp_path / "truth.csv").write_text("row,ledger_row,also,origin,noise,thin\n1,5,9,ledger,,1\n2,,,member,,\n")
        (tmp_path / "answers.csv").write_text(
            "name,row,part,decision,ledger_row,score,candidates\na,1,1,review,,0.4,9;5\na,1,2,same,7,1,\nb,2,1,new,,,\n"
        )
        truth, answers = read_truth(tmp_path / "truth.csv"), read_answers(tmp_path / "answers.csv")
        assert truth == {1: Truth(frozenset({5, 9}), thin=True), 2: Truth(frozenset())}
        assert answers == {1: Answer("review", (9, 5), 0.4), 2: Answer("new")}

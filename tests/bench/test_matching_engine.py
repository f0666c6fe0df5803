"""The engine in the matching benchmark: as a command beside its peers, with its speed, and judged row by row."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

pytest.importorskip("psutil", reason="make bench-matching installs it")
pytest.importorskip("pandas", reason="make bench-matching installs it")

from bench.matching import accuracy, calibration, floor, speed, summary  # after the check
from bench.matching.__main__ import body_of, tables_of
from bench.matching.generate import write_all
from bench.matching.judging import Judged, judged, prepared
from bench.matching.peers import OURS, OURS_KEPT, PREPARING, compare, short, state_of
from bench.matching.plot import Point, Series, drawn
from bench.matching.score import Answer, Truth

ROWS = 1_200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("town")
    write_all(made, people=2_000, rows=ROWS, seed=3)
    return made


@pytest.fixture(scope="module")
def normal(folder: Path) -> Judged:
    store = prepared(folder / "ledger.csv")
    try:
        return judged(store, folder, "list")
    finally:
        store.close()


def _row(method: str, cpu: float, mib: float, f1: float | None) -> dict[str, object]:
    scored = {} if f1 is None else {"best_f1": f1, "precision": f1}
    return {"list": "hard", "method": method, "cpu_s": cpu, "peak_mib": mib, **scored}


class TestTheCommandBesideItsPeers:
    def test_answers_alike_with_and_without_a_kept_ledger(self, folder: Path) -> None:
        rows = list(compare(folder, only=frozenset({OURS, OURS_KEPT})))
        assert [row["method"] for row in rows] == [PREPARING, OURS, OURS_KEPT, OURS, OURS_KEPT]
        assert all(row["code"] == 0 and float(str(row["cpu_s"])) > 0 for row in rows)
        assert state_of(folder).exists()
        cold, kept = ((folder / f"hard.{name}.csv").read_bytes() for name in ("lianfang", "lianfang_kept"))
        assert cold == kept
        assert all(row["precision"] == 1 for row in rows if row["list"] == "normal")


class TestTheTableOfSeveralSeeds:
    ROWS = (
        _row("dedupe", 100, 4000, 0.90), _row("dedupe", 120, 2000, 0.94),
        _row(OURS_KEPT, 10, 500, 0.95), _row(OURS_KEPT, 10, 400, 0.97),
    )  # fmt: skip

    def test_tells_means_and_the_worst(self) -> None:
        peer, own = summary.lines(self.ROWS)
        told = dict(zip(summary.head(), own, strict=True))
        assert (told["CPU s"], told["peak MiB, worst"], told["best F1"]) == ("10.0", "500", "0.9600")
        assert dict(zip(summary.head(), peer, strict=True))["precision, worst"] == "0.90000"

    def test_has_no_figure_for_a_method_that_failed_once(self) -> None:
        rows = [*self.ROWS, _row("dedupe", 1, 1, None)]
        assert dict(zip(summary.head(), summary.lines(rows)[0], strict=True))["best F1"] == "–"
        assert summary.ratios(rows) == []

    def test_says_of_each_peer_whether_the_goals_are_reached(self) -> None:
        assert summary.ratios(self.ROWS) == [
            ("hard", "dedupe", OURS_KEPT, "11.0 × (reached)", "8.0 × (reached)", "+0.0400 (reached)")
        ]

    def test_is_the_page_of_what_was_kept(self) -> None:
        facts = {"processor": "P", "cores": 2.0, "memory_gib": 8, "system": "S", "python": "3", "load_1min": 0.5}
        results = {"at": "2026-11-28T10:00:00", "machine": {**facts, "loop_cpu_ms": 50}, "sizes": {"100k": self.ROWS}}
        results["febrl"] = {"FEBRL4 link": {"pairs": 12_345, "ECM best F1": 0.99561}}
        body = body_of(results, tables_of(results))
        assert body.startswith("Measured on 2026-11-28: P, 2 cores, 8 GiB, S, Python 3; load when it began 0.5")
        assert "### 100k: peers against the engine" in body
        assert "### FEBRL4 link" in body
        assert "| ECM best F1 |  | 0.99561 |" in body
        assert "| hard | dedupe | lianfang reconcile, kept | 11.0 × (reached) |" in body


class TestSpeed:
    def test_is_measured_against_reading_and_writing_alone(self, folder: Path, tmp_path: Path) -> None:
        out = tmp_path / "out.csv"
        assert floor.copy(folder / "ledger.csv", folder / "list.csv", out) == (2_000, ROWS)
        with out.open(encoding="utf-8") as source:
            rows = list(csv.reader(source))
        assert rows[0][-7:] == list(floor.ANSWER)
        assert len(rows) == ROWS + 1

    def test_puts_every_goal_beside_what_was_measured(self) -> None:
        runs = {which: {"cpu_s": 3.0, "wall_s": 2.0, "peak_mib": 700.0} for which in speed.RUNS}
        found = {"sizes": {"1M": runs}, "features": {"clean": {"us_per_row": 15.0}, "messy": {"us_per_row": 15.1}}}
        told = {(line[0], line[1]): line[-1] for line in speed.goals(found)}
        assert told[("1M × 100k kept", "CPU s")] == "(reached)"
        assert told[("1M × 100k kept", "MiB")] == "(missed)"
        assert told[("5M × 100k kept", "CPU s")] == "not measured"
        assert told[("growth, CPU of 5M over CPU of 1M, kept", "×")] == "not measured"
        assert told[("normalising a clean ledger", "µs/row")] == "(reached)"
        assert told[("normalising a messy list", "µs/row")] == "(missed)"
        assert speed.lines(found)[0] == ("1M", "floor", "3.0", "2.0", "700", "1.0 ×", "3.0")

    def test_says_that_a_run_failed(self) -> None:
        runs = {which: {"cpu_s": 3.0, "wall_s": 2.0, "peak_mib": 700.0} for which in speed.RUNS}
        found = {"sizes": {"1M": {**runs, "cold": {"code": 1}}}, "features": {}}
        told = {(line[0], line[1]): line[-1] for line in speed.goals(found)}
        assert told[("1M × 100k cold", "CPU s")] == "(missed: the run failed)"
        assert speed.lines(found)[1] == ("1M", "cold", "failed with 1", "–", "–", "–", "–")

    def test_grows_as_five_million_do_over_one(self) -> None:
        found = {"sizes": {"1M": {"kept": {"cpu_s": 5.0}}, "5M": {"kept": {"cpu_s": 15.0}}}}
        assert speed.growth(found) == 3

    def test_tells_what_a_million_people_more_cost(self) -> None:
        runs = {
            size: {
                "kept": {"cpu_s": cpu, "peak_mib": 300 + cpu, "state_mib": cpu * 100},
                "first": {"cpu_s": cpu * 10},
            }
            for size, cpu in (("5M", 15.0), ("100k", 2.0), ("1M", 5.0))
        }
        told = speed.outlook({"sizes": runs})
        assert told.startswith("From 1M to 5M people, each million more costs 2.5 CPU s and 2 MiB")
        assert told.endswith("25 CPU s to prepare it and 250 MiB on the disk.")
        assert speed.outlook({"sizes": {"1M": runs["1M"]}}) == ""

    @pytest.mark.parametrize("count", [20_000, 100_000, 1_000_000, 5_000_000])
    def test_names_sizes_that_can_be_read_again(self, count: int) -> None:
        assert speed.people_of(short(count)) == count


class TestJudging:
    def test_has_an_answer_for_every_row(self, normal: Judged) -> None:
        assert normal.answers.keys() == normal.truth.keys()
        assert len(normal.answers) == ROWS

    def test_finds_as_the_command_does(self, normal: Judged, folder: Path) -> None:
        found = accuracy.figures(normal)
        assert found["precision"] == 1
        assert found["with review"] > 0.97
        assert found["called missing"] < 0.02

    def test_calls_nobody_missing_who_is_seen(self) -> None:
        truth = {1: Truth(frozenset({1})), 2: Truth(frozenset({2, 9})), 3: Truth(frozenset())}
        answers = {1: Answer("same", (1,), 1.0), 2: Answer("new", (9,), 0.3), 3: Answer("new")}
        assert Judged(truth, answers, frozenset({1, 9}), frozenset()).false_missing() == 0
        assert Judged(truth, answers, frozenset({1}), frozenset()).false_missing() == 0.5
        thin = {**truth, 2: Truth(frozenset({2, 9}), thin=True)}
        assert Judged(thin, answers, frozenset({1}), frozenset()).false_missing() == 0.5
        assert Judged(thin, answers, frozenset({1}), frozenset()).false_missing(told=True) == 0

    def test_tells_rows_of_a_rule_apart(self) -> None:
        truth = {1: Truth(frozenset({1})), 2: Truth(frozenset({2})), 3: Truth(frozenset())}
        answers = {1: Answer("same", (1,), 0.9), 2: Answer("review", (5,), 0.99), 3: Answer("new")}
        one = Judged(truth, answers, frozenset(), frozenset({2}))
        assert (list(one.chances(ruled=False)), list(one.chances(ruled=True))) == ([(0.9, True)], [(0.99, False)])


class TestCalibration:
    def test_knows_wilsons_interval(self) -> None:
        assert calibration.wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
        assert calibration.wilson(0, 10)[0] == 0
        assert calibration.wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)

    def test_groups_by_probability(self) -> None:
        low, high = calibration.binned([(0.2, False), (1.0, True), (0.1, True), (0.5, True)], (0.0, 0.5, 1.0))
        assert (low.rows, low.right, low.predicted) == (2, 1, pytest.approx(0.15))
        assert (high.rows, high.observed) == (2, 1)
        assert calibration.binned([]) == []

    def test_draws_every_point_and_threshold(self) -> None:
        points = [Point(0.5, 0.6, 0.4, 0.8), Point(1.0, 1.0, 0.9, 1.0)]
        svg = drawn([Series("normal", points), Series("hard", points[:1])], marks={"same": 0.97})
        assert svg.count('class="s0 dot"') == 3
        assert svg.count('class="s1 dot"') == 2
        assert "same 0.97" in svg
        assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
        assert "prefers-color-scheme:dark" in svg


class TestAccuracy:
    def test_writes_development_and_held_out_seeds_apart(self) -> None:
        assert accuracy.section_of([1, 2]) == "accuracy on development seeds"
        assert accuracy.section_of([101]) == "accuracy on held-out seeds"
        with pytest.raises(ValueError, match="told apart"):
            accuracy.section_of([1, 101])

    def test_counts_the_worst_seed(self) -> None:
        good = {"precision": 1.0, "with review": 0.99, "review": 0.01, "called missing": 0.0}
        bad = {"precision": 0.999, "with review": 0.98, "review": 0.02, "called missing": 0.01}
        told = {line[:2]: line[3:] for line in accuracy.goals({kind: {1: good, 2: bad} for kind in accuracy.GOALS})}
        assert told[("normal", "precision")] == ("0.99900", "(missed)")
        assert told[("hard", "with review")] == ("0.98000", "(reached)")
        assert told[("normal", "review")] == ("0.02000", "(missed)")

"""What the peers are given: the prepared fields and the pairs. Needs the dependency group bench."""

from __future__ import annotations

from pathlib import Path

import pytest

pandas = pytest.importorskip("pandas", reason="make bench-matching installs it")
pytest.importorskip("pyarrow", reason="make bench-matching installs it")
pytest.importorskip("recordlinkage", reason="make bench-matching installs it")

from bench.matching import febrl  # noqa: E402  # after the check that its libraries are there
from bench.matching.features import SCHEMA, prepare  # noqa: E402
from bench.matching.generate import write_all  # noqa: E402
from bench.matching.pairs import candidates, load, most_sharing  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("matching")
    write_all(made, people=2_000, rows=1_500, seed=2)
    prepare(made)
    return made


class TestPreparedFields:
    def test_have_a_row_for_every_person(self, folder: Path) -> None:
        table = pandas.read_parquet(folder / "ledger.features.parquet")
        assert list(table.columns) == SCHEMA.names
        assert list(table["key"]) == list(range(1, 2_001))
        assert table["door"].notna().all()
        assert table.loc[table["id_kind"] == "resident_id", "id_valid"].all()

    def test_read_most_doors_of_a_list(self, folder: Path) -> None:
        table = pandas.read_parquet(folder / "list.features.parquet")
        assert table["door"].notna().mean() > 0.4
        assert table["name_py"].notna().mean() > 0.9
        assert (table["id_mask"].dropna().str.len() >= 5).all()

    def test_lead_the_pairs_to_nearly_everybody(self, folder: Path) -> None:
        task = load(folder, "list")
        near = set(task.pairs)
        known = [(row, one.right) for row, one in task.truth.items() if one.right and not one.thin]
        assert sum(any((row, ledger) in near for ledger in right) for row, right in known) / len(known) > 0.99


class TestPairs:
    def test_agree_in_a_block_and_never_in_a_blank(self) -> None:
        left = pandas.DataFrame({"a": ["x", None], "b": ["1", "2"]}, index=[1, 2])
        right = pandas.DataFrame({"a": ["x", None, "x"], "b": ["9", "2", "1"]}, index=[1, 2, 3])
        assert set(candidates(left, right, [("a",)])) == {(1, 1), (1, 3)}
        assert set(candidates(left, right, [("a", "b"), ("b",)])) == {(1, 3), (2, 2)}

    def test_leave_out_the_commonest_keys_when_there_are_too_many(self) -> None:
        left = pandas.DataFrame({"a": ["x", "y"]}, index=[1, 2])
        right = pandas.DataFrame({"a": ["x"] * 5 + ["y"]}, index=range(1, 7))
        assert most_sharing(left, right, [("a",)], 3) == 5
        assert most_sharing(left, right, [("a",)], 2) == 1
        assert most_sharing(left, right, [("a",)], 0) == 0
        assert set(candidates(left, right, [("a",)], per_row=2)) == {(2, 6)}


class TestFebrl:
    def test_links_every_person_once(self) -> None:
        task = febrl.febrl4()
        assert len(task.truth) == 5_000
        assert task.truth.get_level_values(0).is_unique
        assert task.truth.get_level_values(1).is_unique

    def test_finds_all_pairs_of_one_file(self) -> None:
        task = febrl.febrl3()
        assert len(task.truth) == 6_538
        assert all(left < right for left, right in task.truth)

    def test_takes_the_best_threshold(self) -> None:
        index = pandas.MultiIndex.from_tuples([("a", "b"), ("a", "c"), ("d", "e")])
        truth = pandas.MultiIndex.from_tuples([("a", "b"), ("d", "e"), ("f", "g")])
        assert febrl.best_f1(pandas.Series([0.9, 0.1, 0.8], index=index), truth) == pytest.approx(4 / 5)

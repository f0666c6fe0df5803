"""Places learned from a ledger that comes without a table of its territory."""

from __future__ import annotations

import pyarrow as pa

from lianfang.matching.places import Places

from .conftest import TOWN, raw_table, read_csv


def names(places: Places, level: str) -> set[str]:
    return {place.name for place in places.known if place.level == level}


class TestAPlaceLearned:
    def test_from_columns_is_every_compound_in_its_community(self, ledger):
        places = Places.learned(raw_table(ledger))
        assert names(places, "compound") == {row["compound"] for row in ledger if row["compound"]}
        assert names(places, "community") == {row["community"] for row in ledger if row["community"]}
        assert all(place.parent_code for place in places.known if place.level == "compound")

    def test_from_addresses_alone_is_nearly_every_compound(self, ledger):
        places = Places.learned(raw_table([{"address": row["address"]} for row in ledger]))
        towns = {area["name"] for area in read_csv(TOWN / "areas.csv") if area["type"] == "compound"}
        assert len(names(places, "compound") & towns) >= 0.9 * len(towns)
        assert not {name for name in names(places, "compound") if name.endswith(("社区", "街道", "路"))}

    def test_makes_the_names_above_it_home(self, ledger):
        assert set(Places.learned(raw_table(ledger)).home_names) == {"云岭县", "云澜街道"}

    def test_does_not_make_home_of_where_a_few_are_registered(self, ledger):
        strangers = [{"address": "云州市北岭区梅林街道夏晖小区3幢1单元101室"}] * 20
        assert "北岭区" not in Places.learned(raw_table([*ledger, *strangers])).home_names

    def test_is_the_same_from_batches(self, ledger):
        whole = raw_table(ledger)
        assert Places.learned(whole.slice(at, 1000) for at in range(0, whole.num_rows, 1000)) == Places.learned(whole)

    def test_needs_neither_rows_nor_columns(self):
        assert Places.learned(pa.table({"name": ["王芳"]})).known == ()

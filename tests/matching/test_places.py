"""Places learned from a ledger that comes without a table of its territory."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from lianfang.matching.features import features
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

    @pytest.mark.parametrize(
        ("addresses", "learned"),
        [
            (["云岭县花园社区打铁巷7号", "打铁巷19号", "打铁巷附近"], {"打铁巷"}),
            (["湖滨路88号", "湖滨路106号院3号楼502", "解放路58弄5号301"], {"湖滨路", "湖滨路106号院", "解放路58弄"}),
            (["湖滨路12号望湖花苑5幢301"], {"望湖花苑"}),
            (["后塘村5组12号", "后塘村小岭自然村5号"], {"后塘村", "小岭自然村"}),
            (["后塘村上湾12号", "上湾15号"], {"上湾"}),
            (["后塘村上湾12号"], {"后塘村上湾"}),
        ],
    )
    def test_from_addresses_may_be_a_road_a_lane_or_a_natural_village(self, addresses, learned):
        assert names(Places.learned(raw_table([{"address": one} for one in addresses * 3])), "compound") == learned

    def test_from_columns_is_also_the_road_of_rows_without_a_compound(self):
        rows = [{"community": "花园社区", "address": "打铁巷7号"}, {"compound": "望湖花苑", "address": "新华里5幢301"}]
        assert names(Places.learned(raw_table(rows * 3)), "compound") == {"打铁巷", "望湖花苑"}

    def test_reads_the_doors_it_was_learned_from(self):
        rows = [{"address": one} for one in ["后塘村5组12号", "后塘村小岭自然村5号", "打铁巷7号", "打铁巷9号"] * 3]
        found = features(raw_table(rows), today=date(2022, 4, 6), places=Places.learned(raw_table(rows)))
        assert found["door"].null_count == 0
        assert set(found["place"].to_pylist()) == {"/后塘村", "/小岭自然村", "/打铁巷"}

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

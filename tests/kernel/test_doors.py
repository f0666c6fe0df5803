"""Addresses as people write them, read against a small territory of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.kernel.doors import (
    DoorContext,
    Gazetteer,
    Place,
    compare_door_keys,
    door_key,
    door_keys_loose,
    dwelling_key,
    read_door,
    read_row_door,
)
from lianfang.kernel.rowfacts import RowFacts

COUNTY = Place("999999", "云岭县", "county")
STREET = Place("999999001", "云澜街道", "subdistrict", "999999", ("999999001000",))


def _community(code: str, name: str) -> Place:
    return Place(code, name, "community", STREET.code)


def _houses(compound: str, *names: str) -> list[Place]:
    level = "village_group" if names[0].endswith("组") else "building"
    return [Place(f"{compound}-{number:03}", name, level, compound) for number, name in enumerate(names, 1)]


LAKE, GARDEN, POND = "999999001001", "999999001002", "999999001005"
LAKE_COURT, LAKE_TOWER, YARD = f"{LAKE}X01", f"{LAKE}X02", f"{LAKE}X03"
SUN_GARDEN, PEACE_GARDEN, SUN_COURT = f"{GARDEN}X02", f"{GARDEN}X03", f"{GARDEN}X04"
VILLAGE, PEACE_POND, DORMITORY = f"{POND}X01", f"{POND}X02", f"{POND}X03"

TOWN = Gazetteer(
    [
        COUNTY,
        STREET,
        _community(LAKE, "望湖社区"),
        _community(GARDEN, "花园社区"),
        _community(POND, "后塘社区"),
        Place(LAKE_COURT, "望湖花苑", "compound", LAKE, ("望湖苑", "望湖花园小区")),
        Place(LAKE_TOWER, "望湖小区二期", "compound", LAKE, ("望湖二期",)),
        Place(YARD, "湖滨路106号院", "compound", LAKE),
        Place(SUN_GARDEN, "阳光花园", "compound", GARDEN),
        Place(SUN_COURT, "阳光花苑", "compound", GARDEN, ("阳光苑",)),
        Place(PEACE_GARDEN, "和平里", "compound", GARDEN),
        Place(VILLAGE, "后塘村", "compound", POND, ("后塘自然村",)),
        Place(PEACE_POND, "和平里", "compound", POND),
        Place(DORMITORY, "电子厂宿舍", "compound", POND),
        *_houses(LAKE_COURT, "1幢", "2幢", "3幢", "4幢", "5幢", "综合楼"),
        *_houses(LAKE_TOWER, "1幢"),
        *_houses(SUN_GARDEN, "1号楼", "2号楼"),
        *_houses(SUN_COURT, "A座", "B座"),
        *_houses(VILLAGE, "1组", "2组", "3组", "4组", "5组"),
        *_houses(DORMITORY, "1号楼", "2号楼"),
        Place(f"{LAKE_TOWER}-001-1", "1单元", "unit", f"{LAKE_TOWER}-001"),
        Place(f"{LAKE_COURT}-005-1", "1单元", "unit", f"{LAKE_COURT}-005"),
        Place(f"{LAKE_COURT}-005-2", "2单元", "unit", f"{LAKE_COURT}-005"),
    ],
    home_names=("云海省", "云州市", "云岭县"),
)
HOME = f"{LAKE_COURT}|b5|u2|r301"


class TestTheDoor:
    @pytest.mark.parametrize(
        "written",
        [
            "云岭县云澜街道望湖社区望湖花苑5幢2单元301室",
            "云海省云州市云岭县云澜街道望湖花苑5号楼二单元叁零一",
            "望湖花苑5-2-301",
            "望湖花苑5/2/301",
            "望湖苑5#2-301",
            "望湖花园小区５＃２－３０１",
            "望湖花苑  5幢 2单元 301",
            "望湖花苑 5 2 301",
            "望湖花5栋2单元301",
            "云澜街道5幢2单元301室(望湖花苑)",
            "云澜街道后塘社区望湖花苑五栋2单元301",
            "现住：望湖花苑05号楼02单元0301室",
            "云澜街道湖滨路12号望湖花苑5座2单元301室(出租)",
            "望湖居委会望湖花苑5号2单元3楼301室",
        ],
    )
    def test_is_the_same_however_it_is_written(self, written: str) -> None:
        door = read_door(written, gazetteer=TOWN)
        assert (door_key(door), door.precision) == (HOME, "door")

    @pytest.mark.parametrize(
        ("written", "key", "kind"),
        [
            ("后塘村5组115号", f"{VILLAGE}|g5|n115", "village"),
            ("后塘自然村第五村民小组一百一十五号", f"{VILLAGE}|g5|n115", "village"),
            ("后塘村42号院", f"{VILLAGE}|n42", "village"),
            ("后塘村1幢2号", f"{VILLAGE}|g1|n2", "village"),
            ("后塘村 1组 20-1号", f"{VILLAGE}|g1|n20-1", "village"),
            ("电子厂宿舍1号楼302室", f"{DORMITORY}|b1|r302", "dormitory"),
            ("电子厂宿舍1-302", f"{DORMITORY}|b1|r302", "dormitory"),
            ("湖滨路106号院9号", f"{YARD}|n9", "yard"),
            ("望湖二期1幢1单元1203室", f"{LAKE_TOWER}|b1|u1|r1203", "tower"),
            ("望湖二期1#1203", f"{LAKE_TOWER}|b1|u1|r1203", "tower"),
            ("阳光花苑A座1202室", f"{SUN_COURT}|bA|r1202", "tower"),
            ("阳光苑b1202", f"{SUN_COURT}|bB|r1202", "tower"),
            ("望湖花苑综合楼203", f"{LAKE_COURT}|b综合楼|r203", "flat"),
            ("望湖花苑沿街商铺12号", f"{LAKE_COURT}|s12", "shop"),
            ("望湖花苑3幢商铺2", f"{LAKE_COURT}|b3|s2", "shop"),
        ],
    )
    def test_is_read_in_every_kind_of_compound(self, written: str, key: str, kind: str) -> None:
        door = read_door(written, gazetteer=TOWN)
        assert (door_key(door), door.kind, door.precision) == (key, kind, "door")

    def test_of_a_wrong_community_is_where_the_compound_is_and_says_so(self) -> None:
        door = read_door("后塘社区望湖花苑5幢2单元301室", gazetteer=TOWN)
        assert (door.community_code, door.community_differs) == (LAKE, True)

    def test_of_a_cut_name_is_decided_by_the_building(self) -> None:
        assert read_door("阳光花2号楼501", gazetteer=TOWN).compound_code == SUN_GARDEN
        assert read_door("阳光花B座501", gazetteer=TOWN).compound_code == SUN_COURT

    def test_belongs_to_the_smallest_place_that_is_certain(self) -> None:
        assert read_door("望湖花苑5-2-301", gazetteer=TOWN).area_code == f"{LAKE_COURT}-005"
        assert read_door("后塘村5组115号", gazetteer=TOWN).area_code == f"{VILLAGE}-005"
        assert read_door("后塘村115号", gazetteer=TOWN).area_code == VILLAGE


class TestADoubtfulAddress:
    @pytest.mark.parametrize(
        ("written", "precision"),
        [
            ("", "none"),
            ("不详", "none"),
            ("翠湖花园9-1-204", "none"),
            ("云澜街道翠湖花园9-1-204", "subdistrict"),
            ("云澜街道望湖社区", "community"),
            ("望湖花苑", "compound"),
            ("望湖花苑301室", "compound"),
            ("望湖花苑99幢1单元301室", "compound"),
            ("望湖花苑5幢", "building"),
            ("望湖花苑5幢2单元", "building"),
            ("望湖花苑5幢301", "building"),
            ("望湖花苑5幢2单元301室旁", "building"),
            ("望湖花苑5幢2单元301、302室", "building"),
            ("新望湖花苑5幢2单元301室", "none"),
            ("望湖花苑三期5幢2单元301室", "none"),
            ("和平里16号", "none"),
            ("云澜街道和平里16号", "subdistrict"),
            ("2022-4-6", "none"),
            ("@SUM(1+1)*cmd|' /C calc'!A0", "none"),
        ],
    )
    def test_never_becomes_a_door(self, written: str, precision: str) -> None:
        assert read_door(written, gazetteer=TOWN).precision == precision

    def test_names_both_compounds_of_one_name(self) -> None:
        door = read_door("和平里16号", gazetteer=TOWN)
        assert door.compound_candidates == (PEACE_GARDEN, PEACE_POND)
        assert door_keys_loose(door) == {f"{PEACE_GARDEN}|n16", f"{PEACE_POND}|n16"}

    def test_is_decided_by_the_community_written_or_the_sheets(self) -> None:
        written = read_door("花园社区和平里16号", gazetteer=TOWN)
        sheet = read_door("和平里16号", gazetteer=TOWN, context=DoorContext(community_code=POND))
        assert (door_key(written), door_key(sheet)) == (f"{PEACE_GARDEN}|n16", f"{PEACE_POND}|n16")

    def test_of_a_chat_group_lies_in_the_groups_compound(self) -> None:
        door = read_door("5幢2单元301", gazetteer=TOWN, context=DoorContext(compound_code=LAKE_COURT))
        assert (door_key(door), door.from_context) == (HOME, True)

    def test_that_names_another_place_does_not_use_the_context(self) -> None:
        context = DoorContext(compound_code=LAKE_COURT)
        assert door_key(read_door("翠湖花园5-2-301", gazetteer=TOWN, context=context)) == ""
        assert read_door("后塘社区5-2-301", gazetteer=TOWN, context=context).precision == "community"

    def test_without_compound_keeps_its_pieces_under_a_key_no_dwelling_has(self) -> None:
        assert door_key(read_door("5幢2单元301", gazetteer=TOWN)) == "?|b5|u2|r301"
        assert door_key(read_door("望湖社区5幢2单元301", gazetteer=TOWN)) == f"?{LAKE_COURT}|b5|u2|r301"


class TestAnOutsideAddress:
    @pytest.mark.parametrize(
        "written",
        [
            "云州市北岭区梅林街道夏晖小区20幢2单元602室",
            "云岭县云峰街道翠湖花园9-1-204",
            "白鹭镇西塘村191号",
            "云海省平州市河口县槐林镇5组",
            "云州市北岭区梅林街道望湖花苑5幢2单元301室",
            "青岙乡东塘村175号",
        ],
    )
    def test_has_no_key(self, written: str) -> None:
        door = read_door(written, gazetteer=TOWN)
        assert (door.outside, door.precision, door_key(door)) == (True, "outside", "")

    @pytest.mark.parametrize(
        "written", ["望湖小区5幢", "工业园区望湖花苑5幢", "云澜街道办事处望湖花苑5幢", "水乡名邸5幢"]
    )
    def test_is_not_what_only_sounds_like_a_district(self, written: str) -> None:
        assert not read_door(written, gazetteer=TOWN).outside

    def test_says_where_it_is(self) -> None:
        door = read_door("云州市北岭区梅林街道夏晖小区20幢2单元602室", gazetteer=TOWN)
        assert (door.city, door.subdistrict) == ("云州市北岭区", "梅林街道")


class TestARowInColumns:
    @pytest.mark.parametrize(
        ("building", "unit", "room"), [("5", "2", "301"), ("5#", "2单元", "301室"), ("5幢", "二单元", "301")]
    )
    def test_is_the_same_door(self, building: str, unit: str, room: str) -> None:
        row = RowFacts(
            sheet="", data_row=1, sheet_row=2, compound="望湖花苑", building=building, unit=unit, room=room,
            address=f"云澜街道望湖花苑{building}{unit}{room}",
        )  # fmt: skip
        assert door_key(read_row_door(row, gazetteer=TOWN)) == HOME

    def test_with_an_address_only_is_read_from_it(self) -> None:
        row = RowFacts(sheet="", data_row=1, sheet_row=2, address="望湖花苑5-2-301")
        assert door_key(read_row_door(row, gazetteer=TOWN)) == HOME

    def test_of_a_chat_group_lies_in_the_groups_compound(self) -> None:
        row = RowFacts(sheet="", data_row=1, sheet_row=2, compound="望湖花苑", address="5幢2单元301")
        assert door_key(read_row_door(row, gazetteer=TOWN)) == HOME

    def test_on_a_communitys_sheet_is_in_its_compound_of_that_name(self) -> None:
        row = RowFacts(sheet="", data_row=1, sheet_row=2, community="后塘社区", address="和平里16号")
        assert door_key(read_row_door(row, gazetteer=TOWN)) == f"{PEACE_POND}|n16"

    def test_of_a_yard_takes_the_number_from_the_room(self) -> None:
        row = RowFacts(sheet="", data_row=1, sheet_row=2, community="花园社区", compound="和平里", room="18号")
        assert door_key(read_row_door(row, gazetteer=TOWN)) == f"{PEACE_GARDEN}|n18"


class TestTheLedgersKey:
    @pytest.mark.parametrize(
        ("columns", "address"),
        [
            ({"compound_code": LAKE_COURT, "building": "5幢", "unit": "2单元", "room": "301"}, "望湖花苑5-2-301"),
            ({"compound_code": VILLAGE, "building": "5组", "room": "115号"}, "后塘村5组115号"),
            ({"compound_code": PEACE_POND, "room": "16号"}, "后塘社区和平里16号"),
            ({"compound_code": SUN_COURT, "building": "A座", "room": "1202"}, "阳光花苑A座1202"),
            ({"compound_code": LAKE_COURT, "room": "12", "kind": "商铺"}, "望湖花苑商铺12号"),
        ],
    )
    def test_meets_the_lists(self, columns: dict[str, str], address: str) -> None:
        assert dwelling_key(**columns) == door_key(read_door(address, gazetteer=TOWN))

    def test_is_empty_without_a_room(self) -> None:
        assert dwelling_key(compound_code=LAKE_COURT, building="5幢", unit="2单元") == ""

    def test_has_looser_forms_without_unit_and_group(self) -> None:
        bare = read_door("电子厂宿舍1号楼1单元302", gazetteer=TOWN)
        assert f"{DORMITORY}|b1|r302" in door_keys_loose(bare)
        assert f"{VILLAGE}|n115" in door_keys_loose(read_door("后塘村5组115号", gazetteer=TOWN))

    @pytest.mark.parametrize(
        ("written", "likeness"),
        [
            (HOME, "door"),
            (f"{LAKE_COURT}|b5|r301", "door?"),
            ("?|b5|u2|r301", "door?"),
            ("?|b5|u1|r301", "differs"),
            (f"{LAKE_COURT}|b5|u2|r302", "building"),
            (f"{LAKE_COURT}|b5|u1|r301", "building"),
            (f"{LAKE_COURT}|b5", "building"),
            (f"{LAKE_COURT}|b4|u2|r301", "compound"),
            (LAKE_COURT, "compound"),
            (f"{SUN_COURT}|b5|u2|r301", "differs"),
            ("", "unknown"),
        ],
    )
    def test_is_compared_piece_by_piece(self, written: str, likeness: str) -> None:
        assert compare_door_keys(written, HOME) == likeness

    def test_of_a_village_house_is_the_same_without_its_group(self) -> None:
        assert compare_door_keys(f"{VILLAGE}|n115", f"{VILLAGE}|g5|n115") == "door"


_HOUSE_WORDS = st.sampled_from(["幢", "栋", "号楼", "#", "座"])


class TestTheLaw:
    @given(
        building=st.integers(1, 5),
        unit=st.integers(1, 9),
        floor=st.integers(1, 32),
        flat=st.integers(1, 9),
        word=_HOUSE_WORDS,
    )
    def test_what_is_written_is_read(self, building: int, unit: int, floor: int, flat: int, word: str) -> None:
        room = f"{floor}{flat:02}"
        door = read_door(f"望湖花苑{building}{word}{unit}单元{room}室", gazetteer=TOWN)
        assert door_key(door) == f"{LAKE_COURT}|b{building}|u{unit}|r{room}"

    @given(st.text(max_size=40))
    def test_no_text_is_too_strange_to_be_read(self, text: str) -> None:
        door = read_door(f"望湖花苑{text}", gazetteer=TOWN)
        assert door.precision != "door" or door.compound_code == LAKE_COURT

    @given(st.text(alphabet="望湖花苑云澜街道市县区镇社区村组号幢单元室商铺0123456789-#()二三十", max_size=24))
    def test_a_door_always_has_a_key_and_a_place(self, text: str) -> None:
        door = read_door(text, gazetteer=TOWN)
        assert (door.precision == "door") <= bool(door_key(door) and door.area_code and not door.outside)

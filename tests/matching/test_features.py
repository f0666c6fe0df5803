"""Features are what the kernel says of every row, however they were come by."""

from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import date
from itertools import chain
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.raw_people import County, Dirt, Row
from lianfang.kernel.doors import Place
from lianfang.matching.cells import Cells
from lianfang.matching.features import SCHEMA, features
from lianfang.matching.numbers import numbers_look_eaten
from lianfang.matching.places import Places

from .conftest import LISTS, raw_of_list, raw_table
from .law import row_by_row

DAY = date(2022, 4, 6)
NUMBERED = Places(
    (
        Place(code="c", name="望湖社区", level="community"),
        Place(code="x", name="望湖花苑", level="compound", parent_code="c", aliases=("望湖苑",)),
        Place(code="y", name="湖滨路106号院", level="compound", parent_code="c"),
        Place(code="z", name="15号院", level="compound", parent_code="c"),
        Place(code="v", name="后塘村", level="compound", parent_code="c"),
        Place(code="w", name="长征组", level="compound", parent_code="c"),
        Place(code="q", name="双子座", level="compound", parent_code="c"),
        Place(code="p", name="望湖花苑3期", level="compound", parent_code="c"),
        Place(code="s", name="湖滨路", level="compound", parent_code="c"),
        Place(code="l", name="解放路58弄", level="compound", parent_code="c"),
        Place(code="n", name="小岭自然村", level="compound", parent_code="c", aliases=("小岭",)),
        Place(code="h", name="云澜宾馆", level="compound", parent_code="c"),
        Place(code="k", name="金色港湾二期", level="compound", parent_code="c"),
    ),
    ("云岭县", "云澜街道"),
)
"""Compounds whose names have numbers in them: there a number is not one like any other."""
BUILT = Places(
    (
        *NUMBERED.known,
        Place(code="x-1", name="5幢", level="building", parent_code="x"),
        Place(code="x-2", name="12", level="building", parent_code="x"),
        Place(code="x-3", name="A1", level="building", parent_code="x"),
        Place(code="x-4", name="2号综合楼", level="building", parent_code="x"),
        Place(code="x-1-1", name="2单元", level="unit", parent_code="x-1"),
        Place(code="v-1", name="5组", level="village_group", parent_code="v"),
        Place(code="w-1", name="3幢", level="building", parent_code="w"),
    ),
    NUMBERED.home_names,
)
PLAIN = Places(
    tuple(p for p in NUMBERED.known if not any(map(str.isdigit, p.name)) and p.name != "双子座"), NUMBERED.home_names
)


def assert_as_the_kernel(rows: list[Row], places: Places) -> None:
    raw = raw_table(rows)
    eaten = "id" in raw.column_names and numbers_look_eaten(Cells.of(raw, "id"), today=DAY)
    found = features(raw, today=DAY, places=places, eaten=eaten)
    assert found.schema == SCHEMA
    found.validate(full=True)
    wanted = row_by_row(rows, today=DAY, gazetteer=places.gazetteer, eaten=eaten)
    for row, one, other in zip(rows, found.to_pylist(), wanted, strict=True):
        assert one == other, row


def without(rows: list[Row], *columns: str) -> list[Row]:
    return [{column: cell for column, cell in row.items() if column not in columns} for row in rows]


class TestTheTown:
    @pytest.mark.parametrize("missing", [(), ("address",), ("community", "compound", "building", "unit", "room")])
    def test_is_read_as_the_kernel_reads_it(self, ledger, learned, territory, missing):
        assert_as_the_kernel(without(ledger[::3], *missing), learned)
        assert_as_the_kernel(without(ledger[1::9], *missing), territory)

    def test_is_read_without_knowing_any_place(self, ledger):
        assert_as_the_kernel(ledger[:300], Places(()))

    def test_gives_a_door_to_nearly_everybody(self, ledger, learned):
        found = features(raw_table(without(ledger, "community", "compound")), today=DAY, places=learned)
        assert found["door"].null_count < 0.1 * len(ledger)


class TestTheLists:
    @pytest.mark.parametrize("path", sorted(LISTS.glob("[01]*")), ids=lambda path: path.name[:2])
    def test_are_read_as_the_kernel_reads_them(self, path, learned, territory):
        if path.name.startswith(("09", "17", "18")):
            pytest.skip("a chain, a zero report, a damaged file: no rows in columns")
        rows = raw_of_list(path)
        assert rows
        assert_as_the_kernel(rows, learned)
        assert_as_the_kernel(rows, territory)


class TestDirt:
    def test_of_every_kind_is_read_as_the_kernel_reads_it(self, ledger):
        county = County(1, communities=12)
        dirt = Dirt(Random(3))
        rows = [dirt.row(county.person()) for _ in range(4000)]
        ours = Places.learned(raw_table([county.person() for _ in range(2000)]))
        assert_as_the_kernel(rows, ours)


_NAME_SIGNS = "王李张欧阳司马明志学生先女士同友家等某无空不详单解曾張陳囍·*xX?（）() 、1.和A\u200b\t"
_ID_SIGNS = "0123456789Xx*# '身份证:.-/E+"
_PHONE_SIGNS = "0123456789*+-()（女儿） \n/、转.Ee"
_PIECES = (
    "云岭县 云澜街道 望湖社区 望湖花苑 望湖 望湖苑 湖滨路 106号院 106 15号院 15 后塘村 长征组 双子座 3期 幢 栋 "
    "号楼 # 座 单元 组 号 室 楼 层 - 商铺 旁 五 十二 七 叁零一 A B 0 1 2 3 5 7 12 15 05 106 301 1203 20345 １２ "
    "\u200b （ ） 综合楼 2号综合楼 A1 梅林镇 北岭区 路 第 3楼301 5幢3楼301 2单元 解放路 弄 58弄 小岭 小岭自然村 "
    "云澜宾馆 金色港湾 二期 2期 期 排 东户 西 顶 顶楼 负 地下室 阁楼 摊位 区 大院 院 户籍 现住 老家 ， ： 月 日 年 "
    "电话 居家 隔离 19900001234 2022 4 28-01 1202 58 床 宿舍 夏晖小区 门 12A03"
).split(" ")
DECIDING = (
    "双子座4楼401 双子座4楼501 望湖花苑4楼401 望湖花苑4楼501 望湖花苑5幢 望湖花苑6幢 "
    "望湖花苑3楼301 望湖花苑3楼501 望湖花苑15楼1501 望湖花苑15楼1601 双子座3楼301 双子座3楼501 望湖花苑5幢3楼301 "
    "望湖花苑5幢3楼501 湖滨路106号院3室 湖滨路107号院3室 15号院301 16号院301 望湖花苑3期5幢301 望湖花苑4期5幢301 "
    "望湖花苑五幢5单元501 望湖花苑七幢1室 望湖花苑七幢7室 长征组5号 长征组12号 长征组3幢301 望湖花苑12幢301 "
    "望湖花苑1203室 望湖花苑1303室 望湖花苑A1301 望湖花苑A2301 望湖花苑05幢0301室 望湖花苑5幢2单元301 "
    "望湖花苑5幢3单元301 后塘村5组12号 后塘村6组12号 后塘村1幢2号 望湖花苑10\u200b6号院 湖滨路10\u200b6号院3室 "
    "解放路58弄5号301 解放路59弄5号301 湖滨路58弄5号301 金色港湾2期5幢301 金色港湾3期5幢301 金色港湾五期5幢301 "
    "北岭区夏晖小区座3楼301 北岭区夏晖小区座3楼501 北岭区夏晖小区3楼301 北岭区夏晖小区3楼501 望湖花苑5幢3楼东户 "
    "望湖花苑5幢负1楼12室 望湖花苑5幢28-01 望湖花苑5幢28-11 望湖花苑5幢12A03 望湖花苑5幢12A13 望湖花苑5幢2022年 "
    "望湖花苑5幢3022年 望湖花苑5幢4月6日301 望湖花苑5幢19900001234 望湖花苑5幢29900001234 望湖花苑301，2022-4-6 "
    "望湖花苑301，3022-4-6 后塘村小岭5号 湖滨路12号望湖花苑5幢301 湖滨路106号大院3室 湖滨路107号大院3室 云澜宾馆305室 "
    "户籍湖滨路106号现住望湖花苑5幢301 湖滨路五号 湖滨路一百零六号院3室 "
    "望湖花苑5幢301旁 望湖花苑12345幢301 1-2-3-4-5-6-7-8-9-10 望湖花苑2号综合楼301 望湖花苑3号综合楼301"
).split(" ")
"""Addresses beside which another one of the same shape, with other numbers, is something else."""
_address = st.lists(st.sampled_from([*_PIECES, " "]), max_size=9).map("".join)
_door_cell = st.one_of(st.just(""), st.lists(st.sampled_from(_PIECES), max_size=2).map("".join))


class TestAnyText:
    @given(st.lists(st.text(_NAME_SIGNS, max_size=6), min_size=1, max_size=40))
    @settings(max_examples=60, deadline=None)
    def test_in_the_name_cell(self, names):
        assert_as_the_kernel([{"name": name} for name in names], PLAIN)

    @given(
        st.lists(
            st.tuples(
                st.one_of(st.text(_ID_SIGNS, max_size=20), st.from_regex(r"[1-9][0-9*]{16}[0-9X*]", fullmatch=True)),
                st.one_of(st.text(_PHONE_SIGNS, max_size=16), st.from_regex(r"1[0-9*]{10}", fullmatch=True)),
                st.sampled_from(["", "护照", "居民身份证", "外国人永久居留身份证"]),
            ),
            min_size=1,
            max_size=40,
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_in_the_number_and_telephone_cells(self, rows):
        cells = [{"id": number, "phone": phone, "id_kind": kind} for number, phone, kind in rows]
        assert_as_the_kernel(cells, PLAIN)

    @given(st.lists(st.text("0123456789-/.年月日 男女", max_size=12), min_size=1, max_size=40))
    @settings(max_examples=40, deadline=None)
    def test_in_the_cells_of_sex_and_birth(self, cells):
        assert_as_the_kernel([{"sex": cell[:2], "birth_date": cell} for cell in cells], PLAIN)

    @pytest.mark.parametrize("places", [PLAIN, NUMBERED, BUILT], ids=["plain", "numbered", "built"])
    @given(rows=st.lists(_address, min_size=1, max_size=40))
    @settings(max_examples=150, deadline=None)
    def test_in_the_address_cell(self, places, rows):
        assert_as_the_kernel([{"address": address} for address in rows], places)

    @pytest.mark.parametrize("places", [PLAIN, NUMBERED, BUILT], ids=["plain", "numbered", "built"])
    def test_in_which_a_number_decides_something(self, places):
        assert_as_the_kernel([{"address": address} for address in DECIDING], places)
        beside = ({"building": "5"}, {"building": "5幢", "unit": "2", "room": "301"}, {"room": "301"})
        whose = ({}, {"compound": "望湖花苑"}, {"community": "望湖社区"}, {"compound": "望湖花苑3"})
        cells = [{"address": address, **one, **other} for address in DECIDING for one in beside for other in whose]
        assert_as_the_kernel(cells, places)

    @pytest.mark.parametrize("places", [PLAIN, NUMBERED, BUILT], ids=["plain", "numbered", "built"])
    @given(rows=st.lists(st.tuples(_address, *[_door_cell] * 5), min_size=1, max_size=25))
    @settings(max_examples=100, deadline=None)
    def test_in_columns_of_a_place(self, places, rows):
        names = ("address", "community", "compound", "building", "unit", "room")
        assert_as_the_kernel([dict(zip(names, row, strict=True)) for row in rows], places)


class TestATable:
    def test_without_rows_or_columns_gives_an_empty_one(self):
        assert features(pa.table({}), today=DAY, places=PLAIN).schema == SCHEMA
        assert features(pa.table({"name": pa.array([], pa.string())}), today=DAY, places=PLAIN).num_rows == 0

    def test_without_any_name_is_read_by_a_process_that_has_met_none(self):
        code = (
            "import pyarrow as pa; from datetime import date; from lianfang.matching.features import features;"
            "from lianfang.matching.places import Places;"
            "found = features(pa.table({'name': ['']}), today=date(2022, 4, 6), places=Places(()));"
            "print(found['name_py'].to_pylist())"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[None]"

    def test_keeps_its_own_keys_or_counts_from_one(self):
        given_keys = features(pa.table({"key": ["7", "9"], "name": ["王芳", None]}), today=DAY, places=PLAIN)
        counted = features(pa.table({"name": ["王芳", None]}), today=DAY, places=PLAIN, first_key=11)
        assert given_keys["key"].to_pylist() == [7, 9]
        assert counted["key"].to_pylist() == [11, 12]

    def test_in_slices_and_other_text_types_reads_alike(self, ledger, learned):
        whole = raw_table(ledger[:200])
        large = whole.cast(pa.schema([(name, pa.large_string()) for name in whole.column_names]))
        parts = [features(whole.slice(at, 50), today=DAY, places=learned, first_key=at + 1) for at in range(0, 200, 50)]
        assert pa.concat_tables(parts) == features(whole, today=DAY, places=learned)
        assert features(large, today=DAY, places=learned) == features(whole, today=DAY, places=learned)

    def test_never_shows_the_control_characters_of_the_readers(self):
        cells = {
            "name": ["王\x1f芳"],
            "address": ["望湖花苑\x015幢\x1f2单元\x02301室"],
            "id": ["\x1f999999198001010018"],
        }
        found = features(pa.table(cells), today=DAY, places=PLAIN).to_pylist()[0]
        assert found == row_by_row([{k: v[0] for k, v in cells.items()}], today=DAY, gazetteer=PLAIN.gazetteer)[0]

    def test_numbers_are_distrusted_where_digits_were_eaten(self):
        number = next(n for n in chain(_rounded()))
        raw = pa.table({"id": [number, "9.99999198001010E+17"]})
        assert numbers_look_eaten(Cells.of(raw, "id"), today=DAY)
        assert features(raw, today=DAY, places=PLAIN)["id"].to_pylist() == [number, None]
        assert features(raw, today=DAY, places=PLAIN, eaten=True)["id"].to_pylist() == [None, None]


class TestPlaces:
    def test_travel_to_other_processes(self, ledger, learned):
        features(raw_table(ledger[:50]), today=DAY, places=learned)
        travelled = pickle.loads(pickle.dumps(learned))
        assert travelled == learned
        assert features(raw_table(ledger[:50]), today=DAY, places=travelled)["door"].null_count < 50


def _rounded():
    """Valid numbers that end in 000."""
    from lianfang.kernel.identity import check_digit

    for day in range(1, 29):
        first17 = f"999999198001{day:02}000"[:17]
        if check_digit(first17) == "0":
            yield f"{first17}0"

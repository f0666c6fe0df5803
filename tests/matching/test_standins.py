"""One compound read in place of another: only where nothing else could come out."""

from __future__ import annotations

from random import Random

import pytest

from lianfang.kernel.doors import Place
from lianfang.matching.places import Places
from lianfang.matching.standins import StandIns

from .test_features import BUILT, NUMBERED, assert_as_the_kernel

NAMES = (
    "望湖花苑 阳光花园 望湖 新望湖 里花园 望湖花苑东 苑东 三里 社区花园 幢里 村里 路花园 湖滨路花园 座上 东座 南组 "
    "和平里 和平里村 小岭上 幸福居 老家园 湖滨路 后塘村"
).split(" ")
"""Names that are parts of one another, or end and begin as what stands around names."""
TRICKY = Places(
    (
        Place("c", "望湖社区", "community"),
        *(Place(f"x{at}", name, "compound", "c") for at, name in enumerate(NAMES)),
    ),
    ("云岭县", "云澜街道"),
)
BEFORE = ("", "", "云岭县", "云澜街道", "望湖社区", "后塘社区", "北岭区", "新", "住", "湖滨路12号")
BEHIND = (
    "5幢2单元301室|12幢 1单元 604|三幢301|3组12号|12号|14-5号|A1203|301|小区5幢301|村5组12号|东5幢301|家属楼3幢301|"
    "上12号|商铺12|5幢301旁|二期5幢301|叁零一期|5幢(望湖)|北岭区3幢301|"
).split("|")


class TestAStandIn:
    def test_reads_as_the_compound_itself(self) -> None:
        dice = Random(3)
        rows = [
            {"address": dice.choice(BEFORE) + dice.choice(NAMES) + dice.choice(BEHIND) + dice.choice(["", *NAMES[:4]])}
            for _ in range(6000)
        ]
        assert_as_the_kernel(rows, TRICKY)

    def test_is_the_same_for_all_compounds_of_a_sort(self) -> None:
        stand_ins = StandIns(NUMBERED)
        readings = [stand_ins.reading(f"{name}\x01幢\x02\x02\x02") for name in ("望湖花苑", "望湖苑", "双子座")]
        assert len({reading.text for reading in readings if reading}) == 1
        assert [reading.code for reading in readings if reading] == ["x", "x", "q"]

    @pytest.mark.parametrize(
        "text",
        [
            "翠湖花园\x01幢",
            "望湖花苑双子座\x01幢",
            "湖滨路106号院\x01室",
            "望湖花苑（东）\x01幢",
            "望湖花苑五期\x01幢",
            "现住望湖花苑\x01幢",
            "望湖花苑１２幢",
        ],
    )
    def test_is_not_used_for_a_text_that_is_not_plain(self, text: str) -> None:
        assert StandIns(NUMBERED).reading(text) is None

    def test_is_not_used_where_buildings_are_known(self) -> None:
        assert StandIns(BUILT).reading("望湖花苑\x01幢") is None

"""Labelled addresses in every style (tests/data/addresses): the goals of the address parser."""

from __future__ import annotations

import pytest

from bench.addresses import LEAST_RIGHT, MOST_FALSE, PARTS, score, shares_of
from lianfang.kernel.doors import door_key, read_door
from lianfang.kernel.doors_cell import address_in_cell

from .test_doors import TOWN


@pytest.mark.parametrize("part", PARTS)
class TestALabelledAddress:
    def test_with_a_door_is_read_right(self, part: str) -> None:
        assert shares_of(score(part)).right >= LEAST_RIGHT

    def test_without_a_door_gives_none(self, part: str) -> None:
        assert shares_of(score(part)).false <= MOST_FALSE

    def test_of_every_style_is_read_right(self, part: str) -> None:
        scored = score(part)
        styles = {
            one.row["style"]: shares_of([o for o in scored if o.row["style"] == one.row["style"]]) for one in scored
        }
        assert {style for style, shares in styles.items() if shares.doors and shares.right < LEAST_RIGHT} == set()

    def test_hardly_ever_becomes_another_door(self, part: str) -> None:
        assert shares_of(score(part)).wrong <= 0.01


class TestTheCell:
    @pytest.mark.parametrize(
        ("cell", "address"),
        [
            ("户籍：后塘村5组12号；现居望湖花苑5幢", "望湖花苑5幢"),
            ("现住望湖花苑5幢，户籍后塘村5组12号", "望湖花苑5幢"),
            ("望湖花苑5幢（户籍地：后塘村5组12号）", "望湖花苑5幢"),
            ("老家后塘村5组12号，目前住望湖花苑5幢", "望湖花苑5幢"),
            ("望湖花苑5幢，电话19900001234", "望湖花苑5幢"),
            ("望湖花苑5幢 2022-4-6解封", "望湖花苑5幢"),
            ("望湖花苑5幢3月28日起封控", "望湖花苑5幢"),
            ("望湖花苑(二期)5幢", "望湖花苑二期5幢"),
            ("望湖花苑(5幢2单元301)", "望湖花苑5幢2单元301"),
            ("望湖花苑5.2.301", "望湖花苑5.2.301"),
            ("居家", "居家"),
            ("19900001234", "19900001234"),
        ],
    )
    def test_is_about_where_somebody_lives(self, cell: str, address: str) -> None:
        assert address_in_cell(cell) == address


class TestANumberThatIsNoDoor:
    @pytest.mark.parametrize(
        "written",
        [
            "望湖花苑5幢120人", "望湖花苑5幢36户", "湖滨路106号院旁3号线", "和平里16号线", "花园社区和平里4.6",
            "花园社区和平里8:30", "花园社区和平里4-6", "花园社区和平里12-18号", "花园社区和平里12、13号",
            "后塘村5组12、13号", "后塘村2022", "湖滨路106号院公交站", "望湖花苑5幢2单元37.2度", "望湖花苑3期5幢301",
            "花园社区和平里301",
        ],
    )  # fmt: skip
    def test_gives_none(self, written: str) -> None:
        assert read_door(written, gazetteer=TOWN).precision != "door"

    def test_of_three_pieces_is_one(self) -> None:
        assert door_key(read_door("望湖花苑5、2、301", gazetteer=TOWN)).endswith("|b5|u2|r301")

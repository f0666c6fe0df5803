"""Two records side by side: what differs is marked, what does not is not; and how parts are drawn."""

from __future__ import annotations

import pytest
from django.utils import translation

from lianfang.capabilities.screening.lines import Lines
from lianfang.matching.parts import Part
from lianfang.web.queries.comparison import Pieces, marked
from lianfang.web.queries.waterfall import factor_of, percent, speaks, waterfalls_of


def shown(pieces: Pieces) -> str:
    """What differs in brackets."""
    return "".join(f"[{text}]" if differs else text for text, differs in pieces)


class TestMarking:
    @pytest.mark.parametrize(
        ("told", "known", "own", "theirs"),
        [
            ("张伟", "张违", "张[伟]", "张[违]"),
            ("陈国建", "陈建国", "陈[国建]", "陈[建国]"),
            ("999999199001010016", "999999199001010076", "9999991990010100[1]6", "9999991990010100[7]6"),
            ("19900000001", "1990000001", "199000000[0]1", "1990000001"),
            ("199****0002", "19900001002", "199****[0]002", "1990000[1]002"),
            ("张*", "张伟", "张*", "张伟"),
            ("王诗", "王诗馨", "王诗", "王诗[馨]"),
        ],
    )
    def test_goes_character_by_character(self, told: str, known: str, own: str, theirs: str) -> None:
        left, right = marked(told, known)
        assert (shown(left), shown(right)) == (own, theirs)

    @pytest.mark.parametrize(
        ("told", "known", "own", "theirs"),
        [
            ("枫林公馆1幢2单元301室", "枫林公馆1幢2单元302室", "枫林公馆1幢2单元[301]室", "枫林公馆1幢2单元[302]室"),
            ("云澜街道枫林公馆1幢301室", "枫林公馆1幢301室", "云澜街道枫林公馆1幢301室", "枫林公馆1幢301室"),
            ("枫林公馆11幢301室", "枫林公馆1幢301室", "枫林公馆[11]幢301室", "枫林公馆[1]幢301室"),
        ],
    )
    def test_of_doors_goes_number_by_number(self, told: str, known: str, own: str, theirs: str) -> None:
        left, right = marked(told, known, by_character=False)
        assert (shown(left), shown(right)) == (own, theirs)


PARTS: tuple[Part, ...] = (("prior", -10.0), ("name.equal", 8.0), ("contact.phone+door", 14.0), ("sex.differs", -3.0))


class TestAWaterfall:
    def test_begins_where_the_last_part_ended(self) -> None:
        (fall,) = waterfalls_of([PARTS], None)
        assert fall is not None
        assert [step.sum for step in fall.steps] == ["-10.00", "-2.00", "+12.00", "+9.00"]
        assert [step.css for step in fall.steps] == ["prior", "for", "for", "against"]
        ends = [(float(step.bar.x), float(step.bar.x) + float(step.bar.width)) for step in fall.steps]
        assert ends[0][0] == pytest.approx(ends[1][0], abs=0.02) and ends[1][1] == pytest.approx(ends[2][0], abs=0.02)
        assert ends[3][1] == pytest.approx(ends[2][1], abs=0.02)
        assert all(0 <= left < right <= 100 for left, right in ends)

    def test_is_drawn_in_one_scale_for_all(self) -> None:
        first, second = waterfalls_of([PARTS, (("prior", -10.0), ("name.differs", -5.0))], Lines(-3.0, 11.0))
        assert first is not None and second is not None
        assert first.even == second.even and first.marks[0].x == second.marks[0].x
        assert [mark.reached for mark in first.marks] == [True, False]
        assert [mark.reached for mark in second.marks] == [False, False]

    def test_is_not_drawn_without_weights(self) -> None:
        assert waterfalls_of([(("name.equal", None),)], None) == [None]

    @pytest.mark.parametrize(
        ("bits", "said", "factor"),
        [
            (10.0, "speaks strongly for", "×1,000"),
            (3.32, "speaks for", "×10"),
            (0.3, "a little for", "×1.2"),
            (0.0, "says nothing", "×1.0"),
            (-0.3, "a little against", "÷1.2"),
            (-4.0, "speaks against", "÷16"),
            (-30.0, "speaks strongly against", "÷1,100,000,000"),
        ],
    )
    def test_speaks_in_words_and_times(self, bits: float, said: str, factor: str) -> None:
        with translation.override("en"):
            assert (speaks(bits), factor_of(bits)) == (said, factor)

    def test_is_never_quite_certain(self) -> None:
        assert (percent(1.0), percent(0.0), percent(0.5)) == ("99.99 %", "0.01 %", "50.00 %")

"""Charts are pictures that say what they show."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.core.metrics.paper.charts import PALETTE, funnel_svg, nice_step, stacked_svg
from lianfang.core.metrics.paper.shapes import FunnelStage, Series, StackedChart, UnprintablePaper
from tests.golden import paper_day

SVG = "{http://www.w3.org/2000/svg}"


def _titles(svg: str) -> list[str]:
    return [title.text or "" for title in ElementTree.fromstring(svg).iter(f"{SVG}title")]


class TestStackedChart:
    def test_hatches_the_day_that_is_not_over(self) -> None:
        bars = [bar for bar in ElementTree.fromstring(stacked_svg(paper_day.curve())).iter(f"{SVG}rect") if len(bar)]
        fills = {bar[0].text: bar.get("fill") for bar in bars}
        assert fills["12-18 管控中发现 8"] == PALETTE["blue"]
        assert str(fills["12-19 管控中发现 5（未完）"]).startswith("url(#hatch-")

    def test_draws_heights_in_proportion(self) -> None:
        bars = [bar for bar in ElementTree.fromstring(stacked_svg(paper_day.curve())).iter(f"{SVG}rect") if len(bar)]
        tall = {bar[0].text: float(bar.get("height", "0")) for bar in bars}
        assert tall["12-13 管控中发现 21"] == pytest.approx(tall["12-03 管控中发现 1"] * 21, rel=0.02)

    def test_says_its_last_day_to_a_screen_reader(self) -> None:
        label = ElementTree.fromstring(stacked_svg(paper_day.curve())).get("aria-label")
        assert label == "每日新增病例：12-19 5（未完）"

    def test_breaks_its_line_where_a_day_is_missing(self) -> None:
        chart = replace(paper_day.curve(), line=Series("均值", "ink", (1.0, 2.0, None, *[3.0] * 16)))
        lines = list(ElementTree.fromstring(stacked_svg(chart)).iter(f"{SVG}polyline"))
        assert [len(str(line.get("points")).split()) for line in lines] == [2, 16]

    def test_never_writes_a_style_or_script(self) -> None:
        svg = stacked_svg(replace(paper_day.curve(), band_label="<script>alert(1)</script>")) + funnel_svg(())
        assert "style" not in svg and "<script" not in svg and "&lt;script&gt;" in svg

    def test_draws_nothing_when_there_is_nothing(self) -> None:
        assert _titles(stacked_svg(StackedChart("空", (), ()))) == []

    def test_refuses_a_negative_count(self) -> None:
        with pytest.raises(UnprintablePaper, match=r"paper\.negative_count"):
            StackedChart("", (paper_day.DAY,), (Series("x", "blue", (-1,)),))

    @given(st.floats(0.1, 10**7))
    def test_has_a_round_step_that_reaches_the_top_in_five(self, top: float) -> None:
        step = nice_step(top)
        assert step * 5 >= top and str(step).rstrip("0") in {"1", "2", "25", "5"}


class TestFunnel:
    def test_is_as_long_as_its_share_of_the_largest(self) -> None:
        svg = funnel_svg(
            (FunnelStage("上级下发", 1000), FunnelStage("核实完成", 250, 540), FunnelStage("管控落实", None))
        )
        bars = [bar for bar in ElementTree.fromstring(svg).iter(f"{SVG}rect") if len(bar)]
        wide = [float(bar.get("width", "0")) for bar in bars]
        assert wide[1] == pytest.approx(wide[0] / 4, abs=0.1) and wide[2] == 0
        words = [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
        assert {"1,000", "250", "未报", "25% · 9 分"} <= set(words)

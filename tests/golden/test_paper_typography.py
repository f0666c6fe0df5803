"""Numbers, days and lengths of time as Chinese official paper writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.core.metrics.paper import typography
from lianfang.core.metrics.paper.shapes import Share, Sum
from tests.golden import paper_day


class TestDay:
    def test_is_written_with_its_weekday(self) -> None:
        assert typography.long_date(date(2022, 12, 19)) == "2022 年 12 月 19 日（星期一）"
        assert typography.long_date(date(2020, 2, 9)) == "2020 年 2 月 9 日（星期日）"

    def test_is_the_day_in_shanghai(self) -> None:
        assert (
            typography.long_moment(datetime(2022, 12, 19, 16, 30, tzinfo=UTC)) == "2022 年 12 月 20 日（星期二）00:30"
        )

    def test_of_a_deadline_is_said_as_today_only_on_the_paper_s_own_day(self) -> None:
        assert typography.by_when(paper_day.at(20, 0), day=paper_day.DAY) == "今日 20:00"
        assert typography.by_when(paper_day.at(8, 0, days=1), day=paper_day.DAY) == "12 月 20 日 08:00"


class TestNumber:
    def test_of_an_issue_stands_after_bent_brackets(self) -> None:
        assert typography.issue(year=2022, number=11) == "〔2022〕第 11 期"

    @pytest.mark.parametrize(
        ("part", "whole", "said"),
        [
            (1102, 1197, "92.1%"),
            (1, 8, "12.5%"),
            (1, 2000, "0.1%"),
            (0, 5, "0.0%"),
            (5, 5, "100.0%"),
            (0, 0, "—"),
            (None, 5, "未报"),
        ],
    )
    def test_of_a_share_has_one_decimal_half_up(self, part: int | None, whole: int | None, said: str) -> None:
        assert typography.percent(part, whole) == said

    @given(st.integers(0, 10**6), st.integers(1, 10**6))
    def test_of_a_share_is_never_off_by_more_than_half_a_tenth(self, part: int, whole: int) -> None:
        assert abs(float(typography.percent(part, whole)[:-1]) - 100 * part / whole) <= 0.05 + 1e-9

    def test_is_missing_and_not_zero_when_nobody_reported(self) -> None:
        assert (typography.thousands(None), typography.thousands(0), typography.thousands(12480)) == (
            "未报",
            "0",
            "12,480",
        )
        assert typography.cell_text(Share(61, 64, "of")) == "61/64"
        assert typography.cell_text(Share(61, None, "of")) == "未报"
        assert typography.sum_text(Sum(1234, partial=True)) == "1,234*"

    @pytest.mark.parametrize(
        ("seconds", "said"),
        [
            (None, "—"),
            (4, "4 秒"),
            (120, "2 分"),
            (3600, "1 小时"),
            (13320, "3 小时 42 分"),
            (190_800, "2 天 5 小时"),
            (86400, "1 天"),
        ],
    )
    def test_of_seconds_is_said_in_the_unit_people_use(self, seconds: int | None, said: str) -> None:
        assert typography.spent(seconds) == said

    def test_of_a_section_is_chinese_up_to_ten(self) -> None:
        assert [typography.section(position) for position in (0, 9, 10)] == ["一、", "十、", "11、"]


class TestLine:
    @given(st.text())
    def test_is_one_line_without_invisible_signs(self, text: str) -> None:
        line = typography.one_line(text)
        assert len(line.splitlines()) <= 1
        assert typography.one_line(line) == line
        assert not set(line) & set("\u202e\u200b\x00\ufeff")

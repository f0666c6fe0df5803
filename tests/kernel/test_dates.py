"""Days and times in the styles lists really use."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.kernel.dates import DateReading, read_date

TODAY = date(2022, 4, 6)


def read(value: object) -> DateReading:
    return read_date(value, today=TODAY)


class TestTheSixthOfApril:
    @pytest.mark.parametrize(
        "written",
        [
            date(2022, 4, 6),
            datetime(2022, 4, 6),
            44657,
            44657.0,
            "44657",
            4.6,
            20220406.0,
            "2022-04-06",
            "2022/4/6",
            "2022.4.6",
            "2022. 4. 6",
            "20220406",
            "2022年4月6日",
            "2022年04月06号",
            "二〇二二年四月六日",
            "４月６日",
            "四月六日",
            "4月6日",
            "4.6",
            "4/6",
            "04-06",
            "22.4.6",
            "22年4月6日",
            "4/6/22",
            "4/6/2022",
            "06APR",
            "06APR22",
            "06APR2022",
            "6-Apr-2022",
            "Apr 6, 2022",
            "4月6日上午",
            "4月6日晚",
            "4月6日凌晨",
            "2022-04-06 星期三",
            "4月6日返回",
            "'2022-04-06",
        ],
    )
    def test_is_a_day_without_a_time(self, written: object) -> None:
        assert read(written) == DateReading(day=TODAY)

    @pytest.mark.parametrize(
        ("written", "hour", "minute", "second"),
        [
            (datetime(2022, 4, 6, 14, 5, 33), 14, 5, 33),
            (44657.5, 12, 0, 0),
            ("44657.5", 12, 0, 0),
            (202204060753.0, 7, 53, 0),
            ("202204060753", 7, 53, 0),
            ("20220406075312", 7, 53, 12),
            ("2022-04-06 14:05:33", 14, 5, 33),
            ("2022-04-06T14:05:33", 14, 5, 33),
            ("2022-04-06T06:05:33Z", 14, 5, 33),
            ("2022-04-06T14:05:33+08:00", 14, 5, 33),
            (datetime(2022, 4, 6, 6, 5, 33, tzinfo=UTC), 14, 5, 33),
            ("2022/4/6 9:3", 9, 3, 0),
            ("2022年4月6日14时05分", 14, 5, 0),
            ("2022年4月6日下午3点", 15, 0, 0),
            ("4月6日晚8点半", 20, 30, 0),
            ("4月6日凌晨2点", 2, 0, 0),
            ("4月6日中午12点", 12, 0, 0),
            ("2022-04-06 2:05 PM", 14, 5, 0),
            ("2022-04-06（周三）14：05", 14, 5, 0),
        ],
    )
    def test_may_carry_a_time(self, written: object, hour: int, minute: int, second: int) -> None:
        assert read(written) == DateReading(day=TODAY, at=datetime(2022, 4, 6, hour, minute, second))


class TestADayWithoutAYear:
    def test_is_the_latest_one_past(self) -> None:
        assert [read(text).day for text in ("4月6日", "4.7", "12.31", "1.26")] == [
            date(2022, 4, 6),
            date(2021, 4, 7),
            date(2021, 12, 31),
            date(2022, 1, 26),
        ]

    def test_may_lie_ahead_where_the_column_is_a_plan(self) -> None:
        assert read_date("4月14日", today=TODAY, future_days=30).day == date(2022, 4, 14)

    def test_does_not_invent_a_leap_day(self) -> None:
        assert read("2月29日").problem == "date.impossible"
        assert read_date("2月29日", today=date(2021, 1, 10)).day == date(2020, 2, 29)

    @given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
    def test_never_lies_ahead_nor_more_than_a_year_back(self, day: date, today: date) -> None:
        found = read_date(f"{day.month}月{day.day}日", today=today).day
        assert found is None or timedelta(0) <= today - found <= timedelta(days=366)


class TestWhatIsNoDay:
    @pytest.mark.parametrize("written", [None, "", "无", "不详", "-", "/"])
    def test_may_be_absent(self, written: object) -> None:
        assert read(written) == DateReading()

    @pytest.mark.parametrize(
        ("written", "problem"),
        [
            ("昨天", "date.relative"),
            ("今早8点", "date.relative"),
            ("上周五", "date.relative"),
            ("2022-02-30", "date.impossible"),
            ("20220431", "date.impossible"),
            ("2022-04-06 25:00", "date.impossible"),
            ("13.5", "date.impossible"),
            ("4月1日至4月6日", "date.ambiguous"),
            ("04/06/22", "date.ambiguous"),
            (4.1, "date.ambiguous"),
            ("2022-4", "date.unreadable"),
            ("hello", "date.unreadable"),
            ("99999", "date.unreadable"),
            (5, "date.unreadable"),
            (True, "date.unreadable"),
            ("10:30", "date.unreadable"),
        ],
    )
    def test_is_refused_with_its_reason(self, written: object, problem: str) -> None:
        assert read(written) == DateReading(problem=problem)

    @given(st.text(max_size=30) | st.floats() | st.integers() | st.text("0123456789年月日./-: 上下午", max_size=16))
    def test_never_raises(self, written: object) -> None:
        found = read(written)
        assert found.day is None or found.problem == ""


class TestSerialNumbers:
    @given(st.datetimes(datetime(1960, 1, 1), datetime(2099, 12, 31)))
    def test_come_back_as_the_second_they_were(self, instant: datetime) -> None:
        second = instant.replace(microsecond=0, hour=instant.hour or 1)
        serial = (second - datetime(1899, 12, 30)) / timedelta(days=1)
        assert read(serial) == DateReading(day=second.date(), at=second)

    @given(
        st.dates(date(1960, 1, 1), date(2099, 12, 31)),
        st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y年%m月%d日"]),
    )
    def test_and_written_days_mean_the_same(self, day: date, style: str) -> None:
        assert read(f"{day:{style}}").day == day == read((day - date(1899, 12, 30)).days).day

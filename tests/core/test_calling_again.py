"""When to call again: within the day unless the deadline lies before the next morning."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from lianfang.core.work.models import WorkItem
from lianfang.core.work.rules import FIRST_CALL_HOUR, RETRY_MINUTES, at_night, next_try
from lianfang.field.plain import proposals

SHANGHAI = ZoneInfo("Asia/Shanghai")


def on(day: int, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2022, 4, day, hour, minute, tzinfo=SHANGHAI)


def morning_after(at: datetime) -> datetime:
    first = at.replace(hour=FIRST_CALL_HOUR, minute=0, second=0, microsecond=0)
    return first if at <= first else first + timedelta(days=1)


INSTANTS = st.datetimes(datetime(2022, 1, 1), datetime(2022, 12, 31), timezones=st.just(SHANGHAI))
SPANS = st.timedeltas(timedelta(), timedelta(days=2))


class TestWhatThePhoneProposes:
    @pytest.mark.parametrize(
        ("at", "due_at", "words"),
        [
            (on(6, "14:05"), on(7, "14:00"), "14:35"),
            (on(7, "01:54"), on(7, "06:00"), "02:24 (due before the morning)"),
            (on(7, "01:54"), on(7, "14:00"), "08:00"),
        ],
    )
    def test_says_why_it_is_at_night(self, at: datetime, due_at: datetime, words: str) -> None:
        with override("en"):
            found = {code: time for code, _label, time in proposals(WorkItem(due_at=due_at), now=at)}
        assert found["unanswered"] == words


class TestCallingAgain:
    @pytest.mark.parametrize(
        ("result", "tries", "at", "due_at", "again"),
        [
            ("unanswered", 1, on(6, "14:05"), on(7, "14:00"), on(6, "14:35")),
            ("unanswered", 3, on(6, "14:05"), on(7, "14:00"), on(6, "16:05")),
            ("unanswered", 9, on(6, "14:05"), on(7, "14:00"), on(6, "18:05")),
            ("busy", 1, on(6, "20:49"), on(7, "14:00"), on(6, "20:59")),
            ("busy", 1, on(6, "20:50"), on(7, "14:00"), on(7, "08:00")),
            ("unanswered", 4, on(6, "22:24"), on(7, "09:00"), on(7, "08:00")),
            ("busy", 1, on(7, "02:14"), on(7, "14:00"), on(7, "08:00")),
            ("switched_off", 4, on(7, "05:00"), on(7, "08:02"), on(7, "08:00")),
            ("unanswered", 1, on(7, "01:54"), on(7, "06:00"), on(7, "02:24")),
            ("unanswered", 1, on(7, "07:00"), on(7, "08:00"), on(7, "07:30")),
            ("unanswered", 1, on(6, "14:05"), on(6, "14:20"), on(6, "14:15")),
            ("unanswered", 1, on(6, "14:05"), on(6, "14:05"), on(6, "14:10")),
            ("unanswered", 1, on(7, "02:19"), on(7, "02:19"), on(7, "08:00")),
        ],
    )
    def test_is_proposed_for(self, result: str, tries: int, at: datetime, due_at: datetime, again: datetime) -> None:
        assert next_try(result, tries=tries, at=at, due_at=due_at) == again

    @pytest.mark.parametrize("result", ["reached", "wrong_number", "refused"])
    def test_makes_no_sense_after(self, result: str) -> None:
        assert next_try(result, tries=1, at=on(6, "14:05"), due_at=on(7, "14:00")) is None

    @given(st.sampled_from(sorted(RETRY_MINUTES)), st.integers(1, 12), INSTANTS, SPANS)
    def test_falls_into_the_night_only_if_the_deadline_lies_before_the_next_morning(
        self, result: str, tries: int, at: datetime, left: timedelta
    ) -> None:
        again = next_try(result, tries=tries, at=at, due_at=at + left)
        assert again is not None
        assert not at_night(again) or at < at + left <= morning_after(again)

    @given(st.sampled_from(sorted(RETRY_MINUTES)), st.integers(1, 12), INSTANTS, SPANS)
    def test_is_never_now_and_before_a_deadline_that_is_more_than_ten_minutes_away(
        self, result: str, tries: int, at: datetime, left: timedelta
    ) -> None:
        again = next_try(result, tries=tries, at=at, due_at=at + left)
        assert again is not None
        assert again >= at + timedelta(minutes=5)
        assert again < at + left or left <= timedelta(minutes=10)

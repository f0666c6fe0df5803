"""Which openings are reported, and what may come in from a device: pure, no database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.capabilities.isolation import rules
from lianfang.capabilities.isolation.reading import BadSignal, Signal, events_in, signal_of
from lianfang.capabilities.isolation.rules import GRACE, REPEATED, Window

NOON = datetime(2022, 12, 19, 12, tzinfo=UTC)
minutes = st.integers(-600, 600).map(lambda n: timedelta(minutes=n))
windows = st.builds(
    lambda start, length: Window(NOON + start, NOON + start + timedelta(minutes=length)), minutes, st.integers(1, 240)
)


class TestAnOpening:
    @given(minutes, st.lists(windows, max_size=4))
    def test_is_explained_just_when_a_window_with_its_grace_covers_it(
        self, shift: timedelta, near: list[Window]
    ) -> None:
        at = NOON + shift
        inside = any(w.starts_at - at <= GRACE and at - w.ends_at < GRACE for w in near)
        assert rules.is_explained(at, near) == inside

    @given(minutes, st.lists(windows, max_size=3), windows)
    def test_is_never_reported_for_one_window_more(self, shift: timedelta, near: list[Window], more: Window) -> None:
        if not rules.must_be_reported(NOON + shift, near, []):
            assert not rules.must_be_reported(NOON + shift, [*near, more], [])

    @given(st.lists(st.integers(0, 900), min_size=1, max_size=40))
    def test_of_a_series_is_reported_once_in_a_quarter_of_an_hour(self, seconds: list[int]) -> None:
        reported: list[datetime] = []
        for offset in seconds:
            at = NOON + timedelta(seconds=offset)
            if rules.must_be_reported(at, [], reported):
                reported.append(at)
        assert all(abs(a - b) >= REPEATED for i, a in enumerate(reported) for b in reported[:i])
        assert 1 <= len(reported) <= 2

    def test_is_reported_at_the_very_end_of_the_grace(self) -> None:
        window = Window(NOON, NOON + timedelta(minutes=30))
        end = window.ends_at + GRACE
        assert not rules.must_be_reported(end - timedelta(seconds=1), [window], [])
        assert rules.must_be_reported(end, [window], [])


class TestAClock:
    @given(st.integers(-10_000, 10_000).map(lambda n: timedelta(minutes=n)))
    def test_never_puts_an_event_into_the_future_or_far_back(self, shift: timedelta) -> None:
        at, believed = rules.happened(NOON + shift, now=NOON)
        assert NOON - rules.BELIEVED <= at <= NOON
        assert believed == (at == NOON + shift)

    def test_that_is_missing_means_now(self) -> None:
        assert rules.happened(None, now=NOON) == (NOON, True)


hostile = st.sampled_from(
    [None, True, -1, 10**30, 1.5, "", "D-1", "7\x00", "门", "\ud800", "x" * 99, [], [[1]], {"a": 1}]
)
near_events = st.fixed_dictionaries(
    {},
    optional={
        "device": hostile,
        "event": st.sampled_from(["open", "close", "OPEN", "", None, 7]),
        "id": hostile,
        "at": hostile | st.datetimes().map(lambda at: at.isoformat()),
    },
)


class TestABody:
    @settings(max_examples=50)
    @given(st.binary(max_size=30) | near_events.map(lambda said: json.dumps(said).encode()))
    def test_gives_sound_events_or_a_code_whatever_it_is(self, body: bytes) -> None:
        try:
            for said in events_in(body):
                assert isinstance(signal_of(said), Signal)
        except BadSignal as why:
            assert why.code.startswith("isolation.")

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"", "isolation.not_json"),
            (b"\xff\xfe{}", "isolation.not_json"),
            (b"[" * 60_000, "isolation.not_json"),
            (b"9" * 5_000, "isolation.not_json"),
            (b"[]", "isolation.no_events"),
            (b'{"events": []}', "isolation.no_events"),
            (b"[" + b",".join([b"{}"] * 101) + b"]", "isolation.too_many_events"),
            (b" " * (64 * 1024 + 1), "isolation.too_large"),
        ],
    )
    def test_that_is_no_batch_is_refused_with_a_code(self, body: bytes, code: str) -> None:
        with pytest.raises(BadSignal) as why:
            events_in(body)
        assert why.value.code == code

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"device": "a b"}, "isolation.bad_device"),
            ({"device": "x" * 41}, "isolation.bad_device"),
            ({"device": "门1"}, "isolation.bad_device"),
            ({"id": ""}, "isolation.bad_id"),
            ({"id": ["7"]}, "isolation.bad_id"),
            ({"id": "7\x00"}, "isolation.bad_id"),
            ({"event": "opened"}, "isolation.bad_event"),
            ({"event": ["open"]}, "isolation.bad_event"),
            ({"at": 1671408000}, "isolation.bad_time"),
            ({"at": "2022-13-40T00:00:00"}, "isolation.bad_time"),
            ({"at": "0001-01-01T00:00:00+14:00"}, "isolation.bad_time"),
        ],
    )
    def test_with_a_wrong_field_names_it(self, changes: dict[str, Any], code: str) -> None:
        with pytest.raises(BadSignal) as why:
            signal_of({"device": "D-1", "event": "open", "id": "7"} | changes)
        assert why.value.code == code

    def test_reads_local_time_as_shanghai(self) -> None:
        told = [signal_of({"device": "D-1", "event": "open", "id": 7, "at": at}).at for at in SAME_INSTANT]
        assert told == [datetime(2022, 12, 19, 0, 15, tzinfo=UTC)] * 4


SAME_INSTANT = (
    "2022-12-19T08:15:00+08:00",
    "2022-12-19 08:15:00",
    "2022-12-19T00:15:00Z",
    "2022-12-19T00:15:00.000+0000",
)

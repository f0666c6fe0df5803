"""When errands are due, which go together, in which order; how often people with special needs are called."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.capabilities.errands.care import rules as care
from lianfang.capabilities.errands.models import ErrandKind, ErrandState
from lianfang.capabilities.errands.rules import (
    HOURS,
    LIFECYCLE,
    MOST_STOPS,
    OPEN_STATES,
    Round,
    Stop,
    due,
    floor_of,
    plan,
    round_of,
    route,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(hour: int, minute: int = 0, *, day: int = 6) -> datetime:
    return datetime(2022, 4, day, hour, minute, tzinfo=SHANGHAI)


class TestAnErrandIsDue:
    @pytest.mark.parametrize(
        ("kind", "asked", "expected"),
        [
            ("meals", at(11), at(13)),
            ("medicine", at(19, 59), at(23, 59)),
            ("meals", at(6), at(10)),
            ("meals", at(20), at(10, day=7)),
            ("shopping", at(9, 30), at(17, 30)),
            ("other", at(12), at(12, day=7)),
        ],
    )
    def test_some_hours_from_asking_and_at_night_from_the_morning(
        self, kind: str, asked: datetime, expected: datetime
    ) -> None:
        assert due(kind, asked_at=asked, wanted_until=None) == expected

    def test_when_it_is_wanted(self) -> None:
        assert due("meals", asked_at=at(9), wanted_until=at(18)) == at(18)

    def test_for_every_kind(self) -> None:
        assert set(HOURS) == set(ErrandKind.values)


class TestTheLifecycle:
    def test_knows_every_state(self) -> None:
        told = {state for step in LIFECYCLE.transitions for state in (*step.sources, step.target)}
        assert told == set(ErrandState.values)

    def test_leads_nowhere_from_what_is_over(self) -> None:
        over = set(ErrandState.values) - set(OPEN_STATES)
        assert [LIFECYCLE.allowed(state) for state in sorted(over)] == [()] * 3


class TestARound:
    @pytest.mark.parametrize(
        ("due_at", "opens_at", "now", "begins"),
        [
            (at(13), None, at(9), at(12)),  # the last round that begins before it is due
            (at(12), None, at(9), at(8)),  # not the one that begins when it is due
            (at(9), None, at(13), at(12)),  # late already: the one that runs
            (at(9), None, at(21), at(8, day=7)),  # late at night: the next morning
            (at(19), at(17), at(9), at(16)),
            (at(11), at(17), at(9), at(16)),  # wanted from later than it is due: nobody goes before
            (at(7), None, at(6), at(8)),  # due before anybody is out
        ],
    )
    def test_is_the_last_before_the_deadline(
        self, due_at: datetime, opens_at: datetime | None, now: datetime, begins: datetime
    ) -> None:
        assert round_of(due_at=due_at, opens_at=opens_at, now=now) == Round(begins, begins + timedelta(hours=4))


def stop(number: int, **changes: object) -> Stop:
    fields: dict[str, object] = {"id": UUID(int=number), "kind": "meals", "compound": "a", "due_at": at(11)}
    return Stop(**{**fields, **changes})  # type: ignore[arg-type]  # fields of one dataclass, by name


class TestTheWay:
    def test_goes_by_building_entrance_and_down_the_stairs(self) -> None:
        doors = [("10幢", "1单元", "101"), ("2幢", "2单元", "301"), ("2幢", "1单元", "302"), ("2幢", "1单元", "1203")]
        stops = [stop(n, building=b, unit=u, room=r) for n, (b, u, r) in enumerate(doors)]
        assert [one.room for one in route(stops)] == ["1203", "302", "301", "101"]
        assert [one.room for one in route(stops, downwards=False)] == ["302", "1203", "301", "101"]

    def test_takes_those_first_who_need_help_into_the_vehicle(self) -> None:
        stops = [stop(1, kind="transport", building="1"), stop(2, kind="transport", building="9", helped=True)]
        assert [one.id.int for one in route(stops)] == [2, 1]

    @pytest.mark.parametrize(
        ("floor", "room", "expected"),
        [("12层", "", 12), ("-1", "", -1), ("", "1203", 12), ("", "301", 3), ("", "底商", 0), ("", "19900012345", 0)],
    )
    def test_knows_the_floor(self, floor: str, room: str, expected: int) -> None:
        assert floor_of(stop(1, floor=floor, room=room)) == expected


STOPS = st.lists(
    st.builds(
        Stop,
        id=st.uuids(),
        kind=st.sampled_from(ErrandKind.values),
        compound=st.sampled_from("ab"),
        building=st.sampled_from(["1幢", "2幢", "10幢", ""]),
        unit=st.sampled_from(["", "1单元", "2单元"]),
        floor=st.sampled_from(["", "1", "7"]),
        room=st.sampled_from(["101", "1502", "东户"]),
        helped=st.booleans(),
        due_at=st.integers(0, 60).map(lambda hours: at(0) + timedelta(hours=hours)),
        opens_at=st.none() | st.integers(0, 60).map(lambda hours: at(0) + timedelta(hours=hours)),
    ),
    unique_by=lambda one: one.id,
    max_size=40,
)


class TestAPlan:
    @settings(max_examples=50, deadline=None)
    @given(STOPS, st.integers(0, 30), st.booleans(), st.randoms(use_true_random=False))
    def test_has_every_errand_once_and_mixes_nothing(
        self, stops: list[Stop], hours: int, down: bool, mix: object
    ) -> None:
        now = at(0) + timedelta(hours=hours)
        tours = plan(stops, now=now, downwards=down)
        assert sorted(one.id for tour in tours for one in tour.stops) == sorted(one.id for one in stops)
        for tour in tours:
            assert {one.compound for one in tour.stops} == {tour.compound}
            assert {one.load for one in tour.stops} == {tour.load}
            assert 0 < len(tour.stops) <= MOST_STOPS
            assert tour.round.ends_at > now
            assert all(one.opens_at is None or tour.round.ends_at > one.opens_at for one in tour.stops)
            assert list(tour.stops) == route(tour.stops, downwards=down)
        assert [tour.round for tour in tours] == sorted(tour.round for tour in tours)
        shuffled = list(stops)
        mix.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random of Hypothesis
        assert plan(shuffled, now=now, downwards=down) == tours

    def test_cuts_between_buildings_where_it_can(self) -> None:
        stops = [stop(n, building=f"{1 + n // 8}幢") for n in range(24)]
        assert [tour.buildings for tour in plan(stops, now=at(8))] == [("1幢",), ("2幢",), ("3幢",)]
        small = plan([stop(n, building=f"{1 + n // 3}幢") for n in range(9)], now=at(8))
        assert [tour.buildings for tour in small] == [("1幢", "2幢", "3幢")]


class TestACareCall:
    def test_comes_more_often_while_somebody_is_kept_at_home(self) -> None:
        for kind, rhythm in care.CALLS.items():
            assert 1 <= rhythm.shut_in <= rhythm.days, kind
            assert care.interval([kind], shut_in=True) == rhythm.shut_in
        assert care.interval(["婴幼儿", "血液透析"], shut_in=False) == 3
        assert care.interval(["没听过的"], shut_in=False) == care.interval([], shut_in=False) == 14

    def test_is_due_some_days_after_the_last(self) -> None:
        first = date(2022, 4, 6)
        days = [care.next_call(last_date=last, begins_date=first, days=3) for last in (None, first, date(2022, 3, 1))]
        assert days == [first, date(2022, 4, 9), first]

    def test_comes_for_the_first_time_in_turn(self) -> None:
        first = date(2022, 4, 6)
        turns = [care.next_call(last_date=None, begins_date=first, days=3, turn=turn) for turn in range(6)]
        assert turns == [first + timedelta(days=turn % 3) for turn in range(6)]

    def test_wakes_nobody_and_is_due_the_same_evening(self) -> None:
        by_hour = [care.due_today(at(hour)) for hour in range(24)]
        assert {one for one in by_hour if one} == {at(18)}
        assert [hour for hour, one in enumerate(by_hour) if one] == list(range(7, 18))
        assert all(later >= earlier for earlier, later in pairwise(one for one in by_hour if one))

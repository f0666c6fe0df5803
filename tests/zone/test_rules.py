"""What follows from an edition's rules for an area: when it may come down, who may go out, who has which door."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.capabilities.zone.rules import (
    SEVERITY,
    BadTerms,
    Course,
    Exits,
    PassState,
    Round,
    clear_days_so_far,
    is_milder,
    last_clear_date,
    may_go_out,
    missing,
    next_round,
    rules_from,
    staff_needed,
)
from lianfang.capabilities.zone.sharing import DoorToShare, share, walk_order
from lianfang.web.queries.zone_rules import known_editions

CASE = date(2022, 7, 1)
EDITIONS = known_editions(drill=True)
HIGH = EDITIONS["9th"].grades["high"]
MEDIUM = EDITIONS["9th"].grades["medium"]
LOCKDOWN = EDITIONS["8th"].grades["lockdown"]
TWENTY = EDITIONS["twenty"].grades["high"]


def day(number: int) -> date:
    """The `number`-th day after the last case."""
    return CASE + timedelta(days=number)


def screened(number: int, *, positives: int = 0, pending: int = 0, sampled: int = 100) -> Round:
    return Round(done_date=day(number), due=100, sampled=sampled, positives=positives, pending=pending)


COURSE = Course(starts_date=CASE, last_case_date=CASE)


class TestComingDown:
    """Days by hand: the last case on 1 July 2022."""

    @pytest.mark.parametrize(
        ("rules", "course", "last"),
        [
            (HIGH, COURSE, "2022-07-08"),
            (TWENTY, COURSE, "2022-07-06"),
            (LOCKDOWN, COURSE, "2022-07-15"),
            (MEDIUM, COURSE, "2022-07-08"),
            (MEDIUM, Course(starts_date=CASE, last_case_date=CASE, lowered_date=date(2022, 7, 9)), "2022-07-11"),
            # a case after it came down: seven days again
            (
                MEDIUM,
                Course(starts_date=CASE, last_case_date=date(2022, 7, 10), lowered_date=date(2022, 7, 9)),
                "2022-07-17",
            ),
        ],
    )
    def test_needs_the_days_of_its_edition(self, rules: object, course: Course, last: str) -> None:
        assert last_clear_date(rules, course).isoformat() == last  # type: ignore[arg-type]  # a grade

    @pytest.mark.parametrize(
        ("today", "rounds", "codes"),
        [
            (5, (), ["days_without_case", "screening_missing"]),
            (7, (screened(7),), ["days_without_case"]),
            (8, (screened(7),), []),
            (8, (screened(6),), ["screening_missing"]),
            (8, (screened(7, pending=3),), ["screening_without_result"]),
            (8, (screened(7, positives=1),), ["screening_positive"]),
            (8, (screened(7, sampled=98),), ["screening_incomplete"]),
            (9, (screened(7, pending=3), screened(8)), []),
        ],
    )
    def test_of_a_high_risk_area_needs_seven_days_and_the_screening_of_the_seventh(
        self, today: int, rounds: tuple[Round, ...], codes: list[str]
    ) -> None:
        assert [gap.code for gap in missing(HIGH, COURSE, rounds=rounds, today=day(today))] == codes

    def test_counts_a_day_when_it_is_over(self) -> None:
        assert [clear_days_so_far(COURSE, today=day(n)) for n in (0, 1, 2, 8)] == [0, 0, 1, 7]

    @given(later=st.integers(1, 30), seen=st.integers(0, 60))
    @settings(max_examples=50)
    def test_never_comes_earlier_for_a_later_case(self, later: int, seen: int) -> None:
        again = Course(starts_date=CASE, last_case_date=day(later))
        first = {gap.code for gap in missing(HIGH, COURSE, rounds=(), today=day(seen))}
        assert first <= {gap.code for gap in missing(HIGH, again, rounds=(), today=day(seen))}

    def test_is_screened_on_the_days_of_the_edition(self) -> None:
        seen, rounds = [], []
        while (following := next_round(HIGH, COURSE, rounds=rounds)) is not None:
            seen.append((following - CASE).days)
            rounds.append(screened(seen[-1]))
        assert seen == [0, 1, 2, 4, 6, 7]  # days 1, 2, 3, 5, 7 of the zone, and the seventh day without a case

    def test_asks_for_workers_by_the_ratios_and_names_their_source(self) -> None:
        assert [one.needed for one in staff_needed(LOCKDOWN, residents=301)] == [11, 31]
        assert all(one.ratio.source for one in staff_needed(LOCKDOWN, residents=301))


class TestThePassAtTheGate:
    """Xi'an, December 2021: one person every two days, two hours."""

    EXITS = Exits(persons=1, every_days=2, max_hours=2)

    @pytest.mark.parametrize(
        ("state", "code"),
        [
            ({}, "valid"),
            ({"last_out_date": day(3)}, "too_soon"),
            ({"last_out_date": day(2)}, "too_soon"),
            ({"last_out_date": day(1)}, "valid"),
            ({"outside": True, "last_out_date": day(3)}, "outside_already"),
            ({"revoked": True}, "revoked"),
            ({"ends_date": day(2)}, "ended"),
        ],
    )
    def test_opens_it_by_the_rules(self, state: dict[str, object], code: str) -> None:
        known = {"ends_date": day(9), "revoked": False, "outside": False, "last_out_date": None} | state
        assert may_go_out(self.EXITS, PassState(**known), today=day(3)).code == code  # type: ignore[arg-type]  # a state

    def test_opens_no_gate_where_the_edition_lets_nobody_out(self) -> None:
        state = PassState(ends_date=day(9), revoked=False, outside=False, last_out_date=None)
        assert may_go_out(LOCKDOWN.exits, state, today=day(1)).code == "no_exits"


class TestTheRulesOfAnEdition:
    def test_survive_being_kept_with_the_zone(self) -> None:
        for rules in EDITIONS.values():
            assert rules_from(rules.as_terms()) == rules

    def test_name_only_grades_that_are_ranked_and_come_down_to_milder_ones(self) -> None:
        for rules in EDITIONS.values():
            for code, grade in rules.grades.items():
                assert any(code in scale for scale in SEVERITY)
                assert grade.becomes == "released" or is_milder(grade.becomes, code)

    @pytest.mark.parametrize(
        "change",
        [{"conduct": "lock_up"}, {"clear_days": 99}, {"exits": {"persons": 1, "every_days": 1, "max_hours": 1}}],
    )
    def test_are_refused_where_they_make_no_sense(self, change: dict[str, object]) -> None:
        terms = EDITIONS["8th"].as_terms()
        terms["grades"]["lockdown"] |= change
        with pytest.raises(BadTerms):
            rules_from(terms)


DOORS = st.lists(
    st.tuples(st.sampled_from(["0001", "0002"]), st.integers(1, 30), st.integers(1, 4), st.integers(0, 3)),
    min_size=1,
    max_size=80,
)


def doors(drawn: list[tuple[str, int, int, int]], *, one_each: bool) -> list[DoorToShare]:
    return [
        DoorToShare(id=UUID(int=n), path=path, floor=str(floor), room=str(room), households=1 if one_each else homes)
        for n, (path, floor, room, homes) in enumerate(drawn)
    ]


class TestSharingDoors:
    @given(drawn=DOORS, helpers=st.integers(1, 12), one_each=st.booleans())
    @settings(max_examples=50)
    def test_gives_every_door_to_one_helper_in_the_order_of_the_stairs(
        self, drawn: list[tuple[str, int, int, int]], helpers: int, one_each: bool
    ) -> None:
        all_doors, ids = doors(drawn, one_each=one_each), [UUID(int=1000 + n) for n in range(helpers)]
        shared = share(all_doors, ids)
        assert shared.keys() == {door.id for door in all_doors}
        order = [ids.index(shared[door.id]) for door in sorted(all_doors, key=walk_order)]
        assert all(before <= after for before, after in pairwise(order))
        loads = Counter(dict.fromkeys(ids, 0))
        for door in all_doors:
            loads[shared[door.id]] += door.households
        apart = max(loads.values()) - min(loads.values())
        assert apart <= (1 if one_each else 2 * max([door.households for door in all_doors], default=0))

    def test_puts_door_two_before_door_ten(self) -> None:
        rooms = [DoorToShare(id=UUID(int=n), path="0001", floor=str(n), room=str(n)) for n in (10, 2, 1)]
        assert [door.floor for door in sorted(rooms, key=walk_order)] == ["1", "2", "10"]

    def test_leaves_no_door_without_anybody_when_nobody_lives_there(self) -> None:
        empty = [DoorToShare(id=UUID(int=n), path="0001", room=str(n), households=0) for n in range(4)]
        assert set(Counter(share(empty, [UUID(int=90), UUID(int=91)]).values()).values()) == {2}

"""What a day under a ruling asks for, and which colour it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lianfang.kernel.dates import SHANGHAI
from lianfang.playbooks.rules.case import ONE_DAY, Reason, Ruling, Stage, TestDue


@dataclass(frozen=True, slots=True)
class DutyPlan:
    """One thing to be done between two instants. `day` is the day of its stage, `samples` only for tests."""

    kind: str
    opens_at: datetime
    due_at: datetime
    day: int
    samples: int = 0


def duties_on(ruling: Ruling, day: date, *, missing: tuple[Reason, ...] = ()) -> tuple[DutyPlan, ...]:
    """The duties of one day. After the planned end there are some only while something is `missing` for release."""
    for stage in ruling.stages:
        if stage.starts_date <= day <= stage.last_date:
            return tuple(_duties(ruling, stage, day))
    if ruling.stages and missing and day > ruling.stages[-1].last_date:
        return tuple(_held(ruling, ruling.stages[-1], day, missing))
    return ()


def colour_at(ruling: Ruling, now: datetime, *, missing: tuple[Reason, ...] = ()) -> str:
    """The colour a code would show: of the stage, also while somebody is held, else of somebody under nothing."""
    day = now.astimezone(SHANGHAI).date()
    stage = ruling.stage_on(day)
    if stage is None and ruling.stages and missing and day > ruling.stages[-1].last_date:
        stage = ruling.stages[-1]
    return stage.colour if stage is not None else ruling.edition.conventions.colour_without_measure


def _duties(ruling: Ruling, stage: Stage, day: date) -> Iterator[DutyPlan]:
    number = stage.first_day + (day - stage.starts_date).days
    for part in stage.temperature:
        yield _plan(ruling, f"temperature_{part}", day, number)
    for test in stage.tests:
        if test.due_date == day:
            yield _test(ruling, stage, test)
    every = stage.visit_every_days
    if every and (day - stage.starts_date).days % every == 0:
        yield _plan(ruling, "visit", day, number)
    if day == stage.last_date:
        yield _plan(ruling, "release_check", day, number)


def _held(ruling: Ruling, stage: Stage, day: date, missing: tuple[Reason, ...]) -> Iterator[DutyPlan]:
    number = stage.first_day + (day - stage.starts_date).days
    for part in stage.temperature:
        yield _plan(ruling, f"temperature_{part}", day, number)
    if any(why.code.startswith(("test_", "tests_", "consecutive_")) for why in missing):
        yield _plan(ruling, "test", day, number, samples=1)
    yield _plan(ruling, "release_check", day, number)


def _test(ruling: Ruling, stage: Stage, test: TestDue) -> DutyPlan:
    """A test in its hours; the first one after an arrival whose hour is known is due so many hours after it."""
    usual = _plan(ruling, "test", test.due_date, test.day, samples=test.samples)
    arrival, arrived_at = ruling.edition.categories[stage.category].arrival, ruling.arrival_at
    if arrival is None or arrived_at is None or test is not stage.tests[0]:
        return usual
    due_at = arrived_at + timedelta(hours=arrival.first_within_h)
    opens_at = max(usual.opens_at, arrived_at)
    return usual if due_at <= opens_at else DutyPlan("test", opens_at, due_at, test.day, test.samples)


def _plan(ruling: Ruling, kind: str, day: date, number: int, *, samples: int = 0) -> DutyPlan:
    opens, due = ruling.edition.hours[kind]
    return DutyPlan(kind, datetime.combine(day, opens, SHANGHAI), datetime.combine(day, due, SHANGHAI), number, samples)


def days_of(ruling: Ruling) -> Iterator[date]:
    """Every day under the ruling."""
    for stage in ruling.stages:
        day = stage.starts_date
        while day <= stage.last_date:
            yield day
            day += ONE_DAY

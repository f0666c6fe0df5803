"""One category, one clock: where its stages lie in the calendar, and what moves them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from lianfang.kernel.dates import SHANGHAI
from lianfang.playbooks.rules.case import ONE_DAY, Join, Reason, SiteCase, Stage, TestDue, reason
from lianfang.playbooks.schema import CategoryPlan, Conventions, Edition, StagePlan

_REMEMBERED = 1 << 16
"""Lines kept in memory. A hundred thousand people share a few hundred: the same category, clock day and first day."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one fact alone would lay on the person."""

    category: str
    clock_date: date
    stages: tuple[Stage, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Extension:
    """Something on `happened_date` that makes a running stage count anew: day 1 becomes `first`, the end `last`."""

    happened_date: date
    first: date
    last: date
    counted_from: date
    why: Reason


@dataclass(frozen=True, slots=True)
class _Span:
    """A stage while its place is being found. Day 1 is `first`; `tests` are kept by date."""

    begins: date
    first: date
    last: date
    tests: dict[date, TestDue]
    clock_date: date


def midnight_after(day: date) -> datetime:
    """The exclusive end of a day."""
    return datetime.combine(day + ONE_DAY, time.min, SHANGHAI)


def day_one(conventions: Conventions, clock: str, day: date) -> date:
    """The date of day 1 when `clock` points to `day`."""
    return day if conventions.day_one[clock] == "same" else day + ONE_DAY


@lru_cache(maxsize=_REMEMBERED)
def draw(
    edition: Edition,
    category: str,
    clock_date: date,
    start: date,
    site: tuple[int | None, tuple[SiteCase, ...]] = (None, ()),
    joins: tuple[Join, ...] = (),
) -> Line:
    """The stages of `category` counted from `clock_date` for somebody under control from `start`.

    Days before `start` count as done; a stage that lies before it altogether is skipped.
    """
    plan = edition.categories[category]
    if not plan.determined:
        return Line(category, clock_date, (), (reason("not_determined", category=category, because=plan.none_because),))
    reasons = [reason("clock", clock=plan.clock, date=clock_date)]
    cursor, clocked = day_one(edition.conventions, plan.clock, clock_date), clock_date
    stages: list[Stage] = []
    for number, stage_plan in enumerate(plan.stages):
        begins = start if number == 0 else max(cursor, start)
        span = _Span(begins, cursor, cursor + timedelta(days=stage_plan.days - 1), {}, clocked)
        span = replace(span, tests=_tests(stage_plan, span.first))
        for extension in _extensions(edition, stage_plan, site, joins):
            if span.begins <= extension.happened_date <= span.last and extension.last > span.last:
                span = _extended(span, stage_plan, extension)
                reasons.append(extension.why)
        cursor, clocked = span.last + ONE_DAY, span.clock_date
        if span.last < start:
            reasons.append(reason("stage_elapsed", regime=stage_plan.regime, days=stage_plan.days))
            continue
        stage, why = _stage(edition, plan, stage_plan, span, first_of_all=not stages)
        stages.append(stage)
        reasons.extend(why)
        cursor = stage.last_date + ONE_DAY
    if not stages:
        reasons.append(reason("span_passed", days=plan.days, last_date=cursor - ONE_DAY))
    return Line(category, clock_date, tuple(stages), tuple(reasons))


def _tests(plan: StagePlan, first: date) -> dict[date, TestDue]:
    found = {}
    for day in plan.test_days:
        due = first + timedelta(days=day - 1)
        found[due] = TestDue(due, day, plan.last_day_samples if day == plan.days else 1)
    return found


def _extended(span: _Span, plan: StagePlan, extension: _Extension) -> _Span:
    """Tests up to the day that changed everything stay; from then on the new numbers count."""
    done = {day: test for day, test in span.tests.items() if day <= extension.happened_date}
    anew = {day: test for day, test in _tests(plan, extension.first).items() if day > extension.happened_date}
    return _Span(span.begins, extension.first, extension.last, done | anew, extension.counted_from)


def _extensions(
    edition: Edition, plan: StagePlan, site: tuple[int | None, tuple[SiteCase, ...]], joins: tuple[Join, ...]
) -> list[_Extension]:
    """What may make this stage count anew, by date."""
    found: list[_Extension] = []
    if plan.regime == "central" and site[1]:
        found = [one for case in site[1] if (one := _restart(edition.conventions, plan, site[0], case))]
    elif plan.regime == "home" and plan.co_residents == "isolated" and joins:
        found = [one for join in joins if (one := _joined(edition.conventions, plan, join))]
    return sorted(found, key=lambda one: (one.happened_date, one.last))


def _restart(conventions: Conventions, plan: StagePlan, floor: int | None, case: SiteCase) -> _Extension | None:
    """A new case in the site: on the same floor or near it, or anywhere where the whole site counts."""
    scope = conventions.restart_scope
    if scope == "never":
        return None
    # Somebody whose floor nobody wrote down is taken to be near.
    known = scope == "floors" and case.floor is not None and floor is not None
    if known and abs((case.floor or 0) - (floor or 0)) > conventions.restart_floors:
        return None
    counted = case.found_date
    if conventions.restart_from == "removed" and case.removed_date is not None:
        counted = max(case.found_date, case.removed_date)
    first = day_one(conventions, "new_case_in_site", counted)
    why = reason("new_case_in_site", date=case.found_date, counted_from=counted)
    return _Extension(case.found_date, first, first + timedelta(days=plan.days - 1), counted, why)


def _joined(conventions: Conventions, plan: StagePlan, join: Join) -> _Extension | None:
    """Somebody moved in. The household ends together: with the one whose days end last."""
    rule = conventions.household_join
    clock_date = join.clock_date or (join.joined_date if rule == "always" else None)
    why = reason("household_joined", date=join.joined_date)
    if rule == "never" or (clock_date is None and join.last_date is None):
        return None
    if join.last_date is not None:
        first = join.last_date - timedelta(days=plan.days - 1)
        return _Extension(join.joined_date, first, join.last_date, join.joined_date, why)
    assert clock_date is not None
    first = day_one(conventions, "household_joined", clock_date)
    return _Extension(join.joined_date, first, first + timedelta(days=plan.days - 1), clock_date, why)


def _stage(
    edition: Edition, plan: CategoryPlan, stage: StagePlan, span: _Span, *, first_of_all: bool
) -> tuple[Stage, list[Reason]]:
    reasons = []
    starts = span.begins
    last = min(span.last, starts + timedelta(days=edition.conventions.longest_days - 1))
    if last < span.last:
        reasons.append(reason("longest_reached", days=edition.conventions.longest_days, last_date=last))
    elapsed = (starts - span.first).days
    if elapsed > 0:
        reasons.append(reason("days_elapsed", regime=stage.regime, days=elapsed))
    tests = {day: test for day, test in span.tests.items() if starts <= day <= last}
    late = first_of_all and elapsed > 0 and edition.conventions.test_on_entry
    if late and stage.test_days and starts not in tests:
        tests[starts] = TestDue(starts, elapsed + 1, on_entry=True)
    placed = Stage(
        category=plan.code,
        regime=stage.regime,
        starts_date=starts,
        last_date=last,
        first_day=elapsed + 1,
        ends_at=midnight_after(last),
        tests=tuple(tests[day] for day in sorted(tests)),
        temperature=stage.temperature,
        visit_every_days=stage.visit_every_days,
        co_residents=stage.co_residents,
        colour=stage.colour,
        release=stage.release,
        told=plan.told,
        clock=plan.clock,
        clock_date=span.clock_date,
    )
    return placed, reasons

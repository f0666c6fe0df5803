"""What is still missing before somebody may go, and how long they are held if it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from lianfang.kernel.dates import SHANGHAI
from lianfang.playbooks.rules.case import (
    Evidence,
    Reason,
    Ruling,
    Sample,
    Stage,
    TestDue,
    is_negative,
    is_positive,
    reason,
)
from lianfang.playbooks.rules.lines import midnight_after
from lianfang.playbooks.schema import CategoryPlan, Condition, Conventions


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question: may this stage of this ruling end at `now`?"""

    ruling: Ruling
    stage: Stage
    plan: CategoryPlan
    evidence: Evidence
    now: datetime


def missing_for_release(
    ruling: Ruling, evidence: Evidence, *, now: datetime, stage: Stage | None = None
) -> tuple[Reason, ...]:
    """Everything that is missing, in the order of the edition's conditions; nothing missing means: release.

    Asked of the last stage, or of `stage` for the step from one stage to the next.
    """
    if not ruling.stages:
        return ()
    stage = stage or ruling.stages[-1]
    asked = _Asked(ruling, stage, ruling.edition.categories[stage.category], evidence, now)
    return tuple(why for condition in stage.release for why in _CHECKS[condition.code](asked, condition))


def hold_until(ruling: Ruling, missing: tuple[Reason, ...], *, now: datetime) -> datetime | None:
    """Until when the person stays: the planned end; after it, while something is missing, the next midnight.

    Never longer than the edition allows for one order: then somebody must decide anew. None: free to go.
    """
    if not ruling.stages or not missing:
        return None
    last = ruling.stages[-1]
    if now < last.ends_at:
        return last.ends_at
    latest = midnight_after(last.starts_date + timedelta(days=ruling.edition.conventions.longest_days - 1))
    held = min(midnight_after(_day(now)), latest)
    return held if held > now else None


def valid_until(sample: Sample, conventions: Conventions) -> datetime | None:
    """Until when a negative test counts at a door; None while its report is awaited and the report starts the hours."""
    start = sample.taken_at if conventions.test_valid_from == "sampled" else sample.reported_at
    return None if start is None else start + timedelta(hours=conventions.test_valid_hours)


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _span_elapsed(asked: _Asked, condition: Condition) -> Iterable[Reason]:
    if asked.now < asked.stage.ends_at:
        yield reason("span_not_elapsed", last_date=asked.stage.last_date)


def _tests_negative(asked: _Asked, condition: Condition) -> Iterable[Reason]:
    """Every due test was done and negative. One missed is made up by a test on a later day that no other test needs."""
    stages = asked.ruling.stages[: asked.ruling.stages.index(asked.stage) + 1]
    begins = stages[0].starts_date
    taken = [test for test in asked.evidence.tests if test.taken_at <= asked.now and _day(test.taken_at) >= begins]
    for test in taken:
        if is_positive(test, asked.plan):
            yield reason("test_positive", date=_day(test.taken_at))
            return
    negative = Counter(_day(test.taken_at) for test in taken if is_negative(test, asked.plan, now=asked.now))
    for due in _unmet([due for stage in stages for due in stage.tests], negative):
        yield _why_unmet(due, taken, asked)


def _unmet(dues: list[TestDue], negative: Mapping[date, int]) -> list[TestDue]:
    used = {due.due_date for due in dues if negative.get(due.due_date, 0) >= due.samples}
    open_ones = [due for due in dues if due.due_date not in used]
    unmet = []
    for due in sorted(open_ones, key=lambda one: one.due_date, reverse=True):
        later = [
            day for day, count in negative.items() if day > due.due_date and day not in used and count >= due.samples
        ]
        if later:
            used.add(min(later))
        else:
            unmet.append(due)
    return unmet[::-1]


def _why_unmet(due: TestDue, taken: list[Sample], asked: _Asked) -> Reason:
    there = [test for test in taken if _day(test.taken_at) == due.due_date]
    if due.due_date > _day(asked.now):
        code = "test_to_come"
    elif any(not is_negative(test, asked.plan, now=asked.now) and test.result != "invalid" for test in there):
        code = "test_without_result"
    elif any(test.result == "invalid" for test in there):
        code = "test_invalid"
    else:
        code = "test_not_taken"
    return reason(code, day=due.day, date=due.due_date, samples=due.samples)


def _tests_spaced(asked: _Asked, condition: Condition) -> Iterable[Reason]:
    """N天M检: so many negative tests after arrival, each far enough from the one before."""
    plan = asked.plan.arrival
    if plan is None:
        return
    arrived_at = asked.ruling.arrival_at
    taken = sorted(
        test.taken_at
        for test in asked.evidence.tests
        if test.taken_at <= asked.now
        and (test.taken_at >= arrived_at if arrived_at else _day(test.taken_at) >= asked.stage.clock_date)
        and is_negative(test, asked.plan, now=asked.now)
    )
    if positive := [test for test in asked.evidence.tests if is_positive(test, asked.plan)]:
        yield reason("test_positive", date=_day(positive[0].taken_at))
        return
    counted: list[datetime] = []
    for at in taken:
        if not counted or at - counted[-1] >= timedelta(hours=plan.min_gap_h):
            counted.append(at)
    if len(counted) < plan.m_tests:
        yield reason("tests_to_go", left=plan.m_tests - len(counted), total=plan.m_tests, gap_h=plan.min_gap_h)


def _consecutive_negative(asked: _Asked, condition: Condition) -> Iterable[Reason]:
    """The last `count` results from day `day` on, on different days, far enough apart, all negative or of a high Ct."""
    from_date = asked.stage.starts_date + timedelta(days=condition.day - asked.stage.first_day)
    known = sorted(
        (
            test
            for test in asked.evidence.tests
            if test.taken_at <= asked.now
            and test.result in ("negative", "positive")
            and _day(test.taken_at) >= from_date
        ),
        key=lambda test: test.taken_at,
        reverse=True,
    )
    streak: list[datetime] = []
    for test in known:
        if test.reported_at is not None and test.reported_at > asked.now:
            continue
        if not is_negative(test, asked.plan, now=asked.now):
            break
        apart = not streak or (
            _day(test.taken_at) < _day(streak[-1])
            and streak[-1] - test.taken_at >= timedelta(hours=condition.min_gap_h)
        )
        if apart:
            streak.append(test.taken_at)
    if len(streak) < condition.count:
        yield reason(
            "consecutive_to_go", left=condition.count - len(streak), total=condition.count, from_date=from_date
        )


def _linked_contact_negative(asked: _Asked, condition: Condition) -> Iterable[Reason]:
    ruling, linked = asked.ruling, asked.evidence.linked_tests
    higher = ruling.edition.categories["close_contact"]
    if any(is_positive(test, higher) for test in linked):
        yield reason("linked_is_positive")
    elif ruling.linked_test_date is None:
        yield ruling.linked_reason or reason("linked_unknown")
    elif not any(
        is_negative(test, higher, now=asked.now)
        and test.taken_at <= asked.now
        and _day(test.taken_at) >= ruling.linked_test_date
        for test in linked
    ):
        yield reason("linked_test_missing", day=condition.day, date=ruling.linked_test_date)


def _environment_negative(asked: _Asked, condition: Condition) -> Iterable[Reason]:
    """The newest sample of surroundings and goods that has a result, taken during the stage, is negative."""
    known = [
        sample
        for sample in asked.evidence.environment
        if sample.result in ("negative", "positive")
        and sample.taken_at <= asked.now
        and (sample.reported_at is None or sample.reported_at <= asked.now)
        and _day(sample.taken_at) >= asked.stage.starts_date
    ]
    newest = max(known, key=lambda sample: sample.taken_at, default=None)
    if newest is None:
        yield reason("environment_missing")
    elif newest.result == "positive":
        yield reason("environment_positive", date=_day(newest.taken_at))


def _co_residents(asked: _Asked, condition: Condition) -> Iterable[Reason]:
    missing = asked.evidence.co_residents_missing
    if missing is None:
        yield reason("co_residents_unknown")
    elif missing:
        yield reason("co_residents_missing", count=missing)


_CHECKS: Mapping[str, Callable[[_Asked, Condition], Iterable[Reason]]] = MappingProxyType(
    {
        "span_elapsed": _span_elapsed,
        "tests_negative": _tests_negative,
        "tests_spaced": _tests_spaced,
        "consecutive_negative": _consecutive_negative,
        "linked_contact_negative": _linked_contact_negative,
        "environment_negative": _environment_negative,
        "co_residents": _co_residents,
    }
)

"""Several facts about one person: on every day the strictest of what they lay on them, and all tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from lianfang.playbooks.rules.case import ONE_DAY, Stage, TestDue
from lianfang.playbooks.rules.lines import Line, midnight_after
from lianfang.playbooks.schema import STRICTNESS, Condition


def merge(lines: Sequence[Line]) -> tuple[Stage, ...]:
    """The stages of all lines as one sequence without overlap."""
    drawn = [line for line in lines if line.stages]
    if len(drawn) < 2:
        return drawn[0].stages if drawn else ()
    stages = [stage for line in drawn for stage in line.stages]
    tests = _tests(drawn)
    return tuple(
        replace(
            governing,
            starts_date=first,
            last_date=last,
            first_day=governing.first_day + (first - governing.starts_date).days,
            ends_at=midnight_after(last),
            tests=tuple(_numbered(governing, tests[day]) for day in sorted(tests) if first <= day <= last),
            release=_conditions(governing, stages, first, last),
        )
        for governing, first, last in _runs(stages)
    )


def _runs(stages: Sequence[Stage]) -> Iterator[tuple[Stage, date, date]]:
    """(governing stage, first, last) for every unbroken run of days governed by the same stage."""
    run: tuple[Stage, date, date] | None = None
    day, end = min(stage.starts_date for stage in stages), max(stage.last_date for stage in stages)
    while day <= end:
        governing = _governing(stages, day)
        if run is not None and governing is run[0]:
            run = (run[0], run[1], day)
        else:
            if run is not None:
                yield run
            run = (governing, day, day) if governing is not None else None
        day += ONE_DAY
    if run is not None:
        yield run


def _governing(stages: Sequence[Stage], day: date) -> Stage | None:
    covering = [stage for stage in stages if stage.starts_date <= day <= stage.last_date]
    return max(covering, key=lambda one: (STRICTNESS[one.regime], one.last_date, one.clock_date), default=None)


def _tests(lines: Sequence[Line]) -> dict[date, TestDue]:
    """Tests of all lines by date. Where the same category counts anew, the older numbers end with the new first day."""
    found: dict[date, TestDue] = {}
    for line in lines:
        newer = [
            other.stages[0].starts_date
            for other in lines
            if other.category == line.category and other.clock_date > line.clock_date
        ]
        for test in (test for stage in line.stages for test in stage.tests):
            if newer and test.due_date >= min(newer):
                continue
            if test.due_date not in found or found[test.due_date].samples < test.samples:
                found[test.due_date] = test
    return found


def _numbered(stage: Stage, test: TestDue) -> TestDue:
    if any(own.due_date == test.due_date for own in stage.tests):
        return test
    return replace(test, day=stage.first_day + (test.due_date - stage.starts_date).days)


def _conditions(governing: Stage, stages: Sequence[Stage], first: date, last: date) -> tuple[Condition, ...]:
    """Its own conditions, and those of stages that end under it unseen."""
    ended = [stage for stage in stages if first <= stage.last_date <= last and stage is not governing]
    found = dict.fromkeys(governing.release)
    for stage in ended:
        found |= dict.fromkeys(condition for condition in stage.release if condition.code != "span_elapsed")
    return tuple(found)

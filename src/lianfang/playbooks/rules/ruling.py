"""`rule`: what an edition lays on a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from lianfang.kernel.dates import SHANGHAI
from lianfang.playbooks.rules.case import (
    CATEGORY_OF,
    Case,
    Fact,
    Reason,
    RuleRefused,
    Ruling,
    Stage,
    TestDue,
    is_positive,
    reason,
)
from lianfang.playbooks.rules.lines import Line, day_one, draw
from lianfang.playbooks.rules.merging import merge
from lianfang.playbooks.schema import CategoryPlan, Condition, Edition


def rule(case: Case, edition: Edition, *, now: datetime) -> Ruling:
    """Apply an edition to a case. The answer depends on `now` only where the case does not say when control began."""
    reasons = _check(case, edition)
    today = now.astimezone(SHANGHAI).date()
    if case.host is not None:
        shared = _with_host(case, edition, now=now)
        return replace(shared, reasons=tuple(dict.fromkeys((*reasons, *shared.reasons))))
    lines: list[Line] = []
    for fact in (*case.facts, *_found_positive(case, edition)):
        if fact.happened_date > today:
            raise RuleRefused("case.future_fact", f"the day of the fact, {fact.happened_date}, lies in the future")
        if fact.kind == "contact_ruling" and _outside_look_back(fact, edition):
            onset = fact.index_onset_date or fact.happened_date
            reasons += (reason("outside_look_back", days=edition.conventions.look_back_days, onset=onset),)
            continue
        lines.extend(_lines(case, fact, edition, today))
    if len(lines) == 1:
        stages, reasons = lines[0].stages, reasons + lines[0].reasons
    else:
        stages = merge(lines)
        reasons = tuple(dict.fromkeys((*reasons, *(why for line in lines for why in line.reasons))))
    linked_date, linked_reason = _linked(case, edition, stages)
    return Ruling(
        edition=edition,
        stages=stages,
        reasons=reasons,
        linked_test_date=linked_date,
        linked_reason=linked_reason,
        arrival_at=_arrival(case),
    )


def category_of(fact: Fact) -> str:
    """The category a fact puts a person into."""
    try:
        return CATEGORY_OF[fact.kind, fact.level]
    except KeyError:
        raise RuleRefused("case.unknown_fact", f"no category for {fact.kind} {fact.level}".rstrip()) from None


def _check(case: Case, edition: Edition) -> tuple[Reason, ...]:
    """A running case keeps its edition; another one needs a reason, which is then among the reasons of the ruling."""
    if not case.edition or case.edition == edition.code:
        return ()
    if not case.rerule_reason.strip():
        raise RuleRefused("case.other_edition", f"ruled on under {case.edition}: give a reason to apply {edition.code}")
    return (reason("ruled_anew", before=case.edition, after=edition.code, why=case.rerule_reason.strip()),)


def _lines(case: Case, fact: Fact, edition: Edition, today: date) -> list[Line]:
    """The line of a fact, and a second one where the linked contact has turned positive."""
    category = category_of(fact)
    start = max(case.placed_date or today, fact.happened_date, fact.known_date or fact.happened_date)
    lines = [_draw(case, edition, category, fact.happened_date, start)]
    plan = edition.categories[category]
    if plan.on_linked_positive and case.linked_tests:
        higher = edition.categories[plan.on_linked_positive]
        positive = [test for test in case.linked_tests if is_positive(test, higher)]
        if positive:
            known = min(_known(test.reported_at or test.taken_at) for test in positive)
            line = _draw(case, edition, higher.code, fact.happened_date, max(start, known))
            why = reason("linked_positive", date=known)
            return [_unbound(lines[0]), replace(line, reasons=(why, *line.reasons))]
    return lines


def _unbound(line: Line) -> Line:
    """The line without the wait for the linked contact, which a positive has answered."""
    stages = tuple(
        replace(stage, release=tuple(one for one in stage.release if one.code != "linked_contact_negative"))
        for stage in line.stages
    )
    return replace(line, stages=stages)


def _draw(case: Case, edition: Edition, category: str, clock_date: date, start: date) -> Line:
    if edition.categories[category].clock == "entered_site":
        clock_date = case.entered_site_date or start
    site = (case.floor, case.site_cases) if case.site_cases else (None, ())
    return draw(edition, category, clock_date, start, site, case.joins)


def _known(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _outside_look_back(fact: Fact, edition: Edition) -> bool:
    onset = fact.index_onset_date
    return onset is not None and fact.happened_date < onset - timedelta(days=edition.conventions.look_back_days)


def _found_positive(case: Case, edition: Edition) -> tuple[Fact, ...]:
    """The person's own positive test is a fact, too; only the first one, and none if they are a known case."""
    if not case.tests or any(fact.kind in ("positive_test", "discharged") for fact in case.facts):
        return ()
    plan = edition.categories[category_of(case.facts[0])] if case.facts else None
    positive = sorted((test for test in case.tests if is_positive(test, plan)), key=lambda test: test.taken_at)
    if not positive:
        return ()
    first = positive[0]
    return (Fact("positive_test", _known(first.taken_at), known_date=_known(first.reported_at or first.taken_at)),)


def _linked(case: Case, edition: Edition, stages: tuple[Stage, ...]) -> tuple[date | None, Reason | None]:
    """The day from which a negative test of the linked contact lets this person go."""
    bound = next((one for stage in stages for one in stage.release if one.code == "linked_contact_negative"), None)
    if bound is None:
        return None, None
    if case.linked_clock_date is None:
        return None, reason("linked_unknown")
    clock = edition.categories["close_contact"].clock
    first = day_one(edition.conventions, clock or "last_exposure", case.linked_clock_date)
    return first + timedelta(days=bound.day - 1), None


def _arrival(case: Case) -> datetime | None:
    return next((fact.at for fact in case.facts if fact.at is not None), None)


def _with_host(case: Case, edition: Edition, *, now: datetime) -> Ruling:
    """A co-resident: under the household's clock, for as long as the person they live with."""
    plan = edition.categories["co_resident"]
    if not plan.determined:
        why = reason("not_determined", category=plan.code, because=plan.none_because)
        return Ruling(edition=edition, stages=(), reasons=(why,))
    assert case.host is not None
    # Whoever is ruled on anew is so together with the person they live with.
    host = rule(replace(case.host, rerule_reason=case.host.rerule_reason or case.rerule_reason), edition, now=now)
    start = case.placed_date or now.astimezone(SHANGHAI).date()
    mirrored = tuple(
        _mirrored(stage, plan, start, edition)
        for stage in host.stages
        if stage.regime == "home" and stage.co_residents != "normal" and stage.last_date >= start
    )
    if not mirrored:
        return Ruling(edition=edition, stages=(), reasons=(reason("household_free"),))
    clock = reason("household_clock", date=mirrored[0].clock_date, last_date=mirrored[-1].last_date)
    own = rule(replace(case, host=None), edition, now=now) if case.facts else None
    if own is None or not own.stages:
        return Ruling(edition=edition, stages=mirrored, reasons=(clock,))
    lines = [Line(plan.code, mirrored[0].clock_date, mirrored, ()), Line(own.category, start, own.stages, ())]
    return replace(own, stages=merge(lines), reasons=(clock, *own.reasons))


def _mirrored(stage: Stage, plan: CategoryPlan, start: date, edition: Edition) -> Stage:
    """The stage of the person they live with as it is for the co-resident."""
    starts = max(start, stage.starts_date)
    first_day = stage.first_day + (starts - stage.starts_date).days
    tests = tuple(test for test in stage.tests if test.due_date >= starts)
    joined_late = starts > stage.starts_date and stage.tests and edition.conventions.test_on_entry
    if joined_late and all(test.due_date != starts for test in tests):
        tests = (TestDue(starts, first_day, on_entry=True), *tests)
    moved = replace(stage, category=plan.code, starts_date=starts, first_day=first_day, tests=tests, told=plan.told)
    if stage.co_residents == "isolated":
        # The wait for a linked contact is the host's; it holds the household through the condition of the household.
        return replace(moved, release=tuple(one for one in stage.release if one.code != "linked_contact_negative"))
    release = (Condition("span_elapsed"), Condition("tests_negative"))
    colour = edition.conventions.colour_without_measure
    return replace(
        moved,
        regime="self_monitoring",
        temperature=(),
        visit_every_days=0,
        colour=colour,
        release=release,
        co_residents="normal",
    )

"""What holds for every case and every edition, whatever they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.playbooks.rules import (
    CATEGORY_OF,
    Case,
    Evidence,
    Fact,
    Join,
    Ruling,
    Sample,
    SiteCase,
    days_of,
    duties_on,
    missing_for_release,
    rule,
)
from lianfang.playbooks.schema import STRICTNESS
from lianfang.playbooks.shelf import editions
from tests.playbooks.reading_cases import noon

FIRST = date(2022, 8, 1)
LATER = noon(FIRST + timedelta(days=90))
SHELF = editions()

days = st.integers(0, 40).map(lambda number: FIRST + timedelta(days=number))
facts = st.builds(lambda kind, on: Fact(kind[0], on, kind[1]), st.sampled_from(sorted(CATEGORY_OF)), days)
site_cases = st.builds(SiteCase, days, st.none() | st.integers(1, 4), st.none() | days)
joins = st.builds(Join, days, st.none() | days, st.none() | days)
samples = st.builds(
    lambda on, hours, result: Sample(noon(on), result, noon(on) + timedelta(hours=hours)),
    days,
    st.integers(1, 30),
    st.sampled_from(("negative", "negative", "negative", "positive", "invalid", "")),
)
cases = st.builds(
    Case,
    facts=st.lists(facts, min_size=1, max_size=3).map(tuple),
    placed_date=days,
    floor=st.none() | st.integers(1, 4),
    site_cases=st.lists(site_cases, max_size=2).map(tuple),
    joins=st.lists(joins, max_size=2).map(tuple),
    linked_clock_date=st.none() | days,
)
codes = st.sampled_from(sorted(SHELF))
some = settings(max_examples=50, deadline=None)


def strictness(ruling: Ruling) -> dict[date, int]:
    return {on: STRICTNESS[stage.regime] for on in days_of(ruling) if (stage := ruling.stage_on(on))}


class TestEveryRuling:
    @some
    @given(case=cases, code=codes)
    def test_has_stages_in_order_that_never_overlap(self, case: Case, code: str) -> None:
        ruling = rule(case, SHELF[code], now=LATER)
        for stage in ruling.stages:
            assert stage.starts_date <= stage.last_date < stage.ends_at.date()
            assert all(stage.starts_date <= test.due_date <= stage.last_date for test in stage.tests)
            assert [test.due_date for test in stage.tests] == sorted({test.due_date for test in stage.tests})
        for earlier, later in zip(ruling.stages, ruling.stages[1:], strict=False):
            assert earlier.last_date < later.starts_date

    @some
    @given(case=cases, code=codes)
    def test_begins_no_earlier_than_control_did(self, case: Case, code: str) -> None:
        ruling = rule(case, SHELF[code], now=LATER)
        assert case.placed_date is not None
        assert all(stage.starts_date >= case.placed_date for stage in ruling.stages)

    @some
    @given(case=cases, code=codes)
    def test_never_lays_more_on_anyone_than_the_longest_order(self, case: Case, code: str) -> None:
        longest = SHELF[code].conventions.longest_days
        for stage in rule(case, SHELF[code], now=LATER).stages:
            assert (stage.last_date - stage.starts_date).days < longest

    @some
    @given(fact=facts, code=codes, late=st.integers(0, 20))
    def test_without_extension_never_goes_beyond_the_span_of_its_kind(self, fact: Fact, code: str, late: int) -> None:
        case = Case(facts=(fact,), placed_date=fact.happened_date + timedelta(days=late))
        plan = SHELF[code].categories[CATEGORY_OF[fact.kind, fact.level]]
        ruling = rule(case, SHELF[code], now=LATER)
        under = sum(1 for _ in days_of(ruling))
        # The day before day 1 may be spent under control, but no day after the last.
        assert under <= plan.days + 1
        assert all(
            on <= fact.happened_date + timedelta(days=plan.days) or plan.clock == "entered_site"
            for on in days_of(ruling)
        )

    @some
    @given(case=cases, code=codes, more=st.lists(facts, min_size=1, max_size=2))
    def test_becomes_no_milder_on_any_day_by_more_facts(self, case: Case, code: str, more: list[Fact]) -> None:
        before = strictness(rule(case, SHELF[code], now=LATER))
        after = strictness(rule(replace(case, facts=(*case.facts, *more)), SHELF[code], now=LATER))
        assert all(after.get(on, -1) >= rank for on, rank in before.items())

    @some
    @given(case=cases, code=codes, more=site_cases, moved_in=joins)
    def test_becomes_no_milder_by_a_new_case_or_a_newcomer(
        self, case: Case, code: str, more: SiteCase, moved_in: Join
    ) -> None:
        before = rule(case, SHELF[code], now=LATER)
        with_more = replace(case, site_cases=(*case.site_cases, more), joins=(*case.joins, moved_in))
        after = rule(with_more, SHELF[code], now=LATER)
        if before.ends_at is not None:
            assert after.ends_at is not None
            assert after.ends_at >= before.ends_at

    @some
    @given(case=cases, code=codes, more=st.lists(facts, max_size=2))
    def test_keeps_temperature_duties_when_facts_are_added(self, case: Case, code: str, more: list[Fact]) -> None:
        before = rule(case, SHELF[code], now=LATER)
        after = rule(replace(case, facts=(*case.facts, *more)), SHELF[code], now=LATER)
        for on in days_of(before):
            kinds = {duty.kind for duty in duties_on(before, on)} - {"test", "visit", "release_check"}
            assert kinds <= {duty.kind for duty in duties_on(after, on)}

    @some
    @given(case=cases, code=codes)
    def test_is_the_same_whenever_it_is_asked_for(self, case: Case, code: str) -> None:
        again = rule(case, SHELF[code], now=LATER + timedelta(days=200))
        assert again == rule(case, SHELF[code], now=LATER)


class TestRelease:
    @some
    @given(case=cases, code=codes, tests=st.lists(samples, max_size=12), early=st.integers(1, 200))
    def test_is_never_before_the_end(self, case: Case, code: str, tests: list[Sample], early: int) -> None:
        ruling = rule(case, SHELF[code], now=LATER)
        if ruling.ends_at is None:
            return
        evidence = Evidence(tests=tuple(tests), co_residents_missing=0)
        missing = missing_for_release(ruling, evidence, now=ruling.ends_at - timedelta(hours=early))
        assert missing[0].code == "span_not_elapsed"

    @some
    @given(case=cases, code=codes, tests=st.lists(samples, max_size=12), more=st.lists(samples, max_size=4))
    def test_is_not_made_harder_by_another_negative_test(
        self, case: Case, code: str, tests: list[Sample], more: list[Sample]
    ) -> None:
        ruling = rule(case, SHELF[code], now=LATER)
        before = missing_for_release(ruling, Evidence(tests=tuple(tests)), now=LATER)
        negative = tuple(replace(test, result="negative") for test in more)
        after = missing_for_release(ruling, Evidence(tests=(*tests, *negative)), now=LATER)
        assert len(after) <= len(before)

    @some
    @given(case=cases, code=codes, tests=st.lists(samples, max_size=12))
    def test_needs_every_test_of_the_stage(self, case: Case, code: str, tests: list[Sample]) -> None:
        ruling = rule(case, SHELF[code], now=LATER)
        if not ruling.stages or all(one.code != "tests_negative" for one in ruling.stages[-1].release):
            return
        due = [test for stage in ruling.stages for test in stage.tests]
        negative = {test.taken_at.date() for test in tests if test.result == "negative"}
        missing = missing_for_release(ruling, Evidence(tests=tuple(tests)), now=LATER)
        if len(negative) < len(due):
            assert any(reason.code.startswith("test_") for reason in missing)

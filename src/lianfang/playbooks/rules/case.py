"""What the engine is told about one person, and what it answers. Plain values; days are days in Asia/Shanghai."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

from lianfang.playbooks.schema import CategoryPlan, Condition, Edition

ONE_DAY = timedelta(days=1)

CATEGORY_OF = {
    ("contact_ruling", ""): "close_contact",
    ("secondary_contact", ""): "contact_of_contact",
    ("inbound", ""): "inbound",
    ("risk_zone_stay", "high"): "high_risk_arrival",
    ("risk_zone_stay", "medium"): "medium_risk_arrival",
    ("risk_zone_stay", "low"): "low_risk_arrival",
    ("closed_loop", ""): "high_exposure_worker",
    ("positive_test", ""): "positive_at_home",
    ("discharged", ""): "discharged",
    ("symptom", ""): "symptom",
    ("arrival", ""): "ordinary_arrival",
}
"""The category a fact puts a person into, by its kind and level."""


class RuleRefused(ValueError):
    """The case cannot be ruled on as it was given; `code` says why."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(f"{text} ({code})")


Parameter: TypeAlias = str | int | float | date


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is: a code to be translated, with what goes into the sentence."""

    code: str
    params: tuple[tuple[str, Parameter], ...] = ()


def reason(code: str, **params: Parameter) -> Reason:
    """A reason with its parameters in the order given."""
    return Reason(code, tuple(params.items()))


@dataclass(frozen=True, slots=True)
class Fact:
    """One typed, dated fact: `kind` and `level` as in `CATEGORY_OF`.

    `happened_date` is the day its clock starts from: the last exposure, the day of leaving the area, of entering the
    country, of leaving the closed loop, of sampling, discharge, onset or arrival. `at` is the hour of arrival where it
    is known. `index_onset_date` is when the case fell ill (or was sampled) whose contact this is. `known_date` is when
    we learned of it: nothing is laid on anyone for the days before.
    """

    kind: str
    happened_date: date
    level: str = ""
    at: datetime | None = None
    index_onset_date: date | None = None
    known_date: date | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A test of the person, of the linked contact, or of the surroundings. No `result` yet: ``""``."""

    taken_at: datetime
    result: str = ""
    reported_at: datetime | None = None
    ct: float | None = None


@dataclass(frozen=True, slots=True)
class SiteCase:
    """A new case in the isolation site. `floor` None: the whole site (also when its surroundings were positive)."""

    found_date: date
    floor: int | None = None
    removed_date: date | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """Somebody who moved in during a home isolation: their own last exposure, or their own last day if ruled on."""

    joined_date: date
    clock_date: date | None = None
    last_date: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Everything known about one person that bears on a measure.

    `placed_date` is the day control began (None: it begins on the day of ruling). `edition` is the one the person was
    ruled on under; another is applied only with `rerule_reason`. A co-resident's case is `host`, the case of the person
    they live with, and the day they joined as `placed_date`.
    """

    facts: tuple[Fact, ...] = ()
    placed_date: date | None = None
    entered_site_date: date | None = None
    floor: int | None = None
    site_cases: tuple[SiteCase, ...] = ()
    joins: tuple[Join, ...] = ()
    tests: tuple[Sample, ...] = ()
    linked_tests: tuple[Sample, ...] = ()
    linked_clock_date: date | None = None
    host: Case | None = None
    edition: str = ""
    rerule_reason: str = ""


@dataclass(frozen=True, slots=True)
class TestDue:
    """A test that is due on `due_date`, which is day `day` of its stage (0: the day before day 1)."""

    __test__ = False

    due_date: date
    day: int
    samples: int = 1
    on_entry: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of days under one regime.

    `ends_at` is the midnight after `last_date`. `first_day` is the number of `starts_date`: 1, more if days had passed
    before, 0 on the day before day 1, less than that where the clock was started anew meanwhile.
    """

    category: str
    regime: str
    starts_date: date
    last_date: date
    first_day: int
    ends_at: datetime
    tests: tuple[TestDue, ...]
    temperature: tuple[str, ...]
    visit_every_days: int
    co_residents: str
    colour: str
    release: tuple[Condition, ...]
    told: tuple[str, ...]
    clock: str
    clock_date: date

    @property
    def last_day(self) -> int:
        """The number of the last day."""
        return self.first_day + (self.last_date - self.starts_date).days


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an edition lays on a case: stages in order (none: nothing), and the reasons.

    `linked_test_date` is the day from which a negative test of the linked contact counts; `arrival_at` the hour N天M检
    is counted from.
    """

    edition: Edition
    stages: tuple[Stage, ...]
    reasons: tuple[Reason, ...]
    linked_test_date: date | None = None
    linked_reason: Reason | None = None
    arrival_at: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """The planned end, midnight after the last day; None if nothing was laid on the person."""
        return self.stages[-1].ends_at if self.stages else None

    @property
    def category(self) -> str:
        """The category of the first stage, ``""`` if there is none."""
        return self.stages[0].category if self.stages else ""

    def stage_on(self, day: date) -> Stage | None:
        """The stage a day lies in."""
        return next((stage for stage in self.stages if stage.starts_date <= day <= stage.last_date), None)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known when somebody asks for release. `co_residents_missing`: how many of the household still lack
    something, None if nobody looked."""

    tests: tuple[Sample, ...] = ()
    linked_tests: tuple[Sample, ...] = ()
    environment: tuple[Sample, ...] = ()
    co_residents_missing: int | None = None


def is_positive(sample: Sample, plan: CategoryPlan | None) -> bool:
    """A positive result, unless its Ct value is so high that the category does not count it."""
    limit = plan.positive_below_ct if plan is not None else None
    return sample.result == "positive" and (limit is None or sample.ct is None or sample.ct < limit)


def is_negative(sample: Sample, plan: CategoryPlan | None, *, now: datetime) -> bool:
    """A result that is known by `now` and does not count as positive."""
    known = sample.reported_at is None or sample.reported_at <= now
    return known and (sample.result == "negative" or (sample.result == "positive" and not is_positive(sample, plan)))

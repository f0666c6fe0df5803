"""What an edition of the control rules consists of. Everything a city may have decided otherwise is a value here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Literal, TypeAlias

CATEGORIES = (
    "close_contact",
    "contact_of_contact",
    "inbound",
    "high_risk_arrival",
    "medium_risk_arrival",
    "low_risk_arrival",
    "high_exposure_worker",
    "positive_at_home",
    "discharged",
    "co_resident",
    "symptom",
    "ordinary_arrival",
)
"""Kinds of people an edition must speak about: each either gets stages or is said to get none."""

REGIMES = ("self_monitoring", "daily_monitoring", "home_monitoring", "home", "central")
"""The five regimes from the mildest to the strictest; the codes of `core.measures`."""
STRICTNESS = {regime: rank for rank, regime in enumerate(REGIMES)}

CLOCKS = (
    "last_exposure",
    "left_area",
    "entered_site",
    "entered_country",
    "left_closed_loop",
    "sampled",
    "discharged",
    "onset",
    "arrived",
)
"""What a span is counted from."""
EXTENSIONS = ("new_case_in_site", "household_joined")
"""What makes a running span count anew; they have a convention of their own for day 1."""

Confidence: TypeAlias = Literal["high", "medium", "low"]
DayOne: TypeAlias = Literal["same", "next"]

CONFIDENCES = ("high", "medium", "low")
DAY_ONES = ("same", "next")
KINDS = ("national", "routine", "drill")
CO_RESIDENTS = ("isolated", "tested", "normal")
COLOURS = ("red", "orange", "yellow", "green", "none")
TEMPERATURES = ("morning", "evening")
SWABS = ("nasopharyngeal", "oropharyngeal", "any")
VALID_FROM = ("sampled", "reported")
JOINS = ("never", "exposed", "always")
RESTART_SCOPES = ("never", "floors", "whole_site")
RESTART_FROM = ("found", "removed")
TOLD = ("person", "community", "health_centre", "cdc", "employer", "destination", "isolation_site", "hospital")
CONDITIONS = (
    "span_elapsed",
    "tests_negative",
    "tests_spaced",
    "consecutive_negative",
    "linked_contact_negative",
    "environment_negative",
    "co_residents",
)
NOT_DETERMINED = ("abolished", "not_named", "hospital", "site_cares", "over")
"""Why an edition lays nothing on a category: it ended the category, never named it, sends its people to a hospital,
leaves them where they are, or ended the measures altogether."""
ZONES = ("high", "medium", "low", "lockdown", "restricted", "precaution")
CONDUCTS = ("stay_in_dwelling", "stay_in_area", "personal_protection")
SCREENINGS = ("none", "last_day", "within_days")


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must be so before a stage may end. `day`, `count`, `min_gap_h` only where the code needs them."""

    code: str
    day: int = 0
    count: int = 0
    min_gap_h: int = 0


@dataclass(frozen=True, slots=True)
class ArrivalPlan:
    """N天M检: `m_tests` within `n_days` of arrival, at least `min_gap_h` apart, the first within `first_within_h`."""

    n_days: int
    m_tests: int
    min_gap_h: int
    first_within_h: int


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A stretch of days under one regime. `test_days` are days of the stage, the first day is 1."""

    regime: str
    days: int
    test_days: tuple[int, ...]
    last_day_samples: int
    swab: str
    temperature: tuple[str, ...]
    visit_every_days: int
    co_residents: str
    colour: str
    release: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class CategoryPlan:
    """What an edition lays on one kind of people: stages one after the other, or nothing and why."""

    code: str
    source: str
    confidence: str
    clock: str = ""
    stages: tuple[StagePlan, ...] = ()
    told: tuple[str, ...] = ()
    positive_below_ct: float | None = None
    arrival: ArrivalPlan | None = None
    on_linked_positive: str = ""
    none_because: str = ""
    note: str = ""

    @property
    def determined(self) -> bool:
        """Whether people of this kind come under anything at all."""
        return not self.none_because

    @property
    def days(self) -> int:
        """The whole span."""
        return sum(stage.days for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Exits:
    """`persons` of a household may go out once in `every_days` for at most `max_hours`."""

    persons: int
    every_days: int
    max_hours: int


@dataclass(frozen=True, slots=True)
class ZonePlan:
    """Rules of an area of one level. It ends after `clear_days` without a new case and then becomes `becomes`.

    An area that came down from a higher level needs only `after_higher_days` more; 0 means it needs `clear_days` too.
    """

    level: str
    conduct: str
    clear_days: int
    becomes: str
    screening: str
    source: str
    confidence: str
    after_higher_days: int = 0
    screening_within_days: int = 0
    exits: Exits | None = None
    test_days: tuple[int, ...] = ()
    first_screening_h: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Staffing:
    """One worker for so many residents of an area of this level."""

    zone: str
    residents_per_worker: int
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class LocalSetting:
    """Keys of the file whose values no national text fixes as written: to be confirmed locally before signing."""

    keys: tuple[str, ...]
    confidence: str
    source: str


@dataclass(frozen=True, slots=True)
class Conventions:
    """How the edition counts.

    `day_one` tells by clock whether the day itself is day 1 (``same``) or day 0 (``next``). A test is valid for
    `test_valid_hours` from sampling or from the report. No stage of one order is longer than `longest_days`.
    """

    day_one: Mapping[str, str]
    test_valid_hours: int
    test_valid_from: str
    look_back_days: int
    longest_days: int
    restart_scope: str
    restart_floors: int
    restart_from: str
    household_join: str
    test_on_entry: bool
    fever_celsius: float
    colour_without_measure: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Edition:
    """One edition. Compared by identity: the shelf loads each file once. `digest` covers content, not layout."""

    code: str
    title: str
    disease: str
    kind: str
    starts_at: datetime
    ends_at: datetime | None
    source: str
    confidence: str
    conventions: Conventions
    hours: Mapping[str, tuple[time, time]]
    categories: Mapping[str, CategoryPlan]
    zones: Mapping[str, ZonePlan]
    staffing: tuple[Staffing, ...]
    local: tuple[LocalSetting, ...]
    digest: str = field(default="", repr=False)

    def in_force(self, at: datetime) -> bool:
        """Whether `at` lies in its time."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)

    def local_setting(self, key: str, category: str = "") -> LocalSetting | None:
        """Why a key of the file (of this category) is a local setting to be confirmed; None if a text fixes it."""
        wanted = {key, f"{category}.{key}"}
        return next((setting for setting in self.local if wanted & set(setting.keys)), None)


DUTIES = ("temperature_morning", "temperature_evening", "test", "visit", "release_check")
"""Kinds of duties; each has its hours in the edition."""

"""The engine: pure, with the time passed in. A case and an edition in; stages, duties, colours and reasons out."""

from lianfang.playbooks.rules.case import (
    CATEGORY_OF,
    Case,
    Evidence,
    Fact,
    Join,
    Reason,
    RuleRefused,
    Ruling,
    Sample,
    SiteCase,
    Stage,
    TestDue,
)
from lianfang.playbooks.rules.duties import DutyPlan, colour_at, days_of, duties_on
from lianfang.playbooks.rules.releasing import hold_until, missing_for_release, valid_until
from lianfang.playbooks.rules.ruling import category_of, rule
from lianfang.playbooks.rules.terms import ruling_from, terms_of
from lianfang.playbooks.rules.zones import Screening, ZoneStep, missing_for_zone, workers_needed, zone_steps

__all__ = [
    "CATEGORY_OF",
    "Case",
    "DutyPlan",
    "Evidence",
    "Fact",
    "Join",
    "Reason",
    "RuleRefused",
    "Ruling",
    "Sample",
    "Screening",
    "SiteCase",
    "Stage",
    "TestDue",
    "ZoneStep",
    "category_of",
    "colour_at",
    "days_of",
    "duties_on",
    "hold_until",
    "missing_for_release",
    "missing_for_zone",
    "rule",
    "ruling_from",
    "terms_of",
    "valid_until",
    "workers_needed",
    "zone_steps",
]

"""Rules of areas from the editions of the control rules, in the shape a zone keeps them in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.utils.functional import Promise

from lianfang.capabilities.zone.models import ZoneKind
from lianfang.capabilities.zone.rules import Exits, GradeRules, Ratio, ZoneRules
from lianfang.core.measures.models import ZoneLevel
from lianfang.playbooks.schema import Edition, ZonePlan
from lianfang.playbooks.shelf import editions

Text = str | Promise

GRADE_WORDS: Mapping[str, Text] = {
    **{kind.value: kind.label for kind in ZoneKind},
    **{level.value: level.label for level in ZoneLevel},
}
"""Every kind and level of area in words."""


@cache
def known_editions(*, drill: bool = False) -> Mapping[str, ZoneRules]:
    """Editions with rules of areas, by code, the oldest first; those of a drill only where a drill is meant."""
    return {code: _rules(one) for code, one in editions().items() if one.zones and (drill or one.kind != "drill")}


def _rules(edition: Edition) -> ZoneRules:
    grades = {code: _grade(edition, plan) for code, plan in edition.zones.items()}
    return ZoneRules(edition=edition.code, title=edition.title, grades=grades)


def _grade(edition: Edition, plan: ZonePlan) -> GradeRules:
    exits = plan.exits
    return GradeRules(
        grade=plan.level,
        conduct=plan.conduct,
        clear_days=plan.clear_days,
        becomes=plan.becomes,
        screening=plan.screening,
        source=plan.source,
        after_higher_days=plan.after_higher_days,
        screening_within_days=plan.screening_within_days,
        exits=Exits(persons=exits.persons, every_days=exits.every_days, max_hours=exits.max_hours) if exits else None,
        test_days=plan.test_days,
        first_screening_h=plan.first_screening_h,
        ratios=tuple(
            Ratio(residents_per_worker=one.residents_per_worker, source=one.source)
            for one in edition.staffing
            if one.zone == plan.level
        ),
    )


def edition_words(code: str) -> str:
    """What an edition is called; its code where nobody knows it."""
    found = editions().get(code)
    return found.title if found else code


def kind_and_level(grade: str) -> tuple[str, str]:
    """A grade as the two columns of a zone: either a kind or a level."""
    return (grade, "") if grade in ZoneKind.values else ("", grade)

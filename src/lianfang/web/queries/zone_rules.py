"""Where pages and jobs take the rules of areas from: the one place to change when editions live elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise

from lianfang.capabilities.zone.models import ZoneKind
from lianfang.capabilities.zone.rules import ZoneRules
from lianfang.capabilities.zone.shelf import editions
from lianfang.core.measures.models import ZoneLevel

Text = str | Promise

GRADE_WORDS: Mapping[str, Text] = {
    **{kind.value: kind.label for kind in ZoneKind},
    **{level.value: level.label for level in ZoneLevel},
}
"""Every kind and level of area in words."""


def known_editions() -> Mapping[str, ZoneRules]:
    """Editions with rules of areas, by code."""
    return editions()


def edition_words(code: str) -> str:
    """What an edition is called; its code where nobody knows it."""
    found = known_editions().get(code)
    return found.title if found else code


def kind_and_level(grade: str) -> tuple[str, str]:
    """A grade as the two columns of a zone: either a kind or a level."""
    return (grade, "") if grade in ZoneKind.values else ("", grade)

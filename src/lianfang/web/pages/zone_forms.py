"""Forms of zones: what is written down once, checked for its shape; the actions say what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.zone.rules import ZoneRules
from lianfang.core.territory.models import Territory
from lianfang.web.queries.zone_rules import GRADE_WORDS, kind_and_level, known_editions

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
MINUTE = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})

LEGAL_BASES = (
    "《中华人民共和国传染病防治法》第四十三条",
    "《中华人民共和国突发事件应对法》第七十三条",
)
"""Laws such orders usually rest on, offered while typing."""


def grade_choices(*, drill: bool) -> list[tuple[str, list[tuple[str, str | Promise]]]]:
    """Every grade of every edition, ``edition:grade``, grouped by edition."""
    return [
        (rules.title, [(f"{code}:{grade}", GRADE_WORDS[grade]) for grade in rules.grades])
        for code, rules in known_editions(drill=drill).items()
    ]


class ZoneForm(forms.Form):
    """A zone to propose. The expected end, left empty, is the day after the last of the days without a case."""

    places = forms.TypedMultipleChoiceField(label=_("Places"), coerce=UUID, widget=forms.CheckboxSelectMultiple)
    name = forms.CharField(label=_("Name of the zone"), max_length=80)
    grade = forms.ChoiceField(label=_("Edition and kind of area"))
    last_case_date = forms.DateField(label=_("Day of the last case"), widget=DAY)
    basis = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("Stands on the notice at the entrance: no names, no door."),
    )
    legal_basis = forms.CharField(
        label=_("Legal basis"), max_length=200, widget=forms.TextInput(attrs={"list": "laws"})
    )
    appeal_to = forms.CharField(
        label=_("Where to appeal"), max_length=120, help_text=_("Office and telephone, as residents read it.")
    )
    starts_at = forms.DateTimeField(label=_("Begins"), widget=MINUTE)
    ends_at = forms.DateTimeField(
        label=_("Expected end"),
        required=False,
        widget=MINUTE,
        help_text=_("Left empty: the day after the last day without a case that the edition asks for."),
    )

    def __init__(self, *args: Any, areas: Sequence[Territory], drill: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grade: Any = self.fields["grade"]
        grade.choices = grade_choices(drill=drill)
        places: Any = self.fields["places"]
        places.choices = [(str(area.id), area.name) for area in areas]

    def terms(self) -> tuple[ZoneRules, str]:
        """The rules chosen and the grade among them."""
        edition, _sign, grade = self.cleaned_data["grade"].partition(":")
        return known_editions(drill=True)[edition], grade

    def written(self) -> dict[str, Any]:
        """The arguments of the action."""
        given = dict(self.cleaned_data)
        rules, grade = self.terms()
        kind, level = kind_and_level(grade)
        ends_at = given["ends_at"] or first_end(rules, grade, given)
        fields = ("name", "basis", "legal_basis", "appeal_to", "last_case_date", "starts_at")
        return {
            **{name: given[name] for name in fields},
            "territory_ids": given["places"],
            "terms": rules.as_terms(),
            "kind": kind,
            "level": level,
            "ends_at": ends_at,
        }


def first_end(rules: ZoneRules, grade: str, given: dict[str, Any]) -> datetime:
    """Midnight after the days without a case; at least a day after the beginning."""
    last = given["last_case_date"] + timedelta(days=max(1, rules.grades[grade].clear_days) + 1)
    midnight = datetime.combine(last, time(), tzinfo=timezone.get_default_timezone())
    starts_at: datetime = given["starts_at"]
    return max(midnight, starts_at + timedelta(days=1))


class ChangeForm(forms.Form):
    """A zone comes down."""

    grade = forms.ChoiceField(label=_("Becomes"), choices=[(code, words) for code, words in GRADE_WORDS.items()])
    order_no = forms.CharField(label=_("Order number"), max_length=60)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class EndForm(forms.Form):
    """The expected end moves."""

    ends_at = forms.DateTimeField(label=_("Expected end"), widget=MINUTE)
    order_no = forms.CharField(label=_("Order number"), max_length=60)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class CaseForm(forms.Form):
    """A new case in the zone."""

    case_date = forms.DateField(label=_("Day of the case"), widget=DAY)
    source = forms.CharField(label=_("Told by"), max_length=120)


class ScreeningForm(forms.Form):
    """A screening of everybody in the zone, as the sampling point reported it."""

    done_date = forms.DateField(label=_("Day of sampling"), widget=DAY)
    due = forms.IntegerField(label=_("To be sampled"), min_value=0)
    sampled = forms.IntegerField(label=_("Sampled"), min_value=0)
    positives = forms.IntegerField(label=_("Positive results"), min_value=0, initial=0)
    pending = forms.IntegerField(label=_("Results awaited"), min_value=0, initial=0)
    source = forms.CharField(label=_("Told by"), max_length=120)


class HelperForm(forms.Form):
    """Someone who takes doors."""

    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    post = forms.CharField(label=_("Post"), max_length=60, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)
    user = forms.UUIDField(label=_("Account"), required=False)

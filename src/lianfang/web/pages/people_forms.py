"""Forms of the people pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianfang.core.people.models import Sex

RELATIONS = ("户主", "配偶", "子", "女", "父亲", "母亲", "岳父", "岳母", "孙子", "孙女", "合租", "亲戚", "集体户成员")
"""Relations as the household ledger writes them (they are stored as written)."""
RESIDENCE_KINDS = ("自有", "租住", "单位宿舍")
"""Kinds of residence as the ledger writes them."""
NEEDS = ("独居老人", "行动不便", "慢病用药", "婴幼儿", "孕产妇", "血液透析", "肿瘤放化疗", "精神障碍", "残疾")
"""Special needs as the ledger writes them; others may be typed."""
MOST_AT_A_DOOR = 12
"""People in one form; more are registered in a second one, into the same household."""
LINES = 6
"""Empty lines offered at first."""


def _day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


def _words(words: tuple[str, ...]) -> list[tuple[str, str]]:
    return [("", "—"), *((word, word) for word in words)]


class NewcomerForm(forms.Form):
    """One person of a household to be registered. A form without anything in it is left out."""

    command_id = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    relation = forms.ChoiceField(label=_("Relation"), required=False, choices=_words(RELATIONS))
    identity = forms.CharField(label=_("Document number"), max_length=30, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=Sex.choices)
    birth_date = _day_field(_("Born on"))
    residence_kind = forms.ChoiceField(label=_("Lives there as"), required=False, choices=_words(RESIDENCE_KINDS))

    @property
    def filled(self) -> bool:
        """Whether anything about a person was written."""
        return any(self.cleaned_data.get(name) for name in ("name", "identity", "phone"))


NewcomerForms = forms.formset_factory(NewcomerForm, extra=0, max_num=MOST_AT_A_DOOR, validate_max=True)


class CorrectForm(forms.Form):
    """What is known about a person, to be corrected. `identity` adds a document."""

    name = forms.CharField(label=_("Name"), max_length=60)
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=Sex.choices)
    birth_date = _day_field(_("Born on"))
    phones = forms.CharField(
        label=_("Telephones"), max_length=200, required=False, help_text=_("Several: with a comma between them.")
    )
    identity = forms.CharField(
        label=_("Add a document number"),
        max_length=30,
        required=False,
        help_text=_("The check digit is tested when you save."),
    )


class MoveForm(forms.Form):
    """Where and since when someone lives elsewhere."""

    from_date = _day_field(_("Since"))
    residence_kind = forms.ChoiceField(label=_("Lives there as"), required=False, choices=_words(RESIDENCE_KINDS))
    whole_household = forms.BooleanField(label=_("The whole household moves"), required=False)
    left = forms.BooleanField(label=_("Left without a new address here"), required=False)


class NeedForm(forms.Form):
    """A special need and its time."""

    kind = forms.CharField(
        label=_("Need"), max_length=30, widget=forms.TextInput(attrs={"list": "need-kinds", "autocomplete": "off"})
    )
    starts_date = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends_date = _day_field(_("Until"), help_text=_("Empty: until further notice."))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

"""Forms of the phone: newcomers at the door, a tip."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

RELATIONS = ("户主", "配偶", "子", "女", "父亲", "母亲", "合租", "亲戚", "集体户成员")
"""Relations as the household ledger writes them (they are stored as written)."""


class NewcomerForm(forms.Form):
    """Someone new at the door. Empty forms are left out."""

    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    identity = forms.CharField(label=_("Document number"), max_length=30, required=False)
    relation = forms.ChoiceField(
        label=_("Relation"), required=False, choices=[("", "—"), *((word, word) for word in RELATIONS)]
    )
    came_from = forms.CharField(
        label=_("Came from elsewhere"),
        max_length=60,
        required=False,
        help_text=_("Place, when they came from outside in the last days. This starts a check."),
    )
    arrived_on = forms.DateField(
        label=_("Arrived on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def said(self) -> dict[str, object]:
        """The filled-in fields in the words of the action; empty for an empty form."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return {**given, "name": given.get("name", "")} if given else {}


NewcomerForms = forms.formset_factory(NewcomerForm, extra=4, max_num=8, validate_max=True)


class TipForm(forms.Form):
    """A neighbour's tip."""

    text = forms.CharField(
        label=_("What was noticed"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("For example: the tenant came back last night")}),
    )
    name = forms.CharField(label=_("Whom it is about (if known)"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("Their telephone (if known)"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

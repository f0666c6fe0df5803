"""The papers of a list: what comes with the file."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.core.lists.models import Purpose
from lianfang.core.work.models import SlaProfile

LEGAL_BASES = (
    "《中华人民共和国传染病防治法》",
    "《突发公共卫生事件应急条例》",
    "《中华人民共和国突发事件应对法》",
    "《中华人民共和国传染病防治法实施办法》",
    "《中华人民共和国个人信息保护法》第十三条",
)
"""Laws such requests usually rest on, offered while typing; the sender's own words are kept as they are."""

_HOURS = {"2h": _("2 hours"), "4h": _("4 hours"), "24h": _("24 hours")}


def _profiles() -> list[tuple[str, Promise | str]]:
    codes = SlaProfile.objects.order_by("finish_minutes").values_list("code", "finish_minutes")
    return [(code, _HOURS.get(code, code)) for code, _minutes in codes]


class PapersForm(forms.Form):
    """File or cells, and the papers a list is not accepted without. The action says which are missing."""

    file = forms.FileField(required=False, allow_empty_file=True)
    cells = forms.CharField(
        label=_("Or paste cells"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("Copied from Excel or WPS with their header, or the sign-up text of a chat group."),
    )
    sender = forms.CharField(
        label=_("Sender"), max_length=80, required=False, widget=forms.TextInput(attrs={"list": "senders"})
    )
    title = forms.CharField(
        label=_("Title"), max_length=120, required=False, help_text=_("The file's name if left empty.")
    )
    purpose = forms.ChoiceField(label=_("Purpose"), required=False, choices=[("", "—"), *Purpose.choices])
    issuer = forms.CharField(
        label=_("Issuer"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"list": "senders"}),
        help_text=_("The office that ordered the check."),
    )
    document_no = forms.CharField(label=_("Document number of the order"), max_length=60, required=False)
    legal_basis = forms.CharField(
        label=_("Legal basis"), max_length=200, required=False, widget=forms.TextInput(attrs={"list": "laws"})
    )
    sla = forms.ChoiceField(label=_("To be finished within"), choices=_profiles, widget=forms.RadioSelect)
    deadline = forms.DateTimeField(
        label=_("Or by a deadline"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    territory = forms.ChoiceField(label=_("Area"))
    corrects = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, areas: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territory = self.fields["territory"]
        assert isinstance(territory, forms.ChoiceField)
        territory.choices = areas
        if len(areas) == 1:
            territory.widget = forms.HiddenInput()
            territory.initial = areas[0][0]
        self.fields["purpose"].widget.attrs["required"] = True
        for name in ("sender", "issuer", "legal_basis"):
            self.fields[name].widget.attrs["required"] = True

    def deadline_at(self, *, now: datetime) -> datetime:
        """The deadline given, or `now` and the span of the preset."""
        given: datetime | None = self.cleaned_data["deadline"]
        if given is not None:
            return given
        minutes = SlaProfile.objects.values_list("finish_minutes", flat=True).get(code=self.cleaned_data["sla"])
        return now + timedelta(minutes=minutes)

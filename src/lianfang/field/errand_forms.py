"""The form of a request, for phone and desk, and whom it can be for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.errands.models import ErrandKind
from lianfang.core.access.models import User
from lianfang.core.people.models import Person, PersonQuerySet
from lianfang.core.people.search import search
from lianfang.kernel.masking import mask_name

MOST_SHOWN = 40
LEFT_WHERE = ("门口地面", "门把手", "门口置物架", "物业前台")
"""Where things are left, in the words of the field; others may be typed."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a request can be for, masked."""

    id: UUID
    name: str
    relation: str
    door: str


def residents(actor: User) -> PersonQuerySet:
    """People with a door in the areas where the actor takes requests."""
    scopes = actor.authority.scopes("errands.take")
    return Person.objects.visible_to(actor).in_scopes(scopes).current().filter(dwelling__isnull=False)


def people_like(actor: User, text: str, *, now: datetime) -> list[Candidate]:
    """Whom the text may mean: people by name, initials or number, and everyone at the doors it may mean."""
    hits = search(actor=actor, text=text, now=now)
    doors = [dwelling.id for dwelling in hits.dwellings[:10]]
    at_doors = residents(actor).filter(dwelling__in=doors).select_related("dwelling")
    found = {person.id: person for person in hits.people if person.dwelling_id}
    found |= {person.id: person for person in at_doors.order_by("dwelling__door_key", "household_id", "id")}
    return [
        Candidate(person.id, mask_name(person.name), person.relation, person.dwelling.label if person.dwelling else "")
        for person in list(found.values())[:MOST_SHOWN]
    ]


def person_for(actor: User, person_id: UUID | None) -> Person | None:
    """The person a request is to be for, if the actor may take it down."""
    return residents(actor).select_related("dwelling__compound").filter(id=person_id).first() if person_id else None


def _instant(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )


class ErrandForm(forms.Form):
    """What is wanted, by when, and what the runner should know."""

    kind = forms.ChoiceField(label=_("What is to be done"), choices=ErrandKind.choices)
    wanted = forms.CharField(
        label=_("What is wanted"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Money is settled between shop and resident; we carry none."),
    )
    note = forms.CharField(
        label=_("Note for the runner"),
        max_length=200,
        required=False,
        help_text=_("Nothing about illness or measures: the runner need not know."),
    )
    helped = forms.MultipleChoiceField(
        label=_("Help on the way to a test"),
        choices=[("wheelchair", _("Wheelchair")), ("no_stairs", _("No stairs"))],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_at = _instant(_("Not before"))
    ends_at = _instant(_("At the latest"))

    def said(self) -> dict[str, Any]:
        """What was filled in, as the action takes it."""
        given = dict(self.cleaned_data)
        helped = given.pop("helped")
        return {**given, "wheelchair": "wheelchair" in helped, "no_stairs": "no_stairs" in helped}

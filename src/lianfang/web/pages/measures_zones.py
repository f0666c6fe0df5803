"""Listed zones: the only places a stay counts for, each with the document that lists it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from lianfang.core.measures import facts
from lianfang.core.measures.models import ListedZone, ZoneLevel
from lianfang.web.answering import actor_of, cleaned, command_of, done, page, says_no

MOST = 200


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class ZoneForm(forms.Form):
    """A zone as an authority listed it."""

    name = forms.CharField(label=gettext_lazy("Zone"), max_length=120)
    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=ZoneLevel.choices)
    document_no = forms.CharField(label=gettext_lazy("Document number"), max_length=60)
    issuer = forms.CharField(label=gettext_lazy("Issued by"), max_length=80)
    listed_date = _day(gettext_lazy("Listed on"))
    counts_from_date = _day(gettext_lazy("Stays count from"))


@require_http_methods(["GET", "POST"])
@says_no
def zones(request: HttpRequest) -> HttpResponse:
    """The zones, the newest first, and a form for one more."""
    actor = actor_of(request, "measures.read")
    if request.method == "POST":
        facts.list_zone(command_of(request), **cleaned(ZoneForm(request.POST, prefix="zone")))
        return done(request, _("Listed."))
    context = {
        "zones": ListedZone.objects.order_by("-listed_date", "-id")[:MOST],
        "form": ZoneForm(prefix="zone", initial={"listed_date": timezone.localdate()}),
        "may_edit": actor.authority.may("measures.propose"),
        "today": timezone.localdate(),
    }
    return page(request, "measures/zones.html", context)


@require_POST
@says_no
def delist(request: HttpRequest, listed_id: UUID) -> HttpResponse:
    """The zone is off the list from today."""
    facts.delist_zone(command_of(request), zone_id=listed_id, delisted_date=timezone.localdate())
    return done(request, _("Taken off the list."))

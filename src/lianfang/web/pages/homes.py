"""The household ledger and the dwelling's page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from lianfang.core.access.models import Responsibility
from lianfang.web.answering import actor_of, page, says_no
from lianfang.web.queries import homes


@require_http_methods(["GET", "POST"])
@says_no
def household(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """One household, masked; by POST in full, which is logged."""
    actor, now = actor_of(request, "people.read"), timezone.now()
    found = homes.household_for(actor, household_id)
    ledger = homes.ledger_of(actor, found, now=now, open_files=request.method == "POST")
    context = {
        "ledger": ledger,
        "household": found,
        "may_open": actor.authority.may("people.open", path=found.path),
        "may_edit": actor.authority.may("people.edit", path=found.path),
        "may_propose": actor.authority.may("measures.propose", path=found.path),
        "may_admit": actor.authority.may("resident.admit", path=found.path),
        "net": Responsibility.objects.for_door(found.path, at=now),
    }
    return page(request, "people/household.html", context)


@require_GET
@says_no
def dwelling(request: HttpRequest, dwelling_id: UUID) -> HttpResponse:
    """One dwelling: its households, who lived there before, the work at its door, who answers for it."""
    actor, now = actor_of(request, "people.read"), timezone.now()
    found = homes.dwelling_for(actor, dwelling_id)
    context = {
        "home": homes.page_of(actor, found, now=now),
        "dwelling": found,
        "may_edit": actor.authority.may("people.edit", path=found.path),
        "net": Responsibility.objects.for_door(found.path, at=now),
    }
    return page(request, "people/dwelling.html", context)

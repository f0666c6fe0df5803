"""The household register on the phone: doors, one door, the door-knock in three taps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.capabilities.registry.actions import record_visit
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import Refusal
from lianfang.core.people.looking import log_looks
from lianfang.core.people.models import Dwelling
from lianfang.core.people.search import search
from lianfang.field import homes
from lianfang.field.answering import actor_of, by_htmx, command_of, done, says_no, uuid_of
from lianfang.field.doors import door_title
from lianfang.field.forms import NewcomerForms
from lianfang.field.places import posts_of
from lianfang.kernel.masking import mask_name
from lianfang.kernel.uuid7 import uuid7


@require_GET
def door_list(request: HttpRequest) -> HttpResponse:
    """My doors by building, or what a search finds."""
    actor, now = actor_of(request, "people.read"), timezone.now()
    text = request.GET.get("q", "").strip()
    context: dict[str, Any] = {"q": text}
    if text:
        context |= found(actor, text)
        if by_htmx(request):
            return render(request, "field/found.html", context)
    else:
        context["buildings"], context["cursor"] = homes.buildings_after(
            actor, cursor=request.GET.get("after", ""), now=now
        )
        if by_htmx(request):
            return render(request, "field/buildings.html", context)
        context["posts"] = posts_of(actor, now=now)
    return render(request, "field/doors.html", context)


def found(actor: User, text: str) -> dict[str, Any]:
    """Doors and people that fit `text`; names masked."""
    hits = search(actor=actor, text=text, now=timezone.now())
    return {
        "found_doors": hits.dwellings,
        "found_people": [(mask_name(person.name), person.relation, person.dwelling) for person in hits.people],
    }


def dwelling_for(actor: User, dwelling_id: UUID) -> Dwelling:
    """The dwelling if the actor may see it. Raises `Http404`."""
    dwelling = Dwelling.objects.visible_to(actor).select_related("compound").filter(id=dwelling_id).first()
    if dwelling is None:
        raise Http404
    return dwelling


@require_GET
def door(request: HttpRequest, dwelling_id: UUID) -> HttpResponse:
    """One door: who lives there (masked), when it was last checked, what is open."""
    actor = actor_of(request, "people.read")
    dwelling = dwelling_for(actor, dwelling_id)
    return render(request, "field/door.html", _door(actor, dwelling, in_full=False))


def _door(actor: User, dwelling: Dwelling, *, in_full: bool) -> dict[str, Any]:
    now = timezone.now()
    people = homes.people_at(dwelling)
    if in_full and people:
        log_looks(actor=actor, people=people, now=now, why="door")
    return {
        "dwelling": dwelling,
        "title": door_title(dwelling),
        "households": homes.residents_of(people, now=now, in_full=in_full),
        "headcount": len(people),
        "in_full": in_full,
        "visits": homes.visits_of(dwelling),
        "work": homes.open_work_at(actor, dwelling),
        "may_open": actor.authority.may("people.open", path=dwelling.path),
        "may_edit": actor.authority.may("people.edit", path=dwelling.path),
        "may_tip": actor.authority.may("work.report_tip", path=dwelling.path),
        "command": uuid7(),
    }


@require_POST
@says_no
def door_in_full(request: HttpRequest, dwelling_id: UUID) -> HttpResponse:
    """Who lives there with names and numbers in full: a look that is written down."""
    actor = actor_of(request, "people.read")
    context = _door(actor, dwelling_for(actor, dwelling_id), in_full=True)
    return render(request, "field/residents.html" if by_htmx(request) else "field/door.html", context)


@require_POST
@says_no
def unchanged(request: HttpRequest, dwelling_id: UUID) -> HttpResponse:
    """The third tap: nothing changed at this door."""
    people = [person_id for text in request.POST.getlist("present") if (person_id := uuid_of(text))]
    record_visit(command_of(request), dwelling_id=dwelling_id, present=people, note=request.POST.get("note", ""))
    return done(request, _("Saved: nothing changed."), to=reverse("field_door", args=[dwelling_id]))


@require_http_methods(["GET", "POST"])
@says_no
def visit(request: HttpRequest, dwelling_id: UUID) -> HttpResponse:
    """Something changed: who has gone, who is new."""
    actor = actor_of(request, "people.edit")
    dwelling = dwelling_for(actor, dwelling_id)
    posted = request.method == "POST"
    newcomers = NewcomerForms(request.POST if posted else None, prefix="new")
    refused = ""
    if posted and newcomers.is_valid():
        try:
            return _visited(request, dwelling, newcomers)
        except Refusal as why:
            refused = why.sentence
    people = homes.people_at(dwelling)
    gone = set(request.POST.getlist("gone"))
    return render(
        request,
        "field/visit.html",
        {
            "dwelling": dwelling,
            "title": door_title(dwelling),
            "people": [
                (person.id, mask_name(person.name), person.relation, str(person.id) in gone) for person in people
            ],
            "newcomers": newcomers,
            "vacant": request.POST.get("vacant") == "1",
            "note": request.POST.get("note", ""),
            "refused": refused,
            "command": uuid7(),
        },
        status=422 if posted else 200,
    )


def _visited(request: HttpRequest, dwelling: Dwelling, newcomers: Any) -> HttpResponse:
    form = request.POST
    gone = {person_id for text in form.getlist("gone") if (person_id := uuid_of(text))}
    vacant = form.get("vacant") == "1"
    listed = [person_id for text in form.getlist("listed") if (person_id := uuid_of(text))]
    answer = record_visit(
        command_of(request),
        dwelling_id=dwelling.id,
        present=[] if vacant else [person_id for person_id in listed if person_id not in gone],
        moved_out=sorted(gone),
        newcomers=[said for one in newcomers if (said := one.said())],
        vacant=vacant,
        note=form.get("note", ""),
    )
    sentence = _("Saved. A check was started for the newcomers.") if answer["items"] else _("Saved.")
    return done(request, sentence, to=reverse("field_door", args=[dwelling.id]))

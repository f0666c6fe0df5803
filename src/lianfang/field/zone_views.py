"""A helper's own doors of a zone on the phone: the three of the day, ticked door by door."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianfang.capabilities.zone.door_actions import tick as tick_door
from lianfang.field.answering import actor_of, command_of, done, says_no
from lianfang.field.doors import door_title
from lianfang.web.answering import FreshId
from lianfang.web.queries.zone_doors import my_zones


@require_GET
def my_doors(request: HttpRequest) -> HttpResponse:
    """My doors in walking order, what is left first; and the way to the gate."""
    actor, now = actor_of(request, "measures.read"), timezone.now()
    everything = request.GET.get("all") == "1"
    zones = [
        {
            "zone": one.zone,
            "left": one.left,
            "doors": len(one.lines),
            "lines": [(line, door_title(line.dwelling)) for line in one.lines if everything or not line.done],
        }
        for one in my_zones(actor, now=now)
    ]
    context = {
        "zones": zones,
        "everything": everything,
        "may_gate": actor.authority.may("zone.pass"),
        "may_tick": actor.authority.may("measures.operate"),
        "command": FreshId(),
    }
    return render(request, "field/zone.html", context)


@require_POST
@says_no
def tick(request: HttpRequest, ordered_id: UUID, dwelling_id: UUID) -> HttpResponse:
    """One of the three is done."""
    what = request.POST.get("what", "")
    tick_door(command_of(request), zone_id=ordered_id, dwelling_id=dwelling_id, what=what)
    return done(request, _("Ticked."), to=f"{reverse('field_zone')}{'?all=1' if request.POST.get('all') else ''}")

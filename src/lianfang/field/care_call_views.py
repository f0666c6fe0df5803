"""Care calls: the list, and the result of one call."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianfang.field import care_calls
from lianfang.field.answering import actor_of, command_of, done, says_no
from lianfang.kernel.uuid7 import uuid7


@require_GET
def call_list(request: HttpRequest) -> HttpResponse:
    """Whom to call today, those missed first."""
    actor, now = actor_of(request, "work.do"), timezone.now()
    cards = [(card, uuid7(), uuid7()) for card in care_calls.cards(actor, now=now)]
    return render(request, "field/care_calls.html", {"cards": cards})


@require_POST
@says_no
def call_result(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """How the call ended. Whoever needs something is asked what, on the form of a request."""
    actor_of(request, "work.do")
    said = request.POST.get("said", "")
    commands = care_calls.Commands(call=command_of(request, "call_command"), result=command_of(request))
    people = care_calls.answer(commands, call_id, said=said, note=request.POST.get("note", ""))
    to = reverse("field_calls")
    if said == "needs" and people and actor_of(request).authority.may("errands.take"):
        to = f"{reverse('field_errand_new')}?person={people[0]}"
    return done(request, _("Written down."), to=to)


urlpatterns = [
    path("m/calls/", call_list, name="field_calls"),
    path("m/calls/<uuid:call_id>/result/", call_result, name="field_call_result"),
]

"""The gate on the phone: scan or type a pass, see at once whether it opens, write down out and in."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianfang.capabilities.zone.pass_actions import pass_in, pass_out
from lianfang.field.answering import actor_of, command_of, done, says_no
from lianfang.kernel.uuid7 import uuid7
from lianfang.web.queries.passes import at_the_gate


@require_GET
def gate(request: HttpRequest) -> HttpResponse:
    """One box for the code, always ready for the next scan; what the gate says stands above it."""
    actor = actor_of(request, "zone.pass")
    found = at_the_gate(actor, request.GET.get("code", ""), now=timezone.now())
    return render(request, "field/gate.html", {"gate": found, "command": uuid7()})


@require_GET
def by_code(request: HttpRequest, pass_code: str) -> HttpResponse:
    """The address in the QR of a pass."""
    actor_of(request, "zone.pass")
    return redirect(f"{reverse('field_gate')}?code={pass_code}")


@require_POST
@says_no
def out(request: HttpRequest) -> HttpResponse:
    """Somebody goes out."""
    answer = pass_out(command_of(request), code=request.POST.get("code", ""))
    at = timezone.localtime(datetime.fromisoformat(answer["due_back_at"]))
    return done(request, _("Out. Back by %(time)s.") % {"time": f"{at:%H:%M}"}, to=reverse("field_gate"))


@require_POST
@says_no
def back(request: HttpRequest) -> HttpResponse:
    """They are back."""
    answer = pass_in(command_of(request), code=request.POST.get("code", ""))
    return done(request, _("Back, late.") if answer["late"] else _("Back in time."), to=reverse("field_gate"))

"""Asking for something on one's own page: what is wanted, what became of it, and not needing it any more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lianfang.capabilities.errands import actions
from lianfang.capabilities.errands.models import ErrandKind, ErrandState
from lianfang.capabilities.errands.own import asked_by
from lianfang.core.actions.refusals import NotFound, Refusal
from lianfang.resident.guests import Guest, command_of, draw, guest_page
from lianfang.web.answering import uuid_of

CAN_BE_CALLED_OFF = (ErrandState.ASKED, ErrandState.BATCHED)


@guest_page
def ask(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Take down what somebody needs, and show what they asked for before; others of the household may be strangers."""
    given: dict[str, Any] = {"kind": "", "wanted": "", "note": ""}
    said, status = "", 200
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in given}
        try:
            actions.ask(
                command_of(request),
                person_id=guest.person.id,
                **given,
                wheelchair="wheelchair" in request.POST,
                no_stairs="no_stairs" in request.POST,
            )
            return redirect("mine_errands", whose=guest.person.id)
        except Refusal as why:
            said, status = why.sentence, 422
    shown = {
        "kinds": ErrandKind.choices,
        "given": given,
        "said": said,
        "asked": [(errand, errand.state in CAN_BE_CALLED_OFF) for errand in asked_by(guest.person.id)],
    }
    return draw(request, "resident/mine_errands.html", guest, status=status, **shown)


@guest_page
def call_off(request: HttpRequest, guest: Guest) -> HttpResponse:
    """They do not need it any more, or got it elsewhere."""
    errand_id = uuid_of(request.POST.get("errand"))
    try:
        if errand_id is None:
            raise NotFound("errand")
        household_id = guest.person.household_id
        reason = str(ErrandState.CANCELLED.label)
        actions.call_off(command_of(request), errand_id=errand_id, reason=reason, household_id=household_id)
    except Refusal:
        pass  # somebody is on the way with it, or it is over: the page that follows says so
    return redirect("mine_errands", whose=guest.person.id)

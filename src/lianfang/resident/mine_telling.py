"""What one tells on one's own page: a temperature with symptoms, an appeal, a request about one's data, who acts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from lianfang.capabilities.resident_access import own, rules
from lianfang.capabilities.resident_access.proxies import end_proxy
from lianfang.capabilities.resident_access.requests import RequestKind, request_data
from lianfang.core.actions.refusals import NotFound, Refusal
from lianfang.core.measures.answering import ALARM_MINUTES, SYMPTOM_WORDS, answer
from lianfang.core.measures.appealing import HOURS_TO_DECIDE, appeal
from lianfang.core.measures.duties import TEMPERATURES, DutyState
from lianfang.resident.guests import Guest, command_of, draw, guest_page
from lianfang.resident.mine_today import lines_of
from lianfang.resident.readings import tenths
from lianfang.web.answering import uuid_of


def _named(request: HttpRequest, field: str) -> str:
    return request.POST.get(field) or request.GET.get(field, "")


@guest_page
def temperature(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Give a temperature and say what hurts; the answer comes at once."""
    named = uuid_of(_named(request, "duty"))
    duty = own.duty_of(guest.person.id, named) if named else None
    if duty is None or duty.kind not in TEMPERATURES:
        return redirect("mine_home", whose=guest.person.id)
    shown: dict[str, Any] = {"duty": duty, "symptoms": SYMPTOM_WORDS.items(), "typed": "", "ticked": []}
    if request.method != "POST":
        return draw(request, "resident/mine_temperature.html", guest, **shown)
    ticked = request.POST.getlist("symptom")
    try:
        told = answer(
            command_of(request),
            duty_id=duty.id,
            source=guest.source,
            temperature=tenths(request.POST.get("temperature", "")),
            symptoms=ticked,
        )
    except Refusal as why:
        shown |= {"said": why.sentence, "typed": request.POST.get("temperature", "")[:10], "ticked": ticked}
        return draw(request, "resident/mine_temperature.html", guest, status=422, **shown)
    lines = lines_of(own.duties_of(guest.person.id, timezone.localdate(guest.now)), now=guest.now)
    left = [line for line in lines if line.by_oneself and not line.is_done and line.duty.state == DutyState.OPEN]
    helpers = own.looked_after_by(guest.person.path, at=guest.now)
    told |= {"left": left, "helpers": helpers, "minutes": ALARM_MINUTES}
    return draw(request, "resident/mine_told.html", guest, **told)


@guest_page
def object_to(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Appeal against a measure. It is shown who decides, and by when."""
    named = uuid_of(_named(request, "measure"))
    measure = own.measure_of(guest.person.id, named) if named else None
    if measure is None:
        return redirect("mine_home", whose=guest.person.id)
    shown: dict[str, Any] = {"measure": measure, "hours": HOURS_TO_DECIDE, "said": "", "typed": ""}
    if request.method == "POST":
        words = request.POST.get("words", "")
        try:
            appeal(command_of(request), measure_id=measure.id, said=words, source=guest.source)
        except Refusal as why:
            shown |= {"said": why.sentence, "typed": words[:500]}
            return draw(request, "resident/mine_appeal.html", guest, status=422, **shown)
        shown["made"] = own.appeals_against([measure])[measure.id]
    return draw(request, "resident/mine_appeal.html", guest, **shown)


@guest_page
def own_data(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Ask to see, correct or remove what is kept about oneself, and read the answers."""
    typed, kind, said, status = "", request.POST.get("kind", ""), "", 200
    if request.method == "POST":
        typed = request.POST.get("words", "")
        try:
            request_data(command_of(request), person_id=guest.person.id, kind=kind, said=typed)
            return redirect("mine_data", whose=guest.person.id)
        except Refusal as why:
            said, status = why.sentence, 422
    shown = {
        "requests": own.requests_of(guest.person.id),
        "kinds": RequestKind.choices,
        "kind": kind,
        "typed": typed[:500],
        "said": said,
        "days": rules.ANSWER_DAYS,
    }
    return draw(request, "resident/mine_data.html", guest, status=status, **shown)


@guest_page
def acting(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Whom one acts for and who acts for one; either may end it."""
    if not guest.is_own:
        return redirect("mine_acting", whose=guest.stay.person_id)
    if request.method == "POST":
        wanted = uuid_of(request.POST.get("proxy", ""))
        try:
            if wanted is None:
                raise NotFound("proxy")
            end_proxy(command_of(request), proxy_id=wanted, person_id=guest.person.id)
        except NotFound as why:
            raise Http404(why.code) from None
        return redirect("mine_acting", whose=guest.person.id)
    shown: dict[str, Any] = {
        "acting": own.acting_for(guest.person.id, at=guest.now),
        "acted": own.acted_for_by(guest.person.id, at=guest.now),
    }
    return draw(request, "resident/mine_acting.html", guest, **shown)

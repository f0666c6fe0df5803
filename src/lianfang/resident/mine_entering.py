"""Coming to one's own page: a code is typed, or asked for by telephone; and leaving it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from lianfang.capabilities.resident_access import rules
from lianfang.capabilities.resident_access.entering import ask_code, end_session, enter_code
from lianfang.core.actions.refusals import Refusal
from lianfang.resident.frame import FIRST_PAGE, open_page
from lianfang.resident.guests import COOKIE, begin, command_of, current_stay, draw
from lianfang.resident.limiting import address_of
from lianfang.web.answering import uuid_of


@open_page
def own_page(request: HttpRequest) -> HttpResponse:
    """One's own page, or the way to it."""
    stay = current_stay(request, now=timezone.now())
    return redirect("mine_home", whose=stay.person_id) if stay else redirect("mine_enter")


@open_page
def enter(request: HttpRequest) -> HttpResponse:
    """Type the code of a slip, or of a text message; or ask for one."""
    if request.method != "POST":
        return _enter_form(request)
    asking = uuid_of(request.POST.get("asking", ""))
    try:
        answer = enter_code(
            command_of(request), typed=request.POST.get("code", ""), address=address_of(request), code_id=asking
        )
    except Refusal as why:
        return _enter_form(request, asking=asking, said=why.sentence)
    if not answer["session"]:
        if asking:
            said = _("This code is not right, or its time is over. You may try %(n)s times; then ask for a new one.")
            return _enter_form(request, asking=asking, said=said % {"n": rules.MOST_TRIES})
        said = _("This code is not right, or its time is over. Look at the slip again, or ask the community.")
        return _enter_form(request, said=said)
    return begin(redirect("mine"), UUID(answer["session"]))


def _enter_form(request: HttpRequest, *, asking: UUID | None = None, said: str = "") -> HttpResponse:
    template = "resident/mine_code.html" if asking else "resident/mine_enter.html"
    shown = {"asking": asking, "said": said, "texts": bool(settings.SMS), "minutes": rules.SMS_MINUTES}
    return draw(request, template, None, status=422 if said else 200, folder=_drill_folder(), **shown)


def _drill_folder() -> str:
    """Where the demo writes its text messages; told nowhere else."""
    return str(settings.SMS.removeprefix("file:")) if settings.DEMO and settings.SMS.startswith("file:") else ""


@open_page
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a code by text message. What comes next looks the same whether it fits anybody or not."""
    try:
        answer = ask_code(
            command_of(request),
            name=request.POST.get("name", ""),
            phone=request.POST.get("phone", ""),
            address=address_of(request),
        )
    except Refusal as why:
        return _enter_form(request, said=why.sentence)
    return _enter_form(request, asking=UUID(answer["code"]))


@open_page
def leave(request: HttpRequest) -> HttpResponse:
    """End the stay."""
    stay = current_stay(request, now=timezone.now())
    if stay is not None:
        end_session(command_of(request), session_id=stay.id)
    answer = draw(request, "resident/mine_left.html", None)
    answer.delete_cookie(COOKIE, path=FIRST_PAGE, samesite="Lax")
    return answer

"""A household reports itself from its own phone, and opens its report again by the code it was given."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lianfang.capabilities.self_report import rules, submitting
from lianfang.capabilities.self_report.codes import own_code, read_poster_code, receipt_number
from lianfang.capabilities.self_report.models import PosterKind
from lianfang.capabilities.self_report.posters import Found, poster_of
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotFound, Refusal
from lianfang.kernel.short_codes import spaced
from lianfang.kernel.uuid7 import uuid7
from lianfang.resident.acting import resident_door
from lianfang.resident.drafts import draft_from, with_more_or_less
from lianfang.resident.frame import open_page, show
from lianfang.resident.limiting import GUESSES, SENDINGS, address_of
from lianfang.resident.lines import Line, household_lines, people_lines, sentence

TOKEN_SECONDS = 3600
"""How long an opened report may lie on the screen before its code is asked for again."""
_SALT = "self_report.own"


@open_page
def first(request: HttpRequest) -> HttpResponse:
    """For those who cannot scan: the code of the poster is typed."""
    typed = request.GET.get("code", "")
    code = read_poster_code(typed)
    if code:
        return redirect("resident_report", poster_code=code)
    return show(request, "resident/first.html", {"typed": typed[:20], "wrong_code": bool(typed)})


@open_page
def report(request: HttpRequest, poster_code: str) -> HttpResponse:
    """The page behind a poster: of a household, or of a company."""
    code = read_poster_code(poster_code)
    poster = poster_of(code)
    if poster is None:
        return show(request, "resident/closed.html", {"unknown": True, "typed": poster_code[:20]}, status=404)
    if not poster.is_open(timezone.now()):
        return show(request, "resident/closed.html", {"area": poster.territory}, status=410)
    if poster.kind == PosterKind.COMPANY:
        return redirect("resident_company", company_code=code)
    return _household(request, poster, code)


def _household(request: HttpRequest, poster: Found, code: str) -> HttpResponse:
    today = timezone.localdate()
    draft, frame = draft_from(request), {"area": poster.territory, "draft_key": code}
    go = request.POST.get("go", "")
    if request.method != "POST" or go != "send":
        return _form(request, with_more_or_less(draft, go), frame=frame)
    wait = SENDINGS.wait(address_of(request))
    if wait:
        said = _("Very many reports come from your network. Nothing is lost: send it again in %(n)s seconds.")
        return _form(request, draft, frame={**frame, "said": said % {"n": wait}}, status=429)
    faults = rules.faults_of(draft, today=today)
    if faults:
        return _form(request, draft, frame=frame, faults=faults)
    command = _command(request)
    try:
        answer = submitting.submit(command, poster_code=code, content=rules.plain_of(draft, today=today))
    except Refusal as why:
        return _again(request, draft, frame, why)
    return _receipt(request, UUID(answer["report"]), frame)


def _again(request: HttpRequest, draft: rules.Draft, frame: dict[str, Any], why: Refusal) -> HttpResponse:
    """The form with why it was not taken; one that was sent already is not sent twice with other words."""
    if why.code in ("self_report.closed", "access.not_found"):
        return show(request, "resident/closed.html", {"area": frame["area"]}, status=410)
    said = why.sentence
    if why.code == "command.changed":
        said = _("This form was sent already. To change what it says, use the code you got with your receipt.")
    return _form(request, draft, frame={**frame, "said": said}, status=409)


def _receipt(request: HttpRequest, report_id: UUID, frame: dict[str, Any]) -> HttpResponse:
    codes = {"number": spaced(receipt_number(report_id)), "code": spaced(own_code(report_id), group=5)}
    return show(request, "resident/receipt.html", {**frame, **codes})


def _command(request: HttpRequest) -> Command:
    """The command of the form. One without a sound id is a form somebody wrote themselves: it gets a new one."""
    try:
        given = UUID(request.POST.get("command_id", ""))
    except ValueError:
        given = uuid7()
    return Command(actor=resident_door(), id=given if given.version == 7 else uuid7())


def _form(
    request: HttpRequest,
    draft: rules.Draft,
    *,
    frame: dict[str, Any],
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    faults = faults or {}
    lines, people = household_lines(draft, faults), people_lines(draft, faults)
    everything: dict[str, Line] = {**lines, **{one.name: one for person in people for one in person.lines.values()}}
    context = {
        "lines": lines,
        "people": people,
        "wrong": [(name, everything[name].label) for name in everything if name in faults],
        "command_id": request.POST.get("command_id") or str(uuid7()),
        "most": rules.MOST_PEOPLE,
        **frame,
    }
    return show(request, "resident/report.html", context, status=status)


@open_page
def own(request: HttpRequest) -> HttpResponse:
    """One's own report, opened by its code and the tail of the telephone; whatever does not fit, the answer is one."""
    if request.method != "POST":
        return show(request, "resident/own.html", {})
    wait = GUESSES.wait(address_of(request))
    if wait:
        said = _("Too many tries. Try again in %(n)s minutes, or go to the desk of your community.") % {
            "n": -(-wait // 60)
        }
        return show(request, "resident/own.html", {"said": said}, status=429)
    typed = request.POST.get("code", "")[:20]
    opened = submitting.open_own(Command(actor=resident_door()), code=typed, tail=request.POST.get("tail", "")[:4])
    if not opened["report"]:
        said = _("No report fits this code and this telephone. Compare both with what you wrote down.")
        return show(request, "resident/own.html", {"said": said, "typed": typed})
    latest = submitting.latest_of(UUID(opened["report"]))
    token = signing.dumps([opened["report"], latest.version], salt=_SALT)
    draft = rules.draft_from(latest.content)
    return _form(request, draft, frame=_correcting(token, opened["report"]))


def _correcting(token: str, report_id: str) -> dict[str, Any]:
    number = spaced(receipt_number(UUID(report_id)))
    said = _("Receipt number")
    return {"correcting": True, "token": token, "action": reverse("resident_save"), "area": f"{said} {number}"}


@open_page
def save(request: HttpRequest) -> HttpResponse:
    """A correction, or the whole report withdrawn."""
    token, go = request.POST.get("token", ""), request.POST.get("go", "")
    try:
        report_id, version = signing.loads(token, salt=_SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        said = _("This page was open for too long. Open your report again.")
        return show(request, "resident/own.html", {"said": said}, status=400)
    draft, frame = draft_from(request), _correcting(token, report_id)
    if go == "withdraw":
        return _withdrawn(request, UUID(report_id), draft, frame)
    today: date = timezone.localdate()
    faults = rules.faults_of(draft, today=today) if go == "send" else {}
    if go != "send" or faults:
        return _form(request, with_more_or_less(draft, go), frame=frame, faults=faults)
    content = rules.plain_of(draft, today=today)
    try:
        answer = submitting.correct(_command(request), report_id=UUID(report_id), version=version, content=content)
    except Refusal as why:
        return _form(request, draft, frame={**frame, "said": why.sentence}, status=409)
    return _receipt(request, UUID(report_id), {"corrected": True, "taken_up": answer["taken_up"]})


def _withdrawn(request: HttpRequest, report_id: UUID, draft: rules.Draft, frame: dict[str, Any]) -> HttpResponse:
    """Asked once more before it is done: a slip of the finger must not cost the report."""
    if request.POST.get("sure") != "yes":
        return show(request, "resident/withdraw.html", {**frame, "command_id": str(uuid7())})
    try:
        answer = submitting.withdraw(_command(request), report_id=report_id)
    except (Refusal, NotFound) as why:
        return _form(request, draft, frame={**frame, "said": sentence(why.code)}, status=409)
    return show(request, "resident/receipt.html", {"withdrawn": True, "taken_up": answer["taken_up"]})

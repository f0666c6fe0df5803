"""Residents' own pages, the community's side: codes and slips, who acts for whom, letters on paper, requests."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lianfang.capabilities.commitment import standing
from lianfang.capabilities.commitment.letterpress import blank_pdf, signed_pdf
from lianfang.capabilities.commitment.letters import letter_for
from lianfang.capabilities.commitment.signing import record_paper
from lianfang.capabilities.resident_access.proxies import ProxyRelation, bind_proxy, unbind_proxy
from lianfang.capabilities.resident_access.requests import RequestVerdict, answer_request
from lianfang.capabilities.resident_access.rules import LONGEST_PROXY_DAYS
from lianfang.capabilities.resident_access.slip_paper import slips_pdf
from lianfang.capabilities.resident_access.slips import issue_codes, withdraw_code
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import Person
from lianfang.kernel.pictures import MOST_BYTES
from lianfang.web import frame
from lianfang.web.answering import actor_of, command_of, done, outside_address, page, says_no, uuid_of
from lianfang.web.navigation import NavEntry
from lianfang.web.queries import homes, residents
from lianfang.web.queries.person import person_for
from lianfang.web.queries.reports import press


@require_GET
@says_no
def overview(request: HttpRequest) -> HttpResponse:
    """Letters nobody signed yet and requests that wait for an answer; names are masked."""
    actor, now = actor_of(request, "resident.admit"), timezone.now()
    context = {
        "lines": residents.unsigned_page(actor, now=now, cursor=request.GET.get("after", "")),
        "requests": residents.open_requests(actor),
        "verdicts": RequestVerdict.choices,
        "now": now,
    }
    return page(request, "residents/overview.html", context)


def _admitted(request: HttpRequest, person_id: UUID) -> tuple[User, Person, datetime]:
    """The actor and a person of their area whom they may admit; the look is logged."""
    actor, now = actor_of(request, "resident.admit"), timezone.now()
    person, opened = person_for(actor, person_id, now=now)
    if not actor.authority.may("resident.admit", path=person.path):
        raise NotAllowed("resident.admit")
    if not opened and person.merged_into_id is None:
        raise NotAllowed("people.open")
    return actor, person, now


def _here(person_id: UUID) -> str:
    return reverse("person_own_page", args=[person_id])


@require_GET
@says_no
def own_page(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person's own page: codes, who acts, letters."""
    actor, person, now = _admitted(request, person_id)
    if person.merged_into_id is not None:
        return redirect("person_own_page", person_id=person.merged_into_id)
    text = request.GET.get("q", "")
    told = uuid_of(request.GET.get("told"))
    context = {
        "person": person,
        "sheet": residents.sheet_of(actor, person, now=now, told=told, text=text),
        "text": text,
        "relations": ProxyRelation.choices,
        "latest": LONGEST_PROXY_DAYS,
        "address": outside_address(request, reverse("mine_enter")),
        "today": timezone.localdate(now),
        "now": now,
    }
    return page(request, "residents/own_page.html", context)


@require_POST
@says_no
def give_code(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A slip as PDF, or a code to be told at the counter."""
    actor, person, now = _admitted(request, person_id)
    counter = request.POST.get("kind") == "counter"
    made = issue_codes(command_of(request), person_ids=[person.id], counter=counter)["codes"]
    if counter:
        return redirect(f"{_here(person.id)}?told={made[0]}")
    return _slips(request, actor, made, now=now)


@require_POST
@says_no
def household_slips(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Slips for everybody of a household, to be cut apart."""
    actor, now = actor_of(request, "resident.admit"), timezone.now()
    found = homes.household_for(actor, household_id)
    people = Person.objects.visible_to(actor).current().filter(household=found).order_by("id")
    ids = list(people.values_list("id", flat=True))
    made = issue_codes(command_of(request), person_ids=ids)["codes"]
    return _slips(request, actor, made, now=now)


def _slips(request: HttpRequest, actor: User, made: list[str], *, now: datetime) -> HttpResponse:
    rows = residents.codes_of(actor, [UUID(one) for one in made])
    address = outside_address(request, reverse("mine_enter"))
    office = frame.unit_name(rows[0].path) if rows else ""
    return _pdf(slips_pdf(press(), rows, office=office, address=address, now=now), name=_("Code slips"))


def _pdf(content: bytes, *, name: str, attached: bool = True) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition_header(attached, f"{name}.pdf") or ""
    return answer


def _named(request: HttpRequest, field: str) -> UUID:
    """The row a form names. Raises a refusal when it names none."""
    found = uuid_of(request.POST.get(field))
    if found is None:
        raise Refusal("web.stale_form")
    return found


@require_POST
@says_no
def take_code_back(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A slip was lost."""
    _actor, person, _now = _admitted(request, person_id)
    withdraw_code(command_of(request), code_id=_named(request, "code"))
    return done(request, _("Withdrawn. The slip opens nothing any more."), to=_here(person.id))


@require_POST
@says_no
def bind(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Somebody acts for this person from now on."""
    _actor, person, _now = _admitted(request, person_id)
    until = _day(request.POST.get("until", ""))
    bind_proxy(
        command_of(request),
        principal_id=person.id,
        agent_id=_named(request, "agent"),
        relation=request.POST.get("relation", ""),
        reason=request.POST.get("reason", ""),
        evidence=request.POST.get("evidence", ""),
        until_date=until,
    )
    return done(request, _("Written down. Both see it on their pages."), to=_here(person.id))


def _day(text: str) -> Any:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise Refusal("web.wrong_field", label=_("Day"), fault=_("Enter a day."))
    return found


@require_POST
@says_no
def unbind(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The community ends it."""
    _actor, person, _now = _admitted(request, person_id)
    unbind_proxy(command_of(request), proxy_id=_named(request, "proxy"))
    return done(request, _("Ended."), to=_here(person.id))


@require_POST
@says_no
def paper(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Take down a letter signed on paper, with its photograph."""
    _actor, person, _now = _admitted(request, person_id)
    photograph = request.FILES.get("photograph")
    if photograph is None or (photograph.size or 0) > MOST_BYTES:
        raise Refusal("commitment.bad_photo")
    record_paper(
        command_of(request),
        measure_id=_named(request, "measure"),
        photograph=base64.b64encode(photograph.read()).decode(),
        signed_date=_day(request.POST.get("signed", "")),
    )
    return done(request, _("Taken down."), to=_here(person.id))


@require_GET
@says_no
def letter(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The letter of a measure as PDF: as it was signed, or with room for a signature."""
    actor, person, _now = _admitted(request, person_id)
    named = uuid_of(request.GET.get("measure"))
    visible = ControlMeasure.objects.visible_to(actor).select_related("person")
    measure = visible.filter(id=named, person_id=person.id).first() if named else None
    text = letter_for(measure.regime, measure.edition) if measure else None
    if measure is None or text is None:
        raise NotFound("measure")
    signed = standing.signed_for([measure]).get(measure.id)
    if signed is not None:
        address = outside_address(request, reverse("paper_check", args=[signed.check_code]))
        return _pdf(signed_pdf(press(), signed, check_address=address), name=signed.check_code, attached=False)
    span = {"starts_at": measure.starts_at, "ends_at": measure.ends_at}
    return _pdf(blank_pdf(press(), text, person=measure.person.name, **span), name=text.title, attached=False)


@require_GET
@says_no
def photograph(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The photographed paper of a signature."""
    actor, person, _now = _admitted(request, person_id)
    named = uuid_of(request.GET.get("measure"))
    measure = ControlMeasure.objects.visible_to(actor).filter(id=named, person_id=person.id).first() if named else None
    signed = standing.signed_for([measure]).get(measure.id) if measure else None
    if signed is None or not signed.picture_sealed:
        raise NotFound("commitment")
    return HttpResponse(signed.picture, content_type=f"image/{signed.picture_kind}")


@require_POST
@says_no
def answer(request: HttpRequest) -> HttpResponse:
    """Answer a request about somebody's data."""
    actor_of(request, "resident.admit")
    answer_request(
        command_of(request),
        request_id=_named(request, "request"),
        verdict=request.POST.get("verdict", ""),
        answer=request.POST.get("answer", ""),
    )
    return done(request, _("Answered. The person reads it on their page."), to=reverse("residents"))


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="front",
        label=gettext_lazy("Residents' pages"),
        url_name="residents",
        icon="id-card",
        order=60,
        permission="resident.admit",
    ),
)

urlpatterns = [
    path("residents/", overview, name="residents"),
    path("residents/answer/", answer, name="residents_answer"),
    path("people/<uuid:person_id>/own-page/", own_page, name="person_own_page"),
    path("people/<uuid:person_id>/own-page/code/", give_code, name="person_code"),
    path("people/<uuid:person_id>/own-page/code/back/", take_code_back, name="person_code_back"),
    path("people/<uuid:person_id>/own-page/proxy/", bind, name="person_proxy"),
    path("people/<uuid:person_id>/own-page/proxy/end/", unbind, name="person_proxy_end"),
    path("people/<uuid:person_id>/own-page/paper/", paper, name="person_paper"),
    path("people/<uuid:person_id>/own-page/letter/", letter, name="person_letter"),
    path("people/<uuid:person_id>/own-page/photograph/", photograph, name="person_photograph"),
    path("households/<uuid:household_id>/slips/", household_slips, name="household_slips"),
]

"""Care on the phone: who is looked after today, and one household with everything that is asked of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lianfang.capabilities.isolation.expecting import expect
from lianfang.capabilities.isolation.leaving import report_outside
from lianfang.capabilities.isolation.models import OpeningReason
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import Refusal, refusal
from lianfang.core.measures.answering import SYMPTOM_WORDS, answer
from lianfang.core.measures.duties import AnswerSource, Duty
from lianfang.core.people.looking import log_looks
from lianfang.core.people.models import Household
from lianfang.core.work.actions import complete, log_call
from lianfang.core.work.outcomes import CallResult, CareOutcome
from lianfang.field import care, caring
from lianfang.field.answering import actor_of, command_of, done, says_no, uuid_of
from lianfang.field.places import posts_of
from lianfang.kernel.uuid7 import uuid7, uuid7_instant

NOTHING_TO_ANSWER = refusal("field.nothing_to_answer", gettext_lazy("Choose what the answer is for."))

NOT_REACHED = (CallResult.UNANSWERED, CallResult.SWITCHED_OFF, CallResult.BUSY)
ENDINGS = {
    "alarm": (CareOutcome.HARMLESS, CareOutcome.SENT_TO_CARE),
    "door": (CareOutcome.HARMLESS, CareOutcome.DONE),
}
"""How an alarm may end, by matter: looked into by the doctor; explained, or spoken to and back inside."""
OPEN_MINUTES = (15, 30, 60)
SEEN_MINUTES = (0, 15, 30, 60)


@require_GET
def care_list(request: HttpRequest) -> HttpResponse:
    """Households looked after today, by what cannot wait."""
    actor, now = actor_of(request, "work.do"), timezone.now()
    kind = request.GET.get("kind", "todo")
    kind = kind if kind in care.KINDS else "todo"
    cursor = request.GET.get("after", "")
    alarms = list(care.alarms_for(actor)[: care.PAGE]) if kind in ("todo", "alarms") and not cursor else []
    ids, following = care.homes_after(actor, kind=kind, cursor=cursor, now=now) if kind != "alarms" else ([], "")
    context = {
        "posts": posts_of(actor, now=now),
        "counts": care.counts_of(actor, now=now),
        "kind": kind,
        "cards": care.cards_of(actor, ids, alarms, now=now),
        "cursor": following,
    }
    return render(request, "field/care.html", context)


def household_for(actor: User, household_id: UUID) -> Household:
    """The household if the actor may see it. Raises `Http404`."""
    households = Household.objects.visible_to(actor).select_related("dwelling__compound")
    household = households.filter(id=household_id).first()
    if household is None:
        raise Http404
    return household


@require_GET
@says_no
def care_home(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """One household: its people in full (a look that is written down), what is open, alarms, the door."""
    actor, now = actor_of(request, "work.do"), timezone.now()
    household = household_for(actor, household_id)
    home = caring.home_of(actor, household, now=now)
    people = caring.people_in(home)
    in_full = actor.authority.may("people.open", path=household.path)
    if in_full and people:
        log_looks(actor=actor, people=people, now=now, why="care")
    may = actor.authority.may
    context = {
        "home": home,
        "in_full": in_full,
        "symptoms": list(SYMPTOM_WORDS.items()),
        "endings": {matter: [(one.value, one.label) for one in ends] for matter, ends in ENDINGS.items()},
        "not_reached": [(one.value, one.label) for one in NOT_REACHED],
        "opening_reasons": OpeningReason.choices,
        "open_minutes": OPEN_MINUTES,
        "seen_minutes": SEEN_MINUTES,
        "may_operate": household.dwelling_id is not None and may("measures.operate", path=household.path),
        "may_report": may("work.report_tip", path=household.path),
        "now": now,
        "command": _NewId(),
    }
    return render(request, "field/care_home.html", context)


class _NewId:
    """Writes itself as a new command id each time: one per form."""

    def __str__(self) -> str:
        return str(uuid7())


def _here(household_id: UUID) -> str:
    return reverse("field_care_home", args=[household_id])


@require_POST
@says_no
def care_answer(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down what was measured, sampled or seen: for one person, or the same for several of the household."""
    actor = actor_of(request, "work.do")
    household = household_for(actor, household_id)
    form = request.POST
    asked = caring.answered(form.getlist("what"))
    if not asked:
        raise Refusal("field.nothing_to_answer")
    sampled = _sampled_at(actor, household, [duty_id for duty_id, _command in asked]) if form.get("result") else {}
    alarm = False
    for duty_id, command_id in asked:
        command = Command(actor=actor, id=command_id, occurred_at=sampled.get(duty_id))
        said = answer(
            command,
            duty_id=duty_id,
            source=AnswerSource.STAFF.value,
            temperature=caring.tenths_of(form.get("temperature", "")),
            symptoms=form.getlist("symptom"),
            result=form.get("result", ""),
            note=form.get("note", ""),
        )
        alarm = alarm or said["alarm"]
    sentence = _("Saved. The doctor is told at once.") if alarm else _("Saved.")
    return done(request, sentence, to=_onward(actor, household))


def _sampled_at(actor: User, household: Household, duty_ids: list[UUID]) -> dict[UUID, datetime]:
    """When samples were taken whose result is now written down: the result belongs to that instant, not to today."""
    rows = Duty.objects.visible_to(actor).filter(id__in=duty_ids, person__household=household, done_at__isnull=False)
    return {duty_id: done_at for duty_id, done_at in rows.values_list("id", "done_at") if done_at is not None}


def _onward(actor: User, household: Household) -> str:
    """The same household while something is left that can be done now, else the list."""
    home = caring.home_of(actor, household, now=timezone.now())
    return _here(household.id) if home.waits else reverse("field_care")


@require_POST
@says_no
def care_called(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down that a call did not get through."""
    household = household_for(actor_of(request, "work.do"), household_id)
    item_id, result = uuid_of(request.POST.get("item")), request.POST.get("result", "")
    if item_id is None or result not in CallResult.values:
        raise Refusal("field.nothing_to_answer")
    log_call(command_of(request), item_id=item_id, result=result)
    return done(request, _("The call was written down."), to=_here(household.id))


@require_POST
@says_no
def care_finish(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Close an alarm with what it was."""
    actor = actor_of(request, "work.do")
    household = household_for(actor, household_id)
    item_id = uuid_of(request.POST.get("item"))
    if item_id is None:
        raise Refusal("field.nothing_to_answer")
    complete(
        command_of(request), ids=[item_id], outcome=request.POST.get("outcome", ""), note=request.POST.get("note", "")
    )
    return done(request, _("The alarm is closed."), to=_onward(actor, household))


@require_POST
@says_no
def care_expect(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Say that the door will open within the next minutes, and why."""
    household = household_for(actor_of(request, "measures.operate"), household_id)
    command = command_of(request)
    if household.dwelling_id is None:
        raise Http404
    minutes = request.POST.get("minutes", "")
    length = int(minutes) if minutes in map(str, OPEN_MINUTES) else OPEN_MINUTES[0]
    asked_at = uuid7_instant(command.id)  # told by the command's id, so that a second tap says the same again
    expect(
        command,
        dwelling_id=household.dwelling_id,
        starts_at=asked_at,
        ends_at=asked_at + timedelta(minutes=length),
        why=request.POST.get("why", ""),
    )
    return done(request, _("Noted. An opening until then is expected."), to=_here(household.id))


@require_POST
@says_no
def care_outside(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Pass on that somebody of the household was seen outside."""
    household = household_for(actor_of(request, "work.report_tip"), household_id)
    command, person_id = command_of(request), uuid_of(request.POST.get("person"))
    if person_id is None:
        raise Refusal("field.nobody_chosen")
    minutes = request.POST.get("minutes", "")
    ago = int(minutes) if minutes in map(str, SEEN_MINUTES) else 0
    seen_at = uuid7_instant(command.id) - timedelta(minutes=ago)
    report_outside(command, person_id=person_id, place=request.POST.get("place", ""), seen_at=seen_at)
    return done(request, _("Passed on to whoever answers for this door."), to=_here(household.id))

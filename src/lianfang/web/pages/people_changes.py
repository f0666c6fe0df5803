"""Corrections, moves and needs of one person. Each address shows its form (a sheet for htmx) and takes it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotAllowed, NotFound
from lianfang.core.people import actions
from lianfang.core.people.looking import log_looks
from lianfang.core.people.models import Person, Telephone
from lianfang.web.answering import actor_of, by_htmx, cleaned, command_of, done, page, says_no
from lianfang.web.pages.people_forms import NEEDS, CorrectForm, MoveForm, NeedForm
from lianfang.web.pages.work_verbs import place_of

TITLES: dict[str, str | Promise] = {
    "correct": gettext_lazy("Correct the record"),
    "move": gettext_lazy("Lives elsewhere now"),
    "need": gettext_lazy("Write down a special need"),
}


def _visible(actor: User, person_id: UUID) -> Person:
    found = Person.objects.visible_to(actor).current().filter(id=person_id).first()
    if found is None:
        raise NotFound("person")
    return found


def _here(person_id: UUID) -> str:
    return reverse("person", kwargs={"person_id": person_id})


def _show(request: HttpRequest, person: Person, what: str, form: Form, **more: Any) -> HttpResponse:
    """The form of `what`. Raises `NotAllowed` where the actor may not edit people."""
    if not actor_of(request).authority.may("people.edit", path=person.path):
        raise NotAllowed("people.edit")
    template = "people/change_sheet.html" if by_htmx(request) else "people/change.html"
    context = {"person": person, "what": what, "title": TITLES[what], "form": form, "url": request.path, **more}
    return page(request, template, context)


@require_http_methods(["GET", "POST"])
@says_no
def correct(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Correct what is known; only what was changed is written. The form shows everything, so the look is logged."""
    actor = actor_of(request, "people.read")
    known = _visible(actor, person_id)
    before = {"name": known.name, "sex": known.sex, "birth_date": known.birth_date}
    if request.method == "GET":
        log_looks(actor=actor, people=[known], now=timezone.now(), why="correct")
        phones = ", ".join(phone.number for phone in Telephone.objects.filter(person=known).order_by("rank", "id"))
        form = CorrectForm(initial={**before, "phones": phones}, prefix="correct")
        return _show(request, known, "correct", form, phones=phones)
    given = cleaned(CorrectForm(request.POST, prefix="correct"))
    changes = {name: given[name] for name in before if given[name] != before[name]}
    if request.POST.get("phones_before") != given["phones"]:
        changes["phones"] = given["phones"]
    if given["identity"]:
        changes["identity"] = given["identity"]
    actions.correct(command_of(request), person_id=person_id, **changes)
    return done(request, _("Corrected."), to=_here(person_id))


@require_http_methods(["GET", "POST"])
@says_no
def move(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Move the person, or the whole household, to another door, or away."""
    actor = actor_of(request, "people.read")
    known = _visible(actor, person_id)
    if request.method == "GET":
        form = MoveForm(initial={"from_date": timezone.localdate()}, prefix="move")
        return _show(request, known, "move", form)
    given = cleaned(MoveForm(request.POST, prefix="move"))
    dwelling_id = None if given["left"] else place_of(actor, request.POST.get("place", ""))[1]
    who = [person_id]
    if given["whole_household"]:
        members = Person.objects.visible_to(actor).current().filter(household_id=known.household_id)
        who = list(members.order_by("id").values_list("id", flat=True))
    actions.move(
        command_of(request),
        person_ids=who,
        dwelling_id=dwelling_id,
        from_date=given["from_date"],
        residence_kind=given["residence_kind"],
    )
    return done(request, _("Moved."), to=_here(person_id))


@require_http_methods(["GET", "POST"])
@says_no
def need(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Write down a special need."""
    known = _visible(actor_of(request, "people.read"), person_id)
    if request.method == "GET":
        form = NeedForm(initial={"starts_date": timezone.localdate()}, prefix="need")
        return _show(request, known, "need", form, need_words=NEEDS)
    given = cleaned(NeedForm(request.POST, prefix="need"))
    actions.add_care_need(command_of(request), person_id=person_id, **given)
    return done(request, _("Written down."), to=_here(person_id))

"""People: the list, the file, corrections; addresses of households, dwellings and registration."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.people import actions
from lianfang.core.people.models import Person
from lianfang.web.answering import actor_of, cleaned, command_of, done, page, says_no
from lianfang.web.navigation import NavEntry
from lianfang.web.pages import homes, people_merging, registration
from lianfang.web.pages.people_forms import NEEDS, CorrectForm, MoveForm, NeedForm
from lianfang.web.pages.work_verbs import place_of
from lianfang.web.queries import people
from lianfang.web.queries.person import PersonFile, file_of, person_for
from lianfang.web.queries.places import areas_of


@require_GET
def person_list(request: HttpRequest) -> HttpResponse:
    """People the viewer may see, masked, in the order of the doors."""
    actor, now = actor_of(request, "people.read"), timezone.now()
    filters = people.PeopleFilters.of(request.GET)
    tabs = (
        ("", _("At a door")),
        ("dwelling", _("No dwelling")),
        ("document", _("No valid document")),
        ("nothing", _("Everyone")),
    )
    context = {
        "tabs": tabs,
        "filters": filters,
        "lines": people.lines_of(actor, filters, now=now, cursor=request.GET.get("after", "")),
        "areas": areas_of(actor, "people.read"),
        "kinds": people.need_kinds(),
        "may_edit": actor.authority.may("people.edit"),
    }
    return page(request, "people/list.html", context)


@require_GET
@says_no
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person's file. In full, and logged, for who may open files; masked for the others."""
    actor, now = actor_of(request, "people.read"), timezone.now()
    found, opened = person_for(actor, person_id, now=now)
    if found.merged_into_id is not None:
        return redirect("person", person_id=found.merged_into_id)
    shown = file_of(actor, found, opened=opened, now=now)
    may = actor.authority.may
    may_edit = opened and may("people.edit", path=found.path)
    context = {
        "file": shown,
        "person": found,
        "now": now,
        "may_edit": may_edit,
        "may_merge": may("people.merge", path=found.path),
        **(_forms(shown) if may_edit else {}),
    }
    return page(request, "people/person.html", context)


def _forms(shown: PersonFile) -> dict[str, Any]:
    today = timezone.localdate()
    known = {
        "name": shown.person.name,
        "sex": shown.person.sex,
        "birth_date": shown.person.birth_date,
        "phones": ", ".join(row.title for row in shown.phones),
    }
    return {
        "correct_form": CorrectForm(initial=known, prefix="correct"),
        "move_form": MoveForm(initial={"from_date": today}, prefix="move"),
        "need_form": NeedForm(initial={"starts_date": today}, prefix="need"),
        "need_words": NEEDS,
    }


def _visible(actor: User, person_id: UUID) -> Person:
    found = Person.objects.visible_to(actor).current().filter(id=person_id).first()
    if found is None:
        raise NotFound("person")
    return found


def _here(person_id: UUID) -> str:
    return reverse("person", kwargs={"person_id": person_id})


@require_POST
@says_no
def correct(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Correct what is known; only what was changed is written."""
    actor = actor_of(request, "people.read")
    known, given = _visible(actor, person_id), cleaned(CorrectForm(request.POST, prefix="correct"))
    before = {"name": known.name, "sex": known.sex, "birth_date": known.birth_date}
    changes = {name: given[name] for name in before if given[name] != before[name]}
    if request.POST.get("phones_before") != given["phones"]:
        changes["phones"] = given["phones"]
    if given["identity"]:
        changes["identity"] = given["identity"]
    actions.correct(command_of(request), person_id=person_id, **changes)
    return done(request, _("Corrected."), to=_here(person_id))


@require_POST
@says_no
def move(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Move the person, or the whole household, to another door, or away."""
    actor = actor_of(request, "people.read")
    known, given = _visible(actor, person_id), cleaned(MoveForm(request.POST, prefix="move"))
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


@require_POST
@says_no
def add_need(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Write down a special need."""
    _visible(actor_of(request, "people.read"), person_id)
    given = cleaned(NeedForm(request.POST, prefix="need"))
    actions.add_care_need(command_of(request), person_id=person_id, **given)
    return done(request, _("Written down."), to=_here(person_id))


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="ledgers",
        label=gettext_lazy("People"),
        url_name="people",
        icon="book-user",
        order=50,
        permission="people.read",
    ),
)

urlpatterns = [
    path("people/", person_list, name="people"),
    path("people/new/", registration.register, name="people_new"),
    path("people/merge/", people_merging.merge, name="people_merge"),
    path("people/merges/<uuid:merge_id>/undo/", people_merging.split, name="people_split"),
    path("people/<uuid:person_id>/", person, name="person"),
    path("people/<uuid:person_id>/correct/", correct, name="person_correct"),
    path("people/<uuid:person_id>/move/", move, name="person_move"),
    path("people/<uuid:person_id>/need/", add_need, name="person_need"),
    path("households/<uuid:household_id>/", homes.household, name="household"),
    path("dwellings/<uuid:dwelling_id>/", homes.dwelling, name="dwelling"),
]

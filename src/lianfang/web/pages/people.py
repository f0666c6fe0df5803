"""People: the list, the file, corrections; addresses of households, dwellings and registration."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from lianfang.web.answering import actor_of, page, says_no
from lianfang.web.navigation import NavEntry
from lianfang.web.pages import homes, people_changes, people_lines, people_merging, registration
from lianfang.web.printing import options
from lianfang.web.queries import people
from lianfang.web.queries.person import file_of, person_for
from lianfang.web.queries.places import areas_of


@require_GET
def person_list(request: HttpRequest) -> HttpResponse:
    """People the viewer may see, masked, in the order of the doors."""
    actor, now = actor_of(request, "people.read"), timezone.now()
    filters = people.PeopleFilters.of(request.GET)
    lines = people.lines_of(actor, filters, now=now, cursor=request.GET.get("after", ""))
    tabs = (
        ("", _("At a door")),
        ("dwelling", _("No dwelling")),
        ("document", _("No valid document")),
        ("nothing", _("Everyone")),
    )
    context = {
        "tabs": tabs,
        "filters": filters,
        "lines": lines,
        "rows": people_lines.rows(lines.rows),
        "area_options": options(
            ((area.path, area.label) for area in areas_of(actor, "people.read")), chosen=filters.area
        ),
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
        "may_propose": opened and may("measures.propose", path=found.path),
        "may_admit": opened and may("resident.admit", path=found.path),
    }
    return page(request, "people/person.html", context)


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
    path("people/<uuid:person_id>/correct/", people_changes.correct, name="person_correct"),
    path("people/<uuid:person_id>/move/", people_changes.move, name="person_move"),
    path("people/<uuid:person_id>/need/", people_changes.need, name="person_need"),
    path("households/<uuid:household_id>/", homes.household, name="household"),
    path("dwellings/<uuid:dwelling_id>/", homes.dwelling, name="dwelling"),
]

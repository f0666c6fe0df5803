"""One work item: masked until opened, what was done, what may be done now."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianfang.core.work import actions
from lianfang.core.work.outcomes import CallResult, Outcome
from lianfang.field.file import escalated_words
from lianfang.web.answering import actor_of, by_htmx, command_of, done, page, says_no, uuid_of
from lianfang.web.pages.work_verbs import carry_out
from lianfang.web.queries.places import accounts_of, areas_of, nearest_name
from lianfang.web.queries.work import forget_menu
from lianfang.web.queries.work_item import item_for, sheet_of


@require_GET
@says_no
def item(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The item with names masked."""
    return _show(request, item_id, open_files=False)


@require_POST
@says_no
def in_full(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The item with its people in full: a look that is logged."""
    actor_of(request, "people.open")
    return _show(request, item_id, open_files=True)


def _show(request: HttpRequest, item_id: UUID, *, open_files: bool) -> HttpResponse:
    actor, now = actor_of(request, "work.read"), timezone.now()
    found = item_for(actor, item_id)
    sheet = sheet_of(actor, found, now=now, open_files=open_files)
    names = {area.path: area.name for area in areas_of(actor)}
    context = {
        "sheet": sheet,
        "item": found,
        "area": nearest_name(found.path, names),
        "results": CallResult.choices,
        "outcomes": Outcome.choices,
        "accounts": accounts_of(actor) if "assign" in sheet.verbs else [],
        "escalated": escalated_words(found.escalated_to),
        "own": found.state == "submitted" and found.submitted_by_id == actor.id,
        "may_open": actor.authority.may("people.open", path=found.path),
    }
    part = "work/people.html" if open_files and by_htmx(request) else "work/item.html"
    return page(request, part, context)


def _here(item_id: UUID) -> str:
    return reverse("work_item", kwargs={"item_id": item_id})


@require_POST
@says_no
def call(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Write a call down."""
    answer = actions.log_call(
        command_of(request),
        item_id=item_id,
        result=request.POST.get("result", ""),
        person_id=uuid_of(request.POST.get("person")),
        note=request.POST.get("note", ""),
    )
    said = _("The call was written down.") if answer["next_try_at"] is None else _("Written down. Try again later.")
    return done(request, said, to=_here(item_id))


@require_POST
@says_no
def record(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Write down a result for the people ticked; for nobody ticked, for the whole household."""
    chosen = [uuid_of(text) for text in request.POST.getlist("people")]
    answer = actions.record(
        command_of(request),
        item_id=item_id,
        outcome=request.POST.get("outcome", ""),
        person_ids=[person_id for person_id in chosen if person_id is not None],
        note=request.POST.get("note", ""),
        whereabouts=request.POST.get("whereabouts", ""),
    )
    said = _("Saved and submitted.") if answer["state"] == "submitted" else _("Saved. Someone still has no result.")
    return done(request, said, to=_here(item_id))


@require_POST
@says_no
def step(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Take the item one step on: accept, assign, submit, verify, return, hand back, place or forward it."""
    actor = actor_of(request, "work.read")
    item_for(actor, item_id)
    carry_out(request.POST.get("verb", ""), command_of(request), [item_id], request.POST.dict())
    forget_menu(actor)
    return done(request, _("Done."), to=_here(item_id))

"""Tasks: the list, one task, its telephone numbers, its record sheet."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import Refusal
from lianfang.core.people.looking import log_looks
from lianfang.core.people.models import Person
from lianfang.core.work.actions import accept, submit
from lianfang.core.work.models import WorkItem, WorkSubject
from lianfang.field import file, plain, tasks
from lianfang.field.answering import actor_of, by_htmx, command_of, done, says_no, uuid_of, way_back
from lianfang.field.caring import CARE_MATTERS
from lianfang.field.places import posts_of
from lianfang.kernel.uuid7 import uuid7


@require_GET
def task_list(request: HttpRequest) -> HttpResponse:
    """My tasks by household, the late ones first."""
    actor, now = actor_of(request, "work.read"), timezone.now()
    kind = request.GET.get("kind", "all")
    kind = kind if kind in tasks.KINDS else "all"
    items, cursor = tasks.page_after(tasks.tasks_of(actor, kind=kind, now=now), cursor=request.GET.get("after", ""))
    cards = tasks.cards_of(items, now=now)
    return render(
        request,
        "field/tasks.html",
        {
            "posts": posts_of(actor, now=now),
            "counts": tasks.counts_of(actor, now=now),
            "kind": kind,
            "late": [card for card in cards if card.late],
            "todo": [card for card in cards if not card.late],
            "cursor": cursor,
        },
    )


def item_for(actor: User, item_id: UUID) -> WorkItem:
    """The item if the actor may see it. Raises `Http404`."""
    items = WorkItem.objects.visible_to(actor).select_related("dwelling__compound", "assignee")
    item = items.filter(id=item_id).first()
    if item is None:
        raise Http404
    return item


def people_of(item: WorkItem) -> list[Person]:
    """Whom the item is about, telephones ready."""
    subjects = WorkSubject.objects.filter(item=item).order_by("id").values("person_id")
    return list(Person.objects.filter(id__in=subjects).prefetch_related("telephones").order_by("id"))


@require_GET
@says_no
def task(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """One task: people in full (a look that is written down), who asked, what was done."""
    actor, now = actor_of(request, "work.read"), timezone.now()
    item = item_for(actor, item_id)
    if item.matter in CARE_MATTERS:  # these are answered on the household's page, not with a result of a check
        return redirect("field_care_home", item.household_id)
    subjects = file.subjects_of(item)
    in_full = actor.authority.may("people.open", path=item.path)
    if in_full and subjects:
        log_looks(actor=actor, people=[subject.person for subject in subjects], now=now, why="work")
    return render(
        request,
        "field/task.html",
        {
            "card": tasks.cards_of([item], now=now)[0],
            "item": item,
            "subjects": subjects,
            "in_full": in_full,
            "origins": file.origins_of(item),
            "steps": file.steps_of(item),
            "can_submit": item.state == "accepted" and subjects and all(s.outcome for s in subjects),
            "mine": actor.authority.may("work.do", path=item.path),
            "command": uuid7(),
            "submit_command": uuid7(),
        },
    )


@require_POST
@says_no
def call(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Show the numbers of a household: a look that is written down, and the only way to them."""
    actor, now = actor_of(request, "work.do"), timezone.now()
    item = item_for(actor, item_id)
    people = people_of(item)
    if people:
        log_looks(actor=actor, people=people, now=now, why="call")
    numbers: dict[str, list[str]] = {}
    for person in people:
        for telephone in sorted(person.telephones.all(), key=lambda row: row.rank):
            numbers.setdefault(telephone.number, []).append(person.name)
    return render(
        request,
        _part(request, "call"),
        {"card": tasks.cards_of([item], now=now)[0], "item": item, "numbers": numbers, "people": people},
    )


def _part(request: HttpRequest, name: str) -> str:
    """The template of a sheet for htmx, of a page for a browser without scripts."""
    return f"field/{name}_sheet.html" if by_htmx(request) else f"field/{name}_page.html"


@require_http_methods(["GET", "POST"])
@says_no
def record(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The record sheet, and what becomes of it."""
    actor, now = actor_of(request, "work.do"), timezone.now()
    if request.method == "POST":
        commands = plain.Commands(answer=command_of(request), call=command_of(request, "call_command"))
        sentence = plain.say(commands, item_id, _said(request))
        return done(request, sentence, to=way_back(request))
    item = item_for(actor, item_id)
    subjects = file.subjects_of(item)
    return render(
        request,
        _part(request, "record"),
        {
            "card": tasks.cards_of([item], now=now)[0],
            "item": item,
            "subjects": subjects,
            "answer": request.GET.get("answer", ""),
            "proposals": plain.proposals(item, now=now),
            "may_give_up": plain.may_give_up(item),
            "back": _back(request),
            "command": uuid7(),
            "call_command": uuid7(),
        },
    )


def _back(request: HttpRequest) -> str:
    """The list the sheet was opened from (path and query only), to go on with the next task."""
    came_from = request.headers.get("HX-Current-URL", "")
    _scheme, _sign, rest = came_from.partition("//")
    path = "/" + rest.partition("/")[2] if rest else ""
    return path if path.startswith("/m/?") else reverse("field_tasks")


def _said(request: HttpRequest) -> plain.Said:
    form = request.POST
    chosen: Sequence[UUID] = ()
    if form.get("together") != "1" and form.get("answer") in ("here", "away", "not_through"):
        chosen = [person_id for text in form.getlist("person") if (person_id := uuid_of(text))]
        if not chosen and form.getlist("several"):
            raise Refusal("field.nobody_chosen")
    return plain.Said(
        answer=form.get("answer", ""),
        result=form.get("result", ""),
        person_ids=tuple(chosen),
        note=form.get("note", ""),
        whereabouts=form.get("whereabouts", ""),
        by_phone=form.get("how") == "phone",
    )


@require_POST
@says_no
def take_on(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Accept a task."""
    accept(command_of(request), ids=[item_id])
    return done(request, _("Accepted."), to=reverse("field_task", args=[item_id]))


@require_POST
@says_no
def hand_in(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Hand in a task whose people all have a result."""
    submit(command_of(request), item_id=item_id)
    return done(
        request,
        _("Saved and handed in. Someone else verifies it; only they can send it back."),
        to=reverse("field_tasks"),
    )

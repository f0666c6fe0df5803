"""The work board: filters in the address, bulk actions on up to 1,000 lines, and what became of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lianfang.core.access.models import User
from lianfang.core.actions.door import Answer, Command
from lianfang.core.actions.refusals import NotFound
from lianfang.core.audit.models import Receipt
from lianfang.core.lists.models import SourceList
from lianfang.core.work.models import WorkItem, WorkState
from lianfang.core.work.outcomes import Outcome
from lianfang.web.answering import actor_of, answered_before, command_of, done, page, says_no, uuid_of
from lianfang.web.navigation import NavEntry
from lianfang.web.pages import work_item, work_lines, work_unplaced
from lianfang.web.pages.work_verbs import carry_out
from lianfang.web.printing import options
from lianfang.web.queries import work
from lianfang.web.queries.places import accounts_of, areas_of

SEGMENTS = (
    ("all", gettext_lazy("All open")),
    ("verify", gettext_lazy("To verify")),
    ("late", gettext_lazy("Late")),
    ("unplaced", gettext_lazy("Unplaced")),
    ("mine", gettext_lazy("Mine")),
    ("done", gettext_lazy("Done")),
)


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Work the viewer may see, what is overdue first."""
    actor, now = actor_of(request, "work.read"), timezone.now()
    filters = work.Filters.of(request.GET)
    lines = work.lines_of(actor, filters, now=now, cursor=request.GET.get("after", ""))
    may = actor.authority.may
    choosable = may("work.do") or may("work.assign") or may("work.verify")
    everything = _how_many(actor, filters, now=now) if lines.next_cursor or lines.previous_cursor else 0
    context = {
        "tabs": _tabs(actor, filters.segment, now=now),
        "filters": filters,
        "lines": lines,
        "rows": work_lines.rows(lines.rows, choosable=choosable),
        **_choices(actor, filters),
        "list_title": _list_title(actor, filters.list),
        "may": {
            "accept": may("work.do"),
            "assign": may("work.assign"),
            "verify": may("work.verify"),
            "any": choosable,
        },
        "everything": everything,
        "capped": everything >= work.MOST_AT_ONCE,
    }
    return page(request, "work/board.html", context)


def _how_many(actor: User, filters: work.Filters, *, now: datetime) -> int:
    """How many items one action on everything would take; the tabs have counted it already unless filters narrow it."""
    counted = work.segment_counts(actor, now=now).get(filters.segment)
    return counted if counted is not None and not filters.narrowed else work.how_many(actor, filters, now=now)


def _choices(actor: User, filters: work.Filters) -> dict[str, SafeString]:
    """The options of the selects: areas and accounts may be hundreds."""
    accounts = [(account.id, f"{account.name} · {account.area}") for account in accounts_of(actor, "work.read")]
    areas = [(area.path, area.label) for area in areas_of(actor, "work.read")]
    return {
        "area_options": options(areas, chosen=filters.area),
        "state_options": options(WorkState.choices, chosen=filters.state),
        "outcome_options": options(Outcome.choices, chosen=filters.outcome),
        "assignee_options": options(accounts, chosen=filters.assignee),
        "account_options": options(accounts),
    }


def _tabs(actor: User, current: str, *, now: Any) -> list[dict[str, Any]]:
    counts = work.segment_counts(actor, now=now)
    return [
        {
            "label": label,
            "url": reverse("work_unplaced")
            if segment == "unplaced" and actor.authority.may("work.assign")
            else f"?segment={segment}",
            "count": work.figure(counts[segment]) if counts.get(segment) else "",
            "current": segment == current,
            "bad": segment == "late",
        }
        for segment, label in SEGMENTS
    ]


def _list_title(actor: User, list_id: str) -> str:
    if not list_id:
        return ""
    return SourceList.objects.visible_to(actor).filter(id=list_id).values_list("title", flat=True).first() or ""


@require_POST
@says_no
def bulk(request: HttpRequest) -> HttpResponse:
    """One action on the lines ticked, or on everything the filters let through (at most 1,000)."""
    command = command_of(request)
    verb, fields = request.POST.get("verb", ""), request.POST.dict()
    fields["reason"] = fields.get(f"{verb}_reason", "")
    answer = answered_before(command) or carry_out(verb, command, _chosen(request, command.actor), fields)
    work.forget_menu(command.actor)
    return _say(request, command, answer)


def _chosen(request: HttpRequest, actor: User) -> list[UUID]:
    if request.POST.get("everything"):
        filters = work.Filters.of(QueryDict(request.POST.get("filters", "")))
        return work.chosen_ids(actor, filters, now=timezone.now())
    ids = [uuid_of(text) for text in request.POST.getlist("ids")]
    return [item_id for item_id in ids if item_id is not None]


_BULK_DONE = {
    "accept": gettext_lazy("Accepted: %(n)s."),
    "assign": gettext_lazy("Given out: %(n)s."),
    "verify": gettext_lazy("Verified and closed: %(n)s."),
    "return": gettext_lazy("Returned: %(n)s."),
    "forward": gettext_lazy("Forwarded: %(n)s."),
    "place": gettext_lazy("Placed: %(n)s."),
}


def _say(request: HttpRequest, command: Command, answer: Answer) -> HttpResponse:
    if answer.get("refused"):
        return redirect("work_result", command_id=command.id)
    said = _BULK_DONE.get(request.POST.get("verb", ""), gettext_lazy("Done: %(n)s."))
    return done(request, str(said) % {"n": len(answer.get("done", [0]))})


@require_GET
@says_no
def result(request: HttpRequest, command_id: UUID) -> HttpResponse:
    """What became of a bulk action: how many were done, and every line that was refused with its reason."""
    actor = actor_of(request, "work.read")
    receipt = Receipt.objects.filter(id=command_id, actor_id=actor.id, action__startswith="work.").first()
    if receipt is None:
        raise NotFound("receipt")
    refused = receipt.answer.get("refused", [])
    items = WorkItem.objects.visible_to(actor).filter(id__in=[row["id"] for row in refused])
    doors = dict(items.values_list("id", "dwelling__label"))
    known = {str(item_id): label for item_id, label in doors.items()}
    people = {str(item_id): words for item_id, words in work.names_on(list(doors)).items()}
    context = {
        "done": len(receipt.answer.get("done", [])),
        "refused": [
            {**row, "door": known.get(row["id"], ""), "people": people.get(row["id"], ""), "seen": row["id"] in known}
            for row in refused
        ],
        "reasons": Counter(row["sentence"] for row in refused).most_common(),
        "at": receipt.recorded_at,
    }
    return page(request, "work/result.html", context)


def _late(user: Any) -> int:
    return work.menu_counts(user, now=timezone.now()).get("late", 0)


def _unplaced(user: Any) -> int:
    return work.menu_counts(user, now=timezone.now()).get("unplaced", 0)


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="front",
        label=gettext_lazy("Work board"),
        url_name="work_board",
        icon="list-checks",
        order=30,
        permission="work.read",
        count=_late,
        tone="bad",
    ),
    NavEntry(
        group="front",
        label=gettext_lazy("Unplaced"),
        url_name="work_unplaced",
        icon="map-pin-off",
        order=32,
        permission="work.assign",
        count=_unplaced,
    ),
)

urlpatterns = [
    path("work/", board, name="work_board"),
    path("work/bulk/", bulk, name="work_bulk"),
    path("work/result/<uuid:command_id>/", result, name="work_result"),
    path("work/unplaced/", work_unplaced.queue, name="work_unplaced"),
    path("work/unplaced/places/", work_unplaced.places, name="work_places"),
    path("work/<uuid:item_id>/", work_item.item, name="work_item"),
    path("work/<uuid:item_id>/people/", work_item.in_full, name="work_item_in_full"),
    path("work/<uuid:item_id>/call/", work_item.call, name="work_item_call"),
    path("work/<uuid:item_id>/record/", work_item.record, name="work_item_record"),
    path("work/<uuid:item_id>/step/", work_item.step, name="work_item_step"),
]

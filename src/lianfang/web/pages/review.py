"""Doubtful rows, one at a time: row and candidates side by side, decided by a key, taken back by another."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from lianfang.capabilities.screening import deciding
from lianfang.capabilities.screening.recording import HOUSEHOLD, NEW, SAME
from lianfang.core.access.models import User
from lianfang.web.answering import actor_of, answered_before, by_htmx, command_of, page, says_no, uuid_of
from lianfang.web.navigation import NavEntry
from lianfang.web.queries import review

MOST_AT_ONCE = 300
"""Rows decided by one press of “household only for all”: each is a decision of its own with its work."""


@require_GET
@says_no
def queue(request: HttpRequest) -> HttpResponse:
    """The next doubtful row, or the one named by `row`."""
    actor = actor_of(request, "lists.decide")
    return _show(request, actor, list_id=uuid_of(request.GET.get("list")), after=uuid_of(request.GET.get("after")),
                 row_id=uuid_of(request.GET.get("row")))  # fmt: skip


def _show(
    request: HttpRequest,
    actor: User,
    *,
    list_id: UUID | None,
    after: UUID | None = None,
    row_id: UUID | None = None,
    said: str = "",
) -> HttpResponse:
    rows = review.queue_of(actor, list_id=list_id)
    named = rows.select_related("source_list__sender").filter(id=row_id).first() if row_id else None
    row = named or review.next_of(rows, after=after)
    sheet = review.sheet_of(actor, row, now=timezone.now()) if row else None
    context: dict[str, Any] = {
        "sheet": sheet,
        "left": rows.count(),
        "certain": review.with_household(rows).count(),
        "most": MOST_AT_ONCE,
        "list_id": str(list_id or ""),
        "skip": _address(list_id, after=row.id if row else None),
        "said": said,
    }
    if by_htmx(request):
        return page(request, "review/sheet.html", context)
    return page(request, "review/queue.html", {**context, "lists": review.lists_with_doubts(actor)})


def _address(list_id: UUID | None, *, after: UUID | None = None, row: UUID | None = None) -> str:
    given = {"list": list_id, "after": after, "row": row}
    query = urlencode({name: str(value) for name, value in given.items() if value})
    return reverse("review") + (f"?{query}" if query else "")


def _go_on(
    request: HttpRequest, actor: User, said: str, *, after: UUID | None = None, row: UUID | None = None
) -> HttpResponse:
    """The next row in place for htmx; a redirect to it without scripts."""
    list_id = uuid_of(request.POST.get("list"))
    if by_htmx(request):
        return _show(request, actor, list_id=list_id, after=after, row_id=row, said=said)
    messages.success(request, said)
    return redirect(_address(list_id, after=after, row=row))


@require_POST
@says_no
def decide(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """One of the candidates, a new person, or only the household."""
    actor = actor_of(request, "lists.decide")
    kind = request.POST.get("kind", "")
    person_id = uuid_of(kind.removeprefix("same:")) if kind.startswith("same:") else None
    deciding.decide_row(command_of(request), row_id=row_id, kind=SAME if person_id else kind, person_id=person_id)
    said = {NEW: _("Registered as a new person."), HOUSEHOLD: _("The household will be called.")}
    return _go_on(request, actor, said.get(kind, _("Taken as the same person.")), after=row_id)


@require_POST
@says_no
def undo(request: HttpRequest) -> HttpResponse:
    """Take the viewer's last decision back and show that row again."""
    actor = actor_of(request, "lists.decide")
    answer = deciding.undo_decision(command_of(request))
    return _go_on(request, actor, _("Taken back."), row=UUID(answer["row"]))


@require_POST
@says_no
def households(request: HttpRequest) -> HttpResponse:
    """Household only, for every row of the filter whose household is certain."""
    actor = actor_of(request, "lists.decide")
    command = command_of(request)
    answer = answered_before(command)
    if answer is None:
        rows = review.with_household(review.queue_of(actor, list_id=uuid_of(request.POST.get("list"))))
        answer = deciding.decide_households(command, row_ids=list(rows.values_list("id", flat=True)[:MOST_AT_ONCE]))
    n = len(answer["done"])
    said = ngettext("%(n)s row decided by household.", "%(n)s rows decided by household.", n) % {"n": n}
    return _go_on(request, actor, said)


def _waiting(user: Any) -> int:
    return review.waiting(user)


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="front",
        label=gettext_lazy("Review"),
        url_name="review",
        icon="scale",
        order=22,
        permission="lists.decide",
        count=_waiting,
    ),
)

urlpatterns = [
    path("review/", queue, name="review"),
    path("review/undo/", undo, name="review_undo"),
    path("review/households/", households, name="review_households"),
    path("review/<uuid:row_id>/decide/", decide, name="review_decide"),
]

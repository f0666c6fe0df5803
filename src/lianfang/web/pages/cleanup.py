"""People held twice: the queue, and one pair at a time, decided by a key and taken back by another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lianfang.capabilities.cleanup import actions
from lianfang.capabilities.cleanup.models import DuplicatePair
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.web.answering import actor_of, by_htmx, command_of, page, says_no, uuid_of
from lianfang.web.navigation import NavEntry
from lianfang.web.queries import cleanup

MERGE = "merge:"
APART = "apart"


@require_GET
@says_no
def queue(request: HttpRequest) -> HttpResponse:
    """Suspected pairs, the likeliest first; names are masked."""
    actor = actor_of(request, "people.merge")
    lines = cleanup.page_of(actor, cursor=request.GET.get("after", ""))
    waiting = cleanup.waiting(actor)
    context = {"lines": lines, "waiting": min(waiting, cleanup.MOST_COUNTED), "more": waiting > cleanup.MOST_COUNTED}
    return page(request, "cleanup/queue.html", context)


@require_GET
@says_no
def pair(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Both records in full, side by side; the looks are logged."""
    actor = actor_of(request, "people.merge")
    found = cleanup.pair_of(actor, pair_id)
    if found is None:
        raise NotFound("pair")
    return _show(request, actor, found)


@require_GET
@says_no
def following(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """The pair behind this one, which stays as it is."""
    actor = actor_of(request, "people.merge")
    if cleanup.pair_of(actor, pair_id) is None:
        raise NotFound("pair")
    return _go_on(request, actor, "", cleanup.next_of(actor, after=pair_id))


def _show(request: HttpRequest, actor: User, found: DuplicatePair | None, *, said: str = "") -> HttpResponse:
    sheet = cleanup.sheet_of(actor, found, now=timezone.now()) if found else None
    context: dict[str, Any] = {"sheet": sheet, "said": said}
    return page(request, "cleanup/sheet.html" if by_htmx(request) else "cleanup/pair.html", context)


def _go_on(request: HttpRequest, actor: User, said: str, found: DuplicatePair | None) -> HttpResponse:
    """That pair in place for htmx, whose address it takes; a redirect to it without scripts."""
    to = reverse("duplicate", args=[found.id]) if found else reverse("duplicates")
    if by_htmx(request):
        answer = _show(request, actor, found, said=said)
        answer.headers["HX-Push-Url"] = to
        return answer
    if said:
        messages.success(request, said)
    return redirect(to)


@require_POST
@says_no
def decide(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """One person, keeping the record named; or two people. The next pair follows."""
    actor = actor_of(request, "people.merge")
    kind, reason = request.POST.get("kind", ""), request.POST.get("reason", "")
    if kind == APART:
        actions.keep_apart(command_of(request), pair_id=pair_id, reason=reason)
        said = _("Kept as two people.")
    else:
        keep = uuid_of(kind.removeprefix(MERGE))
        actions.merge_pair(command_of(request), pair_id=pair_id, keep=keep, reason=reason)
        said = _("Merged into one record.")
    return _go_on(request, actor, said, cleanup.next_of(actor, after=pair_id))


@require_POST
@says_no
def undo(request: HttpRequest) -> HttpResponse:
    """Take a decision back, the viewer's last one unless a pair is named, and show that pair again."""
    actor = actor_of(request, "people.merge")
    answer = actions.undo_decision(command_of(request), pair_id=uuid_of(request.POST.get("pair")))
    return _go_on(request, actor, _("Taken back."), cleanup.pair_of(actor, UUID(answer["pair"])))


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="ledgers",
        label=gettext_lazy("Held twice"),
        url_name="duplicates",
        icon="merge",
        order=52,
        permission="people.merge",
    ),
)

urlpatterns = [
    path("duplicates/", queue, name="duplicates"),
    path("duplicates/undo/", undo, name="duplicate_undo"),
    path("duplicates/<uuid:pair_id>/", pair, name="duplicate"),
    path("duplicates/<uuid:pair_id>/next/", following, name="duplicate_next"),
    path("duplicates/<uuid:pair_id>/decide/", decide, name="duplicate_decide"),
]

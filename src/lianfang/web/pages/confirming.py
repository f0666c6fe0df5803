"""Roles that wait for a second pair of eyes: an administrator gave them, someone of command there confirms them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from lianfang.core.actions import confirming
from lianfang.core.actions.refusals import Refusal
from lianfang.web.answering import actor_of, command_of, done, page, says_no, uuid_of
from lianfang.web.navigation import NavEntry
from lianfang.web.pages.work_verbs import NOTHING_CHOSEN
from lianfang.web.queries import admin


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Roles that wait and that the viewer may confirm, the oldest first."""
    actor, now = actor_of(request, "access.confirm"), timezone.now()
    return page(request, "admin/waiting.html", {"lines": admin.waiting_lines(actor, now=now)})


@require_POST
@says_no
def decide(request: HttpRequest) -> HttpResponse:
    """Confirm or decline the chosen roles."""
    actor_of(request, "access.confirm")
    command, chosen = command_of(request), _chosen(request)
    if request.POST.get("verb") == "decline":
        n = confirming.decline_grants(command, grant_ids=chosen)["declined"]
        return done(request, ngettext("%(n)s role declined.", "%(n)s roles declined.", n) % {"n": n})
    answer = confirming.confirm_grants(command, grant_ids=chosen)
    n, left = answer["confirmed"], answer["waiting"]
    said = ngettext("%(n)s role confirmed.", "%(n)s roles confirmed.", n) % {"n": n}
    if left:
        said += " " + _("%(n)s go on waiting until their owner has chosen a password.") % {"n": left}
    return done(request, said)


def _chosen(request: HttpRequest) -> list[UUID]:
    chosen = [one for text in request.POST.getlist("ids") if (one := uuid_of(text))]
    if not chosen:
        raise Refusal(NOTHING_CHOSEN)
    return chosen


def _count(user: Any) -> int:
    return confirming.waiting_for(user, at=timezone.now()).count()


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="house",
        label=gettext_lazy("Roles to confirm"),
        url_name="admin_waiting",
        icon="shield-check",
        order=82,
        permission="access.confirm",
        count=_count,
    ),
)

urlpatterns = [
    path("admin/waiting/", waiting, name="admin_waiting"),
    path("admin/waiting/decide/", decide, name="admin_decide"),
]

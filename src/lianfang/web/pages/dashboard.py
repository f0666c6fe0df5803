"""Today's command: what must be dealt with now, the key numbers, the way from list to verified, who lags behind."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from lianfang.core.access.models import User
from lianfang.core.access.roles import Role
from lianfang.core.territory.models import Level
from lianfang.web.answering import actor_of, by_htmx, page, says_no
from lianfang.web.navigation import NavEntry, desk_menu
from lianfang.web.queries import dashboard
from lianfang.web.queries.areas import area_for, choices_for

PART_NAMES = {
    Level.COUNTY.value: gettext_lazy("Subdistrict"),
    Level.SUBDISTRICT.value: gettext_lazy("Community"),
    Level.COMMUNITY.value: gettext_lazy("Grid"),
}
SLOW, FAIR = 85, 93
"""Shares of checks done below which a bar turns red, and amber (as on the screen the field showed us)."""


@require_GET
@says_no
def command_page(request: HttpRequest) -> HttpResponse:
    """The command page, or the part of it that is fetched again every 30 seconds.

    Grid workers go to their tasks, runners to their errands; who sees no numbers goes to the first page of their menu.
    """
    actor = actor_of(request)
    if actor.authority.roles and actor.authority.roles <= {Role.GRID_WORKER.value}:
        return redirect("field_tasks")
    if actor.authority.roles == {Role.RUNNER.value}:
        return redirect("field_errands")
    if not actor.authority.may("metrics.read"):
        return _elsewhere(request)
    area = area_for(actor, request.GET.get("area", ""))
    found = dashboard.overview_of(actor, area, now=timezone.now())
    context = _context(actor, found)
    if by_htmx(request):
        return page(request, "dashboard/today.html", context)
    return page(request, "dashboard/page.html", {**context, "choices": choices_for(actor)})


def _context(actor: User, found: dashboard.Overview) -> dict[str, Any]:
    return {
        "area": found.area,
        "found": found,
        "exceptions": dashboard.exceptions_of(actor, found),
        "kpis": dashboard.kpis_of(found),
        "funnel": dashboard.funnel_lines(found),
        "curve": dashboard.curve_svg(found),
        "narrow_curve": dashboard.curve_svg(found, width=330, height=230),
        "rows": [_line(part) for part in found.league.parts],
        "total": _line(found.league.total),
        "part_name": PART_NAMES.get(found.area.level, gettext_lazy("Area")),
        "parts_words": _parts_words(found),
        "reports_in": sum(status.report is not None for status in found.units),
        "may_freeze": actor.authority.may("reports.freeze", path=found.area.path),
    }


def _parts_words(found: dashboard.Overview) -> str:
    count = len(found.league.named)
    words = {
        Level.COUNTY.value: ngettext("%(n)s subdistrict", "%(n)s subdistricts", count),
        Level.SUBDISTRICT.value: ngettext("%(n)s community", "%(n)s communities", count),
        Level.COMMUNITY.value: ngettext("%(n)s grid", "%(n)s grids", count),
    }
    return words.get(found.area.level, "") % {"n": count}


def _line(part: Any) -> dict[str, Any]:
    due, done = part["work.due"], part["work.done"]
    rate = round(100 * done / due, 1) if due else None
    return {
        "name": part.name,
        "path": part.area.path if part.area else "",
        "leader": part.leader,
        "due": due,
        "done": done,
        "rate": rate,
        "tone": "" if rate is None or rate >= FAIR else "warn" if rate >= SLOW else "bad",
        "late": part["work.late"],
        "waiting": part["work.waiting"],
        "measures": part["measures.in_force"],
    }


def _elsewhere(request: HttpRequest) -> HttpResponse:
    from lianfang.web.urls import navigation_entries  # this module is one of those it names

    menu = desk_menu(request, [entry for entry in navigation_entries() if entry.url_name != "today"])
    for group in menu:
        return redirect(group["items"][0]["url"])
    return page(request, "dashboard/nothing.html", {})


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="command",
        label=gettext_lazy("Today's command"),
        url_name="today",
        icon="layout-dashboard",
        order=10,
        permission="metrics.read",
        section="/",
    ),
)

urlpatterns = [path("", command_page, name="today")]

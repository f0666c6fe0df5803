"""The care list: people with special needs by kind, their last call, those missed first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from lianfang.web.answering import actor_of, page
from lianfang.web.navigation import NavEntry
from lianfang.web.printing import options
from lianfang.web.queries import care_needs
from lianfang.web.queries.places import areas_of

STANDING = {
    care_needs.MISSED: (gettext_lazy("Missed call"), "bad"),
    care_needs.TODAY: (gettext_lazy("Today"), "warn"),
    care_needs.LATER: (gettext_lazy("In time"), ""),
}


@require_GET
def care_list(request: HttpRequest) -> HttpResponse:
    """Who is to be called how often, and whose call was missed."""
    actor, now = actor_of(request, "errands.take"), timezone.now()
    areas = [(one.path, one.label) for one in areas_of(actor, "errands.take")]
    area, kind = request.GET.get("area", ""), request.GET.get("kind", "").strip()[:30]
    area = area if any(one == area for one, _label in areas) else ""
    found = care_needs.list_of(actor, area=area, kind=kind, now=now)
    context = {
        "found": found,
        "lines": [(line, *STANDING[line.standing]) for line in found.lines],
        "kind": kind,
        "area": area,
        "area_options": options(areas, chosen=area),
        "most": care_needs.MOST_SHOWN,
        "may_call": actor.authority.may("work.do"),
    }
    return page(request, "errands/care.html", context)


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="front",
        label=gettext_lazy("Care list"),
        url_name="care_needs",
        icon="heart-handshake",
        order=42,
        permission="errands.take",
    ),
)

urlpatterns = [path("care-list/", care_list, name="care_needs")]

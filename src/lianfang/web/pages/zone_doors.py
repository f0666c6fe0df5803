"""Who has which door of a zone: helpers, sharing, changes by hand, and what is left to see to today."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianfang.capabilities.zone import door_actions
from lianfang.core.actions.refusals import NotFound
from lianfang.web.answering import actor_of, cleaned, command_of, done, page, says_no, uuid_of
from lianfang.web.pages.zone_forms import HelperForm
from lianfang.web.queries import zone_doors, zones
from lianfang.web.queries.places import accounts_of


@require_http_methods(["GET", "POST"])
@says_no
def doors(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """Doors in walking order with their helper and the ticks of today. By POST with telephones, which is logged."""
    actor, now = actor_of(request, "measures.read"), timezone.now()
    zone = zones.zone_for(actor, ordered_id)
    opened = request.method == "POST"
    phones = zone_doors.open_phones(actor, zone, now=now) if opened else {}
    wanted = zone_doors.Wanted(
        helper=uuid_of(request.GET.get("helper")),
        text=request.GET.get("q", "").strip()[:60],
        left=request.GET.get("left") == "1",
    )
    found = zone_doors.contracts_of(actor, zone, wanted, now=now)
    first = max(0, int(request.GET["from"])) if request.GET.get("from", "").isdecimal() else 0
    shown = list(found[first : first + zone_doors.DOORS + 1])
    may_propose = actor.authority.may("zone.propose", path=zone.path) and zone.lifted_at is None
    context = {
        "zone": zone,
        "helpers": [(line, phones.get(line.helper.id, "")) for line in zone_doors.helpers_of(zone, now=now)],
        "lines": zone_doors.lines_of(actor, zone, shown[: zone_doors.DOORS], now=now),
        "further": first + zone_doors.DOORS if len(shown) > zone_doors.DOORS else 0,
        "wanted": wanted,
        "opened": opened,
        "may_propose": may_propose,
        "accounts": accounts_of(actor, "zone.propose") if may_propose else [],
    }
    return page(request, "zones/doors.html", context)


@require_POST
@says_no
def name_helper(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """Name someone who takes doors."""
    actor = actor_of(request, "zone.propose")
    zones.zone_for(actor, ordered_id)
    given = cleaned(HelperForm(request.POST))
    if given["user"] and str(given["user"]) not in {one.id for one in accounts_of(actor, "zone.propose")}:
        raise NotFound("user")
    door_actions.name_helper(
        command_of(request),
        zone_id=ordered_id,
        name=given["name"],
        post=given["post"],
        phone=given["phone"],
        user_id=given["user"],
    )
    return done(request, _("Named. Share the doors when all helpers are named."), to=_to(ordered_id))


@require_POST
@says_no
def drop_helper(request: HttpRequest, ordered_id: UUID, helper_id: UUID) -> HttpResponse:
    """A helper leaves."""
    zones.zone_for(actor_of(request, "zone.propose"), ordered_id)
    door_actions.drop_helper(command_of(request), zone_id=ordered_id, helper_id=helper_id)
    return done(request, _("Ended."), to=_to(ordered_id))


@require_POST
@says_no
def share(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """Share every door evenly."""
    zones.zone_for(actor_of(request, "zone.propose"), ordered_id)
    answer = door_actions.share_doors(command_of(request), zone_id=ordered_id)
    return done(request, _("%(doors)s doors shared among %(helpers)s helpers.") % answer, to=_to(ordered_id))


@require_POST
@says_no
def hand(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """Give chosen doors to one helper."""
    zones.zone_for(actor_of(request, "zone.propose"), ordered_id)
    helper_id = uuid_of(request.POST.get("helper"))
    if helper_id is None:
        raise NotFound("helper")
    chosen = [one for text in request.POST.getlist("door") if (one := uuid_of(text))]
    answer = door_actions.hand_doors(command_of(request), zone_id=ordered_id, helper_id=helper_id, dwelling_ids=chosen)
    return done(request, _("%(doors)s doors given.") % answer, to=_to(ordered_id))


def _to(ordered_id: UUID) -> str:
    return reverse("zone_doors", args=[ordered_id])


urlpatterns = [
    path("zones/<uuid:ordered_id>/doors/", doors, name="zone_doors"),
    path("zones/<uuid:ordered_id>/helpers/", name_helper, name="zone_helper"),
    path("zones/<uuid:ordered_id>/helpers/<uuid:helper_id>/end/", drop_helper, name="zone_helper_end"),
    path("zones/<uuid:ordered_id>/share/", share, name="zone_share"),
    path("zones/<uuid:ordered_id>/hand/", hand, name="zone_hand"),
]

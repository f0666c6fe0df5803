"""Zones: the list, proposing one, its board, and the orders on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.capabilities.zone import actions
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.metrics.mode import activation_at, is_drill
from lianfang.core.territory.models import Territory
from lianfang.web.answering import actor_of, cleaned, command_of, done, page, says_no, uuid_of
from lianfang.web.navigation import NavEntry
from lianfang.web.pages import passes, zone_doors, zone_notice
from lianfang.web.pages.zone_forms import (
    LEGAL_BASES,
    CaseForm,
    ChangeForm,
    EndForm,
    ScreeningForm,
    ZoneForm,
)
from lianfang.web.queries import zones
from lianfang.web.queries.finding import areas_like
from lianfang.web.queries.places import under_any
from lianfang.web.queries.zone_places import parts_of
from lianfang.web.queries.zone_rows import ROWS, rows_behind
from lianfang.web.queries.zone_rules import kind_and_level, known_editions


@require_GET
@says_no
def index(request: HttpRequest) -> HttpResponse:
    """Zones waiting for an order, in force, and lifted lately."""
    actor, now = actor_of(request, "measures.read"), timezone.now()
    waiting, in_force, lifted = zones.zones_of(actor, now=now)
    context = {
        "waiting": waiting,
        "in_force": in_force,
        "lifted": lifted,
        "may_propose": actor.authority.may("zone.propose"),
    }
    return page(request, "zones/index.html", context)


@require_http_methods(["GET", "POST"])
@says_no
def new(request: HttpRequest) -> HttpResponse:
    """Propose a zone: first the place, then its parts, the grade, the basis. A refusal leaves all as it was typed."""
    actor = actor_of(request, "zone.propose")
    area = _area(actor, request)
    text = request.GET.get("q", "").strip()[:40]
    if area is None:
        return page(request, "zones/new.html", {"text": text, "found": areas_like(actor, text) if text else []})
    parts, drill = parts_of(area), is_drill(area.path, at=timezone.now())
    fault, status = "", 200
    if request.method == "POST":
        form = ZoneForm(request.POST, areas=parts, drill=drill)
        status = 422
        if form.is_valid():
            try:
                answer = actions.propose(command_of(request), **form.written())
            except (NotAllowed, NotFound):
                raise
            except Refusal as why:
                fault = why.sentence
            else:
                to = reverse("zone", args=[answer["zone"]])
                return done(request, _("Proposed. Somebody of command must order it."), to=to)
    else:
        form = ZoneForm(areas=parts, drill=drill, initial=_initial(area, drill=drill))
    context = {"area": area, "parts": parts, "form": form, "fault": fault, "laws": LEGAL_BASES}
    context["chosen"] = {str(one) for one in form["places"].value() or ()}
    return page(request, "zones/new.html", context, status=status)


def _area(actor: User, request: HttpRequest) -> Territory | None:
    """The place chosen in the first step, where the viewer may propose."""
    area_id = uuid_of(request.GET.get("in"))
    if area_id is None:
        return None
    scopes = actor.authority.scopes("zone.propose")
    found = Territory.objects.filter(under_any(scopes), id=area_id).select_related("compound", "parent").first()
    if found is None:
        raise NotFound("territory")
    return found


def _initial(area: Territory, *, drill: bool) -> dict[str, Any]:
    now = timezone.now()
    running = activation_at(area.path, at=now)
    editions = known_editions(drill=drill)
    code = running.edition if running is not None and running.edition in editions else list(editions)[-1]
    name = f"{area.compound.name}{area.name}" if area.compound else area.name
    return {
        "name": name,
        "places": [str(area.id)],
        "grade": f"{code}:{next(iter(editions[code].grades))}",
        "last_case_date": timezone.localdate(now),
        "starts_at": timezone.localtime(now),
        "legal_basis": LEGAL_BASES[0],
    }


@require_GET
@says_no
def board(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """The board of a zone: what applies, who is inside, what is missing before it may come down."""
    actor, now = actor_of(request, "measures.read"), timezone.now()
    zone = zones.zone_for(actor, ordered_id)
    may = {name: actor.authority.may(f"zone.{name}", path=zone.path) for name in ("propose", "approve")}
    context = {
        "zone": zone,
        "state": zones.state_of(zone, now=now),
        "board": zones.board_of(actor, zone, now=now),
        "may_propose": may["propose"],
        "may_order": may["approve"] and zone.approved_at is None and zone.proposed_by_id != actor.id,
        "may_change": may["approve"],
        "may_pass": actor.authority.may("zone.pass"),
        "change_form": ChangeForm(),
        "end_form": EndForm(initial={"ends_at": timezone.localtime(zone.ends_at)}),
        "case_form": CaseForm(initial={"case_date": timezone.localdate(now)}),
        "screening_form": ScreeningForm(initial={"done_date": timezone.localdate(now)}),
    }
    return page(request, "zones/board.html", context)


@require_GET
@says_no
def rows(request: HttpRequest, ordered_id: UUID, what: str) -> HttpResponse:
    """The rows behind one count of the board."""
    actor, now = actor_of(request, "measures.read"), timezone.now()
    zone = zones.zone_for(actor, ordered_id)
    if what not in ROWS:
        raise Http404(what)
    lines = rows_behind(what, actor, zone, now=now, cursor=request.GET.get("after", ""))
    return page(request, "zones/rows.html", {"zone": zone, "shown": ROWS[what], "lines": lines})


def _seen(request: HttpRequest, ordered_id: UUID, permission: str) -> None:
    """Nothing is said about a zone the viewer does not see."""
    zones.zone_for(actor_of(request, permission), ordered_id)


@require_POST
@says_no
def approve(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """Order the zone under a number."""
    _seen(request, ordered_id, "zone.approve")
    answer = actions.approve(command_of(request), zone_id=ordered_id, order_no=request.POST.get("order_no", ""))
    return done(request, _("Ordered under %(number)s.") % {"number": answer["order_no"]}, to=_to(ordered_id))


@require_POST
@says_no
def change(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """The zone comes down to a milder grade."""
    _seen(request, ordered_id, "zone.approve")
    given = cleaned(ChangeForm(request.POST))
    kind, level = kind_and_level(given["grade"])
    actions.change_level(
        command_of(request),
        zone_id=ordered_id,
        kind=kind,
        level=level,
        order_no=given["order_no"],
        reason=given["reason"],
    )
    return done(request, _("The zone has come down."), to=_to(ordered_id))


@require_POST
@says_no
def prolong(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """The expected end moves."""
    _seen(request, ordered_id, "zone.approve")
    given = cleaned(EndForm(request.POST))
    actions.prolong(command_of(request), zone_id=ordered_id, **given)
    return done(request, _("The expected end has moved."), to=_to(ordered_id))


@require_POST
@says_no
def lift(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """Lift the zone, or turn a proposal down."""
    _seen(request, ordered_id, "zone.approve")
    actions.lift(command_of(request), zone_id=ordered_id, reason=request.POST.get("reason", ""))
    return done(request, _("Lifted."), to=_to(ordered_id))


@require_POST
@says_no
def case(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """A new case begins the days again."""
    _seen(request, ordered_id, "zone.propose")
    actions.note_case(command_of(request), zone_id=ordered_id, **cleaned(CaseForm(request.POST)))
    return done(request, _("Noted. The days without a case begin again."), to=_to(ordered_id))


@require_POST
@says_no
def screening(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """A screening is written down or corrected."""
    _seen(request, ordered_id, "zone.propose")
    actions.note_screening(command_of(request), zone_id=ordered_id, **cleaned(ScreeningForm(request.POST)))
    return done(request, _("Written down."), to=_to(ordered_id))


def _to(ordered_id: UUID) -> str:
    return reverse("zone", args=[ordered_id])


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="front",
        label=gettext_lazy("Zones"),
        url_name="zones",
        icon="map-pinned",
        order=46,
        permission="measures.read",
        section="/zones/",
    ),
)

urlpatterns = [
    path("zones/", index, name="zones"),
    path("zones/new/", new, name="zone_new"),
    path("zones/<uuid:ordered_id>/", board, name="zone"),
    path("zones/<uuid:ordered_id>/rows/<slug:what>/", rows, name="zone_rows"),
    path("zones/<uuid:ordered_id>/approve/", approve, name="zone_approve"),
    path("zones/<uuid:ordered_id>/change/", change, name="zone_change"),
    path("zones/<uuid:ordered_id>/end/", prolong, name="zone_prolong"),
    path("zones/<uuid:ordered_id>/lift/", lift, name="zone_lift"),
    path("zones/<uuid:ordered_id>/case/", case, name="zone_case"),
    path("zones/<uuid:ordered_id>/screening/", screening, name="zone_screening"),
    *zone_doors.urlpatterns,
    *zone_notice.urlpatterns,
    *passes.urlpatterns,
]

"""Household passes at the desk: giving, printing eight on a page, withdrawing, who is out."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianfang.capabilities.zone import pass_actions
from lianfang.core.actions.refusals import NotFound
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.metrics.paper.qr import qr_svg
from lianfang.web.answering import actor_of, command_of, done, outside_address, page, says_no, uuid_of
from lianfang.web.queries import passes, zones
from lianfang.web.queries.zone_notice import exits_words, sheet_of
from lianfang.web.sheets.press import BORDER, pdf_answer


@require_GET
@says_no
def index(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """The passes of a zone by door, who is out with one, who is late."""
    actor, now = actor_of(request, "measures.read"), timezone.now()
    zone = zones.zone_for(actor, ordered_id)
    exits = zone.rules.exits
    context = {
        "zone": zone,
        "rule": exits_words(exits) if exits else "",
        "lines": passes.page_of(actor, zone, now=now, cursor=request.GET.get("after", "")),
        "outside": passes.outside_of(actor, zone, now=now),
        "may_pass": actor.authority.may("zone.pass") and zone.lifted_at is None and zone.approved_at is not None,
    }
    return page(request, "zones/passes.html", context)


@require_POST
@says_no
def issue(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """Give a pass to every household that has none, or to the chosen one."""
    zones.zone_for(actor_of(request, "zone.pass"), ordered_id)
    chosen = [one for text in request.POST.getlist("household") if (one := uuid_of(text))]
    answer = pass_actions.issue_passes(command_of(request), zone_id=ordered_id, household_ids=chosen)
    return done(request, _("%(passes)s passes given.") % answer, to=_to(ordered_id))


@require_POST
@says_no
def revoke(request: HttpRequest, ordered_id: UUID, pass_id: UUID) -> HttpResponse:
    """Withdraw a pass."""
    zones.zone_for(actor_of(request, "zone.pass"), ordered_id)
    pass_actions.revoke_pass(command_of(request), pass_id=pass_id, reason=request.POST.get("reason", ""))
    return done(request, _("Withdrawn."), to=_to(ordered_id))


@require_GET
@says_no
def sheet(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """All passes of the viewer's part of the zone as PDF, eight on a page; what was printed is in the log."""
    actor = actor_of(request, "zone.pass")
    zone = zones.zone_for(actor, ordered_id)
    found = passes.to_print(actor, zone)
    if not found:
        raise NotFound("pass")
    cards = [
        {**card, "qr": qr_svg(outside_address(request, reverse("field_gate_code", args=[one.code])), border=BORDER)}
        for card, one in zip(sheet_of(found), found, strict=True)
    ]
    note = journal.Note(
        kind=AuditEntry.Kind.EXPORT,
        code="zone.print_passes",
        path=zone.path,
        subject_kind="zone",
        subject_id=zone.id,
        facts={"passes": len(cards)},
    )
    now = timezone.now()
    journal.write([note], actor_id=actor.id, at=now, now=now)
    return pdf_answer("passes.typ", {"cards": cards}, name=f"{zone.name}_出入证.pdf")


def _to(ordered_id: UUID) -> str:
    return reverse("zone_passes", args=[ordered_id])


urlpatterns = [
    path("zones/<uuid:ordered_id>/passes/", index, name="zone_passes"),
    path("zones/<uuid:ordered_id>/passes/issue/", issue, name="zone_passes_issue"),
    path("zones/<uuid:ordered_id>/passes/print/", sheet, name="zone_passes_print"),
    path("zones/<uuid:ordered_id>/passes/<uuid:pass_id>/revoke/", revoke, name="zone_pass_revoke"),
]

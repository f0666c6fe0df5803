"""The notice at the entrance: a poster to print, and the open page its QR leads to."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from lianfang.core.actions.refusals import Refusal
from lianfang.core.metrics.paper.qr import qr_svg
from lianfang.web.answering import actor_of, outside_address, page, says_no
from lianfang.web.queries import zones
from lianfang.web.queries.zone_notice import notice_of, open_notice
from lianfang.web.sheets.press import BORDER, pdf_answer


@require_GET
@says_no
def poster(request: HttpRequest, ordered_id: UUID) -> HttpResponse:
    """The notice as PDF, one page. Only an ordered zone has one."""
    zone = zones.zone_for(actor_of(request, "measures.read"), ordered_id)
    if zone.approved_at is None:
        raise Refusal("zone.not_in_force")
    address = outside_address(request, reverse("zone_public", args=[zone.public_code]))
    given = {**notice_of(zone, now=timezone.now()), "qr": qr_svg(address, border=BORDER), "address": address}
    return pdf_answer("poster.typ", given, name=f"{zone.name}_封控告示.pdf")


@require_GET
@login_not_required
def public(request: HttpRequest, public_code: str) -> HttpResponse:
    """What applies here, until when, why, where to appeal. For anybody who scans the code at the entrance."""
    notice = open_notice(public_code, now=timezone.now())
    if notice is None:
        raise Http404(public_code)
    return page(request, "zones/public.html", {"notice": notice})


urlpatterns = [
    path("zones/<uuid:ordered_id>/poster/", poster, name="zone_poster"),
    path("z/<slug:public_code>/", public, name="zone_public"),
]

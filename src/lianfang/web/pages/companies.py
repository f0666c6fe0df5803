"""Companies that resume work, and vehicles by their plates."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.capabilities.registry.actions import report_tip
from lianfang.capabilities.self_report import companies as firms
from lianfang.capabilities.self_report import plates
from lianfang.capabilities.self_report.codes import receipt_number
from lianfang.capabilities.self_report.models import CompanyReport, CompanyState, PlateRule
from lianfang.core.actions.refusals import Refusal
from lianfang.kernel.short_codes import spaced
from lianfang.web.answering import actor_of, command_of, done, page, says_no, uuid_of
from lianfang.web.queries.areas import day_of
from lianfang.web.queries.places import areas_of

HANDLE = "self_report.handle"


@require_GET
@says_no
def company_list(request: HttpRequest) -> HttpResponse:
    """Companies of the viewer's area, those that wait first."""
    actor = actor_of(request, HANDLE)
    found = CompanyReport.objects.visible_to(actor).order_by("-received_at")[:200]
    rows = [(one, spaced(receipt_number(one.id)), one.contact, one.state == CompanyState.WAITING) for one in found]
    rows.sort(key=lambda row: not row[3])
    return page(request, "self_reports/companies.html", {"rows": rows, "may_read": actor.authority.may("lists.read")})


@require_POST
@says_no
def decide(request: HttpRequest, company_id: UUID) -> HttpResponse:
    """Release a company's file, or decline it with a reason."""
    actor_of(request, HANDLE)
    if request.POST.get("verb") == "release":
        firms.release_company(command_of(request), company_id=company_id)
        said = _("Released. The data desk confirms its columns, then it is checked like any list.")
    else:
        firms.decline_company(command_of(request), company_id=company_id, reason=request.POST.get("reason", ""))
        said = _("Declined; the file is removed.")
    return done(request, said, to=reverse("companies"))


@require_http_methods(["GET", "POST"])
@says_no
def plate_page(request: HttpRequest) -> HttpResponse:
    """Beginnings of plates to look out for, and a list of plates looked through; nothing of it is kept."""
    actor, today = actor_of(request, HANDLE), timezone.localdate()
    rules = PlateRule.objects.visible_to(actor).select_related("territory").order_by("prefix", "starts_date")
    text = request.POST.get("plates", "")[:60_000]
    counting = {(rule.prefix, rule.whence) for rule in rules.in_force(today)}
    found = plates.look_through(text, counting) if text.strip() else []
    context = {
        "rules": [(rule, rule.starts_date <= today < rule.ends_date) for rule in rules],
        "text": text,
        "hits": [one for one in found if one.whence],
        "unreadable": [one for one in found if one.plate.problem],
        "looked": len(found),
        "areas": areas_of(actor, HANDLE),
        "today": today,
        "until": today + timedelta(days=14),
    }
    return page(request, "self_reports/plates.html", context)


@require_POST
@says_no
def add_plate(request: HttpRequest) -> HttpResponse:
    """Look out for plates that begin so."""
    actor_of(request, HANDLE)
    territory = uuid_of(request.POST.get("territory"))
    starts, ends = (day_of(request.POST.get(name, "")) for name in ("starts_date", "ends_date"))
    if territory is None or starts is None or ends is None:
        raise Refusal("self_report.bad_days" if territory else "self_report.bad_area")
    plates.add_plate_rule(
        command_of(request),
        territory_id=territory,
        prefix=request.POST.get("prefix", ""),
        whence=request.POST.get("whence", ""),
        starts_date=starts,
        ends_date=ends + timedelta(days=1),
    )
    return done(request, _("Plates that begin so are looked out for."), to=reverse("plates"))


@require_POST
@says_no
def remove_plate(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """No longer look out for them."""
    actor_of(request, HANDLE)
    plates.remove_plate_rule(command_of(request), rule_id=rule_id)
    return done(request, _("Taken out."), to=reverse("plates"))


@require_POST
@says_no
def plate_tip(request: HttpRequest) -> HttpResponse:
    """The chosen hits become one tip in an area: somebody asks the drivers where they were."""
    actor_of(request, HANDLE)
    chosen = [text[:30] for text in request.POST.getlist("hits")][:60]
    territory = uuid_of(request.POST.get("territory"))
    if not chosen:
        raise Refusal("self_report.no_plate")
    listed = "、".join(chosen)
    text = _("Vehicles from areas with cases, ask their drivers: %(plates)s") % {"plates": listed}
    report_tip(command_of(request), text=text[:300], territory_id=territory)
    n = len(chosen)
    said = ngettext("%(n)s vehicle passed on.", "%(n)s vehicles passed on.", n) % {"n": n}
    return done(request, said, to=reverse("plates"))


urlpatterns = [
    path("self-reports/companies/", company_list, name="companies"),
    path("self-reports/companies/<uuid:company_id>/decide/", decide, name="company_decide"),
    path("self-reports/plates/", plate_page, name="plates"),
    path("self-reports/plates/new/", add_plate, name="plate_add"),
    path("self-reports/plates/tip/", plate_tip, name="plate_tip"),
    path("self-reports/plates/<uuid:rule_id>/remove/", remove_plate, name="plate_remove"),
]

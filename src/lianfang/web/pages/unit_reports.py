"""A community's own daily report: a figure per compound, or one button that says there is nothing to report."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianfang.capabilities.reports.actions import submit_unit
from lianfang.capabilities.reports.units import FIGURES, MOST, Figures, UnitStatus, places_of, units_of
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.territory.models import Level, Territory
from lianfang.web.answering import actor_of, command_of, done, page, says_no
from lianfang.web.queries.areas import day_of

LABELS = {
    "arrivals": gettext_lazy("Newcomers found by ourselves"),
    "symptoms": gettext_lazy("People with fever or cough"),
}


def _unit(actor: User, territory_id: UUID) -> Territory:
    unit = Territory.objects.filter(id=territory_id, level=Level.COMMUNITY).first()
    if unit is None or not actor.authority.may("metrics.read", path=unit.path):
        raise NotFound("territory")
    return unit


@require_http_methods(["GET", "POST"])
@says_no
def form(request: HttpRequest, territory_id: UUID) -> HttpResponse:
    """The form of a day, filled with what was sent; sending it again makes a new version."""
    actor, now = actor_of(request, "metrics.read"), timezone.now()
    unit = _unit(actor, territory_id)
    day = day_of(request.GET.get("day", "")) or timezone.localdate(now)
    refused = ""
    if request.method == "POST":
        try:
            return _send(request, unit, day)
        except (NotAllowed, NotFound):
            raise
        except Refusal as why:
            refused = why.sentence
    status = units_of(unit, day=day, known=[unit])[0]
    context = {
        "unit": unit,
        "day": day,
        "status": status,
        "labels": [LABELS[name] for name in FIGURES],
        "lines": _lines(request, unit, status, day),
        "most": MOST,
        "note": request.POST.get("note", status.report.note if status.report else ""),
        "refused": refused,
        "may_submit": actor.authority.may("reports.submit", path=unit.path),
    }
    return page(request, "reports/unit.html", context, status=422 if refused else 200)


def _lines(request: HttpRequest, unit: Territory, status: UnitStatus, day: date) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "fields": [
                {
                    "name": f"{figure}:{code}",
                    "label": LABELS[figure],
                    "value": request.POST.get(f"{figure}:{code}", status.figure(figure, code) or ""),
                }
                for figure in FIGURES
            ],
        }
        for code, name in places_of(unit, day=day)
    ]


def _send(request: HttpRequest, unit: Territory, day: date) -> HttpResponse:
    zero = request.POST.get("zero") == "1"
    submit_unit(
        command_of(request),
        territory_id=unit.id,
        day=day,
        zero=zero,
        figures=_figures(request),
        note=request.POST.get("note", ""),
    )
    sentence = _("Sent: nothing to report.") if zero else _("Sent.")
    return done(request, sentence, to=f"{reverse('reports')}?day={day.isoformat()}")


def _figures(request: HttpRequest) -> Figures:
    """What was typed; an empty field is 0. Raises `Refusal` for what is no whole number."""
    found: Figures = {}
    for key, text in request.POST.items():
        figure, sign, code = key.partition(":")
        if not sign or figure not in FIGURES or not str(text).strip():
            continue
        if not (str(text).strip().isascii() and str(text).strip().isdigit()):
            raise Refusal("reports.bad_figure", most=MOST)
        found.setdefault(code, {})[figure] = int(str(text).strip())
    return found

"""Every number opens into its rows: the catalogue of numbers with their definitions, and the rows behind one."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from lianfang.core.metrics.mode import is_drill
from lianfang.core.metrics.registry import METRICS, At, below, number, tally
from lianfang.core.metrics.today import parts_of
from lianfang.core.territory.models import Territory
from lianfang.web.answering import actor_of, page, says_no
from lianfang.web.frame import under_drill
from lianfang.web.navigation import NavEntry
from lianfang.web.queries.areas import area_for, choices_for, day_of, instant_of, narrowed
from lianfang.web.queries.keyset import Slice
from lianfang.web.queries.numbers import SHEETS, rows_page


def at_of(text: str, *, now: datetime, area: Territory) -> At:
    """The instant an address asks for: an instant, a day (its end), or now. Nothing later than now. Where the area was
    under a drill then, what was made in the drill counts.
    """
    instant, day = instant_of(text), day_of(text)
    if day is not None:
        midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())
        instant = midnight - timedelta(seconds=1)
    if instant is None:
        return At(now, drill=under_drill(area.path))
    asked = min(instant, now)
    return At(asked, drill=is_drill(area.path, at=asked))


@require_GET
@says_no
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every number of an area with its definition; one grouped query per ledger."""
    actor, now = actor_of(request, "metrics.read"), timezone.now()
    area = area_for(actor, request.GET.get("area", ""))
    at = at_of(request.GET.get("at", ""), now=now, area=area)
    found = tally(METRICS, at=at, scopes=(area.path,), depth=len(area.path))
    values = found.get(area.path, {})
    context = {
        "area": area,
        "choices": choices_for(actor),
        "at": at,
        "lines": [(metric, values.get(code, 0)) for code, metric in METRICS.items()],
    }
    return page(request, "numbers/catalogue.html", context)


@require_GET
@says_no
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """One number: its value, its definition, its parts and the rows that make it."""
    actor, now = actor_of(request, "metrics.read"), timezone.now()
    metric = METRICS.get(code)
    if metric is None:
        raise Http404(code)
    area = area_for(actor, request.GET.get("area", ""))
    at = at_of(request.GET.get("at", ""), now=now, area=area)
    may_open = narrowed(area.path, actor.authority.scopes(metric.source.permission))
    cursor = request.GET.get("after", "")
    context: dict[str, Any] = {
        "area": area,
        "at": at,
        "metric": metric,
        "value": number(metric, at=at, scopes=(area.path,)),
        "headers": SHEETS[metric.source.code].headers,
        "lines": rows_page(metric, at=at, scopes=may_open, cursor=cursor) if may_open else Slice([]),
        "may_open": bool(may_open),
        "parts": [] if cursor else _parts(area, code, at),
        "crumbs": reverse("numbers") + f"?area={area.path}",
    }
    return page(request, "numbers/rows.html", context)


def _parts(area: Any, code: str, at: At) -> list[dict[str, Any]]:
    """The number of every part of the area; what lies at the area itself comes last."""
    areas = parts_of(area, day=at.day)
    if not areas:
        return []
    found = tally([code], at=at, scopes=(area.path,), depth=below(area.path))
    lines = [{"name": one.name, "path": one.path, "value": found.pop(one.path, {}).get(code, 0)} for one in areas]
    left = sum(counts.get(code, 0) for counts in found.values())
    return [*lines, *([{"name": "", "path": "", "value": left}] if left else [])]


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="command",
        label=gettext_lazy("All numbers"),
        url_name="numbers",
        icon="hash",
        order=30,
        permission="metrics.read",
    ),
)

urlpatterns = [
    path("numbers/", catalogue, name="numbers"),
    path("numbers/<str:code>/", rows, name="number"),
]

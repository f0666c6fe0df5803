"""The unplaced queue: what the lists say about where someone is, and the place it is given by hand."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from lianfang.core.work.looking import open_rows
from lianfang.web.answering import actor_of, page, says_no
from lianfang.web.queries import work
from lianfang.web.queries.finding import places_like
from lianfang.web.queries.sayings import said_together


@require_http_methods(["GET", "POST"])
@says_no
def queue(request: HttpRequest) -> HttpResponse:
    """Unplaced work, earliest deadline first. By POST with what the rows say, which is logged for each of them."""
    actor, now = actor_of(request, "work.assign"), timezone.now()
    filters = work.Filters.of(request.GET)
    chosen = work.Filters(segment="unplaced", list=filters.list, text=filters.text, late=filters.late)
    lines = work.lines_of(actor, chosen, now=now, cursor=request.GET.get("after", ""))
    opened = request.method == "POST"
    sayings = open_rows(actor=actor, item_ids=[line.id for line in lines.rows], now=now) if opened else {}
    context = {
        "lines": lines,
        "rows": [(line, said_together(sayings.get(line.id, []))) for line in lines.rows],
        "opened": opened,
        "filters": chosen,
        "count": work.figure(work.segment_counts(actor, now=now)["unplaced"]),
        "may_open": actor.authority.may("people.open"),
    }
    return page(request, "work/unplaced.html", context)


@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """Areas and doors that fit what was typed, to choose one from."""
    actor = actor_of(request, "territory.read")
    text = request.GET.get("place_text", "").strip()
    areas, doors = places_like(actor, text, now=timezone.now())
    form_id = request.GET.get("form", "")
    context = {
        "areas": [] if request.GET.get("only") == "door" else areas,
        "doors": doors,
        "text": text,
        "form_id": form_id if form_id.isalpha() else "",
    }
    return page(request, "work/places.html", context)

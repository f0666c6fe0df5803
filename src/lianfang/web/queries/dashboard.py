"""What the command page says: read once for the area and the moment, in as many queries as there are ledgers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max
from django.db.models.functions import Left, TruncMinute
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lianfang.capabilities.reports.units import UnitStatus, units_of
from lianfang.core.access.models import User
from lianfang.core.metrics import snapshots, today
from lianfang.core.metrics.paper.charts import stacked_svg
from lianfang.core.metrics.paper.shapes import Series, StackedChart
from lianfang.core.metrics.registry import METRICS, At, numbers, rows_of, within
from lianfang.core.territory.models import Level, Territory
from lianfang.core.work.models import WorkEvent
from lianfang.web import durations
from lianfang.web.frame import under_drill
from lianfang.web.queries import care
from lianfang.web.queries.areas import narrowed

KEPT = ("people.registered", "households", "dwellings", "rows.received", "work.late")
FEED_HOURS = 3
FEED_LINES = 12
MOST_TOLD = 2
ROOM_FOR_WORDS = 4
"""A longer difference stands alone: the tile has no room for words beside it."""

VERBS = {
    "dispatch": gettext_lazy("dispatched"),
    "join": gettext_lazy("joined to open work"),
    "accept": gettext_lazy("accepted"),
    "submit": gettext_lazy("handed in"),
    "verify": gettext_lazy("verified"),
    "return": gettext_lazy("sent back"),
    "forward": gettext_lazy("forwarded elsewhere"),
    "place": gettext_lazy("placed"),
    "hand_back": gettext_lazy("handed back"),
    "late": gettext_lazy("became late"),
}
TONES = {"late": "bad", "return": "warn", "hand_back": "warn", "verify": "ok", "submit": "ok"}

STAGES = {
    "rows.received": gettext_lazy("From above"),
    "work.opened": gettext_lazy("Merged"),
    "work.dispatched": gettext_lazy("Dispatched"),
    "work.reached": gettext_lazy("Reached"),
    "work.finished": gettext_lazy("Result found"),
    "work.confirmed": gettext_lazy("Verified"),
}


@dataclass(slots=True)
class Overview:
    """Everything the page says about `area` at `at`."""

    area: Territory
    at: At
    league: today.League
    rows: dict[str, int]
    lists: today.ListsToday
    stages: list[today.Stage]
    units: list[UnitStatus]
    late_since: datetime | None
    kept: snapshots.Kept | None
    yesterday: snapshots.Kept | None
    curve: list[today.DayOfWork]
    feed: list[dict[str, Any]]
    alarms: int = 0
    missed: int = 0


def overview_of(actor: User, area: Territory, *, now: datetime) -> Overview:
    """Read the page's numbers. What a role may not see (lists) counts as nothing there."""
    at, scopes = At(now, drill=under_drill(area.path)), (area.path,)
    lists_scope = narrowed(area.path, actor.authority.scopes("lists.read"))
    league = today.league_of(area, at=at)
    rows = numbers(
        {
            "rows.received": scopes,
            "rows.merged": scopes,
            "rows.review": lists_scope,
            "lists.near_deadline": lists_scope,
        },
        at=at,
    )
    lists = today.lists_today(at=at, scopes=lists_scope)
    kept = snapshots.kept_since(KEPT, path=area.path, since=now - timedelta(hours=26), until=now)
    day_before = [one for one in kept if one.at <= now - timedelta(days=1)]
    pace = today.pace_of(at=at, scopes=scopes)
    parts = [part.area for part in league.named if part.area is not None and part.area.level == Level.COMMUNITY]
    units = units_of(area, day=at.day, known=sorted(parts, key=lambda part: part.code))
    names = {part.area.path: part.name for part in league.named if part.area}
    alarms, missed = care.urgent_of(actor, area.path, now=now) if actor.authority.may("measures.read") else (0, 0)
    return Overview(
        area=area,
        at=at,
        league=league,
        rows=rows,
        lists=lists,
        stages=today.funnel_of(league, received=rows["rows.received"], seconds=pace.seconds, listed=lists.seconds),
        units=units,
        late_since=pace.late_since,
        kept=kept[0] if kept else None,
        yesterday=day_before[0] if day_before else None,
        curve=today.curve_of(at=at, scopes=scopes),
        feed=feed_of(scopes, at=at, names=names, told=_told(units, lists_scope, at=at)),
        alarms=alarms,
        missed=missed,
    )


def feed_of(
    scopes: Sequence[str], *, at: At, names: dict[str, str], told: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The last hours in words, newest first: alike events of a minute and an area together, and what was `told`. One
    query; nobody is named.
    """
    depth = max((len(path) for path in names), default=48)
    events = WorkEvent.objects.filter(
        recorded_at__gt=at.instant - timedelta(hours=FEED_HOURS), recorded_at__lte=at.instant, verb__in=VERBS
    )
    grouped = (
        within(events, path="path", scopes=scopes)
        .annotate(minute=TruncMinute("recorded_at"), place=Left("path", depth))
        .order_by()
        .values("minute", "place", "verb")
        .annotate(n=Count("item_id", distinct=True), last=Max("recorded_at"))
        .order_by("-last")[:FEED_LINES]
    )
    lines = [
        {
            "at": row["last"],
            "tone": TONES.get(row["verb"], "info"),
            "area": names.get(row["place"], _("Not placed yet")),
            "words": ngettext("%(n)s check %(verb)s", "%(n)s checks %(verb)s", row["n"])
            % {"n": f"{row['n']:,}", "verb": VERBS[row["verb"]]},
            "url": f"{reverse('work_board')}?area={row['place']}",
        }
        for row in grouped
    ]
    return sorted([*lines, *told], key=lambda line: line["at"], reverse=True)[:FEED_LINES]


def _told(units: Sequence[UnitStatus], scopes: Sequence[str], *, at: At) -> list[dict[str, Any]]:
    """Lists and unit reports of the last hours; one query."""
    since = at.instant - timedelta(hours=FEED_HOURS)
    lists = rows_of(METRICS["lists.received"], at=at, scopes=scopes).filter(received_at__gt=since)
    lines = [
        {
            "at": one.received_at,
            "tone": "info",
            "area": one.issuer,
            "words": one.title,
            "url": reverse("list", args=[one.id]),
        }
        for one in lists.order_by("-received_at")[:FEED_LINES]
    ]
    for status in units:
        report = status.report
        if report is not None and report.submitted_at > since:
            words = _("zero report") if report.zero else _("daily report sent")
            line = {"at": report.submitted_at, "tone": "ok", "area": status.unit.name, "words": words}
            lines.append({**line, "url": reverse("reports")})
    return lines


def exceptions_of(actor: User, found: Overview) -> list[dict[str, Any]]:
    """What must be dealt with now, each with who or where, and where to deal with it. Nothing is left out but zeros.

    Who may not decide doubtful rows is led to the rows behind the number.
    """
    sums, here = found.league.total, f"?area={found.area.path}"
    board = reverse("work_board") + here
    review = reverse("review") if actor.authority.may("lists.decide") else _number("rows.review", here)
    late = [part for part in found.league.parts if part["work.late"]]
    missing = [status.unit.name for status in found.units if status.report is None]
    lines = (
        (found.alarms, _("alarms open"), _("fever, symptoms, doors"), reverse("care") + here),
        (found.missed, _("temperatures missed"), _("call them"), f"{reverse('care')}{here}&tab=calls"),
        (sums["work.late"], _("checks late"), _shares(late, "work.late"), f"{board}&segment=late"),
        (
            sums["work.unplaced"],
            _("without an address"),
            _("find the door, or forward"),
            _number("work.unplaced", here),
        ),
        (found.rows["rows.review"], _("rows to review"), _("same person or not"), review),
        (
            sums["work.waiting"],
            _("to verify"),
            _shares(_by(found, "work.waiting"), "work.waiting"),
            f"{board}&segment=verify",
        ),
        (
            found.rows["lists.near_deadline"],
            _("lists near deadline"),
            _("within two hours"),
            _number("lists.near_deadline", here),
        ),
        (
            sums["measures.ending"],
            _("measures end today"),
            _shares(_by(found, "measures.ending"), "measures.ending"),
            _number("measures.ending", here),
        ),
        (len(missing), _("reports missing"), "、".join(missing[:3]), reverse("reports") + here),
    )
    return [{"count": count, "what": what, "detail": detail, "url": url} for count, what, detail, url in lines if count]


def _by(found: Overview, code: str) -> list[today.Part]:
    return sorted((part for part in found.league.parts if part[code]), key=lambda part: -part[code])


def _shares(parts: Sequence[today.Part], code: str) -> str:
    told = [f"{part.name or _('not placed')} {part[code]:,}" for part in parts[:MOST_TOLD]]
    rest = sum(part[code] for part in parts[MOST_TOLD:])
    return " · ".join([*told, *([_("others %(n)s") % {"n": f"{rest:,}"}] if rest else [])])


def _number(code: str, here: str) -> str:
    return reverse("number", args=[code]) + here


def kpis_of(found: Overview) -> list[dict[str, Any]]:
    """The six key numbers, each with its definition and the way into its rows."""
    return [*_flow_kpis(found), *_state_kpis(found)]


def _flow_kpis(found: Overview) -> list[dict[str, Any]]:
    """What came in today, what was done of it, what is late."""
    sums = found.league.total
    due, done = sums["work.due"], sums["work.done"]
    rate = round(100 * done / due, 1) if due else None
    longest = durations.in_words(found.at.instant - found.late_since) if found.late_since else ""
    return [
        _kpi(
            found,
            "rows.received",
            "inbox",
            found.rows["rows.received"],
            delta=_change(found, "rows.received", found.rows["rows.received"]),
            sub=_("%(n)s calls saved by merging") % {"n": f"{found.rows['rows.merged']:,}"},
        ),
        _kpi(
            found,
            "work.done",
            "circle-check",
            done,
            bar=rate,
            delta="" if rate is None else f"{rate}%",
            delta_tone="up",
            sub=_("of %(n)s to check") % {"n": f"{due:,}"},
        ),
        _kpi(
            found,
            "work.late",
            "timer",
            sums["work.late"],
            delta=_change(found, "work.late", sums["work.late"]),
            sub=_("longest %(span)s") % {"span": longest} if longest else _("nothing is late"),
        ),
    ]


def _state_kpis(found: Overview) -> list[dict[str, Any]]:
    """What waits for someone else, who is under measures, how many people we know."""
    sums = found.league.total
    kept = found.kept["people.registered"] if found.kept else None
    return [
        _kpi(
            found,
            "work.waiting",
            "shield-check",
            sums["work.waiting"],
            sub=_("%(n)s verified today") % {"n": f"{sums['work.verified']:,}"},
        ),
        _kpi(
            found,
            "measures.in_force",
            "house",
            sums["measures.in_force"],
            sub=_("%(n)s end today") % {"n": f"{sums['measures.ending']:,}"},
        ),
        _kpi(found, "people.registered", "users", "—" if kept is None else kept, sub=_kept_words(found)),
    ]


def _kpi(found: Overview, code: str, icon: str, value: object, **more: Any) -> dict[str, Any]:
    metric = METRICS[code]
    return {
        "label": metric.label,
        "value": value,
        "unit": metric.unit,
        "icon": icon,
        "url": _number(code, f"?area={found.area.path}"),
        "definition": metric.definition,
        "tone": metric.tone if isinstance(value, int) and value else "",
        "bar": None,
        **more,
    }


def _change(found: Overview, code: str, value: int) -> str:
    """Against the same hour of the day before; empty when no value was kept then."""
    if found.yesterday is None:
        return ""
    change = f"{value - found.yesterday[code]:+,}"
    return change if len(change) > ROOM_FOR_WORDS else _("%(change)s on yesterday") % {"change": change}


def _kept_words(found: Overview) -> str:
    if found.kept is None:
        return _("counted on the hour, not yet today")
    return _("%(households)s households · at %(time)s") % {
        "households": f"{found.kept['households']:,}",
        "time": f"{timezone.localtime(found.kept.at):%H:%M}",
    }


def funnel_lines(found: Overview) -> list[dict[str, Any]]:
    """The way from list to verified, each stage with what it leaves behind and the typical time it takes."""
    sums, largest = found.league.total, max((stage.count for stage in found.stages), default=0) or 1
    notes = {
        "rows.received": _lists_words(found.lists),
        "work.opened": _("%(n)s joined: as many calls saved") % {"n": f"{found.rows['rows.merged']:,}"},
        "work.dispatched": _("%(n)s without an address") % {"n": f"{sums['work.unplaced']:,}"},
        "work.reached": _("%(n)s called, not reached") % {"n": f"{sums['work.unanswered']:,}"},
        "work.confirmed": _("%(n)s wait for verification") % {"n": f"{sums['work.waiting']:,}"},
    }
    return [
        {
            "name": STAGES[stage.metric],
            "count": stage.count,
            "width": round(100 * stage.count / largest, 1),
            "note": notes.get(stage.metric, ""),
            "time": _span(stage.seconds),
            "url": _number(stage.metric, f"?area={found.area.path}"),
            "last": stage.metric == "work.confirmed",
        }
        for stage in found.stages
    ]


def _lists_words(lists: today.ListsToday) -> str:
    if lists.newest_at is None:
        return ""
    count = ngettext("%(n)s list today", "%(n)s lists today", lists.count) % {"n": lists.count}
    last = _("the last at %(time)s") % {"time": f"{timezone.localtime(lists.newest_at):%H:%M}"}
    return f"{count} · {last}"


def _span(seconds: int | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return _("%(n)s s") % {"n": seconds}
    return durations.in_words(timedelta(seconds=seconds))


def curve_svg(found: Overview, *, width: int = 640, height: int = 262) -> SafeString:
    """Checks by the day they were opened, as a picture drawn here; `width` is what it is drawn for, in pixels."""
    chart = StackedChart(
        _("Checks by day"),
        tuple(one.day for one in found.curve),
        (
            Series(_("with a result"), "blue", tuple(float(one.finished) for one in found.curve)),
            Series(_("none yet"), "red", tuple(float(one.waiting) for one in found.curve)),
        ),
    )
    return mark_safe(stacked_svg(chart, width=width, height=height))  # noqa: S308 - drawn by us, every text escaped

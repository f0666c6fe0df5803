"""Residents' reports as staff see them: figures of a day, lines with masked names, one report in full (logged)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from lianfang.capabilities.self_report.codes import receipt_number
from lianfang.capabilities.self_report.models import HouseholdReport, Poster, PosterKind, ReportState
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.lists.models import ListRow, RowDecision
from lianfang.core.metrics.paper.qr import qr_svg
from lianfang.core.vault import UnreadableSeal
from lianfang.kernel.masking import mask_name
from lianfang.kernel.short_codes import spaced
from lianfang.web.answering import outside_address
from lianfang.web.queries.keyset import PAGE, Slice, behind, cut
from lianfang.web.queries.reports import press

TO_LOOK_AT = (ReportState.CORRECTED, ReportState.WITHDRAWN, ReportState.FAILED)
_TONES = {
    ReportState.WAITING: "warn",
    ReportState.LISTED: "ok",
    ReportState.CORRECTED: "bad",
    ReportState.WITHDRAWN: "bad",
    ReportState.FAILED: "bad",
}


@dataclass(frozen=True, slots=True)
class Day:
    """Figures of a day. `buildings`: name, households, people, the most first; without a name where nobody can tell."""

    households: int
    people: int
    waiting: int
    to_look_at: int
    buildings: list[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class Line:
    """A report in the table; the name of whoever is reached first is masked."""

    id: UUID
    number: str
    name: str
    people: int
    building: str
    channel: str
    state: str
    tone: str
    received_at: datetime
    unread: int
    """People of it that the list has no row of, or refused."""


def newest(actor: User) -> QuerySet[HouseholdReport]:
    """The last version of every report the actor may see."""
    newer = HouseholdReport.objects.filter(report_id=OuterRef("report_id"), version__gt=OuterRef("version"))
    return HouseholdReport.objects.visible_to(actor).filter(~Exists(newer))


def of_day(actor: User, day: date) -> QuerySet[HouseholdReport]:
    """The reports whose last word came on `day`."""
    begins = timezone.make_aware(datetime.combine(day, time.min))
    return newest(actor).filter(received_at__gte=begins, received_at__lt=begins + timedelta(days=1))


def day_of(actor: User, day: date) -> Day:
    """The figures of a day; withdrawn reports count no more, but are to be looked at."""
    reports = of_day(actor, day)
    standing = reports.exclude(state__in=[ReportState.WITHDRAWN, ReportState.ERASED])
    states = Counter(dict(reports.values_list("state").annotate(n=Count("id")).order_by()))
    buildings = standing.values_list("building").annotate(n=Count("id"), who=Sum("people")).order_by("-who", "building")
    total = standing.aggregate(n=Count("id"), who=Sum("people"))
    return Day(
        households=total["n"],
        people=total["who"] or 0,
        waiting=states[ReportState.WAITING],
        to_look_at=waiting_for(actor),
        buildings=[(name, n, who) for name, n, who in buildings],
    )


def waiting_for(actor: User) -> int:
    """How many reports somebody has to look at, of whatever day."""
    return newest(actor).filter(state__in=TO_LOOK_AT).count()


def lines_of(actor: User, day: date, *, only_to_look_at: bool, cursor: str) -> Slice[Line]:
    """One page of the reports of a day, the newest first; or of all that are to be looked at."""
    reports = newest(actor).filter(state__in=TO_LOOK_AT) if only_to_look_at else of_day(actor, day)
    found = cut(
        list(behind(reports, key="received_at", cursor=cursor, descending=True)[: PAGE + 1]),
        key="received_at",
        cursor=cursor,
    )
    unread = _unread(found.rows)
    return found.of([_line(report, unread[report.id]) for report in found.rows])


def _line(report: HouseholdReport, unread: int) -> Line:
    people = content_of(report).get("people", ())
    return Line(
        id=report.report_id,
        number=spaced(receipt_number(report.report_id)),
        name=mask_name(people[0]["name"]) if people else "",
        people=report.people,
        building=report.building,
        channel=report.get_channel_display(),
        state=report.get_state_display(),
        tone=_TONES.get(ReportState(report.state), ""),
        received_at=report.received_at,
        unread=unread,
    )


def content_of(report: HouseholdReport) -> dict[str, Any]:
    """What a version holds; nothing when it was withdrawn or its seal does not open."""
    try:
        return report.content
    except (UnreadableSeal, ValueError):
        return {}


def _unread(reports: Sequence[HouseholdReport]) -> Counter[UUID]:
    """How many people of each report the list has no row of, or refused; only of lists that were read to the end."""
    listed = [one for one in reports if one.source_list_id and one.first_row and one.state == ReportState.LISTED]
    rows = ListRow.objects.filter(source_list__in={one.source_list_id for one in listed})
    there: dict[UUID | None, set[int]] = defaultdict(set)
    for list_id, line in rows.exclude(decision=RowDecision.REFUSED).values_list("source_list_id", "sheet_row"):
        there[list_id].add(line)
    missing: Counter[UUID] = Counter()
    for one in listed:
        assert one.first_row is not None
        if there[one.source_list_id]:
            lines = range(one.first_row, one.first_row + one.people)
            missing[one.id] = sum(line not in there[one.source_list_id] for line in lines)
    return missing


def open_report(actor: User, report_id: UUID, *, now: datetime) -> list[HouseholdReport]:
    """Every version of a report, the last first. Raises `NotFound` outside the actor's area; the look is logged."""
    versions = list(HouseholdReport.objects.visible_to(actor).filter(report_id=report_id).order_by("-version"))
    if not versions:
        raise NotFound("self_report")
    note = journal.Note(
        kind=AuditEntry.Kind.LOOK,
        code="self_report.open",
        path=versions[0].path,
        subject_kind="self_report",
        subject_id=report_id,
    )
    journal.write([note], actor_id=actor.id, at=now, now=now)
    return versions


def address_of(poster: Poster, request: HttpRequest) -> str:
    """What the poster's code leads to: by the address residents reach us under, if the site has named one."""
    return outside_address(request, reverse("resident_report", args=[poster.code]))


def poster_pdf(poster: Poster, request: HttpRequest) -> bytes:
    """The poster to print, in Chinese like everything on a wall."""
    address = address_of(poster, request)
    with override("zh-hans"):
        by_company = poster.kind == PosterKind.COMPANY
        content = {
            "area": poster.territory.name,
            "headline": _("Register your company") if by_company else _("Report your household"),
            "lead": _("Scan with the camera or WeChat"),
            "qr": qr_svg(address, border=2),
            "by-hand": _("Or type this code"),
            "code": spaced(poster.code),
            "address": address.removesuffix(f"{poster.code}/"),
            "lines": _steps(by_company=by_company),
            "notice": _("Only to check arrivals and contacts, and to help your household. For nothing else."),
            "until": _("Counts until %(day)s") % {"day": date_format(timezone.localtime(poster.ends_at), "Y-m-d")},
        }
    return press().sheet("poster.typ", content, stamp=poster.made_at).pdf


def _steps(*, by_company: bool) -> list[str]:
    if by_company:
        return [
            _("Name and unified social credit code as on the licence"),
            _("A file with your staff: name, number, telephone, where they live and came from"),
            _("The community looks at it before anything is done with it"),
        ]
    return [
        _("One form for the whole household, three minutes, no account"),
        _("You get a code to correct or withdraw it later"),
        _("No phone? The desk of the community takes it by word or on paper"),
    ]

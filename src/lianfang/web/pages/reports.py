"""The day's papers: state by day, drafts, frozen versions, corrections, files, the communities' own reports."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lianfang.capabilities.reports import actions
from lianfang.capabilities.reports.freezing import ASSEMBLY, draft_of, is_intact, paper_of
from lianfang.capabilities.reports.units import units_of
from lianfang.core.access.models import User
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.metrics.models import Report, ReportKind
from lianfang.core.metrics.paper.chat import chat_text
from lianfang.core.metrics.paper.sections import outline_of
from lianfang.core.metrics.paper.shapes import Paper
from lianfang.core.territory.models import Territory
from lianfang.web.answering import actor_of, by_htmx, command_of, done, page, says_no, uuid_of
from lianfang.web.navigation import NavEntry
from lianfang.web.pages import unit_reports
from lianfang.web.queries import reports
from lianfang.web.queries.areas import area_for, choices_for, day_of, instant_of

FILES = (("pdf", "PDF"), ("xlsx", "Excel"), ("docx", "Word"))


def _day(request: HttpRequest, *, now: datetime) -> date:
    """The day an address asks for, today if it asks for none or for one to come."""
    today, asked = timezone.localdate(now), day_of(request.GET.get("day", ""))
    return min(asked, today) if asked else today


@require_GET
@says_no
def index(request: HttpRequest) -> HttpResponse:
    """The papers of a day and their state, who reported and who did not, and the days before."""
    actor, now = actor_of(request, "metrics.read"), timezone.now()
    area, day, today = area_for(actor, request.GET.get("area", "")), _day(request, now=now), timezone.localdate(now)
    days = [day - timedelta(days=back) for back in range(reports.DAYS_SHOWN)]
    states = reports.states_by_day(actor, area, days=days, today=today)
    units = units_of(area, day=day)
    context = {
        "area": area,
        "choices": choices_for(actor),
        "day": day,
        "today": today,
        "states": states[day],
        "days": [(one, states[one]) for one in days[1:]],
        "units": [(unit, actor.authority.may("reports.submit", path=unit.unit.path)) for unit in units],
        "told": sum(unit.report is not None for unit in units),
        "may_freeze": actor.authority.may("reports.freeze", path=area.path),
    }
    return page(request, "reports/index.html", context)


@require_GET
@says_no
def draft(request: HttpRequest, kind: str) -> HttpResponse:
    """How the paper would look if it were frozen now; nothing is kept."""
    actor, area, paper = _draft(request, kind)
    day = paper.masthead.day
    known = Report.objects.visible_to(actor).filter(kind=kind, path=area.path, day=day)
    frozen = known.order_by("-version").first()
    context = {
        **_paper_context(paper),
        "area": area,
        "kind": kind,
        "cutoff": paper.masthead.cutoff_at.isoformat(),
        "frozen": frozen,
        "may_freeze": actor.authority.may("reports.freeze", path=area.path),
        "chat": chat_text(paper),
    }
    return page(request, "reports/draft.html", context)


def _draft(request: HttpRequest, kind: str) -> tuple[User, Territory, Paper]:
    actor, now = actor_of(request, "metrics.read"), timezone.now()
    if kind not in ASSEMBLY:
        raise Http404(kind)
    area = area_for(actor, request.GET.get("area", ""))
    cutoff_at = reports.cutoff_for(_day(request, now=now), now=now)
    return actor, area, draft_of(kind, area=area, cutoff_at=cutoff_at)


def _paper_context(paper: Paper) -> dict[str, Any]:
    return {"outline": outline_of(paper), "sections": reports.blocks_of(paper), "paper": paper, "forms": FILES}


@require_GET
@says_no
def draft_file(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """The draft as a file; it says of itself that it is a draft."""
    actor, area, paper = _draft(request, kind)
    return _file(actor, paper, form, kind=kind, path=area.path)


@require_GET
@says_no
def brief(request: HttpRequest) -> HttpResponse:
    """The text for a chat group, to be read and copied; a part of a page."""
    actor, area, paper = _draft(request, ReportKind.BULLETIN.value)
    _log_export(actor, form="txt", kind=ReportKind.BULLETIN.value, path=area.path, report=None)
    template = "reports/brief.html" if by_htmx(request) else "reports/brief_page.html"
    return page(request, template, {"chat": chat_text(paper), "area": area})


@require_POST
@says_no
def freeze(request: HttpRequest) -> HttpResponse:
    """Freeze the paper at the instant its preview showed."""
    command = command_of(request)
    cutoff_at = instant_of(request.POST.get("cutoff", ""))
    territory_id = uuid_of(request.POST.get("territory"))
    if cutoff_at is None or territory_id is None:
        raise Http404
    answer = actions.freeze(
        command,
        kind=request.POST.get("kind", ""),
        territory_id=territory_id,
        day=timezone.localdate(cutoff_at),
        cutoff_at=cutoff_at,
    )
    return done(
        request,
        _("Frozen. Check code %(code)s.") % {"code": answer["check_code"]},
        to=reverse("report", args=[answer["report"]]),
    )


@require_GET
@says_no
def frozen(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One frozen report: the paper, its versions, its files, whether it is what was sealed."""
    actor = actor_of(request, "metrics.read")
    report = reports.report_for(actor, report_id)
    paper = paper_of(report)
    versions = reports.versions_of(actor, report)
    context = {
        **_paper_context(paper),
        "report": report,
        "intact": is_intact(report),
        "versions": versions,
        "newest": versions[0].id == report.id,
        "compared": reports.compared_with_yesterday(actor, report, paper),
        "chat": chat_text(paper),
        "may_correct": actor.authority.may("reports.freeze", path=report.path),
    }
    return page(request, "reports/frozen.html", context)


@require_GET
@says_no
def frozen_file(request: HttpRequest, report_id: UUID, form: str) -> HttpResponse:
    """A frozen report as a file: the same bytes every time."""
    actor = actor_of(request, "metrics.read")
    report = reports.report_for(actor, report_id)
    return _file(actor, paper_of(report), form, kind=report.kind, path=report.path, report=report)


@require_POST
@says_no
def correct(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Make the next version, with a reason."""
    answer = actions.correct(command_of(request), report_id=report_id, reason=request.POST.get("reason", ""))
    return done(
        request,
        _("Corrected: version %(version)s.") % {"version": answer["version"]},
        to=reverse("report", args=[answer["report"]]),
    )


def _file(actor: User, paper: Paper, form: str, *, kind: str, path: str, report: Report | None = None) -> HttpResponse:
    if form not in reports.FORMATS:
        raise Http404(form)
    name, content = reports.file_of(paper, form)
    _log_export(actor, form=form, kind=kind, path=path, report=report)
    response = HttpResponse(content, content_type=reports.FORMATS[form])
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def _log_export(actor: User, *, form: str, kind: str, path: str, report: Report | None) -> None:
    now = timezone.now()
    note = journal.Note(
        kind=AuditEntry.Kind.EXPORT,
        code="reports.export",
        path=path,
        subject_kind="report" if report else "",
        subject_id=report.id if report else None,
        facts={"kind": kind, "format": form, "version": report.version if report else 0},
    )
    journal.write([note], actor_id=actor.id, at=now, now=now)


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="command",
        label=gettext_lazy("Reports"),
        url_name="reports",
        icon="file-text",
        order=20,
        permission="metrics.read",
    ),
)

urlpatterns = [
    path("reports/", index, name="reports"),
    path("reports/brief/", brief, name="report_brief"),
    path("reports/freeze/", freeze, name="report_freeze"),
    path("reports/draft/<str:kind>/", draft, name="report_draft"),
    path("reports/draft/<str:kind>/<str:form>/", draft_file, name="report_draft_file"),
    path("reports/unit/<uuid:territory_id>/", unit_reports.form, name="unit_report"),
    path("reports/<uuid:report_id>/", frozen, name="report"),
    path("reports/<uuid:report_id>/correct/", correct, name="report_correct"),
    path("reports/<uuid:report_id>/<str:form>/", frozen_file, name="report_file"),
]

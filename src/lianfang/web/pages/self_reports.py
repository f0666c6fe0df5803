"""Residents' reports at the counter: the day's figures, one report, taking down what is said or on paper, posters."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.capabilities.self_report import posters, rules, submitting, words
from lianfang.capabilities.self_report.codes import own_code, receipt_number
from lianfang.capabilities.self_report.models import HouseholdReport, Poster, PosterKind, ReportState
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound, Refusal
from lianfang.kernel.short_codes import spaced
from lianfang.kernel.uuid7 import uuid7
from lianfang.resident.drafts import draft_from, with_more_or_less
from lianfang.resident.lines import household_lines, people_lines
from lianfang.web.answering import actor_of, command_of, done, page, says_no, uuid_of
from lianfang.web.navigation import NavEntry
from lianfang.web.queries import self_reports
from lianfang.web.queries.areas import day_of
from lianfang.web.queries.places import AreaChoice, areas_of

HANDLE = "self_report.handle"
DAYS = (7, 14, 30, 90)
"""For how long a poster may count."""


@require_GET
@says_no
def day(request: HttpRequest) -> HttpResponse:
    """The reports of a day in the viewer's area; names are masked."""
    actor = actor_of(request, HANDLE)
    chosen = day_of(request.GET.get("day", "")) or timezone.localdate()
    only = request.GET.get("look") == "1"
    context = {
        "day": chosen,
        "figures": self_reports.day_of(actor, chosen),
        "lines": self_reports.lines_of(actor, chosen, only_to_look_at=only, cursor=request.GET.get("after", "")),
        "only": only,
    }
    return page(request, "self_reports/day.html", context)


@require_GET
@says_no
def report(request: HttpRequest, household_report_id: UUID) -> HttpResponse:
    """One report in full; the look is logged."""
    actor, now = actor_of(request, HANDLE), timezone.now()
    versions = self_reports.open_report(actor, household_report_id, now=now)
    latest = versions[0]
    context = {
        "latest": latest,
        "number": spaced(receipt_number(household_report_id)),
        "versions": [(one, _said(one)) for one in versions],
        "may_settle": latest.state in self_reports.TO_LOOK_AT,
        "may_list_again": latest.state == ReportState.CORRECTED,
        "may_correct": bool(latest.content_sealed) and latest.state != ReportState.FAILED,
        "list_id": latest.source_list_id if actor.authority.may("lists.read", path=latest.path) else None,
    }
    return page(request, "self_reports/report.html", context)


def _said(one: HouseholdReport) -> dict[str, Any]:
    """What a version says, in words."""
    said = self_reports.content_of(one)
    return {
        **said,
        "people": [{**person, "relation": words.RELATIONS.get(person["relation"], "")} for person in said["people"]]
        if said
        else [],
        "transport": words.TRANSPORT.get(said.get("transport", ""), "") if said.get("transport") else "",
        "contact": words.CONTACTS.get(said.get("contact", ""), ""),
        "test_result": words.RESULTS.get(said.get("test_result", ""), "") if said.get("test_result") else "",
        "symptoms": [words.SYMPTOMS[code] for code in said.get("symptoms", ())],
        "needs": [words.NEEDS[code] for code in said.get("needs", ())],
    }


@require_POST
@says_no
def settle(request: HttpRequest, household_report_id: UUID) -> HttpResponse:
    """Looked at; a corrected report may be listed again."""
    actor_of(request, HANDLE)
    again = request.POST.get("verb") == "list"
    answer = submitting.settle(command_of(request), report_id=household_report_id, take_up=again)
    said = (
        _("It goes into the next list and joins the open work.") if answer["taken_up"] else _("Written down as seen.")
    )
    return done(request, said, to=reverse("self_reports"))


@require_http_methods(["GET", "POST"])
@says_no
def take_down(request: HttpRequest) -> HttpResponse:
    """What a household says or has on paper."""
    actor = actor_of(request, HANDLE)
    return _form(request, actor)


@require_http_methods(["GET", "POST"])
@says_no
def correct(request: HttpRequest, household_report_id: UUID) -> HttpResponse:
    """A correction at the counter. The form shows the report in full, so the look is logged."""
    actor = actor_of(request, HANDLE)
    versions = self_reports.open_report(actor, household_report_id, now=timezone.now())
    return _form(request, actor, latest=versions[0])


def _form(request: HttpRequest, actor: User, *, latest: HouseholdReport | None = None) -> HttpResponse:
    go, today = request.POST.get("go", ""), timezone.localdate()
    kept = self_reports.content_of(latest) if latest is not None and request.method == "GET" else None
    draft = draft_from(request) if kept is None else rules.draft_from(kept)
    faults: dict[str, str] = {}
    if request.method == "POST" and go == "send":
        faults = rules.faults_of(draft, today=today)
        if not faults:
            return _take(request, latest, rules.plain_of(draft, today=today))
    draft = with_more_or_less(draft, go)
    context = {
        "lines": household_lines(draft, faults),
        "people": people_lines(draft, faults),
        "areas": [] if latest else _areas(actor),
        "area": request.POST.get("territory", ""),
        "latest": latest,
        "version": request.POST.get("version") or (latest.version if latest else ""),
        "form_id": request.POST.get("command_id") or str(uuid7()),
        "wrong": bool(faults),
    }
    return page(request, "self_reports/form.html", context, status=400 if faults else 200)


def _take(request: HttpRequest, latest: HouseholdReport | None, content: dict[str, Any]) -> HttpResponse:
    command = command_of(request)
    if latest is not None:
        version = int(request.POST.get("version", "") or 0) if request.POST.get("version", "").isdigit() else 0
        submitting.correct(command, report_id=latest.report_id, version=version, content=content)
        return done(request, _("Corrected."), to=reverse("self_report", args=[latest.report_id]))
    territory = uuid_of(request.POST.get("territory"))
    if territory is None:
        raise Refusal("self_report.bad_area")
    answer = submitting.take_down(command, territory_id=territory, content=content)
    report_id = UUID(answer["report"])
    said = _("Taken down. Receipt number %(number)s, code to correct it %(code)s: write both down for the household.")
    codes = {"number": spaced(receipt_number(report_id)), "code": spaced(own_code(report_id), group=5)}
    return done(request, said % codes, to=reverse("self_reports"))


def _areas(actor: User) -> list[AreaChoice]:
    """Where the actor takes reports down or hangs posters."""
    return [area for area in areas_of(actor, HANDLE) if len(area.path) >= posters.LEAST_PATH]


@require_GET
@says_no
def poster_list(request: HttpRequest) -> HttpResponse:
    """The posters of the viewer's area, the newest first."""
    actor, now = actor_of(request, HANDLE), timezone.now()
    found = Poster.objects.visible_to(actor).select_related("territory", "made_by").order_by("-made_at")[:100]
    context = {
        "rows": [(one, spaced(one.code), one.is_open(now), self_reports.address_of(one, request)) for one in found],
        "areas": _areas(actor),
        "kinds": PosterKind.choices,
        "days": DAYS,
        "local": request.get_host().split(":")[0] in ("127.0.0.1", "localhost", "[::1]"),
    }
    return page(request, "self_reports/posters.html", context)


@require_POST
@says_no
def issue(request: HttpRequest) -> HttpResponse:
    """Hang a poster; the one that hangs there already is closed."""
    actor_of(request, HANDLE)
    territory = uuid_of(request.POST.get("territory"))
    days = request.POST.get("days", "")
    if territory is None:
        raise Refusal("self_report.bad_area")
    posters.issue_poster(
        command_of(request),
        territory_id=territory,
        kind=request.POST.get("kind", ""),
        days=int(days) if days.isdigit() and len(days) < 4 else 0,
    )
    return done(request, _("The poster is ready to print."), to=reverse("self_report_posters"))


@require_POST
@says_no
def close(request: HttpRequest, poster_id: UUID) -> HttpResponse:
    """Close a poster."""
    actor_of(request, HANDLE)
    posters.close_poster(command_of(request), poster_id=poster_id)
    return done(request, _("The poster is closed."), to=reverse("self_report_posters"))


@require_GET
@says_no
def poster_file(request: HttpRequest, poster_id: UUID) -> HttpResponse:
    """The poster as PDF."""
    actor = actor_of(request, HANDLE)
    poster = Poster.objects.visible_to(actor).select_related("territory").filter(id=poster_id).first()
    if poster is None:
        raise NotFound("poster")
    if poster.closed_at is not None:
        raise PermissionDenied
    name = f"{poster.territory.name}-{poster.get_kind_display()}-{poster.code}.pdf"
    answer = HttpResponse(self_reports.poster_pdf(poster, request), content_type="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return answer


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="front",
        label=gettext_lazy("Residents' reports"),
        url_name="self_reports",
        icon="megaphone",
        order=45,
        permission=HANDLE,
    ),
)

urlpatterns = [
    path("self-reports/", day, name="self_reports"),
    path("self-reports/new/", take_down, name="self_report_new"),
    path("self-reports/posters/", poster_list, name="self_report_posters"),
    path("self-reports/posters/new/", issue, name="self_report_issue"),
    path("self-reports/posters/<uuid:poster_id>/close/", close, name="self_report_close"),
    path("self-reports/posters/<uuid:poster_id>/print/", poster_file, name="self_report_print"),
    path("self-reports/<uuid:household_report_id>/", report, name="self_report"),
    path("self-reports/<uuid:household_report_id>/settle/", settle, name="self_report_settle"),
    path("self-reports/<uuid:household_report_id>/correct/", correct, name="self_report_correct"),
]

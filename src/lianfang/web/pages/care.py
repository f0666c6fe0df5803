"""Care at the desk: the day's numbers, alarms, whom to call, who is sampled at the door, who was not visited."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound, Refusal
from lianfang.core.measures.duties import DutyKind
from lianfang.core.people.looking import log_looks
from lianfang.core.people.models import Household, Person
from lianfang.core.work.actions import complete, log_call
from lianfang.core.work.models import Matter, WorkItem
from lianfang.core.work.outcomes import CallResult
from lianfang.field.care_views import ENDINGS
from lianfang.web.answering import actor_of, by_htmx, command_of, done, page, says_no
from lianfang.web.navigation import NavEntry
from lianfang.web.printing import options
from lianfang.web.queries import care
from lianfang.web.queries.care_sheet import sampling_list
from lianfang.web.queries.places import areas_of

LABELS = {
    "alarms": gettext_lazy("Alarms"),
    "calls": gettext_lazy("To call"),
    "tests": gettext_lazy("Samples at the door"),
    "visits": gettext_lazy("Not visited yet"),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RESULTS = (CallResult.REACHED, CallResult.UNANSWERED, CallResult.SWITCHED_OFF, CallResult.BUSY)


@require_GET
@says_no
def board(request: HttpRequest) -> HttpResponse:
    """Today's care of an area: numbers above, one of four lists below; names masked."""
    actor, now = actor_of(request, "measures.read"), timezone.now()
    tab = request.GET.get("tab", "alarms")
    tab = tab if tab in care.TABS else "alarms"
    area, cursor = _area(request.GET.get("area", "")), request.GET.get("after", "")
    figures = care.figures_of(actor, area, now=now)
    if tab == "alarms":
        lines = care.alarms_page(actor, area, cursor=cursor)
    elif tab == "calls":
        lines = care.calls_page(actor, area, now=now, cursor=cursor)
    else:
        kind = DutyKind.TEST if tab == "tests" else DutyKind.VISIT
        lines = care.duties_page(actor, area, kind=kind.value, now=now, cursor=cursor)
    context = {
        "tab": tab,
        "tabs": _tabs(figures, tab, area),
        "area": area,
        "area_options": options([(one.path, one.label) for one in areas_of(actor, "measures.read")], chosen=area),
        "figures": figures,
        "lines": lines,
        "may_do": actor.authority.may("work.do"),
        "may_open": actor.authority.may("people.open"),
        "may_operate": actor.authority.may("measures.operate"),
        "endings": {matter: [(one.value, one.label) for one in ends] for matter, ends in ENDINGS.items()},
        "now": now,
    }
    return page(request, "care/board.html", context)


def _area(text: str) -> str:
    """An area by its path; what is no path means all areas."""
    return text if text.isalnum() and len(text) <= 48 else ""


def _tabs(figures: care.Figures, current: str, area: str) -> list[dict[str, Any]]:
    counts = {
        "alarms": figures.alarms,
        "calls": figures.to_call,
        "tests": figures.at_the_door,
        "visits": figures.visits_left,
    }
    return [
        {
            "label": label,
            "url": f"?tab={code}" + (f"&area={area}" if area else ""),
            "count": counts[code],
            "current": code == current,
            "bad": code in ("alarms", "calls"),
        }
        for code, label in LABELS.items()
    ]


def _household(actor: User, household_id: UUID) -> Household:
    household = Household.objects.visible_to(actor).select_related("dwelling").filter(id=household_id).first()
    if household is None:
        raise NotFound("household")
    return household


@require_POST
@says_no
def phones(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Telephones of a household that missed a temperature: a look that is logged."""
    actor, now = actor_of(request, "measures.read"), timezone.now()
    household = _household(actor, household_id)
    people = Person.objects.visible_to(actor).current().filter(household=household).prefetch_related("telephones")
    shown = list(people.order_by("created_at", "id")[:20])
    if shown:
        log_looks(actor=actor, people=shown, now=now, why="call")
    numbers: dict[str, list[str]] = {}
    for person in shown:
        for telephone in sorted(person.telephones.all(), key=lambda row: row.rank):
            numbers.setdefault(telephone.number, []).append(person.name)
    items = WorkItem.objects.visible_to(actor).open().filter(household=household, matter=Matter.CARE)
    item = items.filter(for_date=timezone.localdate(now)).first()
    may_log = item is not None and actor.authority.may("work.do", path=item.path)
    context = {
        "numbers": numbers,
        "household": household,
        "item": item if may_log else None,
        "results": [(one.value, one.label) for one in RESULTS],
        "back": f"{reverse('care')}?tab=calls",
    }
    return page(request, "care/phones.html" if by_htmx(request) else "care/phones_page.html", context)


@require_POST
@says_no
def called(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Write a call about a missed temperature down."""
    actor_of(request, "work.do")
    log_call(command_of(request), item_id=item_id, result=request.POST.get("result", ""))
    return done(request, _("The call was written down."))


@require_POST
@says_no
def finish(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Close an alarm with what it was."""
    actor_of(request, "work.do")
    note = request.POST.get("note", "")
    if not note.strip():
        raise Refusal("work.no_reason")
    complete(command_of(request), ids=[item_id], outcome=request.POST.get("outcome", ""), note=note)
    return done(request, _("The alarm is closed."))


@require_POST
@says_no
def tests_file(request: HttpRequest) -> HttpResponse:
    """The sampler's list of today as a workbook, names in full: every look is logged."""
    actor, now = actor_of(request, "people.open"), timezone.now()
    content = sampling_list(actor, _area(request.POST.get("area", "")), now=now)
    name = _("Samples at the door %(day)s.xlsx") % {"day": timezone.localdate(now).isoformat()}
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="front",
        label=gettext_lazy("Care"),
        url_name="care",
        icon="thermometer",
        order=34,
        permission="measures.read",
        section="/care/",
    ),
)

urlpatterns = [
    path("care/", board, name="care"),
    path("care/samples/", tests_file, name="care_tests_file"),
    path("care/households/<uuid:household_id>/phones/", phones, name="care_phones"),
    path("care/work/<uuid:item_id>/called/", called, name="care_called"),
    path("care/work/<uuid:item_id>/finish/", finish, name="care_finish"),
]

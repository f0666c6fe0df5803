"""Errands at the desk: the board by building, requests taken by telephone, batches for runners, their sheet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.capabilities.errands import actions
from lianfang.capabilities.errands.models import ErrandSource, ErrandState
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound, Refusal
from lianfang.field.errand_forms import ErrandForm, people_like, person_for
from lianfang.kernel.masking import mask_name
from lianfang.web.answering import actor_of, by_htmx, command_of, done, page, says_no, uuid_of, way_back
from lianfang.web.navigation import NavEntry
from lianfang.web.pages import care_needs
from lianfang.web.printing import options
from lianfang.web.queries import errand_sheet, errands
from lianfang.web.queries.places import accounts_of, areas_of

SEGMENTS = (
    ("waiting", gettext_lazy("To arrange")),
    ("given", gettext_lazy("With a runner")),
    ("late", gettext_lazy("Late")),
    ("today", gettext_lazy("Over today")),
)
LOAD_WORDS = {"people": gettext_lazy("People"), "goods": gettext_lazy("Goods"), "rubbish": gettext_lazy("Rubbish")}


def _area(request: HttpRequest, actor: User) -> str:
    """The path of the area chosen; empty for none or one the actor does not see."""
    chosen = request.GET.get("area", "")
    return chosen if any(area.path == chosen for area in areas_of(actor, "errands.take")) else ""


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Requests by building and round, those late first."""
    actor, now = actor_of(request, "errands.take"), timezone.now()
    segment, area = request.GET.get("segment", "waiting"), _area(request, actor)
    segment = segment if segment in errands.SEGMENTS else "waiting"
    counts = errands.counts_of(actor, area, now=now)
    areas = [(one.path, one.label) for one in areas_of(actor, "errands.take")]
    context: dict[str, Any] = {
        "segment": segment,
        "tabs": [
            {"code": code, "label": label, "count": counts[code], "current": code == segment}
            for code, label in SEGMENTS
        ],
        "area": area,
        "area_options": options(areas, chosen=area),
        "load_words": LOAD_WORDS,
        "more": counts[segment] > errands.MOST_SHOWN,
        "most": errands.MOST_SHOWN,
    }
    cursor = request.GET.get("after", "")
    if segment == "waiting":
        context["groups"] = errands.waiting_groups(actor, area, now=now)
    elif segment == "given":
        context["groups"] = errands.given_groups(actor, area, now=now)
    else:
        read = errands.late_page if segment == "late" else errands.today_page
        context["lines"] = read(actor, area, now=now, cursor=cursor)
    context["runner_options"] = options(_runners(actor))
    return page(request, "errands/board.html", context)


def _runners(actor: User) -> list[tuple[str, str]]:
    """Accounts errands can be given to: those of runners first."""
    accounts = accounts_of(actor, "errands.take", able="errands.run")
    return [(account.id, f"{account.name} · {account.area}") for account in accounts]


@require_POST
@says_no
def arrange(request: HttpRequest) -> HttpResponse:
    """Give the requests ticked to a runner."""
    actor_of(request, "errands.take")
    ids = [errand_id for text in request.POST.getlist("ids") if (errand_id := uuid_of(text))]
    runner_id = uuid_of(request.POST.get("runner"))
    if runner_id is None:
        raise Refusal("errands.no_runner")
    answer = actions.arrange(command_of(request), errand_ids=ids, runner_id=runner_id)
    said = _("Given out: %(n)s requests in %(batches)s batches.")
    return done(
        request,
        said % {"n": answer["errands"], "batches": len(answer["batches"])},
        to=way_back(request, reverse("errands")),
    )


@require_http_methods(["GET", "POST"])
@says_no
def take_down(request: HttpRequest) -> HttpResponse:
    """A request by telephone: first for whom, then what."""
    actor, now = actor_of(request, "errands.take"), timezone.now()
    if request.method == "POST":
        return _taken_down(request, actor)
    text = request.GET.get("q", "").strip()
    person = person_for(actor, uuid_of(request.GET.get("person")))
    context: dict[str, Any] = {"q": text, "person": person}
    if person is not None:
        context |= {"name": mask_name(person.name), "form": ErrandForm()}
    elif text:
        context["found"] = people_like(actor, text, now=now)
        if by_htmx(request):
            return page(request, "errands/people.html", context)
    return page(request, "errands/new.html", context)


def _taken_down(request: HttpRequest, actor: User) -> HttpResponse:
    person = person_for(actor, uuid_of(request.POST.get("person")))
    if person is None:
        raise NotFound("person")
    form = ErrandForm(request.POST)
    if not form.is_valid():
        context = {"person": person, "name": mask_name(person.name), "form": form}
        return page(request, "errands/new.html", context, status=422)
    answer = actions.ask(command_of(request), person_id=person.id, source=ErrandSource.PHONE, **form.said())
    return done(request, _("Taken down."), to=reverse("errand", args=[answer["errand"]]))


@require_GET
@says_no
def errand(request: HttpRequest, errand_id: UUID) -> HttpResponse:
    """One request: what, for whom, who has it, what came of it."""
    actor, now = actor_of(request, "errands.take"), timezone.now()
    found = errands.errand_for(actor, errand_id)
    if found is None:
        raise NotFound("errand")
    context = {
        "errand": found,
        "line": errands.line_of(found, now=now),
        "may_run": actor.authority.may("errands.run", path=found.path),
        "may_call_off": found.state in (ErrandState.ASKED, ErrandState.BATCHED),
        "runner_options": options(_runners(actor)),
    }
    return page(request, "errands/errand.html", context)


@require_GET
@says_no
def picture(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """The photograph of what was left at the door."""
    found = errands.picture_for(actor_of(request), picture_id)
    content = found.content if found else b""
    if found is None or not content:  # shredded since
        raise NotFound("picture")
    response = HttpResponse(content, content_type=f"image/{found.kind}")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@says_no
def call_off(request: HttpRequest, errand_id: UUID) -> HttpResponse:
    """It is not needed any more."""
    actor_of(request, "errands.take")
    actions.call_off(command_of(request), errand_id=errand_id, reason=request.POST.get("reason", ""))
    return done(request, _("Called off."), to=reverse("errand", args=[errand_id]))


@require_GET
@says_no
def sheet(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The runner's sheet on paper: doors in order, boxes to tick; no telephones, no whole names."""
    actor, now = actor_of(request), timezone.now()
    found = errands.batch_for(actor, batch_id)
    if found is None:
        raise NotFound("batch")
    batch, rows = found
    pdf, name = errand_sheet.pdf_of(batch, rows, now=now, load=str(LOAD_WORDS[batch.load]))
    disposition = content_disposition_header(as_attachment=False, filename=name)
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": disposition or ""})


def _late(user: Any) -> int:
    return errands.counts_of(user, "", now=timezone.now())["late"]


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="front",
        label=gettext_lazy("Errands"),
        url_name="errands",
        icon="shopping-bag",
        order=40,
        permission="errands.take",
    ),
    *care_needs.NAVIGATION,
)

urlpatterns = [
    path("errands/", board, name="errands"),
    path("errands/new/", take_down, name="errand_new"),
    path("errands/arrange/", arrange, name="errands_arrange"),
    path("errands/<uuid:errand_id>/", errand, name="errand"),
    path("errands/pictures/<uuid:picture_id>/", picture, name="errand_picture"),
    path("errands/<uuid:errand_id>/call-off/", call_off, name="errand_call_off"),
    path("errands/batches/<uuid:batch_id>/sheet.pdf", sheet, name="errand_sheet"),
    *care_needs.urlpatterns,
]

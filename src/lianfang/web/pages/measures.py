"""Measures: what waits for approval, for the door, for release; one in full; numbers looked up by telephone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lianfang.capabilities.commitment.standing import signed_for
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.measures import appealing, facts, holding, moving
from lianfang.core.measures.duties import AnswerSource
from lianfang.core.measures.standing import AppealVerdict
from lianfang.web.answering import actor_of, answered_before, command_of, done, page, says_no, uuid_of
from lianfang.web.navigation import NavEntry
from lianfang.web.pages import measure_lines, measures_ruling, measures_zones
from lianfang.web.pages.measure_verbs import carry_out, say
from lianfang.web.pages.work_verbs import place_of
from lianfang.web.printing import options
from lianfang.web.queries import measures
from lianfang.web.queries.measure import sheet_of
from lianfang.web.queries.places import areas_of

TABS = (
    ("approve", gettext_lazy("To approve")),
    ("operate", gettext_lazy("To put into effect")),
    ("running", gettext_lazy("Under measures")),
    ("due", gettext_lazy("Due for release")),
    ("held", gettext_lazy("Held back")),
    ("appeals", gettext_lazy("Appeals")),
    ("moves", gettext_lazy("Being handed over")),
    ("done", gettext_lazy("Lifted")),
)


STEPS = {
    "approve": "measures.approve",
    "operate": "measures.operate",
    "release": "measures.release",
    "hear": "measures.hear",
    "propose": "measures.propose",
}
"""Steps a page offers, by the permission that opens them."""


@require_GET
@says_no
def board(request: HttpRequest) -> HttpResponse:
    """What waits, by whose turn it is; with a telephone at the ear, who is still under measures."""
    actor, now = actor_of(request, "measures.read"), timezone.now()
    segment = request.GET.get("segment", "") or _first(actor)
    if segment not in measures.SEGMENTS:
        raise NotFound("segment")
    text, area = request.GET.get("text", "").strip(), request.GET.get("area", "")
    context: dict[str, Any] = {
        "segment": segment,
        "tabs": _tabs(actor, segment, now=now),
        "text": text,
        "found": measures.look_up(actor, text, now=now) if text else None,
        "may": {
            name: actor.authority.may(f"measures.{name}")
            for name in ("approve", "operate", "release", "hear", "propose")
        },
        "area": area,
        "area_options": options(((one.path, one.label) for one in areas_of(actor, "measures.read")), chosen=area),
    }
    return page(request, "measures/board.html", context | _content(request, actor, segment, area))


def _first(actor: User) -> str:
    """The tab somebody of this role works from."""
    may = actor.authority.may
    return "approve" if may("measures.approve") else "due" if may("measures.release") else "running"


def _content(request: HttpRequest, actor: User, segment: str, area: str) -> dict[str, Any]:
    now = timezone.now()
    if segment == "held":
        batches = [(batch, measures.of_batch(actor, batch.id, now=now)) for batch in measures.held_of(actor)[:10]]
        return {"batches": batches}
    if segment == "appeals":
        return {"appeals": measures.appeals_of(actor), "verdicts": AppealVerdict.choices, "now": now}
    if segment == "moves":
        return {"moves": measures.moves_of(actor)}
    lines = measures.lines_of(actor, segment, now=now, area=area, cursor=request.GET.get("after", ""))
    return {"lines": lines, "rows": measure_lines.rows(lines.rows, segment=segment, choosable=True)}


def _tabs(actor: User, current: str, *, now: Any) -> list[dict[str, Any]]:
    counts = measures.counts_of(actor, now=now)
    return [
        {"label": label, "url": f"?segment={code}", "count": counts.get(code) or "", "current": code == current,
         "bad": code in ("held", "appeals")}
        for code, label in TABS
    ]  # fmt: skip


@require_POST
@says_no
def bulk(request: HttpRequest) -> HttpResponse:
    """One step on the lines ticked."""
    command = command_of(request)
    verb, fields = request.POST.get("verb", ""), request.POST.dict()
    ids = [one for one in map(uuid_of, request.POST.getlist("ids")) if one is not None]
    answer = answered_before(command) or carry_out(verb, command, ids, fields)
    return say(request, verb, answer)


@require_GET
@says_no
def measure(request: HttpRequest, measure_id: UUID) -> HttpResponse:
    """One measure: why, by whom, until when, day by day."""
    actor, now = actor_of(request, "measures.read"), timezone.now()
    sheet = sheet_of(actor, measure_id, now=now)
    may = actor.authority.may
    here = sheet.measure.path
    context = {
        "sheet": sheet,
        "measure": sheet.measure,
        "now": now,
        "may": {step: may(permission, path=here) for step, permission in STEPS.items()},
        "reasons": measures_ruling.in_words(sheet.reasons),
        "signed": signed_for([sheet.measure]).get(sheet.measure.id),
        "may_admit": may("resident.admit", path=here),
    }
    return page(request, "measures/measure.html", context)


@require_POST
@says_no
def appeal(request: HttpRequest, measure_id: UUID) -> HttpResponse:
    """Take an appeal down at the counter or the telephone."""
    answer = appealing.appeal(
        command_of(request), measure_id=measure_id, said=request.POST.get("said", ""), source=AnswerSource.STAFF.value
    )
    return done(request, _("The appeal was taken down. It is decided by %(time)s.") % {"time": answer["due_at"][:16]})


@require_POST
@says_no
def decide(request: HttpRequest, appeal_id: UUID) -> HttpResponse:
    """Decide an appeal."""
    verdict, reason = request.POST.get("verdict", ""), request.POST.get("reason", "")
    appealing.decide_appeal(command_of(request), appeal_id=appeal_id, verdict=verdict, reason=reason)
    return done(request, _("Decided."))


@require_POST
@says_no
def decide_held(request: HttpRequest, held_id: UUID) -> HttpResponse:
    """Let a held batch pass or throw it out."""
    passed = request.POST.get("passed") == "1"
    holding.decide_held(command_of(request), batch_id=held_id, passed=passed, reason=request.POST.get("reason", ""))
    return done(request, _("It may be approved now.") if passed else _("Thrown out: its proposals are declined."))


@require_POST
@says_no
def hand_over(request: HttpRequest, measure_id: UUID) -> HttpResponse:
    """Send a measure along with somebody who moves."""
    actor_of(request, "measures.operate")
    command = command_of(request)
    territory_id, dwelling_id = place_of(command.actor, request.POST.get("place", ""))
    moving.hand_over(
        command,
        measure_id=measure_id,
        territory_id=territory_id,
        dwelling_id=dwelling_id,
        reason=request.POST.get("reason", ""),
    )
    return done(request, _("Handed over. It counts here until the other side has received it."))


@require_POST
@says_no
def receive(request: HttpRequest, hand_over_id: UUID) -> HttpResponse:
    """Take a handed-over measure on."""
    moving.receive(command_of(request), hand_over_id=hand_over_id)
    return done(request, _("Received: its duties lie here from now on."))


@require_POST
@says_no
def withdraw_fact(request: HttpRequest, fact_id: UUID) -> HttpResponse:
    """A fact was wrong; what rests on it is lifted."""
    answer = facts.withdraw_fact(command_of(request), fact_id=fact_id, reason=request.POST.get("reason", ""))
    return done(request, _("Withdrawn; measures lifted: %(n)s.") % {"n": len(answer["lifted"])})


def _waiting(user: Any) -> int:
    """Proposals that wait, for those who approve; a figure for everybody would cost each of their pages queries."""
    return measures.proposals_of(user, now=timezone.now()) if user.authority.may("measures.approve") else 0


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="front",
        label=gettext_lazy("Measures"),
        url_name="measures",
        icon="shield",
        order=34,
        permission="measures.read",
        count=_waiting,
        tone="bad",
    ),
)

urlpatterns = [
    path("measures/", board, name="measures"),
    path("measures/bulk/", bulk, name="measures_bulk"),
    path("measures/propose/", measures_ruling.propose, name="measures_propose"),
    path("measures/zones/", measures_zones.zones, name="measures_zones"),
    path("measures/zones/<uuid:listed_id>/delist/", measures_zones.delist, name="measures_zone_delist"),
    path("measures/<uuid:measure_id>/", measure, name="measure"),
    path("measures/<uuid:measure_id>/appeal/", appeal, name="measure_appeal"),
    path("measures/<uuid:measure_id>/hand-over/", hand_over, name="measure_hand_over"),
    path("measures/appeals/<uuid:appeal_id>/", decide, name="appeal_decide"),
    path("measures/held/<uuid:held_id>/", decide_held, name="held_decide"),
    path("measures/hand-overs/<uuid:hand_over_id>/receive/", receive, name="hand_over_receive"),
    path("measures/facts/<uuid:fact_id>/withdraw/", withdraw_fact, name="fact_withdraw"),
    path("people/<uuid:person_id>/fact/", measures_ruling.record_fact, name="person_fact"),
]

"""Zones for pages: the list, and the board of one with every count that opens into rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.zone.contracts import ZoneHelper
from lianfang.capabilities.zone.finding import areas_of, course_of, rounds_of
from lianfang.capabilities.zone.models import ScreeningRound, Zone, inside
from lianfang.capabilities.zone.passes import HouseholdPass, PassUse
from lianfang.capabilities.zone.rules import (
    GradeRules,
    Staff,
    clear_days_so_far,
    is_milder,
    last_clear_date,
    missing,
    next_round,
    staff_needed,
)
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import CareNeed, Household, Person
from lianfang.core.territory.models import Territory
from lianfang.web.queries.zone_rules import GRADE_WORDS, edition_words

Text = str | Promise

LIFTED_SHOWN = 20
"""Lifted zones on the list, the newest (house choice)."""

CONDUCT_WORDS: Mapping[str, Text] = {
    "stay_in_dwelling": _(
        "Stay in the dwelling; what is needed is brought to the door. Out only for urgent care, with the community's "
        "consent, someone to accompany and a vehicle."
    ),
    "stay_in_area": _("Stay inside the area; supplies are collected at set hours without meeting others."),
    "personal_protection": _("Protect yourself and avoid gatherings."),
}

GAP_WORDS: Mapping[str, Text] = {
    "days_without_case": _("Days without a new case: not before the end of %(day)s."),
    "screening_missing": _("Screening of everybody on or after %(day)s is missing."),
    "screening_incomplete": _("The screening of %(day)s did not reach everybody."),
    "screening_without_result": _("Results of the screening of %(day)s are awaited."),
    "screening_positive": _("The screening of %(day)s found someone positive."),
}


def zone_for(actor: User, zone_id: UUID) -> Zone:
    """The zone if the viewer may see it. Raises `NotFound`."""
    found = (
        Zone.objects.visible_to(actor)
        .select_related("proposed_by", "approved_by", "lifted_by")
        .filter(id=zone_id)
        .first()
    )
    if found is None:
        raise NotFound("zone")
    return found


@dataclass(frozen=True, slots=True)
class ZoneLine:
    """A zone in the list."""

    zone: Zone
    places: str
    state: str
    overdue: bool


def zones_of(actor: User, *, now: datetime) -> tuple[list[ZoneLine], list[ZoneLine], list[ZoneLine]]:
    """Zones waiting for an order, in force, and lifted (the newest); four queries."""
    seen = Zone.objects.visible_to(actor).select_related("proposed_by", "approved_by")
    running = list(seen.filter(lifted_at=None).order_by("-starts_at", "id").prefetch_related("areas__territory"))
    lifted = seen.exclude(lifted_at=None).order_by("-lifted_at", "id").prefetch_related("areas__territory")
    lines = [_line(zone, now) for zone in running]
    waiting = [line for line in lines if line.state == "proposed"]
    in_force = [line for line in lines if line.state != "proposed"]
    return waiting, in_force, [_line(zone, now) for zone in lifted[:LIFTED_SHOWN]]


def _line(zone: Zone, now: datetime) -> ZoneLine:
    places = "、".join(sorted(area.territory.name for area in zone.areas.all()))
    return ZoneLine(zone, places, state_of(zone, now=now), zone.lifted_at is None and zone.ends_at < now)


def state_of(zone: Zone, *, now: datetime) -> str:
    """proposed, coming, in_force, lifted or declined."""
    if zone.lifted_at is not None:
        return "lifted" if zone.approved_at else "declined"
    if zone.approved_at is None:
        return "proposed"
    return "in_force" if zone.starts_at <= now else "coming"


# ---------------------------------------------------------------- the board


@dataclass(frozen=True, slots=True)
class Count:
    """A figure of the board: what it counts (`what` is the address of its rows), and its value."""

    what: str
    label: Text
    value: int
    unit: Text
    icon: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A milder grade the zone may come down to."""

    grade: str
    label: Text


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the page of a zone shows beside the zone itself."""

    areas: list[Territory]
    rules: GradeRules
    grade: str
    edition: str
    conduct: Text
    counts: list[Count]
    clear_days: int
    last_clear: date
    gaps: list[str]
    next_round: date | None
    round_is_late: bool
    rounds: list[ScreeningRound]
    changes: list[Any]
    staff: tuple[Staff, ...]
    helpers: int
    steps: list[Step]
    ends_too_early: bool
    whole: bool


def board_of(actor: User, zone: Zone, *, now: datetime) -> Board:
    """The board of a zone as far as the viewer's area reaches; about a dozen queries."""
    areas, today, rules = areas_of(zone), timezone.localdate(now), zone.rules
    course, rounds = course_of(zone), rounds_of(zone)
    residents = people_in(actor, areas).count()
    following = next_round(rules, course, rounds=rounds) if zone.lifted_at is None else None
    last = last_clear_date(rules, course)
    return Board(
        areas=areas,
        rules=rules,
        grade=zone.grade,
        edition=edition_words(zone.edition),
        conduct=CONDUCT_WORDS[rules.conduct],
        counts=_counts(actor, zone, areas, residents=residents, now=now),
        clear_days=clear_days_so_far(course, today=today),
        last_clear=last,
        gaps=[gap_words(gap.code, gap.day) for gap in missing(rules, course, rounds=rounds, today=today)],
        next_round=following,
        round_is_late=following is not None and following < today,
        rounds=list(zone.rounds.select_related("recorded_by").order_by("-done_date")),
        changes=list(zone.changes.select_related("changed_by").order_by("-changed_at")),
        staff=staff_needed(rules, residents=residents),
        helpers=ZoneHelper.objects.filter(zone=zone, left_at=None).count(),
        steps=_steps(zone),
        ends_too_early=timezone.localdate(zone.ends_at) <= last,
        whole=actor.authority.may("people.read", path=zone.path),
    )


def gap_words(code: str, day: date) -> str:
    """What is missing, in a sentence."""
    return str(GAP_WORDS[code]) % {"day": day.isoformat()}


def _steps(zone: Zone) -> list[Step]:
    now = zone.rules.grade
    return [Step(code, GRADE_WORDS[code]) for code in zone.zone_rules.grades if is_milder(code, now)]


def _counts(actor: User, zone: Zone, areas: list[Territory], *, residents: int, now: datetime) -> list[Count]:
    outside = PassUse.objects.visible_to(actor).filter(given__zone=zone).outside()
    late = outside.overdue(now).count()
    passes = HouseholdPass.objects.visible_to(actor).filter(zone=zone, revoked_at=None).count()
    persons, homes = _("persons"), _("households")
    return [
        Count("people", _("People inside"), residents, persons, "users"),
        Count("households", _("Households inside"), homes_in(actor, areas).count(), homes, "house"),
        Count(
            "measures", _("Of them under measures"), measures_in(actor, zone, areas, now=now).count(), persons, "shield"
        ),
        Count("needs", _("Special needs inside"), needs_in(actor, areas, now=now).count(), persons, "heart-pulse"),
        Count("passes", _("Passes given"), passes, _("passes"), "ticket"),
        Count("outside", _("Out now"), outside.count(), persons, "log-out", "bad" if late else ""),
    ]


def people_in(actor: User, areas: Sequence[Territory]) -> QuerySet[Person]:
    """People who live inside, as far as the viewer sees."""
    return Person.objects.visible_to(actor).current().filter(inside(list(areas)))


def homes_in(actor: User, areas: Sequence[Territory]) -> QuerySet[Household]:
    """Households with people inside."""
    homes = people_in(actor, areas).filter(dwelling__isnull=False).values("household")
    return Household.objects.visible_to(actor).filter(id__in=homes)


def measures_in(actor: User, zone: Zone, areas: Sequence[Territory], *, now: datetime) -> QuerySet[ControlMeasure]:
    """Measures in force on people inside; those of a drill only in a zone of a drill."""
    found = ControlMeasure.objects.visible_to(actor).in_force(now).filter(inside(list(areas), compound="compound_id"))
    return found if zone.drill else found.filter(drill=False)


def needs_in(actor: User, areas: Sequence[Territory], *, now: datetime) -> QuerySet[CareNeed]:
    """Special needs in force of people inside."""
    today = timezone.localdate(now)
    needs = CareNeed.objects.filter(person__in=people_in(actor, areas), starts_date__lte=today)
    return needs.filter(Q(ends_date=None) | Q(ends_date__gt=today))

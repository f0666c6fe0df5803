"""The orders on a place: proposed by one person, ordered by another, coming down by what its edition asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.zone.finding import common_path, gaps_of, new_code, overlapping, running, zone_for
from lianfang.capabilities.zone.models import ScreeningRound, Zone, ZoneArea, ZoneChange, ZoneKind
from lianfang.capabilities.zone.passes import HouseholdPass
from lianfang.capabilities.zone.rules import BadTerms, ZoneRules, is_milder, rules_from
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.measures.models import ZoneLevel
from lianfang.core.metrics.mode import is_drill
from lianfang.core.territory.models import STEP, Level, Territory
from lianfang.kernel.uuid7 import uuid7

BAD_TERMS = refusal("zone.bad_terms", _("This edition has no readable rules for areas. Choose another edition."))
UNKNOWN_GRADE = refusal("zone.unknown_grade", _("The edition of this zone knows no such kind or level of area."))
NO_PLACE = refusal("zone.no_place", _("Choose the places the zone covers: a compound, a building, an entrance."))
TOO_WIDE = refusal("zone.too_wide", _("A zone covers at most a community; a wider area is an order of its own."))
NO_BASIS = refusal("zone.no_basis", _("Say why, on what legal basis, and where people can appeal."))
BAD_PERIOD = refusal("zone.bad_period", _("The expected end lies after the beginning, at most %(days)s days later."))
FUTURE_CASE = refusal("zone.future_case", _("The day of the last case lies in the future."))
OVERLAP = refusal("zone.overlap", _("“%(name)s” already covers one of these places. Lift it first, or change it."))
SAME_PERSON = refusal("zone.same_person", _("Whoever proposed a zone cannot order it. Ask someone else of command."))
NO_ORDER = refusal("zone.no_order", _("Enter the number of the order."))
DECIDED = refusal("zone.decided", _("This has been decided already. Reload the page."))
NOT_MILDER = refusal("zone.not_milder", _("A zone only comes down here. To restrict more, propose a new one."))
NO_REASON = refusal("zone.no_reason", _("Give a reason; it is kept with the order."))
EARLIER_CASE = refusal("zone.earlier_case", _("A later case is known already."))
BAD_ROUND = refusal(
    "zone.bad_round", _("Nobody is sampled who was not due, and results are of people sampled. Correct the figures.")
)
BAD_DAY = refusal("zone.bad_day", _("The day lies before the zone began, or in the future."))

LONGEST_DAYS = 28
"""An expected end lies at most this far away (house choice, as long as the longest measure on a person)."""

_WIDEST = (Level.COMMUNITY, Level.GRID, Level.COMPOUND, Level.BUILDING, Level.ENTRANCE)


@action("zone.propose")
def propose(
    command: Command,
    *,
    name: str,
    territory_ids: Sequence[UUID],
    basis: str,
    legal_basis: str,
    appeal_to: str,
    terms: Mapping[str, Any],
    last_case_date: date,
    starts_at: datetime,
    ends_at: datetime,
    kind: str = "",
    level: str = "",
) -> Answer:
    """Propose a zone over these places. `terms` are the rules of its edition, which it keeps."""
    command.require_somewhere("zone.propose")
    areas = _places(command, territory_ids)
    if not (name.strip() and basis.strip() and legal_basis.strip() and appeal_to.strip()):
        raise Refusal("zone.no_basis")
    rules = _rules(terms)
    _known_grade(rules, kind, level)
    if last_case_date > timezone.localdate(command.now):
        raise Refusal("zone.future_case")
    if not timedelta(0) < ends_at - starts_at <= timedelta(days=LONGEST_DAYS):
        raise Refusal("zone.bad_period", days=LONGEST_DAYS)
    zone = Zone.objects.create(
        id=uuid7(),
        name=name.strip(),
        path=common_path([one.path for one in areas], step=STEP),
        kind=kind,
        level=level,
        basis=basis.strip(),
        legal_basis=legal_basis.strip(),
        appeal_to=appeal_to.strip(),
        edition=rules.edition,
        terms=rules.as_terms(),
        last_case_date=last_case_date,
        drill=is_drill(areas[0].path, at=command.now),
        public_code=new_code(10),
        starts_at=starts_at,
        ends_at=ends_at,
        proposed_by=command.actor,
        proposed_at=command.now,
    )
    ZoneArea.objects.bulk_create(ZoneArea(id=uuid7(), zone=zone, territory=one, path=one.path) for one in areas)
    _note(command, "zone.propose", zone, places=len(areas))
    return {"zone": str(zone.id)}


def _places(command: Command, territory_ids: Sequence[UUID]) -> list[Territory]:
    found = list(Territory.objects.filter(id__in=list(territory_ids)).order_by("path"))
    if not found:
        raise Refusal("zone.no_place")
    if len(found) != len(set(territory_ids)):
        raise NotFound("territory")
    for one in found:
        command.require("zone.propose", path=one.path)
    if any(one.level not in _WIDEST for one in found):
        raise Refusal("zone.too_wide")
    already = overlapping(found, at=command.now).first()
    if already is not None:
        raise Refusal("zone.overlap", name=already.name)
    return found


def _rules(terms: Mapping[str, Any]) -> ZoneRules:
    try:
        return rules_from(terms)
    except BadTerms as why:
        raise Refusal("zone.bad_terms") from why


def _known_grade(rules: ZoneRules, kind: str, level: str) -> str:
    known = (not kind or kind in ZoneKind.values) and (not level or level in ZoneLevel.values)
    found = rules.of(kind=kind, level=level) if known else None
    if found is None:
        raise Refusal("zone.unknown_grade")
    return found.grade


@action("zone.approve")
def approve(command: Command, *, zone_id: UUID, order_no: str) -> Answer:
    """Order a proposed zone under a number. It begins at the hour proposed, never before the order."""
    zone = zone_for(command, "zone.approve", zone_id=zone_id)
    if zone.approved_at is not None or zone.lifted_at is not None:
        raise Refusal("zone.decided")
    if zone.proposed_by_id == command.actor.id:
        raise Refusal("zone.same_person")
    if not order_no.strip():
        raise Refusal("zone.no_order")
    zone.starts_at = max(zone.starts_at, command.now)
    if zone.ends_at <= zone.starts_at:
        raise Refusal("zone.bad_period", days=LONGEST_DAYS)
    zone.order_no, zone.approved_by, zone.approved_at = order_no.strip(), command.actor, command.now
    zone.save(update_fields=["order_no", "approved_by", "approved_at", "starts_at"])
    _note(command, "zone.approve", zone, order=zone.order_no)
    return {"zone": str(zone.id), "order_no": zone.order_no}


@action("zone.change_level")
def change_level(
    command: Command, *, zone_id: UUID, order_no: str, reason: str, kind: str = "", level: str = ""
) -> Answer:
    """Let a zone come down to a milder kind or level. What its edition still asked for is kept with the change."""
    zone = running(zone_for(command, "zone.approve", zone_id=zone_id), at=command.now)
    grade = _known_grade(zone.zone_rules, kind, level)
    if not is_milder(grade, zone.rules.grade):
        raise Refusal("zone.not_milder")
    change = _change(command, zone, order_no=order_no, reason=reason)
    change.kind, change.level, change.missing = kind, level, [gap.code for gap in gaps_of(zone, at=command.now)]
    change.save()
    zone.kind, zone.level, zone.lowered_date = kind, level, timezone.localdate(command.now)
    zone.save(update_fields=["kind", "level", "lowered_date"])
    _note(command, "zone.change_level", zone, order=change.order_no, grade=grade, missing=change.missing)
    return {"zone": str(zone.id), "missing": change.missing}


@action("zone.prolong")
def prolong(command: Command, *, zone_id: UUID, ends_at: datetime, order_no: str, reason: str) -> Answer:
    """Move the expected end of a zone, later or earlier, by an order with a reason; its passes end with it."""
    zone = running(zone_for(command, "zone.approve", zone_id=zone_id), at=command.now)
    if not timedelta(0) < ends_at - command.now <= timedelta(days=LONGEST_DAYS):
        raise Refusal("zone.bad_period", days=LONGEST_DAYS)
    change = _change(command, zone, order_no=order_no, reason=reason)
    change.ends_at = ends_at
    change.save()
    zone.ends_at = ends_at
    zone.save(update_fields=["ends_at"])
    HouseholdPass.objects.filter(zone=zone, revoked_at=None).update(ends_at=ends_at)
    _note(command, "zone.prolong", zone, order=change.order_no)
    return {"zone": str(zone.id)}


def _change(command: Command, zone: Zone, *, order_no: str, reason: str) -> ZoneChange:
    """A change of the zone, not saved. Raises `Refusal` without an order number and a reason."""
    if not order_no.strip():
        raise Refusal("zone.no_order")
    if not reason.strip():
        raise Refusal("zone.no_reason")
    return ZoneChange(
        id=uuid7(),
        zone=zone,
        kind_before=zone.kind,
        level_before=zone.level,
        kind=zone.kind,
        level=zone.level,
        ends_at=zone.ends_at,
        order_no=order_no.strip(),
        reason=reason.strip(),
        changed_by=command.actor,
        changed_at=command.now,
    )


@action("zone.lift")
def lift(command: Command, *, zone_id: UUID, reason: str) -> Answer:
    """Lift a zone, or turn a proposal down. What its edition still asked for is written into the log."""
    zone = zone_for(command, "zone.approve", zone_id=zone_id)
    if zone.lifted_at is not None:
        raise Refusal("zone.decided")
    if not reason.strip():
        raise Refusal("zone.no_reason")
    gaps = [gap.code for gap in gaps_of(zone, at=command.now)] if zone.approved_at else []
    zone.lifted_by, zone.lifted_at, zone.lift_reason = command.actor, command.now, reason.strip()
    zone.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    _note(command, "zone.lift", zone, missing=gaps)
    return {"zone": str(zone.id), "missing": gaps}


@action("zone.note_case")
def note_case(command: Command, *, zone_id: UUID, case_date: date, source: str) -> Answer:
    """A new case in the zone: the days without a case begin again. The end of the order moves only by an order."""
    zone = running(zone_for(command, "zone.propose", zone_id=zone_id), at=command.now)
    if case_date > timezone.localdate(command.now):
        raise Refusal("zone.future_case")
    if case_date <= zone.last_case_date:
        raise Refusal("zone.earlier_case")
    if not source.strip():
        raise Refusal("zone.no_reason")
    before, zone.last_case_date = zone.last_case_date, case_date
    zone.save(update_fields=["last_case_date"])
    _note(command, "zone.note_case", zone, before=before.isoformat(), day=case_date.isoformat(), source=source.strip())
    return {"zone": str(zone.id)}


@action("zone.note_screening")
def note_screening(
    command: Command,
    *,
    zone_id: UUID,
    done_date: date,
    due: int,
    sampled: int,
    positives: int,
    pending: int,
    source: str,
) -> Answer:
    """Write down a screening of the zone; the same day again corrects it (results come in later)."""
    zone = running(zone_for(command, "zone.propose", zone_id=zone_id), at=command.now)
    if not timezone.localdate(zone.starts_at) <= done_date <= timezone.localdate(command.now):
        raise Refusal("zone.bad_day")
    if min(due, sampled, positives, pending) < 0 or sampled > due or positives + pending > sampled:
        raise Refusal("zone.bad_round")
    if not source.strip():
        raise Refusal("zone.no_reason")
    figures = {"due": due, "sampled": sampled, "positives": positives, "pending": pending}
    written = {**figures, "source": source.strip(), "recorded_by": command.actor, "recorded_at": command.now}
    ScreeningRound.objects.update_or_create(zone=zone, done_date=done_date, defaults=written)
    _note(command, "zone.note_screening", zone, day=done_date.isoformat(), **figures)
    return {"zone": str(zone.id)}


def _note(command: Command, code: str, zone: Zone, **facts: object) -> None:
    command.note(code, path=zone.path, subject_kind="zone", subject_id=zone.id, facts=dict(facts))

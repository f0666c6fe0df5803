"""All restrictions seen from outside, by somebody independent: figures and patterns, nobody's name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Q
from django.db.models.functions import TruncHour

from lianfang.core.access.models import User
from lianfang.core.measures.models import STRICT, ControlMeasure, ControlMeasureQuerySet, EpidemiologicalFact, FactKind
from lianfang.core.measures.rules import HELD_FROM
from lianfang.core.measures.standing import Appeal, HeldBatch

DAYS = 30
"""How far back the page looks."""
MOST = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """Something an auditor should look into: what, how many, and whether any is too many."""

    label_code: str
    count: int
    bad: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """The page: findings, what measures rest on, hands and hours, held batches, appeals."""

    findings: tuple[Finding, ...]
    bases: tuple[tuple[str, int], ...]
    hands: tuple[dict[str, Any], ...]
    hours: tuple[dict[str, Any], ...]
    held: tuple[HeldBatch, ...]
    appeals: dict[str, int]


def audit_of(actor: User, *, now: datetime) -> Audit:
    """What was done in the actor's areas in the last `DAYS` days. A handful of queries, whatever the numbers."""
    scopes = actor.authority.scopes("measures.audit")
    since = now - timedelta(days=DAYS)
    measures = ControlMeasure.objects.in_scopes(scopes).filter(proposed_at__gte=since)
    held = HeldBatch.objects.in_scopes(scopes).filter(proposed_at__gte=since)
    appeals = Appeal.objects.in_scopes(scopes).filter(received_at__gte=since)
    return Audit(
        findings=tuple(_findings(measures, appeals, held, scopes, now)),
        bases=tuple(_bases(measures)),
        hands=tuple(_hands(measures)),
        hours=tuple(_hours(measures)),
        held=tuple(held.select_related("proposed_by", "decided_by").order_by("-proposed_at")[:MOST]),
        appeals=dict(appeals.values_list("verdict").annotate(count=Count("id")).order_by()),
    )


def _findings(
    measures: ControlMeasureQuerySet, appeals: Any, held: Any, scopes: tuple[str, ...], now: datetime
) -> Iterable[Finding]:
    ungrounded = measures.filter(approved_at__isnull=False, regime__in=STRICT).exclude(
        Q(basis__kind__in=(FactKind.POSITIVE_TEST, FactKind.CONTACT_RULING, FactKind.SECONDARY_CONTACT))
        | Q(basis__kind=FactKind.RISK_ZONE_STAY, basis__zone__isnull=False)
        | Q(basis__kind__in=(FactKind.INBOUND, FactKind.CLOSED_LOOP, FactKind.DISCHARGED, FactKind.CO_RESIDENCE))
    )
    yield Finding("ungrounded", ungrounded.count(), bad=True)
    overdue = ControlMeasure.objects.in_scopes(scopes).unlifted().filter(ends_at__lte=now - timedelta(days=1))
    yield Finding("not_lifted", overdue.count(), bad=True)
    yield Finding("appeals_late", appeals.filter(decided_at=None, due_at__lt=now).count(), bad=True)
    yield Finding("held_waiting", held.filter(decided_at=None).count(), bad=True)
    withdrawn = EpidemiologicalFact.objects.filter(measures__in=measures, withdrawn_at__isnull=False).distinct()
    yield Finding("withdrawn", withdrawn.count(), bad=False)
    late_hand = measures.filter(regime__in=STRICT, approved_at__isnull=False, operated_at=None, ends_at__lte=now)
    yield Finding("never_handed", late_hand.count(), bad=True)


def _bases(measures: ControlMeasureQuerySet) -> Iterable[tuple[str, int]]:
    """What approved measures rest on, the commonest first."""
    approved = measures.filter(approved_at__isnull=False).values_list("basis__kind").annotate(count=Count("id"))
    for kind, count in approved.order_by("-count"):
        yield str(FactKind(kind).label), count


def _hands(measures: ControlMeasureQuerySet) -> Iterable[dict[str, Any]]:
    """Who approved how many strict measures, and how many of them fell to an appeal or a withdrawn fact."""
    strict = measures.filter(approved_at__isnull=False, regime__in=STRICT)
    rows = strict.values("approved_by__display_name").annotate(
        count=Count("id", distinct=True),
        last=Max("approved_at"),
        fell=Count("id", filter=Q(appeals__verdict="upheld") | Q(basis__withdrawn_at__isnull=False), distinct=True),
    )
    return rows.order_by("-count")[:MOST]


def _hours(measures: ControlMeasureQuerySet) -> Iterable[dict[str, Any]]:
    """Hours in which one hand locked in more people than the limit of a batch: each must have a batch let pass."""
    strict = measures.filter(approved_at__isnull=False, regime__in=STRICT).annotate(hour=TruncHour("approved_at"))
    rows = strict.values("hour", "approved_by__display_name").annotate(
        count=Count("person", distinct=True), passed=Count("id", filter=Q(batch_id__isnull=False))
    )
    return rows.filter(count__gt=HELD_FROM).order_by(F("hour").desc())[:MOST]

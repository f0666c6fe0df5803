"""What breaks each promise of zones, passes, contracts and the switch; merged into the stories of test_invariants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from lianfang.capabilities.plans.models import RetentionClock
from lianfang.capabilities.zone.contracts import DoorContract, ZoneHelper
from lianfang.capabilities.zone.models import ScreeningRound, Zone, ZoneArea, ZoneChange
from lianfang.capabilities.zone.passes import HouseholdPass, PassUse
from lianfang.core.metrics.models import Activation


def zone(w: Any, **changes: Any) -> Zone:
    fields: dict[str, Any] = {
        "name": "1幢",
        "path": w.area.path,
        "kind": "lockdown",
        "basis": "3月5日发现1例",
        "legal_basis": "传染病防治法第四十三条",
        "appeal_to": "县疫情防控办",
        "edition": "8th",
        "terms": {},
        "last_case_date": w.now.date(),
        "public_code": "A",
        "starts_at": w.now,
        "ends_at": w.now + timedelta(days=14),
        "proposed_by": w.desk,
        "proposed_at": w.now,
    }
    return Zone.objects.create(**fields | changes)


def change(w: Any, **changes: Any) -> ZoneChange:
    fields: dict[str, Any] = {
        "zone": zone(w),
        "kind": "restricted",
        "order_no": "1",
        "reason": "降级",
        "ends_at": w.now,
    }
    return ZoneChange.objects.create(**fields | {"changed_by": w.desk, "changed_at": w.now} | changes)


def screening(w: Any, **changes: Any) -> ScreeningRound:
    fields: dict[str, Any] = {
        "zone": changes.get("zone") or zone(w),
        "done_date": w.now.date(),
        "due": 10,
        "sampled": 9,
        "source": "采样点",
    }
    return ScreeningRound.objects.create(**fields | {"recorded_by": w.desk, "recorded_at": w.now} | changes)


def helper(w: Any, **changes: Any) -> ZoneHelper:
    return ZoneHelper.objects.create(**{"name": "李干部", "named_at": w.now} | changes)


def contract(w: Any, within: Zone) -> DoorContract:
    return DoorContract.objects.create(
        zone=within, helper=helper(w, zone=within), dwelling=w.person.dwelling, path=w.area.path, position=0
    )


def household_pass(w: Any, **changes: Any) -> HouseholdPass:
    fields: dict[str, Any] = {
        "household": w.person.household,
        "dwelling": w.person.dwelling,
        "path": w.area.path,
        "code": "ABCD2345",
        "persons": 1,
        "every_days": 2,
        "max_hours": 2,
        "issued_by": w.desk,
        "issued_at": w.now,
        "ends_at": w.now + timedelta(days=14),
    }
    return HouseholdPass.objects.create(**fields | changes)


def use(w: Any, **changes: Any) -> PassUse:
    given = HouseholdPass.objects.first() or household_pass(w, zone=zone(w))
    fields = {"given": given, "path": w.area.path, "out_at": w.now, "out_by": w.desk}
    return PassUse.objects.create(**fields | {"due_back_at": w.now + timedelta(hours=2)} | changes)


def activation(w: Any, **changes: Any) -> Activation:
    fields = {"territory": w.area, "mode": "emergency", "order_no": "云防指1号", "starts_at": w.now}
    return Activation.objects.create(**fields | changes)


def clock(w: Any, activation: Activation) -> RetentionClock:
    return RetentionClock.objects.create(
        territory=w.area, path=w.area.path, activation=activation, event_ended_at=w.now, due={}, started_by=w.desk
    )


def twice(make: Callable[[], Any]) -> Any:
    make()
    return make()


def both(w: Any, make: Callable[[Zone], Any]) -> Any:
    within = zone(w)
    make(within)
    return make(within)


ZONE_STORIES: dict[str, Callable[[Any], Any]] = {
    "zone_has_kind_or_level": lambda w: zone(w, kind=""),
    "zone_has_basis_and_appeal": lambda w: zone(w, appeal_to=""),
    "zone_ends_after_it_begins": lambda w: zone(w, ends_at=w.now),
    "zone_not_approved_by_proposer": lambda w: zone(w, order_no="1", approved_by=w.desk, approved_at=w.now),
    "zone_approval_has_order": lambda w: zone(w, approved_by=w.worker, approved_at=w.now),
    "zone_lifted_with_reason": lambda w: zone(w, lifted_by=w.desk, lifted_at=w.now),
    "zone_area_once": lambda w: both(w, lambda z: ZoneArea.objects.create(zone=z, territory=w.area, path=w.area.path)),
    "zone_change_has_order_and_reason": lambda w: change(w, reason=""),
    "screening_once_a_day": lambda w: both(w, lambda z: screening(w, zone=z)),
    "screening_adds_up": lambda w: screening(w, positives=6, pending=4),
    "zone_helper_once": lambda w: both(w, lambda z: helper(w, zone=z, user=w.worker)),
    "zone_helper_has_name": lambda w: helper(w, zone=zone(w), name=""),
    "contract_one_for_a_door": lambda w: both(w, lambda z: contract(w, z)),
    "pass_one_for_a_household": lambda w: both(
        w, lambda z: household_pass(w, zone=z, code=f"C{HouseholdPass.objects.count()}")
    ),
    "pass_lets_somebody_out": lambda w: household_pass(w, zone=zone(w), persons=0),
    "pass_ends_after_it_begins": lambda w: household_pass(w, zone=zone(w), ends_at=w.now),
    "pass_revoked_with_reason": lambda w: household_pass(w, zone=zone(w), revoked_by=w.desk, revoked_at=w.now),
    "pass_use_one_out": lambda w: twice(lambda: use(w)),
    "pass_use_back_after_out": lambda w: use(w, back_at=w.now - timedelta(minutes=1)),
    "activation_one_open_for_an_area": lambda w: twice(lambda: activation(w)),
    "activation_ended_with_reason": lambda w: activation(
        w, ends_at=w.now + timedelta(days=1), ended_by=w.desk, end_reason=""
    ),
}
"""Constraint → what breaks it."""


ZONE_COLUMNS: dict[str, Callable[[Any], Any]] = {
    "Zone.public_code": lambda w: twice(lambda: zone(w)),
    "HouseholdPass.code": lambda w: household_pass(
        w, zone=zone(w, public_code="B"), code=household_pass(w, zone=zone(w)).code
    ),
    "RetentionClock.activation": lambda w: (lambda order: twice(lambda: clock(w, order)))(activation(w)),
}
"""Model.column → what breaks its uniqueness."""

"""What breaks the constraints of measures, duties, appeals and hand-overs; part of tests/core/test_invariants.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from lianfang.core.measures.duties import Duty
from lianfang.core.measures.models import EpidemiologicalFact, ListedZone
from lianfang.core.measures.standing import Appeal, HandOver, HeldBatch, PaperNumber

DAY = date(2022, 12, 1)


def _approved(w: Any, **changes: Any) -> Any:
    return w.measure(**{"approved_by": w.worker, "approved_at": w.now} | changes)


def _duty(w: Any, **changes: Any) -> Duty:
    fields: dict[str, Any] = {"measure": changes.pop("measure", None) or _approved(w), "person": w.person}
    fields |= {"path": w.person.path, "day": w.now.date(), "kind": "test"}
    return Duty.objects.create(**fields | {"opens_at": w.now, "due_at": w.now + timedelta(hours=1)} | changes)


def _appeal(w: Any, **changes: Any) -> Appeal:
    fields: dict[str, Any] = {"measure": changes.pop("measure", None) or _approved(w), "path": w.person.path}
    fields |= {"said": "我没去过", "source": "self", "received_at": w.now, "received_by": w.worker}
    fields |= {"proposed_by": w.desk, "approved_by": w.worker, "due_at": w.now + timedelta(days=1)}
    return Appeal.objects.create(**fields | changes)


def _hand_over(w: Any, **changes: Any) -> HandOver:
    fields: dict[str, Any] = {"measure": changes.pop("measure", None) or _approved(w), "from_path": w.area.path}
    fields |= {"path": w.other_area.path, "reason": "搬家", "handed_at": w.now, "handed_by": w.desk}
    return HandOver.objects.create(**fields | changes)


def _held(w: Any, **changes: Any) -> HeldBatch:
    fields: dict[str, Any] = {"path": w.area.path, "why": "outside", "people": 60, "outside": 40}
    return HeldBatch.objects.create(**fields | {"proposed_by": w.desk, "proposed_at": w.now} | changes)


def _twice_of_one(make: Callable[..., Any], w: Any) -> Any:
    measure = _approved(w)
    make(w, measure=measure)
    return make(w, measure=measure)


def _linked_to_itself(w: Any) -> Any:
    fact = w.fact()
    return EpidemiologicalFact.objects.filter(id=fact.id).update(linked=fact)


def _zone(w: Any, **changes: Any) -> ListedZone:
    fields: dict[str, Any] = {
        "name": "江北区某街道",
        "level": "high",
        "document_no": "云疾控〔2022〕9号",
        "issuer": "县疾控中心",
    }
    fields |= {"counts_from_date": DAY, "listed_date": DAY, "recorded_by": w.desk, "recorded_at": w.now}
    return ListedZone.objects.create(**fields | changes)


MEASURE_STORIES: dict[str, Callable[[Any], Any]] = {
    "listed_zone_names_its_document": lambda w: _zone(w, document_no=""),
    "listed_zone_days_in_order": lambda w: _zone(w, delisted_date=DAY - timedelta(days=1)),
    "fact_withdrawn_with_reason": lambda w: w.fact(withdrawn_at=w.now, withdrawn_by=w.desk),
    "fact_not_linked_to_itself": _linked_to_itself,
    "measure_strict_operated_by_a_third": lambda w: _approved(w, operated_by=w.worker, operated_at=w.now),
    "measure_operated_after_approval": lambda w: w.measure(operated_by=w.worker, operated_at=w.now),
    "measure_declined_with_reason": lambda w: w.measure(declined_by=w.worker, declined_at=w.now),
    "measure_replaced_with_reason": lambda w: w.measure(replaces=_approved(w)),
    "duty_once_a_day": lambda w: _twice_of_one(_duty, w),
    "duty_opens_before_it_is_due": lambda w: _duty(w, due_at=w.now),
    "duty_done_says_by_whom": lambda w: _duty(w, state="done", done_at=w.now),
    "duty_temperature_of_a_living_person": lambda w: _duty(w, temperature=450),
    "appeal_says_something": lambda w: _appeal(w, said=""),
    "appeal_decided_by_another": lambda w: _appeal(
        w, decided_by=w.worker, decided_at=w.now, verdict="upheld", answer="属实"
    ),
    "appeal_decided_with_answer": lambda w: _appeal(w, decided_at=w.now),
    "appeal_one_open": lambda w: _twice_of_one(_appeal, w),
    "appeal_due_after_it_came": lambda w: _appeal(w, due_at=w.now),
    "hand_over_has_reason": lambda w: _hand_over(w, reason=""),
    "hand_over_leads_elsewhere": lambda w: _hand_over(w, path=w.area.path),
    "hand_over_received_by_another": lambda w: _hand_over(w, received_by=w.desk, received_at=w.now),
    "hand_over_one_open": lambda w: _twice_of_one(_hand_over, w),
    "held_batch_decided_by_another": lambda w: _held(
        w, decided_by=w.desk, decided_at=w.now, passed=True, decision_reason="已核"
    ),
    "held_batch_decided_with_reason": lambda w: _held(w, decided_by=w.worker, decided_at=w.now, passed=False),
    "paper_number_one_counter": lambda w: [
        PaperNumber.objects.create(kind="order", path=w.area.path, year=2022) for _ in range(2)
    ],
}

MEASURE_COLUMNS: dict[str, Callable[[Any], Any]] = {
    "ControlMeasure.order_no": lambda w: [w.measure(order_no="云隔〔2022〕1号") for _ in range(2)],
    "ControlMeasure.notice_no": lambda w: [w.measure(notice_no="云解〔2022〕1号") for _ in range(2)],
    "ControlMeasure.replaces": lambda w: [
        w.measure(replaces=measure, replaced_reason="新方案") for measure in [_approved(w)] * 2
    ],
}

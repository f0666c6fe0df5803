"""What breaks the constraints of posters, residents' reports and plates; part of tests/core/test_invariants.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from lianfang.capabilities.self_report.models import CompanyReport, HouseholdReport, PlateRule, Poster
from lianfang.kernel.uuid7 import uuid7


def _poster(w: Any, **changes: Any) -> Poster:
    fields: dict[str, Any] = {"territory": w.area, "path": w.area.path, "kind": "household", "code": uuid7().hex[-8:]}
    fields |= {"starts_at": w.now, "ends_at": w.now + timedelta(days=1), "made_by": w.desk, "made_at": w.now}
    return Poster.objects.create(**fields | changes)


def _report(w: Any, **changes: Any) -> HouseholdReport:
    fields: dict[str, Any] = {"report_id": uuid7(), "path": w.area.path, "received_at": w.now, "people": 1}
    return HouseholdReport.objects.create(**fields | {"code_key": 1, "content_sealed": b"x"} | changes)


def _company(w: Any, **changes: Any) -> CompanyReport:
    fields: dict[str, Any] = {"poster": _poster(w, kind="company"), "path": w.area.path, "received_at": w.now}
    fields |= {"employer": "x", "credit_code": "x", "contact_sealed": b"x", "filename": "x", "size": 1}
    return CompanyReport.objects.create(**fields | {"file_hash": "x"} | changes)


def _rule(w: Any, **changes: Any) -> PlateRule:
    fields: dict[str, Any] = {"territory": w.area, "path": w.area.path, "prefix": "鄂A", "whence": "丹岚市"}
    fields |= {"starts_date": w.now.date(), "ends_date": w.now.date() + timedelta(days=1), "made_by": w.desk}
    return PlateRule.objects.create(**fields | changes)


SELF_REPORT_STORIES: dict[str, Callable[[Any], Any]] = {
    "poster_ends_after_it_begins": lambda w: _poster(w, ends_at=w.now),
    "poster_closed_by_someone": lambda w: _poster(w, closed_at=w.now),
    "poster_one_open_for_an_area": lambda w: [_poster(w) for _ in range(2)],
    "self_report_version_once": lambda w: [_report(w, report_id=w.person.id) for _ in range(2)],
    "self_report_code_of_the_first": lambda w: _report(w, version=2),
    "self_report_listed_has_its_row": lambda w: _report(w, state="listed"),
    "self_report_withdrawn_holds_nothing": lambda w: _report(w, state="erased"),
    "self_report_counter_says_who": lambda w: _report(w, channel="counter"),
    "company_decided_by_someone": lambda w: _company(w, state="released"),
    "company_declined_says_why": lambda w: _company(w, state="declined", decided_by=w.desk, decided_at=w.now),
    "plate_rule_ends_after_it_begins": lambda w: _rule(w, ends_date=w.now.date()),
    "plate_rule_says_whence": lambda w: _rule(w, whence=""),
    "plate_rule_once": lambda w: [_rule(w) for _ in range(2)],
}

SELF_REPORT_COLUMNS: dict[str, Callable[[Any], Any]] = {
    "Poster.code": lambda w: [_poster(w, code="K7MQ3TRP", kind=kind) for kind in ("household", "company")],
}

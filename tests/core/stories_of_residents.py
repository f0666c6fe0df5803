"""What breaks the constraints of codes, stays, proxies and requests; part of tests/core/test_invariants.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from lianfang.capabilities.commitment.models import Commitment
from lianfang.capabilities.resident_access.models import AccessCode, ResidentSession
from lianfang.capabilities.resident_access.proxies import Proxy
from lianfang.capabilities.resident_access.requests import DataRequest


def _code(w: Any, **changes: Any) -> AccessCode:
    fields: dict[str, Any] = {"person": w.person, "channel": "printed", "digest": b"c", "made_at": w.now}
    fields |= {"made_by": w.desk, "expires_at": w.now + timedelta(days=1), "tries_left": 5}
    return AccessCode.objects.create(**fields | changes)


def _stay(w: Any, **changes: Any) -> ResidentSession:
    code = AccessCode.objects.first() or _code(w)
    fields: dict[str, Any] = {"person": w.person, "code": code, "digest": b"s", "began_at": w.now, "seen_at": w.now}
    return ResidentSession.objects.create(**fields | changes)


def _proxy(w: Any, **changes: Any) -> Proxy:
    fields: dict[str, Any] = {"principal": w.person, "agent": w.other, "path": w.person.path, "relation": "child"}
    fields |= {"reason": "老人不会用手机", "evidence": "双方签字", "starts_at": w.now, "bound_by": w.worker}
    return Proxy.objects.create(**fields | {"ends_at": w.now + timedelta(days=30)} | changes)


def _request(w: Any, **changes: Any) -> DataRequest:
    fields: dict[str, Any] = {"person": w.person, "path": w.person.path, "kind": "correct", "said": "电话错了"}
    return DataRequest.objects.create(**fields | {"received_at": w.now, "due_at": w.now + timedelta(days=15)} | changes)


def _commitment(w: Any, **changes: Any) -> Commitment:
    measure = changes.pop("measure", None) or w.measure()
    fields: dict[str, Any] = {"measure": measure, "person": measure.person, "path": measure.path, "letter": "home/*/1"}
    fields |= {"letter_digest": "d", "how": "typed", "source": "self", "signed_at": w.now, "recorded_at": w.now}
    fields |= {"recorded_by": w.desk, "content_sealed": b"", "digest": "d", "check_code": "1"}
    return Commitment.objects.create(**fields | changes)


def _signed_twice(w: Any) -> list[Commitment]:
    measure = w.measure()
    return [_commitment(w, measure=measure, check_code=code) for code in "12"]


def _twice(make: Callable[..., Any], w: Any) -> list[Any]:
    return [make(w) for _ in range(2)]


RESIDENT_STORIES: dict[str, Callable[[Any], Any]] = {
    "access_code_runs_out": lambda w: _code(w, expires_at=w.now),
    "access_code_of_staff_is_for_somebody": lambda w: _code(w, person=None),
    "access_code_withdrawn_by_someone": lambda w: _code(w, withdrawn_at=w.now),
    "resident_session_seen_after_it_began": lambda w: _stay(w, seen_at=w.now - timedelta(seconds=1)),
    "resident_session_ends_after_it_began": lambda w: _stay(w, ended_at=w.now - timedelta(seconds=1)),
    "proxy_not_for_oneself": lambda w: _proxy(w, agent=w.person),
    "proxy_has_reason_and_evidence": lambda w: _proxy(w, evidence=""),
    "proxy_ends_within_90_days": lambda w: _proxy(w, ends_at=w.now + timedelta(days=90, seconds=1)),
    "proxy_ended_by_a_side": lambda w: _proxy(w, ended_at=w.now),
    "proxy_one_open_for_the_two": lambda w: _twice(_proxy, w),
    "commitment_once_for_a_text": _signed_twice,
    "commitment_has_its_picture": lambda w: _commitment(w, how="drawn"),
    "commitment_on_paper_by_staff": lambda w: _commitment(w, how="paper", picture_sealed=b"p"),
    "commitment_of_another_names_them": lambda w: _commitment(w, source="proxy"),
    "data_request_says_something": lambda w: _request(w, said=""),
    "data_request_due_after_it_came": lambda w: _request(w, due_at=w.now),
    "data_request_answered_in_words": lambda w: _request(w, answered_at=w.now, answered_by=w.desk, verdict="done"),
    "data_request_one_open_of_a_kind": lambda w: _twice(_request, w),
}

RESIDENT_COLUMNS: dict[str, Callable[[Any], Any]] = {
    "AccessCode.digest": lambda w: _twice(_code, w),
    "Commitment.check_code": lambda w: _twice(_commitment, w),
    "ResidentSession.digest": lambda w: _twice(_stay, w),
}

"""What breaks the constraints of signatures under editions; part of tests/core/test_invariants.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lianfang.playbooks.models import EditionSignature


def _signature(w: Any, **changes: Any) -> EditionSignature:
    fields: dict[str, Any] = {"edition": "9th", "digest": "d", "signed_by": w.desk, "signed_at": w.now}
    return EditionSignature.objects.create(**fields | changes)


SIGNATURE_STORIES: dict[str, Callable[[Any], Any]] = {
    "edition_signed_once_per_content": lambda w: [_signature(w) for _ in range(2)],
    "edition_countersigned_by_another": lambda w: _signature(w, countersigned_by=w.desk, countersigned_at=w.now),
    "edition_countersignature_has_its_moment": lambda w: _signature(w, countersigned_by=w.worker),
    "edition_signature_names_a_content": lambda w: _signature(w, digest=""),
}

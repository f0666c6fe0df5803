"""What breaks the constraints of errands and their batches; part of tests/core/test_invariants.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from lianfang.capabilities.errands.models import Errand, ErrandBatch, ErrandPicture


def _batch(w: Any, **changes: Any) -> ErrandBatch:
    fields: dict[str, Any] = {"path": w.area.path, "load": "goods", "runner": w.worker, "arranged_by": w.desk}
    fields |= {"arranged_at": w.now, "starts_at": w.now, "ends_at": w.now + timedelta(hours=4)}
    return ErrandBatch.objects.create(**fields | changes)


def _errand(w: Any, **changes: Any) -> Errand:
    fields: dict[str, Any] = {"household": w.person.household, "person": w.person, "dwelling": w.person.dwelling}
    fields |= {"path": w.person.path, "kind": "meals", "wanted": "午饭两份", "source": "phone", "taken_by": w.desk}
    return Errand.objects.create(**fields | {"asked_at": w.now, "due_at": w.now + timedelta(hours=2)} | changes)


def _over(w: Any, state: str, **changes: Any) -> Errand:
    fields: dict[str, Any] = {"batch": _batch(w), "position": 0, "closed_at": w.now, "closed_by": w.worker}
    return _errand(w, **fields | {"state": state} | changes)


def _picture(w: Any) -> ErrandPicture:
    made = ErrandPicture.sealed(kind="png", content=b"x", taken_at=w.now)
    made.save()
    return made


def _twice_in_place(w: Any) -> Any:
    batch = _batch(w)
    return [_errand(w, state="batched", batch=batch, position=0) for _ in range(2)]


def _one_picture_twice(w: Any) -> Any:
    picture = _picture(w)
    return [_over(w, "delivered", picture=picture) for _ in range(2)]


ERRAND_STORIES: dict[str, Callable[[Any], Any]] = {
    "errand_batch_ends_after_it_begins": lambda w: _batch(w, ends_at=w.now),
    "errand_says_what_is_wanted": lambda w: _errand(w, wanted=""),
    "errand_wheelchair_for_transport": lambda w: _errand(w, wheelchair=True),
    "errand_window_ends_after_it_begins": lambda w: _errand(w, starts_at=w.now, ends_at=w.now),
    "errand_given_out_is_in_a_batch": lambda w: _errand(w, state="batched"),
    "errand_place_of_its_own": _twice_in_place,
    "errand_over_says_by_whom": lambda w: _errand(w, state="cancelled", reason="不需要了"),
    "errand_not_done_says_why": lambda w: _over(w, "returned"),
    "errand_handed_over_with_picture": lambda w: _over(w, "delivered"),
}

ERRAND_COLUMNS: dict[str, Callable[[Any], Any]] = {"Errand.picture": _one_picture_twice}

"""What breaks the constraints of door sensors and expected openings; part of tests/core/test_invariants.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from lianfang.capabilities.isolation.models import DoorSensor, OpeningWindow
from lianfang.core.people.models import Dwelling


def _sensor(w: Any, **changes: Any) -> DoorSensor:
    fields: dict[str, Any] = {"dwelling": w.person.dwelling, "path": w.person.path, "device": "D-1", "key_hash": b"x"}
    fields |= {"consented_by": w.person, "consented_at": w.now, "consent_basis": "同意书7号"}
    return DoorSensor.objects.create(**fields | {"fitted_at": w.now, "fitted_by": w.worker} | changes)


def _window(w: Any, minutes: int) -> OpeningWindow:
    return OpeningWindow.objects.create(
        dwelling=w.person.dwelling,
        path=w.person.path,
        starts_at=w.now,
        ends_at=w.now + timedelta(minutes=minutes),
        why="rubbish",
        noted_at=w.now,
        noted_by=w.worker,
    )


def _other_door(w: Any) -> Dwelling:
    return Dwelling.objects.exclude(id=w.person.dwelling_id).order_by("id")[0]


DOOR_STORIES: dict[str, Callable[[Any], Any]] = {
    "sensor_one_on_a_door": lambda w: [_sensor(w, device=device) for device in ("D-1", "D-2")],
    "sensor_on_one_door": lambda w: [_sensor(w), _sensor(w, dwelling=_other_door(w))],
    "sensor_fitted_with_consent": lambda w: _sensor(w, consent_basis=""),
    "sensor_removed_by_someone": lambda w: _sensor(w, removed_at=w.now),
    "window_ends_after_it_begins": lambda w: _window(w, 0),
    "window_of_four_hours_at_most": lambda w: _window(w, 241),
}

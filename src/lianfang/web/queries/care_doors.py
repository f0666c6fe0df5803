"""Doors with sensors: the list, what is to come off, and one door with its events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from lianfang.capabilities.isolation.models import DoorSensor, OpeningWindow, isolated_at
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import Dwelling, Person
from lianfang.kernel.masking import mask_name
from lianfang.web.queries.keyset import PAGE, Slice, behind, cut

MOST_EVENTS = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A fitted sensor in the list."""

    dwelling_id: UUID
    door: str
    device: str
    gateway: str
    fitted_at: datetime
    isolated: bool


def sensors_page(actor: User, *, only_to_remove: bool, cursor: str) -> Slice[Line]:
    """Fitted sensors, the longest on first."""
    sensors = DoorSensor.objects.visible_to(actor)
    sensors = sensors.to_remove() if only_to_remove else sensors.fitted()
    sensors = sensors.annotate(isolated=Exists(isolated_at(OuterRef("dwelling")))).select_related("dwelling")
    rows = behind(sensors, key="fitted_at", cursor=cursor)[: PAGE + 1]
    page: Slice[DoorSensor] = cut(rows, key="fitted_at", cursor=cursor)
    return page.of(
        [
            Line(
                dwelling_id=sensor.dwelling_id,
                door=sensor.dwelling.label,
                device=sensor.device,
                gateway=sensor.gateway,
                fitted_at=sensor.fitted_at,
                isolated=bool(getattr(sensor, "isolated", False)),
            )
            for sensor in page.rows
        ]
    )


@dataclass(frozen=True, slots=True)
class Event:
    """Something a sensor told; `clock` is false when its time was not believed."""

    at: datetime
    kind: str
    reported: bool
    clock: bool


@dataclass(slots=True)
class Door:
    """Everything on the page of a door; people masked."""

    dwelling: Dwelling
    isolated: bool
    sensor: DoorSensor | None
    before: list[DoorSensor]
    windows: list[OpeningWindow]
    events: list[Event]
    people: list[tuple[UUID, str]]


def dwelling_for(actor: User, dwelling_id: UUID) -> Dwelling:
    """The dwelling. Raises `NotFound` outside the actor's area."""
    dwelling = Dwelling.objects.visible_to(actor).filter(id=dwelling_id).first()
    if dwelling is None:
        raise NotFound("dwelling")
    return dwelling


def door_of(actor: User, dwelling_id: UUID, *, now: datetime) -> Door:
    """The door with its sensor and events. Raises `NotFound` outside the actor's area."""
    dwelling = dwelling_for(actor, dwelling_id)
    sensors = DoorSensor.objects.visible_to(actor).filter(dwelling=dwelling).select_related("consented_by", "fitted_by")
    known = list(sensors.order_by("-fitted_at")[:6])
    windows = OpeningWindow.objects.visible_to(actor).filter(dwelling=dwelling).select_related("noted_by")
    people = Person.objects.visible_to(actor).current().filter(dwelling=dwelling).order_by("created_at", "id")
    return Door(
        dwelling=dwelling,
        isolated=isolated_at(dwelling.id).filter(starts_at__lte=now).exists(),
        sensor=next((sensor for sensor in known if sensor.removed_at is None), None),
        before=[sensor for sensor in known if sensor.removed_at is not None],
        windows=list(windows.order_by("-ends_at")[:12]),
        events=_events(actor, dwelling),
        people=[(person.id, f"{mask_name(person.name)} {person.relation}".strip()) for person in people[:40]],
    )


def _events(actor: User, dwelling: Dwelling) -> list[Event]:
    seen = Observation.objects.visible_to(actor).filter(dwelling_id=dwelling.id, kind__in=("door.open", "door.close"))
    return [
        Event(
            at=row.occurred_at,
            kind=row.kind.removeprefix("door."),
            reported=bool(row.facts.get("reported")),
            clock=bool(row.facts.get("clock", True)),
        )
        for row in seen.order_by("-occurred_at")[:MOST_EVENTS]
    ]

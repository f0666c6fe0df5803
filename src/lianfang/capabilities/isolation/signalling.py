"""What sensors send: each event is written down, and an opening nobody expected becomes work at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.isolation import keys, rules
from lianfang.capabilities.isolation.models import DoorSensor, OpeningWindow, isolated_at
from lianfang.capabilities.isolation.reading import BadSignal, Signal, signal_of
from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import SENTENCES, NotFound, Refusal, refusal
from lianfang.core.lists.models import Placement
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.observations.models import Observation
from lianfang.core.work.models import Matter, WorkOrigin
from lianfang.core.work.opening import About, Ask, join_or_open
from lianfang.kernel.uuid7 import uuid7

WRONG_KEY = refusal("isolation.wrong_key", _("No sensor that is fitted has this device code and key."))
NOT_JSON = refusal("isolation.not_json", _("The body is not JSON in UTF-8."))
NO_EVENTS = refusal("isolation.no_events", _("There is no event in it."))
TOO_MANY_EVENTS = refusal("isolation.too_many_events", _("At most 100 events at once."))
TOO_LARGE = refusal("isolation.too_large", _("The body is larger than 64 KB."))
BAD_EVENT = refusal("isolation.bad_event", _("An event is an object whose “event” is open or close."))
BAD_ID = refusal("isolation.bad_id", _("An event's id has 1 to 40 letters, digits, full stops, colons, dashes."))
BAD_TIME = refusal("isolation.bad_time", _("A time is written like 2022-12-19T08:15:00+08:00."))
TOO_OFTEN = refusal("isolation.too_often", _("Too many requests. Try again later."))

CALL_MINUTES = 30
"""How soon somebody calls after an opening nobody expected (house choice)."""
_EVENTS = UUID("b1c8e3a4-7d0f-4a55-9c1e-6f2f6f1d0d0e")
"""Name space of commands: the same device and event id are the same command."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one event: `code` says why it was not taken; empty when it was."""

    event_id: str
    code: str = ""
    reported: bool = False

    @property
    def sentence(self) -> str:
        """Why, in words."""
        return str(SENTENCES.get(self.code, self.code)) if self.code else ""


def take(events: Sequence[Any], *, key: str) -> list[Taken]:
    """Take each event that `key` may send, one after the other, each in a transaction of its own."""
    return [_take(said, key) for said in events]


def _take(said: Any, key: str) -> Taken:
    event_id = said.get("id", "") if isinstance(said, dict) else ""
    shown = str(event_id)[:40] if isinstance(event_id, str | int) else ""
    try:
        one = signal_of(said)
        if not _may_send(one.device, key):
            raise Refusal("isolation.wrong_key")
        answer = signal(_command(one), device=one.device, event=one.event, said_at=one.at)
    except (BadSignal, Refusal) as why:
        return Taken(shown, code=why.code)
    return Taken(shown, reported=answer["reported"])


def _may_send(device: str, key: str) -> bool:
    """Whether the key fits the device; as slow for a device nobody fitted as for a wrong key."""
    kept = DoorSensor.objects.fitted().filter(device=device).values_list("key_hash", flat=True).first()
    return keys.fits(key, bytes(kept) if kept is not None else b"")


def _command(one: Signal) -> Command:
    now = timezone.now()
    at, _believed = rules.happened(one.at, now=now)
    command_id = uuid5(_EVENTS, f"{one.device}\x00{one.event_id}")
    return Command(actor=automaton(Automaton.SENSOR), id=command_id, now=now, occurred_at=at)


@action("care.signal")
def signal(command: Command, *, device: str, event: str, said_at: datetime | None) -> Answer:
    """Write an event of a door down; have the grid worker call when nobody expected the door to open.

    Nothing is kept of a door behind which nobody is isolated any more: there the sensor has no business.
    """
    command.require_somewhere("care.signal")
    sensor = DoorSensor.objects.fitted().select_for_update(of=("self",)).filter(device=device).first()
    if sensor is None:
        raise NotFound("sensor")
    command.require("care.signal", path=sensor.path)
    isolated = list(isolated_at(sensor.dwelling_id).filter(starts_at__lte=command.at).select_related("person"))
    if not isolated:
        raise Refusal("isolation.nobody_isolated")
    believed = rules.happened(said_at, now=command.now)[1]
    windows, lately = _windows(sensor, command.at), _reported(sensor, command.at)
    reported = event == "open" and rules.must_be_reported(command.at, windows, lately)
    _observe(command, sensor, event=event, reported=reported, believed=believed)
    if reported:
        when = timezone.localtime(command.at).strftime("%m-%d %H:%M")
        ask_to_call(command, isolated, note=gettext("Door opened %(time)s, not expected") % {"time": when})
    command.note("care.signal", path=sensor.path, subject_kind="dwelling", subject_id=sensor.dwelling_id)
    return {"reported": reported}


def _windows(sensor: DoorSensor, at: datetime) -> list[rules.Window]:
    around = OpeningWindow.objects.filter(dwelling=sensor.dwelling_id).around(at, margin=rules.GRACE)
    return [rules.Window(*row) for row in around.values_list("starts_at", "ends_at")]


def _reported(sensor: DoorSensor, at: datetime) -> list[datetime]:
    """When openings of this door were reported, around `at`."""
    near = (at - rules.REPEATED, at + rules.REPEATED)
    seen = Observation.objects.filter(dwelling_id=sensor.dwelling_id, occurred_at__range=near, kind="door.open")
    return list(seen.filter(facts__reported=True).values_list("occurred_at", flat=True))


def _observe(command: Command, sensor: DoorSensor, *, event: str, reported: bool, believed: bool) -> None:
    Observation.objects.create(
        id=uuid7(),
        recorded_at=command.now,
        occurred_at=command.at,
        kind=f"door.{event}",
        dwelling_id=sensor.dwelling_id,
        path=sensor.path,
        facts={"reported": reported, "clock": believed},
        recorded_by_id=command.actor.id,
    )


def ask_to_call(
    command: Command, isolated: Sequence[ControlMeasure], *, note: str, kind: str = WorkOrigin.Kind.MEASURE.value
) -> list[UUID]:
    """Work for the grid worker: call, then go there, then write down what it was. Returns the items."""
    asks = [
        Ask(
            household_id=measure.person.household_id,
            path=measure.path,
            placement=Placement.DOOR if measure.dwelling_id else Placement.COMMUNITY,
            dwelling_id=measure.dwelling_id,
            person_id=measure.person_id,
            due_at=command.now + timedelta(minutes=CALL_MINUTES),
            kind=kind,
            note=note,
        )
        for measure in isolated
    ]
    return list(join_or_open(command, asks, about=About(matter=Matter.DOOR)).item_ids.values())

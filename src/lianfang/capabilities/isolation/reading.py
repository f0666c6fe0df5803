"""Reading what a device sends. Pure: anything may come in, only sound events come out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST_EVENTS = 100
"""Events in one batch."""
MOST_BYTES = 64 * 1024
EVENTS = ("open", "close")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,39}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?")


class BadSignal(ValueError):
    """What came in is no event, or no batch of events; `code` says what is wrong with it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Signal:
    """One event as the device tells it; `at` is None when the device has no clock."""

    device: str
    event: str
    event_id: str
    at: datetime | None


def events_in(body: bytes) -> list[Any]:
    """The events of a body: one object, a list, or an object with a list under ``events``. Raises `BadSignal`."""
    if len(body) > MOST_BYTES:
        raise BadSignal("isolation.too_large")
    try:
        said = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BadSignal("isolation.not_json") from None
    if isinstance(said, dict) and "events" in said:
        said = said["events"]
    events = said if isinstance(said, list) else [said]
    if not events:
        raise BadSignal("isolation.no_events")
    if len(events) > MOST_EVENTS:
        raise BadSignal("isolation.too_many_events")
    return events


def signal_of(said: Any) -> Signal:
    """One event read. Raises `BadSignal`."""
    if not isinstance(said, dict):
        raise BadSignal("isolation.bad_event")
    device, event_id = _code(said.get("device"), "isolation.bad_device"), _code(said.get("id"), "isolation.bad_id")
    event = said.get("event")
    if event not in EVENTS:
        raise BadSignal("isolation.bad_event")
    return Signal(device=device, event=event, event_id=event_id, at=_instant(said.get("at")))


def _code(said: Any, fault: str) -> str:
    if isinstance(said, int) and not isinstance(said, bool):
        said = str(said) if abs(said) < 10**18 else ""
    if not isinstance(said, str) or not _CODE.fullmatch(said):
        raise BadSignal(fault)
    return said


def _instant(said: Any) -> datetime | None:
    """Devices here often send local time without saying so: no offset means Asia/Shanghai."""
    if said is None or said == "":
        return None
    if not isinstance(said, str) or not _INSTANT.fullmatch(said):
        raise BadSignal("isolation.bad_time")
    try:
        instant = datetime.fromisoformat(said)
        aware = instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)
        return aware.astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        raise BadSignal("isolation.bad_time") from None

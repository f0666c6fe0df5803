"""When an errand is due, which errands go together, in which order. Pure: no database, no clock.

Instants are local (Asia/Shanghai) and aware. All numbers of hours and of stops are house choices: no rule of the field
names any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from lianfang.kernel.lifecycle import Lifecycle, Transition

OPEN_STATES = ("asked", "batched", "under_way")

LIFECYCLE = Lifecycle(
    "errands",
    (
        Transition("arrange", ("asked", "batched"), "batched", permission="errands.take"),
        Transition("start", ("batched",), "under_way", permission="errands.run"),
        Transition("hand_over", ("batched", "under_way"), "delivered", permission="errands.run"),
        Transition("send_back", ("batched", "under_way"), "returned", permission="errands.run"),
        Transition("call_off", ("asked", "batched"), "cancelled", permission="errands.take"),
    ),
)

HOURS = {"meals": 2, "medicine": 4, "transport": 2, "shopping": 8, "rubbish": 12, "pets": 8, "other": 24}
"""Hours from asking until an errand is late, where no time is wanted: one is hungry in two, out of tablets in four."""
OPENS, CLOSES = time(8), time(20)
"""Runners are out between these; what is asked at night counts from the morning."""


def due(kind: str, *, asked_at: datetime, wanted_until: datetime | None) -> datetime:
    """When an errand is late: at the end of the time it is wanted in, else some hours from asking, by its kind."""
    if wanted_until is not None:
        return wanted_until
    begins = asked_at
    if asked_at.time() < OPENS:
        begins = asked_at.replace(hour=OPENS.hour, minute=0, second=0, microsecond=0)
    elif asked_at.time() >= CLOSES:
        begins = (asked_at + timedelta(days=1)).replace(hour=OPENS.hour, minute=0, second=0, microsecond=0)
    return begins + timedelta(hours=HOURS[kind])


# ---------------------------------------------------------------- what goes together

LOADS = {"transport": "people", "rubbish": "rubbish"}
"""What is carried, by kind; every other kind is goods. People, goods and rubbish never travel together."""
_LOAD_RANK = {"people": 0, "goods": 1, "rubbish": 2}
MOST_STOPS = 12
"""Doors of one batch: about an hour and a half of stairs."""
ROUND_HOURS = ((8, 12), (12, 16), (16, 20))
"""The rounds of a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One errand at one door. `helped`: somebody in a wheelchair or who cannot take the stairs."""

    id: UUID
    kind: str
    compound: str
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    helped: bool = False
    due_at: datetime
    opens_at: datetime | None = None

    @property
    def load(self) -> str:
        """What is carried."""
        return LOADS.get(self.kind, "goods")


@dataclass(frozen=True, slots=True, order=True)
class Round:
    """A time window in which runners go out, the end exclusive."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """What one runner can do in one go: one compound, one load, one round, the stops in the order of the way."""

    compound: str
    load: str
    round: Round
    stops: tuple[Stop, ...]

    @property
    def buildings(self) -> tuple[str, ...]:
        """The buildings on the way, each once."""
        return tuple(dict.fromkeys(stop.building for stop in self.stops))


def round_of(*, due_at: datetime, opens_at: datetime | None, now: datetime) -> Round:
    """The round an errand belongs in: the last that begins before it is due, but none that is over at `now` or before
    the time it is wanted from."""
    earliest = max(now, opens_at.astimezone(now.tzinfo)) if opens_at else now
    latest = due_at.astimezone(now.tzinfo)
    first = next(one for one in _rounds(earliest) if one.ends_at > earliest)
    before = [one for one in _rounds(latest - timedelta(days=1)) if one.starts_at < latest]
    return max(first, before[-1])


def _rounds(day: datetime) -> list[Round]:
    """The rounds of this day and the next, in order."""
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        Round(midnight + timedelta(days=later, hours=begins), midnight + timedelta(days=later, hours=ends))
        for later in (0, 1)
        for begins, ends in ROUND_HOURS
    ]


def plan(stops: Iterable[Stop], *, now: datetime, downwards: bool = True) -> list[Tour]:
    """Every stop in exactly one tour; the tour of the earliest round first, in it people before goods before rubbish.

    `downwards`: up by the lift and down the stairs; otherwise from the ground up.
    """
    groups: dict[tuple[Round, str, str], list[Stop]] = {}
    for stop in stops:
        window = round_of(due_at=stop.due_at, opens_at=stop.opens_at, now=now)
        groups.setdefault((window, stop.load, stop.compound), []).append(stop)
    tours = []
    for window, load, compound in sorted(groups, key=lambda key: (key[0], _LOAD_RANK[key[1]], key[2])):
        ordered = route(groups[window, load, compound], downwards=downwards)
        tours += [Tour(compound=compound, load=load, round=window, stops=part) for part in _parts(ordered)]
    return tours


def route(stops: Iterable[Stop], *, downwards: bool = True) -> list[Stop]:
    """Stops in the order of the way: who needs help into a vehicle first, then by building, entrance, floor and room.

    The id decides between two errands at one door, so the order is total.
    """

    def place(stop: Stop) -> tuple[object, ...]:
        level = floor_of(stop)
        return (
            _LOAD_RANK[stop.load],
            stop.load == "people" and not stop.helped,
            _natural(stop.compound),
            _natural(stop.building),
            _natural(stop.unit),
            -level if downwards else level,
            _natural(stop.room),
            str(stop.id),
        )

    return sorted(stops, key=place)


def _parts(ordered: Sequence[Stop]) -> list[tuple[Stop, ...]]:
    """Cut the way between buildings where it gets too long; a building that is too long by itself, within."""
    parts: list[list[Stop]] = [[]]
    for _building, group in groupby(ordered, key=lambda stop: stop.building):
        doors = list(group)
        if parts[-1] and len(parts[-1]) + len(doors) > MOST_STOPS:
            parts.append([])
        for door in doors:
            if len(parts[-1]) == MOST_STOPS:
                parts.append([])
            parts[-1].append(door)
    return [tuple(part) for part in parts if part]


_DIGITS = re.compile(r"(\d+)")


def floor_of(stop: Stop) -> int:
    """The floor as written, else as the room says it (``1203`` is on the twelfth); 0 when nobody knows."""
    written = re.fullmatch(r"(-?\d+)\D*", stop.floor.strip())
    if written:
        return int(written[1])
    room = _DIGITS.search(stop.room)
    return int(room[1]) // 100 if room and len(room[1]) <= 5 else 0


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts building 2 before building 10."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(text.strip()) if part
    )

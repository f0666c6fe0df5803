"""Published figures of other systems, for comparison. They are constants: peers are not run here."""

from __future__ import annotations

from typing import NamedTuple


class Peer(NamedTuple):
    """What peers took for one request, lowest and highest, in CPU milliseconds of their servers."""

    what: str
    least_ms: float
    most_ms: float


PEERS = {
    "list page": Peer("list 12 of 20,000 people", 290, 680),
    "person page": Peer("one person", 41, 213),
    "create one person": Peer("create one person", 37, 258),
}
"""Open-source case-management systems for outbreaks with 20,000 people, on the same kind of two-core machine, measured
once by this project at its start through their own web interfaces (2 to 3 lists per CPU-second)."""

GOALS_MS = {"list page": 15.0, "person page": 20.0, "create one person": 10.0}
"""CPU milliseconds per request that the project set itself; at a million people at most `GROWTH` times as much."""
GROWTH = 1.5
IMPORT_GOAL = 2000.0
"""Rows a second from the file to dispatched work."""
DAY_TABLE_GOAL_S = 1.0

"""How long a session lives. Pure: the clock is an argument."""

from __future__ import annotations

from enum import Enum


class Verdict(Enum):
    """What to do with a session; the value is the reason shown on the log-in page."""

    LIVE = "live"
    IDLE = "idle"
    EXPIRED = "expired"


def judge(*, began: int, seen: int, now: int, idle_limit: int, absolute_limit: int) -> Verdict:
    """Decide on a session begun at `began` and last used at `seen` (Unix seconds, as is `now`; limits in seconds).

    A clock set back makes a session younger, never dead. Reaching a limit exactly ends the session.
    """
    if now - began >= absolute_limit:
        return Verdict.EXPIRED
    if now - seen >= idle_limit:
        return Verdict.IDLE
    return Verdict.LIVE

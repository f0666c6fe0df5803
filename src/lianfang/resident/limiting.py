"""How often one address may ask. A whole compound may sit behind one address, so the two limits differ by far.

Guessing a code is held to a few tries; handing reports in is only slowed when an address sends more than any compound
could. Counted per process in memory: what must never be guessed is also counted in its own row.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

MOST_ADDRESSES = 20_000
"""Addresses remembered of one limit; the one not seen for the longest is forgotten first."""


_LIMITS: list[Limit] = []


class Limit:
    """At most `most` times in `seconds` for one address, in a window that begins with its first time."""

    def __init__(self, *, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.seconds = most, seconds
        self._clock = clock
        self._lock = Lock()
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()
        _LIMITS.append(self)

    def wait(self, address: str) -> int:
        """Count one more from `address`: 0 when it may, else the seconds until it may again."""
        now = self._clock()
        with self._lock:
            began, count = self._seen.pop(address, (now, 0))
            if now - began >= self.seconds:
                began, count = now, 0
            refused = count >= self.most
            self._seen[address] = (began, count if refused else count + 1)
            if len(self._seen) > MOST_ADDRESSES:
                self._seen.popitem(last=False)
        return max(1, int(began + self.seconds - now + 0.999)) if refused else 0

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._seen.clear()

    @staticmethod
    def forget_all() -> None:
        """Begin anew with every limit of this process."""
        for limit in _LIMITS:
            limit.forget()


GUESSES = Limit(most=20, seconds=600)
"""Tries of a code, a number or a telephone's tail: a neighbour at the same address still gets theirs."""
SENDINGS = Limit(most=6000, seconds=60)
"""Forms handed in: a hundred a second from one address for a whole minute."""


def address_of(request: HttpRequest) -> str:
    """Where the request comes from. Behind a proxy with TLS (`LIANFANG_HTTPS`) its own address is everybody's: then it
    is the one the proxy saw, which it writes last and over whatever a visitor invented."""
    if settings.HTTPS:
        seen = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
        if seen:
            return seen[:64]
    return str(request.META.get("REMOTE_ADDR", ""))

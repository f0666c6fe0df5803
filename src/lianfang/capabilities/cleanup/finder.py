"""The finder: people who were written or changed are compared with whoever shares a rare key; once, everyone is.

A pass over the whole ledger is worked off in chunks of a transaction each: killed, it goes on where it stopped. So is
what changed since. Nothing here decides: what is found waits in the queue.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lianfang.capabilities.cleanup.candidates import (
    Pair,
    fill_with_everyone,
    let_nobody_else_begin,
    next_pairs,
    pairs_of_changed,
)
from lianfang.capabilities.cleanup.comparing import MODEL_VERSION
from lianfang.capabilities.cleanup.models import ChangedPerson, FinderPass, PairCandidate
from lianfang.capabilities.cleanup.suspecting import Tally, suspect
from lianfang.core.bulk import AnyOf
from lianfang.core.people.figures import current_figures
from lianfang.core.people.models import Person
from lianfang.core.people.scale import Scale
from lianfang.kernel.uuid7 import uuid7

CHUNK = 10_000
"""Pairs compared in one transaction."""
CHANGED_CHUNK = 2_000
"""Changed people taken at once."""

Progress = Callable[[int, int], object]
"""Called with how many pairs of a pass are compared, and how many there are."""


@dataclass(slots=True)
class Found:
    """What one run of the finder did."""

    compared: int = 0
    suspected: int = 0
    new: int = 0
    finished: bool = True

    def add(self, tally: Tally) -> None:
        """Count a chunk in."""
        self.compared += tally.compared
        self.suspected += tally.suspected
        self.new += tally.new


def find(
    *,
    everyone: bool = False,
    seconds: float | None = None,
    chunk: int = CHUNK,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> Found:
    """Compare whoever changed; with `everyone`, or when this comparison has never seen it, the whole ledger first.

    Stops after about `seconds` (`finished` is False then) and goes on at the next call; `chunk` pairs at a time.
    """
    moment, ends = now or timezone.now(), time.monotonic() + seconds if seconds is not None else None
    found = Found()
    if not everyone and not is_waiting():
        return found
    with closing(Scale(current_figures(now=moment))) as scale:  # once: the ledger is counted for it
        for tally in _chunks(everyone, chunk, scale, moment, progress):
            found.add(tally)
            if ends is not None and time.monotonic() > ends:
                found.finished = not is_waiting()
                break
    return found


def is_waiting() -> bool:
    """Whether there is something to compare: someone changed, a pass is under way, or the ledger was never gone
    through by the comparison of today."""
    if ChangedPerson.objects.exists() or FinderPass.objects.filter(finished_at=None).exists():
        return True
    return _never_compared() and Person.objects.exists()


def _never_compared() -> bool:
    return not FinderPass.objects.filter(model_version=MODEL_VERSION).exists()


def _chunks(everyone: bool, chunk: int, scale: Scale, now: datetime, progress: Progress | None) -> Iterator[Tally]:
    under_way = FinderPass.objects.filter(finished_at=None).first()
    if under_way is None and (everyone or _never_compared()):
        under_way = _begin(now)
    while under_way is not None and under_way.finished_at is None:
        under_way, tally = _step(under_way, chunk, scale, now)
        if progress is not None:
            progress(under_way.compared, under_way.candidates)
        yield tally
    while (changed := _compare_changed(scale, now)) is not None:
        yield changed


@transaction.atomic
def _begin(now: datetime) -> FinderPass:
    """Begin a pass. Whoever is marked is in it; whoever is marked meanwhile is compared once more afterwards.

    When two processes begin at once, the second joins the pass of the first.
    """
    let_nobody_else_begin()
    begun = FinderPass.objects.filter(finished_at=None).first()
    if begun is not None:
        return begun
    ChangedPerson.objects.all().delete()
    return FinderPass.objects.create(
        id=uuid7(), model_version=MODEL_VERSION, started_at=now, candidates=fill_with_everyone()
    )


@transaction.atomic
def _step(under_way: FinderPass, chunk: int, scale: Scale, now: datetime) -> tuple[FinderPass, Tally]:
    """Compare the next chunk; the end of the pass after the last one. One process at a time."""
    current = FinderPass.objects.select_for_update().get(id=under_way.id)
    if current.finished_at is not None:
        return current, Tally()
    behind: Pair | None = None
    if current.reached_a is not None and current.reached_b is not None:
        behind = current.reached_a, current.reached_b
    pairs = next_pairs(behind, most=chunk)
    tally = suspect(pairs, scale=scale, now=now)
    current.compared += tally.compared
    current.suspected += tally.suspected
    if pairs:
        current.reached_a, current.reached_b = pairs[-1]
    if len(pairs) < chunk:
        current.finished_at = timezone.now()
        PairCandidate.objects.all().delete()
    current.save()
    return current, tally


@transaction.atomic
def _compare_changed(scale: Scale, now: datetime) -> Tally | None:
    """Compare the next of those who changed; None when nobody is left."""
    marks = ChangedPerson.objects.select_for_update(skip_locked=True).order_by("id")
    taken = list(marks.values_list("id", "person_id")[:CHANGED_CHUNK])
    if not taken:
        return None
    ChangedPerson.objects.filter(AnyOf("id", [mark for mark, _ in taken])).delete()
    return suspect(pairs_of_changed(list({person for _, person in taken})), scale=scale, now=now)

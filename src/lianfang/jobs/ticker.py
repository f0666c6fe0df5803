"""What happens by the clock: lateness, escalation, sealing of the log, room for the months to come, snapshots."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.exceptions import AlreadyEnqueued

from lianfang.capabilities.cleanup import finder
from lianfang.capabilities.errands.care.making import make_calls
from lianfang.capabilities.screening import rescoring
from lianfang.capabilities.self_report import listing
from lianfang.capabilities.zone.finding import shut_in_places
from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.actions.door import Command
from lianfang.core.audit import journal
from lianfang.core.audit.partitions import ensure_partitions
from lianfang.core.lists import storage
from lianfang.core.measures import generating
from lianfang.core.metrics import snapshots
from lianfang.core.people import figures
from lianfang.core.work import lateness
from lianfang.jobs.tasks import find_duplicates, take_up_reports

CALLS_EVERY = timedelta(minutes=10)
"""How often the clock looks for care calls that have become due (house choice): somebody may be shut in at any hour."""


class _Done:
    partitions_day: int = 0
    duties_day: int = 0
    calls_at: datetime | None = None


def heads_file() -> Path:
    """Where the heads of the audit seals are written, outside the database."""
    return Path(settings.DATA_DIR) / "audit" / "heads.txt"


def _compare_people() -> int:
    """Have the finder sent to work when somebody waits to be compared; once, however often it is asked."""
    return _send_once(find_duplicates) if finder.is_waiting() else 0


def _list_reports(now: datetime) -> int:
    """Have residents' reports made a list where they have waited long enough; once, however often it is asked."""
    return _send_once(take_up_reports) if listing.communities_due(now=now) else 0


def _send_once(task: Any) -> int:
    """Queue a task that stands in the queue at most once."""
    try:
        with transaction.atomic():  # what is refused leaves no broken transaction behind
            task.defer()
    except AlreadyEnqueued:
        return 0
    return 1


def _make_duties(now: datetime) -> int:
    """The duties of a new day, once; a measure that comes into force later makes its own."""
    day = timezone.localdate(now)
    if _Done.duties_day == day.toordinal():
        return 0
    made = 0
    if generating.is_waiting(day):
        made = int(generating.generate(Command(actor=automaton(Automaton.CLOCK), now=now), day=day)["duties"])
    _Done.duties_day = day.toordinal()
    return made


def _see_what_was_missed(now: datetime) -> int:
    """Mark duties past their hour, batch by batch."""
    missed = 0
    while generating.is_late(now):
        missed += int(generating.miss(Command(actor=automaton(Automaton.CLOCK), now=now))["missed"])
    return missed


def _make_calls(now: datetime) -> int:
    """Care calls of the day; this process looks every `CALLS_EVERY` only."""
    if _Done.calls_at is not None and abs(now - _Done.calls_at) < CALLS_EVERY:
        return 0
    _Done.calls_at = now
    return make_calls(now, locked=shut_in_places(now))


def tick(now: datetime) -> dict[str, int]:
    """Do what is due at `now` (aware). Safe to repeat and to run in several processes."""
    done = {
        "duties": _make_duties(now),
        "missed": _see_what_was_missed(now),
        "late": lateness.stamp_late(now=now),
        "escalated": lateness.escalate(now=now),
        "sealed": journal.seal_pending(now=now, export=heads_file()),
        "snapshots": snapshots.take(now),
        "swept": storage.sweep(now=now),
        "counted": figures.refresh(now=now),
        "weighed": rescoring.refresh(now=now),
        "comparing": _compare_people(),
        "reported": _list_reports(now),
        "calls": _make_calls(now),
    }
    if _Done.partitions_day != now.toordinal():
        done["partitions"] = ensure_partitions(now=now)
        _Done.partitions_day = now.toordinal()
    return done

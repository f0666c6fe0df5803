"""Jobs whose worker was killed: found by their worker's silence and put back into the queue."""

from __future__ import annotations

from datetime import datetime

from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app

# procrastinate's workers show a sign of life every 10 s; three missed ones mean that nobody works on the job any more.
SILENCE_SECONDS = 30.0


def retry_stalled(now: datetime) -> int:
    """Put jobs of silent workers back into the queue and return how many there were.

    Jobs are idempotent, so repeating one whose worker was only slow does no harm.
    """
    stalled = async_to_sync(app.job_manager.get_stalled_jobs)(seconds_since_heartbeat=SILENCE_SECONDS)
    numbers = [job.id for job in stalled if job.id is not None]
    for number in numbers:
        app.job_manager.retry_job_by_id(number, retry_at=now)
    return len(numbers)

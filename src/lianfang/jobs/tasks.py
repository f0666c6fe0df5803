"""What the background worker does. Every task is idempotent: a worker that is killed leaves nothing half done."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from lianfang.capabilities.cleanup import finder
from lianfang.capabilities.resident_access import texting
from lianfang.capabilities.screening.matching import run_in_background
from lianfang.capabilities.self_report import listing
from lianfang.core.lists.models import SourceList
from lianfang.core.lists.receiving import inspect

AGAIN = RetryStrategy(max_attempts=5, exponential_wait=3)


@app.task(name="lianfang.inspect_list", retry=AGAIN)
def inspect_list(list_id: str) -> None:
    """Look into a large file and propose its columns."""
    inspect(SourceList.objects.select_related("sender").get(id=UUID(list_id)))


@app.task(name="lianfang.run_list", retry=AGAIN)
def run_list(list_id: str) -> None:
    """Read a confirmed list, compare it with the ledger, dispatch its work."""
    run_in_background(list_id)


FINDER_SECONDS = 10.0
"""The finder works this long at once: lists wait for the same worker. The clock sends it back while there is more."""


@app.task(name="lianfang.find_duplicates", queueing_lock="find_duplicates", priority=-10)
def find_duplicates() -> None:
    """Compare whoever was written or changed, and the whole ledger once."""
    finder.find(seconds=FINDER_SECONDS)


@app.task(name="lianfang.take_up_reports", queueing_lock="take_up_reports")
def take_up_reports() -> None:
    """Make the residents' reports that have waited long enough a list of their community."""
    listing.take_up_due(now=timezone.now())


@app.task(name="lianfang.send_code", retry=AGAIN, priority=10)
def send_code(code_id: str) -> None:
    """Send a resident's code as a text message; it is of no use once its minutes are over."""
    texting.send_code(UUID(code_id))

"""The processes that `lianfang serve` looks after: web, worker, ticker. `python -m lianfang.jobs.children web 1234`.

The second argument is the number of the process that looks after this one: when it ends, however it ends, so does this.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable

from lianfang.jobs.processes import die_with_parent

TICK_SECONDS = 15.0
WEB_PROCESSES = 2
WEB_THREADS = 4
log = logging.getLogger("lianfang.jobs")


def web() -> None:
    """The WSGI server: two processes, so that one slow page does not stop the others."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from lianfang.jobs.workplace import port

    Granian(
        target="lianfang.jobs.webprocess:application",
        address=os.environ.get("LIANFANG_ADDRESS") or "127.0.0.1",
        port=port(),
        interface=Interfaces.WSGI,
        workers=WEB_PROCESSES,
        blocking_threads=WEB_THREADS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=10,
    ).serve()


GIVES_WAY = 10
"""Niceness of the worker: a list being compared must not make a household wait that reports itself."""


def worker() -> None:
    """The worker of the job queue. Ends by itself when the database goes away; it is then started again."""
    os.nice(GIVES_WAY)
    from lianfang.jobs.workplace import load_django

    load_django()
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as queue:  # type: ignore[attr-defined]  # Django's
        queue.run_worker(name="lianfang", concurrency=1, shutdown_graceful_timeout=20)


def ticker() -> None:
    """Every 15 seconds: deadlines, reminders and cut-offs that are due, and jobs whose worker was killed."""
    from lianfang.jobs.workplace import load_django

    load_django()
    from django.db import close_old_connections
    from django.utils import timezone

    from lianfang.jobs.queue import retry_stalled
    from lianfang.jobs.ticker import tick

    stopping = threading.Event()
    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, lambda _number, _frame: stopping.set())
    while not stopping.is_set():
        close_old_connections()
        for step in (tick, retry_stalled):
            try:
                step(timezone.now())
            except Exception:
                # One failing step must not stop the clock for the others; the next tick tries again.
                log.exception("tick failed")
        stopping.wait(TICK_SECONDS)


CHILDREN: dict[str, Callable[[], None]] = {"web": web, "worker": worker, "ticker": ticker}


def main() -> None:
    name, parent = sys.argv[1:3]
    die_with_parent(int(parent))
    CHILDREN[name]()


if __name__ == "__main__":
    main()

"""Work for the background, queued in the same transaction as the change that asks for it. Handlers are idempotent."""

from __future__ import annotations

from procrastinate.contrib.django import app


def later(task: str, **arguments: str | int) -> None:
    """Queue `task` (its full name in `lianfang.jobs.tasks`). It starts after the transaction commits, or never."""
    app.configure_task(name=task).defer(**arguments)

"""Commands on the people of the ledger."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from lianfang.jobs import workplace
from lianfang.jobs.cli_frame import AsJson, bar_of, out, print_json, said_plainly

people = typer.Typer(help="The people of the ledger.", no_args_is_help=True)


@people.callback()
def _of_people() -> None:
    """The people of the ledger."""


@people.command("duplicates")
def duplicates(
    everyone: Annotated[
        bool, typer.Option("--all", help="Compare the whole ledger again, not only whoever changed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look for people the ledger holds twice: whoever was registered or changed since the last time, or everyone.

    What is suspected waits on the page Held twice; nothing is merged. Stopped at any moment, it goes on where it was.
    """
    with said_plainly(as_json=as_json), workplace.database():
        workplace.load_django()
        from lianfang.capabilities.cleanup import finder
        from lianfang.capabilities.cleanup.models import DuplicatePair

        began = time.monotonic()
        with bar_of(quiet=as_json) as bar:
            task = bar.add_task("Comparing", total=None)
            found = finder.find(everyone=everyone, progress=lambda done, of: bar.update(task, completed=done, total=of))
        waiting = DuplicatePair.objects.open().count()
        seconds = round(time.monotonic() - began, 1)
        if as_json:
            counts = {"compared": found.compared, "suspected": found.suspected, "new": found.new}
            print_json({**counts, "open": waiting, "seconds": seconds})
            return
        out.print(
            f"{found.compared:,} pairs compared in {seconds} s, {found.suspected:,} suspected, {found.new:,} of them "
            f"new. {waiting:,} pairs wait to be decided.",
            highlight=False,
        )

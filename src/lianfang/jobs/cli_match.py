"""`lianfang match`: what the matching model is estimated from."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from lianfang.jobs import workplace
from lianfang.jobs.cli_frame import AsJson, out, print_json, require_folder, said_plainly

match = typer.Typer(help="The matching model and what it is estimated from.", no_args_is_help=True)


@match.command()
def confirmed(
    target: Annotated[Path, typer.Option("--out", help="JSON file to write.")],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only decisions of this day and later.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write what reviewers confirmed as the same or as different people: counts of codes, nobody's data.

    Decisions taken back are not in it. The counts stay after lists and people were deleted.
    """
    with said_plainly(as_json=as_json):
        require_folder(target)
        with workplace.database():
            workplace.load_django()
            from lianfang.capabilities.screening.confirmed import confirmed_counts

            counts = confirmed_counts(since=since.date() if since else None)
        target.write_text(json.dumps(counts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pairs = _pairs(counts)
        if as_json:
            print_json({"file": str(target), **pairs})
        else:
            said = f"{target}  {pairs['same']} pairs confirmed as the same, {pairs['different']} as different"
            out.print(said, highlight=False)


def _pairs(counts: dict[str, Any]) -> dict[str, int]:
    versions = counts["versions"].values()
    return {one: sum(version[one]["pairs"] for version in versions if one in version) for one in ("same", "different")}

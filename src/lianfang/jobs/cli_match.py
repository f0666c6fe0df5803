"""`lianfang match`: who is in a file twice, and what the matching model is estimated from."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from lianfang.jobs import workplace
from lianfang.jobs.cli_frame import AsJson, bar_of, out, print_json, require_folder, said_plainly, stages_on

match = typer.Typer(help="Who is in a file twice, and what the matching model is estimated from.", no_args_is_help=True)


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


@match.command("duplicates")
def find(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Lists: xlsx, xls, ods, csv, parquet or text.")
    ],
    target: Annotated[Path, typer.Option("--out", help="Where the answer goes: .xlsx, .csv or .parquet.")],
    as_json: AsJson = False,
) -> None:
    """Find who is in a file, or in several together, more than once; no database, no settings.

    The answer has the records concerned alone: their own columns, then file, sheet, row, part, group (records of one
    number are one person), decision (same, or review: somebody must look), score (0 to 1), reasons, and where the other
    record stands. The files stay as they are. Exit codes: 0 done; 1 a file cannot be read or written, as is said; 2 the
    command was typed wrongly.
    """
    with said_plainly(as_json=as_json):
        from lianfang.jobs.doubles import find_duplicates

        require_folder(target)
        today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
        with bar_of(quiet=as_json) as bar:
            counts = find_duplicates(files, target, today=today, progress=stages_on(bar))
        if as_json:
            print_json(counts.as_dict())
        else:
            said = f"{counts.records:,} records: {counts.in_groups:,} of them are {counts.groups:,} people"
            out.print(f"{said}, {counts.review:,} pairs to look at  → {target}", highlight=False)


def _pairs(counts: dict[str, Any]) -> dict[str, int]:
    versions = counts["versions"].values()
    return {one: sum(version[one]["pairs"] for version in versions if one in version) for one in ("same", "different")}

"""`lianfang match`: who is in a file twice, and what the matching model is estimated from."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from lianfang.jobs import workplace
from lianfang.jobs.cli_frame import AsJson, bar_of, out, print_json, require_folder, said_plainly, shown_on

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


@match.command()
def train(
    ledger: Annotated[Path, typer.Option(help="The ledger the lists came down to.")],
    lists: Annotated[list[Path], typer.Option("--list", help="A list with document numbers; may be given many times.")],
    target: Annotated[Path, typer.Option("--out", help="JSON file for the numbers.")],
    pairs: Annotated[Path | None, typer.Option("--confirmed", help="What `lianfang match confirmed` wrote.")] = None,
    version: Annotated[str, typer.Option(help="Name of the numbers; the month if empty.")] = "",
    as_json: AsJson = False,
) -> None:
    """Learn the numbers of the model anew, from lists whose rows a document number proves; nobody labels anything.

    Compare with them: lianfang reconcile … --model FILE. Decisions already made stay as they are.
    """
    with said_plainly(as_json=as_json):
        from lianfang.jobs.training import Lesson, moved
        from lianfang.jobs.training import train as learn

        require_folder(target)
        today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
        with bar_of(quiet=as_json) as bar:
            named = version or f"{today:%Y.%m.%d}"
            model, told = learn(
                [Lesson(ledger, lists)], confirmed=pairs, version=named, today=today, progress=shown_on(bar)
            )
        model.save(target)
        if as_json:
            print_json({"file": str(target), "model": model.name, **told, "moved": moved(model)})
            return
        out.print(f"{target}  {told['proven']:,} of {told['rows']:,} rows were proven by a number", highlight=False)
        for one in moved(model):
            said = f"{one['table']}, {one['kind']}, {one['level']}: {one['before']:.4f} → {one['after']:.4f}"
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
            counts = find_duplicates(files, target, today=today, progress=shown_on(bar))
        if as_json:
            print_json(counts.as_dict())
        else:
            said = f"{counts.records:,} records: {counts.in_groups:,} of them are {counts.groups:,} people"
            out.print(f"{said}, {counts.review:,} pairs to look at  → {target}", highlight=False)


def _pairs(counts: dict[str, Any]) -> dict[str, int]:
    versions = counts["versions"].values()
    return {one: sum(version[one]["pairs"] for version in versions if one in version) for one in ("same", "different")}

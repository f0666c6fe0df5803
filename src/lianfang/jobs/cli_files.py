"""`lianfang reconcile`: two plain files compared."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from lianfang.jobs.cli_frame import AsJson, bar_of, out, print_json, require_folder, said_plainly, shown_on
from lianfang.jobs.lean import keep_pandas_out
from lianfang.jobs.trouble import Trouble

files = typer.Typer()


@files.command()
def reconcile(
    ledger: Annotated[Path, typer.Option(help="The ledger: xlsx, xls, ods, csv or parquet with a header row.")],
    listed: Annotated[Path, typer.Option("--list", help="The list to compare with it: the same, or a chat in a text.")],
    result: Annotated[Path, typer.Option("--out", help="Where the answer goes: .xlsx, .csv or .parquet.")],
    state: Annotated[
        Path | None,
        typer.Option(
            help="Keep the prepared ledger here for the next list; holds numbers in the clear, as the ledger."
        ),
    ] = None,
    missing: Annotated[
        Path | None, typer.Option(help="Also write who of the ledger is not on the list and may be no row of it.")
    ] = None,
    engine: Annotated[str, typer.Option(help="duckdb, or spark for a ledger that no single machine holds.")] = "duckdb",
    numbers: Annotated[
        Path | None, typer.Option("--model", help="Numbers from `lianfang match train` instead of those shipped.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a list with a ledger, both plain files; no database, no settings.

    The answer has the list's own columns, then sheet, row, part, decision (same, review, new), ledger_row, score (0 to
    1) and reasons. Exit codes: 0 done; 1 a file cannot be read or written, as is said; 2 the command was typed wrongly.
    """
    with said_plainly(as_json=as_json):
        if engine == "duckdb":
            keep_pandas_out()
        from lianfang.jobs.reconciling import Task, model_from
        from lianfang.jobs.reconciling import reconcile as compare

        if engine not in ("duckdb", "spark"):
            raise Trouble("reconcile.engine", f"There is no engine {engine}.", "Name duckdb or spark")
        for written in filter(None, (result, state, missing)):
            require_folder(written)
        today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
        with bar_of(quiet=as_json) as bar:
            task = Task(ledger, listed, result, today, state, missing, engine)
            counts = compare(task, progress=shown_on(bar), model=model_from(numbers))
        if as_json:
            print_json(counts.as_dict())
        else:
            told = ", ".join(f"{count:,} {kind}" for kind, count in counts.decisions.items())
            out.print(f"{counts.rows:,} persons: {told}  → {result}", highlight=False)

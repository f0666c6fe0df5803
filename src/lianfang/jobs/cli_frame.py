"""What every command shares: consoles, JSON for machines, trouble said plainly."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from lianfang.jobs.trouble import Trouble, trouble_of

out = Console()
err = Console(stderr=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per result, for machines.")]


@contextlib.contextmanager
def said_plainly(*, as_json: bool) -> Iterator[None]:
    """Trouble becomes a sentence and its fix, or JSON, and exit code 1. A fault of the program stays a traceback."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except Exception as fault:
        trouble = trouble_of(fault)
        if trouble is None:
            raise
        if as_json:
            print_json({"error": {"code": trouble.code, "message": trouble.message, "fix": trouble.fix}})
        else:
            err.print(f"[bold red]{trouble.message}[/]\n{trouble.fix}  ({trouble.code})", highlight=False)
        raise typer.Exit(1) from None


def require_folder(target: Path) -> None:
    """Refuse, before the work is done, a file that could not be written afterwards."""
    folder = target.resolve().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise Trouble(
            "cli.no_folder", f"{folder} is no folder that can be written to.", "Name another place with --out"
        )


@contextlib.contextmanager
def bar_of(*, quiet: bool) -> Iterator[Progress]:
    """A progress bar on standard error, gone when the work is done; nothing when `quiet`."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, disable=quiet, transient=True) as bar:
        yield bar


def stages_on(bar: Progress) -> Callable[[str, int, int], None]:
    """Shows stages that tell their name, what is done, and of how much (0: not known)."""
    tasks: dict[str, Any] = {}

    def show(what: str, done: int, of: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=of or None)
        bar.update(tasks[what], completed=done)

    return show


def print_json(value: dict[str, Any]) -> None:
    """One line of JSON on standard output, at once."""
    out.file.write(json.dumps(value, ensure_ascii=False) + "\n")
    out.file.flush()

"""What every command shares: consoles, JSON for machines, trouble said plainly."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console

from lianfang.jobs.trouble import trouble_of

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


def print_json(value: dict[str, Any]) -> None:
    """One line of JSON on standard output, at once."""
    out.file.write(json.dumps(value, ensure_ascii=False) + "\n")
    out.file.flush()

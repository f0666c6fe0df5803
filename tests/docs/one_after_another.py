"""Runs commands of the product in one process: a JSON list of argument lists comes in, exit codes and answers go out.

A process for each command would spend most of its time on imports.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from typer import Typer
from typer.testing import CliRunner

from lianfang.jobs.cli import app
from lianfang.jobs.founding import founding

APPS: dict[str, Typer] = {"lianfang": app, "lianfang.jobs.founding": founding}


def main() -> None:
    """Answer every command on standard input with `[exit code, last JSON object]`."""
    answers: list[tuple[int, Any]] = []
    for name, *arguments in json.load(sys.stdin):
        result = CliRunner().invoke(APPS[name], [*arguments, "--json"])
        lines = result.stdout.strip().splitlines()
        answers.append((result.exit_code, json.loads(lines[-1]) if lines else repr(result.exception)))
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()

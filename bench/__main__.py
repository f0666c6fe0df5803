"""`make bench`: build the towns once, measure, print a table, keep the numbers, write the page about them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from rich.console import Console

from bench import machine, writing
from bench.towns import LARGE, ROOT, SMALL, Town
from lianfang.jobs import postgres
from lianfang.jobs.pgplace import PORT

CLONE = "lianfang_bench"
PARTS = ("pages", "figures", "import", "limits", "measures")
say = Console(stderr=True).print


def main() -> None:
    """Measure what was asked for; everything by default."""
    arguments = _arguments()
    parts = set(arguments.only or PARTS)
    results: dict[str, Any] = {"at": datetime.now(UTC).isoformat(), "machine": machine.describe(), "towns": {}}
    for town in [SMALL] if arguments.small else [SMALL, LARGE]:
        with _ready(town) as (server, built):
            found: dict[str, Any] = {"people": built["people"], "built": built.get("built")}
            for part in ("pages", "figures"):
                if part in parts:
                    say(f"{part}, {town.name} people")
                    found[part] = town.run(part)
            if "limits" in parts:
                found["limits"] = town.run("limits", str(arguments.rows))
            if "import" in parts and (town is LARGE or arguments.small):
                say(f"import of {arguments.rows:,} rows, {town.name} people")
                found["import"] = _in_a_copy(town, server, "import", str(arguments.rows))
            if "measures" in parts and (town is LARGE or arguments.small):
                say(f"measures, {town.name} people")
                found["measures"] = _in_a_copy(town, server, "measures")
            results["towns"][town.name] = found
    results["machine"]["load_after"] = machine.describe()["load_1min"]
    target = ROOT / "bench" / "results" / f"{datetime.now(UTC):%Y-%m-%d-%H%M}.json"
    target.write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    writing.print_table(results)
    if not arguments.small and parts == set(PARTS):
        writing.write_page(results)
    say(f"{target.relative_to(ROOT)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, help="measure these parts only (writes no page)")
    parser.add_argument("--small", action="store_true", help="leave the county of a million people out")
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the list that is imported")
    return parser.parse_args()


@contextmanager
def _ready(town: Town) -> Iterator[tuple[postgres.Server, dict[str, Any]]]:
    """The town's database, running and filled."""
    town.folder.mkdir(parents=True, exist_ok=True)
    for folder in (town.folder, town.folder.parent):
        folder.chmod(0o755)  # under root the database has an account of its own, which must be able to enter
    with postgres.using(town.folder, may_create_databases=True) as server:
        yield server, town.run("build", str(town.scale))


def _in_a_copy(town: Town, server: postgres.Server, step: str, *arguments: str) -> dict[str, Any]:
    """Run a step that writes in a copy of the town, so that the next run finds it as it was."""
    with psycopg.connect(server.url, dbname="postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {CLONE}")
        connection.execute(f"CREATE DATABASE {CLONE} TEMPLATE lianfang STRATEGY FILE_COPY")
        try:
            place = server.place
            url = f"postgresql://lianfang@/{CLONE}?host={place.socket_dir}&port={PORT}"
            return town.run(step, *arguments, LIANFANG_DATABASE_URL=url, PGPASSFILE=str(place.passfile))
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {CLONE}")


if __name__ == "__main__":
    main()

"""`make bench-matching`: the engine and its peers in one run, then FEBRL 3 and 4; a table and `bench/results/`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import machine
from bench.matching import febrl, febrl_ours
from bench.matching.peers import METHODS, Size, compare, town

ROOT = Path(__file__).resolve().parents[2]
SIZES = (Size(100_000, 10_000), Size(1_000_000, 10_000))
_COLUMNS = (
    ("cpu_s", "CPU s", "{:,.1f}"),
    ("peak_mib", "peak MiB", "{:,.0f}"),
    ("precision", "precision", "{:.5f}"),
    ("recall", "recall", "{:.4f}"),
    ("recall_with_review", "with review", "{:.4f}"),
    ("review", "review", "{:.2%}"),
    ("false_missing", "false missing", "{:.2%}"),
    ("best_f1", "best F1", "{:.4f}"),
    ("recall_at_precision", "recall at .9995", "{:.4f}"),
)


def main() -> None:
    """Measure what was asked for; without options both sizes with the first development seed, and FEBRL."""
    given = _arguments()
    sizes = [Size(given.people, given.rows, given.seed)] if given.people else [*SIZES]
    screen = Console(width=180)
    results: dict[str, Any] = {"at": datetime.now(UTC).isoformat(), "machine": machine.describe(), "sizes": {}}
    for size in sizes:
        rows = list(compare(town(given.folder, size), only=frozenset(given.only)))
        results["sizes"][size.name] = rows
        screen.print(_table(size.name, rows))
    if not given.no_febrl:
        engines = ((febrl.febrl3(), febrl_ours.deduplicated), (febrl.febrl4(), febrl_ours.linked))
        results["febrl"] = {task.name: febrl.measured(task, engine) for task, engine in engines}
        screen.print_json(data=results["febrl"])
    target = ROOT / "bench" / "results" / f"matching-{datetime.now(UTC):%Y-%m-%d-%H%M}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    screen.print(f"{target.relative_to(ROOT)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    parser.add_argument("--people", type=int, default=0, help="one ledger of this size instead of the usual two")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1, help="1 to 9 for development, 101 to 109 held out")
    parser.add_argument("--only", nargs="+", choices=METHODS, default=[], help="run these methods only")
    parser.add_argument("--no-febrl", action="store_true")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench" / "matching")
    return parser.parse_args()


def _table(title: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title=title)
    for heading in ("list", "method", *(heading for _, heading, _ in _COLUMNS)):
        table.add_column(heading, justify="left" if heading in ("list", "method") else "right")
    for row in rows:
        cells = [shape.format(row[key]) if key in row else "–" for key, _, shape in _COLUMNS]
        table.add_row(row["list"], row["method"], *cells)
    return table


if __name__ == "__main__":
    main()

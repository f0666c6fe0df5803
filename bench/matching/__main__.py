"""`make bench-matching`: the engine and its peers in one run, then FEBRL 3 and 4; a table and `bench/results/`.

With `--speed` the whole command as ledgers grow instead. `--page` writes what was measured into the documentation.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import machine
from bench.matching import page, speed, summary
from bench.matching.peers import METHODS, Size, compare, town

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = (100_000, 1_000_000)
SEEDS = (1, 2, 3)
say = Console(stderr=True).print


Tables = dict[str, tuple[summary.Line, list[summary.Line]]]


def main() -> None:
    """Measure what was asked for; without options both ledgers with three development seeds, and FEBRL."""
    given = _arguments()
    if given.kept:
        results = json.loads(given.kept.read_text(encoding="utf-8"))
    else:
        results = {"at": datetime.now(UTC).isoformat(), "machine": machine.describe(), **_measured(given)}
        results["machine"]["load_after"] = machine.describe()["load_1min"]
        _keep(results)
    screen, tables = Console(width=200), tables_of(results)
    for title, (head, lines) in tables.items():
        screen.print(summary.shown(title, head, lines))
    if given.page:
        page.write("speed" if "speed" in results else "peers", body_of(results, tables))


def _measured(given: argparse.Namespace) -> dict[str, Any]:
    if given.speed:
        return {"speed": speed.measured(given.folder, given.people or speed.PEOPLE, rows=given.rows, say=say)}
    results: dict[str, Any] = {"sizes": {}}
    for people in given.people or PEOPLE:
        rows: list[dict[str, Any]] = []
        for seed in given.seeds:
            say(f"{people:,} people, seed {seed}")
            folder = town(given.folder, Size(people, given.rows, seed))
            rows += [{**row, "seed": seed} for row in compare(folder, only=frozenset(given.only))]
        results["sizes"][f"{Size(people, given.rows).name}, seeds {' '.join(map(str, given.seeds))}"] = rows
    if not given.no_febrl:
        from bench.matching import febrl, febrl_ours

        engines = ((febrl.febrl3(), febrl_ours.deduplicated), (febrl.febrl4(), febrl_ours.linked))
        results["febrl"] = {task.name: febrl.measured(task, engine) for task, engine in engines}
        say(results["febrl"])
    return results


def tables_of(results: Mapping[str, Any]) -> Tables:
    """What was measured as tables by title."""
    if "speed" in results:
        found = results["speed"]
        return {"Growth": (speed.HEAD, speed.lines(found)), "Goals": (speed.GOALS_HEAD, speed.goals(found))}
    tables: Tables = {}
    for name, rows in results["sizes"].items():
        tables[name] = (summary.head(), summary.lines(rows))
        tables[f"{name}: peers against the engine"] = (summary.RATIOS_HEAD, summary.ratios(rows))
    for name, figures in results.get("febrl", {}).items():
        tables[name] = (("figure", "", "value"), [(what, "", f"{value:,.5g}") for what, value in figures.items()])
    return tables


def body_of(results: Mapping[str, Any], tables: Tables) -> str:
    """The section of the page."""
    parts = [page.measured_on(results["at"], results["machine"])]
    parts += [f"### {title}\n\n{summary.markdown(head, lines)}" for title, (head, lines) in tables.items()]
    if "speed" in results:
        parts.append(speed.outlook(results["speed"]))
    return "\n\n".join(parts)


def _keep(results: dict[str, Any]) -> None:
    target = ROOT / "bench" / "results" / f"matching-{datetime.now(UTC):%Y-%m-%d-%H%M}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    say(f"{target.relative_to(ROOT)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    parser.add_argument("--speed", action="store_true", help="the whole command as ledgers grow, instead of the peers")
    parser.add_argument("--people", type=int, nargs="+", help="ledgers of these sizes instead of the usual ones")
    parser.add_argument("--rows", type=int, help="rows of a list; usually 10,000, with --speed 100,000")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="1 to 9 development, 101 to 109 held out")
    parser.add_argument("--only", nargs="+", choices=METHODS, default=[], help="run these methods only")
    parser.add_argument("--no-febrl", action="store_true")
    parser.add_argument("--page", action="store_true", help="write the tables into docs/reference/matching.md")
    parser.add_argument(
        "--from", dest="kept", type=Path, metavar="JSON", help="show results kept before, measure nothing"
    )
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench" / "matching")
    given = parser.parse_args()
    given.rows = given.rows or (speed.ROWS if given.speed else 10_000)
    return given


if __name__ == "__main__":
    main()

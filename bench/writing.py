"""The results as a table on the screen and as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.peers import DAY_TABLE_GOAL_S, GOALS_MS, GROWTH, IMPORT_GOAL, PEERS
from bench.towns import LARGE, ROOT, SMALL

PAGE = ROOT / "docs" / "reference" / "performance.md"
Row = tuple[str, ...]
HEAD: Row = ("Request", "20,000: CPU ms", "of it database", "queries", "1,000,000: CPU ms", "ratio", "goal", "peers")


def print_table(results: dict[str, Any]) -> None:
    """Print pages and figures."""
    console = Console()
    table = Table(*HEAD, title="CPU of server process and database per request")
    for row in _pages(results):
        table.add_row(*row)
    console.print(table)
    for line in _figures(results):
        console.print(f"- {line}", highlight=False)


def write_page(results: dict[str, Any]) -> None:
    """Write `docs/reference/performance.md`."""
    facts = results["machine"]
    lines = [
        "# Performance",
        "",
        "Written by `make bench`; do not edit. CPU time, not the clock: the machine had other work to do.",
        "A request goes through the whole WSGI handler with every middleware, as a logged-in person; the median of 60",
        "counts. The county command sees everyone in the town.",
        "",
        f"Measured on {results['at'][:10]}: {facts['processor']}, {facts['cores']:.0f} cores,",
        f"{facts['memory_gib']} GiB, {facts['system']}, Python {facts['python']}.",
        f"Load when it began {facts['load_1min']:.1f}, when it ended {facts['load_after']:.1f};",
        f"a fixed loop of two million steps took {facts['loop_cpu_ms']} CPU-ms.",
        "",
        "## Requests",
        "",
        "| " + " | ".join(HEAD) + " |",
        "|" + "---|" * len(HEAD),
        *("| " + " | ".join(row) + " |" for row in _pages(results)),
        "",
        f"Goals are CPU-ms per request; at a million people at most {GROWTH} times the cost at 20,000. Peers:",
        "open-source case-management systems with 20,000 people on the same kind of machine, measured once at the",
        "project's start.",
        "",
        "## Other figures",
        "",
        *(f"- {line}" for line in _figures(results)),
    ]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _pages(results: dict[str, Any]) -> Iterator[Row]:
    small = results["towns"].get(SMALL.name, {}).get("pages", {})
    large = results["towns"].get(LARGE.name, {}).get("pages", {})
    for name, one in small.items():
        other = large.get(name)
        goal, peer = GOALS_MS.get(name), PEERS.get(name)
        yield (
            name,
            f"{one['cpu_ms']:.1f}",
            f"{one['postgres_ms']:.1f}",
            f"{one['queries']:.0f}",
            f"{other['cpu_ms']:.1f}" if other else "",
            f"{other['cpu_ms'] / one['cpu_ms']:.2f}" if other else "",
            f"{goal:.0f}" if goal else "",
            f"{peer.least_ms:.0f}-{peer.most_ms:.0f}" if peer else "",
        )


def _figures(results: dict[str, Any]) -> Iterator[str]:
    for name, town in results["towns"].items():
        if built := town.get("built"):
            cost = f"{built['python_s']:.0f} s Python, {built['postgres_s']:.0f} s database"
            yield f"Building the town of {town['people']:,} people: {cost}, peak {built['rss_mb']:.0f} MiB."
        for what, cost in town.get("figures", {}).items():
            took = f"{cost['python_ms'] / 1000:.2f} s Python, {cost['postgres_ms'] / 1000:.2f} s database"
            goal = f" (goal {DAY_TABLE_GOAL_S:.0f} s)" if what == "day table" else ""
            yield f"{what}, {name} people: {took}{goal}."
        if one := town.get("import"):
            yield _import_line(name, one)
        if limits := town.get("limits"):
            yield _limits_line(name, limits)


def _import_line(name: str, one: dict[str, Any]) -> str:
    counts = one["counts"]
    stages = ", ".join(f"{stage} {cost['python_s'] + cost['postgres_s']:.1f}" for stage, cost in one["stages"].items())
    size = f"{one['rows']:,} rows (xlsx, {one['file_bytes'] / 2**20:.1f} MiB) against {name} people"
    return (
        f"Import of {size}, from the file to dispatched work: "
        f"{one['rows_per_s']:.0f} rows/s on the clock, {one['rows_per_cpu_s']:.0f} rows per CPU-second "
        f"(goal {IMPORT_GOAL:.0f} rows/s); {one['python_s']:.0f} s Python and {one['postgres_s']:.0f} s database; "
        f"CPU seconds by stage: {stages}; peak {one['peak_rss_mb']:.0f} MiB. {counts['same']:,} known, "
        f"{counts['new']:,} new, {counts['review']:,} for review, {counts['items']:,} items of work."
    )


def _limits_line(name: str, limits: dict[str, Any]) -> str:
    copied, rows, text = limits["copy"], limits["select 50 people"], limits["json of 50 people"]
    return (
        f"Limits of the machine, {name} people: bare COPY of as many rows {copied['rows_per_s']:,.0f} rows/s; "
        f"a bare SELECT of 50 people {rows['cpu_ms']:.2f} CPU-ms; writing them as JSON {text['cpu_ms']:.2f} CPU-ms."
    )

"""Several seeds as one table: means, the worst of what has a goal, and how engine and peers compare."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from bench.matching.peers import OURS, OURS_KEPT, PEERS

Row = Mapping[str, Any]
Line = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A figure in the table: `over` says what becomes of the seeds' figures."""

    key: str
    heading: str
    shape: str
    over: Callable[[Iterable[float]], float] = statistics.mean


COLUMNS = (
    Column("precision", "precision, worst", "{:.5f}", min),
    Column("recall", "recall", "{:.4f}"),
    Column("recall_with_review", "with review, worst", "{:.4f}", min),
    Column("review", "review, worst", "{:.2%}", max),
    Column("best_f1", "best F1", "{:.4f}"),
    Column("best_f1", "best F1, worst", "{:.4f}", min),
    Column("recall_at_precision", "recall at .9995, worst", "{:.4f}", min),
    Column("cpu_s", "CPU s", "{:,.1f}"),
    Column("peak_mib", "peak MiB, worst", "{:,.0f}", max),
)
LEAST_CPU, LEAST_MEMORY = 10.0, 8.0
"""What a peer must cost at least, in times of the engine with its ledger prepared: the goals."""


def over_seeds(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """The rows of all seeds by list and method, in the order in which they came."""
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        grouped.setdefault((str(row["list"]), str(row["method"])), []).append(row)
    return grouped


def figure(rows: Sequence[Row], column: Column) -> str:
    """One cell; a method that did not end well on every seed has none."""
    values = [float(row[column.key]) for row in rows if column.key in row]
    return column.shape.format(column.over(values)) if len(values) == len(rows) else "–"


def head() -> Line:
    """The headings of `lines`."""
    return ("list", "method", *(column.heading for column in COLUMNS))


def lines(rows: Iterable[Row]) -> list[Line]:
    """A line of figures for each method on each list."""
    return [
        (kind, method, *(figure(group, column) for column in COLUMNS))
        for (kind, method), group in over_seeds(rows).items()
    ]


def ratios(rows: Iterable[Row]) -> list[Line]:
    """For each list and peer how many times the CPU and the memory of the engine it takes, and the difference in F1."""
    found, grouped = [], over_seeds(rows)
    for (kind, method), peer in grouped.items():
        if method not in PEERS or any("best_f1" not in row for row in peer):
            continue
        for ours in (OURS, OURS_KEPT):
            own = grouped.get((kind, ours), [])
            if own and all("best_f1" in row for row in own):
                found.append((kind, method, ours, *_compared(peer, own)))
    return found


def _compared(peer: Sequence[Row], own: Sequence[Row]) -> Line:
    cpu = statistics.mean(row["cpu_s"] for row in peer) / statistics.mean(row["cpu_s"] for row in own)
    memory = max(row["peak_mib"] for row in peer) / max(row["peak_mib"] for row in own)
    better = statistics.mean(row["best_f1"] for row in own) - statistics.mean(row["best_f1"] for row in peer)
    return (
        f"{cpu:.1f} × {verdict(cpu >= LEAST_CPU)}",
        f"{memory:.1f} × {verdict(memory >= LEAST_MEMORY)}",
        f"{better:+.4f} {verdict(better > 0)}",
    )


RATIOS_HEAD: Line = ("list", "peer", "against", "CPU of the peer", "memory of the peer", "our best F1 is better by")


def verdict(reached: bool) -> str:
    """Beside a figure that has a goal."""
    return "(reached)" if reached else "(missed)"


def shown(title: str, heading: Line, cells: Iterable[Line]) -> Table:
    """A table for the screen."""
    table = Table(title=title)
    for at, text in enumerate(heading):
        table.add_column(text, justify="left" if at < 2 else "right")
    for line in cells:
        table.add_row(*line)
    return table


def markdown(heading: Line, cells: Iterable[Line]) -> str:
    """The same table for a page."""
    rule = "|".join("---" if at < 2 else "---:" for at in range(len(heading)))
    return "\n".join([f"| {' | '.join(heading)} |", f"|{rule}|", *(f"| {' | '.join(line)} |" for line in cells)])

"""The whole command, files to file, as ledgers grow: `python -m bench.matching --speed`.

For every ledger: reading and writing alone (`floor`), without anything kept (``cold``), with the ledger prepared and
kept on the way (``first``), and with the ledger kept before (``kept``). CPU of everything the command started; memory
is the most its processes held together. Kept is run `TIMES` times, its median counts.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import matching_features
from bench.matching.metering import Cost, run
from bench.matching.peers import TIMEOUT_S, Size, keep_ledger, reconcile, short, state_of, town
from bench.matching.summary import Line, verdict

PEOPLE = (100_000, 1_000_000, 5_000_000)
ROWS, SEED, TIMES = 100_000, 6, 3
RUNS = ("floor", "cold", "first", "kept")
Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure with a limit. `of` finds it among the results; `KeyError` when it was not measured."""

    text: str
    limit: float
    unit: str
    of: Callable[[Found], float]


def _figure(people: int, which: str, key: str) -> Callable[[Found], float]:
    return lambda found: float(found["sizes"][short(people)][which][key])


def growth(found: Found, which: str = "kept") -> float:
    """CPU with five million people over CPU with one million."""
    most, fewer = (_figure(people, which, "cpu_s")(found) for people in (PEOPLE[2], PEOPLE[1]))
    return most / fewer


GOALS = (
    Goal("1M × 100k cold", 40, "CPU s", _figure(PEOPLE[1], "cold", "cpu_s")),
    Goal("1M × 100k cold", 1024, "MiB", _figure(PEOPLE[1], "cold", "peak_mib")),
    Goal("1M × 100k kept", 8, "CPU s", _figure(PEOPLE[1], "kept", "cpu_s")),
    Goal("1M × 100k kept", 600, "MiB", _figure(PEOPLE[1], "kept", "peak_mib")),
    Goal("5M × 100k kept", 15, "CPU s", _figure(PEOPLE[2], "kept", "cpu_s")),
    Goal("5M × 100k kept", 1024, "MiB", _figure(PEOPLE[2], "kept", "peak_mib")),
    Goal("growth, CPU of 5M over CPU of 1M, kept", 4, "×", growth),
    Goal("normalising a clean ledger", 15, "µs/row", lambda found: float(found["features"]["clean"]["us_per_row"])),
    Goal("normalising a messy list", 15, "µs/row", lambda found: float(found["features"]["messy"]["us_per_row"])),
)


def measured(root: Path, people: Sequence[int], *, rows: int = ROWS, say: Callable[[str], None]) -> Found:
    """Every run on every ledger, and normalising by itself."""
    found: Found = {"rows": rows, "seed": SEED, "sizes": {}}
    for count in people:
        say(f"the files of {count:,} people")
        folder = town(root, Size(count, rows, SEED), prepared=False)
        found["sizes"][short(count)] = _of(folder, say)
    say("normalising by itself")
    clean = min(matching_features.CLEAN, max(people))
    found["features"] = matching_features.measured(clean, min(matching_features.MESSY, clean))
    return found


def _of(folder: Path, say: Callable[[str], None]) -> Found:
    out = folder / "speed.csv"
    files = [str(folder / "ledger.csv"), str(folder / "list.csv"), str(out)]
    found: Found = {}
    say("reading and writing alone")
    found["floor"] = _told(run([sys.executable, "-m", "bench.matching.floor", *files], timeout_s=TIMEOUT_S))
    say("cold")
    found["cold"] = _told(run(reconcile(folder, "list", out), timeout_s=TIMEOUT_S))
    say("preparing the ledger")
    found["first"] = _told(keep_ledger(folder))
    say("kept")
    kept = reconcile(folder, "list", out, state=state_of(folder))
    found["kept"] = _middle([_told(run(kept, timeout_s=TIMEOUT_S)) for _ in range(TIMES)])
    if state_of(folder).exists():
        found["kept"]["state_mib"] = state_of(folder).stat().st_size / 2**20
    return found


def _told(cost: Cost) -> Found:
    """What a run cost; of a run that did not end well only how it ended."""
    if cost.code:
        return {"code": cost.code}
    return {"cpu_s": cost.cpu_s, "wall_s": cost.wall_s, "peak_mib": cost.peak_mib}


def _middle(several: Sequence[Found]) -> Found:
    failed = [one for one in several if "code" in one]
    return failed[0] if failed else {key: statistics.median(one[key] for one in several) for key in several[0]}


HEAD: Line = ("people", "run", "CPU s", "wall s", "peak MiB", "CPU over the limit", "CPU µs per person of the ledger")


def lines(found: Found) -> list[Line]:
    """The growth curve, a line for each run. The limit is reading and writing alone."""
    return [
        (size, which, *_cells(runs[which], runs["floor"]["cpu_s"], people_of(size)))
        for size, runs in found["sizes"].items()
        for which in RUNS
    ]


def _cells(one: Found, floor_s: float, people: int) -> Line:
    if "code" in one:
        return (f"failed with {one['code']}", "–", "–", "–", "–")
    return (
        f"{one['cpu_s']:,.1f}",
        f"{one['wall_s']:,.1f}",
        f"{one['peak_mib']:,.0f}",
        f"{one['cpu_s'] / floor_s:.1f} ×",
        f"{one['cpu_s'] / people * 1e6:,.1f}",
    )


def outlook(found: Found) -> str:
    """What a million people more cost, from the two largest ledgers; empty when there is only one, or a run failed."""
    sizes = sorted(found["sizes"], key=people_of)
    if len(sizes) < 2 or any("code" in found["sizes"][size][which] for size in sizes for which in ("first", "kept")):
        return ""
    millions = (people_of(sizes[-1]) - people_of(sizes[-2])) / 1e6
    fewer, most = (found["sizes"][size] for size in sizes[-2:])

    def more(which: str, key: str) -> float:
        return float(most[which][key] - fewer[which][key]) / millions

    return (
        f"From {sizes[-2]} to {sizes[-1]} people, each million more costs {more('kept', 'cpu_s'):.1f} CPU s and "
        f"{more('kept', 'peak_mib'):.0f} MiB with the ledger kept, {more('first', 'cpu_s'):.0f} CPU s to prepare it "
        f"and {more('kept', 'state_mib'):.0f} MiB on the disk."
    )


def people_of(size: str) -> int:
    """What `short` shortened."""
    return int(size[:-1]) * {"k": 1_000, "M": 1_000_000}[size[-1]]


GOALS_HEAD: Line = ("figure", "unit", "goal", "measured", "")


def goals(found: Found) -> list[Line]:
    """Every goal beside what was measured; what was not measured says so."""
    made: list[Line] = []
    for goal in GOALS:
        try:
            value = goal.of(found)
        except KeyError as absent:
            failed = absent.args[0] in ("cpu_s", "peak_mib")
            verdict_of = "(missed: the run failed)" if failed else "not measured"
            made.append((goal.text, goal.unit, f"≤ {goal.limit:,.0f}", "–", verdict_of))
            continue
        made.append((goal.text, goal.unit, f"≤ {goal.limit:,.0f}", f"{value:,.1f}", verdict(value <= goal.limit)))
    return made

"""Whether a score of 0.97 is right 97 times in a hundred: `python -m bench.matching.calibration`.

Takes the best candidate of every row of the development lists, groups them by the probability the engine gave, and
looks how often it was the right person. Writes the picture and the table of `docs/reference/matching.md`.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.matching import page
from bench.matching.judging import Judged, judged, prepared
from bench.matching.peers import LISTS, Size, town
from bench.matching.plot import Point, Series, drawn
from bench.matching.summary import Line, markdown
from bench.towns import FOLDER
from lianfang.matching.model import REVIEW, SAME, SAME_IN_DOUBT, shipped

SEEDS = (1, 2, 3)
EDGES = (0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999, 1.0)
_Z = 1.959964
"""Standard normal quantile of intervals of 95 %."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows whose best candidate has a probability from `low` up to `high`; `predicted` is their mean."""

    low: float
    high: float
    rows: int
    right: int
    predicted: float

    @property
    def observed(self) -> float:
        """The share of them that is right."""
        return self.right / self.rows

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share lies, with 95 %."""
        return wilson(self.right, self.rows)


def wilson(right: int, rows: int) -> tuple[float, float]:
    """E. B. Wilson's interval of a share (JASA 22, 1927): sensible also for none and for all."""
    share, square = right / rows, _Z**2 / rows
    middle = (share + square / 2) / (1 + square)
    half = _Z / (1 + square) * math.sqrt(share * (1 - share) / rows + square / (4 * rows))
    return max(0.0, middle - half), min(1.0, middle + half)


def binned(chances: Iterable[tuple[float, bool]], edges: Sequence[float] = EDGES) -> list[Bin]:
    """Group pairs of a probability and whether it came true; groups without rows are left out."""
    told = np.array(sorted(chances), float).reshape(-1, 2)
    at = np.clip(np.searchsorted(edges, told[:, 0], side="right") - 1, 0, len(edges) - 2)
    found = []
    for number in np.unique(at).tolist():
        group = told[at == number]
        found.append(
            Bin(edges[number], edges[number + 1], len(group), int(group[:, 1].sum()), float(group[:, 0].mean()))
        )
    return found


def calibrated(folders: Iterable[Path]) -> tuple[dict[str, list[Bin]], list[Bin]]:
    """The bins of each kind of list over all folders; and of rows whose number and name contradict each other, of which
    a person decides whatever their score is, one bin for all."""
    chances: dict[str, list[tuple[float, bool]]] = {kind: [] for kind in LISTS}
    ruled: list[tuple[float, bool]] = []
    for folder in folders:
        for kind, one in judged_lists(folder):
            chances[kind] += one.chances(ruled=False)
            ruled += one.chances(ruled=True)
    return {kind: binned(told) for kind, told in chances.items()}, binned(ruled, (0.0, 1.0))


def judged_lists(folder: Path) -> Iterator[tuple[str, Judged]]:
    """The normal and the hard list of a folder, judged."""
    store = prepared(folder / "ledger.csv")
    try:
        for kind, name in LISTS.items():
            yield kind, judged(store, folder, name)
    finally:
        store.close()


HEAD: Line = ("list", "probability", "rows", "mean", "right", "95 % interval")


def lines(bins: dict[str, list[Bin]]) -> list[Line]:
    """The numbers behind the picture."""
    return [
        (
            kind,
            f"{one.low:g} to {one.high:g}",
            f"{one.rows:,}",
            f"{one.predicted:.4f}",
            f"{one.observed:.4f}",
            "{:.4f} to {:.4f}".format(*one.interval),
        )
        for kind, some in bins.items()
        for one in some
    ]


def picture(bins: dict[str, list[Bin]]) -> str:
    """The same as a picture."""
    series = [
        Series(kind, [Point(one.predicted, one.observed, *one.interval) for one in some]) for kind, some in bins.items()
    ]
    return drawn(series, marks={"review": REVIEW, "same": SAME, "in doubt": SAME_IN_DOUBT})


def main() -> None:
    """Measure, write picture and section."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching.calibration", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="development seeds, 1 to 9")
    parser.add_argument("--folder", type=Path, default=FOLDER / "matching")
    given = parser.parse_args()
    sizes = [Size(given.people, given.rows, seed) for seed in given.seeds]
    bins, ruled = calibrated(town(given.folder, size, prepared=False) for size in sizes)
    page.PICTURE.write_text(picture(bins), encoding="utf-8")
    seeds = ", ".join(map(str, given.seeds))
    about = f"Model {shipped().name}, {sizes[0].name}, seeds {seeds}."
    body = f"{about}\n\n{markdown(HEAD, lines({**bins, 'number against name': ruled}))}"
    page.write("calibration", body)
    print(body)


if __name__ == "__main__":
    main()

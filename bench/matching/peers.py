"""Peers and engine on the same ledgers and lists, each in a process of its own.

Peers are given the prepared fields (`features`), so reading, cleaning and taking apart addresses cost them nothing. The
engine is given the plain files and does everything from file to file; what it costs includes all that.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.matching.features import prepare
from bench.matching.generate import write_all
from bench.matching.metering import run
from bench.matching.pairs import LABELLED
from bench.matching.score import read_answers, read_truth, score

LISTS = {"normal": "list", "hard": "hard"}
TIMEOUT_S = 900.0
_MODULE = (sys.executable, "-W", "ignore", "-m")


@dataclass(frozen=True, slots=True)
class Size:
    """A ledger, its lists, the seed of both."""

    people: int
    rows: int
    seed: int = 1

    @property
    def name(self) -> str:
        """``100k × 10k, seed 1``."""
        return f"{_short(self.people)} × {_short(self.rows)}, seed {self.seed}"


def _short(count: int) -> str:
    return f"{count // 1_000_000}M" if count % 1_000_000 == 0 else f"{count // 1000}k"


METHODS = {
    "recordlinkage ECM": "ecm",
    "recordlinkage logreg": "logreg",
    "dedupe": "dedupe",
    "lianfang reconcile": "lianfang",
}
"""Method → the short name its answers carry: ``LIST.SHORT.csv``."""


def command(method: str, folder: Path, name: str) -> list[str]:
    """How a method is run on a list of this folder."""
    short = METHODS[method]
    answers = str(_answers(folder, name, method))
    if short in ("ecm", "logreg"):
        return [*_MODULE, "bench.matching.peer_recordlinkage", short, str(folder), name, answers]
    if short == "dedupe":
        return [*_MODULE, "bench.matching.peer_dedupe", str(folder), name, answers]
    files = ["--ledger", str(folder / "ledger.csv"), "--list", str(folder / f"{name}.csv"), "--out", answers]
    return [*_MODULE, "lianfang", "reconcile", *files, "--json"]


def _answers(folder: Path, name: str, method: str) -> Path:
    return folder / f"{name}.{METHODS[method]}.csv"


def town(root: Path, size: Size, *, prepared: bool = True) -> Path:
    """The folder with the files of this size, written if they are not there yet."""
    folder = root / f"{size.people}x{size.rows}s{size.seed}"
    if not (folder / "hard_truth.csv").exists():
        write_all(folder, people=size.people, rows=size.rows, seed=size.seed)
    if prepared and not (folder / "hard.features.parquet").exists():
        prepare(folder)
    return folder


def compare(folder: Path, *, only: frozenset[str] = frozenset()) -> Iterator[dict[str, object]]:
    """Run every method (or `only` some) on every list; one row of figures each. Labelled rows are not scored."""
    for kind, name in LISTS.items():
        truth = {row: one for row, one in read_truth(folder / f"{name}_truth.csv").items() if row > LABELLED}
        for method in METHODS:
            if only and method not in only:
                continue
            cost = run(command(method, folder, name), timeout_s=TIMEOUT_S)
            found: dict[str, object] = {"list": kind, "method": method, "cpu_s": cost.cpu_s, "peak_mib": cost.peak_mib}
            if cost.code == 0:
                found |= asdict(score(truth, read_answers(_answers(folder, name, method))))
            yield {**found, "code": cost.code}

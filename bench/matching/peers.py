"""Peers and engine on the same ledgers and lists, each in a process of its own.

Peers are given the prepared fields (`features`), so reading, cleaning and taking apart addresses cost them nothing. The
engine is given the plain files and does everything from file to file; what it costs includes all that. With the ledger
prepared before (``kept``) it still reads the list and writes the answer; what preparing cost is a row of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.matching.features import prepare
from bench.matching.generate import write_all
from bench.matching.metering import Cost, run
from bench.matching.pairs import LABELLED
from bench.matching.score import read_answers, read_truth, score

LISTS = {"normal": "list", "hard": "hard"}
TIMEOUT_S = 3600.0
OURS, OURS_KEPT, PREPARING = "lianfang reconcile", "lianfang reconcile, kept", "preparing the ledger"
_MODULE = (sys.executable, "-W", "ignore", "-m")
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Size:
    """A ledger, its lists, the seed of both."""

    people: int
    rows: int
    seed: int = 1

    @property
    def name(self) -> str:
        """``100k × 10k``."""
        return f"{short(self.people)} × {short(self.rows)}"


def short(count: int) -> str:
    """``100k``, ``5M``."""
    return f"{count // 1_000_000}M" if count % 1_000_000 == 0 else f"{count // 1000}k"


METHODS = {
    "recordlinkage ECM": "ecm",
    "recordlinkage logreg": "logreg",
    "dedupe": "dedupe",
    OURS: "lianfang",
    OURS_KEPT: "lianfang_kept",
}
"""Method → the short name its answers carry: ``LIST.SHORT.csv``."""
PEERS = tuple(method for method in METHODS if method not in (OURS, OURS_KEPT))


def command(method: str, folder: Path, name: str) -> list[str]:
    """How a method is run on a list of this folder."""
    short_name, answers = METHODS[method], _answers(folder, name, method)
    if short_name in ("ecm", "logreg"):
        return [*_MODULE, "bench.matching.peer_recordlinkage", short_name, str(folder), name, str(answers)]
    if short_name == "dedupe":
        return [*_MODULE, "bench.matching.peer_dedupe", str(folder), name, str(answers)]
    return reconcile(folder, name, answers, state=state_of(folder) if method == OURS_KEPT else None)


def reconcile(folder: Path, name: str, answers: Path, *, state: Path | None = None) -> list[str]:
    """The product's own command, from file to file."""
    files = ["--ledger", str(folder / "ledger.csv"), "--list", str(folder / f"{name}.csv"), "--out", str(answers)]
    kept = ["--state", str(state)] if state else []
    return [*_MODULE, "lianfang", "reconcile", *files, *kept, "--json"]


def state_of(folder: Path) -> Path:
    """Where the prepared ledger of this folder is kept."""
    return folder / "ledger.kept"


def keep_ledger(folder: Path, name: str = "list") -> Cost:
    """Prepare the ledger anew and keep it; a list is compared on the way."""
    state = state_of(folder)
    state.unlink(missing_ok=True)
    return run(reconcile(folder, name, folder / f"{name}.first.csv", state=state), timeout_s=TIMEOUT_S)


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


def compare(folder: Path, *, only: frozenset[str] = frozenset()) -> Iterator[Row]:
    """Run every method (or `only` some) on every list; one row of figures each. Labelled rows are not scored."""
    methods = [method for method in METHODS if not only or method in only]
    if OURS_KEPT in methods:
        yield {"list": "", "method": PREPARING, **_spent(keep_ledger(folder))}
    for kind, name in LISTS.items():
        truth = {row: one for row, one in read_truth(folder / f"{name}_truth.csv").items() if row > LABELLED}
        for method in methods:
            cost = run(command(method, folder, name), timeout_s=TIMEOUT_S)
            found: Row = {"list": kind, "method": method, **_spent(cost)}
            if cost.code == 0:
                found |= asdict(score(truth, read_answers(_answers(folder, name, method))))
            yield found


def _spent(cost: Cost) -> Row:
    return {"cpu_s": cost.cpu_s, "wall_s": cost.wall_s, "peak_mib": cost.peak_mib, "code": cost.code}

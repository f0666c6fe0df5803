"""The project's own generator: `python -m bench.matching.generate FOLDER --people 100000 --rows 10000 --seed 1`.

Writes ``ledger``, ``list`` and ``truth`` (and ``hard``, ``hard_truth``) as .csv and, where pyarrow is installed, as
.parquet. Deterministic by seed. Seeds 1 to 9 are for development; 101 to 109 are held out: nobody looks at them while
tuning (see the package).
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from bench.matching.ledgers import HEADER, Ledger, ledger
from bench.matching.lists import TRUTH, Listed, listed
from bench.matching.rates import Kind

__all__ = ["Ledger", "Listed", "ledger", "listed", "write", "write_all"]

_BATCH = 50_000


def write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write a table of texts as .csv (with the byte order mark Excel wants) or .parquet, by the ending."""
    if path.suffix == ".parquet":
        _write_parquet(path, header, iter(rows))
        return
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(header)
        writer.writerows(rows)


def _write_parquet(path: Path, header: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> None:
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    schema = pyarrow.schema([(name, pyarrow.string()) for name in header])
    with ParquetWriter(path, schema) as writer:
        while batch := list(islice(rows, _BATCH)):
            columns = [
                pyarrow.array([text or None for text in column], pyarrow.string())
                for column in zip(*batch, strict=True)
            ]
            writer.write_table(pyarrow.table(columns, schema=schema))


def write_all(folder: Path, *, people: int, rows: int, seed: int, endings: Iterable[str] = (".csv",)) -> None:
    """A ledger, a normal and a hard list of one seed, and their truths."""
    folder.mkdir(parents=True, exist_ok=True)
    known = ledger(people, seed)
    for ending in endings:
        write(folder / f"ledger{ending}", HEADER, known.rows())
    kinds: dict[str, Kind] = {"list": "normal", "hard": "hard"}
    for name, kind in kinds.items():
        made = listed(known, rows, seed, kind)
        for ending in endings:
            write(folder / f"{name}{ending}", made.header, made.cells())
        write(folder / f"{name}_truth.csv", TRUTH, made.truth())


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching.generate", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parquet", action="store_true", help="write .parquet beside .csv (needs the group bench)")
    given = parser.parse_args()
    endings = (".csv", ".parquet") if given.parquet else (".csv",)
    write_all(given.folder, people=given.people, rows=given.rows, seed=given.seed, endings=endings)


if __name__ == "__main__":
    main()

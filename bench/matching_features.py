"""`python -m bench.matching_features`: what it costs to turn raw cells into features, by field, and how much memory.

CPU of one process, everything included, over a clean ledger and a messy list. The cells are invented first and kept in
`var/bench`; each measurement is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench.meter import own_cpu, peak_mb
from bench.raw_people import TODAY, County, ledger, messy_list
from bench.towns import FOLDER, ROOT
from lianfang.matching import features as whole
from lianfang.matching.cells import Cells
from lianfang.matching.days import read_days
from lianfang.matching.doors import PlaceColumns, read_doors
from lianfang.matching.names import read_names
from lianfang.matching.numbers import read_numbers, read_phones
from lianfang.matching.places import Places

LIMIT_US = 15
LIMIT_MIB = 500
CLEAN, MESSY = 1_000_000, 200_000


def main() -> None:
    """Write the cells if need be, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching_features", description=__doc__)
    parser.add_argument("--clean", type=int, default=CLEAN, help="rows of the clean ledger")
    parser.add_argument("--messy", type=int, default=MESSY, help="rows of the messy list")
    parser.add_argument("--measure", nargs=2, type=Path, metavar=("LEDGER", "CELLS"), help="measure one file here")
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(_measure(*arguments.measure)))
        return
    for name, found in measured(arguments.clean, arguments.messy).items():
        _print(name, found)


def measured(clean_rows: int, messy_rows: int) -> dict[str, dict[str, Any]]:
    """The figures of a ``clean`` ledger and a ``messy`` list, each measured in a process of its own."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    clean, messy = FOLDER / f"clean-{clean_rows}.arrow", FOLDER / f"messy-{messy_rows}.arrow"
    if not (clean.exists() and messy.exists()):
        _write(clean, ledger(County(1), clean_rows))
        _write(messy, iter([messy_list(County(1), messy_rows, seed=2)]))
    return {name: _in_child(clean, cells) for name, cells in (("clean", clean), ("messy", messy))}


def _write(path: Path, tables: Iterator[pa.Table]) -> None:
    first = next(tables)
    with pa.OSFile(str(path), "wb") as out, pa.ipc.new_file(out, first.schema) as writer:
        writer.write_table(first, max_chunksize=whole.BATCH)
        for table in tables:
            writer.write_table(table.cast(first.schema), max_chunksize=whole.BATCH)


def _in_child(ledger_file: Path, cells: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.matching_features", "--measure", str(ledger_file), str(cells)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _batches(path: Path) -> Iterator[pa.Table]:
    with pa.OSFile(str(path), "rb") as source:
        reader = pa.ipc.open_file(source)
        for at in range(reader.num_record_batches):
            yield pa.Table.from_batches([reader.get_batch(at)])


def _measure(ledger_file: Path, cells: Path) -> dict[str, Any]:
    """Features of a whole file, places learned from the ledger first; then the fields one by one."""
    start = own_cpu()
    places = Places.learned(_batches(ledger_file))
    learning, start = own_cpu() - start, own_cpu()
    rows = sum(whole.features(table, today=TODAY, places=places).num_rows for table in _batches(cells))
    spent, peak = own_cpu() - start, peak_mb()
    fields = {name: _field(read, cells, rows) for name, read in _readers(Places(places.known, places.home_names))}
    return {
        "rows": rows,
        "us_per_row": spent / rows * 1e6,
        "learning_us_per_ledger_row": learning / max(rows, 1) * 1e6,
        "places": len(places.known),
        "peak_mib": peak,
        "fields": fields,
    }


def _readers(places: Places) -> list[tuple[str, Callable[[pa.Table], tuple[int, int]]]]:
    """Each field's reader: filled cells, and those the kernel read, of a batch."""

    def of(table: pa.Table, column: str) -> Cells:
        return Cells.of(table, column)

    def name(table: pa.Table) -> tuple[int, int]:
        return int(of(table, "name").filled.sum()), len(read_names(of(table, "name")).slow)

    def number(table: pa.Table) -> tuple[int, int]:
        found = read_numbers(of(table, "id"), of(table, "id_kind"), today=TODAY, eaten=False)
        return int(of(table, "id").filled.sum()), len(found.slow)

    def phone(table: pa.Table) -> tuple[int, int]:
        return int(of(table, "phone").filled.sum()), len(read_phones(of(table, "phone")).slow)

    def birth(table: pa.Table) -> tuple[int, int]:
        return int(of(table, "birth_date").filled.sum()), len(read_days(of(table, "birth_date"), today=TODAY)[1])

    def door(table: pa.Table) -> tuple[int, int]:
        cells = PlaceColumns(*(of(table, column) for column in PlaceColumns._fields))
        return int((cells.address.filled | cells.room.filled).sum()), len(read_doors(cells, places).slow)

    return [("name", name), ("id", number), ("phone", phone), ("birth_date", birth), ("door", door)]


def _field(read: Callable[[pa.Table], tuple[int, int]], cells: Path, rows: int) -> dict[str, float]:
    start, filled, slow = own_cpu(), 0, 0
    for table in _batches(cells):
        some, one_by_one = read(table)
        filled, slow = filled + some, slow + one_by_one
    return {"us_per_row": (own_cpu() - start) / rows * 1e6, "by_kernel": slow / max(filled, 1)}


def _print(name: str, found: dict[str, Any]) -> None:
    print(f"{name}: {found['rows']:,} rows, {found['places']} places learned")
    print(f"  all        {found['us_per_row']:6.2f} µs/row (limit {LIMIT_US})")
    for field, cost in found["fields"].items():
        print(
            f"  {field:10} {cost['us_per_row']:6.2f} µs/row, {cost['by_kernel']:6.2%} of the filled cells by the kernel"
        )
    print(f"  peak       {found['peak_mib']:6.0f} MiB (limit {LIMIT_MIB})")


if __name__ == "__main__":
    main()

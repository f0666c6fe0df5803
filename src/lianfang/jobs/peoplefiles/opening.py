"""Opening a file of people, whatever its kind, and reading it batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from lianfang.core.lists.intake.refusals import DEFAULT, Limits
from lianfang.core.lists.intake.signatures import kind_of
from lianfang.core.lists.intake.source import open_source
from lianfang.jobs.peoplefiles.bodies import Body
from lianfang.jobs.peoplefiles.parquetfiles import parquet_bodies
from lianfang.jobs.peoplefiles.sheets import sheet_bodies
from lianfang.jobs.peoplefiles.streams import text_bodies
from lianfang.jobs.trouble import Trouble
from lianfang.matching.cells import Numbers
from lianfang.matching.features import BATCH

_NO_LIMIT = Limits(file_bytes=1 << 62)
Bodies = Callable[[], Iterator[Body]]


class Batch(NamedTuple):
    """People in order of the file, one row each: raw columns, and `sheet`, `row` (data row inside the sheet, from 1),
    `part` (1 for the first person of the row) and `source` (running number of the row of people in the file, from 0).

    `eaten` is what `lianfang.matching.features.features` wants to know of them."""

    people: pa.Table
    eaten: bool


class PeopleFile:
    """A file of people that was recognised as one. Reading it again gives the same again."""

    def __init__(self, name: str, *, labels: tuple[str, ...], bodies: Bodies) -> None:
        self.name = name
        self.labels = labels
        """The file's own labels; those of the widest table when there are several."""
        self._bodies = bodies
        self._seats: list[tuple[int, pa.Array | None, pa.Array | None]] = []

    def batches(self, *, lines: bool = True) -> Iterator[Batch]:
        """Everybody in the file, at most `BATCH` people at a time.

        Where province, city, county or subdistrict stand in columns of their own and there is no address, one is put
        together, as the import of lists does: it tells that somebody lives elsewhere. Without `lines` that is left out:
        a ledger with communities and compounds does not need it, and its features take half the time.

        Raises `Trouble` where a file too large to be judged beforehand turns out to hold a second table or bytes that
        are no text; of such a text file `eaten` says what was met so far, of all others what is true of the table."""
        seats: list[tuple[int, pa.Array | None, pa.Array | None]] = []
        before = 0
        for body in self._bodies():
            people = body.people(lines=lines)
            at, part = people["at"].to_numpy(), people["part"].to_numpy()
            alone = len(at) == body.rows
            seats.append((len(at), None, None) if alone else (len(at), *map(_narrow, (at, part))))
            people = (
                people.drop_columns(["at", "part"])
                .append_column("sheet", pa.repeat(body.sheet, len(at)))
                .append_column("row", pa.array(at + body.first))
                .append_column("part", pa.array(part))
                .append_column("source", pa.array(at + before))
            )
            before += body.rows
            for start in range(0, people.num_rows, BATCH):
                yield Batch(people.slice(start, BATCH), body.eaten)
        self._seats = seats

    def own_rows(self) -> Iterator[tuple[list[pa.Array], pa.Table]]:
        """The file's own cells for every person, with `sheet`, `row` and `part`, in the order of `batches`.

        Column by column under `labels`; a person's row is repeated for each of its people."""
        if not self._seats:
            for _ in self.batches():
                pass
        width = len(self.labels)
        for body, (people, at, part) in zip(self._bodies(), self._seats, strict=True):
            own = body.own[:width]
            where = np.arange(people, dtype=np.int64) if at is None else at.to_numpy().astype(np.int64)
            if at is not None:
                own = [column.take(at) for column in own]
            own += [pa.nulls(people, pa.string())] * (width - len(own))
            seat = {
                "sheet": pa.repeat(body.sheet, people),
                "row": pa.array(where + body.first),
                "part": pa.array(np.ones(people, np.int64)) if part is None else part.cast(pa.int64()),
            }
            yield own, pa.table(seat)


def open_people(path: Path, *, today: date) -> PeopleFile:
    """Recognise a file of people: xlsx, xls, ods, csv, tsv, txt or parquet.

    Raises `Trouble` with a fix for a file that is missing, damaged, refused, or has no table of people."""
    if not path.exists():
        raise Trouble("reconcile.no_file", f"{path}: there is no such file.", "Check the path of the file")
    try:
        found = _recognised(path, today)
    except ValueError as why:
        code = str(getattr(why, "code", "file.damaged"))
        raise Trouble(code, f"{path.name}: {why}", "Mend the file as it says") from why
    if found is None:
        raise Trouble("reconcile.nobody", f"{path.name}: no table with people was found.", "Check the header row")
    labels, bodies = found
    return PeopleFile(path.name, labels=labels, bodies=bodies)


def _recognised(path: Path, today: date) -> tuple[tuple[str, ...], Bodies] | None:
    if path.suffix.lower() == ".parquet":
        return parquet_bodies(path, today=today)
    kind = kind_of(path, filename=path.name, limits=_NO_LIMIT)
    if kind in ("csv", "tsv", "txt") and (found := text_bodies(path, kind=kind, today=today)):
        return found
    return sheet_bodies(open_source(path, filename=path.name, limits=DEFAULT), today=today)


def _narrow(numbers: Numbers) -> pa.Array:
    return pa.array(numbers.astype(np.int32))

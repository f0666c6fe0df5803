"""The answer file: the list's own columns with what was decided of every person behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
from pyarrow.parquet import ParquetWriter

from lianfang.core.lists.returns.wholefile import whole_file
from lianfang.jobs.peoplefiles.formulas import defused
from lianfang.jobs.peoplefiles.opening import PeopleFile
from lianfang.jobs.peoplefiles.xlsxanswers import XlsxAnswers
from lianfang.jobs.trouble import Trouble
from lianfang.kernel.cells import defuse

ADDED = ("sheet", "row", "part", "decision", "ledger_row", "score", "reasons")
"""Columns written behind the list's own."""
SEAT = ADDED[:3]
"""Columns written behind the ledger's own for those who are not on the list."""
ENDINGS = (".xlsx", ".csv", ".parquet")
_DECIDED = ("decision", "ledger_row", "score", "reasons")
_DIGITS = 4
"""Decimals of a score."""
Progress = Callable[[str, int, int], None]


class Writer(Protocol):
    """Writes the rows of an answer as they come."""

    def write(self, columns: Sequence[pa.Array]) -> None:
        """Add rows: the own columns, then those added."""


def require_ending(out: Path) -> None:
    """Raise `Trouble` unless the answer can be written under this name."""
    if out.suffix.lower() not in ENDINGS:
        raise Trouble("reconcile.format", f"{out.name}: unknown ending.", "Name the result .xlsx, .csv or .parquet")


def write_answers(out: Path, people: PeopleFile, answers: pa.Table, *, progress: Progress) -> None:
    """Write one row per person: the list's own columns under its own labels, then `ADDED`; the format is by the ending.

    `answers` has a row for everybody in the order of ``people.batches()``: ``decision`` and ``reasons`` (text),
    ``ledger_row`` (whole number or null) and ``score``. The file appears whole or not at all. An own label that is also
    one of `ADDED` stays as it is in .xlsx and .csv, where two columns may have one label; in .parquet, where they must
    not, the own column is called ``score 2``.
    """
    require_ending(out)
    done = 0
    with answer_writer(out, people.labels, answers.num_rows) as writer:
        for own, seats in people.own_rows():
            some = answers.slice(done, seats.num_rows).combine_chunks()
            if some.num_rows < seats.num_rows:
                raise ValueError(f"there are fewer answers ({answers.num_rows}) than people")
            decided = [_plain(some.column(name)) for name in _DECIDED]
            decided[2] = pc.round(decided[2], _DIGITS)
            writer.write([*own, *(_plain(column) for column in seats.columns), *decided])
            done += seats.num_rows
            progress("write", done, answers.num_rows)
        if done < answers.num_rows:
            raise ValueError(f"there are more answers ({answers.num_rows}) than people ({done})")


def write_chosen(out: Path, people: PeopleFile, chosen: npt.NDArray[np.bool_], *, progress: Progress) -> None:
    """Write the file's own rows of some of its people, with `SEAT` behind them. `chosen`: in the order of `batches`.

    The file appears whole or not at all.
    """
    require_ending(out)
    done = written = 0
    with answer_writer(
        out, people.labels, int(chosen.sum()), added=pa.schema([_SCHEMA.field(n) for n in SEAT])
    ) as writer:
        for own, seats in people.own_rows():
            some = pa.array(np.flatnonzero(chosen[done : done + seats.num_rows]))
            done += seats.num_rows
            written += len(some)
            if len(some):
                columns = [*own, *(_plain(seats[name]) for name in SEAT)]
                writer.write([column.take(some) for column in columns])
            progress("missing", written, 0)


def _plain(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


_TYPES = (pa.string(), pa.int64(), pa.int64(), pa.string(), pa.int64(), pa.float64(), pa.string())
_SCHEMA = pa.schema(list(zip(ADDED, _TYPES, strict=True)))


@contextmanager
def answer_writer(out: Path, labels: Sequence[str], rows: int, *, added: pa.Schema = _SCHEMA) -> Iterator[Writer]:
    """Writes own columns and those `added`, in the format of the ending of `out`, which appears whole or not at all."""
    with whole_file(out) as unfinished, _writer(unfinished, out, labels, rows, added) as writer:
        yield writer


@contextmanager
def _writer(path: Path, out: Path, labels: Sequence[str], rows: int, added: pa.Schema) -> Iterator[Writer]:
    ending = out.suffix.lower()
    if ending == ".csv":
        with path.open("wb") as file:
            yield _Csv(file, [*labels, *added.names])
    elif ending == ".parquet":
        own = _unique(labels, set(added.names))
        schema = pa.schema([*((name, pa.string()) for name in own), *added])
        with ParquetWriter(path, schema, compression="zstd") as writer:
            yield _Parquet(writer, schema)
    else:
        with XlsxAnswers(path, out.stem, [*labels, *added.names], rows=rows) as book:
            yield book


def _unique(labels: Sequence[str], taken: set[str]) -> list[str]:
    """Names for own columns: none twice, none empty, none of those `taken`."""
    names = []
    for at, label in enumerate(labels, start=1):
        name = base = label or f"column {at}"
        count = 2
        while name in taken:
            name = f"{base} {count}"
            count += 1
        taken.add(name)
        names.append(name)
    return names


class _Csv:
    """UTF-8 with a byte order mark and CRLF, as Excel wants it; cells a spreadsheet might evaluate are defused."""

    def __init__(self, file: BinaryIO, header: Sequence[str]) -> None:
        self._file = file
        self._names = [str(at) for at in range(len(header))]
        line = ",".join('"' + defuse(label).replace('"', '""') + '"' for label in header)
        file.write(b"\xef\xbb\xbf" + line.encode() + b"\r\n")

    def write(self, columns: Sequence[pa.Array]) -> None:
        table = pa.table([_written(column) for column in columns], names=self._names)
        options = arrow_csv.WriteOptions(include_header=False, eol="\r\n", batch_size=8192)
        arrow_csv.write_csv(table, self._file, options)


class _Parquet:
    def __init__(self, writer: ParquetWriter, schema: pa.Schema) -> None:
        self._writer, self._schema = writer, schema

    def write(self, columns: Sequence[pa.Array]) -> None:
        self._writer.write_table(pa.table(list(columns), schema=self._schema))


def _written(column: pa.Array) -> pa.Array:
    """A column as it stands in a text file: empty cells as nothing at all, not as two quotation marks."""
    if not pa.types.is_string(column.type):
        return column
    column = defused(column)
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)

"""The people of a parquet file: its column names are the header; tens of thousands of rows are read at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.parquet import ParquetFile

from lianfang.core.lists.intake.mapping import Mapping
from lianfang.core.lists.intake.rowkinds import BodyColumns
from lianfang.core.lists.intake.tables import Table, body_columns
from lianfang.core.lists.intake.workbook import Cell, Sheet, Workbook
from lianfang.jobs.peoplefiles.bodies import Body, in_batches, look_eaten
from lianfang.jobs.peoplefiles.fields import Fields
from lianfang.jobs.peoplefiles.kinds import People, rows_of
from lianfang.jobs.peoplefiles.sheets import sheet_bodies
from lianfang.jobs.peoplefiles.tails import HeldBack
from lianfang.jobs.peoplefiles.textfiles import regular_table
from lianfang.jobs.trouble import Trouble
from lianfang.kernel.cells import clean_text
from lianfang.matching.cells import Cells
from lianfang.matching.features import BATCH
from lianfang.matching.numbers import numbers_look_eaten

_HEAD_ROWS = 300
_MOST_UNUSUAL = 200_000
"""More rows than this under column names that tell nothing are not looked through one by one."""


@dataclass(frozen=True)
class _Form:
    path: Path
    table: Table
    mapping: Mapping
    deciding: BodyColumns


def parquet_bodies(path: Path, *, today: date) -> tuple[tuple[str, ...], Callable[[], Iterator[Body]]] | None:
    """Labels and bodies of a parquet file; None if it tells of nobody. Raises `Trouble` for one that is none."""
    try:
        with ParquetFile(path) as file:
            rows = file.metadata.num_rows
            head = _sheet(file, min(rows, _HEAD_ROWS))
            found = regular_table(head)
            if found is None or found[0].header_rows != (1,):
                whole = _sheet(file, rows) if rows <= _MOST_UNUSUAL else head
                return sheet_bodies(Workbook(kind="parquet", sheets=[whole]), today=today)
    except pa.ArrowException as why:
        raise Trouble("file.damaged", f"{path.name}: this is no parquet file.", "Write the file again") from why
    table, mapping = found
    form = _Form(path, table, mapping, body_columns(table.columns, table.guesses))
    return table.labels, lambda: _bodies(form, today)


def _sheet(file: ParquetFile, rows: int) -> Sheet:
    """The names of the columns and the first rows as a sheet, blank rows left out."""
    sheet = Sheet(name="", rows=[], numbers=[], height=rows + 1)
    _add(sheet, 1, file.schema_arrow.names)
    number = 1
    for batch in file.iter_batches(batch_size=max(1, min(rows, BATCH))):
        columns = [text_of(column).to_pylist() for column in batch.columns]
        for row in zip(*columns, strict=True):
            number += 1
            if number > rows + 1:
                return sheet
            _add(sheet, number, row)
    return sheet


def _add(sheet: Sheet, number: int, texts: Sequence[str]) -> None:
    cells: list[Cell] = [text if text and not text.isspace() else None for text in texts]
    while cells and cells[-1] is None:
        cells.pop()
    if cells:
        sheet.rows.append(cells)
        sheet.numbers.append(number)


def _bodies(form: _Form, today: date) -> Iterator[Body]:
    fields = Fields(form.table, form.mapping, today=today)
    people = People(form.deciding)
    with ParquetFile(form.path) as file:
        eaten = _eaten(file, fields.identities, today)
        held = HeldBack(people)
        counted = 0
        for batch in file.iter_batches(batch_size=BATCH):
            own = [text_of(column) for column in batch.columns]
            found, stop = people.rows(own, partial(rows_of, own), rows=batch.num_rows)
            if stop < batch.num_rows:
                sentence = f"{form.path.name}: a second header stands below its {counted + len(found)} people."
                raise Trouble("reconcile.second_table", sentence, "Put each table into a file of its own")
            every = None if len(found) == batch.num_rows else found
            for cells, count in in_batches(own, every, batch.num_rows):
                yield from held.after(Body(cells, count, fields, "", counted + 1, eaten))
                counted += count
        yield from held.rest()


def _eaten(file: ParquetFile, columns: list[int], today: date) -> bool:
    names = [file.schema_arrow.names[at] for at in columns]
    for batch in file.iter_batches(batch_size=BATCH, columns=names) if names else ():
        for cells in look_eaten(map(text_of, batch.columns)):
            if numbers_look_eaten(Cells(cells), today=today):
                return True
    return False


def text_of(column: pa.Array) -> pa.Array:
    """A column of any type as text: numbers and days as the kernel writes them, nothing as the empty text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return text_of(column.dictionary_decode())
    if pa.types.is_string(kind):
        return column.fill_null("") if column.null_count else column
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_integer(kind):
        return pc.cast(column, pa.string()).fill_null("")
    if pa.types.is_date(kind):
        return pc.cast(pc.cast(column, pa.date32()), pa.string()).fill_null("")
    return pa.array([clean_text(cell) for cell in column.to_pylist()], pa.string())

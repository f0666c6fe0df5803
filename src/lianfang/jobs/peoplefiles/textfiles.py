"""Text files with one table of people under a header, read by whole columns; everything else is left to the intake.

A file is cut into blocks of whole records. A block is read by arrow where each of its lines is a record as wide as the
header, and otherwise (ragged lines, line breaks in cells, stray quotation marks) as the intake reads text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv

from lianfang.core.lists.intake.delimited import delimiter_of, lines_of, mended_records, sheet_of
from lianfang.core.lists.intake.forms import is_turned
from lianfang.core.lists.intake.mapping import Mapping
from lianfang.core.lists.intake.refusals import DEFAULT
from lianfang.core.lists.intake.rowkinds import BodyColumns
from lianfang.core.lists.intake.tables import Table, body_columns, find_tables
from lianfang.core.lists.intake.workbook import Sheet
from lianfang.jobs.peoplefiles.bodies import Own

BLOCK = 8 * 1024 * 1024
_HEAD = 1024 * 1024
_HEAD_LINES, _HEAD_ROWS = 320, 260
"""The header is looked for in 40 rows and columns are judged by 200 below it."""
_CUTS = 400
"""A block whose quotation marks do not close within so many lines from its end is not cut but read on."""
_MOST_BLOCKS = 4
"""Nor is more read on than this; then it is cut at any line."""
_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\n|\r")


class Disorder(Exception):
    """The text is not what columns can be read from."""


@dataclass(frozen=True)
class TextForm:
    """How a regular text file is to be read. `start` is the byte after the header; `width` its number of cells."""

    path: Path
    table: Table
    mapping: Mapping
    deciding: BodyColumns
    delimiter: str
    encoding: str
    start: int
    width: int
    block: int = BLOCK


def regular_table(sheet: Sheet) -> tuple[Table, Mapping] | None:
    """The table of a sheet that is one list of people in columns under a header, and what its columns mean."""
    if is_turned(sheet):
        return None
    tables = find_tables(sheet)
    table = tables[0] if tables else None
    if table is None or len(tables) != 1 or table.kind != "persons" or table.layout != "columns":
        return None
    return (table, Mapping.of_table(table)) if table.header_rows else None


def form_of(path: Path, *, kind: str, block: int = BLOCK) -> TextForm | None:
    """How to read the file by columns; None if its beginning is not one table of people under a header."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        whole = not file.read(1)
    if not whole:
        head = head[: head.rfind(b"\n") + 1]
    bare = head.removeprefix(_BOM)
    decoded = _decoded(bare)
    if decoded is None:
        return None
    text, encoding = decoded
    delimiter = delimiter_of(text, sure=kind in ("csv", "tsv"))
    if len(delimiter.encode()) != 1:
        return None
    sheet, notices = _head_sheet(text, kind)
    found = regular_table(sheet)
    if found is None or notices:
        return None
    table, mapping = found
    below = sheet.numbers.index(table.header_rows[-1]) + 1
    ends = [end.end() for end in islice(_LINE_END.finditer(bare), sheet.numbers[below] - 1)]
    lines = lines_of(text)[table.header_rows[-1] - 1 : sheet.numbers[below] - 1]
    header = mended_records(lines, delimiter=delimiter)[0]
    return TextForm(
        path=path,
        table=table,
        mapping=mapping,
        deciding=body_columns(table.columns, table.guesses),
        delimiter=delimiter,
        encoding=encoding,
        start=len(head) - len(bare) + ends[-1],
        width=len(header[0][2]),
        block=block,
    )


def _decoded(content: bytes) -> tuple[str, str] | None:
    if b"\0" in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return None


def _head_sheet(text: str, kind: str) -> tuple[Sheet, tuple[str, ...]]:
    """The first rows of the text, as the intake cuts them."""
    lines = text.split("\n")
    sheet, notices = sheet_of("\n".join(lines[:_HEAD_LINES]), kind=kind, limits=DEFAULT)
    if len(lines) > _HEAD_LINES and (notices or len(sheet.rows) < _HEAD_ROWS):
        sheet, notices = sheet_of(text, kind=kind, limits=DEFAULT)
    return sheet, notices


def blocks(form: TextForm) -> Iterator[bytes]:
    """The file below its header in pieces that end with a record, in UTF-8. Raises `Disorder` for other bytes."""
    with form.path.open("rb") as file:
        file.seek(form.start)
        rest = b""
        while piece := file.read(form.block):
            rest += piece
            cut = _cut(rest)
            if cut or len(rest) >= _MOST_BLOCKS * form.block:
                cut = cut or rest.rfind(b"\n") + 1 or len(rest)
                yield _as_utf8(rest[:cut], form.encoding)
                rest = rest[cut:]
        if rest:
            yield _as_utf8(rest, form.encoding)


def _cut(content: bytes) -> int:
    """Where the last record ends that ends with a line: no quotation mark is open there. 0 if it is not found."""
    cut = content.rfind(b"\n") + 1
    marks = content.count(b'"', 0, cut)
    for _ in range(_CUTS):
        if not cut or marks % 2 == 0:
            return cut
        before = content.rfind(b"\n", 0, cut - 1) + 1
        marks -= content.count(b'"', before, cut)
        cut = before
    return 0


def _as_utf8(content: bytes, encoding: str) -> bytes:
    if encoding == "utf-8":
        return content
    try:
        return content.decode(encoding).encode()
    except UnicodeDecodeError as error:
        raise Disorder from error


def columns_of(block: bytes, form: TextForm) -> tuple[Own, int]:
    """The cells of a block by columns, and the number of its rows. Raises `Disorder` for what is no UTF-8."""
    if b"\0" in block:
        raise Disorder
    found = _by_arrow(block, form)
    if found is not None:
        return found
    try:
        text = block.decode()
    except UnicodeDecodeError as error:
        raise Disorder from error
    records, _ = mended_records(lines_of(text), delimiter=form.delimiter)
    columns = list(zip_longest(*(fields for _, _, fields in records), fillvalue=""))
    return [pa.array(column, pa.string()) for column in columns], len(records)


def _by_arrow(block: bytes, form: TextForm) -> tuple[Own, int] | None:
    names = [str(at) for at in range(form.width)]
    ragged: list[int] = []

    def leave(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row.actual_columns)
        return "skip"

    try:
        read = arrow_csv.read_csv(
            pa.BufferReader(block),
            read_options=arrow_csv.ReadOptions(
                column_names=names, use_threads=False, block_size=max(len(block) + 1, 1024)
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=form.delimiter, newlines_in_values=b'"' in block, invalid_row_handler=leave
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if ragged or (b'"' in block and read.num_rows != block.count(b"\n") + (not block.endswith(b"\n"))):
        return None
    return [_one_chunk(column) for column in read.columns], read.num_rows


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    return (
        column.chunk(0)
        if column.num_chunks == 1
        else pa.concat_arrays(column.chunks)
        if column.num_chunks
        else pa.array([], pa.string())
    )

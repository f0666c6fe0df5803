"""An answer as .xlsx, fast: xlsxwriter draws the frame, the rows are put into its sheet as columns of text.

Looks as the lists of the product do (`write_table_xlsx`): title, header that stays in view, filter, A4 across.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name

from lianfang.core.lists.returns.cells import LONGEST_TEXT
from lianfang.core.lists.returns.exports import draw_frame
from lianfang.jobs.peoplefiles.formulas import formulas_in
from lianfang.jobs.trouble import Trouble
from lianfang.matching.cells import Flags

MOST_ROWS = 1_048_576 - 2
"""Rows of a sheet below title and header."""
_MEASURED = 500
_AT_ONCE = 4096
_LEVEL = 1
"""Of deflate: rows are mostly the same few tags, and more effort costs more time than it saves room."""
_ROW = re.compile(rb'<row r="3".*?</row>', re.DOTALL)
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')
_STYLE = re.compile(rb'<c r="[A-Z]+3" s="(\d+)"')
_UNUSUAL = r"[\x00-\x08\x0b-\x1f]|_x[0-9A-Fa-f]{4}_|\x{fffe}|\x{ffff}"
_BLANK = '"/>'
_TEXT = '" t="inlineStr"><is><t xml:space="preserve">'
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class XlsxAnswers:
    """Writes the rows of one table as they come; `rows` is how many there will be."""

    def __init__(self, path: Path, title: str, header: Sequence[str], *, rows: int) -> None:
        if rows > MOST_ROWS:
            raise Trouble(
                "reconcile.too_long", f"A sheet of .xlsx has no room for {rows} rows.", "Name the result .csv"
            )
        self._path, self._title, self._header, self._rows = path, title, list(header), rows
        self._letters = [xl_col_to_name(at) for at in range(len(header))]
        self._written = 0
        self._book: zipfile.ZipFile | None = None
        self._sheet: IO[bytes] | None = None
        self._rest = b""
        self._styles: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._sheet is None and kind is None:
            self._begin([])
        if self._sheet is not None and self._book is not None:
            self._sheet.write(self._rest)
            self._sheet.close()
            self._book.close()

    def write(self, columns: Sequence[pa.Array]) -> None:
        """Add rows: texts, whole numbers and scores."""
        if self._sheet is None:
            self._begin(columns)
        for start in range(0, len(columns[0]), _AT_ONCE):
            self._add([column.slice(start, _AT_ONCE) for column in columns])

    def _add(self, columns: Sequence[pa.Array]) -> None:
        assert self._sheet is not None
        count = len(columns[0])
        first = self._written + 3
        numbers = pc.cast(pa.array(np.arange(first, first + count)), pa.string())
        pieces: list[pa.Array | str] = ['<row r="', numbers, '">']
        for letter, column in zip(self._letters, columns, strict=True):
            pieces += self._cells(letter, numbers, column)
        rows = pc.binary_join_element_wise(*_joined(pieces), "</row>", "")
        _, ends, content = rows.buffers()
        bounds = np.frombuffer(ends, np.int32, count=count + 1, offset=4 * rows.offset)
        self._sheet.write(memoryview(content)[bounds[0] : bounds[-1]])
        self._written += count

    def _begin(self, columns: Sequence[pa.Array]) -> None:
        """Draw the frame around one row of each look, and open its sheet where that row stands."""
        shown = [column.slice(0, _MEASURED).to_pylist() for column in columns]
        frame = BytesIO()
        draw_frame(
            frame, title=self._title, headers=self._header, shown=list(zip(*shown, strict=True)), rows=self._rows
        )
        with zipfile.ZipFile(frame) as drawn:
            part = drawn.read("xl/worksheets/sheet1.xml")
            row = _ROW.search(part)
            assert row is not None
            self._styles = [style.decode() for style in _STYLE.findall(row[0])]
            self._book = zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
            for name in drawn.namelist():
                if name != "xl/worksheets/sheet1.xml":
                    self._book.writestr(name, drawn.read(name))
        self._sheet = self._book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True)
        used = f'<dimension ref="A1:{self._letters[-1]}{self._rows + 2}"/>'.encode()
        self._sheet.write(_DIMENSION.sub(used, part[: row.start()]))
        self._rest = part[row.end() :]

    def _cells(self, letter: str, numbers: pa.Array, column: pa.Array) -> list[pa.Array | str]:
        text, quoted, number = self._styles
        head = f'<c r="{letter}'
        if not pa.types.is_string(column.type):
            value = pc.cast(column, pa.string())
            value = pc.binary_join_element_wise('"><v>', value, "</v></c>", "", null_handling="emit_null")
            return [head, numbers, f'" s="{number}', value.fill_null(_BLANK)]
        column = column.fill_null("")
        risky = formulas_in(column)
        style: pa.Array | str = text
        if risky.any():
            style = pc.if_else(pa.array(risky), quoted, text)
        value = pc.binary_join_element_wise(_TEXT, _xml(column), "</t></is></c>", "")
        return [head, numbers, '" s="', style, pc.if_else(pc.equal(column, ""), _BLANK, value)]


def _joined(pieces: list[pa.Array | str]) -> list[pa.Array | str]:
    """The pieces with texts that follow each other made one."""
    found: list[pa.Array | str] = []
    for piece in pieces:
        if isinstance(piece, str) and found and isinstance(found[-1], str):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def _xml(column: pa.Array) -> pa.Array:
    """Texts as they stand in XML, without what XML or a cell cannot hold."""
    unusual = np.asarray(pc.match_substring_regex(column, _UNUSUAL)) | _too_long(column)
    if unusual.any():
        texts = [_holdable(text) for text in column.filter(pa.array(unusual)).to_pylist()]
        column = pc.replace_with_mask(column, pa.array(unusual), pa.array(texts, pa.string()))
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        if pc.any(pc.match_substring(column, sign)).as_py():
            column = pc.replace_substring(column, sign, written)
    return column


def _too_long(column: pa.Array) -> Flags:
    found: Flags = np.asarray(pc.greater(pc.utf8_length(column), LONGEST_TEXT))
    return found


def _holdable(text: str) -> str:
    text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _ESCAPE_LIKE.sub("_x005F_", text[:LONGEST_TEXT])

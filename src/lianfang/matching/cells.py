"""A text column of a batch as bytes, so that what is clean is read by whole columns and not cell by cell."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes: TypeAlias = npt.NDArray[np.uint8]
Flags: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.int64]

ZERO = 48
"""The code of the digit 0: a byte minus this is below ten for digits only."""


class Cells:
    """The cells of one column; a missing cell is the empty text."""

    __slots__ = ("bytes", "length", "starts", "text")

    def __init__(self, text: pa.Array) -> None:
        self.text = text.fill_null("") if text.null_count else text
        rows = len(self.text)
        _, offsets, content = self.text.buffers()
        ends = np.frombuffer(offsets, np.int32, count=rows + 1, offset=4 * self.text.offset) if offsets else None
        self.starts: npt.NDArray[np.int32] = np.zeros(1, np.int32) if ends is None else ends
        self.length: npt.NDArray[np.int32] = np.diff(self.starts)
        self.bytes: Bytes = np.zeros(0, np.uint8) if content is None else np.frombuffer(content, np.uint8)

    def __len__(self) -> int:
        return len(self.text)

    @classmethod
    def of(cls, batch: pa.Table, column: str) -> Cells:
        """A column of the batch; all cells are missing when there is no such column."""
        if column not in batch.column_names:
            return cls(pa.array([""]).take(pa.array(np.zeros(batch.num_rows, np.int32))))
        found = batch.column(column)
        found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
        if isinstance(found, pa.ChunkedArray):  # older pyarrow keeps the wrapping when there is nothing to combine
            found = pa.concat_arrays(found.chunks) if found.num_chunks else pa.array([], pa.string())
        return cls(found if found.type == pa.string() else found.cast(pa.string()))

    @property
    def filled(self) -> Flags:
        """Which cells hold anything."""
        found: Flags = self.length > 0
        return found

    def windows(self, rows: Numbers, width: int, *, start: int = 0) -> Bytes:
        """`width` bytes of each of the rows, from byte `start` of the cell; the rows must be that long."""
        found: Bytes = self.bytes[(self.starts[rows] + start)[:, None] + np.arange(width, dtype=np.int32)]
        return found

    def with_length(self, length: int) -> Numbers:
        """The rows whose cell has exactly so many bytes."""
        return np.flatnonzero(self.length == length)

    def distinct(self, rows: Numbers) -> tuple[list[str], Numbers]:
        """The different texts of these rows, and for each row the position of its text among them."""
        if not len(rows):
            return [], np.zeros(0, np.int64)
        found = self.text.take(pa.array(rows)).dictionary_encode()
        return found.dictionary.to_pylist(), found.indices.to_numpy().astype(np.int64)

    def replaced(self, patches: dict[int, str]) -> Cells:
        """The column with other texts in some rows."""
        if not patches:
            return self
        rows = np.fromiter(sorted(patches), np.int64, len(patches))
        return Cells(mixed(self.text, np.ones(len(self), bool), rows, [patches[row] for row in rows.tolist()]))


def mixed(
    fast: pa.Array, good: Flags, rows: Numbers, values: list[str | None], codes: Numbers | None = None
) -> pa.Array:
    """A text column out of two sources: the cells of `fast` where `good`, and for `rows` the `values` (by `codes`, or
    in order). Everything else is null."""
    count = len(fast)
    if not len(rows) and good.all():
        return fast
    index = np.arange(count, dtype=np.int64)
    given = good.copy()
    if len(rows):
        index[rows] = count + (np.arange(len(rows)) if codes is None else codes)
        given[rows] = True
        fast = pa.concat_arrays([fast, pa.array(values, pa.string())])
    return fast.take(pa.array(index, mask=~given))


def fixed_text(signs: Bytes, given: Flags) -> pa.Array:
    """A text column of equally long ASCII cells, one row of `signs` for each; null where not `given`."""
    rows, width = signs.shape
    ends = np.zeros(rows + 1, np.int32)
    np.cumsum(given * np.int32(width), out=ends[1:])
    content = np.ascontiguousarray(signs[given])
    bitmap = np.packbits(given, bitorder="little")
    return pa.StringArray.from_buffers(rows, pa.py_buffer(ends), pa.py_buffer(content), pa.py_buffer(bitmap))

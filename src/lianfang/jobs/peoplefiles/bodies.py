"""The rows of people of a file, some tens of thousands at a time: their own cells, and the people on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lianfang.jobs.peoplefiles.fields import Fields
from lianfang.matching.cells import Cells, Flags, Numbers
from lianfang.matching.features import BATCH
from lianfang.matching.people import one_person_per_row

Own = list[pa.Array]
"""Text cells of rows, one array per column; a blank cell is the empty text."""
_LEAD, _NEXT = 0xE0, 0x80
"""What the first and the further bytes of a character of three begin at."""
_FIRST, _LAST = 0x4E00, 0x9FFF
_FAMILY = np.array([ord(sign) for sign in "家妻妇"], np.int32)
"""How the words end that make of a surname a family (王全家, 张夫妇)."""


@dataclass(frozen=True, eq=False)
class Body:
    """Rows of people of one table, at most `BATCH` of them. `first` is the data row of the first inside its sheet;
    `told`, if given, are the people themselves (a chain tells several on a line, in no columns): raw columns with `at`,
    the position among these rows, and `part`."""

    own: Own
    rows: int
    fields: Fields | None
    sheet: str = ""
    first: int = 1
    eaten: bool = False
    told: pa.Table | None = field(default=None, repr=False)

    def people(self, *, lines: bool = True) -> pa.Table:
        """A row for every person: raw columns (`lines` as in `Fields.raw`), `at` (position among these rows) and
        `part`."""
        if self.told is not None:
            return self.told
        assert self.fields is not None
        return _each_person(self.fields.raw(self.own, rows=self.rows, eaten=self.eaten, lines=lines))


def in_batches(own: Own, rows: Numbers | None, count: int) -> Iterator[tuple[Own, int]]:
    """The cells of some rows (all if None), at most `BATCH` at a time."""
    total = count if rows is None else len(rows)
    for start in range(0, total, BATCH):
        if rows is None:
            taken = [column.slice(start, BATCH) for column in own]
        else:
            part = pa.array(rows[start : start + BATCH])
            taken = [column.take(part) for column in own]
        yield taken, min(BATCH, total - start)


def look_eaten(columns: Iterable[pa.Array]) -> Iterator[pa.Array]:
    """Of columns of document numbers the cells that may have lost digits."""
    for column in columns:
        yield column.filter(pc.or_(pc.ends_with(column, "000"), pc.match_substring(column, "E+")))


def _each_person(raw: pa.Table) -> pa.Table:
    """`one_person_per_row`, which is asked only about names that may be several."""
    rows = raw.num_rows
    names = Cells.of(raw, "name")
    usual = _one_name(names)
    if usual.all():
        return _seated(raw, np.arange(rows), np.ones(rows, np.int64))
    asked = np.flatnonzero(~usual)
    told = one_person_per_row(raw.take(pa.array(asked)))
    if told.num_rows == len(asked):
        return _seated(raw, np.arange(rows), np.ones(rows, np.int64))
    at = np.concatenate([np.flatnonzero(usual), asked[np.asarray(told["row"]) - 1]])
    part = np.concatenate([np.ones(int(usual.sum()), np.int64), np.asarray(told["part"])])
    both = pa.concat_tables(
        [raw.filter(pa.array(usual)), told.select(raw.column_names)], promote_options="default"
    ).combine_chunks()
    order = np.lexsort((part, at))
    return _seated(both.take(pa.array(order)), at[order], part[order])


def _one_name(names: Cells) -> Flags:
    """Names of two or three characters that can be no more than one person's, and cells without any."""
    found: Flags = ~names.filled
    for length in (2, 3):
        rows = names.with_length(3 * length)
        signs = names.windows(rows, 3 * length).reshape(-1, length, 3).astype(np.int32)
        codes = ((signs[:, :, 0] - _LEAD) << 12) + ((signs[:, :, 1] - _NEXT) << 6) + signs[:, :, 2] - _NEXT
        whole = (signs[:, :, 0] >= _LEAD) & (signs[:, :, 1:] >= _NEXT).all(axis=2)
        usual = whole & (codes >= _FIRST) & (codes <= _LAST) & ~np.isin(codes, _FAMILY)
        found[rows[usual.all(axis=1)]] = True
    return found


def _seated(raw: pa.Table, at: Numbers, part: Numbers) -> pa.Table:
    return raw.append_column("at", pa.array(at)).append_column("part", pa.array(part))

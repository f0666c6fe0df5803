"""Rows that name several people made into rows of one person each, as the import of a list does."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lianfang.kernel.cellshapes import are_swapped
from lianfang.matching.cells import Cells
from lianfang.matching.features import number_of_part, with_phones_beside
from lianfang.matching.names import read_names

_OF_THE_FIRST = ("sex", "birth_date")
"""Columns that speak of the first person of a row only."""


def one_person_per_row(raw: pa.Table) -> pa.Table:
    """The table with a row for everybody named, in order, and three columns more or anew: `key` (running number of the
    person), `row` (of the table, from 1) and `part` (1 for the first person of the row).

    Further people share the row's place and telephones. They have a number of their own only if the cell holds as many
    numbers as the row has people.
    """
    cells = read_names(Cells.of(raw, "name")).cells
    many = np.ones(raw.num_rows, np.int64)
    for row, name in cells.items():
        many[row] = max(1, len(name.people))
    source = np.repeat(np.arange(raw.num_rows), many)
    part = np.arange(len(source)) - np.repeat(np.cumsum(many) - many, many) + 1
    found = raw if (many == 1).all() else raw.take(pa.array(source))
    patches: dict[str, dict[int, str]] = {column: {} for column in ("name", "id", "phone", *_OF_THE_FIRST)}
    columns = {column: Cells.of(raw, column) for column in ("id", "phone")}
    for at in np.flatnonzero(part > 1).tolist():
        row = int(source[at])
        number, phone = (columns[column].text[row].as_py() for column in ("id", "phone"))
        if are_swapped(number, phone):
            number, phone = phone, number
        name = cells[row]
        person = name.people[part[at] - 1]
        patches["name"][at] = person.text or person.masked
        patches["id"][at] = number_of_part(number, name, part=int(part[at]))
        patches["phone"][at] = with_phones_beside(phone, name)
        for column in _OF_THE_FIRST:
            patches[column][at] = ""
    for column, texts in patches.items():
        if texts and (column in raw.column_names or any(texts.values())):
            found = _with(found, column, Cells.of(found, column).replaced(texts).text)
    for column, numbers in (("key", np.arange(1, len(source) + 1)), ("row", source + 1), ("part", part)):
        found = _with(found, column, pa.array(numbers))
    return found


def _with(table: pa.Table, column: str, values: pa.Array) -> pa.Table:
    if column in table.column_names:
        return table.set_column(table.column_names.index(column), column, values)
    return table.append_column(column, values)

"""Raw cells of people turned into the columns in which people are compared: a pure function over Arrow tables.

What is clean is read by whole columns (`names`, `numbers`, `days`, `doors`); every other cell is read by the kernel,
each different text once. The answer is the kernel's in either case (`single` is the law, the tests compare).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lianfang.kernel.cells import clean_text
from lianfang.kernel.cellshapes import are_swapped
from lianfang.kernel.identity import numbers_in
from lianfang.kernel.sexes import sex_of
from lianfang.matching.cells import Bytes, Cells, fixed_text
from lianfang.matching.days import read_days
from lianfang.matching.doors import PlaceColumns, read_doors
from lianfang.matching.names import NameColumns, read_names
from lianfang.matching.numbers import NumberColumns, clean_numbers, clean_phones, read_numbers, read_phones
from lianfang.matching.places import Places
from lianfang.matching.single import NameCell, read_phone_cell

RAW = tuple("key name id id_kind phone address community compound building unit room sex birth_date".split())
"""Columns of raw cells, as text; any may be missing."""
SCHEMA = pa.schema(
    [
        ("key", pa.int64()),
        ("name", pa.string()),
        ("name_py", pa.string()),
        ("name_fz", pa.string()),
        ("name_mask", pa.string()),
        ("surname_only", pa.bool_()),
        ("id", pa.string()),
        ("id_valid", pa.bool_()),
        ("id_kind", pa.string()),
        ("id_mask", pa.string()),
        ("phones", pa.list_(pa.string())),
        ("phone_mask", pa.string()),
        ("sex", pa.string()),
        ("birth", pa.string()),
        ("place", pa.string()),
        ("building", pa.string()),
        ("unit", pa.string()),
        ("room", pa.string()),
        ("door", pa.string()),
        ("outside", pa.bool_()),
    ]
)
"""One row for each row of raw cells; text is null where nothing is given."""
BATCH = 65_536
_STRAY = r"[\x01-\x08\x1f]"
"""Control characters the readers of columns use for themselves; cleaning a cell takes them away anyhow."""


def features(raw: pa.Table, *, today: date, places: Places, eaten: bool = False, first_key: int = 1) -> pa.Table:
    """The features of every row, in the order of the rows.

    `today` bounds days of birth. `eaten` (see `numbers.numbers_look_eaten`) is a fact about the whole file. Without a
    column ``key`` rows are numbered from `first_key`. A name cell that names several people gives the first of them
    (`people.one_person_per_row` makes rows of the others). Raises `ArrowInvalid` when a key is no number.
    """
    found = [
        _batch(batch, today=today, places=places, eaten=eaten, first_key=first_key + start)
        for start, batch in _batches(raw)
    ]
    return pa.concat_tables(found) if found else SCHEMA.empty_table()


def _batches(raw: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    for start in range(0, raw.num_rows, BATCH):
        yield start, raw.slice(start, BATCH)


def _batch(raw: pa.Table, *, today: date, places: Places, eaten: bool, first_key: int) -> pa.Table:
    cells = {column: _without_stray(Cells.of(raw, column)) for column in RAW if column != "key"}
    names = read_names(cells["name"])
    id_cells, phone_cells = set_right(cells["id"], cells["phone"], names)
    numbers = read_numbers(id_cells, cells["id_kind"], today=today, eaten=eaten)
    phones = read_phones(phone_cells)
    doors = read_doors(PlaceColumns(*(cells[column] for column in PlaceColumns._fields)), places)
    return pa.table(
        [
            _keys(raw, first_key),
            *names[:4],
            pa.array(names.surname_only),
            numbers.id,
            pa.array(numbers.id_valid),
            numbers.id_kind,
            numbers.id_mask,
            phones.phones,
            phones.phone_mask,
            read_sexes(cells["sex"], numbers),
            read_births(cells["birth_date"], numbers, today=today),
            *doors[:5],
            pa.array(doors.outside),
        ],
        schema=SCHEMA,
    )


def set_right(ids: Cells, phones: Cells, names: NameColumns) -> tuple[Cells, Cells]:
    """Document numbers and telephones in their own columns: what stood beside a name, the number of the first of
    several people, and what was entered the wrong way round."""
    id_patches, phone_patches = _swapped(ids, phones)
    for row, name in names.cells.items():
        number = id_patches.get(row, ids.text[row].as_py())
        phone = phone_patches.get(row, phones.text[row].as_py())
        id_patches[row] = number_of_part(number, name, part=1)
        phone_patches[row] = with_phones_beside(phone, name)
    return ids.replaced(id_patches), phones.replaced(phone_patches)


def number_of_part(number: str, name: NameCell, *, part: int) -> str:
    """The number cell of one of the people of a row: dealt out only if there are as many numbers as people."""
    if not number and name.beside:
        number = name.beside.identity
    if len(name.people) > 1:
        dealt = numbers_in(number)
        if len(dealt) == len(name.people):
            return dealt[part - 1]
    return number if part == 1 else ""


def with_phones_beside(phone: str, name: NameCell) -> str:
    """The telephone cell with the telephones that stood beside the name."""
    if not (name.beside and name.beside.phones):
        return phone
    own, mask = read_phone_cell(phone)
    return "\n".join([*own, *([mask.replace("_", "*")] if mask else []), name.beside.phones])


def _swapped(ids: Cells, phones: Cells) -> tuple[dict[int, str], dict[int, str]]:
    doubtful = ids.filled & phones.filled
    doubtful[clean_numbers(ids)[0]] = False
    doubtful[clean_phones(phones)] = False
    id_patches, phone_patches = {}, {}
    for row in np.flatnonzero(doubtful).tolist():
        number, phone = ids.text[row].as_py(), phones.text[row].as_py()
        if are_swapped(number, phone):
            id_patches[row], phone_patches[row] = phone, number
    return id_patches, phone_patches


def read_sexes(cells: Cells, numbers: NumberColumns) -> pa.Array:
    """The sex written or, without one, the one a valid number tells."""
    found = cells.text.dictionary_encode()
    codes = [ord(sex_of(clean_text(text)) or "\0") for text in found.dictionary.to_pylist()]
    written = np.array([*codes, 0], np.uint8)[found.indices.to_numpy()]
    sex: Bytes = np.where(written > 0, written, numbers.sex)
    return fixed_text(sex[:, None], sex > 0)


def read_births(cells: Cells, numbers: NumberColumns, *, today: date) -> pa.Array:
    """The day of birth written or, without one, the one a valid number tells."""
    written, _ = read_days(cells, today=today)
    told = written[:, :1] > 0
    birth = np.where(told, written, numbers.birth)
    return fixed_text(birth, birth[:, 0] > 0)


def _keys(raw: pa.Table, first_key: int) -> pa.Array:
    if "key" not in raw.column_names:
        return pa.array(np.arange(first_key, first_key + raw.num_rows, dtype=np.int64))
    return raw.column("key").cast(pa.int64())


def _without_stray(cells: Cells) -> Cells:
    low = cells.bytes[cells.starts[0] : cells.starts[-1]]
    if not (((low > 0) & (low <= 8)) | (low == 0x1F)).any():
        return cells
    return Cells(pc.replace_substring_regex(cells.text, _STRAY, ""))

"""The people of a workbook, or of a text the intake had to read: its tables, column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import zip_longest

import pyarrow as pa
import pyarrow.compute as pc

from lianfang.core.lists.intake.mapping import Mapping
from lianfang.core.lists.intake.rows import numbers_eaten, read_table
from lianfang.core.lists.intake.tables import Table, body_columns, find_tables
from lianfang.core.lists.intake.workbook import Cell, Sheet, Workbook
from lianfang.jobs.peoplefiles.bodies import Body, Own, in_batches
from lianfang.jobs.peoplefiles.fields import Fields
from lianfang.jobs.peoplefiles.kinds import People
from lianfang.jobs.peoplefiles.tails import HeldBack
from lianfang.jobs.peoplefiles.textfiles import regular_table
from lianfang.kernel.cells import clean_text
from lianfang.kernel.rowfacts import RowFacts
from lianfang.matching.cells import Numbers
from lianfang.matching.features import BATCH

_HEAD = 300
"""Rows in which the header of a long sheet is looked for; columns are judged by 200 below it."""
_LONG = 2000


def sheet_bodies(workbook: Workbook, *, today: date) -> tuple[tuple[str, ...], Callable[[], Iterator[Body]]] | None:
    """Labels of the widest table and bodies of all tables of people; None if there are none."""
    bodies: list[Body] = []
    labels: list[tuple[str, ...]] = []
    for sheet in workbook.sheets:
        if found := _long_table(sheet, today):
            labels.append(found[0])
            bodies += found[1]
            continue
        counted = 0
        for table in find_tables(sheet):
            if table.kind == "persons" and table.body:
                bodies += _bodies(table, counted, today)
                labels.append(table.labels)
                counted += len(table.body)
    return (max(labels, key=len), lambda: iter(bodies)) if bodies else None


def _long_table(sheet: Sheet, today: date) -> tuple[tuple[str, ...], list[Body]] | None:
    """Labels and bodies of a long sheet with one table, found by its beginning and by whole columns below; None if it
    is not so simple."""
    if len(sheet.rows) < _LONG:
        return None
    head = replace(sheet, rows=sheet.rows[:_HEAD], numbers=sheet.numbers[:_HEAD], height=sheet.numbers[_HEAD - 1])
    found = regular_table(head)
    if found is None or any(block.last_row > found[0].header_rows[-1] for block in sheet.merged):
        return None
    table, mapping = found
    fields = Fields(table, mapping, today=today)
    people = People(body_columns(table.columns, table.guesses))
    held, bodies, body = HeldBack(people), list[Body](), list[int]()
    for start in range(sheet.numbers.index(table.header_rows[-1]) + 1, len(sheet.rows), BATCH):
        rows = sheet.rows[start : start + BATCH]
        own = columns_of(rows)
        at, stop = people.rows(own, partial(_taken, rows), rows=len(rows))
        if stop < len(rows):
            return None
        for cells, count in in_batches(own, None if len(at) == len(rows) else at, len(rows)):
            bodies += held.after(Body(cells, count, fields, sheet.name, len(body) + 1))
        body += (at + start).tolist()
    bodies += held.rest()
    eaten = numbers_eaten(replace(table, sheet=sheet, body=body), fields.identities, today=today)
    return (table.labels, [replace(one, eaten=eaten) for one in bodies]) if bodies else None


def _bodies(table: Table, counted: int, today: date) -> Iterator[Body]:
    mapping = Mapping.of_table(table)
    fields = Fields(table, mapping, today=today)
    eaten = numbers_eaten(table, fields.identities, today=today)
    name = table.sheet.name
    for start in range(0, len(table.body), BATCH):
        some = table.body[start : start + BATCH]
        rows, first = len(some), counted + start + 1
        shown = columns_of([table.sheet.rows[index] for index in some])
        if table.layout == "chain":
            yield Body(shown, rows, None, name, first, told=_told(table, mapping, some, today))
        elif table.down or table.forms:
            filled = Body(columns_of([table.cells(index) for index in some]), rows, fields, eaten=eaten)
            yield Body(shown, rows, None, name, first, eaten, filled.people())
        else:
            yield Body(shown, rows, fields, name, first, eaten)


def _taken(rows: list[list[Cell]], at: Numbers) -> list[list[Cell]]:
    return [rows[one] for one in at.tolist()]


def columns_of(rows: Sequence[Sequence[Cell]]) -> Own:
    """Rows of cells as columns of text: texts as they are, numbers and days as the kernel writes them."""
    return [text_column(column) for column in zip_longest(*rows)]


def text_column(cells: Sequence[Cell]) -> pa.Array:
    """One column as text; a blank cell is the empty text."""
    try:
        return pa.array(cells, pa.string()).fill_null("")
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        numbers = _numbers(cells)
        return _each_cell(cells) if numbers is None else numbers
    except UnicodeEncodeError:  # half of a pair of surrogates, which no file can hold
        return pa.array([clean_text(cell) for cell in cells], pa.string())


def _numbers(cells: Sequence[Cell]) -> pa.Array | None:
    """A column of whole numbers below the size where digits get lost; None for others."""
    try:
        found = pa.array(cells, pa.float64())
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None
    if bool in set(map(type, cells)):
        return None
    try:
        whole = pc.cast(found, pa.int64())
    except pa.ArrowInvalid:
        return None
    largest = pc.max(pc.abs(whole)).as_py() or 0
    return pc.cast(whole, pa.string()).fill_null("") if largest < 10**15 else None


def _each_cell(cells: Sequence[Cell]) -> pa.Array:
    return pa.array([cell if isinstance(cell, str) else clean_text(cell) for cell in cells], pa.string())


def _told(table: Table, mapping: Mapping, some: Sequence[int], today: date) -> pa.Table:
    """The people of lines of free text, whom only the reader of rows can find, as raw cells."""
    place = {table.sheet.numbers[index]: at for at, index in enumerate(some)}
    facts = [facts for facts, _ in read_table(table, mapping=mapping, today=today) if facts.sheet_row in place]
    rows = [_raw_of(one) for one in facts]
    columns: dict[str, pa.Array] = {name: pa.array([row[name] for row in rows], pa.string()) for name in rows[0]}
    columns["at"] = pa.array([place[one.sheet_row] for one in facts], pa.int64())
    columns["part"] = pa.array([one.part for one in facts], pa.int64())
    return pa.table(columns)


def _raw_of(facts: RowFacts) -> dict[str, str]:
    return {
        "name": facts.name or facts.name_masked,
        "id": facts.identity or facts.identity_masked,
        "phone": "\n".join((*facts.phones, *facts.phones_masked)),
        "sex": facts.sex,
        "birth_date": facts.birth_date.isoformat() if facts.birth_date else "",
        "address": facts.address,
        "community": facts.community,
        "compound": facts.compound,
        "building": facts.building,
        "unit": facts.unit,
        "room": facts.room,
    }

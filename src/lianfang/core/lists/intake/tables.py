"""Finding the lists inside a sheet: title, header, people, and every other row with the reason it is no person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from lianfang.core.lists.intake.chain import looks_like_chain, tells_of_someone
from lianfang.core.lists.intake.columns import Column, ColumnGuess, guess_columns
from lianfang.core.lists.intake.forms import read_forms
from lianfang.core.lists.intake.headers import Header, by_contrast, is_header, locate, texts_of
from lianfang.core.lists.intake.panels import Panel, panels_of
from lianfang.core.lists.intake.rowkinds import BodyColumns, Skipped, is_weak_tail, kind_of_row
from lianfang.core.lists.intake.synonyms import PERSON, field_of_label
from lianfang.core.lists.intake.table import Table as Table
from lianfang.core.lists.intake.table import blanks
from lianfang.core.lists.intake.wholesheets import chain_table, form_table, spoken_table
from lianfang.core.lists.intake.workbook import Cell, Sheet
from lianfang.kernel.cells import clean_text
from lianfang.kernel.cellshapes import shape_of

_SAMPLE: Final = 200
_MERGED_DOWN: Final = 60
"""Cells merged over more rows than this are decoration, not one value for several people."""
_COUNTS: Final = re.compile(r"数|率|人次|户次|合计|总计|核查|完成|新增|累计|count|total", re.IGNORECASE)


def find_table(sheet: Sheet) -> Table | None:
    """The first list in a sheet; `None` if the sheet is blank."""
    tables = find_tables(sheet)
    return tables[0] if tables else None


def find_tables(sheet: Sheet) -> list[Table]:
    """All lists in a sheet from top to bottom: a later header with other columns begins a new table."""
    if not sheet.rows:
        return []
    if looks_like_chain(sheet):
        return [chain_table(sheet)]
    if forms := read_forms(sheet):
        return [form_table(sheet, forms)]
    tables: list[Table] = []
    start = 0
    while start < len(sheet.rows):
        header = locate(sheet, start=start) or (None if tables else by_contrast(sheet))
        if header is None:
            if not tables:
                tables.append(_without_header(sheet))
            break
        table, start = _below_header(sheet, header, start=start, part=len(tables) + 1)
        tables.extend(_panels(table))
    return tables


def _panels(table: Table) -> list[Table]:
    """The people beside each other on the rows of a table, each a table of its own: the others' columns are ignored."""
    panels = panels_of(table.columns) if table.kind == "persons" else []
    if not panels:
        return [table]
    tables = []
    claimed = [{index for index in table.body if _people_at(table, panel, index)} for panel in panels]
    nobodys = set(table.body).difference(*claimed)
    for at, panel in enumerate(panels):
        # A row that names nobody in any panel stays a row of the first, to be refused by name.
        people = sorted(claimed[at] | (nobodys if at == 0 else set()))
        tables.append(
            replace(
                table,
                guesses=panel.guesses(table.columns),
                body=people,
                part=table.part + at,
                skipped=[] if at else table.skipped,
            )
        )
    return tables


def _people_at(table: Table, panel: Panel, index: int) -> list[int]:
    row = table.sheet.rows[index]
    fields = {column: field_of_label(table.columns[column].label)[0] for column in panel.own}
    return [at for at, field in fields.items() if field in PERSON and at < len(row) and row[at] is not None]


def _columns_of(sheet: Sheet, header: Header | None, sample: range) -> tuple[Column, ...]:
    width = len(header.labels) if header else 0
    rows = [sheet.rows[index] for index in sample if index < len(sheet.rows)]
    width = max([width, *map(len, rows)])
    columns = []
    for index in range(width):
        known = header is not None and index < len(header.labels)
        columns.append(
            Column(
                index=index,
                label=header.labels[index] if header and known else "",
                group=header.groups[index] if header and known else "",
                code=header.codes[index] if header and known else "",
                sample=tuple(row[index] for row in rows if index < len(row) and row[index] is not None),
            )
        )
    return tuple(columns)


def _sampled(sheet: Sheet, header: Header) -> range:
    """Rows below a header, as far as the next header, at most `_SAMPLE` of them."""
    first = header.last + 1
    last = min(first + _SAMPLE, len(sheet.rows))
    return range(first, next((index for index in range(first, last) if is_header(sheet.rows[index])), last))


def body_columns(columns: Sequence[Column], guesses: Sequence[ColumnGuess]) -> BodyColumns:
    """The columns that decide of a row what kind it is."""
    fields = {guess.index: guess.field for guess in guesses}
    labels = tuple(
        frozenset("".join(text.split()) for text in (column.label, column.group) if text) for column in columns
    )
    return BodyColumns(
        labels=labels,
        people=tuple(index for index, name in fields.items() if name in PERSON),
        numbers=tuple(index for index, name in fields.items() if name in ("identity", "phone")),
        sequence=next((index for index, name in fields.items() if name == "sequence"), -1),
        width=len(columns),
    )


def _merged_across(sheet: Sheet, width: int) -> set[int]:
    """Rows with a merged cell over at least three columns and half the width of the table."""
    least = max(3, (width + 1) // 2)
    return {
        number
        for block in sheet.merged
        if block.last_column - block.first_column + 1 >= least
        for number in range(block.first_row, min(block.last_row, block.first_row + _MERGED_DOWN) + 1)
    }


def _merged_down(sheet: Sheet, below: int) -> dict[tuple[int, int], Cell]:
    """Values of cells merged over several rows below the header, for each of the rows they cover."""
    row_of: dict[int, list[Cell]] = {}
    values: dict[tuple[int, int], Cell] = {}
    for block in sheet.merged:
        rows = block.last_row - block.first_row
        if 0 < rows <= _MERGED_DOWN and block.first_row > below and block.first_column == block.last_column:
            if not row_of:
                row_of = dict(zip(sheet.numbers, sheet.rows, strict=True))
            top = row_of.get(block.first_row, [])
            value = top[block.first_column] if block.first_column < len(top) else None
            if value is not None:
                for number in range(block.first_row + 1, block.last_row + 1):
                    values[number, block.first_column] = value
    return values


def _below_header(sheet: Sheet, header: Header, *, start: int, part: int) -> tuple[Table, int]:
    """The table under a header, and the index of the row where the next one begins."""
    columns = _columns_of(sheet, header, _sampled(sheet, header))
    guesses = guess_columns(columns)
    deciding = body_columns(columns, guesses)
    first_row = 1 if start == 0 else sheet.numbers[start]
    header_rows = tuple(sheet.numbers[header.first : header.last + 1])
    skipped = [Skipped(sheet.numbers[index], sheet.numbers[index], "title") for index in range(start, header.first)]
    for index in range(header.first, header.last + 1):
        reason = "hints" if index in header.hints else "header"
        skipped.append(Skipped(sheet.numbers[index], sheet.numbers[index], reason))
    body, reasons, stop = _body(sheet, header, deciding)
    skipped += reasons
    last_row = sheet.height if stop == len(sheet.rows) else sheet.numbers[stop] - 1
    skipped = sorted([*skipped, *blanks(sheet, first_row, last_row)], key=lambda one: one.first_row)
    kind = _kind(sheet, body, columns, guesses)
    spoken = _free_text(sheet, body, columns) if kind == "nothing" else -1
    if spoken >= 0:
        kind, columns, guesses = "persons", (), []
    if kind not in ("persons", "zero_report"):
        skipped += [Skipped(sheet.numbers[index], sheet.numbers[index], "code_list") for index in body]
        skipped.sort(key=lambda one: one.first_row)
        body = []
    title = next((text for index in range(start, header.first) for text in texts_of(sheet.rows[index]) if text), "")
    table = Table(
        sheet=sheet,
        kind=kind,
        layout="chain" if spoken >= 0 else "columns",
        title=title,
        header_rows=header_rows,
        columns=columns,
        guesses=tuple(guesses),
        body=body,
        skipped=skipped,
        stated_zero=kind == "zero_report" and any(one.reason == "zero_statement" for one in reasons),
        part=part,
        text_column=max(spoken, 0),
        first_row=first_row,
        last_row=last_row,
        down=_merged_down(sheet, header_rows[-1]),
    )
    return table, stop


def _body(sheet: Sheet, header: Header, deciding: BodyColumns) -> tuple[list[int], list[Skipped], int]:
    across = _merged_across(sheet, deciding.width)
    body: list[int] = []
    skipped: list[Skipped] = []
    stop = len(sheet.rows)
    for index in range(header.last + 1, len(sheet.rows)):
        row, number = sheet.rows[index], sheet.numbers[index]
        kind = kind_of_row(row, deciding, merged_across=number in across)
        if kind == "person" and isinstance(row[0] or "", str) and is_header(row):
            stop = index
            break
        if kind == "person":
            body.append(index)
        else:
            skipped.append(Skipped(number, number, kind))
    while deciding.people and body and is_weak_tail(sheet.rows[body[-1]], deciding):
        number = sheet.numbers[body.pop()]
        skipped.append(Skipped(number, number, "note"))
    return body, skipped, stop


def _free_text(sheet: Sheet, body: list[int], columns: Sequence[Column]) -> int:
    """The column whose cells say in free text who it is about (张三，身份证…，电话…), -1 if there is none."""
    for column in columns:
        cells = [row[column.index] for row in map(sheet.rows.__getitem__, body) if column.index < len(row)]
        if cells and sum(tells_of_someone(clean_text(cell)) for cell in cells) * 2 > len(body):
            return column.index
    return -1


def _kind(sheet: Sheet, body: list[int], columns: Sequence[Column], guesses: Sequence[ColumnGuess]) -> str:
    fields = {guess.field for guess in guesses if guess.confidence >= 0.4}
    if fields & PERSON:
        return "persons" if body else "zero_report"
    counting = [column.index for column in columns if _COUNTS.search(column.label)]
    figures = any(
        isinstance(sheet.rows[index][column], (int, float))
        for index in body
        for column in counting
        if column < len(sheet.rows[index])
    )
    return "summary" if figures else "nothing"


def _are_names(sheet: Sheet) -> bool:
    """Whether a visible sheet of one column is names and nothing else."""
    names = sum(shape_of(row[0]) == "name" for row in sheet.rows)
    return sheet.visible and sheet.width() == 1 and len(sheet.rows) >= 3 and names * 10 >= len(sheet.rows) * 9


def _without_header(sheet: Sheet) -> Table:
    """Cells without any header: columns are told by their content; rows with one text and no number are titles."""
    telling = [
        any(shape_of(cell) in ("identity", "phone") for cell in row) or sum(cell is not None for cell in row) > 1
        for row in sheet.rows
    ]
    sure = sum(any(shape_of(cell) in ("identity", "phone") for cell in row) for row in sheet.rows)
    if _are_names(sheet):
        telling, sure = [True] * len(sheet.rows), len(sheet.rows)
    body = [index for index, tells in enumerate(telling) if tells]
    if not body or sure * 3 < len(body):
        body = []
    spoken = -1 if body else _free_text(sheet, list(range(len(sheet.rows))), _columns_of(sheet, None, range(_SAMPLE)))
    if spoken >= 0:
        return spoken_table(sheet, spoken)
    first = body[0] if body else 0
    columns = _columns_of(sheet, None, range(first, min(first + _SAMPLE, len(sheet.rows))))
    guesses = guess_columns(columns)
    deciding = body_columns(columns, guesses)
    kinds = {
        index: kind_of_row(sheet.rows[index], deciding, merged_across=False) if index in set(body) else "note"
        for index in range(len(sheet.rows))
    }
    people = [index for index, kind in kinds.items() if kind == "person"]
    skipped = [
        Skipped(sheet.numbers[index], sheet.numbers[index], "code_list" if not people else kind)
        for index, kind in kinds.items()
        if kind != "person"
    ]
    return Table(
        sheet=sheet,
        kind="persons" if people else "nothing",
        layout="columns",
        title="",
        header_rows=(),
        columns=columns,
        guesses=tuple(guesses),
        body=people,
        skipped=sorted([*skipped, *blanks(sheet, 1, sheet.height)], key=lambda one: one.first_row),
        last_row=sheet.height,
    )

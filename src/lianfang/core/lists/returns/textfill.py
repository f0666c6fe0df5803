"""Fill cells of .csv, .tsv and .txt files. Lines that are not filled keep every byte."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .cells import CellFill, FillReport, NewColumns, Value, clean_text, text_of
from .defuse import defused
from .errors import ReturnRefused
from .texttable import Record, TextTable, read_table
from .wholefile import whole_file


def fill_text(source: Path, target: Path, cells: Iterable[CellFill]) -> FillReport:
    """Fill cells; encoding, byte order mark, delimiter, quoting and line ends stay. Text that a spreadsheet program
    would compute gets an apostrophe. A cell that begins with ``=`` is refused with ``return.formula_cell``."""
    table = read_table(source.read_bytes(), suffix=source.suffix.lower())
    return _write(table, target, cells, first_new_column=None)


def append_to_text(source: Path, target: Path, columns: NewColumns) -> FillReport:
    """Put columns right of the widest of the records to be filled; shorter ones are padded."""
    table = read_table(source.read_bytes(), suffix=source.suffix.lower())
    first = max(len(table.record(line).fields) for line in (columns.header_row, *columns.rows))
    return _write(table, target, columns.fills(first), first_new_column=first)


def _write(table: TextTable, target: Path, cells: Iterable[CellFill], *, first_new_column: int | None) -> FillReport:
    filled = overwritten = 0
    notes: set[str] = set()
    done: set[tuple[int, int]] = set()
    always_quoted = _quotes_everything(table)
    for fill in cells:
        record = table.record(fill.row)
        place = f"{fill.row}:{fill.column + 1}"
        if (fill.row, fill.column) in done:
            raise ReturnRefused("return.twice", "A cell is to be filled twice.", place=place)
        done.add((fill.row, fill.column))
        old = record.fields[fill.column] if fill.column < len(record.fields) else ""
        if table.plain(old).startswith("="):
            raise ReturnRefused("return.formula_cell", "A computed cell is never overwritten.", place=place)
        text = _shown(fill.value)
        if table.encoding == "gb18030" and not _in_gbk(text):
            notes.add("return.character_outside_gbk")
        _put(record, fill.column, _quoted(table, text, always=always_quoted or old.startswith('"')), always_quoted)
        filled += 1
        overwritten += table.plain(old).strip() != ""
    with whole_file(target) as unfinished:
        unfinished.write_bytes(table.to_bytes())
    return FillReport(target, filled, overwritten, notes=tuple(sorted(notes)), first_new_column=first_new_column)


def _shown(value: Value) -> str:
    """Numbers as they are; text so that no program computes it."""
    text = clean_text(text_of(value))
    return defused(text) if isinstance(value, str) else text


def _put(record: Record, column: int, written: str, always_quoted: bool) -> None:
    missing = column + 1 - len(record.fields)
    record.fields.extend(['""' if always_quoted else ""] * missing)
    record.fields[column] = written


def _quoted(table: TextTable, text: str, *, always: bool) -> str:
    needed = any(mark in text for mark in (table.delimiter, '"', "\n", "\r")) or text != text.strip()
    if needed or always:
        text = '"' + text.replace('"', '""') + '"'
    return table.carried(text)


def _quotes_everything(table: TextTable) -> bool:
    """Whether the sender put every cell in quotes."""
    first = [one for record in table.records[:20] for one in record.fields if not record.is_blank]
    return bool(first) and all(one.startswith('"') for one in first)


def _in_gbk(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True

"""Put result columns right of a table in an .xlsx."""

from __future__ import annotations

import re
from pathlib import Path

from .cells import FillReport, NewColumns
from .errors import ReturnRefused
from .package import Package
from .refs import Area, area_of, column_name
from .sheetxml import is_filled
from .xlsxfill import SheetEditor, WorkbookFiller


def append_to_xlsx(source: Path, target: Path, columns: NewColumns) -> FillReport:
    """Write header and values right of the last column, in the look of their left neighbours. Merged cells and the
    filter grow only if they spanned exactly the table."""
    package = Package(source)
    filler = WorkbookFiller(package)
    editor = SheetEditor(filler, columns.sheet)
    first, last = _table_columns(editor, columns)
    added = len(columns.headers)
    old_filter = _grow_spans(editor, first=first, last=last, added=added)
    editor.fill(columns.fills(last + 1), like_left_of=last + 1)
    if any(editor.hidden(column) for column in range(last + 1, last + 1 + added)):
        filler.notes.add("return.column_hidden")
    editor.save()
    if old_filter:
        _grow_filter_name(package, columns.sheet, old_filter, added)
    filler.finish()
    package.save(target)
    return filler.report(target, first_new_column=last + 1)


def _table_columns(editor: SheetEditor, columns: NewColumns) -> tuple[int, int]:
    """First and last column of the table: what the header and the rows to be filled use."""
    header = editor.xml.open_row(columns.header_row)
    used = [at for at, cell in header.cells() if is_filled(cell)] if header else []
    if not used:
        raise ReturnRefused("return.no_header", "The header row is empty.", place=columns.sheet)
    first, last = used[0], used[-1]
    for area in editor.merges:
        if area.first_row <= columns.header_row <= area.last_row and area.first_column <= last:
            last = max(last, area.last_column)
    for number in columns.rows:
        row = editor.xml.open_row(number)
        last = max(last, *(at for at, cell in row.cells() if is_filled(cell)), last) if row else last
    return first, last


def _grow_spans(editor: SheetEditor, *, first: int, last: int, added: int) -> Area | None:
    """Widen merges and filter that span exactly the table; the old filter area comes back if it was widened."""
    grown = [one for one in editor.merges if (one.first_column, one.last_column) == (first, last) and last > first]
    for area in grown:
        editor.xml.tail = _replace_ref(editor.xml.tail, b"mergeCell", area, added)
        for number in range(area.first_row, area.last_row + 1):
            row = editor.xml.open_row(number)
            if row is None:
                continue
            for column in range(last + 1, last + 1 + added):
                if row.cell(column) is None:
                    row.add_cell(column, editor.style_for(row, column, last + 1))
                    editor.xml.widen_dimension(number, column)
            editor.xml.put_row(row)
    found = re.search(rb"""<(?:[\w.-]+:)?autoFilter\b[^>]*?\bref=["']([^"']+)["']""", editor.xml.tail)
    if found is None:
        return None
    filtered = area_of(found[1].decode())
    if (filtered.first_column, filtered.last_column) != (first, last):
        return None
    editor.xml.tail = _replace_ref(editor.xml.tail, b"autoFilter", filtered, added)
    return filtered


def _wider(area: Area, added: int) -> Area:
    return Area(area.first_row, area.first_column, area.last_row, area.last_column + added)


def _replace_ref(xml: bytes, name: bytes, area: Area, added: int) -> bytes:
    old = str(area).encode()
    pattern = re.compile(rb"(<(?:[\w.-]+:)?" + name + rb"""\b[^>]*?\bref=["'])""" + old + rb"""(?=["'])""")
    return pattern.sub(rb"\g<1>" + str(_wider(area, added)).encode(), xml, count=1)


def _grow_filter_name(package: Package, sheet: str, old: Area, added: int) -> None:
    """The filter is written twice in a workbook, the second time as a hidden name; both must agree."""
    number = list(package.sheets).index(sheet)
    xml = package.read(package.workbook)
    is_filter, is_ours = rb"(?=[^>]*_xlnm\._FilterDatabase)", rb"(?=[^>]*localSheetId=[\"']%d[\"'])" % number
    pattern = re.compile(rb"<(?:[\w.-]+:)?definedName\b" + is_filter + is_ours + rb"[^>]*>[^<]*")
    found = pattern.search(xml)
    if found is None:
        return
    before, after = _absolute(old), _absolute(_wider(old, added))
    if found[0].endswith(before):
        package.put(package.workbook, xml[: found.end() - len(before)] + after + xml[found.end() :])


def _absolute(area: Area) -> bytes:
    first, last = column_name(area.first_column), column_name(area.last_column)
    return f"${first}${area.first_row}:${last}${area.last_row}".encode()

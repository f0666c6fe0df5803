"""Workbooks of Excel, WPS and LibreOffice, read by calamine; runs only inside the reading child."""

from __future__ import annotations

import re
import zipfile
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, time
from itertools import islice
from pathlib import Path
from typing import Final

import python_calamine as calamine
from lxml import etree

from lianfang.core.lists.intake.refusals import IntakeRefusal, Limits
from lianfang.core.lists.intake.workbook import Cell, MergedRange, Sheet

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"


def read_sheets(path: Path, *, kind: str, limits: Limits) -> list[Sheet]:
    """All sheets that can hold cells, hidden ones included; formula cells by the value last calculated.

    In xlsx a formula that was never calculated comes as its text (``=A1&B1``), so that nobody takes it for blank.
    """
    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            metas = book.sheets_metadata
            if any(meta.typ in (calamine.SheetTypeEnum.MacroSheet, calamine.SheetTypeEnum.Vba) for meta in metas):
                raise IntakeRefusal("file.macro", found="macro sheet")
            extras = _xlsx_extras(path) if kind == "xlsx" else {}
            sheets = []
            left = limits.rows
            for meta in metas:
                if meta.typ is calamine.SheetTypeEnum.WorkSheet:
                    sheet = _sheet(book, meta, extras.get(meta.name, _Extras()), left=left, limits=limits)
                    left -= len(sheet.rows)
                    sheets.append(sheet)
            return sheets
    except calamine.PasswordError as error:
        raise IntakeRefusal("file.encrypted") from error
    except (calamine.CalamineError, zipfile.BadZipFile, etree.XMLSyntaxError, OSError, KeyError) as error:
        raise IntakeRefusal("file.damaged", reason=type(error).__name__) from error


class _Extras:
    """What calamine does not tell about a sheet of an xlsx file. Rows from 1, columns from 0."""

    def __init__(self) -> None:
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.uncalculated: dict[int, dict[int, str]] = {}


def _sheet(
    book: calamine.CalamineWorkbook, meta: calamine.SheetMetadata, extras: _Extras, *, left: int, limits: Limits
) -> Sheet:
    source = book.get_sheet_by_name(meta.name)
    end = source.end or (0, 0)
    if end[1] >= limits.columns:
        _refuse_width(source, limits=limits)
    merged = tuple(MergedRange(r1 + 1, c1, r2 + 1, c2) for (r1, c1), (r2, c2) in source.merged_cell_ranges or ())
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    for number, row in _physical_rows(source):
        rows.append([_cell(value) for value in row])
        numbers.append(number)
        if len(rows) > left:
            raise IntakeRefusal("file.too_many_rows", limit=limits.rows)
    _fill(rows, numbers, extras.uncalculated)
    return Sheet(
        name=meta.name,
        rows=rows,
        numbers=numbers,
        height=max(end[0] + 1, numbers[-1]) if rows else 0,
        visible=meta.visible is calamine.SheetVisibleEnum.Visible,
        merged=merged,
        hidden_rows=frozenset(extras.hidden_rows),
        hidden_columns=frozenset(extras.hidden_columns),
    )


def _refuse_width(source: calamine.CalamineSheet, *, limits: Limits) -> None:
    for _, row in _physical_rows(source):
        if len(row) > limits.columns:
            raise IntakeRefusal("file.too_many_columns", columns=len(row), limit=limits.columns)


def _physical_rows(source: calamine.CalamineSheet) -> Iterator[tuple[int, list[object]]]:
    """Rows that are not blank, cut after their last filled cell, with their number from 1."""
    start = source.start
    if start is None:
        return
    pad: list[object] = [None] * start[1]
    # iter_rows begins with the first row of the sheet but with the first used column.
    for number, row in enumerate(islice(source.iter_rows(), start[0], None), start=start[0] + 1):
        cells: list[object] = list(row)
        while cells and _is_blank(cells[-1]):
            cells.pop()
        if cells:
            yield number, [*pad, *cells] if pad else cells


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and (not value or value.isspace()))


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if value is None or isinstance(value, (int, float, date, time)):
        return value
    # Durations, and whatever a later version of calamine may bring.
    return str(value)


def _fill(rows: list[list[Cell]], numbers: list[int], formulas: dict[int, dict[int, str]]) -> None:
    """Put the text of formulas nobody calculated where the value is missing; a row of nothing else becomes a row."""
    for number, cells in sorted(formulas.items()):
        at = bisect_left(numbers, number)
        if at == len(numbers) or numbers[at] != number:
            numbers.insert(at, number)
            rows.insert(at, [])
        row = rows[at]
        for column, formula in cells.items():
            row.extend([None] * (column + 1 - len(row)))
            if row[column] is None:
                row[column] = formula


# --- what only the XML says: hidden rows and columns, formulas without a value ---------------------------------------

_HIDDEN_ROW: Final = re.compile(rb"<(?:\w+:)?row\b[^>]*?\bhidden=\"(?:1|true)\"[^>]*>")
_ROW_NUMBER: Final = re.compile(rb"\br=\"(\d+)\"")
_HIDDEN_COLUMN: Final = re.compile(rb"<(?:\w+:)?col\b[^>]*?\bhidden=\"(?:1|true)\"[^>]*>")
_COLUMN_SPAN: Final = re.compile(rb"\b(min|max)=\"(\d+)\"")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[ />]")
_WIDEST: Final = 16_384
"""Columns of an xlsx sheet."""
_CHUNK: Final = 4 * 1024 * 1024


def _xlsx_extras(path: Path) -> dict[str, _Extras]:
    with zipfile.ZipFile(path) as archive:
        found: dict[str, _Extras] = {}
        for name, part in _sheet_parts(archive):
            extras = _Extras()
            if _scan(archive, part, extras):
                _uncalculated(archive, part, extras)
            found[name] = extras
        return found


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return
    with archive.open("xl/_rels/workbook.xml.rels") as part:
        relations = etree.parse(part, parser).getroot()
    targets = {node.get("Id"): node.get("Target") or "" for node in relations if isinstance(node.tag, str)}
    with archive.open("xl/workbook.xml") as part:
        workbook = etree.parse(part, parser).getroot()
    for node in workbook.iter(f"{_MAIN}sheet", f"{_STRICT}sheet"):
        identifier = next((value for key, value in node.attrib.items() if str(key).endswith("}id")), "")
        target = targets.get(str(identifier), "")
        part_name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part_name in names:
            yield node.get("name") or "", part_name


def _scan(archive: zipfile.ZipFile, part: str, extras: _Extras) -> bool:
    """Collect hidden rows and columns; return whether there is any formula. Reads the part once, in pieces."""
    formula = False
    with archive.open(part) as stream:
        tail = b""
        while piece := stream.read(_CHUNK):
            text = tail + piece
            cut = text.rfind(b"<") if len(piece) == _CHUNK else len(text)
            text, tail = text[:cut], text[cut:]
            formula = formula or bool(_FORMULA.search(text))
            if b"hidden" not in text:
                continue
            for row in _HIDDEN_ROW.findall(text):
                if number := _ROW_NUMBER.search(row):
                    extras.hidden_rows.add(int(number[1]))
            for column in _HIDDEN_COLUMN.findall(text):
                span = {key: int(value) for key, value in _COLUMN_SPAN.findall(column)}
                extras.hidden_columns.update(range(span.get(b"min", 1) - 1, min(span.get(b"max", 0), _WIDEST)))
    return formula


def _column_of(reference: str) -> int:
    column = 0
    for letter in reference:
        if not letter.isalpha():
            break
        column = column * 26 + ord(letter.upper()) - 64
    return column - 1


def _uncalculated(archive: zipfile.ZipFile, part: str, extras: _Extras) -> None:
    with archive.open(part) as stream:
        for _, row in etree.iterparse(stream, tag=(f"{_MAIN}row", f"{_STRICT}row"), resolve_entities=False):
            number = int(row.get("r") or 0)
            for cell in row:
                name = cell.tag.partition("}")[0] + "}" if isinstance(cell.tag, str) else ""
                formula = cell.find(f"{name}f") if name else None
                # A text formula (t="str") may well have the empty text as its value; others were never calculated.
                if formula is None or cell.findtext(f"{name}v") or cell.get("t") == "str":
                    continue
                column = _column_of(cell.get("r") or "")
                if 0 <= column < _WIDEST:
                    extras.uncalculated.setdefault(number, {})[column] = f"={formula.text or ''}"
            row.clear()

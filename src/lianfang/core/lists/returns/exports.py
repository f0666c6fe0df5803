"""New files of our own: a list as a table for printing and filtering, and the rows a sender must mend."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from .cells import LONGEST_TEXT, Value, clean_text, local_clock, text_of
from .defuse import defused, is_dangerous
from .errors import ReturnCountMismatch, ReturnRefused
from .wholefile import whole_file

_LOCAL = ZoneInfo("Asia/Shanghai")
_A4 = 9
_MEASURED_ROWS = 500
"""Rows that decide how wide columns are."""
_NAME_BYTES = 200
"""Room for a unit and a table in a file name; file systems allow 255 bytes for the whole."""
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_SHEET_MARKS = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class MendRow:
    """A refused or doubtful row as the sender wrote it, with what is wrong and how to mend it, in the reader's
    language."""

    values: Sequence[Value | None]
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class MendSheet:
    """One sheet of an error file. `above` are the sender's rows down to and with the header, so that the mended file
    is read by the same mapping."""

    name: str
    above: Sequence[Sequence[Value | None]]
    rows: Sequence[MendRow] = field(default=())


def error_file(target: Path, sheets: Sequence[MendSheet], *, headings: tuple[str, str] = ("问题", "怎么改")) -> int:
    """Write rows to be mended in the sender's own layout with two more columns, and return how many.

    The suffix of `target` tells the format. ``.xlsx``: every cell is text and stays what it is, also one beginning with
    ``=``, when it is edited. ``.csv`` (UTF-8 with mark, first sheet only): such a cell gets an apostrophe.
    Raises ReturnRefused ``return.unknown_format`` for another suffix.
    """
    tables = [(one.name, _mend_lines(one, headings)) for one in sheets]
    suffix = target.suffix.lower()
    if suffix not in (".xlsx", ".csv") or (suffix == ".csv" and len(sheets) != 1):
        raise ReturnRefused("return.unknown_format", "An error file is .xlsx, or .csv for a single sheet.")
    with whole_file(target) as unfinished:
        if suffix == ".xlsx":
            _write_mend_book(unfinished, tables, [len(one.above) for one in sheets])
        else:
            with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([[defused(cell) for cell in line] for line in tables[0][1]])
    return sum(len(one.rows) for one in sheets)


def _mend_lines(sheet: MendSheet, headings: tuple[str, str]) -> list[list[str]]:
    lines = [[_plain(value) for value in line] for line in (*sheet.above, *(row.values for row in sheet.rows))]
    width = max((len(line) for line in lines), default=0)
    padded = [line + [""] * (width - len(line)) for line in lines]
    header = len(sheet.above) - 1
    for number, line in enumerate(padded):
        if number > header:
            row = sheet.rows[number - header - 1]
            line.extend((clean_text(row.problem), clean_text(row.remedy)))
        else:
            line.extend(headings if number == header else ("", ""))
    return padded


def _plain(value: Value | None) -> str:
    return "" if value is None else clean_text(text_of(value))[:LONGEST_TEXT]


def _write_mend_book(target: Path, tables: Sequence[tuple[str, list[list[str]]]], tops: Sequence[int]) -> None:
    with xlsxwriter.Workbook(str(target), _OPTIONS) as book:
        text = book.add_format({"num_format": "@"})
        quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        head = book.add_format({"num_format": "@", "bold": True, "text_wrap": True, "bg_color": "#DDEBF7"})
        marked = book.add_format({"num_format": "@", "text_wrap": True, "bg_color": "#FFF2CC"})
        for (name, lines), top in zip(tables, tops, strict=True):
            page = book.add_worksheet(sheet_name(name))
            width = max((len(line) for line in lines), default=0)
            for row, line in enumerate(lines):
                for column, cell in enumerate(line):
                    look = head if row == top - 1 else marked if column >= width - 2 and row >= top else text
                    if cell:
                        page.write_string(row, column, cell, quoted if is_dangerous(cell) and row >= top else look)
            page.freeze_panes(top, 0)
            page.set_column(0, max(width - 3, 0), 16, text)
            page.set_column(max(width - 2, 0), max(width - 1, 0), 32, text)


def write_table_xlsx(
    target: Path,
    *,
    title: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[Value | None]],
    expected: int | None = None,
) -> int:
    """Write a list: title, header that stays in view and on every printed page, filter, A4 across, as wide as the page.

    Texts are text (long numbers keep their digits), numbers numbers, days and instants (in Asia/Shanghai) dates.
    Returns the number of rows; ReturnCountMismatch, and no file, if that is not `expected`.
    """
    with whole_file(target) as unfinished:
        count = _write_table(unfinished, title, headers, rows)
        if expected is not None and count != expected:
            raise ReturnCountMismatch(expected=expected, found=count)
    return count


def draw_frame(
    target: BinaryIO, *, title: str, headers: Sequence[str], shown: Sequence[Sequence[Value | None]], rows: int
) -> None:
    """Write what `write_table_xlsx` writes around a list of so many rows, the first of which are `shown`, for whoever
    puts the rows in: row 3 holds three blank cells, formatted as text, as text that looks like a formula, as number."""
    with xlsxwriter.Workbook(target, {**_OPTIONS, "in_memory": True}) as book:
        page = book.add_worksheet(sheet_name(title))
        looks = _looks(book)
        _write_head(page, title, headers, looks)
        for column, look in enumerate(("text", "quoted", "number")):
            page.write_blank(2, column, None, looks[look])
        widths = [_width(one) for one in headers]
        for values in shown[:_MEASURED_ROWS]:
            widths = [max(width, _width(text_of(one or ""))) for width, one in zip(widths, values, strict=True)]
        _set_page(page, widths, rows)


def _write_table(target: Path, title: str, headers: Sequence[str], rows: Iterable[Sequence[Value | None]]) -> int:
    streamed = {**_OPTIONS, "constant_memory": True, "tmpdir": str(target.parent)}
    with xlsxwriter.Workbook(str(target), streamed) as book:
        page = book.add_worksheet(sheet_name(title))
        looks = _looks(book)
        _write_head(page, title, headers, looks)
        widths = [_width(one) for one in headers]
        count = 0
        for count, values in enumerate(rows, start=1):
            for column, value in enumerate(values):
                _write_cell(page, count + 1, column, value, looks)
                if column < len(widths) and value is not None and count <= _MEASURED_ROWS:
                    widths[column] = max(widths[column], _width(text_of(value)))
        _set_page(page, widths, count)
    return count


def _write_head(page: Worksheet, title: str, headers: Sequence[str], looks: dict[str, Format]) -> None:
    if len(headers) > 1:
        page.merge_range(0, 0, 0, len(headers) - 1, clean_text(title), looks["title"])
    else:
        page.write_string(0, 0, clean_text(title), looks["title"])
    for column, header in enumerate(headers):
        page.write_string(1, column, clean_text(header), looks["head"])


def _looks(book: xlsxwriter.Workbook) -> dict[str, Format]:
    base = {"border": 1, "valign": "vcenter"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "head": book.add_format({**base, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#DDEBF7"}),
        "text": book.add_format({**base, "num_format": "@", "text_wrap": True}),
        "quoted": book.add_format({**base, "num_format": "@", "text_wrap": True, "quote_prefix": True}),
        "number": book.add_format(base),
        "day": book.add_format({**base, "num_format": "yyyy-mm-dd"}),
        "instant": book.add_format({**base, "num_format": "yyyy-mm-dd hh:mm"}),
    }


def _write_cell(page: Worksheet, row: int, column: int, value: Value | None, looks: dict[str, Format]) -> None:
    if isinstance(value, datetime):
        page.write_datetime(row, column, local_clock(value), looks["instant"])
    elif isinstance(value, date):
        page.write_datetime(row, column, value, looks["day"])
    elif isinstance(value, int | float) and abs(value) < 1e15:
        page.write_number(row, column, value, looks["number"])
    else:
        text = _plain(value)
        page.write_string(row, column, text, looks["quoted" if is_dangerous(text) else "text"])


def _set_page(page: Worksheet, widths: Sequence[int], count: int) -> None:
    for column, width in enumerate(widths):
        page.set_column(column, column, min(max(width + 2, 8), 48))
    page.freeze_panes(2, 0)
    page.autofilter(1, 0, max(count + 1, 1), max(len(widths) - 1, 0))
    page.set_paper(_A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(1)
    page.set_footer("&C&P / &N")


def _width(text: str) -> int:
    """Width in columns of half-width signs; Chinese ones take two."""
    lines = text.split("\n")
    return max(sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line) for line in lines)


def sheet_name(text: str) -> str:
    """A name spreadsheet programs accept: at most 31 signs, none of ``[]:*?/\\``, no apostrophe at the ends."""
    return _SHEET_MARKS.sub(" ", clean_text(text)).replace("\n", " ").strip().strip("'")[:31].rstrip(" '") or "Sheet1"


def export_filename(unit: str, table: str, at: datetime) -> str:
    """``单位_表名_202204061430.xlsx``, the time in Asia/Shanghai; signs that file systems refuse become ``-``.

    `at` must be aware, otherwise ReturnRefused ``return.no_time_zone``.
    """
    if at.tzinfo is None:
        raise ReturnRefused("return.no_time_zone", "The time of an export needs a time zone.")
    stem = "_".join(re.sub(r'[\\/:*?"<>|\s\x00-\x1f_]+', "-", clean_text(one)).strip("-. ") for one in (unit, table))
    stem = stem.encode()[:_NAME_BYTES].decode("utf-8", "ignore")
    return f"{stem}_{at.astimezone(_LOCAL):%Y%m%d%H%M}.xlsx"

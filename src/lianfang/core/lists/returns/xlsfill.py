"""Results for an .xls that `biffbook` cannot fill (older than Excel 97, or no column left): it comes back as .xlsx with
the same sheets, values, order of columns and merged ranges, and the report says so."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from .errors import ReturnRefused


def xls_as_xlsx(source: Path, target: Path) -> None:
    """Write the values of an .xls as an .xlsx. Looks, widths, formulas and hidden rows are not kept: no program on
    hand reads them from the old format. Raises ReturnRefused ``return.unreadable``."""
    try:
        book = CalamineWorkbook.from_path(str(source))
    except (CalamineError, OSError) as error:
        raise ReturnRefused("return.unreadable", f"{source.name} cannot be opened as a workbook.") from error
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(target), options) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        instant = made.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for one in book.sheets_metadata:
            if one.typ != SheetTypeEnum.WorkSheet:
                continue
            page = made.add_worksheet(one.name)
            if one.visible != SheetVisibleEnum.Visible:
                page.hide()
            _copy(book.get_sheet_by_name(one.name), page, day, instant)


def _copy(sheet: CalamineSheet, page: Worksheet, day: Format, instant: Format) -> None:
    for first, last in sheet.merged_cell_ranges or []:
        if first != last:
            page.merge_range(first[0], first[1], last[0], last[1], "")
    for row, values in enumerate(sheet.to_python(skip_empty_area=False)):
        for column, value in enumerate(values):
            _write(page, row, column, value, day if not isinstance(value, datetime) else instant)


def _write(page: Worksheet, row: int, column: int, value: object, look: Format) -> None:
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        page.write_number(row, column, value)
    elif isinstance(value, date):
        page.write_datetime(row, column, value, look)
    elif isinstance(value, time | timedelta):
        page.write_string(row, column, str(value))
    elif isinstance(value, str) and value:
        page.write_string(row, column, value)

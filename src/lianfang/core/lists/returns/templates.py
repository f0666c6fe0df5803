"""Fill an upper-level form: rows into its table, everything else where it belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .body import find_body
from .cells import CellFill, FillReport, Value
from .computed import forget_results
from .errors import ReturnCountMismatch
from .formulas import RowShift
from .insertrows import insert_rows
from .package import Package, local
from .refs import Area, area_of
from .sheetxml import SheetXml, is_filled
from .xlsxfill import WorkbookFiller


def fill_template(
    template: Path,
    target: Path,
    *,
    sheet: str,
    first_row: int,
    columns: Mapping[str, int],
    rows: Sequence[Mapping[str, Value]],
) -> FillReport:
    """Write one table row per entry of `rows` from `first_row` (physical, from 1) on; `columns` tells the column (from
    0) of each field. Fields without a column are left out; fields a row does not have leave their cell as it is.

    When the form has too few prepared rows, more are inserted in the look of the last one; notes, signatures, merged
    cells, drop-down lists and the formulas of summary blocks follow. Results of formulas that look at the table are
    dropped and the workbook asks to be computed when opened, so that no program shows an old number.
    Refusals as for `fill_workbook`, and ``return.cannot_insert``; ReturnCountMismatch if a row would be lost.
    """
    package = Package(template)
    body = find_body(*_table(package, sheet), first_row)
    missing = first_row + len(rows) - 1 - body.usable_row
    inserted = 0
    if missing > 0 and (body.below is not None or body.last_row >= first_row):
        inserted = missing
        insert_rows(package, RowShift(sheet=sheet, first=first_row, after=body.usable_row, count=missing))
    filler = WorkbookFiller(package)
    cells = [
        CellFill(sheet=sheet, row=number, column=columns[name], value=value, as_text=False)
        for number, row in enumerate(rows, start=first_row)
        for name, value in row.items()
        if name in columns
    ]
    filler.fill(cells)
    _check_count(package, sheet, first_row, rows)
    forget_results(package, sheet)
    filler.finish()
    package.save(target)
    return filler.report(target, rows_inserted=inserted)


def _table(package: Package, sheet: str) -> tuple[SheetXml, list[Area]]:
    xml = SheetXml(package.read(package.sheet_part(sheet)))
    return xml, [area_of(str(one.get("ref"))) for one in xml.frame().iter() if local(one) == "mergeCell"]


def _check_count(package: Package, sheet: str, first_row: int, rows: Sequence[Mapping[str, Value]]) -> None:
    """Every row that has something to say must be there in the sheet that will be saved."""
    xml = SheetXml(package.read(package.sheet_part(sheet)))
    found = sum(
        1
        for number in range(first_row, first_row + len(rows))
        if (row := xml.open_row(number)) is not None and any(is_filled(cell) for _, cell in row.cells())
    )
    expected = sum(1 for row in rows if any(value != "" for value in row.values()))
    if found < expected:
        raise ReturnCountMismatch(expected=expected, found=found)

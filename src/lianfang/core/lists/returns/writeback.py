"""Write results back into the sender's own file, whatever its kind."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from .biffbook import NotBiff8, append_to_xls, fill_xls
from .cells import CellFill, FillReport, NewColumns
from .errors import ReturnRefused
from .odsfill import append_to_ods, fill_ods
from .package import Package
from .textfill import append_to_text, fill_text
from .xlsfill import xls_as_xlsx
from .xlsxappend import append_to_xlsx
from .xlsxfill import WorkbookFiller

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(source: Path) -> str:
    """``xlsx``, ``ods``, ``xls`` or ``text``, told by the content and not by the name."""
    with source.open("rb") as file:
        head = file.read(8)
    if head == _OLD_EXCEL:
        return "xls"
    if not head.startswith(b"PK"):
        return "text"
    try:
        with zipfile.ZipFile(source) as archive:
            return "ods" if "content.xml" in archive.namelist() else "xlsx"
    except (zipfile.BadZipFile, OSError) as error:
        raise ReturnRefused("return.unreadable", f"{source.name} cannot be opened as a workbook.") from error


def fill_workbook(source: Path, target: Path, cells: Sequence[CellFill]) -> FillReport:
    """Write values into cells of a .xlsx, .ods, .xls, .csv, .tsv or .txt and leave everything else as it is.

    Computed cells and cells under a merged one are refused (ReturnRefused, nothing is written); values that a
    drop-down list does not allow are left out and reported. An .xls older than Excel 97 comes back as
    .xlsx (note ``return.format_changed``, the report tells its name). `source` and `target` may be the same.
    """
    kind = kind_of(source)
    if kind == "text":
        return fill_text(source, target, cells)
    if kind == "ods":
        return fill_ods(source, target, cells)
    if kind == "xls":
        try:
            return fill_xls(source, target, cells)
        except NotBiff8:
            return _by_way_of_xlsx(source, target, lambda copy, to: _fill_xlsx(copy, to, cells))
    return _fill_xlsx(source, target, cells)


def append_columns(source: Path, target: Path, columns: NewColumns) -> FillReport:
    """Put result columns right of the sender's table, in the look of their left neighbours.

    Nothing else changes, save that merged titles and a filter that spanned exactly the table span the wider one.
    """
    kind = kind_of(source)
    if kind == "text":
        return append_to_text(source, target, columns)
    if kind == "ods":
        return append_to_ods(source, target, columns)
    if kind == "xls":
        try:
            return append_to_xls(source, target, columns)
        except NotBiff8:
            return _by_way_of_xlsx(source, target, lambda copy, to: append_to_xlsx(copy, to, columns))
    return append_to_xlsx(source, target, columns)


def _fill_xlsx(source: Path, target: Path, cells: Sequence[CellFill]) -> FillReport:
    package = Package(source)
    filler = WorkbookFiller(package)
    filler.fill(cells)
    filler.finish()
    package.save(target)
    return filler.report(target)


def _by_way_of_xlsx(source: Path, target: Path, write: Callable[[Path, Path], FillReport]) -> FillReport:
    target = target.with_suffix(".xlsx")
    with TemporaryDirectory(dir=target.parent) as folder:
        copy = Path(folder) / "copy.xlsx"
        xls_as_xlsx(source, copy)
        report = write(copy, target)
    return replace(report, notes=tuple(sorted({*report.notes, "return.format_changed"})))

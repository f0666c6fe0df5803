"""Fill single cells of an .xlsx without touching anything else in the file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from itertools import groupby, pairwise
from pathlib import Path

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

from .cells import LONGEST_TEXT, CellFill, CellProblem, FillReport, Value, clean_text, text_of
from .cellstyles import CellStyles, serial_of
from .computed import computes_when_opened, looked_at
from .dropdowns import Dropdowns
from .errors import ReturnRefused
from .package import Package, local
from .refs import LAST_COLUMN, LAST_ROW, Area, area_of, column_name
from .sharedtext import SharedText, text_element
from .sheetxml import SheetRow, SheetXml, is_filled, is_formula


class WorkbookFiller:
    """Writes cells into a package; counts, notes and problems gather in it until `report`."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.texts = SharedText(package)
        self.styles = CellStyles(package)
        self.filled = 0
        self.overwritten = 0
        self.problems: list[CellProblem] = []
        self.notes: set[str] = set()
        self.extents: dict[str, Area] = {}

    def fill(self, cells: Iterable[CellFill]) -> None:
        """Write the cells. Raises ReturnRefused before the file is saved: ``return.formula_cell``,
        ``return.merged_cell``, ``return.no_such_sheet``, ``return.no_such_cell``, ``return.twice``."""
        ordered = sorted(cells, key=lambda one: (one.sheet, one.row, one.column))
        for before, after in pairwise(ordered):
            if (before.sheet, before.row, before.column) == (after.sheet, after.row, after.column):
                raise ReturnRefused("return.twice", "A cell is to be filled twice.", place=place_of(after))
        for sheet, group in groupby(ordered, key=lambda one: one.sheet):
            editor = SheetEditor(self, sheet)
            wanted = list(group)
            editor.fill(wanted)
            editor.save()
            columns = [one.column for one in wanted]
            self.extents[sheet] = Area(wanted[0].row, min(columns), wanted[-1].row, max(columns))

    def finish(self) -> None:
        """Put the shared texts into the package; to be called once, before saving."""
        self.texts.save()
        if self.extents and looked_at(self.package, self.extents) and not computes_when_opened(self.package):
            self.notes.add("return.formulas_not_recalculated")

    def report(self, target: Path, *, first_new_column: int | None = None, rows_inserted: int = 0) -> FillReport:
        """What was done so far."""
        return FillReport(
            target=target,
            filled=self.filled,
            overwritten=self.overwritten,
            problems=tuple(self.problems),
            notes=tuple(sorted(self.notes)),
            first_new_column=first_new_column,
            rows_inserted=rows_inserted,
        )

    @cached_property
    def names(self) -> dict[str, str]:
        """The workbook's defined names and what they stand for."""
        root = self.package.tree(self.package.workbook)
        return {str(one.get("name")): str(one.text or "") for one in root.iter() if local(one) == "definedName"}

    @cached_property
    def _values(self) -> CalamineWorkbook:
        return CalamineWorkbook.from_path(str(self.package.source))

    def grid(self, sheet: str) -> list[list[object]]:
        """Values of a sheet from A1; empty if it cannot be read."""
        try:
            return [list(row) for row in self._values.get_sheet_by_name(sheet).to_python(skip_empty_area=False)]
        except CalamineError:
            return []


def place_of(fill: CellFill) -> str:
    """``回传表!F4``."""
    return f"{fill.sheet}!{column_name(fill.column)}{fill.row}"


class SheetEditor:
    """One sheet while it is being filled."""

    def __init__(self, filler: WorkbookFiller, sheet: str) -> None:
        self._filler = filler
        self._part = filler.package.sheet_part(sheet)
        self.sheet = sheet
        self.xml = SheetXml(filler.package.read(self._part))
        frame = self.xml.frame()
        self.merges = [area_of(str(one.get("ref"))) for one in frame.iter() if local(one) == "mergeCell"]
        self._covered: dict[int, list[Area]] = {}
        for area in self.merges:
            for row in range(area.first_row, area.last_row + 1):
                self._covered.setdefault(row, []).append(area)
        self._columns = [_column_of(one) for one in frame.iter() if local(one) == "col"]
        self._rules = Dropdowns(
            frame, sheet=sheet, names=filler.names, grid=filler.grid, from_1904=filler.package.counts_from_1904
        )

    def fill(self, cells: Sequence[CellFill], *, like_left_of: int | None = None) -> None:
        """Write cells, sorted by row. With `like_left_of` cells that the file does not have yet take the look of the
        cell left of that column."""
        for number, group in groupby(cells, key=lambda one: one.row):
            if not 1 <= number <= LAST_ROW:
                raise ReturnRefused("return.no_such_cell", "Rows count from 1.", place=f"{self.sheet}!{number}")
            row = self.xml.open_row(number) or self.xml.new_row(number)
            changed = [self._fill_one(row, one, like_left_of) for one in group]
            if any(changed):
                self.xml.put_row(row)

    def _fill_one(self, row: SheetRow, fill: CellFill, like_left_of: int | None) -> bool:
        self._check_place(fill)
        cell = row.cell(fill.column)
        if cell is not None and is_formula(cell):
            raise ReturnRefused("return.formula_cell", "A computed cell is never overwritten.", place=place_of(fill))
        if not self._suits(fill):
            return False
        if cell is None:
            if text_of(fill.value) == "":
                return False
            cell = row.add_cell(fill.column, self.style_for(row, fill.column, like_left_of))
            self.xml.widen_dimension(fill.row, fill.column)
        self._filler.overwritten += is_filled(cell)
        self._filler.filled += 1
        self._write(cell, fill)
        return True

    def _check_place(self, fill: CellFill) -> None:
        if not 0 <= fill.column <= LAST_COLUMN:
            raise ReturnRefused("return.no_such_cell", "There is no such column.", place=place_of(fill))
        for area in self._covered.get(fill.row, ()):
            anchor = fill.row == area.first_row and fill.column == area.first_column
            if area.holds(fill.row, fill.column) and not anchor:
                raise ReturnRefused(
                    "return.merged_cell",
                    "The cell lies under a merged one.",
                    place=place_of(fill),
                )
        if self.xml.in_array(fill.row, fill.column):
            raise ReturnRefused("return.formula_cell", "A computed cell is never overwritten.", place=place_of(fill))

    def _suits(self, fill: CellFill) -> bool:
        rule = self._rules.rule_at(fill.row, fill.column)
        text = text_of(fill.value)
        code = self._rules.problem(rule, fill.value) if rule else ""
        if self._rules.unchecked:
            self._filler.notes.add("return.list_not_checked")
        written = not (rule and rule.strict)
        if len(text) > LONGEST_TEXT:
            code, written = "return.too_long", False
        if not code:
            return True
        allowed = (self._rules.allowed(rule) or ()) if rule and code == "return.not_in_list" else ()
        self._filler.problems.append(CellProblem(code, fill.sheet, fill.row, fill.column, text, written, allowed))
        return written

    def style_for(self, row: SheetRow, column: int, like_left_of: int | None = None) -> str:
        """Style index for a cell that the file does not have: the neighbour's, the row's, the column's."""
        if like_left_of is not None and (neighbour := row.cell(like_left_of - 1)) is not None:
            return str(neighbour.get("s") or "")
        return row.own_style or next((style for area, style, _ in self._columns if area.holds(1, column)), "")

    def hidden(self, column: int) -> bool:
        """Whether the sender hid the column."""
        return any(hidden and area.holds(1, column) for area, _, hidden in self._columns)

    def _write(self, cell: etree._Element, fill: CellFill) -> None:
        for child in [one for one in cell if local(one) in ("v", "is")]:
            cell.remove(child)
        for name in ("t", "vm"):
            if cell.get(name) is not None:
                del cell.attrib[name]
        number = None if fill.as_text else self._number(cell, fill.value)
        text = clean_text(text_of(fill.value))
        if number is not None:
            _put(cell, "v", number)
        elif text:
            self._write_text(cell, text)

    def _write_text(self, cell: etree._Element, text: str) -> None:
        place = self._filler.texts.index(text)
        if place is not None:
            cell.set("t", "s")
            _put(cell, "v", str(place))
            return
        cell.set("t", "inlineStr")
        holder = _put(cell, "is", None)
        holder.append(text_element(holder, text))

    def _number(self, cell: etree._Element, value: Value) -> str | None:
        """The value as the file's number, None if it is to be written as text."""
        shows_day = self._filler.styles.shows_day(str(cell.get("s") or ""))
        if isinstance(value, date):
            if not shows_day:
                self._filler.notes.add("return.date_as_text")
                return None
            value = serial_of(value, from_1904=self._filler.package.counts_from_1904)
        elif isinstance(value, str) or shows_day or not math.isfinite(value):
            return None
        return repr(int(value)) if float(value).is_integer() else repr(value)

    def save(self) -> None:
        """Put the sheet back into the package."""
        self._filler.package.put(self._part, self.xml.to_bytes())


def _put(cell: etree._Element, name: str, text: str | None) -> etree._Element:
    space = etree.QName(cell).namespace
    element = cell.makeelement(f"{{{space}}}{name}" if space else name)
    element.text = text
    cell.insert(0, element)
    return element


def _column_of(element: etree._Element) -> tuple[Area, str, bool]:
    first, last = int(element.get("min") or 1) - 1, int(element.get("max") or 1) - 1
    return Area(1, first, 1, last), str(element.get("style") or ""), element.get("hidden") in ("1", "true")

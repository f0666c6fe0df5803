"""Fill cells of an OpenDocument spreadsheet without touching anything else in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from lxml import etree

from .cells import LONGEST_TEXT, CellFill, CellProblem, FillReport, NewColumns, Value, clean_text, text_of
from .errors import ReturnRefused
from .package import Package, local
from .refs import column_name

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_CONTENT = "content.xml"
_ROWS, _COLUMNS = f"{{{_TABLE}}}number-rows-repeated", f"{{{_TABLE}}}number-columns-repeated"
_GROUPS = frozenset({"table-rows", "table-row-group", "table-header-rows"})
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def fill_ods(source: Path, target: Path, cells: Iterable[CellFill]) -> FillReport:
    """Fill cells; repeated rows and cells are split so that only the wanted one changes. Refuses computed and covered
    cells (``return.formula_cell``, ``return.merged_cell``)."""
    book = _Book(source)
    book.fill(cells)
    return book.save(target, first_new_column=None)


def append_to_ods(source: Path, target: Path, columns: NewColumns) -> FillReport:
    """Put columns right of the table in the look of their left neighbours."""
    book = _Book(source)
    used = [book.sheet(columns.sheet).width(row) for row in (columns.header_row, *columns.rows)]
    if not used[0]:
        raise ReturnRefused("return.no_header", "The header row is empty.", place=columns.sheet)
    first = max(used)
    book.fill(columns.fills(first), like_left_of=first)
    return book.save(target, first_new_column=first)


class _Book:
    def __init__(self, source: Path) -> None:
        self._package = Package(source)
        if not self._package.has(_CONTENT):
            raise ReturnRefused("return.unreadable", f"{source.name} is no spreadsheet.")
        self._root = self._package.tree(_CONTENT)
        self._lists = {
            str(one.get(f"{{{_TABLE}}}name")): _list_of(one)
            for one in self._root.iter(f"{{{_TABLE}}}content-validation")
        }
        self._sheets: dict[str, _Sheet] = {}
        self._filled = self._overwritten = 0
        self._problems: list[CellProblem] = []
        self._notes: set[str] = set()

    def sheet(self, name: str) -> _Sheet:
        if name not in self._sheets:
            found = next((one for one in self._root.iter(f"{{{_TABLE}}}table") if _name(one) == name), None)
            if found is None:
                raise ReturnRefused("return.no_such_sheet", f"The file has no sheet named {name}.", place=name)
            self._sheets[name] = _Sheet(found)
        return self._sheets[name]

    def fill(self, cells: Iterable[CellFill], *, like_left_of: int | None = None) -> None:
        ordered = sorted(cells, key=lambda one: (one.sheet, one.row, one.column))
        for (name, number), group in groupby(ordered, key=lambda one: (one.sheet, one.row)):
            row = self.sheet(name).row(number)
            for fill in group:
                self._fill_one(row, fill, like_left_of)

    def _fill_one(self, row: etree._Element, fill: CellFill, like_left_of: int | None) -> None:
        place = f"{fill.sheet}!{column_name(fill.column)}{fill.row}"
        cell = _cell(row, fill.column)
        if local(cell) == "covered-table-cell":
            raise ReturnRefused("return.merged_cell", "The cell lies under a merged one.", place=place)
        if cell.get(f"{{{_TABLE}}}formula"):
            raise ReturnRefused("return.formula_cell", "A computed cell is never overwritten.", place=place)
        text = text_of(fill.value)
        allowed = self._lists.get(str(cell.get(f"{{{_TABLE}}}content-validation-name")), ())
        if allowed is None:
            self._notes.add("return.list_not_checked")
        code = "return.too_long" if len(text) > LONGEST_TEXT else ""
        if text and allowed and text.strip() not in allowed:
            code = "return.not_in_list"
        if code:
            self._problems.append(CellProblem(code, fill.sheet, fill.row, fill.column, text, False, allowed or ()))
            return
        if like_left_of is not None and cell.get(f"{{{_TABLE}}}style-name") is None:
            look = _cell(row, like_left_of - 1).get(f"{{{_TABLE}}}style-name")
            if look:
                cell.set(f"{{{_TABLE}}}style-name", str(look))
        self._filled += 1
        self._overwritten += _is_filled(cell)
        _write(cell, fill.value, as_text=fill.as_text)

    def save(self, target: Path, *, first_new_column: int | None) -> FillReport:
        head = b'<?xml version="1.0" encoding="UTF-8"?>\n'
        self._package.put(_CONTENT, head + etree.tostring(self._root, encoding="UTF-8", xml_declaration=False))
        self._package.save(target)
        return FillReport(
            target,
            self._filled,
            self._overwritten,
            tuple(self._problems),
            notes=tuple(sorted(self._notes)),
            first_new_column=first_new_column,
        )


class _Sheet:
    """One table. `row` gives a row that stands for itself alone, split off from repeated ones when needed."""

    def __init__(self, table: etree._Element) -> None:
        self._table = table
        self._single: dict[int, etree._Element] = {}

    def _all(self, parent: etree._Element) -> Iterator[etree._Element]:
        for child in parent:
            if local(child) == "table-row":
                yield child
            elif local(child) in _GROUPS:
                yield from self._all(child)

    def row(self, number: int) -> etree._Element:
        if number < 1:
            raise ReturnRefused("return.no_such_cell", "Rows count from 1.", place=str(number))
        if not self._single:
            first = 1
            for one in self._all(self._table):
                self._single[first] = one
                first += _repeats(one, _ROWS)
            self._end = first
        if number in self._single and _repeats(self._single[number], _ROWS) == 1:
            return self._single[number]
        begins = max((at for at in self._single if at <= number), default=0)
        return self._split(begins, number) if number < self._end else self._beyond(number)

    def _split(self, begins: int, number: int) -> etree._Element:
        whole = self._single[begins]
        total = _repeats(whole, _ROWS)
        parts = _split(whole, _ROWS, before=number - begins, after=total - 1 - (number - begins))
        for at, part in zip((begins, number, number + 1), parts, strict=True):
            if part is not None:
                self._single[at] = part
        return self._single[number]

    def _beyond(self, number: int) -> etree._Element:
        """A row below the last one in the file."""
        last = self._single[max(self._single)] if self._single else None
        made = etree.Element(f"{{{_TABLE}}}table-row")
        if number > self._end:
            gap = etree.Element(f"{{{_TABLE}}}table-row")
            gap.append(etree.Element(f"{{{_TABLE}}}table-cell"))
            _set_repeats(gap, _ROWS, number - self._end)
            self._single[self._end] = gap
            made_after = [gap, made]
        else:
            made_after = [made]
        for one in reversed(made_after):
            if last is None:
                self._table.append(one)
            else:
                last.addnext(one)
        self._single[number] = made
        self._end = number + 1
        return made

    def width(self, number: int) -> int:
        """Columns of the row up to the last filled (or covered) one."""
        used = column = 0
        for cell in self.row(number):
            column += _repeats(cell, _COLUMNS)
            if _is_filled(cell) or (local(cell) == "covered-table-cell" and used):
                used = column
        return used


def _name(table: etree._Element) -> str:
    return str(table.get(f"{{{_TABLE}}}name"))


def _repeats(element: etree._Element, name: str) -> int:
    return int(element.get(name) or 1)


def _set_repeats(element: etree._Element, name: str, times: int) -> None:
    if times > 1:
        element.set(name, str(times))
    elif element.get(name) is not None:
        del element.attrib[name]


def _split(whole: etree._Element, name: str, *, before: int, after: int) -> tuple[etree._Element | None, ...]:
    """Cut a repeated element in three: `before` repeats, one alone, `after` repeats; absent parts are None."""
    tail, whole.tail = whole.tail, None
    parts: list[etree._Element | None] = []
    place = whole
    for times in (before, 1, after):
        if times == 0:
            parts.append(None)
            continue
        part = whole if not any(one is not None for one in parts) else deepcopy(whole)
        if part is not whole:
            place.addnext(part)
            place = part
        parts.append(part)
    for times, made in zip((before, 1, after), parts, strict=True):
        if made is not None:
            _set_repeats(made, name, times)
    place.tail = tail
    return tuple(parts)


def _cell(row: etree._Element, column: int) -> etree._Element:
    """The cell at the column, alone, made if the row is shorter."""
    first = 0
    cells = [one for one in row if local(one) in ("table-cell", "covered-table-cell")]
    for cell in cells:
        times = _repeats(cell, _COLUMNS)
        if column < first + times:
            if times == 1:
                return cell
            found = _split(cell, _COLUMNS, before=column - first, after=first + times - 1 - column)[1]
            return cell if found is None else found
        first += times
    if column > first:
        gap = etree.SubElement(row, f"{{{_TABLE}}}table-cell")
        _set_repeats(gap, _COLUMNS, column - first)
    return etree.SubElement(row, f"{{{_TABLE}}}table-cell")


def _is_filled(cell: etree._Element) -> bool:
    return cell.get(f"{{{_OFFICE}}}value-type") is not None or any(local(one) == "p" for one in cell)


def _write(cell: etree._Element, value: Value, *, as_text: bool) -> None:
    for name in list(cell.attrib):
        if etree.QName(str(name)).namespace == _OFFICE or etree.QName(str(name)).localname == "value-type":
            del cell.attrib[name]
    for child in [one for one in cell if local(one) == "p"]:
        cell.remove(child)
    text = clean_text(text_of(value))
    if text == "":
        return
    kind, name, written = "string", "", ""
    if not as_text and isinstance(value, date):
        written = value.strftime("%Y-%m-%dT%H:%M:%S") if isinstance(value, datetime) else value.isoformat()
        kind, name = "date", "date-value"
    elif not as_text and isinstance(value, int | float):
        kind, name, written = "float", "value", repr(value)
    cell.set(f"{{{_OFFICE}}}value-type", kind)
    if name:
        cell.set(f"{{{_OFFICE}}}{name}", written)
    for place, line in enumerate(text.split("\n")):
        cell.insert(place, _paragraph(line))


def _paragraph(line: str) -> etree._Element:
    """A paragraph; blanks that XML readers would fold into one are written as elements."""
    paragraph = etree.Element(f"{{{_TEXT}}}p")
    pieces = re.split(r"(^ | (?= )| $|\t)", line)
    paragraph.text = pieces[0]
    for blank, after in zip(pieces[1::2], pieces[2::2], strict=True):
        mark = etree.SubElement(paragraph, f"{{{_TEXT}}}" + ("tab" if blank == "\t" else "s"))
        mark.tail = after
    return paragraph


def _list_of(validation: etree._Element) -> tuple[str, ...] | None:
    """The values of a drop-down list written out in its condition; empty if it is no list, None if the list stands
    elsewhere and so is not known here."""
    condition = str(validation.get(f"{{{_TABLE}}}condition") or "")
    if "cell-content-is-in-list(" not in condition:
        return ()
    return tuple(part.replace('""', '"').strip() for part in _QUOTED.findall(condition)) or None

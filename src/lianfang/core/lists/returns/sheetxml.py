"""One sheet of an Office Open XML workbook, edited row by row.

Only rows that are edited are parsed; every other byte of the part stays as it is, so that nothing the sender put into
the sheet (and nothing this program does not know) can be lost, and memory stays near the size of the part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from .errors import ReturnRefused
from .package import as_utf8, local, parser
from .refs import Area, area_of, column_name, column_number

_DIGITS = "0123456789"
_NAME = rb"(?:[A-Za-z_][\w.-]*:)?"
_DATA = re.compile(rb"<(" + _NAME + rb")sheetData(?=[\s/>])[^>]*?(/?)>")
_ROW = re.compile(rb"<" + _NAME + rb"row(?=[\s/>])([^>]*?)(/?)>")
_NUMBER = re.compile(rb"""\sr=["'](\d+)["']""")
_SPACES = re.compile(rb"""\sxmlns(?::[\w.-]+)?=(?:"[^"]*"|'[^']*')""")
_DIMENSION = re.compile(rb"""(<""" + _NAME + rb"""dimension\b[^>]*?\bref=["'])([^"']*)(["'])""")
_ARRAY = re.compile(rb"""<""" + _NAME + rb"""f\b[^>]*\bt=["'](?:array|dataTable)["'][^>]*>""")
_REF = re.compile(rb"""\bref=["']([^"']*)["']""")


@dataclass(slots=True)
class _Row:
    number: int
    before: bytes
    raw: bytes


class SheetXml:
    """The sheet's XML. Raises ReturnRefused ``return.unreadable`` if it has no cell table."""

    def __init__(self, xml: bytes) -> None:
        xml = as_utf8(xml)
        self._parser = parser()
        found = _DATA.search(xml)
        if found is None:
            raise ReturnRefused("return.unreadable", "The sheet has no table of cells.")
        self._prefix = found[1]
        closing = b"</" + found[1] + b"sheetData>"
        if found[2]:
            self.head = xml[: found.start()] + found[0].rstrip(b"/>").rstrip() + b">"
            body, self.tail = b"", closing + xml[found.end() :]
        else:
            end = xml.index(closing, found.end())
            self.head, body, self.tail = xml[: found.end()], xml[found.end() : end], xml[end:]
        self._rows: list[_Row] = []
        self._after = self._split(body)
        self._at = {one.number: one for one in self._rows}
        root = re.search(rb"<" + re.escape(self._prefix) + rb"worksheet\b[^>]*>", self.head)
        self._spaces = b"".join(_SPACES.findall(root[0])) if root else b""
        self._arrays = [
            area_of(ref[1].decode())
            for one in _ARRAY.finditer(body)
            if (ref := _REF.search(one[0])) and not one[0].endswith(b"/>")
        ]

    def _split(self, body: bytes) -> bytes:
        """Cut the body into rows; what stands after the last one is returned."""
        place = number = 0
        closing = b"</" + self._prefix + b"row>"
        while found := _ROW.search(body, place):
            end = found.end() if found[2] else body.index(closing, found.end()) + len(closing)
            given = _NUMBER.search(found[1])
            number = int(given[1]) if given else number + 1
            self._rows.append(_Row(number, body[place : found.start()], body[found.start() : end]))
            place = end
        return body[place:]

    def in_array(self, row: int, column: int) -> bool:
        """Whether the cell shows part of an array formula."""
        return any(one.holds(row, column) for one in self._arrays)

    def row_numbers(self) -> list[int]:
        """Numbers of the rows that are in the file, in file order."""
        return [one.number for one in self._rows]

    def open_row(self, number: int) -> SheetRow | None:
        """The row, parsed; None if the file has none of that number. Changes count only after `put_row`."""
        one = self._at.get(number)
        return SheetRow(self._parse(one.raw), number) if one else None

    def new_row(self, number: int) -> SheetRow:
        """An empty row that is not in the file yet."""
        prefix = self._prefix
        return SheetRow(self._parse(b"<" + prefix + b'row r="%d"></' % number + prefix + b"row>"), number)

    def _parse(self, raw: bytes) -> etree._Element:
        try:
            return etree.fromstring(b"<rows" + self._spaces + b">" + raw + b"</rows>", self._parser)
        except etree.XMLSyntaxError as error:
            raise ReturnRefused("return.unreadable", "A row of the sheet is damaged.") from error

    def put_row(self, row: SheetRow) -> None:
        """Take the row over, at its place by number."""
        whole = etree.tostring(row.holder, encoding="UTF-8", xml_declaration=False)
        raw = whole[whole.index(b">") + 1 : whole.rindex(b"</")]
        one = self._at.get(row.number)
        if one is not None:
            one.raw = raw
            return
        one = self._at[row.number] = _Row(row.number, b"", raw)
        place = len(self._rows)
        while place and self._rows[place - 1].number > row.number:
            place -= 1
        self._rows.insert(place, one)

    def widen_dimension(self, row: int, column: int) -> None:
        """Let the used range of the sheet hold the cell too."""
        found = _DIMENSION.search(self.head)
        if found is None:
            return
        try:
            old = area_of(found[2].decode())
        except ValueError:
            return
        if old.holds(row, column):
            return
        new = Area(
            min(old.first_row, row),
            min(old.first_column, column),
            max(old.last_row, row),
            max(old.last_column, column),
        )
        self.head = self.head[: found.start(2)] + str(new).encode() + self.head[found.end(2) :]

    def frame(self) -> etree._Element:
        """The sheet without its rows, parsed, to look things up in."""
        return etree.fromstring(self.head + self.tail, parser())

    def to_bytes(self) -> bytes:
        """The whole part."""
        return b"".join([self.head, *(one.before + one.raw for one in self._rows), self._after, self.tail])


class SheetRow:
    """One parsed row. `holder` carries the namespaces and has the row as its only child."""

    def __init__(self, holder: etree._Element, number: int) -> None:
        self.holder = holder
        self.number = number
        self.element = holder[0]
        self._cells: dict[int, etree._Element] = {}
        column = -1
        for cell in self.element:
            if local(cell) == "c":
                address = cell.get("r")
                column = column_number(str(address).rstrip(_DIGITS)) if address else column + 1
                self._cells[column] = cell

    def cells(self) -> list[tuple[int, etree._Element]]:
        """Column (from 0) and element of every cell in the file; cells without an address follow their neighbour."""
        return list(self._cells.items())

    def cell(self, column: int) -> etree._Element | None:
        """The cell, None if the file has none there."""
        return self._cells.get(column)

    def add_cell(self, column: int, style: str) -> etree._Element:
        """A new empty cell at its place by column, with that style index (empty: none)."""
        name = etree.QName(self.element)
        cell = self.element.makeelement(f"{{{name.namespace}}}c" if name.namespace else "c")
        cell.set("r", f"{column_name(column)}{self.number}")
        if style:
            cell.set("s", style)
        later = min((at for at in self._cells if at > column), default=None)
        if later is not None:
            self._cells[later].addprevious(cell)
        else:
            last = self._cells[max(self._cells)] if self._cells else None
            self.element.insert(self.element.index(last) + 1 if last is not None else 0, cell)
        self._cells = dict(sorted([*self._cells.items(), (column, cell)], key=lambda pair: pair[0]))
        self._widen_span(column + 1)
        return cell

    def _widen_span(self, column: int) -> None:
        first, mark, last = str(self.element.get("spans") or "").partition(":")
        if mark and " " not in last:
            self.element.set("spans", f"{min(int(first), column)}:{max(int(last), column)}")

    @property
    def own_style(self) -> str:
        """The style that new cells of the row take; empty if the row has none of its own."""
        return str(self.element.get("s") or "") if self.element.get("customFormat") in ("1", "true") else ""


def is_formula(cell: etree._Element) -> bool:
    """Whether the cell is computed."""
    return any(local(child) == "f" for child in cell)


def is_filled(cell: etree._Element) -> bool:
    """Whether the cell shows anything."""
    return any(local(child) in ("v", "is", "f") and any(child.itertext()) for child in cell)

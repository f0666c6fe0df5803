"""Tables that systems export as a web page or as XML and call ``.xls``; runs only inside the reading child."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from lxml import etree, html

from lianfang.core.lists.intake.delimited import decode
from lianfang.core.lists.intake.refusals import IntakeRefusal, Limits
from lianfang.core.lists.intake.workbook import Cell, MergedRange, Sheet

_SS: Final = "{urn:schemas-microsoft-com:office:spreadsheet}"


class _Grid:
    """Cells put down one by one, with spans; becomes a sheet."""

    def __init__(self, *, limits: Limits) -> None:
        self._limits = limits
        self._cells: dict[int, dict[int, Cell]] = {}
        self._taken: set[tuple[int, int]] = set()
        self._merged: list[MergedRange] = []
        self.height = 0

    def free_column(self, row: int, column: int) -> int:
        while (row, column) in self._taken:
            column += 1
        return column

    def put(self, row: int, column: int, text: str, *, rows: int, columns: int) -> None:
        """Put a cell at `row` (from 1) and `column` (from 0) spanning so many rows and columns."""
        if column + columns > self._limits.columns:
            raise IntakeRefusal("file.too_many_columns", columns=column + columns, limit=self._limits.columns)
        if text.strip():
            self._cells.setdefault(row, {})[column] = text
            if len(self._cells) > self._limits.rows:
                raise IntakeRefusal("file.too_many_rows", limit=self._limits.rows)
        if rows > 1 or columns > 1:
            rows = min(rows, 1000)
            self._merged.append(MergedRange(row, column, row + rows - 1, column + columns - 1))
            self._taken.update((row + down, column + right) for down in range(rows) for right in range(columns))

    def sheet(self, *, name: str, visible: bool = True) -> Sheet:
        numbers = sorted(self._cells)
        rows: list[list[Cell]] = []
        for number in numbers:
            filled = self._cells[number]
            rows.append([filled.get(column) for column in range(max(filled) + 1)])
        return Sheet(
            name=name, rows=rows, numbers=numbers, height=self.height, visible=visible, merged=tuple(self._merged)
        )


def _span(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and int(value) > 0 else 1


def read_html(path: Path, *, limits: Limits) -> list[Sheet]:
    """The tables of a web page, each a sheet, without those that only arrange others or hold one line; the largest if
    no other is left. A table inside a cell counts as text of that cell."""
    content = path.read_bytes()
    if len(content) > limits.markup_bytes:
        raise IntakeRefusal("file.too_large", bytes=len(content), limit=limits.markup_bytes)
    try:
        tree = html.document_fromstring(_declared(content))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise IntakeRefusal("file.damaged", reason="html") from error
    tables = list(tree.iter("table"))
    sheets = [_html_grid(table, limits=limits).sheet(name="") for table in tables]
    lists = [
        sheet
        for table, sheet in zip(tables, sheets, strict=True)
        if len(sheet.rows) > 1 and sheet.width() > 1 and table.find(".//table") is None
    ]
    if len(lists) > 1:
        return [replace(sheet, name=f"表{number}") for number, sheet in enumerate(lists, start=1)]
    return lists or ([max(sheets, key=lambda sheet: len(sheet.rows))] if sheets else [])


def _declared(content: bytes) -> str:
    # lxml refuses text with an encoding declaration in an XML prologue; a page has no use for it once decoded.
    text = decode(content).text
    if text.lstrip().startswith("<?xml"):
        text = text.partition("?>")[2]
    return text


def _html_grid(table: html.HtmlElement, *, limits: Limits) -> _Grid:
    grid = _Grid(limits=limits)
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table]
    for number, row in enumerate(rows, start=1):
        column = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            column = grid.free_column(number, column)
            for line_break in cell.iter("br"):
                line_break.tail = "\n" + (line_break.tail or "")
            text = "\n".join(" ".join(line.split()) for line in cell.text_content().split("\n")).strip()
            columns = _span(cell.get("colspan"))
            grid.put(number, column, text, rows=_span(cell.get("rowspan")), columns=columns)
            column += columns
    grid.height = len(rows)
    return grid


def read_xml2003(path: Path, *, limits: Limits) -> list[Sheet]:
    """Sheets of an «XML Spreadsheet 2003» file; cells come as text except numbers."""
    if path.stat().st_size > limits.markup_bytes:
        raise IntakeRefusal("file.too_large", bytes=path.stat().st_size, limit=limits.markup_bytes)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.parse(path, parser).getroot()
    except etree.XMLSyntaxError as error:
        raise IntakeRefusal("file.damaged", reason="xml") from error
    return [_xml_sheet(node, limits=limits) for node in root.iter(f"{_SS}Worksheet")]


def _xml_sheet(node: etree._Element, *, limits: Limits) -> Sheet:
    grid = _Grid(limits=limits)
    number = 0
    for row in node.iterfind(f"{_SS}Table/{_SS}Row"):
        number = _span(row.get(f"{_SS}Index")) if row.get(f"{_SS}Index") else number + 1
        column = 0
        for cell in row.iterfind(f"{_SS}Cell"):
            if cell.get(f"{_SS}Index"):
                column = _span(cell.get(f"{_SS}Index")) - 1
            column = grid.free_column(number, column)
            content = cell.find(f"{_SS}Data")
            text = "".join(str(piece) for piece in content.itertext()) if content is not None else ""
            if content is not None and content.get(f"{_SS}Type") == "DateTime":
                text = text.replace("T00:00:00.000", "").replace(".000", "").replace("T", " ")
            columns = _span(cell.get(f"{_SS}MergeAcross") and str(int(cell.get(f"{_SS}MergeAcross") or 0) + 1))
            rows = _span(cell.get(f"{_SS}MergeDown") and str(int(cell.get(f"{_SS}MergeDown") or 0) + 1))
            grid.put(number, column, text, rows=rows, columns=columns)
            column += columns
    grid.height = number
    return grid.sheet(name=node.get(f"{_SS}Name") or "")

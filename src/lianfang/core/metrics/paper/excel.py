"""The paper as a workbook of fixed layout: real numbers, 未报 where a report is missing, ready to print on A4.

Nothing is a formula: phones show no result for one, and what somebody typed must never become one.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from lianfang.core.metrics.paper import outline as laid
from lianfang.core.metrics.paper.sections import outline_of
from lianfang.core.metrics.paper.shapes import Paper, Tone
from lianfang.core.metrics.paper.typography import SHANGHAI, spaces_wide

_DANGEROUS = tuple("=+-@\t\r＝＋－＠")
_NUMBER_FORMATS = {"text": "@", "count": "#,##0", "partial": '#,##0"*"', "percent": "0.0%"}
_COLOURS: dict[Tone, str] = {"plain": "#17203a", "good": "#0a7d46", "bad": "#c8161d", "quiet": "#6b768c"}
_FILLS: dict[laid.Role, str | None] = {"row": None, "subtotal": "#f7f9fc", "total": "#eef2f8"}
_HEAD_FILL, _RULE, _RED = "#f2f5fa", "#b9c3d4", "#c8161d"
_LONGEST = 32_000
_LEAST_COLUMNS = 6
_A4_PAPER = 9


def workbook(paper: Paper) -> bytes:
    """The .xlsx file. Its dates are the paper's cut-off (Asia/Shanghai), so the same paper gives the same bytes."""
    outline = outline_of(paper)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    created = outline.masthead.cutoff_at.astimezone(SHANGHAI).replace(tzinfo=None)
    book.set_properties({"title": outline.headline, "author": outline.office, "created": created})
    _Writer(book, outline).write()
    book.close()
    return buffer.getvalue()


def defused(text: str) -> str:
    """The text with an apostrophe before a first sign that a spreadsheet would take for a formula."""
    cut = text[:_LONGEST]
    return f"'{cut}" if cut.startswith(_DANGEROUS) else cut


class _Writer:
    """Writes one outline down a worksheet, remembering the row it has reached."""

    def __init__(self, book: Workbook, outline: laid.Outline) -> None:
        self._book = book
        self._outline = outline
        self._sheet: Worksheet = book.add_worksheet(outline.sheet)
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        grids = list(_grids(outline))
        self._main = max(grids, key=lambda grid: len(grid.columns), default=None)
        self._columns = max([_LEAST_COLUMNS, *(len(grid.columns) for grid in grids)])
        self._row = 0

    def write(self) -> None:
        """Everything, from the print set-up to the last line."""
        self._page()
        self._letterhead()
        for part in self._outline.sections:
            if part.title:
                self._merged(part.title, height=24, font_name="黑体", font_size=12, bold=True, valign="bottom")
            for block in part.blocks:
                self._block(block)
        self._colophon()

    def _page(self) -> None:
        sheet, outline = self._sheet, self._outline
        widths = [column.width + 2 for column in self._main.columns] if self._main else []
        for column in range(self._columns):
            sheet.set_column(column, column, widths[column] if column < len(widths) else 12)
        sheet.set_landscape()
        sheet.set_paper(_A4_PAPER)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
        sheet.hide_gridlines(2)
        _, chief, made = outline.signatures
        left = f"{made.split('，')[0]}  {chief.replace('值班长', '审核')}"
        safe_left, safe_centre = (text.replace("&", "&&")[:110] for text in (left, outline.provenance))
        sheet.set_footer(f"&L&8{safe_left}&C&8{safe_centre}&R&8第 &P 页 共 &N 页")
        if outline.masthead.drill:
            sheet.set_header('&C&"黑体,常规"&20&KC8161D演练')

    def _letterhead(self) -> None:
        outline = self._outline
        self._merged(
            outline.headline, height=38, font_name="方正小标宋简体", font_size=22, font_color=_RED, align="center"
        )
        self._merged(outline.issue, height=18, font_size=11, align="center")
        half = self._columns // 2
        rule = {"font_size": 11, "bottom": 5, "bottom_color": _RED}
        self._span(0, half - 1, outline.office, self._format(**rule))
        self._span(half, self._columns - 1, outline.moment, self._format(**rule, align="right"))
        self._sheet.set_row(self._row, 20)
        self._row += 1
        first = self._outline.sections[0].blocks[0] if self._outline.sections else None
        if isinstance(first, laid.Grid):
            self._sheet.freeze_panes(self._row + len(first.header), 3)
            self._sheet.repeat_rows(self._row, self._row + len(first.header) - 1)
        else:
            self._sheet.freeze_panes(self._row, 0)
            self._sheet.repeat_rows(0, self._row - 1)

    def _block(self, block: laid.Block) -> None:
        match block:
            case laid.LargeNumbers(numbers):
                self._large(numbers)
            case laid.Paragraphs(lines) | laid.Notes(lines):
                for line in lines:
                    self._merged(line, text_wrap=True, indent=0 if isinstance(block, laid.Notes) else 2)
            case laid.Numbered(lines):
                for number, line in enumerate(lines, start=1):
                    self._merged(f"{number}. {line}", text_wrap=True)
            case laid.Beside(_, grid):
                if grid:
                    self._grid(grid)
            case _:
                self._grid(block)

    def _large(self, numbers: tuple[laid.Large, ...]) -> None:
        for start in range(0, len(numbers), self._columns):
            for column, one in enumerate(numbers[start : start + self._columns]):
                caption = self._format(border=1, align="center", font_size=9, font_color="#47536b", text_wrap=True)
                self._sheet.write_string(self._row, column, defused(one.label), caption)
                self._cell(self._row + 1, column, one.item, bold=True, border=1, align="center", font_size=16)
            self._sheet.set_row(self._row, 28)
            self._sheet.set_row(self._row + 1, 26)
            self._row += 2

    def _grid(self, grid: laid.Grid) -> None:
        head = self._format(font_name="黑体", bold=True, border=1, bg_color=_HEAD_FILL, align="center", text_wrap=True)
        taken: set[tuple[int, int]] = set()
        for depth, line in enumerate(grid.header):
            column = 0
            for item in line:
                while (depth, column) in taken:
                    column += 1
                taken |= {(depth + down, column + across) for down in range(item.down) for across in range(item.across)}
                self._header(depth, column, item, head)
                column += item.across
            self._sheet.set_row(self._row + depth, 20 if len(grid.header) > 1 else 22)
        self._row += len(grid.header)
        stretch = len(grid.columns) < self._columns and grid.columns[-1].align == "left"
        for entry in grid.lines:
            self._line(grid, entry, stretch=stretch)

    def _header(self, depth: int, column: int, item: laid.HeaderItem, head: Format) -> None:
        top = self._row + depth
        if item.across == 1 and item.down == 1:
            self._sheet.write_string(top, column, defused(item.text), head)
        else:
            bottom, right = top + item.down - 1, column + item.across - 1
            self._sheet.merge_range(top, column, bottom, right, "", head)
            self._sheet.write_string(top, column, defused(item.text), head)

    def _line(self, grid: laid.Grid, entry: laid.Line, *, stretch: bool) -> None:
        fill = _FILLS[entry.role]
        tallest = 1
        for column, (shape, item) in enumerate(zip(grid.columns, entry.cells, strict=True)):
            look: dict[str, Any] = {"border": 1, "align": shape.align, "text_wrap": True, "bold": entry.role != "row"}
            look |= {"bg_color": fill} if fill else {}
            if stretch and column == len(grid.columns) - 1:
                self._sheet.merge_range(self._row, column, self._row, self._columns - 1, "", self._format(**look))
            room = self._width(column, stretch=stretch and column == len(grid.columns) - 1)
            tallest = max(tallest, -(-spaces_wide(item.text) // room))
            self._cell(self._row, column, item, **look)
        self._sheet.set_row(self._row, 4 + 14 * min(tallest, 28))
        self._row += 1

    def _width(self, column: int, *, stretch: bool) -> int:
        """Half-widths a cell holds on one line, less its padding."""
        last = self._columns if stretch else column + 1
        widths = [shape.width + 2 for shape in self._main.columns] if self._main else []
        widths += [12] * (self._columns - len(widths))
        return max(2, sum(widths[column:last]) - 1)

    def _cell(self, row: int, column: int, item: laid.Item, **look: Any) -> None:
        bold = look.pop("bold", False) or item.tone == "bad"
        shown = self._format(**look, bold=bold, num_format=_NUMBER_FORMATS[item.form], font_color=_COLOURS[item.tone])
        if item.value is not None:
            self._sheet.write_number(row, column, item.value, shown)
        elif item.text:
            self._sheet.write_string(row, column, defused(item.text), shown)
        else:
            self._sheet.write_blank(row, column, None, shown)

    def _colophon(self) -> None:
        signed, chief, made = self._outline.signatures
        self._row += 1
        self._merged(f"{made}　　{chief.replace('值班长', '审核')}　　{signed}", top=1, top_color=_RED)
        if self._outline.circulation:
            self._merged(self._outline.circulation, font_size=9, font_color="#47536b", text_wrap=True)
        self._merged(self._outline.provenance, font_size=9, font_color="#47536b")

    def _merged(self, text: str, *, height: float | None = None, **look: Any) -> None:
        room = sum(self._width(column, stretch=False) + 1 for column in range(self._columns)) - 2
        lines = min(28, -(-spaces_wide(text) // room)) if look.get("text_wrap") else 1
        self._span(0, self._columns - 1, text, self._format(**look))
        self._sheet.set_row(self._row, height or 4 + 14 * max(1, lines))
        self._row += 1

    def _span(self, first: int, last: int, text: str, look: Format) -> None:
        self._sheet.merge_range(self._row, first, self._row, last, "", look)
        self._sheet.write_string(self._row, first, defused(text), look)

    def _format(self, **look: Any) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border_color": _RULE, "num_format": "@"}
            self._formats[key] = self._book.add_format(base | look)
        return self._formats[key]


def _grids(outline: laid.Outline) -> Iterable[laid.Grid]:
    for part in outline.sections:
        for block in part.blocks:
            if isinstance(block, laid.Grid):
                yield block
            elif isinstance(block, laid.Beside) and block.grid:
                yield block.grid

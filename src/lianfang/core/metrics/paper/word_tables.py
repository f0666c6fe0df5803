"""Tables of a Word file written as XML in one go: cell by cell through python-docx takes seconds for a day table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from docx.oxml.ns import nsdecls

from lianfang.core.metrics.paper import outline as laid
from lianfang.core.metrics.paper.shapes import Tone

BODY, HEADING = "仿宋", "黑体"
COLOURS: dict[Tone, str] = {"plain": "17203A", "good": "0A7D46", "bad": "C8161D", "quiet": "6B768C"}
_FILLS: dict[laid.Role, str] = {"row": "", "subtotal": "F7F9FC", "total": "EEF2F8"}
_HEAD_FILL, _RULE = "F2F5FA", "B9C3D4"
_TWIPS_PER_MM = 56.693


@dataclass(frozen=True, slots=True)
class _Look:
    """How one cell is written; ``size`` in points, ``width`` in twips."""

    size: float
    width: int
    font: str = BODY
    tone: Tone = "plain"
    bold: bool = False
    align: laid.Align = "center"
    fill: str = ""
    across: int = 1
    merge: str = ""


def grid_xml(grid: laid.Grid, *, size: float, room_mm: float) -> str:
    """A ``w:tbl`` as wide as ``room_mm``; header lines repeat on every page and no line is torn over two pages."""
    widths = _twips([column.width for column in grid.columns], room_mm=room_mm)
    rows = [*_header_rows(grid, widths, size=size)]
    for line in grid.lines:
        cells = [
            _cell(
                item.text,
                _Look(
                    size=size,
                    width=width,
                    tone=item.tone,
                    bold=line.role != "row" or item.tone == "bad",
                    align=column.align,
                    fill=_FILLS[line.role],
                ),
            )
            for item, column, width in zip(line.cells, grid.columns, widths, strict=True)
        ]
        rows.append(_row(cells))
    return _table(rows, widths)


def large_xml(numbers: Sequence[laid.Large], *, room_mm: float) -> str:
    """The strip of large numbers: the numbers above, their captions below."""
    widths = _twips([1] * len(numbers), room_mm=room_mm)
    pairs = list(zip(numbers, widths, strict=True))
    above = [
        _cell(one.item.text, _Look(size=18, width=width, font=HEADING, tone=one.item.tone)) for one, width in pairs
    ]
    below = [_cell(one.label, _Look(size=9, width=width, tone="quiet")) for one, width in pairs]
    return _table([_row(above), _row(below)], widths)


def _header_rows(grid: laid.Grid, widths: Sequence[int], *, size: float) -> list[str]:
    """Header lines with cells covering several columns (gridSpan) or lines (vMerge)."""
    covered: dict[tuple[int, int], int] = {}
    rows = []
    for depth, line in enumerate(grid.header):
        waiting, cells, column = list(line), [], 0
        while column < len(widths):
            across = covered.get((depth, column))
            if across is None:
                item = waiting.pop(0)
                across, merge = item.across, "restart" if item.down > 1 else ""
                covered |= {(depth + down, column): across for down in range(1, item.down)}
            else:
                item, merge = laid.HeaderItem(""), "continue"
            width = sum(widths[column : column + across])
            look = _Look(size=size, width=width, font=HEADING, fill=_HEAD_FILL, across=across, merge=merge)
            cells.append(_cell(item.text, look))
            column += across
        rows.append(_row(cells, repeated=True))
    return rows


def _twips(shares: Sequence[int], *, room_mm: float) -> list[int]:
    whole = sum(shares)
    return [round(room_mm * _TWIPS_PER_MM * share / whole) for share in shares]


def _table(rows: Sequence[str], widths: Sequence[int]) -> str:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{_RULE}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = '<w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/>'
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{sides}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _row(cells: Sequence[str], *, repeated: bool = False) -> str:
    header = "<w:tblHeader/>" if repeated else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, look: _Look) -> str:
    span = f'<w:gridSpan w:val="{look.across}"/>' if look.across > 1 else ""
    merge = f'<w:vMerge w:val="{look.merge}"/>' if look.merge else ""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{look.fill}"/>' if look.fill else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{look.width}" w:type="dxa"/>{span}{merge}{shade}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:spacing w:before="0" w:after="0"/><w:jc w:val="{look.align}"/></w:pPr>{_run(text, look)}</w:p>'
        "</w:tc>"
    )


def _run(text: str, look: _Look) -> str:
    font, halves = quoteattr(look.font), round(look.size * 2)
    bold = "<w:b/>" if look.bold else ""
    return (
        f"<w:r><w:rPr><w:rFonts w:ascii={font} w:hAnsi={font} w:eastAsia={font} w:cs={font}/>{bold}"
        f'<w:color w:val="{COLOURS[look.tone]}"/><w:sz w:val="{halves}"/><w:szCs w:val="{halves}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    )

"""The layout every form shares: head, sections of blocks, foot. PDF, Word and Excel walk one outline, so they agree.

A cell keeps its printed text and, where it is a number, the number itself: a spreadsheet holds numbers, not words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from lianfang.core.metrics.paper.shapes import Cell, Masthead, Share, StackedChart, Sum, Tone, unreported
from lianfang.core.metrics.paper.typography import (
    SHANGHAI,
    cell_text,
    issue,
    long_date,
    long_moment,
    one_line,
    short_moment,
    spaces_wide,
    sum_text,
)

Role = Literal["row", "subtotal", "total"]
Align = Literal["left", "center", "right"]
NumberForm = Literal["text", "count", "partial", "percent"]


@dataclass(frozen=True, slots=True)
class Item:
    """A cell: its text, and its value when it is a number. ``percent`` values are fractions of one."""

    text: str
    value: float | None = None
    form: NumberForm = "text"
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class HeaderItem:
    """A header cell and how many columns and lines it covers."""

    text: str
    across: int = 1
    down: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table."""

    cells: tuple[Item, ...]
    role: Role = "row"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's alignment and its width in half-width characters."""

    width: int
    align: Align = "center"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its columns, one or two header lines, its lines. Lines of role ``total`` come last."""

    columns: tuple[Column, ...]
    header: tuple[tuple[HeaderItem, ...], ...]
    lines: tuple[Line, ...]

    @property
    def total(self) -> Line | None:
        """The closing 合计 line, if the table has one."""
        return self.lines[-1] if self.lines and self.lines[-1].role == "total" else None


@dataclass(frozen=True, slots=True)
class Large:
    """A large number and its caption."""

    label: str
    item: Item


@dataclass(frozen=True, slots=True)
class LargeNumbers:
    """The strip of large numbers."""

    numbers: tuple[Large, ...]


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Running text, first line indented."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """Small print under a table."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A numbered list."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """A chart and a table side by side; either may be missing."""

    chart: StackedChart | None
    grid: Grid | None


Block = LargeNumbers | Paragraphs | Notes | Numbered | Beside | Grid


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered heading (empty for none) and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """One paper laid out. ``sheet`` is the worksheet's name; ``wide`` means landscape."""

    masthead: Masthead
    sheet: str
    sections: tuple[Section, ...]
    wide: bool = False

    @property
    def headline(self) -> str:
        """The red line, marked when it is a drill."""
        return ("【演练】" if self.masthead.drill else "") + one_line(self.masthead.headline)

    @property
    def issue(self) -> str:
        """``〔2022〕第 11 期``."""
        return issue(year=self.masthead.year, number=self.masthead.issue_no)

    @property
    def moment(self) -> str:
        """The paper's day, with the hour of the cut-off when that falls on the same day."""
        masthead = self.masthead
        same_day = masthead.cutoff_at.astimezone(SHANGHAI).date() == masthead.day
        return long_moment(masthead.cutoff_at) if same_day else long_date(masthead.day)

    def file_name(self, suffix: str) -> str:
        """``单位_表名_日期时间.后缀``, safe as a file name on any system."""
        cutoff = self.masthead.cutoff_at.astimezone(SHANGHAI)
        drill = "演练_" if self.masthead.drill else ""
        stem = f"{drill}{one_line(self.masthead.unit)}_{self.sheet}_{cutoff:%Y%m%d_%H%M}_第{self.masthead.version}版"
        return re.sub(r'[\\/:*?"<>|]', "＿", stem) + f".{suffix}"

    @property
    def office(self) -> str:
        """The issuing office on one line."""
        return one_line(self.masthead.office)

    @property
    def signatures(self) -> tuple[str, str, str]:
        """签发, 值班长, 制表; an empty name leaves room for a pen."""
        signed, chief = (one_line(name) or "＿＿＿＿" for name in (self.masthead.signed_by, self.masthead.duty_chief))
        return f"签发：{signed}", f"值班长：{chief}", "制表：系统自动生成，人工核对"

    @property
    def circulation(self) -> str:
        """报 and 送 in one line; empty when the paper goes nowhere else."""
        named = (("报", self.masthead.to), ("送", self.masthead.cc))
        return "　".join(f"{word}：{'、'.join(map(one_line, names))}。" for word, names in named if names)

    @property
    def provenance(self) -> str:
        """Cut-off, issue, version and check code, printed on every page."""
        masthead = self.masthead
        code = f"校验码 {masthead.check_code}" if masthead.check_code else "草稿，未封存"
        return f"数据截至 {short_moment(masthead.cutoff_at)}，第 {masthead.issue_no} 期第 {masthead.version} 版，{code}"


def text_item(text: str, *, tone: Tone = "plain") -> Item:
    """A cell of words."""
    return Item(one_line(text), tone=tone)


def cell_item(cell: Cell, *, red: bool = False) -> Item:
    """A cell of a number; a missing report is 未报 in red and holds no value."""
    if unreported(cell):
        return Item(cell_text(cell), tone="bad")
    tone: Tone = "bad" if red else "plain"
    if isinstance(cell, Share):
        if cell.form == "percent" and cell.whole:
            return Item(cell_text(cell), (cell.part or 0) / cell.whole, "percent", tone)
        return Item(cell_text(cell), tone=tone)
    return Item(cell_text(cell), cell, "count", tone)


def sum_item(total: Sum) -> Item:
    """A sum; the star of an incomplete one stays a number format, the value stays a number."""
    if total.value is None:
        return Item(sum_text(total), tone="bad")
    return Item(sum_text(total), total.value, "partial" if total.partial else "count")


def column_width(texts: tuple[str, ...], *, least: int, most: int) -> int:
    """A width in half-widths that holds the widest text, within bounds."""
    return min(most, max([least, *(spaces_wide(text) + 2 for text in texts)]))

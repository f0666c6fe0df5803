"""PDF and PNG by typst. Text travels as JSON data, never as markup, so nothing anybody typed can become an instruction.

A font that is not there makes typst drop Chinese in silence; here it is a refusal. A single character that no font has
is printed as 〓 and named in the result.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import typst

from lianfang.core.metrics.paper import outline as laid
from lianfang.core.metrics.paper.charts import PRESS_FONT, stacked_svg
from lianfang.core.metrics.paper.coverage import GETA, font_files, unprintable
from lianfang.core.metrics.paper.sections import outline_of
from lianfang.core.metrics.paper.shapes import Paper, StackedChart, UnprintablePaper

_TEMPLATES = Path(__file__).parent / "typst"
_PAPER, _CHART, _BLANK = (_TEMPLATES / f"{name}.typ" for name in ("paper", "chart", "blank"))
_BREAK = "\u200b"
_LONG_RUN = re.compile(r"[!-~]{17,}")
_NARROW_MM, _WIDE_MM, _A3_MM = 176.0, 273.0, 396.0
_HALF_EM_MM = 0.5 * 0.3528
_CELL_PADDING_MM = 2.0
_SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5)
_LEAST_SIZE = 6.0
_CHART_PPI = 220.0
_LARGE = 60_000
"""Characters of input from which a paper is not worth remembering."""
_REMEMBERED = 10


class FontMissing(UnprintablePaper):
    """A font family the template names is not in the font folder."""

    def __init__(self, detail: str) -> None:
        super().__init__("paper.font_missing", detail)


@dataclass(frozen=True, slots=True)
class Pressed:
    """The printed file (one PDF, or one PNG per page), characters no font had, and typst's other warnings."""

    files: tuple[bytes, ...]
    missing_characters: frozenset[str]
    warnings: tuple[str, ...]

    @property
    def pdf(self) -> bytes:
        """The file, when there is one."""
        return self.files[0]


class Press:
    """A typesetter holding one font folder. Keep it: the fonts are read once. Safe to share between threads."""

    def __init__(self, *, font_dir: Path) -> None:
        """``font_dir`` must hold Noto Sans SC and Noto Serif SC (regular and bold); system fonts are never used."""
        self._font_dir = font_dir.resolve()
        self._lock = threading.Lock()
        self._compilers: dict[Path, typst.Compiler] = {}

    def pdf(self, paper: Paper) -> Pressed:
        """The paper as PDF. The same paper gives the same bytes: the file's date is the paper's cut-off."""
        stamp = int(paper.masthead.cutoff_at.timestamp())
        return self.typeset(_PAPER, pdf_input(outline_of(paper)), form="pdf", stamp=stamp)

    def pages(self, paper: Paper, *, ppi: float = 110.0) -> Pressed:
        """The same pages as PNG pictures, ``ppi`` dots per inch: a preview, or a picture for a chat group."""
        return self.typeset(_PAPER, pdf_input(outline_of(paper)), form="png", ppi=ppi)

    def chart_png(self, chart: StackedChart) -> bytes:
        """The chart as PNG, for Word, which cannot be trusted with SVG."""
        svg = stacked_svg(chart, font=PRESS_FONT)
        return self.typeset(_CHART, {"svg": svg}, form="png", ppi=_CHART_PPI).files[0]

    def sheet(self, template: str, content: dict[str, Any], *, stamp: datetime) -> Pressed:
        """A form with a layout of its own as PDF: `template` lies beside the papers', `content` is what it prints,
        `stamp` (aware) is its date.
        """
        return self.typeset(_TEMPLATES / template, content, form="pdf", stamp=int(stamp.timestamp()))

    def typeset(
        self,
        template: Path,
        content: dict[str, Any],
        *,
        form: Literal["pdf", "png"],
        stamp: int | None = None,
        ppi: float | None = None,
    ) -> Pressed:
        """Any template with its content, which it reads as JSON from ``sys.inputs.paper``; ``stamp`` dates a PDF.

        Raises `UnprintablePaper` when typst refuses, `FontMissing` when a font it names is not there.
        """
        if not font_files(self._font_dir):
            raise FontMissing(f"no font files in {self._font_dir}")
        text = json.dumps(content, ensure_ascii=False)
        # ASCII is left alone: every text font has it, and it is what JSON itself is written in. So is the sign for a
        # place to break: no font draws it, and typst needs none to.
        found = unprintable(text, font_dir=self._font_dir)
        missing = frozenset(char for char in found if not char.isascii() and char != _BREAK)
        for char in missing:
            text = text.replace(char, GETA)
        with self._lock:
            try:
                made, warned = self._compiler(template).compile_with_warnings(
                    format=form, sys_inputs={"paper": text}, timestamp=stamp, ppi=ppi
                )
            except typst.TypstError as fault:
                raise UnprintablePaper("paper.typesetting_failed", str(fault)) from fault
            if len(text) > _LARGE:
                self._forget()
        messages = tuple(str(warning.message) for warning in warned)
        for message in messages:
            if "unknown font family" in message:
                raise FontMissing(f"{message} ({self._font_dir})")
        pages = made if isinstance(made, list) else [made]
        return Pressed(tuple(page for page in pages if page is not None), missing, messages)

    def _forget(self) -> None:
        """Lets typst drop what it remembers: it keeps the work of its last ten runs, 40 MB each for a day table."""
        for _ in range(_REMEMBERED + 1):
            self._compiler(_BLANK).compile(format="svg")

    def _compiler(self, template: Path) -> typst.Compiler:
        if template not in self._compilers:
            self._compilers[template] = typst.Compiler(
                input=str(template),
                root=str(template.parent),
                font_paths=[str(self._font_dir)],
                ignore_system_fonts=True,
                sys_inputs={"paper": "{}"},
            )
        return self._compilers[template]


def pdf_input(outline: laid.Outline) -> dict[str, Any]:
    """What the template is given: ready-made strings in printing order, sizes in points, widths as shares."""
    masthead = outline.masthead
    paper_size, size = _page(outline)
    return {
        "headline": outline.headline,
        "issue": outline.issue,
        "office": outline.office,
        "moment": outline.moment,
        "drill": masthead.drill,
        "signatures": list(outline.signatures),
        "circulation": outline.circulation,
        "provenance": outline.provenance,
        "paper": paper_size,
        "wide": outline.wide,
        "size": size,
        "sections": [
            {"title": breakable(part.title), "blocks": [_block(block) for block in part.blocks]}
            for part in outline.sections
        ],
    }


def _page(outline: laid.Outline) -> tuple[str, float]:
    """Paper and table type size (points): the largest at which the widest table fits, A3 before it gets unreadable."""
    if not outline.wide:
        return "a4", 9.0
    grids = [block for part in outline.sections for block in part.blocks if isinstance(block, laid.Grid)]
    for paper, room in (("a4", _WIDE_MM), ("a3", _A3_MM)):
        for size in _SIZES:
            if all(_needed(grid, size) <= room for grid in grids):
                return paper, size
    return "a3", _LEAST_SIZE


def _needed(grid: laid.Grid, size: float) -> float:
    return sum(column.width * size * _HALF_EM_MM + _CELL_PADDING_MM for column in grid.columns)


def _block(block: laid.Block) -> dict[str, Any]:
    match block:
        case laid.LargeNumbers(numbers):
            cells = [{"label": one.label, "text": one.item.text, "tone": one.item.tone} for one in numbers]
            return {"kind": "numbers", "cells": cells}
        case laid.Paragraphs(lines):
            return {"kind": "paragraphs", "lines": [breakable(line) for line in lines]}
        case laid.Notes(lines):
            return {"kind": "notes", "lines": [breakable(line) for line in lines]}
        case laid.Numbered(lines):
            return {"kind": "numbered", "lines": [breakable(line) for line in lines]}
        case laid.Beside(chart, grid):
            svg = stacked_svg(chart, width=420, height=212, font=PRESS_FONT) if chart else None
            return {"kind": "beside", "svg": svg, "grid": _grid(grid) if grid else None}
        case _:
            return _grid(block)


def _grid(grid: laid.Grid) -> dict[str, Any]:
    lines = [
        {"role": line.role, "cells": [{"text": breakable(cell.text), "tone": cell.tone} for cell in line.cells]}
        for line in grid.lines
    ]
    return {
        "kind": "grid",
        "widths": [column.width for column in grid.columns],
        "aligns": [column.align for column in grid.columns],
        "header": [
            [{"text": cell.text, "across": cell.across, "down": cell.down} for cell in line] for line in grid.header
        ],
        "lines": lines,
    }


def breakable(text: str) -> str:
    """Gives a long run of Latin letters places to break, or it would run out of its cell."""
    return _LONG_RUN.sub(lambda run: _BREAK.join(run[0][at : at + 8] for at in range(0, len(run[0]), 8)), text)

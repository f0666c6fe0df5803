"""The paper as a Word file for editing before it is signed, in the fonts offices use (named, not embedded).

Every run names its East Asian font, or Word would fall back to another one for the Chinese.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC
from typing import Literal

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from lianfang.core.metrics.paper import outline as laid
from lianfang.core.metrics.paper.sections import outline_of
from lianfang.core.metrics.paper.shapes import Paper, Tone
from lianfang.core.metrics.paper.word_tables import BODY, COLOURS, HEADING, grid_xml, large_xml

TITLE = "方正小标宋简体"
_LARGE_PER_LINE = 7
_RED = "C8161D"
_ALIGNS = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def document(paper: Paper, *, chart_png: bytes | None = None) -> bytes:
    """The .docx file. ``chart_png`` is the curve's picture (`press.Press.chart_png`); without it the curve is left out.

    The same paper gives the same bytes: the file's dates are the paper's cut-off.
    """
    outline = outline_of(paper)
    made = Document()
    writer = _Writer(made, outline, chart_png)
    writer.write()
    buffer = io.BytesIO()
    made.save(buffer)
    return undated(buffer.getvalue())


def undated(packed: bytes) -> bytes:
    """The same archive with fixed member dates."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _ZIP_DATE), source.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


class _Writer:
    """Writes one outline down a Word document."""

    def __init__(self, made: WordDocument, outline: laid.Outline, chart_png: bytes | None) -> None:
        self._made = made
        self._outline = outline
        self._chart_png = chart_png
        self._room_mm = 273 if outline.wide else 166

    def write(self) -> None:
        """Everything, from the page set-up to the colophon."""
        self._properties()
        self._page()
        self._letterhead()
        for part in self._outline.sections:
            if part.title:
                self._heading(part.title)
            for block in part.blocks:
                self._block(block)
        self._colophon()

    def _properties(self) -> None:
        about, cutoff = (
            self._made.core_properties,
            self._outline.masthead.cutoff_at.astimezone(UTC).replace(tzinfo=None),
        )
        about.title, about.author, about.comments = self._outline.headline, self._outline.office, ""
        about.created = about.modified = cutoff
        about.revision = self._outline.masthead.version
        normal = self._made.styles["Normal"]
        normal.font.name = BODY
        normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)

    def _page(self) -> None:
        page = self._made.sections[0]
        page.page_width, page.page_height = (Mm(297), Mm(210)) if self._outline.wide else (Mm(210), Mm(297))
        page.orientation = WD_ORIENT.LANDSCAPE if self._outline.wide else WD_ORIENT.PORTRAIT
        side = Mm(12) if self._outline.wide else Mm(22)
        page.left_margin = page.right_margin = side
        page.top_margin, page.bottom_margin = Mm(20), Mm(18)
        if self._outline.masthead.drill:
            mark = page.header.paragraphs[0]
            mark.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _run(mark, "演练", font=HEADING, size=22, tone="bad", bold=True)
        foot = page.footer.paragraphs[0]
        foot.paragraph_format.tab_stops.add_tab_stop(Mm(self._room_mm), WD_TAB_ALIGNMENT.RIGHT)
        _run(foot, self._outline.provenance + "\t第 ", size=8, tone="quiet")
        _field(foot, "PAGE")
        _run(foot, " 页，共 ", size=8, tone="quiet")
        _field(foot, "NUMPAGES")
        _run(foot, " 页", size=8, tone="quiet")

    def _letterhead(self) -> None:
        title = self._paragraph(align="center")
        _run(
            title, self._outline.headline, font=TITLE, size=26 if len(self._outline.headline) <= 16 else 20, tone="bad"
        )
        _run(self._paragraph(align="center"), self._outline.issue, size=14)
        line = self._paragraph()
        line.paragraph_format.tab_stops.add_tab_stop(Mm(self._room_mm), WD_TAB_ALIGNMENT.RIGHT)
        _run(line, f"{self._outline.office}\t{self._outline.moment}", size=14)
        _ruled(line, "bottom", eighths=16)
        line.paragraph_format.space_after = Pt(8)

    def _block(self, block: laid.Block) -> None:
        match block:
            case laid.LargeNumbers(numbers):
                self._large(numbers)
            case laid.Paragraphs(lines):
                for text in lines:
                    body = self._paragraph(spacing=26)
                    body.paragraph_format.first_line_indent = Pt(28)
                    _run(body, text, size=14)
            case laid.Notes(lines):
                for text in lines:
                    _run(self._paragraph(), text, size=9, tone="quiet")
            case laid.Numbered(lines):
                for number, text in enumerate(lines, start=1):
                    body = self._paragraph(spacing=26)
                    body.paragraph_format.first_line_indent = Pt(28)
                    _run(body, f"{number}. {text}", size=14)
            case laid.Beside(chart, grid):
                if chart and self._chart_png:
                    picture = self._paragraph(align="center")
                    picture.add_run().add_picture(io.BytesIO(self._chart_png), width=Mm(min(150, self._room_mm)))
                if grid:
                    self._grid(grid)
            case _:
                self._grid(block)

    def _large(self, numbers: Sequence[laid.Large]) -> None:
        for start in range(0, len(numbers), _LARGE_PER_LINE):
            self._insert(large_xml(numbers[start : start + _LARGE_PER_LINE], room_mm=self._room_mm))

    def _grid(self, grid: laid.Grid) -> None:
        self._insert(grid_xml(grid, size=7.5 if self._outline.wide else 10.5, room_mm=self._room_mm))

    def _insert(self, table: str) -> None:
        """Puts the table after what is there, and a gap, because two tables that touch grow together in Word."""
        gap = self._paragraph(spacing=6)
        gap._p.addprevious(parse_xml(table))

    def _heading(self, title: str) -> None:
        heading = self._paragraph()
        heading.paragraph_format.keep_with_next = True
        heading.paragraph_format.space_before = Pt(8)
        heading.paragraph_format.space_after = Pt(4)
        outline_level = OxmlElement("w:outlineLvl")
        outline_level.set(qn("w:val"), "0")
        heading._p.get_or_add_pPr().append(outline_level)
        _run(heading, title, font=HEADING, size=16)

    def _colophon(self) -> None:
        line = self._paragraph()
        line.paragraph_format.space_before = Pt(10)
        stops = line.paragraph_format.tab_stops
        stops.add_tab_stop(Mm(self._room_mm / 2), WD_TAB_ALIGNMENT.CENTER)
        stops.add_tab_stop(Mm(self._room_mm), WD_TAB_ALIGNMENT.RIGHT)
        _ruled(line, "top", eighths=8)
        _run(line, "\t".join(self._outline.signatures), size=12)
        if self._outline.circulation:
            _run(self._paragraph(), self._outline.circulation, size=10.5, tone="quiet")

    def _paragraph(self, *, align: laid.Align = "left", spacing: float | None = None) -> Paragraph:
        paragraph = self._made.add_paragraph()
        paragraph.alignment = _ALIGNS[align]
        shape = paragraph.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        if spacing is not None:
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(spacing)
        return paragraph


def _run(
    paragraph: Paragraph, text: str, *, size: float, font: str = BODY, tone: Tone = "plain", bold: bool = False
) -> Run:
    run = paragraph.add_run(text)
    _dress(run, size=size, font=font, tone=tone, bold=bold)
    return run


def _dress(run: Run, *, size: float, font: str, tone: Tone, bold: bool = False) -> None:
    run.font.name, run.font.size, run.font.bold = font, Pt(size), bold
    run.font.color.rgb = RGBColor.from_string(COLOURS[tone])
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _field(paragraph: Paragraph, code: str) -> None:
    """A page number that Word counts itself."""
    for kind in ("begin", "instruction", "separate", "shown", "end"):
        run = paragraph.add_run("1" if kind == "shown" else "")
        _dress(run, size=8, font=BODY, tone="quiet")
        if kind == "instruction":
            element = OxmlElement("w:instrText")
            element.text = f" {code} "
            run._r.append(element)
        elif kind != "shown":
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)


def _ruled(paragraph: Paragraph, side: Literal["top", "bottom"], *, eighths: int) -> None:
    """A red rule at one side, its width in eighths of a point. The schema wants borders before tabs and spacing."""
    border = OxmlElement("w:pBdr")
    rule = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "4"), ("color", _RED)):
        rule.set(qn(f"w:{name}"), value)
    border.append(rule)
    after = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr")
    properties = paragraph._p.get_or_add_pPr()
    following = next((child for child in properties if child.tag in {qn(name) for name in after}), None)
    if following is None:
        properties.append(border)
    else:
        following.addprevious(border)

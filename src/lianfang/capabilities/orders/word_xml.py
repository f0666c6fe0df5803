"""The pieces of a Word file written as XML text: paragraph by paragraph through python-docx is too slow for a pile.

Every run names its East Asian font, or Word would fall back to another one for the Chinese. Sizes are points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

BODY, HEADING, TITLE = "仿宋", "黑体", "方正小标宋简体"
"""The fonts of GB/T 9704: body, headings, title. Named, not embedded."""
RED, INK, GREY = "C8161D", "17203A", "47536B"
_EMU_PER_MM = 36_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How words are set."""

    size: float = 12
    font: str = BODY
    bold: bool = False
    colour: str = INK


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a paragraph stands: alignment, indents and tab stops in twips, space in points, a rule or a box.

    `section` is the page set-up that ends with this paragraph.
    """

    align: Literal["left", "center", "right"] = "left"
    first: int = 0
    hanging: int = 0
    before: float = 0
    after: float = 0
    line: float = 0
    tabs: tuple[int, ...] = ()
    right_tab: int = 0
    border: str = ""
    keep: bool = False
    heading: bool = False
    section: str = ""


def run(text: str, look: Look) -> str:
    """Words in one look; a tab in them is a tab."""
    font, halves = quoteattr(look.font), round(look.size * 2)
    bold = "<w:b/>" if look.bold else ""
    words = "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in text.split("\t"))
    return f"<w:r>{_properties(font, halves, bold, look.colour)}{words}</w:r>"


def _properties(font: str, halves: int, bold: str, colour: str) -> str:
    return (
        f"<w:rPr><w:rFonts w:ascii={font} w:hAnsi={font} w:eastAsia={font} w:cs={font}/>{bold}"
        f'<w:color w:val="{colour}"/><w:sz w:val="{halves}"/><w:szCs w:val="{halves}"/></w:rPr>'
    )


def field(code: str, look: Look) -> str:
    """A number that Word counts itself."""
    properties = _properties(quoteattr(look.font), round(look.size * 2), "", look.colour)
    return "".join(
        f"<w:r>{properties}{inner}</w:r>"
        for inner in (
            '<w:fldChar w:fldCharType="begin"/>',
            f'<w:instrText xml:space="preserve"> {code} </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )


def paragraph(runs: str, shape: Shape = Shape()) -> str:
    """A paragraph; the order of its properties is the schema's."""
    keep = "<w:keepNext/>" if shape.keep else ""
    stops = "".join(f'<w:tab w:val="left" w:pos="{at}"/>' for at in shape.tabs)
    stops += f'<w:tab w:val="right" w:pos="{shape.right_tab}"/>' if shape.right_tab else ""
    tabs = f"<w:tabs>{stops}</w:tabs>" if stops else ""
    line = f' w:line="{round(shape.line * 20)}" w:lineRule="exact"' if shape.line else ""
    space = f'<w:spacing w:before="{round(shape.before * 20)}" w:after="{round(shape.after * 20)}"{line}/>'
    indent = ""
    if shape.hanging:
        indent = f'<w:ind w:left="{shape.hanging}" w:hanging="{shape.hanging}"/>'
    elif shape.first:
        indent = f'<w:ind w:firstLine="{shape.first}"/>'
    level = '<w:outlineLvl w:val="0"/>' if shape.heading else ""
    inside = f'{keep}{shape.border}{tabs}{space}{indent}<w:jc w:val="{shape.align}"/>{level}{shape.section}'
    return f"<w:p><w:pPr>{inside}</w:pPr>{runs}</w:p>"


def rule(side: str, *, eighths: int, colour: str = RED, style: str = "single") -> str:
    """A rule at one side of a paragraph, its width in eighths of a point."""
    return f'<w:pBdr><w:{side} w:val="{style}" w:sz="{eighths}" w:space="4" w:color="{colour}"/></w:pBdr>'


def box(colour: str = "8E99AC") -> str:
    """A thin line all round a paragraph."""
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="4" w:color="{colour}"/>'
        for side in ("top", "left", "bottom", "right")
    )
    return f"<w:pBdr>{sides}</w:pBdr>"


def plain_table(cells: list[tuple[int, str]]) -> str:
    """One line of cells (width in twips, paragraphs) without rules; the last line of a page stays together."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width, _ in cells)
    line = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="bottom"/></w:tcPr>{inside}</w:tc>'
        for width, inside in cells
    )
    whole = sum(width for width, _ in cells)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{whole}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>{line}</w:tr></w:tbl>"
    )


def picture(relation: str, *, number: int, name: str, side_mm: float) -> str:
    """A square picture in the line; `number` is its own in the file, `name` is read out by screen readers."""
    side = round(side_mm * _EMU_PER_MM)
    label = quoteattr(name)
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{side}" cy="{side}"/>'
        f'<wp:docPr id="{number}" name="QR {number}" descr={label}/><a:graphic><a:graphicData '
        f'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
        f'<pic:cNvPr id="{number}" name="QR {number}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
        f'<a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
        f'<a:off x="0" y="0"/><a:ext cx="{side}" cy="{side}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        f"</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def watermark(text: str) -> str:
    """Large pale words across the page, as Word itself makes them: a picture of text in the header."""
    return (
        '<w:r><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
        'path="m@7,l@8,m@5,21600l@6,21600e"><v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" '
        'fitshape="t"/></v:shapetype><v:shape id="drill" type="#_x0000_t136" style="position:absolute;'
        "margin-left:0;margin-top:0;width:420pt;height:210pt;rotation:315;z-index:-251658752;"
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;"
        f'mso-position-vertical-relative:margin" fillcolor="#f3c4c6" stroked="f"><v:fill opacity=".5"/><v:textpath '
        f"style=\"font-family:'{HEADING}';font-size:1pt\" string={quoteattr(text)}/></v:shape></w:pict></w:r>"
    )

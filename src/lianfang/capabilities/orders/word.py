"""Orders and notices as one Word file, each in a section of its own with its own page numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from lianfang.capabilities.orders.laying import DRILL, Sheet
from lianfang.capabilities.orders.word_xml import (
    GREY,
    HEADING,
    RED,
    TITLE,
    Look,
    Shape,
    box,
    field,
    paragraph,
    picture,
    plain_table,
    rule,
    run,
    watermark,
)
from lianfang.core.metrics.paper import outline as laid
from lianfang.core.metrics.paper.qr import qr_png
from lianfang.core.metrics.paper.typography import section as numeral
from lianfang.core.metrics.paper.word import undated
from lianfang.core.metrics.paper.word_tables import grid_xml

_ROOM_MM, _ROOM = 166, 9411
"""Width between the margins, in millimetres and twips."""
_SPACES = nsdecls("w", "wp", "a", "pic", "r") + (
    ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
_TEXT = Look(size=12)
_SMALL = Look(size=9, colour=GREY)
_COLUMNS = (laid.Column(width=15, align="center"), laid.Column(width=85, align="left"))


def document(sheets: Sequence[Sheet], *, title: str, at: datetime) -> bytes:
    """The .docx file with every sheet. The same sheets give the same bytes: the file's dates are `at`."""
    made = Document()
    about = made.core_properties
    about.title, about.author, about.comments = title, sheets[0].office, ""
    about.created = about.modified = at.astimezone(UTC).replace(tzinfo=None)
    _Writer(made).write(sheets)
    buffer = io.BytesIO()
    made.save(buffer)
    return undated(buffer.getvalue())


class _Writer:
    """Writes sheets down a Word document, one section each."""

    def __init__(self, made: WordDocument) -> None:
        self._made = made
        self._headers: dict[bool, str] = {}

    def write(self, sheets: Sequence[Sheet]) -> None:
        """Everything; the last section's page set-up stands at the end of the body, as the format wants it."""
        body = self._made.element.body
        page = self._made.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        last = body.sectPr
        for number, sheet in enumerate(sheets, start=1):
            ending = "" if number == len(sheets) else self._section(sheet)
            for block in parse_xml(f"<w:body {_SPACES}>{self._blocks(sheet, number, ending)}</w:body>"):
                last.addprevious(block)
        final = parse_xml(f"<w:body {_SPACES}>{self._section(sheets[-1])}</w:body>")[0]
        body.replace(last, final)

    def _section(self, sheet: Sheet) -> str:
        """Page set-up of one sheet: A4, its own footer, pages counted from 1."""
        return (
            f'<w:sectPr><w:headerReference w:type="default" r:id="{self._header(drill=sheet.drill)}"/>'
            f'<w:footerReference w:type="default" r:id="{self._footer(sheet)}"/><w:type w:val="nextPage"/>'
            '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1021" w:right="1247" w:bottom="907" w:left="1247" '
            'w:header="567" w:footer="510" w:gutter="0"/><w:pgNumType w:start="1"/></w:sectPr>'
        )

    def _header(self, *, drill: bool) -> str:
        if drill not in self._headers:
            part, relation = self._made.part.add_header_part()  # type: ignore[no-untyped-call]  # python-docx has no types here
            mark = run(DRILL, Look(size=16, font=HEADING, bold=True, colour=RED)) + watermark(DRILL) if drill else ""
            self._fill(part.element, paragraph(mark, Shape(align="right")))
            self._headers[drill] = str(relation)
        return self._headers[drill]

    def _footer(self, sheet: Sheet) -> str:
        part, relation = self._made.part.add_footer_part()  # type: ignore[no-untyped-call]  # the same
        look = Look(size=8, colour=GREY)
        words = (
            run(f"{sheet.number}\t第 ", look)
            + field("PAGE", look)
            + run(" 页，共 ", look)
            + field("SECTIONPAGES", look)
            + run(" 页", look)
        )
        self._fill(part.element, paragraph(words, Shape(right_tab=_ROOM)))
        return str(relation)

    def _fill(self, element: object, xml: str) -> None:
        for old in list(element):  # type: ignore[call-overload]  # an lxml element of python-docx
            element.remove(old)  # type: ignore[attr-defined]  # the same
        for new in parse_xml(f"<w:body {_SPACES}>{xml}</w:body>"):
            element.append(new)  # type: ignore[attr-defined]  # the same

    def _blocks(self, sheet: Sheet, number: int, ending: str) -> str:
        parts = "".join(
            _part(part.title if len(sheet.parts) == 1 else numeral(at) + part.title, part.lines)
            for at, part in enumerate(sheet.parts)
        )
        closing = paragraph(run(sheet.closing, _TEXT), Shape(first=480, before=6)) if sheet.closing else ""
        return "".join(
            (
                _letterhead(sheet),
                paragraph(run(sheet.salutation, Look(bold=True))),
                paragraph(run(sheet.opening, _TEXT), Shape(first=480, after=4)),
                _facts(sheet),
                parts,
                closing,
                _calls(sheet),
                self._foot(sheet, number),
                _receipt(sheet),
                paragraph("", Shape(line=1, section=ending)),
            )
        )

    def _foot(self, sheet: Sheet, number: int) -> str:
        """The picture, how to check, and office and date, over which the seal goes."""
        relation, _ = self._made.part.get_or_add_image(io.BytesIO(qr_png(sheet.check_address)))
        words = (run("核验码 ", _SMALL) + run(sheet.check_code, Look(size=9, bold=True)),)
        lines = (*words, *(run(text, _SMALL) for text in (sheet.check_shown, sheet.check_note, sheet.approval)))
        seal = (
            paragraph(run("（盖章处）", _SMALL), Shape(align="center", after=8)),
            paragraph(run(sheet.office, _TEXT), Shape(align="center")),
            paragraph(run(sheet.date, _TEXT), Shape(align="center")),
        )
        code = picture(relation, number=number, name=f"核验码 {sheet.check_code}", side_mm=25)
        cells = [(1600, paragraph(code)), (4400, "".join(map(paragraph, lines))), (3411, "".join(seal))]
        return paragraph("", Shape(line=8)) + plain_table(cells)


def _letterhead(sheet: Sheet) -> str:
    size = 26 if len(sheet.office) <= 16 else 20
    return (
        paragraph(run(sheet.office, Look(size=size, font=TITLE, colour=RED)), Shape(align="center", after=4))
        + paragraph(
            run(f"{sheet.number}\t{sheet.signed}", _TEXT),
            Shape(right_tab=_ROOM, border=rule("bottom", eighths=16), after=8),
        )
        + paragraph(run(sheet.title, Look(size=20, font=TITLE)), Shape(align="center", before=4, after=6, heading=True))
    )


def _facts(sheet: Sheet) -> str:
    lines = tuple(
        laid.Line((laid.Item(row.label), laid.Item(row.text)), role="subtotal" if row.strong else "row")
        for row in sheet.rows
    )
    return grid_xml(laid.Grid(columns=_COLUMNS, header=(), lines=lines), size=11, room_mm=_ROOM_MM)


def _part(title: str, lines: Sequence[str]) -> str:
    head = paragraph(run(title, Look(size=12, font=HEADING)), Shape(before=6, after=2, keep=True))
    said = (
        paragraph(run(f"{number}. {line}", Look(size=11)), Shape(hanging=330)) for number, line in enumerate(lines, 1)
    )
    return head + "".join(said)


def _calls(sheet: Sheet) -> str:
    words = run("联系电话　", Look(size=11, font=HEADING)) + run("　".join(sheet.calls), Look(size=11))
    return paragraph(words, Shape(before=8, border=box()))


def _receipt(sheet: Sheet) -> str:
    dashes = rule("top", eighths=4, colour="8E99AC", style="dashed")
    words = run("\t".join(sheet.receipt), Look(size=10.5))
    return paragraph(words, Shape(before=4, border=dashes, tabs=(_ROOM // 3, 2 * _ROOM // 3)))

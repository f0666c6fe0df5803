"""Every form of every paper, word for word as an official would hold it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn

from lianfang.core.metrics.paper.chat import chat_text
from lianfang.core.metrics.paper.excel import workbook
from lianfang.core.metrics.paper.press import Press, pdf_input
from lianfang.core.metrics.paper.sections import outline_of
from lianfang.core.metrics.paper.shapes import Paper
from lianfang.core.metrics.paper.word import document
from tests.golden import paper_day
from tests.golden.pdf_reader import page_lines, page_sizes

Golden = Callable[[str, str], None]

PAPERS: dict[str, Paper] = {
    "bulletin": paper_day.bulletin(),
    "bulletin_drill": paper_day.bulletin(drill=True),
    "day_table": paper_day.day_table(),
    "day_log": paper_day.day_log(),
}
every_paper = pytest.mark.parametrize("name", PAPERS)


def docx_text(packed: bytes) -> str:
    body = Document(io.BytesIO(packed)).element.body
    lines = []
    for child in body:
        if child.tag == qn("w:tbl"):
            for row in child.iter(qn("w:tr")):
                cells = ["".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row.iter(qn("w:tc"))]
                lines.append(" | ".join(cells))
        elif child.tag == qn("w:p"):
            lines.append(
                "".join(
                    "\t" if part.tag == qn("w:tab") else part.text or ""
                    for part in child.iter(qn("w:t"), qn("w:tab"))
                    if part.getparent().tag == qn("w:r")
                )
            )
    return "\n".join(lines) + "\n"


def _grid(packed: bytes) -> str:
    sheet = openpyxl.load_workbook(io.BytesIO(packed)).active
    assert sheet is not None
    facts = [
        f"表名 {sheet.title}",
        f"冻结 {sheet.freeze_panes}",
        f"重复 {sheet.print_title_rows}",
        f"合并 {' '.join(sorted(str(area) for area in sheet.merged_cells.ranges))}",
        f"页脚 {sheet.oddFooter.left.text} / {sheet.oddFooter.center.text} / {sheet.oddFooter.right.text}",
        f"页眉 {sheet.oddHeader.center.text}",
    ]
    rows = [
        "\t".join("" if cell.value is None else f"{cell.value!r}" for cell in row).rstrip("\t")
        for row in sheet.iter_rows()
    ]
    return "\n".join([*facts, *rows]) + "\n"


class TestPaper:
    @every_paper
    def test_is_set_from_exactly_this_input(self, name: str, golden: Golden) -> None:
        given = pdf_input(outline_of(PAPERS[name]))
        for part in given["sections"]:
            for block in part["blocks"]:
                block.pop("svg", None)
        golden(f"{name}.typst.json", json.dumps(given, ensure_ascii=False, indent=1) + "\n")

    @every_paper
    def test_reads_so_in_pdf(self, name: str, press: Press, golden: Golden) -> None:
        made = press.pdf(PAPERS[name])
        assert made.warnings == () and made.missing_characters == frozenset()
        pages = [f"— {number} —\n" + "\n".join(lines) for number, lines in enumerate(page_lines(made.pdf), start=1)]
        golden(f"{name}.pdf.txt", "\n".join(pages) + "\n")

    @every_paper
    def test_reads_so_in_word(self, name: str, golden: Golden) -> None:
        golden(f"{name}.docx.txt", docx_text(document(PAPERS[name])))

    @every_paper
    def test_reads_so_in_a_workbook(self, name: str, golden: Golden) -> None:
        golden(f"{name}.xlsx.txt", _grid(workbook(PAPERS[name])))

    @every_paper
    def test_reads_so_in_a_chat_group(self, name: str, golden: Golden) -> None:
        golden(f"{name}.chat.txt", chat_text(PAPERS[name]) + "\n")

    @every_paper
    def test_is_the_same_bytes_when_printed_again(self, name: str, press: Press) -> None:
        paper = PAPERS[name]
        assert press.pdf(paper).pdf == press.pdf(paper).pdf
        assert workbook(paper) == workbook(paper)
        assert document(paper) == document(paper)


class TestBulletin:
    def test_fits_one_sheet_of_a4(self, press: Press) -> None:
        assert page_sizes(press.pdf(paper_day.bulletin()).pdf) == [(595, 842)]

    def test_of_a_drill_says_so_on_every_page_and_in_every_form(self, press: Press) -> None:
        drill = paper_day.day_table(drill=True)
        assert all("演练" in lines for lines in page_lines(press.pdf(drill).pdf))
        assert chat_text(drill).startswith("【演练】")
        assert "演练" in Document(io.BytesIO(document(drill))).sections[0].header.paragraphs[0].text
        assert "演练" in _grid(workbook(drill)).split("页眉")[1].splitlines()[0]
        assert outline_of(drill).file_name("xlsx").startswith("演练_云澜街道_一张日表_20221219_1800")

    def test_takes_its_curve_into_word_as_a_picture(self, press: Press) -> None:
        picture = press.chart_png(paper_day.curve())
        assert picture.startswith(b"\x89PNG")
        assert len(Document(io.BytesIO(document(paper_day.bulletin(), chart_png=picture))).inline_shapes) == 1

    def test_names_an_office_font_for_chinese_on_every_run_in_word(self) -> None:
        made = Document(io.BytesIO(document(paper_day.bulletin(drill=True))))
        section = made.sections[0]
        runs = [
            run
            for part in (made.element, section.header._element, section.footer._element)
            for run in part.iter(qn("w:r"))
        ]
        fonts = [run.rPr.rFonts.get(qn("w:eastAsia")) for run in runs]
        assert set(fonts) == {"方正小标宋简体", "仿宋", "黑体"}


class TestDayTable:
    def test_keeps_a_missing_report_apart_from_a_zero(self) -> None:
        table = paper_day.day_table()
        sheet = openpyxl.load_workbook(io.BytesIO(workbook(table))).active
        assert sheet is not None
        shown = {row[2].value: [cell.value for cell in row[4:12]] for row in sheet.iter_rows(min_row=6, max_row=12)}
        assert shown["湖滨路106号院"] == [36, 36, 98, 0, 0, 0, 0, 0]
        assert shown["阳光花园"] == ["未报"] * 8

    def test_counts_only_what_was_reported_and_marks_the_sum(self) -> None:
        table = paper_day.day_table()
        assert [total.value for total in table.total] == [1118, 1200, 3025, 5, 7, 1, 7, 4]
        assert all(total.partial for total in table.total)
        assert not any(total.partial for total in table.subtotal(table.blocks[0]))
        sheet = openpyxl.load_workbook(io.BytesIO(workbook(table))).active
        assert sheet is not None
        cell = next(row[4] for row in sheet.iter_rows() if row[1].value == "合计")
        assert (cell.value, cell.number_format) == (1118, '#,##0"*"')

    def test_repeats_its_header_and_total_on_every_page(self, press: Press) -> None:
        pages = page_lines(press.pdf(paper_day.large_day_table()).pdf)
        assert len(pages) > 3
        for lines in pages:
            assert any(line.startswith("底数") for line in lines)
            assert any("户数  住房  人口" in line for line in lines)
            assert any(line.startswith("合计  167 个小区") for line in lines)
        numbers = [
            int(line.split("  ")[0])
            for lines in pages
            for line in lines
            if line.split("  ")[0].isdigit() and "小区" in line
        ]
        assert numbers == list(range(1, 168))

    def test_goes_to_a3_before_it_gets_too_small_to_read(self) -> None:
        given = pdf_input(outline_of(paper_day.large_day_table(name="一个名字特别特别长的住宅小区第{}期")))
        assert given["wide"] and given["size"] >= 6.5
        assert pdf_input(outline_of(paper_day.day_table()))["paper"] == "a4"

    def test_keeps_codes_as_text(self) -> None:
        sheet = openpyxl.load_workbook(io.BytesIO(workbook(paper_day.day_table()))).active
        assert sheet is not None
        code = sheet["D6"]
        assert (code.value, code.data_type, code.number_format) == ("999999001001X01", "s", "@")

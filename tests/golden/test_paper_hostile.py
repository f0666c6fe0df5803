"""What anybody may have typed stays text on paper, in every form; what cannot be printed is said."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.core.metrics.paper.chat import MOST_LINES, chat_text
from lianfang.core.metrics.paper.excel import defused, workbook
from lianfang.core.metrics.paper.press import FontMissing, Press
from lianfang.core.metrics.paper.shapes import (
    AreaRow,
    AreaTable,
    Bulletin,
    CommunityBlock,
    CompoundRow,
    Demand,
    KeyNumber,
    LogEntry,
    UnprintablePaper,
)
from lianfang.core.metrics.paper.word import document
from tests.golden import paper_day
from tests.golden.conftest import FONT_DIR
from tests.golden.pdf_reader import page_lines

HOSTILE = "#panic(1) *粗* $x^2$ <b>&amp; \\ ` _斜_ @ref // [ ] { } = 标题"
FORMULA = '=HYPERLINK("http://127.0.0.1","看")'


def _bulletin_saying(text: str) -> Bulletin:
    return Bulletin(
        masthead=replace(paper_day.masthead(), office=text, duty_chief=text, to=(text,)),
        key_numbers=(KeyNumber(text, 1, text),),
        situation=(text,),
        table=AreaTable(text, (text,), (AreaRow(text, (1,)),)),
        problems=(text,),
        demands=(Demand(text, text, paper_day.at(20, 0)),),
    )


class TestTypedText:
    def test_is_printed_and_never_obeyed_by_the_typesetter(self, press: Press) -> None:
        made = press.pdf(_bulletin_saying(HOSTILE))
        printed = "".join("".join(lines) for lines in page_lines(made.pdf)).replace(" ", "")
        assert printed.count("#panic(1)*粗*$x^2$<b>&amp;\\`_斜_@ref//[]{}=标题") >= 4

    def test_is_printed_in_word_as_it_was(self) -> None:
        made = Document(io.BytesIO(document(_bulletin_saying(HOSTILE))))
        assert HOSTILE in [paragraph.text for paragraph in made.paragraphs]

    def test_never_becomes_a_formula(self) -> None:
        table = paper_day.day_table()
        block = CommunityBlock(FORMULA, (CompoundRow("@SUM(1)", (1,) * 8, "-2+3"), CompoundRow("+86", (2,) * 8)))
        sheet = openpyxl.load_workbook(io.BytesIO(workbook(replace(table, blocks=(block,))))).active
        assert sheet is not None
        row = [cell.value for cell in sheet[6]]
        assert row[:5] == [1, f"'{FORMULA}", "'@SUM(1)", "'-2+3", 1]
        assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}

    @given(st.text())
    def test_is_defused_only_where_it_must_be(self, text: str) -> None:
        safe = defused(text)
        assert safe[:1] not in {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"}
        assert safe.removeprefix("'") == text or safe == text

    @settings(max_examples=40, deadline=None)
    @given(st.text(), st.integers(0, 40))
    def test_never_adds_a_line_to_the_chat(self, text: str, times: int) -> None:
        paper = replace(
            _bulletin_saying(text),
            key_numbers=(KeyNumber(text, None, text),) * times,
            problems=(text,) * times,
            demands=(Demand(text, text, paper_day.at(20, 0)),) * times,
        )
        lines = chat_text(paper).splitlines()
        assert len(lines) <= MOST_LINES
        assert "校验码" in lines[-1] or "草稿" in lines[-1]

    @settings(max_examples=25, deadline=None)
    @given(st.text(max_size=60))
    def test_never_breaks_a_workbook_or_a_word_file(self, text: str) -> None:
        paper = _bulletin_saying(text)
        assert openpyxl.load_workbook(io.BytesIO(workbook(paper))).sheetnames == ["工作日报"]
        assert Document(io.BytesIO(document(paper))).paragraphs

    def test_that_is_very_long_wraps_inside_its_cell(self, press: Press) -> None:
        name = "望湖" * 40 + "A" * 120
        table = paper_day.day_table()
        block = CommunityBlock(name, (CompoundRow(name, (1,) * 8, "X" * 60),))
        made = press.pdf(replace(table, blocks=(block,), masthead=replace(table.masthead, unit=name)))
        printed = "".join("".join(lines) for lines in page_lines(made.pdf)).replace("\u200b", "").replace(" ", "")
        assert printed.count("A") >= 240
        assert made.warnings == ()


class TestPress:
    def test_refuses_to_print_without_its_fonts(self, tmp_path: Path) -> None:
        with pytest.raises(FontMissing) as refusal:
            Press(font_dir=tmp_path).pdf(paper_day.day_log())
        assert refusal.value.code == "paper.font_missing"

    def test_refuses_to_print_with_half_its_fonts(self, tmp_path: Path) -> None:
        for path in FONT_DIR.glob("NotoSans*.ttf"):
            (tmp_path / path.name).symlink_to(path)
        with pytest.raises(FontMissing, match="noto serif sc"):
            Press(font_dir=tmp_path).pdf(paper_day.day_log())

    def test_marks_and_names_a_character_that_no_font_has(self, press: Press) -> None:
        log = replace(paper_day.day_log(), entries=(LogEntry(paper_day.at(9, 0), "赵\U00020bb7", "到岗㐂"),))
        made = press.pdf(log)
        assert made.missing_characters == {"\U00020bb7"}
        assert any("赵〓" in line and "到岗㐂" in line for line in page_lines(made.pdf)[0])

    def test_draws_the_pages_as_pictures_too(self, press: Press) -> None:
        pages = press.pages(paper_day.day_table(), ppi=50).files
        assert len(pages) == 1 and pages[0].startswith(b"\x89PNG")


class TestShape:
    def test_of_a_row_must_fit_its_table(self) -> None:
        with pytest.raises(UnprintablePaper, match=r"paper\.row_width"):
            AreaTable("", ("应核", "已核"), (AreaRow("望湖社区", (1,)),))

    def test_of_an_instant_must_name_its_zone(self) -> None:
        with pytest.raises(UnprintablePaper, match=r"paper\.naive_instant"):
            replace(paper_day.masthead(), cutoff_at=paper_day.at(18, 0).replace(tzinfo=None))

    def test_knows_no_django(self) -> None:
        names = "press, excel, word, chat, charts, seal"
        code = f"import sys; from lianfang.core.metrics.paper import {names}; print('django' in sys.modules)"
        said = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": ":".join(sys.path)},
        )
        assert said.stdout.strip() == "False"

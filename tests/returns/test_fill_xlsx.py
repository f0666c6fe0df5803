"""The sender's own workbook comes back with the results in it and nothing else changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment

from lianfang.core.lists.returns import CellFill, ReturnRefused, fill_workbook
from lianfang.core.lists.returns.refs import column_name

from .compare import changed_parts, form, look, old_texts_kept, parts, sender_list, values, without_cells

CITY = "核查名单"
SHEET1, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def names_of(fills: list[CellFill]) -> set[str]:
    return {f"{column_name(one.column)}{one.row}" for one in fills}


class TestTheCityList:
    def test_gets_its_result_columns_filled_and_keeps_everything_else(self, tmp_path: Path) -> None:
        source, target = sender_list("01"), tmp_path / "back.xlsx"
        rows = [row for row, line in enumerate(values(source, CITY), start=1) if isinstance(line[0], float)]
        fills = [CellFill(CITY, row, 11, "已在本辖区管控") for row in rows]
        fills += [CellFill(CITY, row, 12, f"居家健康监测 {row}") for row in rows]

        report = fill_workbook(source, target, fills)

        assert (report.filled, report.problems, report.notes) == (640, (), ())
        assert changed_parts(source, target) == {SHEET1, TEXTS}
        old, new = parts(source), parts(target)
        cells = names_of(fills)
        assert without_cells(old[SHEET1], cells) == without_cells(new[SHEET1], cells)
        assert old_texts_kept(old[TEXTS], new[TEXTS])
        assert look(source, CITY, "L4") == look(target, CITY, "L4")
        back = values(target, CITY)
        assert all(back[row - 1][11:13] == ["已在本辖区管控", f"居家健康监测 {row}"] for row in rows)
        page = openpyxl.load_workbook(target)[CITY]
        assert page.column_dimensions["G"].hidden and page.auto_filter.ref == "A3:N328"

    def test_keeps_the_bytes_of_rows_it_does_not_fill(self, tmp_path: Path) -> None:
        source, target = sender_list("01"), tmp_path / "back.xlsx"
        fill_workbook(source, target, [CellFill(CITY, 200, 11, "查无此人")])
        old, new = parts(source)[SHEET1], parts(target)[SHEET1]
        cut = old.index(b'<row r="200"'), old.index(b'<row r="201"')
        assert new.startswith(old[: cut[0]]) and new.endswith(old[cut[1] :])

    def test_has_blank_rows_that_can_be_filled_too(self, tmp_path: Path) -> None:
        source, target = sender_list("01"), tmp_path / "back.xlsx"
        fill_workbook(
            source,
            target,
            [
                CellFill(CITY, 328, 0, "补"),
                CellFill(CITY, 340, 16, "补"),
            ],
        )
        back = values(target, CITY)
        assert (back[327][0], back[339][16]) == ("补", "补")
        assert openpyxl.load_workbook(target)[CITY].dimensions == "A1:Q340"

    def test_can_be_filled_in_place(self, tmp_path: Path) -> None:
        path = tmp_path / "list.xlsx"
        path.write_bytes(sender_list("01").read_bytes())
        fill_workbook(path, path, [CellFill(CITY, 4, 11, "查无此人")])
        assert values(path, CITY)[3][11] == "查无此人"
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize(
        ("fill", "code"),
        [
            (CellFill(CITY, 1, 3, "x"), "return.merged_cell"),
            (CellFill("没有的表", 1, 3, "x"), "return.no_such_sheet"),
            (CellFill(CITY, 0, 3, "x"), "return.no_such_cell"),
            (CellFill(CITY, 4, 16384, "x"), "return.no_such_cell"),
        ],
    )
    def test_refuses_cells_that_cannot_be_seen_or_do_not_exist(self, tmp_path: Path, fill: CellFill, code: str) -> None:
        with pytest.raises(ReturnRefused) as refusal:
            fill_workbook(sender_list("01"), tmp_path / "back.xlsx", [CellFill(CITY, 4, 11, "查无此人"), fill])
        assert refusal.value.code == code
        assert not list(tmp_path.iterdir())


class TestTheCommunitiesList:
    def test_keeps_hidden_sheets_and_formulas(self, tmp_path: Path) -> None:
        source, target = sender_list("07"), tmp_path / "back.xlsx"
        fills = [CellFill("临江社区", row, 8, "在") for row in range(3, 40)] + [CellFill("望湖社区", 5, 8, "转推")]
        report = fill_workbook(source, target, fills)
        assert report.filled == 38
        touched = {"xl/worksheets/sheet2.xml", "xl/worksheets/sheet5.xml", TEXTS}
        assert changed_parts(source, target) == touched
        book = openpyxl.load_workbook(target)
        assert book["临江社区"].sheet_state == "hidden"
        assert book.worksheets[0]["B2"].value == "=COUNTA('望湖社区'!B3:B500)"
        assert [values(target, "临江社区")[row - 1][8] for row in (3, 39)] == ["在", "在"]

    def test_never_loses_a_formula(self, tmp_path: Path) -> None:
        source = sender_list("07")
        sheet = openpyxl.load_workbook(source).sheetnames[0]
        with pytest.raises(ReturnRefused) as refusal:
            fill_workbook(source, tmp_path / "back.xlsx", [CellFill(sheet, 2, 1, 60)])
        assert (refusal.value.code, refusal.value.place) == ("return.formula_cell", f"{sheet}!B2")


class TestDropDownLists:
    def test_refuse_values_that_are_not_in_them(self, tmp_path: Path) -> None:
        source, target = form("A"), tmp_path / "a.xlsx"
        fills = [CellFill("回传表", 4, 5, "失联"), CellFill("回传表", 4, 6, "否"), CellFill("回传表", 5, 5, "联系不上")]
        report = fill_workbook(source, target, fills)
        assert report.filled == 2
        (problem,) = report.problems
        assert (problem.code, problem.row, problem.column, problem.written) == ("return.not_in_list", 4, 5, False)
        assert problem.allowed[0] == "在本辖区—已管控" and len(problem.allowed) == 10
        assert values(target, "回传表")[3][5:7] == ["", "否"]

    def test_only_warn_when_the_sender_lets_other_values_pass(self, tmp_path: Path) -> None:
        source, target = tmp_path / "soft.xlsx", tmp_path / "back.xlsx"
        with xlsxwriter.Workbook(str(source)) as book:
            page = book.add_worksheet("表")
            book.define_name("结果", "=表!$D$1:$D$2")
            page.write_column("D1", ["在", "不在"])
            page.data_validation("A2", {"validate": "list", "source": ["在", "不在"], "error_type": "warning"})
            page.data_validation("B2", {"validate": "list", "source": "=结果"})
            page.data_validation("C2", {"validate": "list", "source": '=INDIRECT("结果")'})
            page.data_validation("C3", {"validate": "length", "criteria": "<=", "value": 2})
        fills = [CellFill("表", 2, column, "也许") for column in range(3)] + [CellFill("表", 3, 2, "太长了")]
        report = fill_workbook(source, target, fills)
        found = [(one.code, one.row, one.column, one.written) for one in report.problems]
        assert found == [
            ("return.not_in_list", 2, 0, True),
            ("return.not_in_list", 2, 1, False),
            ("return.breaks_rule", 3, 2, False),
        ]
        assert report.notes == ("return.list_not_checked",)
        assert values(target, "表")[1][:3] == ["也许", "", "也许"]


@pytest.fixture
def rich_book(tmp_path: Path) -> Path:
    """A workbook with a picture, a comment, formats by condition, a rule on another sheet, a frozen pane and widths."""
    path = tmp_path / "rich.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page, words = book.add_worksheet("名单"), book.add_worksheet("字典")
        words.hide()
        words.write_column("A1", ["在", "不在"])
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row("A1", ["姓名", "结果", "日期", "数"])
        page.write_rich_string("A2", book.add_format({"bold": True}), "粗", "细")
        page.write_blank("C2", None, day)
        page.write_formula("D2", "=1+1", None, 2)
        page.write_comment("A2", "批注")
        page.set_row(4, 30, None, {"hidden": True})
        page.set_column("B:B", 33, day)
        page.conditional_format("B2:B9", {"type": "text", "criteria": "containing", "value": "在", "format": day})
        page.data_validation("B2:B9", {"validate": "list", "source": "=字典!$A$1:$A$2"})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=名单!$D$2:$D$9"})
        page.insert_chart("F2", chart)
        page.freeze_panes(1, 0)
    return path


class TestARichWorkbook:
    def test_keeps_pictures_comments_formats_and_rules(self, rich_book: Path, tmp_path: Path) -> None:
        target = tmp_path / "back.xlsx"
        report = fill_workbook(rich_book, target, [CellFill("名单", 2, 1, "在"), CellFill("名单", 3, 0, " =1+1")])
        assert report.filled == 2
        assert changed_parts(rich_book, target) == {SHEET1, TEXTS}
        assert without_cells(parts(rich_book)[SHEET1], []).count(b"<row") + 1 == parts(target)[SHEET1].count(b"<row")
        assert values(target, "名单")[2][0] == " =1+1"
        assert openpyxl.load_workbook(target)["名单"]["A2"].comment.text == "批注"

    def test_shows_days_as_days_only_where_the_cell_can(self, rich_book: Path, tmp_path: Path) -> None:
        target = tmp_path / "back.xlsx"
        day = date(2022, 4, 6)
        fills = [
            CellFill("名单", 2, 2, day, False),
            CellFill("名单", 4, 0, day, False),
            CellFill("名单", 5, 3, 7, False),
        ]
        report = fill_workbook(rich_book, target, fills)
        back = values(target, "名单")
        assert (back[1][2], back[3][0], back[4][3]) == (day, "2022-04-06", 7.0)
        assert report.notes == ("return.date_as_text",)

    def test_can_be_one_that_another_program_wrote(self, tmp_path: Path) -> None:
        source, target = tmp_path / "other.xlsx", tmp_path / "back.xlsx"
        book = openpyxl.Workbook()
        book.active.title = "表"
        book.active.append(["姓名", "结果"])
        book.active["A2"].comment = Comment("看", "某")
        book.save(source)
        fill_workbook(source, target, [CellFill("表", 2, 1, "在\n本辖区"), CellFill("表", 3, 0, "_x0041_")])
        page = openpyxl.load_workbook(target)["表"]
        assert (page["B2"].value, page["A2"].comment.text) == ("在\n本辖区", "看")
        assert values(target, "表")[2][0] == "_x0041_"

    @settings(max_examples=25, deadline=None)
    @given(
        cells=st.dictionaries(
            st.tuples(st.integers(3, 12), st.integers(0, 30)),
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=12),
            min_size=1,
            max_size=12,
        )
    )
    def test_reads_back_what_was_filled_and_nothing_else(
        self, tmp_path_factory: pytest.TempPathFactory, cells: dict[tuple[int, int], str]
    ) -> None:
        folder = tmp_path_factory.mktemp("law")
        source, target = folder / "s.xlsx", folder / "t.xlsx"
        with xlsxwriter.Workbook(str(source)) as book:
            page = book.add_worksheet("表")
            for row in (0, 2, 4, 9):
                page.write_row(row, 1, ["甲", 1, "乙"])
        expected = {(r, c): v for r, line in enumerate(values(source, "表"), 1) for c, v in enumerate(line) if v != ""}
        expected.update(cells)
        fill_workbook(source, target, [CellFill("表", row, column, text) for (row, column), text in cells.items()])
        found = {(r, c): v for r, line in enumerate(values(target, "表"), 1) for c, v in enumerate(line) if v != ""}
        assert found == expected
        page = openpyxl.load_workbook(target)["表"]
        assert all(page.cell(row, column + 1).value == text for (row, column), text in cells.items())

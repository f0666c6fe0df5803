"""Result columns right of the sender's table, when the sender left none."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from python_calamine import CalamineWorkbook

from lianfang.core.lists.returns import NewColumns, append_columns

from .compare import changed_parts, look, parts, sender_list, values, without_cells

HEADERS = ["核查结果", "核查人"]


class TestNewColumns:
    def test_stand_right_of_a_community_table_in_its_look(self, tmp_path: Path) -> None:
        source, target = sender_list("07"), tmp_path / "back.xlsx"
        rows = {row: ["在本辖区", f"网格员{row}"] for row in range(3, 63)}
        report = append_columns(source, target, NewColumns("望湖社区", 2, HEADERS, rows))
        assert (report.first_new_column, report.filled) == (7, 122)
        back = values(target, "望湖社区")
        assert back[1][7:] == HEADERS and back[61][7:] == ["在本辖区", "网格员62"]
        assert [line[:7] for line in back] == values(source, "望湖社区")
        assert look(target, "望湖社区", "H2") == look(source, "望湖社区", "G2")
        assert look(target, "望湖社区", "I40") == look(source, "望湖社区", "G40")
        sheet = "xl/worksheets/sheet2.xml"
        assert changed_parts(source, target) == {sheet, "xl/sharedStrings.xml"}
        assert [str(one) for one in openpyxl.load_workbook(target)["望湖社区"].merged_cells.ranges] == ["A1:I1"]
        new = {f"{column}{row}" for column in "HI" for row in range(1, 63)}
        old_xml, new_xml = without_cells(parts(source)[sheet], []), without_cells(parts(target)[sheet], new)
        assert old_xml.replace(b'spans="1:7"', b"").replace(b"A1:G1", b"") == new_xml.replace(
            b'spans="1:9"', b""
        ).replace(b"A1:I1", b"")

    def test_widen_title_notes_and_filter_that_spanned_the_table(self, tmp_path: Path) -> None:
        source, target = sender_list("01"), tmp_path / "back.xlsx"
        append_columns(source, target, NewColumns("核查名单", 3, HEADERS, {4: ["在", "某"], 327: ["不在", "某"]}))
        book = openpyxl.load_workbook(target)
        page = book["核查名单"]
        assert {str(one) for one in page.merged_cells.ranges} == {"A1:P1", "A2:P2", "A329:P329", "A330:P330"}
        assert page.auto_filter.ref == "A3:P328"
        assert b"$A$3:$P$328" in parts(target)["xl/workbook.xml"]
        assert (page["O3"].value, page["O327"].value, page["P4"].value) == ("核查结果", "不在", "某")

    def test_leave_merges_and_filter_that_spanned_less(self, tmp_path: Path) -> None:
        source, target = tmp_path / "s.xlsx", tmp_path / "t.xlsx"
        book = openpyxl.Workbook()
        page = book.active
        page.title = "表"
        page.append(["标题", None, None])
        page.append(["姓名", "电话", "住址"])
        page.append(["某", "19900000000", "1幢"])
        page.merge_cells("A1:B1")
        page.auto_filter.ref = "A2:B3"
        book.save(source)
        append_columns(source, target, NewColumns("表", 2, ["结果"], {3: ["在"]}))
        page = openpyxl.load_workbook(target)["表"]
        assert ([str(one) for one in page.merged_cells.ranges], page.auto_filter.ref) == (["A1:B1"], "A2:B3")
        assert (page["D2"].value, page["D3"].value) == ("结果", "在")

    def test_stand_right_of_a_spreadsheet_of_the_other_office(self, tmp_path: Path) -> None:
        source, target = sender_list("11"), tmp_path / "back.ods"
        sheet = only_sheet(source)
        old = values(source, sheet)
        header = next(row for row, line in enumerate(old, start=1) if sum(1 for one in line if one) >= 8)
        report = append_columns(source, target, NewColumns(sheet, header, HEADERS, {header + 1: ["在", 3]}))
        new = values(target, sheet)
        assert report.first_new_column == 9
        assert [line[:9] for line in new] == old
        assert (new[header - 1][9:], new[header][9:]) == (HEADERS, ["在", 3.0])


def only_sheet(path: Path) -> str:
    """Name of the only sheet."""
    (name,) = CalamineWorkbook.from_path(str(path)).sheet_names
    return str(name)

"""Files of our own: rows to be mended, and lists to be printed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.core.lists.returns import (
    MendRow,
    MendSheet,
    ReturnCountMismatch,
    ReturnRefused,
    error_file,
    export_filename,
    write_table_xlsx,
)
from lianfang.core.lists.returns.exports import sheet_name

from .compare import parts, values

SHEET = MendSheet(
    name="核查名单",
    above=[["重点人员核查名单"], ["姓名", "身份证号", "电话"]],
    rows=[
        MendRow(["王某", "9.99999E+17", "+8619900000000"], "末几位丢失", "请以文本重新填写"),
        MendRow(["=cmd|' /C calc'!A0", None, 19900000001], "姓名不对", "请改正"),
    ],
)


class TestAnErrorFile:
    def test_has_the_senders_layout_and_two_more_columns(self, tmp_path: Path) -> None:
        target = tmp_path / "x.xlsx"
        assert error_file(target, [SHEET]) == 2
        back = values(target, "核查名单")
        assert back[0][0] == "重点人员核查名单" and back[1] == ["姓名", "身份证号", "电话", "问题", "怎么改"]
        assert back[2] == ["王某", "9.99999E+17", "+8619900000000", "末几位丢失", "请以文本重新填写"]
        assert back[3][:3] == ["=cmd|' /C calc'!A0", "", "19900000001"]

    def test_never_becomes_a_formula_even_when_edited(self, tmp_path: Path) -> None:
        target = tmp_path / "x.xlsx"
        error_file(target, [SHEET])
        page = openpyxl.load_workbook(target)["核查名单"]
        dangerous = page["A4"]
        assert (dangerous.data_type, dangerous.number_format, dangerous.quotePrefix) == ("s", "@", True)
        assert page.column_dimensions["B"].width and page["C3"].quotePrefix
        assert b"<f>" not in parts(target)["xl/worksheets/sheet1.xml"]

    def test_as_csv_puts_an_apostrophe_before_what_would_compute(self, tmp_path: Path) -> None:
        target = tmp_path / "x.csv"
        error_file(target, [SHEET], headings=("Problem", "How to mend"))
        raw = target.read_bytes()
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
        assert raw.startswith(b"\xef\xbb\xbf") and rows[1][3:] == ["Problem", "How to mend"]
        assert rows[3][0] == "'=cmd|' /C calc'!A0" and rows[2][2] == "'+8619900000000"

    def test_is_not_written_in_other_formats(self, tmp_path: Path) -> None:
        with pytest.raises(ReturnRefused) as refusal:
            error_file(tmp_path / "x.pdf", [SHEET])
        assert refusal.value.code == "return.unknown_format" and not list(tmp_path.iterdir())


class TestAPrintedTable:
    ROWS = (
        ["王某", "999999199001010016", 3, date(2022, 4, 6), datetime(2022, 4, 6, 6, 30, tzinfo=UTC)],
        ["@SUM(1)", None, 2.5, None, None],
    )
    HEADERS = ("姓名", "证件号码", "次数", "日期", "时间")

    def test_fits_a4_across_and_repeats_its_header(self, tmp_path: Path) -> None:
        target = tmp_path / "t.xlsx"
        assert write_table_xlsx(target, title="核查名单", headers=self.HEADERS, rows=self.ROWS, expected=2) == 2
        page = openpyxl.load_workbook(target).active
        assert (page.freeze_panes, page.auto_filter.ref, page.print_title_rows) == ("A3", "A2:E4", "$2:$2")
        setup = page.page_setup
        assert (setup.orientation, int(setup.paperSize), setup.fitToHeight) == ("landscape", 9, 0)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert [page.cell(3, column).value for column in range(1, 6)] == [
            "王某", "999999199001010016", 3, datetime(2022, 4, 6), datetime(2022, 4, 6, 14, 30),
        ]  # fmt: skip
        assert (page["B3"].number_format, page["A4"].data_type, page["A4"].quotePrefix) == ("@", "s", True)
        assert list(tmp_path.iterdir()) == [target]

    def test_is_not_written_when_rows_are_missing(self, tmp_path: Path) -> None:
        with pytest.raises(ReturnCountMismatch):
            write_table_xlsx(tmp_path / "t.xlsx", title="表", headers=self.HEADERS, rows=self.ROWS, expected=3)
        assert not list(tmp_path.iterdir())


class TestFileNames:
    def test_say_who_what_and_when(self) -> None:
        at = datetime(2022, 4, 6, 6, 30, tzinfo=UTC)
        assert export_filename("云澜街道", "核查名单/回传", at) == "云澜街道_核查名单-回传_202204061430.xlsx"

    def test_need_a_time_zone(self) -> None:
        with pytest.raises(ReturnRefused) as refusal:
            export_filename("云澜街道", "表", datetime(2022, 4, 6))
        assert refusal.value.code == "return.no_time_zone"

    @given(unit=st.text(max_size=90), table=st.text(max_size=90))
    def test_are_accepted_by_every_file_system(self, unit: str, table: str) -> None:
        name = export_filename(unit, table, datetime(2022, 4, 6, tzinfo=UTC))
        assert len(name.encode()) <= 255 and not set('\\/:*?"<>|\n\t\x00') & set(name) and not name.startswith(".")

    @given(st.text(max_size=60))
    def test_of_sheets_are_accepted_by_spreadsheet_programs(self, text: str) -> None:
        name = sheet_name(text)
        assert 1 <= len(name) <= 31 and not set("[]:*?/\\") & set(name) and name[0] != "'" != name[-1]

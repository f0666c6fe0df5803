"""Workbooks of programs that write the same format differently."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from lianfang.core.lists.returns import CellFill, ReturnRefused, Value, fill_workbook, write_table_xlsx

from .compare import changed_parts, parts, values

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"
ROWS = (
    '<x:row><x:c t="inlineStr"><x:is><x:t>甲</x:t></x:is></x:c><x:c><x:v>2</x:v></x:c></x:row>'
    '<x:row r="5" s="1" customFormat="1"><x:c r="B5" t="str"><x:f>A1&amp;"x"</x:f><x:v>甲x</x:v></x:c></x:row>'
)
FILES = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="r1" Type="{LINKS}/officeDocument" '
    'Target="/xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<x:workbook xmlns:x="{MAIN}" xmlns:r="{LINKS}"><x:workbookPr date1904="1"/><x:sheets>'
    '<x:sheet name="表" sheetId="1" r:id="a"/></x:sheets></x:workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="a" Type="{LINKS}/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
    SHEET: f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{ROWS}</x:sheetData></x:worksheet>',
}


def written(path: Path, sheet: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, sheet if name == SHEET else text.encode())
    return path


class TestAWorkbookWithPrefixesAndWithoutAddresses:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_is_filled_at_the_right_places(self, tmp_path: Path, encoding: str) -> None:
        head = f'<?xml version="1.0" encoding="{encoding}"?>'
        source = written(tmp_path / "s.xlsx", (head + FILES[SHEET]).encode(encoding))
        target = tmp_path / "t.xlsx"
        fill_workbook(
            source, target, [CellFill("表", 1, 2, "丙"), CellFill("表", 1, 0, "新"), CellFill("表", 3, 1, "三")]
        )
        assert changed_parts(source, target) == {SHEET}
        assert values(target, "表")[:3] == [["新", 2.0, "丙"], ["", "", ""], ["", "三", ""]]
        assert """<x:f>A1&amp;"x"</x:f>""" in parts(target)[SHEET].decode()

    def test_gives_new_cells_the_look_of_their_row(self, tmp_path: Path) -> None:
        source, target = written(tmp_path / "s.xlsx", FILES[SHEET].encode()), tmp_path / "t.xlsx"
        fill_workbook(source, target, [CellFill("表", 5, 0, "甲"), CellFill("表", 5, 3, "丁")])
        assert parts(target)[SHEET].decode().count(' s="1"') == 3

    def test_without_a_table_is_refused(self, tmp_path: Path) -> None:
        source = written(tmp_path / "s.xlsx", b"<x/>")
        with pytest.raises(ReturnRefused) as refusal:
            fill_workbook(source, tmp_path / "t.xlsx", [CellFill("表", 1, 2, "丙")])
        assert refusal.value.code == "return.unreadable"


class TestStoredResults:
    @pytest.mark.parametrize(("column", "notes"), [(1, ("return.formulas_not_recalculated",)), (4, ())])
    def test_are_said_to_be_old_when_a_formula_looks_at_filled_cells(
        self, tmp_path: Path, column: int, notes: tuple[str, ...]
    ) -> None:
        source = tmp_path / "s.xlsx"
        book = openpyxl.Workbook()
        book.active.title = "表"
        book.active["D1"] = '=COUNTIF(B1:B9,"<>")'
        book.calculation.fullCalcOnLoad = False
        book.save(source)
        report = fill_workbook(source, tmp_path / "t.xlsx", [CellFill("表", 2, column, "在")])
        assert report.notes == notes


class TestDays:
    def test_count_from_1904_where_the_workbook_does(self, tmp_path: Path) -> None:
        source, target = tmp_path / "s.xlsx", tmp_path / "t.xlsx"
        with xlsxwriter.Workbook(str(source), {"date_1904": True}) as book:
            day = book.add_format({"num_format": "yyyy年m月d日"})
            page = book.add_worksheet("表")
            page.write_blank("A1", None, day)
            page.write_blank("B1", None, day)
        at = datetime(2022, 4, 5, 22, 30, tzinfo=UTC)
        fills = [
            CellFill("表", 1, 0, date(2022, 4, 6), False),
            CellFill("表", 1, 1, at, False),
            CellFill("表", 1, 2, at),
        ]
        fill_workbook(source, target, fills)
        page = openpyxl.load_workbook(target)["表"]
        assert page["A1"].value == datetime(2022, 4, 6) and page["B1"].value == datetime(2022, 4, 6, 6, 30)
        assert page["C1"].value == "2022-04-06 06:30"


def test_a_list_that_breaks_off_leaves_no_file_with_names_behind(tmp_path: Path) -> None:
    def rows() -> Iterator[list[Value | None]]:
        yield ["王某"]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_table_xlsx(tmp_path / "t.xlsx", title="表", headers=["姓名"], rows=rows())
    assert not list(tmp_path.iterdir())

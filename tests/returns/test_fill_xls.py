"""An .xls comes back as the .xls it was: cells, looks, merges, widths and all records nobody filled are the same."""

from __future__ import annotations

import struct
from collections.abc import Set
from datetime import date
from pathlib import Path

import pytest
import xlrd
import xlwt

from lianfang.core.lists.returns import CellFill, NewColumns, ReturnRefused, append_columns, fill_workbook
from lianfang.core.lists.returns.biff import BOUNDSHEET, DV, EOF, Record, packed, records_of
from lianfang.core.lists.returns.compound import CompoundFile

from .compare import sender_list

REGISTER = "台账"


def register(path: Path) -> Path:
    """A workbook with what senders use: merged title, widths, heights, hidden rows, formulas, days, looks."""
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(REGISTER)
    title = xlwt.easyxf("font: bold on, height 320; align: horiz centre; borders: bottom thick")
    ruled = xlwt.easyxf("borders: left thin, right thin, bottom thin; pattern: pattern solid, fore_colour ivory")
    day = xlwt.easyxf("borders: left thin", num_format_str="yyyy-mm-dd")
    page.write_merge(0, 0, 0, 5, "重点人员核查台账", title)
    for column, label in enumerate(("序号", "姓名", "到达", "人数", "核查结果", "核查时间")):
        page.write(1, column, label, ruled)
    for row in range(2, 42):
        page.write(row, 0, row - 1, ruled)
        page.write(row, 1, f"王丽{row}", ruled)
        page.write(row, 2, date(2022, 4, 1), day)
        page.write(row, 3, xlwt.Formula(f"A{row + 1}*2"), ruled)
        page.write(row, 4, None, ruled)
        page.write(row, 5, None, day)
    page.row(5).hidden = True
    page.col(1).width = 7777
    page.row(1).height_mismatch = True
    page.row(1).height = 900
    page.set_panes_frozen(True)
    page.set_horz_split_pos(2)
    hidden = book.add_sheet("字典")
    hidden.write(0, 0, "在家")
    hidden.visibility = 1
    book.save(str(path))
    return path


def opened(path: Path) -> xlrd.Book:
    return xlrd.open_workbook(str(path), formatting_info=True)


def look(book: xlrd.Book, cell: xlrd.sheet.Cell) -> tuple[object, ...]:
    xf = book.xf_list[cell.xf_index]
    return (
        book.font_list[xf.font_index].bold,
        book.format_map[xf.format_key].format_str,
        xf.border.left_line_style,
        xf.border.bottom_line_style,
        xf.background.pattern_colour_index,
        xf.alignment.hor_align,
    )


def seen(path: Path, *, without: Set[tuple[str, int, int]] = frozenset()) -> dict[object, object]:
    """Everything xlrd sees of a workbook, cell by cell, save the cells in `without` (sheet, row, column from 0)."""
    book = opened(path)
    found: dict[object, object] = {"names": [(one.name, one.visibility) for one in book.sheets()]}
    for page in book.sheets():
        found[page.name, "merged"] = sorted(page.merged_cells)
        found[page.name, "widths"] = {at: (one.width, one.hidden) for at, one in page.colinfo_map.items()}
        found[page.name, "heights"] = {at: (one.height, one.hidden) for at, one in page.rowinfo_map.items()}
        found[page.name, "panes"] = (page.panes_are_frozen, page.horz_split_pos)
        for row in range(page.nrows):
            for column in range(page.row_len(row)):
                cell = page.cell(row, column)
                if cell.ctype != xlrd.XL_CELL_EMPTY and (page.name, row, column) not in without:
                    found[page.name, row, column] = (cell.ctype, cell.value, look(book, cell))
    return found


def untouched(path: Path, kinds: set[int]) -> list[tuple[int, bytes]]:
    """All records of the workbook stream except those of some kinds."""
    stream = CompoundFile(path).stream("Workbook") or b""
    return [(one.kind, one.content) for _, one in records_of(stream.rstrip(b"\0") + bytes(4)) if one.kind not in kinds]


class TestResultsInAnXls:
    def test_leave_everything_else_as_it_was(self, tmp_path: Path) -> None:
        source, target = register(tmp_path / "register.xls"), tmp_path / "back.xls"
        cells = [CellFill(REGISTER, row, 4, f"在家{row}") for row in range(3, 43)]
        cells += [CellFill(REGISTER, row, 5, date(2022, 4, 6), as_text=False) for row in range(3, 43)]
        report = fill_workbook(source, target, cells)
        assert (report.target, report.filled, report.overwritten, report.notes) == (target, 80, 0, ())
        filled = {(REGISTER, one.row - 1, one.column) for one in cells}
        assert seen(target, without=filled) == seen(source, without=filled)
        page = opened(target).sheet_by_name(REGISTER)
        assert page.cell_value(2, 4) == "在家3" and page.cell_value(41, 4) == "在家42"
        assert xlrd.xldate_as_datetime(page.cell_value(2, 5), 0).date() == date(2022, 4, 6)
        before, after = opened(source), opened(target)
        assert all(
            look(before, before.sheet_by_name(name).cell(row, column)) == look(after, page.cell(row, column))
            for name, row, column in filled
        )

    def test_change_no_record_but_those_of_the_filled_cells_and_the_tables_of_places(self, tmp_path: Path) -> None:
        source, target = register(tmp_path / "register.xls"), tmp_path / "back.xls"
        fill_workbook(source, target, [CellFill(REGISTER, 3, 4, "在家")])
        moved = {BOUNDSHEET, 0x00FC, 0x003C, 0x00FF, 0x020B, 0x00D7, 0x00BE, 0x0201, 0x00FD}
        assert untouched(target, moved) == untouched(source, moved)

    def test_are_never_written_over_formulas_or_under_merged_cells(self, tmp_path: Path) -> None:
        source, target = register(tmp_path / "register.xls"), tmp_path / "back.xls"
        for cell, code in (
            (CellFill(REGISTER, 3, 3, 1), "formula_cell"),
            (CellFill(REGISTER, 1, 2, "x"), "merged_cell"),
        ):
            with pytest.raises(ReturnRefused) as refusal:
                fill_workbook(source, target, [cell])
            assert refusal.value.code == f"return.{code}"
        assert not target.exists()

    def test_take_new_columns_in_the_look_of_their_neighbours_under_a_wider_title(self, tmp_path: Path) -> None:
        source, target = register(tmp_path / "register.xls"), tmp_path / "back.xls"
        columns = NewColumns(REGISTER, 2, ["核查人", "备注"], {3: ["网格员", "电话核实"], 42: ["x", ""]})
        report = append_columns(source, target, columns)
        assert (report.first_new_column, report.filled) == (6, 5)
        book = opened(target)
        page = book.sheet_by_name(REGISTER)
        assert page.merged_cells == [(0, 1, 0, 8)]
        assert [page.cell_value(1, at) for at in (5, 6, 7)] == ["核查时间", "核查人", "备注"]
        assert look(book, page.cell(1, 6)) == look(book, page.cell(1, 5))
        assert page.row_values(2)[6:] == ["网格员", "电话核实"]
        before = seen(source)
        after = seen(target)
        assert all(after[key] == value for key, value in before.items() if key != (REGISTER, "merged"))

    def test_that_a_drop_down_list_does_not_know_are_left_out_and_named(self, tmp_path: Path) -> None:
        source, target = with_list(register(tmp_path / "register.xls")), tmp_path / "back.xls"
        report = fill_workbook(source, target, [CellFill(REGISTER, 3, 4, "在家"), CellFill(REGISTER, 4, 4, "不知道")])
        assert report.filled == 1
        told = [(one.code, one.row, one.allowed) for one in report.problems]
        assert told == [("return.not_in_list", 4, ("在家", "外出"))]
        assert untouched(target, set()).count(next(one for one in untouched(source, set()) if one[0] == DV)) == 1

    def test_of_many_texts_and_rows_are_all_there(self, tmp_path: Path) -> None:
        source, target = sender_list("05"), tmp_path / "back.xls"
        rows = {row: [f"结果{row}" * 40, f"说明{row}"] for row in range(3, 369)}
        report = append_columns(source, target, NewColumns("应检未检", 2, ["核查结果", "核查情况"], rows))
        assert (report.target.suffix, report.first_new_column) == (".xls", 9)
        page = opened(target).sheet_by_index(0)
        assert [page.cell_value(row - 1, 9) for row in rows] == [texts[0] for texts in rows.values()]
        old = opened(source).sheet_by_index(0)
        assert all(page.row_values(at)[:9] == old.row_values(at) for at in range(1, old.nrows))


def with_list(path: Path) -> Path:
    """Put a drop-down list (在家, 外出) over the result column."""
    wide = "在家\0外出".encode("utf-16-le")
    tokens = b"\x17" + struct.pack("<BB", 5, 1) + wide
    texts = struct.pack("<HB", 1, 0) + b"\0"
    content = struct.pack("<I", 3 | 0x80 | 0x80000) + texts * 4 + struct.pack("<HH", len(tokens), 0) + tokens
    content += struct.pack("<HH", 0, 0) + struct.pack("<H4H", 1, 2, 41, 4, 4)
    file = CompoundFile(path)
    stream = file.stream("Workbook") or b""
    records, sheets = [one for _, one in records_of(stream.rstrip(b"\0") + bytes(4))], 0
    for at, record in enumerate(records):
        sheets += record.kind == EOF
        if record.kind == EOF and sheets == 2:
            inserted = [Record(0x01B2, struct.pack("<HIIIi", 0, 0, 0, 0xFFFFFFFF, 1)[:18]), Record(DV, content)]
            moved = len(packed(inserted))
            records[at:at] = inserted
            break
    later = [one for one in records if one.kind == BOUNDSHEET][1]
    later.content = struct.pack("<I", struct.unpack_from("<I", later.content)[0] + moved) + later.content[4:]
    file.replace("Workbook", packed(records))
    file.save(path)
    return path


class TestACompoundFile:
    @pytest.mark.parametrize("size", [4096, 40_000, 9_000_000])
    def test_takes_a_stream_of_any_size_and_keeps_the_others(self, tmp_path: Path, size: int) -> None:
        path = register(tmp_path / "register.xls")
        for wanted in (bytes(range(256)) * (size // 256), b"x" * 5000):
            file = CompoundFile(path)
            file.replace("Workbook", wanted)
            file.save(path)
            assert CompoundFile(path).stream("Workbook") == wanted
        assert path.stat().st_size % 512 == 0

    def test_that_was_cut_off_is_refused_in_words(self, tmp_path: Path) -> None:
        whole = register(tmp_path / "register.xls").read_bytes()
        cut = tmp_path / "cut.xls"
        for share in (3, 20, 60, 95):
            cut.write_bytes(whole[: len(whole) * share // 100])
            with pytest.raises(ReturnRefused) as refusal:
                fill_workbook(cut, tmp_path / "back.xls", [CellFill(REGISTER, 3, 4, "在家")])
            assert refusal.value.code == "return.unreadable"

"""Text files keep every byte of the lines that are not filled; .ods and .xls come back too."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from lianfang.core.lists.returns import CellFill, NewColumns, ReturnRefused, append_columns, fill_workbook
from lianfang.core.lists.returns.texttable import read_table

from .compare import changed_parts, parts, sender_list, values


def lines_of(raw: bytes) -> list[bytes]:
    return raw.split(b"\r\n")


class TestTextFiles:
    def test_of_the_railway_stay_in_gbk_with_their_line_ends(self, tmp_path: Path) -> None:
        source, target = sender_list("02"), tmp_path / "back.csv"
        columns = NewColumns("", 1, ["hcjg", "bz"], {2: ["01", "在家"], 481: ["03", "转推,松岗"]})
        report = append_columns(source, target, columns)
        old, new = lines_of(source.read_bytes()), lines_of(target.read_bytes())
        assert (report.first_new_column, report.filled, report.notes) == (11, 6, ())
        assert new[0] == old[0] + b",hcjg,bz"
        assert new[1] == old[1] + ",01,在家".encode("gbk")
        assert new[480] == old[480] + ',03,"转推,松岗"'.encode("gbk")
        assert new[2:480] == old[2:480] and new[481:] == old[481:]

    def test_of_the_pharmacy_keep_their_mark_and_broken_lines(self, tmp_path: Path) -> None:
        source, target = sender_list("19"), tmp_path / "back.csv"
        raw = source.read_bytes()
        table = read_table(raw, suffix=".csv")
        last = table.records[-1]
        assert last.line > len(table.records)
        fill_workbook(source, target, [CellFill("", last.line, 8, "查无此人"), CellFill("", 2, 8, '说"在"')])
        new = target.read_bytes()
        assert new.startswith(b"\xef\xbb\xbf") and new.count(b"\r\n") == raw.count(b"\r\n")
        rows = list(csv.reader(io.StringIO(new.decode("utf-8-sig"), newline="")))
        assert (rows[-1][8], rows[1][8]) == ("查无此人", '说"在"')
        assert lines_of(new)[2:-2] == lines_of(raw)[2:-2]

    def test_pasted_from_excel_keep_tabs_and_quoted_cells(self, tmp_path: Path) -> None:
        source, target = sender_list("10"), tmp_path / "back.tsv"
        raw = source.read_bytes()
        table = read_table(raw, suffix=".tsv")
        rows = {record.line: ["已到岗"] for record in table.records[1:]}
        append_columns(source, target, NewColumns("", 1, ["核查结果"], rows))
        old = list(csv.reader(io.StringIO(raw.decode(), newline=""), delimiter="\t"))
        new = list(csv.reader(io.StringIO(target.read_bytes().decode(), newline=""), delimiter="\t"))
        assert len(new) == len(old) == 151
        assert [row[:-1] for row in new] == old and {row[-1] for row in new[1:]} == {"已到岗"}

    def test_from_a_chat_get_their_result_behind_a_tab(self, tmp_path: Path) -> None:
        source, target = sender_list("09"), tmp_path / "back.txt"
        fill_workbook(source, target, [CellFill("", 6, 1, "已采样")])
        old, new = source.read_bytes().split(b"\n"), target.read_bytes().split(b"\n")
        assert new[5] == old[5] + "\t已采样".encode()
        assert new[:5] + new[6:] == old[:5] + old[6:]

    def test_never_get_a_cell_that_computes(self, tmp_path: Path) -> None:
        source, target = tmp_path / "s.csv", tmp_path / "t.csv"
        source.write_bytes(b'a,b,="1"\na,b,c\n')
        fills = [CellFill("", 1, 1, "=1+1"), CellFill("", 2, 0, "@SUM"), CellFill("", 2, 1, -5)]
        fill_workbook(source, target, fills)
        assert target.read_bytes() == b"a,'=1+1,=\"1\"\n'@SUM,-5,c\n"
        with pytest.raises(ReturnRefused) as refusal:
            fill_workbook(source, target, [CellFill("", 1, 2, "x")])
        assert refusal.value.code == "return.formula_cell"

    def test_say_when_a_rare_character_is_not_in_gbk(self, tmp_path: Path) -> None:
        source, target = tmp_path / "s.csv", tmp_path / "t.csv"
        source.write_bytes("姓名,结果\n某,\n".encode("gbk"))
        report = fill_workbook(source, target, [CellFill("", 2, 1, "𠮷")])
        assert report.notes == ("return.character_outside_gbk",)
        assert target.read_bytes().decode("gb18030") == "姓名,结果\n某,𠮷\n"

    def test_have_no_record_inside_a_record(self, tmp_path: Path) -> None:
        source = tmp_path / "s.csv"
        source.write_bytes(b'a,"b\nc"\nd,e')
        with pytest.raises(ReturnRefused) as refusal:
            fill_workbook(source, tmp_path / "t.csv", [CellFill("", 2, 1, "x")])
        assert refusal.value.code == "return.no_such_cell"

    @given(raw=st.one_of(st.binary(max_size=80), st.text('a,"\t\n\r;|是', max_size=60).map(str.encode)))
    def test_come_out_as_they_went_in(self, raw: bytes) -> None:
        assume(not raw.startswith((b"\xff\xfe", b"\xfe\xff")))  # damaged UTF-16 is refused
        assert read_table(raw, suffix=".csv").to_bytes() == raw

    @given(rows=st.lists(st.lists(st.text('ab,"\n 是', max_size=5), min_size=2, max_size=4), min_size=1, max_size=6))
    def test_read_as_the_csv_reader_reads_them(self, rows: list[list[str]]) -> None:
        file = io.StringIO(newline="")
        csv.writer(file).writerows(rows)
        table = read_table(file.getvalue().encode(), suffix=".csv")
        assert [[table.plain(one) for one in record.fields] for record in table.records] == rows


class TestAnOdsFile:
    def test_splits_repeated_rows_and_changes_only_its_content(self, tmp_path: Path) -> None:
        source, target = sender_list("11"), tmp_path / "back.ods"
        (sheet,) = CalamineWorkbook.from_path(str(source)).sheet_names
        old = values(source, sheet)
        fills = [
            CellFill(sheet, 6, 8, "三人\n已核  实"),
            CellFill(sheet, 1000, 3, "远"),
            CellFill(sheet, 7, 11, 2, False),
        ]
        report = fill_workbook(source, target, fills)
        assert report.filled == 3 and report.overwritten == 1
        assert changed_parts(source, target) == {"content.xml"}
        new = values(target, sheet)
        assert (new[5][8], new[999][3], new[6][11]) == ("三人\n已核  实", "远", 2.0)
        kept = [line[:9] for number, line in enumerate(new[: len(old)]) if number != 5]
        assert kept == [line for number, line in enumerate(old) if number != 5]
        assert b'number-rows-repeated="' in parts(target)["content.xml"]

    def test_refuses_cells_under_merged_ones(self, tmp_path: Path) -> None:
        source = sender_list("11")
        (sheet,) = CalamineWorkbook.from_path(str(source)).sheet_names
        with pytest.raises(ReturnRefused) as refusal:
            fill_workbook(source, tmp_path / "back.ods", [CellFill(sheet, 1, 2, "x")])
        assert refusal.value.code == "return.merged_cell"


def test_a_file_cut_off_in_transfer_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ReturnRefused) as refusal:
        fill_workbook(sender_list("18"), tmp_path / "back.xlsx", [CellFill("x", 1, 1, "x")])
    assert refusal.value.code == "return.unreadable"

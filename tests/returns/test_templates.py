"""Upper-level forms are recognised and filled without breaking their layout."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from lianfang.core.lists.returns import (
    CellFill,
    FillReport,
    ReturnRefused,
    TemplateLayout,
    Value,
    build_rows,
    fill_template,
    fill_workbook,
    read_profile,
    read_template,
)

from .compare import FORMS, changed_parts, form, look, old_texts_kept, parts, sender_list, values, without_cells

SHEET1, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def people(count: int, layout: TemplateLayout) -> list[dict[str, Value]]:
    outcomes = layout.choices["outcome"]
    return [
        {
            "person.name": f"王{number}",
            "document.number": "999999199001010016",
            "outcome": outcomes[number % len(outcomes)],
            "note": "另有备注",
            "nothing.of.ours": "x",
        }
        for number in range(count)
    ]


def fill(path: Path, target: Path, count: int) -> tuple[TemplateLayout, FillReport]:
    layout = read_template(path)
    rows = people(count, layout)
    report = fill_template(
        path, target, sheet=layout.sheet, first_row=layout.first_row, columns=layout.columns, rows=rows
    )
    return layout, report


class TestTheCityForm:
    def test_is_recognised_by_its_labels(self) -> None:
        layout = read_template(form("A"))
        assert (layout.sheet, layout.header_rows, layout.first_row, layout.last_row) == ("回传表", (3,), 4, 303)
        assert [layout.columns[name] for name in ("sequence", "outcome", "measure", "work.done_by.phone")] == [
            0,
            5,
            9,
            12,
        ]
        assert (len(layout.columns), layout.unknown, layout.meanings) == (14, (), {})
        assert layout.choices["measure"][0] == "集中隔离"
        assert layout.choice("outcome", "失联") is None and layout.choice("note", "随便") == "随便"

    def test_takes_rows_into_its_prepared_lines_and_changes_nothing_else(self, tmp_path: Path) -> None:
        target = tmp_path / "a.xlsx"
        _, report = fill(form("A"), target, 300)
        assert (report.filled, report.rows_inserted, report.problems) == (1200, 0, ())
        assert changed_parts(form("A"), target) == {SHEET1, TEXTS}
        cells = {f"{column}{row}" for column in "BCFN" for row in range(4, 304)}
        old, new = parts(form("A")), parts(target)
        assert without_cells(old[SHEET1], cells) == without_cells(new[SHEET1], cells)
        assert old_texts_kept(old[TEXTS], new[TEXTS])
        assert values(target, "回传表")[303 - 1][:3] == [300.0, "王299", "999999199001010016"]

    def test_grows_and_pushes_its_note_down(self, tmp_path: Path) -> None:
        target = tmp_path / "a.xlsx"
        _, report = fill(form("A"), target, 340)
        assert report.rows_inserted == 40
        assert changed_parts(form("A"), target) == {SHEET1, TEXTS}
        book = openpyxl.load_workbook(target)
        page = book["回传表"]
        assert page["A345"].value.startswith("说明：") and page["A305"].value == 302
        assert {str(one) for one in page.merged_cells.ranges} == {"A1:N1", "A2:N2", "A345:N345"}
        lists = {str(one.sqref): one.formula1 for one in page.data_validations.dataValidation}
        assert lists["F4:F343"] == "字典!$A$1:$A$10" and lists["K4:K343"] == "43831" and len(lists) == 5
        assert [page[f"A{row}"].value for row in (304, 343)] == [301, 340]
        assert look(target, "回传表", "C343") == look(form("A"), "回传表", "C303")
        assert look(target, "回传表", "B345") == look(form("A"), "回传表", "B305")
        assert book["字典"].sheet_state == "hidden" and page.column_dimensions["H"].width == 40.7109375


class TestTheProvincialForm:
    def test_is_recognised_by_its_hidden_codes(self) -> None:
        layout = read_template(form("B"))
        assert (layout.code_row, layout.header_rows, layout.hint_rows, layout.first_row) == (1, (2,), (3,), 4)
        profile = read_profile(FORMS / "export_profile_省平台.csv")
        assert [layout.codes[column] for column in range(15)] == list(profile.names)
        assert {one.source for one in profile.fields} == set(layout.columns)
        assert layout.required == {one.source for one in profile.fields if one.required}
        assert layout.meanings["measure"]["03"] == "居家健康监测" and layout.choice("person.sex", "女") == "2"

    def test_takes_the_rows_of_an_export_profile(self, tmp_path: Path) -> None:
        layout, target = read_template(form("B")), tmp_path / "b.xlsx"
        profile = read_profile(FORMS / "export_profile_省平台.csv")
        records = [
            {
                "person.name": f"王{number}",
                "document.type": "111",
                "document.number": "999999199001010016",
                "area.community": "999999001001",
                "outcome": "在本辖区—已管控",
                "measure": "居家健康监测",
                "measure.starts_on": date(2022, 4, 6),
                "work.done_at": "2022-04-06T14:30:00+08:00",
            }
            for number in range(260)
        ]
        tables = {
            name: {words: code for code, words in layout.meanings[source].items()}
            for name, source in (("hcjg", "outcome"), ("gkcs", "measure"))
        }
        rows, problems = build_rows(profile, records, code_tables=tables)
        assert problems == []
        columns = {code: column for column, code in layout.codes.items()}
        report = fill_template(form("B"), target, sheet="data", first_row=4, columns=columns, rows=rows)
        assert (report.rows_inserted, report.problems) == (60, ())
        last = values(target, "data")[262]
        assert last[:3] == ["王259", "111", "999999199001010016"]
        assert last[9:14] == ["01", "03", "20220406", "", "20220406143000"]
        page = openpyxl.load_workbook(target)["data"]
        assert page.row_dimensions[1].hidden and page["A1"].value == "xm"
        assert {str(one.sqref) for one in page.data_validations.dataValidation} == {
            f"{column}4:{column}263" for column in "BEJK"
        }
        assert page["C263"].number_format == "@"


class TestTheInquiryForm:
    def test_is_recognised_by_its_two_header_rows(self) -> None:
        layout = read_template(form("C"))
        assert (layout.header_rows, layout.first_row, layout.last_row) == ((5, 6), 7, 206)
        assert layout.headings[9] == "处置信息/结果代码" and layout.columns["outcome"] == 9
        assert layout.choice("outcome", "不在本辖区—转推") == "03"

    @pytest.mark.parametrize(("count", "last", "note"), [(3, 206, 208), (230, 236, 238)])
    def test_counts_all_rows_in_its_summary(self, tmp_path: Path, count: int, last: int, note: int) -> None:
        target = tmp_path / "c.xlsx"
        _, report = fill(form("C"), target, count)
        assert report.rows_inserted == max(count - 200, 0)
        page = openpyxl.load_workbook(target)["反馈"]
        assert page["B3"].value == f"=COUNTA(B7:B{last})"
        assert page["F3"].value == f'=COUNTIF(J7:J{last},"01")+COUNTIF(J7:J{last},"02")'
        assert page["L3"].value == "=IF(B3=0,0,D3/B3)"
        assert page[f"A{note}"].value.startswith("经办单位") and page[f"A{last}"].value == last - 6
        merged = {str(one) for one in page.merged_cells.ranges}
        assert {"A5:A6", "J5:L5", "C2:F2", f"A{note}:L{note}"} <= merged and len(merged) == 10
        assert [str(one.sqref) for one in page.data_validations.dataValidation] == [f"J7:J{last}"]
        assert page["J7"].value == "01" and page["J7"].number_format == "@"

    def test_shows_no_old_sums(self, tmp_path: Path) -> None:
        target = tmp_path / "c.xlsx"
        fill(form("C"), target, 5)
        computed = openpyxl.load_workbook(target, data_only=True)["反馈"]
        assert computed["B3"].value is None and computed["L3"].value is None
        assert b'fullCalcOnLoad="1"' in parts(target)["xl/workbook.xml"]

    def test_takes_number_and_deadline_into_its_head_beforehand(self, tmp_path: Path) -> None:
        headed, target = tmp_path / "headed.xlsx", tmp_path / "c.xlsx"
        fill_workbook(
            form("C"), headed, [CellFill("反馈", 2, 2, "云疫协〔2022〕7号"), CellFill("反馈", 2, 8, "4月7日12时")]
        )
        fill(headed, target, 210)
        page = openpyxl.load_workbook(target)["反馈"]
        assert (page["C2"].value, page["I2"].value) == ("云疫协〔2022〕7号", "4月7日12时")


@pytest.fixture
def odd_form(tmp_path: Path) -> Path:
    """Two prepared rows with a formula, a merged pair and a fixed word; a total and a signature below, a second sheet
    that looks at the table, a printing area, a comment and a chart."""
    path = tmp_path / "odd.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page, other = book.add_worksheet("表 一"), book.add_worksheet("汇总")
        page.write_row("A1", ["序号", "姓名", "手机号码", "核查结果", "单位", "天数"])
        for row in (1, 2):
            page.write_number(row, 0, row)
            page.write_string(row, 4, "云澜街道")
            page.write_formula(row, 5, f"=COUNTIF($B$2:B{row + 1},B{row + 1})+SUM(G{row + 1}:H{row + 1})", None, 1)
            page.merge_range(row, 8, row, 9, "")
        page.write_formula("F4", "=SUM(F2:F3)", None, 2)
        page.write_string("A5", "签名")
        page.write_comment("A5", "盖章")
        page.conditional_format("D2:D3", {"type": "formula", "criteria": '=$D2="转推"'})
        page.print_area("A1:J5")
        page.autofilter("A1:F3")
        other.write_formula("A1", "=COUNTA('表 一'!B2:B3)&'表 一'!A5", None, "old")
        other.write_formula("A2", "=SUM(A2:A3)", None, 7)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "='表 一'!$F$2:$F$3"})
        page.insert_chart("L7", chart)
    return path


class TestAnyForm:
    def test_moves_everything_that_points_at_moved_rows(self, odd_form: Path, tmp_path: Path) -> None:
        target = tmp_path / "t.xlsx"
        layout = read_template(odd_form)
        assert (layout.first_row, layout.last_row) == (2, 3)
        rows: list[dict[str, Value]] = [{"person.name": f"王{number}"} for number in range(5)]
        fill_template(odd_form, target, sheet="表 一", first_row=2, columns=layout.columns, rows=rows)
        book = openpyxl.load_workbook(target)
        page = book["表 一"]
        assert [page[f"A{row}"].value for row in range(2, 9)] == [1, 2, 3, 4, 5, None, "签名"]
        assert {page[f"E{row}"].value for row in range(2, 7)} == {"云澜街道"}
        assert page["F3"].value == "=COUNTIF($B$2:B3,B3)+SUM(G3:H3)"
        assert page["F6"].value == "=COUNTIF($B$2:B6,B6)+SUM(G6:H6)"
        assert page["F7"].value == "=SUM(F2:F6)" and page["A8"].comment.text == "盖章"
        assert {str(one) for one in page.merged_cells.ranges} == {f"I{row}:J{row}" for row in range(2, 7)}
        assert [str(one.sqref) for one in page.conditional_formatting] == ["D2:D6"]
        assert (page.auto_filter.ref, page.print_area) == ("A1:F6", "'表 一'!$A$1:$J$8")
        assert book["汇总"]["A1"].value == "=COUNTA('表 一'!B2:B6)&'表 一'!A8"
        assert openpyxl.load_workbook(target, data_only=True)["汇总"]["A2"].value == 7
        whole = parts(target)
        assert "'表 一'!$F$2:$F$6" in whole["xl/charts/chart1.xml"].decode()
        assert b"<x:Row>7</x:Row>" in whole["xl/drawings/vmlDrawing1.vml"]
        assert b"<xdr:row>9</xdr:row>" in whole["xl/drawings/drawing1.xml"]

    def test_without_prepared_rows_keeps_its_note_below_the_rows(self, tmp_path: Path) -> None:
        path, target = tmp_path / "bare.xlsx", tmp_path / "t.xlsx"
        book = openpyxl.Workbook()
        page = book.active
        page.title = "表"
        page.append(["姓名", "手机号码", "核查结果"])
        page["A6"] = "注：不得改动"
        page.merge_cells("A6:C6")
        book.save(path)
        layout = read_template(path)
        assert (layout.first_row, layout.last_row) == (2, 1)
        rows: list[dict[str, Value]] = [{"person.name": f"王{number}", "outcome": "在"} for number in range(10)]
        report = fill_template(path, target, sheet="表", first_row=2, columns=layout.columns, rows=rows)
        back = values(target, "表")
        assert report.rows_inserted == 7
        assert [line[0] for line in back] == ["姓名", *(f"王{number}" for number in range(10)), "", "注：不得改动"]
        assert [str(one) for one in openpyxl.load_workbook(target)["表"].merged_cells.ranges] == ["A13:C13"]

    def test_that_is_none_is_refused(self) -> None:
        with pytest.raises(ReturnRefused) as refusal:
            read_template(sender_list("18"))
        assert refusal.value.code == "return.unreadable"

    def test_without_known_labels_is_refused(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        book.active.append(["甲", "乙", "丙"])
        book.save(tmp_path / "x.xlsx")
        with pytest.raises(ReturnRefused) as refusal:
            read_template(tmp_path / "x.xlsx")
        assert refusal.value.code == "return.no_header"

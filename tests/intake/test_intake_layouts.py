"""Layouts people really use, pasted as text: which rows are people, which columns mean what."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.core.lists.intake.api import (
    Mapping,
    MappingRefused,
    RowContext,
    Sheet,
    Table,
    Workbook,
    content_key,
    find_table,
    find_tables,
    open_pasted,
    open_source,
    propose_mapping,
    read_rows,
    skipped_rows,
)
from lianfang.core.lists.intake.workbook import MergedRange
from lianfang.kernel.rowfacts import RowFacts

from .conftest import DAY, LISTS, opened

WANG = "王丽\t999999199001010016\t19900000001"


def people(text: str) -> list[RowFacts]:
    return [facts for facts, _ in read_rows(open_pasted(text), mappings=None, today=DAY)]


def table_of(text: str) -> Table:
    table = find_table(open_pasted(text).sheets[0])
    assert table is not None
    return table


def fields(text: str) -> dict[str, str]:
    return {guess.label: guess.field for guess in propose_mapping(table_of(text))}


def reasons(text: str) -> list[tuple[int, str]]:
    return [(one.first_row, one.reason) for _, one in skipped_rows(open_pasted(text))]


class TestRows:
    def test_without_any_header_are_told_by_their_content(self) -> None:
        one = people(f"{WANG}\t望湖花苑1幢1单元101室\n李强\t\t19900000003\t望湖花苑1幢1单元102室\n")
        assert [(facts.name, facts.phones, facts.address) for facts in one] == [
            ("王丽", ("19900000001",), "望湖花苑1幢1单元101室"),
            ("李强", ("19900000003",), "望湖花苑1幢1单元102室"),
        ]

    def test_of_totals_signatures_and_examples_are_no_people(self) -> None:
        text = (
            f"序号\t姓名\t身份证号\t电话\n例：\t李小明\t\t19900000000\n1\t{WANG}\n\t小计\t\t1\n2\t李强\t\t19900000003\n"
            "合计\t\t\t2\n填表人：张三\t\t审核人：李四 19900000009\n"
        )
        assert [facts.name for facts in people(text)] == ["王丽", "李强"]
        assert reasons(text) == [(1, "header"), (2, "example"), (4, "total"), (6, "total"), (7, "note")]

    def test_of_a_repeated_header_are_left_out(self) -> None:
        text = f"姓名\t身份证号\t电话\n{WANG}\n姓名\t身份证号\t电话\n李强\t\t19900000003\n"
        assert [facts.sheet_row for facts in people(text)] == [2, 4]

    def test_that_name_nobody_are_kept_with_a_problem(self) -> None:
        one = people("姓名\t电话\t地址\n王丽\t19900000001\t\n\t\t望湖花苑1幢1单元102室\n李强\t19900000002\t\n")
        assert [facts.data_row for facts in one] == [1, 2, 3]
        assert [problem.code for problem in one[1].problems] == ["row.nobody"]

    @pytest.mark.parametrize("words", ["无", "今日无新增人员", "/\t/\t/", "1\t无\t无", "零报告"])
    def test_that_say_nobody_make_a_zero_report(self, words: str) -> None:
        table = table_of(f"序号\t姓名\t电话\n{words}\n")
        assert (table.kind, table.stated_zero, table.body) == ("zero_report", True, [])

    def test_under_a_second_header_with_other_columns_are_a_second_table(self) -> None:
        text = (
            f"一、密接\n序号\t姓名\t身份证号\t电话\n1\t{WANG}\n\n二、次密接\n序号\t电话\t姓名\t地址\n"
            "1\t19900000003\t李强\t望湖花苑1幢1单元102室\n"
        )
        assert [table.key for table in find_tables(open_pasted(text).sheets[0])] == ["", "#2"]
        assert [(facts.data_row, facts.name, facts.phones) for facts in people(text)] == [
            (1, "王丽", ("19900000001",)),
            (2, "李强", ("19900000003",)),
        ]

    def test_of_a_form_printed_twice_side_by_side_are_two_people(self) -> None:
        text = "序号\t姓名\t电话\t序号\t姓名\t电话\n1\t王丽\t19900000001\t2\t李强\t19900000003\n"
        assert [(facts.name, facts.phones) for facts in people(text)] == [
            ("王丽", ("19900000001",)),
            ("李强", ("19900000003",)),
        ]

    def test_of_a_family_share_the_telephone_and_deal_out_as_many_numbers_as_people(self) -> None:
        text = (
            "姓名\t身份证号\t电话\n王丽（户主）、李强(丈夫)\t999999199001010016、999999202002290026\t19900000001\n"
            "赵敏等3人\t\t19900000005\n"
        )
        one = people(text)
        assert [(facts.part, facts.name, facts.identity[-4:]) for facts in one] == [
            (1, "王丽", "0016"),
            (2, "李强", "0026"),
            (1, "赵敏", ""),
        ]
        assert one[1].phones == ("19900000001",)
        assert one[2].extra["household_size"] == "3"

    def test_merged_downwards_give_their_value_to_every_person_beside_them(self) -> None:
        rows: list[list[object]] = [["姓名", "电话", "家庭住址"], ["王丽", "19900000001", "望湖花苑1幢1单元101室"]]
        rows.append(["李强", "19900000002"])
        sheet = Sheet("表", [list(row) for row in rows], [1, 2, 3], 3, merged=(MergedRange(2, 2, 3, 2),))  # type: ignore[arg-type]  # object cells
        facts = [one for one, _ in read_rows(Workbook("xlsx", [sheet]), mappings=None, today=DAY)]
        assert [one.address for one in facts] == ["望湖花苑1幢1单元101室"] * 2


class TestColumns:
    def test_of_two_header_rows_without_merges_are_joined(self) -> None:
        text = (
            "序号\t姓名\t联系方式\t\t居住地址\t\t\n\t\t手机\t座机\t小区\t楼栋\t房号\n"
            "1\t王丽\t19900000001\t0590-88000011\t望湖花苑\t3\t402\n"
        )
        assert table_of(text).header_rows == (1, 2)
        one = people(text)[0]
        assert (one.phones, one.address) == (("19900000001", "0590-88000011"), "望湖花苑3幢402室")

    def test_that_speak_of_other_people_are_not_the_person(self) -> None:
        text = (
            "姓名\t身份证号\t紧急联系人\t紧急联系人电话\t本人电话\n"
            "王丽\t999999199001010016\t李强\t19900000002\t19900000001\n"
        )
        assert people(text)[0].phones == ("19900000001",)

    def test_under_a_group_of_other_people_are_not_the_person(self) -> None:
        text = (
            "病例信息\t\t密接信息\t\t\n姓名\t电话\t姓名\t电话\t身份证号\n"
            "王丽\t19900000001\t李强\t19900000003\t999999199001010016\n"
        )
        assert [(facts.name, facts.phones) for facts in people(text)] == [("李强", ("19900000003",))]

    def test_are_recognised_with_remarks_stars_and_spaces_in_the_label(self) -> None:
        text = (
            "姓  名（必填）\t身份证号码（18位）\t手机号码*\t现住址（具体到门牌号）\n"
            + WANG
            + "\t望湖花苑1幢1单元101室\n"
        )
        assert list(fields(text).values()) == ["name", "identity", "phone", "address"]

    def test_with_a_wrong_label_are_told_by_content_and_less_sure(self) -> None:
        text = (
            "姓名\t联系电话\t身份证号\n王丽\t999999199001010016\t19900000001\n李强\t999999202002290026\t19900000002\n"
        )
        guesses = propose_mapping(table_of(text))
        assert [(guess.field, guess.why) for guess in guesses[1:]] == [
            ("identity", "content_against_label"),
            ("phone", "content_against_label"),
        ]
        assert all(guess.confidence <= 0.6 for guess in guesses[1:])

    def test_of_a_guardian_lend_the_telephone_when_there_is_no_other(self) -> None:
        text = "学生姓名\t家长姓名\t家长电话\n王小宝\t王丽\t19900000001\n"
        one = people(text)[0]
        assert (one.name, one.phones, one.extra["householder"]) == ("王小宝", ("19900000001",), "王丽")

    def test_of_two_documents_give_whichever_is_filled(self) -> None:
        text = "姓名\t身份证号\t护照号\n王丽\t\tZZ0001029\n李强\t999999199001010016\t\n"
        assert [facts.identity for facts in people(text)] == ["ZZ0001029", "999999199001010016"]


class TestDistrustOfRoundedNumbers:
    def test_begins_when_the_column_shows_that_digits_were_eaten(self) -> None:
        rounded = "999999199001018000"
        clean = people(f"姓名\t身份证号\n王丽\t{rounded}\n李强\t999999199001010016\n")
        eaten = people(f"姓名\t身份证号\n王丽\t{rounded}\n李强\t9.99999E+17\n")
        assert "identity.digits_lost" in {problem.code for problem in eaten[0].problems}
        assert eaten[0].identity == ""
        assert eaten[1].identity == ""
        assert clean[1].identity == "999999199001010016"


class TestAMapping:
    def test_survives_json_and_recognises_the_same_form(self) -> None:
        table = find_table(opened("12").sheets[0])
        again = find_table(opened("13").sheets[0])
        assert table is not None
        assert again is not None
        mapping = Mapping.of_table(table)
        assert Mapping.from_json(mapping.to_json()) == mapping
        assert mapping.signature == Mapping.of_table(again).signature

    def test_fits_the_same_columns_in_another_order(self) -> None:
        mapping = Mapping.of_table(table_of(f"姓名\t身份证号\t电话\n{WANG}\n"))
        other = table_of("电话\t姓 名\t身份证号\n19900000001\t王丽\t999999199001010016\n")
        adapted = mapping.adapted_to(other)
        assert adapted is not None
        assert adapted.fields == ("phone", "name", "identity")
        assert mapping.adapted_to(table_of("姓名\t电话\n王丽\t19900000001\n")) is None

    @pytest.mark.parametrize(
        ("chosen", "code"),
        [
            (["name", "name", "phone"], "mapping.field_twice"),
            (["name", "shoe_size", "phone"], "mapping.unknown_field"),
            (["ignore", "ignore", "ignore"], "mapping.nobody"),
            (["name"], "mapping.shape"),
        ],
    )
    def test_is_refused_by_name_when_it_cannot_be_used(self, chosen: list[str], code: str) -> None:
        table = table_of(f"姓名\t身份证号\t电话\n{WANG}\n")
        with pytest.raises(MappingRefused) as refused:
            Mapping.of_table(table, fields=chosen)
        assert refused.value.code == code

    def test_chosen_by_a_person_wins_over_the_guess(self) -> None:
        workbook = open_pasted("甲\t乙\t联系人\n王丽\t李强\t19900000001\n")
        table = table_of("姓名\t备注\t电话\n王丽\t李强\t19900000001\n")
        mapping = Mapping.of_table(table, fields=["note", "name", "phone"])
        book = Workbook("pasted", [table.sheet])
        facts = [one for one, _ in read_rows(book, mappings={table.key: mapping}, today=DAY)]
        assert [(one.name, one.extra["note"]) for one in facts] == [("李强", "王丽")]
        assert workbook.kind == "pasted"


class TestContext:
    def test_of_the_list_fills_the_compound_of_a_chain(self) -> None:
        workbook = open_pasted("1. 王丽 3-1-201 19900000001\n2. 李强 3-1-202 19900000002\n")
        context = RowContext(compound="望湖花苑")
        assert {facts.compound for facts, _ in read_rows(workbook, mappings=None, today=DAY, context=context)} == {
            "望湖花苑"
        }


class TestContentKey:
    def test_is_the_same_for_a_list_saved_in_another_format(self) -> None:
        written = io.StringIO()
        sheet = opened("12").sheets[0]
        for row in sheet.rows:
            csv.writer(written).writerow(f"{cell:%Y/%m/%d}" if isinstance(cell, date) else cell for cell in row)
        assert content_key(open_pasted(written.getvalue())) == content_key(opened("12"))

    def test_differs_when_one_telephone_was_corrected(self) -> None:
        assert content_key(opened("12")) != content_key(opened("13"))

    def test_and_the_bytes_are_known(self) -> None:
        path = next(LISTS.glob("12_*"))
        assert open_source(path, filename=path.name).sha256 == opened("12").sha256


cells = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


class TestAnyPaste:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.lists(cells, min_size=1, max_size=5), min_size=1, max_size=8))
    def test_is_read_or_refused_and_every_row_is_accounted_for(self, rows: list[list[str]]) -> None:
        text = "姓名\t身份证号\t电话\n王丽\t\t19900000001\n" + "\n".join("\t".join(row) for row in rows)
        sheet = open_pasted(text).sheets[0]
        told = [sheet.numbers[index] for table in find_tables(sheet) for index in table.body] + list(sheet.continued)
        for table in find_tables(sheet):
            for one in table.skipped:
                told.extend(range(one.first_row, one.last_row + 1))
        assert sorted(told) == list(range(1, sheet.height + 1))
        assert len(people(text)) >= sum(len(table.body) for table in find_tables(sheet))


class TestANumberOfAHousehold:
    def test_is_no_document_of_the_person(self):
        lines = ["姓名\t证件号码\t联系电话\t户编号"]
        lines += [f"王芳\t\t1990001000{at}\tH000000{at}" for at in range(5)]
        facts = [facts for facts, _ in read_rows(open_pasted("\n".join(lines)), mappings=None, today=DAY)]
        assert [one.identity for one in facts] == [""] * 5

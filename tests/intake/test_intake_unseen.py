"""Layouts none of the town's lists has: every person comes out with name, number and telephone, and nobody else."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from lianfang.core.lists.intake.api import IntakeRefusal, open_pasted, open_source, propose_mapping, read_rows
from lianfang.core.lists.intake.tables import Table, find_tables
from lianfang.kernel.rowfacts import RowFacts

from .conftest import DAY, ledger

PEOPLE = [
    row
    for row in ledger().values()
    if len(row["id_no"]) == 18 and row["phone"].startswith("1990") and len(row["name"]) == 3 and row["room"]
][:120:10]
"""Twelve people of the town who have everything."""
Told = tuple[str, str, tuple[str, ...]]


def line(row: dict[str, str], *columns: str, between: str = "\t") -> str:
    return between.join(row[column] for column in columns)


def lines(*columns: str, count: int = 3, between: str = "\t") -> str:
    return "".join(f"{line(row, *columns, between=between)}\n" for row in PEOPLE[:count])


def told(text: str) -> list[Told]:
    found = [facts for facts, _ in read_rows(open_pasted(text), mappings=None, today=DAY)]
    return [(facts.name, facts.identity, facts.phones) for facts in found]


def facts_of(text: str) -> list[RowFacts]:
    return [facts for facts, _ in read_rows(open_pasted(text), mappings=None, today=DAY)]


def truth(count: int = 3) -> list[Told]:
    return [(row["name"], row["id_no"], (row["phone"],)) for row in PEOPLE[:count]]


def tables_of(text: str) -> list[Table]:
    return find_tables(open_pasted(text).sheets[0])


class TestLabels:
    def test_nobody_knows_are_a_header_all_the_same(self) -> None:
        text = "甲类\t乙类\t丙类\n" + lines("name", "id_no", "phone")
        assert told(text) == truth()
        assert tables_of(text)[0].labels == ("甲类", "乙类", "丙类")

    @pytest.mark.parametrize(
        "header",
        [
            "大名\t公民身份号\t可联络的号\t眼下住在哪里",
            "RYXM\tSFZHM\tLXDH\tXJZDZ",
            "租住人员\t租住人员身份证\t租住人员电话\t出租户地址",
            "姓名\t身分證號\t聯繫電話\t現住地址",
            "Full Name (Chinese)\tID Card No.\tMobile Tel.\tHome Addr.",
            "您的姓名是？\t您的身份证号码（用于核验）：\t您的手机号（必填）\t您目前居住在哪幢哪室？",
        ],
    )
    def test_in_other_words_are_recognised(self, header: str) -> None:
        found = facts_of(f"{header}\n" + lines("name", "id_no", "phone", "address"))
        assert [(one.name, one.identity, one.phones) for one in found] == truth()
        assert [one.address for one in found] == [row["address"] for row in PEOPLE[:3]]

    def test_with_a_day_in_them_are_no_values(self) -> None:
        text = "姓名\t4月5日核酸\t4月6日核酸\t身份证号码\t手机\n"
        text += "".join(f"{row['name']}\t阴\t未做\t{row['id_no']}\t{row['phone']}\n" for row in PEOPLE[:3])
        assert told(text) == truth()

    def test_of_three_rows_are_joined(self) -> None:
        text = "编号\t基本信息\t\t\n\t本人\t\t\n\t姓名\t身份证号\t电话\n"
        text += "".join(f"{at}\t{line(row, 'name', 'id_no', 'phone')}\n" for at, row in enumerate(PEOPLE[:3], start=1))
        assert told(text) == truth()

    def test_merged_over_three_rows_are_found_above_the_groups(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        page = book.worksheets[0]
        page.append(["姓名", "信息", None, "行程"])
        page.append([None, "证件信息", "联系", "抵达"])
        page.append([None, "身份证号", "手机", "日期"])
        for row in PEOPLE[:3]:
            page.append([row["name"], row["id_no"], row["phone"], "2022-04-05"])
        page.merge_cells("A1:A3")
        page.merge_cells("B1:C1")
        book.save(tmp_path / "three.xlsx")
        workbook = open_source(tmp_path / "three.xlsx", filename="three.xlsx")
        found = [facts for facts, _ in read_rows(workbook, mappings=None, today=DAY)]
        assert [(one.name, one.identity, one.phones) for one in found] == truth()
        assert [one.extra["arrived_at"] for one in found] == ["2022-04-05"] * 3


class TestNumbersOfOtherPeople:
    @pytest.mark.parametrize(
        "header",
        [
            "报告人\t报告人电话",
            "出租户\t出租户电话",
            "同住人姓名\t同住人身份证号",
            "介绍者\t介绍者号码",
            "邻居姓名\t邻居手机",
        ],
    )
    def test_are_never_taken_for_the_person(self, header: str) -> None:
        text = f"序号\t姓名\t身份证号\t电话\t{header}\n"
        for at, (row, other) in enumerate(zip(PEOPLE[:3], PEOPLE[6:9], strict=True), start=1):
            number = other["id_no"] if "身份证号" in header else other["phone"]
            text += f"{at}\t{row['name']}\t\t\t{other['name']}\t{number}\n"
        assert told(text) == [(row["name"], "", ()) for row in PEOPLE[:3]]

    def test_of_the_office_below_the_list_are_no_people(self) -> None:
        text = "姓名\t身份证号\t电话\n" + lines("name", "id_no", "phone")
        text += "\n工作人员联络表\n单位\t联络员\t职务\t办公电话\n望湖社区\t周敏\t书记\t0590-8812345\n"
        assert told(text) == truth()

    def test_who_give_only_a_contact_stand_for_the_household(self) -> None:
        text = "联系人\t联系人电话\t住址\n" + lines("name", "phone", "address")
        assert told(text) == [(row["name"], "", (row["phone"],)) for row in PEOPLE[:3]]


class TestPeopleBesideEachOther:
    @pytest.mark.parametrize("gap", ["", "\t"])
    def test_are_read_one_by_one(self, gap: str) -> None:
        text = f"姓名\t身份证号\t电话\t{gap}姓名\t身份证号\t电话\n"
        text += "".join(
            f"{line(PEOPLE[at], 'name', 'id_no', 'phone')}\t{gap}{line(PEOPLE[at + 3], 'name', 'id_no', 'phone')}\n"
            for at in range(3)
        )
        assert told(text) == truth(6)

    def test_under_numbered_labels_share_the_columns_that_have_none(self) -> None:
        text = "户号\t姓名1\t电话1\t姓名2\t电话2\t住址\n"
        text += f"1\t{line(PEOPLE[0], 'name', 'phone')}\t{line(PEOPLE[1], 'name', 'phone')}\t{PEOPLE[0]['address']}\n"
        found = facts_of(text)
        assert [(one.name, one.phones) for one in found] == [(row["name"], (row["phone"],)) for row in PEOPLE[:2]]
        assert {one.address for one in found} == {PEOPLE[0]["address"]}


class TestForms:
    def test_of_labels_with_values_beside_them_are_one_person_each(self) -> None:
        text = "".join(
            f"人员信息登记表\n编号\t{at}\n姓名\t{row['name']}\t性别\t{row['sex']}\n身份证号\t{row['id_no']}\n"
            f"联系电话\t{row['phone']}\t到达日期\t2022.4.5\n现住址\t{row['address']}\n\n"
            for at, row in enumerate(PEOPLE[:3], start=1)
        )
        assert told(text) == truth()
        assert [one.extra["arrived_at"] for one in facts_of(text)] == ["2022-04-05"] * 3
        assert {one.reason for one in tables_of(text)[0].skipped} == {"title", "form", "blank"}

    def test_of_lines_with_colons_too(self) -> None:
        text = "".join(
            f"姓名：{row['name']}\n身份证：{row['id_no']}\n电话：{row['phone']}\n住址：{row['address']}\n\n"
            for row in PEOPLE[:3]
        )
        assert told(text) == truth()
        assert [one.address for one in facts_of(text)] == [row["address"] for row in PEOPLE[:3]]

    def test_turned_on_their_side_are_refused_with_advice(self) -> None:
        text = "".join(
            f"{label}\t" + "\t".join(row[column] for row in PEOPLE[:3]) + "\n"
            for label, column in (("姓名", "name"), ("身份证号", "id_no"), ("电话", "phone"))
        )
        with pytest.raises(IntakeRefusal) as refusal:
            open_pasted(text)
        assert refusal.value.code == "file.turned"


class TestFreeText:
    def test_in_one_column_is_taken_apart(self) -> None:
        text = "序号\t人员信息\t备注\n" + "".join(
            f"{at}\t{row['name']}，男，身份证{row['id_no']}，电话{row['phone']}，住{row['address']}\t密接\n"
            for at, row in enumerate(PEOPLE[:3], start=1)
        )
        assert told(text) == truth()

    def test_beside_a_name_gives_the_number_when_there_is_no_other(self) -> None:
        text = "序号\t人员\t住址\n" + "".join(
            f"{at}\t{row['name']}{mark.format(row['phone'])}\t{row['address']}\n"
            for at, (row, mark) in enumerate(zip(PEOPLE, (" {}", "（{}）", "{}"), strict=False), start=1)
        )
        assert told(text) == [(row["name"], "", (row["phone"],)) for row in PEOPLE[:3]]

    def test_names_a_family_in_many_ways(self) -> None:
        a, b = PEOPLE[0], PEOPLE[1]
        for names in ("户主:{}；妻子:{}", "{}(父){}(母)", "1.{} 2.{}", "{}/{}", "{}+{}", "{}\n{}"):
            cell = '"' + names.format(a["name"], b["name"]) + '"'
            found = told(f"户主及家庭成员\t身份证号\t电话\n{cell}\t1.{a['id_no']} 2.{b['id_no']}\t{a['phone']}\n")
            assert found == [(a["name"], a["id_no"], (a["phone"],)), (b["name"], b["id_no"], (a["phone"],))], names


class TestRowsThatAreNoPeople:
    def test_are_subtotals_pages_captions_and_signatures(self) -> None:
        header = "序号\t姓名\t身份证号\t电话\n"
        text = f"应检尽检名单\n{header}一、望湖社区\n"
        text += "".join(f"{at}\t{line(row, 'name', 'id_no', 'phone')}\n" for at, row in enumerate(PEOPLE[:2], start=1))
        text += f"\t望湖社区小计\t\t2人\n\t\t第1页，共2页\n{header}二、临江社区\n"
        text += f"3\t{line(PEOPLE[2], 'name', 'id_no', 'phone')}\n\t临江社区小计\t\t1人\n总计：3人\n"
        text += "\t\t\t云澜街道防控办\n\t张卫国\n附：密接者张三（999999199001010016）已转运\n"
        assert told(text) == truth()

    def test_with_a_complete_number_are_never_dropped(self) -> None:
        text = "姓名\t身份证号\t电话\t备注\n" + lines("name", "id_no", "phone") + f"\t\t\t漏登{PEOPLE[3]['id_no']}\n"
        found = facts_of(text)
        assert len(found) == 4
        assert [problem.code for problem in found[3].problems] == ["row.nobody"]

    def test_names_whose_first_sign_is_masked_are_people(self) -> None:
        text = "姓名\t住址\n" + "".join(f"*{row['name'][1:]}\t{row['address']}\n" for row in PEOPLE[:3])
        assert [one.name_masked for one in facts_of(text)] == [f"*{row['name'][1:]}" for row in PEOPLE[:3]]


class TestCells:
    @pytest.mark.parametrize("mask", ["****", "xxxx", "XXXX", "••••", "●●●●", "＊＊＊＊", "…", "####", "____"])
    def test_are_masked_with_many_signs(self, mask: str) -> None:
        number = f"{PEOPLE[0]['phone'][:3]}{mask}{PEOPLE[0]['phone'][7:]}"
        found = facts_of(f"姓名\t电话\n{PEOPLE[0]['name']}\t{number}\n")
        assert found[0].phones_masked == (f"{PEOPLE[0]['phone'][:3]}****{PEOPLE[0]['phone'][7:]}",)

    @pytest.mark.parametrize("written", ["{0}.0", "0590-8812345-801", "19,900,038,628"])
    def test_hold_telephones_in_odd_clothes(self, written: str) -> None:
        found = facts_of(f"姓名\t电话\n王丽\t{written.format('19900038628')}\n")[0]
        right = {"19900038628", "0590-8812345"}
        assert set(found.phones) <= right and (found.phones or found.problems)

    def test_entered_the_wrong_way_round_are_set_right_and_marked(self) -> None:
        text = "姓名\t身份证号\t电话\n" + lines("name", "id_no", "phone") + line(PEOPLE[3], "name", "phone", "id_no")
        found = facts_of(text)
        assert [(one.name, one.identity, one.phones) for one in found] == truth(4)
        assert [problem.code for problem in found[3].problems] == ["cell.swapped"]


class TestAWebPage:
    def test_of_several_tables_loses_none(self, tmp_path: Path) -> None:
        page = io.StringIO()
        page.write('<html><head><meta charset="utf-8"></head><body>')
        for part in (PEOPLE[:2], PEOPLE[2:3]):
            cells = "".join(f"<tr><td>{line(row, 'name', 'id_no', 'phone', between='<td>')}</tr>" for row in part)
            page.write(f"<table><tr><th>姓名<th>身份证号<th>电话</tr>{cells}</table>")
        path = tmp_path / "导出.xls"
        path.write_text(page.getvalue(), encoding="utf-8")
        workbook = open_source(path, filename=path.name)
        found = [facts for facts, _ in read_rows(workbook, mappings=None, today=DAY)]
        assert [(one.name, one.identity, one.phones) for one in found] == truth()


def test_a_guess_says_whose_number_it_leaves_out() -> None:
    table = tables_of("报告人\t报告人电话\t姓名\t电话\n周敏\t19900099999\t王丽\t19900000001\n")[0]
    assert [guess.field for guess in propose_mapping(table)] == ["ignore", "ignore", "name", "phone"]

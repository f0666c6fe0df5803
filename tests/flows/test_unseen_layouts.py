"""Layouts nobody sent yet, from file to result: the right people of the ledger, and the results beside them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt

from lianfang.core.access.models import User
from lianfang.core.lists.models import ListRow, ListState
from lianfang.jobs.town import Town
from tests.flows.bringing import bring
from tests.flows.test_nineteen_lists import check_returned, finish_some
from tests.town import TOWN

Person = dict[str, str]


def people() -> list[Person]:
    """Eight people of the town with number and telephone, from eight doors."""
    with (TOWN / "people.csv").open(encoding="utf-8-sig", newline="") as file:
        known = [row for row in csv.DictReader(file) if len(row["id_no"]) == 18 and row["phone"] and row["room"]]
    return known[200:1000:100]


def forms(path: Path, rows: list[Person]) -> Path:
    text = "".join(
        f"姓名：{row['name']}\n身份证号：{row['id_no']}\n电话：{row['phone']}\n现住址：{row['address']}\n\n"
        for row in rows
    )
    path = path / "登记表.txt"
    path.write_text(text, encoding="gb18030")
    return path


def panels(path: Path, rows: list[Person]) -> Path:
    half = len(rows) // 2
    cells = [[row["name"], row["id_no"], row["phone"]] for row in rows]
    lines = [["姓名", "身份证号", "电话"] * 2, *(cells[at] + cells[at + half] for at in range(half))]
    path = path / "两栏.csv"
    path.write_bytes("\r\n".join(map("，".join, lines)).encode("gbk"))
    return path


def sentences(path: Path, rows: list[Person]) -> Path:
    path = path / "情况.tsv"
    lines = [f"{at}\t{row['name']}，身份证{row['id_no']}，电话{row['phone']}" for at, row in enumerate(rows, start=1)]
    path.write_text("\n".join(["序号\t人员信息", *lines]), encoding="utf-8")
    return path


def old_excel(path: Path, rows: list[Person]) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("名册")
    page.write_merge(0, 0, 0, 3, "重点人群名册")
    for column, label in enumerate(("大名", "公民身份号", "联络号", "核查结果")):
        page.write(1, column, label)
    for at, row in enumerate(rows, start=2):
        for column, key in enumerate(("name", "id_no", "phone")):
            page.write(at, column, row[key])
    book.save(str(path / "名册.xls"))
    return path / "名册.xls"


@pytest.mark.parametrize("written", [forms, panels, sentences, old_excel])
def test_an_unseen_layout_finds_the_right_people_and_goes_back_filled(
    written: Callable[[Path, list[Person]], Path], tmp_path: Path, town: Town, desk: User, command_post: User
) -> None:
    rows = people()
    one = bring(written(tmp_path, rows), desk, town)
    assert one.state == ListState.DISPATCHED
    found = ListRow.objects.filter(source_list=one).order_by("ordinal")
    ledger = {person.id: town_id for town_id, person in town.people.items()}
    assert {row.decision for row in found} == {"same"}
    assert [ledger[row.person_id] for row in found if row.person_id] == [row["person_id"] for row in rows]
    finish_some(one, desk, command_post)
    assert check_returned(one, desk) > 0


def test_a_file_without_people_that_says_nothing_of_zero_is_refused(tmp_path: Path, town: Town, desk: User) -> None:
    path = tmp_path / "汇总.csv"
    path.write_text("社区,摸排人数,已核查\n望湖社区,12,10\n临江社区,9,9\n", encoding="utf-8")
    one = bring(path, desk, town)
    assert (one.state, one.refusal_code) == (ListState.REFUSED, "file.nobody")

"""Rows of people are found by columns exactly where the reader of rows finds them."""

from __future__ import annotations

from random import Random

import numpy as np
import pyarrow as pa
import pytest

from lianfang.core.lists.intake.headers import is_header
from lianfang.core.lists.intake.rowkinds import kind_of_row
from lianfang.core.lists.intake.tables import body_columns, find_tables
from lianfang.core.lists.intake.workbook import Sheet
from lianfang.jobs.peoplefiles.kinds import People, rows_of

HEADERS = (
    ["序号", "姓名", "身份证号", "联系电话", "现住址", "备注"],
    ["姓名", "性别", "手机号", "与户主关系"],
    ["所属社区", "序号", "人员姓名", "证件号码", "备注"],
    ["姓名", "电话"],
)
WORDS = (
    "王芳 张三 范冰 如意 单于 计 合计 小计 总计3人 本页小计 共5人 无 暂无 没有 零报告 例 例如 示例 填写示例 eg (例) "
    "如：张三 "
    "注 注： 备注 说明：以上 填报人：王芳 审核 负责人 联系人： 日期：4月6日 4月6日 2022-04-06 1 2 15 003 1. "
    "※ * *王 --- —— / \\ "
    "以下空白 第1页 姓名 姓＿名 身份证号 联系电话 性别 男 女 户主 配偶 望湖社区 望湖社区名单 重点人员情况 第一网格： "
    "999999198001010013 99999919800101001X 9999991980****0013 99999919800101 19900010001 199****0001 199-0001-0001 "
    "0590-1234567 9.99999E+17 E12345678 1990001000 张三19900010001 身份证999999198001010013 望湖花苑5幢301 张*明 张某 "
    "WANG 欧阳修文 一家三口 先生 None 0 N/A sum Total 甲"
).split(" ")
BLANK = ("", " ", "　")


def made(random: Random, width: int) -> list[str]:
    share = random.choice((0.2, 0.5, 0.9))
    row = [random.choice(WORDS) if random.random() < share else random.choice(BLANK) for _ in range(width)]
    if random.random() < 0.5:
        row[0] = str(random.randrange(200))
    return row


@pytest.mark.parametrize("header", HEADERS, ids=len)
@pytest.mark.parametrize("seed", range(3))
def test_every_row_is_of_the_kind_it_is_by_itself(header, seed):
    random = Random(seed)
    known = [[str(at), "王芳", "999999198001010013", "19900010001", "5幢301", "甲"][: len(header)] for at in range(9)]
    sheet = Sheet(name="", rows=[list(header), *map(list, known)], numbers=list(range(1, 11)), height=10)
    table = find_tables(sheet)[0]
    deciding = body_columns(table.columns, table.guesses)
    rows = [made(random, len(header)) for _ in range(4000)]
    own = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    lines = rows_of(own, np.arange(len(rows)))
    usual = [row for row, line in enumerate(lines) if not line or not is_header(line)]
    own = [column.take(pa.array(usual)) for column in own]
    found, stop = People(deciding).rows(own, lambda at: rows_of(own, at), rows=len(usual))
    assert stop == len(usual)
    wanted = [
        at
        for at, row in enumerate(usual)
        if lines[row] and kind_of_row(lines[row], deciding, merged_across=False) == "person"
    ]
    assert [rows[usual[at]] for at in sorted(set(found.tolist()) ^ set(wanted))] == []


def test_another_header_ends_the_table():
    header = HEADERS[0]
    known = [[str(at), "王芳", "999999198001010013", "19900010001", "5幢301", "甲"] for at in range(9)]
    sheet = Sheet(name="", rows=[list(header), *map(list, known)], numbers=list(range(1, 11)), height=10)
    table = find_tables(sheet)[0]
    rows = [known[0], known[1], ["姓名", "性别", "年龄", "手机号码", "来源地", ""], known[2]]
    own = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    people = People(body_columns(table.columns, table.guesses))
    found, stop = people.rows(own, lambda at: rows_of(own, at), rows=4)
    assert (found.tolist(), stop) == ([0, 1], 2)

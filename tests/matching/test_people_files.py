"""Files of people read by columns tell the same people as the reader of rows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from lianfang.core.lists.intake.api import open_source, read_rows
from lianfang.jobs.peoplefiles import PeopleFile, open_people
from lianfang.jobs.peoplefiles.streams import text_bodies
from lianfang.jobs.trouble import Trouble
from lianfang.kernel.identity import check_digit
from lianfang.kernel.names import Name, read_name
from lianfang.kernel.rowfacts import RowFacts
from lianfang.matching.features import BATCH, features
from lianfang.matching.places import Places

from .conftest import LISTS, TOWN
from .law import CHECKED, name_facts, place_facts

DAY = date(2022, 4, 6)
NOWHERE = Places(())


def told_by_columns(people: PeopleFile, places: Places) -> Iterator[dict[str, Any]]:
    for raw, eaten in people.batches():
        assert raw.num_rows <= BATCH
        read = features(raw.drop_columns(["row", "sheet", "part", "source"]), today=DAY, places=places, eaten=eaten)
        for seat, row in zip(raw.select(["sheet", "row", "part"]).to_pylist(), read.to_pylist(), strict=True):
            yield {**seat, **{column: told for column, told in row.items() if column != "key"}}


def told_by_rows(path: Path, places: Places) -> Iterator[dict[str, Any]]:
    for facts, _ in read_rows(open_source(path, filename=path.name), mappings=None, today=DAY):
        yield expected(facts, places)


def expected(facts: RowFacts, places: Places) -> dict[str, Any]:
    text = facts.name or facts.name_masked
    latin = bool(text) and read_name(text).latin
    name = Name(text=facts.name, masked=facts.name_masked, latin=latin, surname_only=facts.surname_only)
    return {
        "sheet": facts.sheet,
        "row": facts.data_row,
        "part": facts.part,
        **name_facts(name),
        "id": facts.identity or None,
        "id_valid": facts.identity_valid and facts.identity_kind in CHECKED,
        "id_kind": facts.identity_kind or None,
        "id_mask": facts.identity_masked.replace("*", "_") or None,
        "phones": list(facts.phones),
        "phone_mask": facts.phones_masked[0].replace("*", "_") if facts.phones_masked else None,
        "sex": facts.sex or None,
        "birth": facts.birth_date.isoformat().replace("-", "") if facts.birth_date else None,
        **place_facts(facts, places.gazetteer),
    }


def assert_same_people(path: Path, places: Places = NOWHERE, people: PeopleFile | None = None) -> list[dict[str, Any]]:
    found = list(told_by_columns(people or open_people(path, today=DAY), places))
    wanted = list(told_by_rows(path, places))
    assert [(row["sheet"], row["row"], row["part"]) for row in found] == [
        (row["sheet"], row["row"], row["part"]) for row in wanted
    ]
    for one, other in zip(found, wanted, strict=True):
        assert_alike(one, other)
    return found


def assert_alike(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """The same facts, save that features take no day of birth from a number that is not valid."""
    shown = wanted["id"] or wanted["id_mask"] or ""
    if found["birth"] is None and not wanted["id_valid"] and shown[6:14] == wanted["birth"]:
        wanted = {**wanted, "birth": None}
    assert found == wanted


class TestTheTown:
    def test_is_read_as_the_reader_of_rows_reads_it(self, learned):
        assert len(assert_same_people(TOWN / "people.csv", learned)) > 6000


class TestTheLists:
    @pytest.mark.parametrize("path", sorted(LISTS.glob("[01]*")), ids=lambda path: path.name[:2])
    def test_are_read_as_the_reader_of_rows_reads_them(self, path, territory):
        if path.name.startswith(("17", "18")):
            with pytest.raises(Trouble):
                open_people(path, today=DAY)
            return
        assert assert_same_people(path, territory)


HEADER = "序号,姓名,证件号码,联系电话,现住址,备注\r\n"
FIRST, SECOND = (f"{digits}{check_digit(digits)}" for digits in ("99999919800101001", "99999920100101002"))
LINES = [
    f"1,王芳,{FIRST},19900010001,望湖花苑5幢301,\r\n",
    f"2,张三,{SECOND},,望湖花苑5幢302,甲\r\n",
    "3,李四 王五(女儿),,19900010002,5幢303,\r\n",
    "4,赵六,,,,\r\n",
    "5,张*明,9999991980****0013,199****0001,,\r\n",
]
ODD = {
    "plain": HEADER + "".join(LINES),
    "no line end": (HEADER + "".join(LINES)).removesuffix("\r\n"),
    "line feeds": (HEADER + "".join(LINES)).replace("\r\n", "\n"),
    "carriage returns": (HEADER + "".join(LINES)).replace("\r\n", "\r"),
    "title and notes": "重点人员名单\r\n\r\n" + HEADER + "".join(LINES) + "\r\n填报人：王芳 19900010009\r\n",
    "padded notes": "重点人员名单,,,,,\r\n"
    + HEADER
    + "".join(LINES)
    + ",,,,,\r\n合计,5,,,,\r\n注：以上人员请核查,,,,,\r\n",
    "a signature at the end": HEADER + "".join(LINES) + ",,,,,4月6日\r\n,,,,,望湖社区\r\n",
    "blank and repeated": HEADER
    + LINES[0]
    + ",,,,,\r\n\r\n"
    + HEADER
    + "".join(LINES[1:])
    + "小计,,,,,5\r\n"
    + LINES[0],
    "an example": HEADER + f"例,李明,{FIRST},19900000000,,\r\n" + "".join(LINES),
    "ragged": HEADER + LINES[0] + "2,张三\r\n" + "3,李四,,19900010002,5幢303,,,多\r\n" + LINES[3],
    "breaks in cells": HEADER + LINES[0] + '2,张三,,"19900010002\r\n19900010003","望湖花苑\n5幢",\r\n' + LINES[3],
    "quoted": HEADER + f'"1","王""芳""","=""{FIRST}""","19900010001","a,b",\r\n' + LINES[1],
    "a stray mark": HEADER + '1,王芳,,"19900010001,5幢,\r\n' + "".join(LINES[1:]) * 3,
    "a mark in a cell": HEADER + '1,王芳,,19900010001,5"幢,\r\n' + "".join(LINES[1:]) * 3,
    "two tables": HEADER + "".join(LINES) + "姓名,手机号,性别,年龄,来源地\r\n陈七,19900010007,男,33,外地\r\n",
    "digits lost": HEADER + "1,王芳,9.99999E+17,,,\r\n2,张三,999999198001010000,,,\r\n" + f"3,李四,{FIRST},,,\r\n",
    "swapped": HEADER + f"1,王芳,19900010001,{FIRST},,\r\n" + LINES[1],
    "white cells": HEADER + f"1,　,{FIRST},  ,  ,\r\n   ,王芳,,,,\r\n" + LINES[1],
    "semicolons": (HEADER + "".join(LINES)).replace(",", ";"),
    "tabs": (HEADER + "".join(LINES)).replace(",", "\t"),
    "two of each": "姓名,身份证号,护照号,手机号1,手机号2\n"
    + f"王芳,{FIRST},E12345678,19900010001,19900010002\n张三,,E12345678,,19900010003\n"
    + f"李四,{FIRST[:17]}Y,{SECOND},19900010004,\n赵六,无,,,\n",
    "two alphabets": "中文姓名,英文姓名,护照号码,联系电话\n王芳,WANG FANG,E12345678,19900010001\n,LI/SI MR,E12345679,\n"
    + "不详,CHEN/QI,E12345670,19900010003\n",
    "columns of a place": "姓名,身份证号,省,市,区县,街道,社区,小区,楼幢,单元,室\n"
    + f"王芳,{FIRST},云海省,云州市,云岭县,云澜街道,望湖社区,望湖花苑,5,2,301\n"
    + f"张三,{SECOND},海宁省,海宁市,南屏区,梅林街道,,,3幢,,2号\n李四,{FIRST},云海省,,,,,望湖花苑,,,\n"
    + f"赵六,{SECOND},云海省,,,,,,,,\n",
    "beside each other": "姓名1,电话1,姓名2,电话2,地址\n王芳,19900010001,张三,19900010002,5幢301\n"
    + "李四,19900010003,,,5幢302\n",
    "no header": f"王芳,{FIRST},19900010001\n张三,{SECOND},19900010002\n李四,,19900010003\n",
    "a form": f"姓名,王芳\n身份证号,{FIRST}\n联系电话,19900010001\n"
    + f"姓名,张三\n身份证号,{SECOND}\n联系电话,19900010002\n",
    "a chain": "#接龙\n核酸登记\n\n1. 王芳 5幢301 19900010001\n2. 张三 李四(女儿) 5幢302 19900010002\n"
    + "3. 赵六 5-1-303\n",
}


def streamed(path: Path, *, block: int) -> PeopleFile:
    """The file as a large one is read."""
    found = text_bodies(path, kind=path.suffix[1:], today=DAY, at_once=0, block=block)
    assert found is not None
    return PeopleFile(path.name, labels=found[0], bodies=found[1])


class TestOddFiles:
    @pytest.mark.parametrize("what", ODD)
    def test_tell_the_same_people_as_the_reader_of_rows(self, what, tmp_path, learned):
        path = tmp_path / "list.csv"
        path.write_bytes(ODD[what].encode())
        assert assert_same_people(path, learned)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
    def test_may_be_in_any_encoding(self, encoding, tmp_path):
        path = tmp_path / "list.csv"
        path.write_bytes(ODD["padded notes"].encode(encoding))
        assert len(assert_same_people(path)) == 6

    def test_are_read_whatever_they_are_called(self, tmp_path):
        for name, what in (("list.tsv", "tabs"), ("list.txt", "plain"), ("chat.txt", "a chain")):
            (tmp_path / name).write_bytes(ODD[what].encode())
            assert assert_same_people(tmp_path / name)

    def test_with_bytes_that_are_no_text_are_read_as_the_intake_does(self, tmp_path):
        path = tmp_path / "list.csv"
        path.write_bytes((ODD["plain"] * 2).encode().replace("甲".encode(), b"\xff") + b"\0")
        assert assert_same_people(path)

    @pytest.mark.parametrize(
        "content", [b"", b"a,b\r\n1,2\r\n", HEADER.encode()], ids=["nothing", "nobody", "only a header"]
    )
    def test_without_people_are_refused_in_words(self, content, tmp_path):
        path = tmp_path / "list.csv"
        path.write_bytes(content)
        with pytest.raises(Trouble):
            open_people(path, today=DAY)

    def test_that_are_not_there_are_refused_in_words(self, tmp_path):
        with pytest.raises(Trouble) as trouble:
            open_people(tmp_path / "list.csv", today=DAY)
        assert trouble.value.code == "reconcile.no_file"


class TestALargeTextFile:
    @pytest.mark.parametrize(
        "what", ["plain", "padded notes", "a signature at the end", "blank and repeated", "ragged"]
    )
    @pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
    def test_tells_the_same_people_block_by_block(self, what, encoding, tmp_path):
        head, end = ODD[what].rsplit("\r\n", 2)[0], ODD[what].rsplit("\r\n", 2)[1]
        path = tmp_path / "list.csv"
        path.write_bytes((head + "\r\n" + "".join(LINES) * 300 + end + "\r\n").encode(encoding))
        assert assert_same_people(path, people=streamed(path, block=3000)) == assert_same_people(path)

    def test_may_have_line_breaks_in_its_cells(self, tmp_path):
        path = tmp_path / "list.csv"
        path.write_bytes(
            (HEADER + (LINES[0] + '2,张三,,"19900010002\r\n19900010003","5\r\n\r\n幢",\r\n') * 500).encode()
        )
        assert len(assert_same_people(path, people=streamed(path, block=2000))) == 1000

    def test_numbers_its_rows_through_all_blocks(self, tmp_path):
        path = tmp_path / "list.csv"
        path.write_bytes((HEADER + "".join(LINES) * 100).encode())
        seats = pa.concat_tables([raw for raw, _ in streamed(path, block=1000).batches()])
        assert seats["row"].to_pylist()[:4] == [1, 2, 3, 3]
        assert seats["source"].to_pylist() == [row - 1 for row in seats["row"].to_pylist()]
        assert (seats["row"][-1].as_py(), len(seats)) == (500, 600)

    def test_with_a_second_table_is_refused_in_words(self, tmp_path):
        path = tmp_path / "list.csv"
        path.write_bytes((HEADER + "".join(LINES) * 300 + ODD["two tables"].split("\r\n", 6)[6]).encode())
        with pytest.raises(Trouble) as trouble:
            list(streamed(path, block=3000).batches())
        assert trouble.value.code == "reconcile.second_table"


class TestAWorkbook:
    def test_of_many_rows_is_read_like_a_short_one(self, tmp_path):
        path = tmp_path / "list.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            page = book.add_worksheet("望湖社区")
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            page.merge_range(0, 0, 0, 4, "名单")
            page.write_row(1, 0, ["序号", "姓名", "身份证号", "手机号", "出生日期", "同住人"])
            for row in range(2, 2600):
                page.write_number(row, 0, row - 1)
                page.write_string(row, 1, ["王芳", "张三 李四(女儿)", "赵*六", "陈七"][row % 4])
                page.write(row, 2, [FIRST, "", int(FIRST), "9999991980****0013"][row % 4])
                page.write_number(row, 3, 19900010000 + row) if row % 3 else page.write_string(row, 3, "199-0001-0001")
                page.write_datetime(row, 4, date(1980, 1, 1), day) if row % 5 else page.write(row, 4, "1980.1.1")
            page.write_string(2600, 0, "合计")
            page.write_string(2601, 5, "4月6日")
        found = assert_same_people(path)
        assert {row["sheet"] for row in found} == {"望湖社区"}

    def test_with_merged_rows_is_read_like_the_reader_of_rows(self, tmp_path):
        path = tmp_path / "list.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            page = book.add_worksheet()
            page.write_row(0, 0, ["姓名", "身份证号", "手机号", "住址"])
            page.write_row(1, 0, ["王芳", FIRST, "19900010001"])
            page.write_row(2, 0, ["张三", SECOND, "19900010002"])
            page.merge_range(1, 3, 2, 3, "5幢301")
        assert [row["room"] for row in assert_same_people(path)] == ["301", "301"]


class TestParquet:
    def test_of_texts_tells_the_same_people_as_text(self, tmp_path):
        (tmp_path / "list.csv").write_bytes(ODD["padded notes"].split("\r\n", 1)[1].encode())
        names = HEADER.strip().split(",")
        rows = [line.split(",") for line in ODD["padded notes"].split("\r\n")[2:-1]]
        table = pa.table({name: [row[at] or None for row in rows] for at, name in enumerate(names)})
        pq.write_table(table, tmp_path / "list.parquet")
        people = open_people(tmp_path / "list.parquet", today=DAY)
        assert assert_same_people(tmp_path / "list.csv", people=people)

    def test_may_hold_columns_of_any_type(self, tmp_path):
        table = pa.table(
            {
                "姓名": pa.array(["王芳", "张三", None]).dictionary_encode(),
                "身份证号": pa.array([int(FIRST), None, None], pa.int64()),
                "手机号": pa.array([19900010001.0, None, 19900010003.0]),
                "出生日期": pa.array([date(1980, 1, 1), None, date(1990, 2, 3)], pa.date32()),
                "登记时间": pa.array([datetime(2022, 4, 6, 9), None, None], pa.timestamp("us")),
            }
        )
        pq.write_table(table, tmp_path / "list.parquet")
        people = open_people(tmp_path / "list.parquet", today=DAY)
        found = list(told_by_columns(people, NOWHERE))
        assert [row["id"] for row in found] == [FIRST, None, None]
        assert [row["phones"] for row in found] == [["19900010001"], [], ["19900010003"]]
        assert [row["birth"] for row in found] == ["19800101", None, "19900203"]

    def test_is_told_apart_by_its_cells_when_names_of_columns_say_nothing(self, tmp_path):
        table = pa.table({"c1": ["王芳", "张三", "李四"], "c2": [FIRST, SECOND, FIRST], "c3": ["19900010001"] * 3})
        pq.write_table(table, tmp_path / "list.parquet")
        found = list(told_by_columns(open_people(tmp_path / "list.parquet", today=DAY), NOWHERE))
        assert [row["id"] for row in found] == [FIRST, SECOND, FIRST]

    @pytest.mark.parametrize("columns", [{}, {"姓名": [], "手机号": []}, {"姓名": [None], "手机号": [None]}], ids=len)
    def test_of_nobody_is_refused_in_words(self, columns, tmp_path):
        table = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
        pq.write_table(table, tmp_path / "list.parquet")
        with pytest.raises(Trouble) as trouble:
            open_people(tmp_path / "list.parquet", today=DAY)
        assert trouble.value.code == "reconcile.nobody"

    def test_that_is_none_is_refused_in_words(self, tmp_path):
        (tmp_path / "list.parquet").write_bytes(b"PAR1 no")
        with pytest.raises(Trouble) as trouble:
            open_people(tmp_path / "list.parquet", today=DAY)
        assert trouble.value.code == "file.damaged"


class TestTheTool:
    def test_needs_no_django(self):
        code = (
            "import sys; import lianfang.jobs.peoplefiles; "
            "sys.exit(any(name.split('.')[0] in ('django', 'psycopg') for name in sys.modules))"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

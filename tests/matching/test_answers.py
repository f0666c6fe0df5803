"""The answer file keeps the list as it came and says of everybody what was decided."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import python_calamine

from lianfang.jobs.peoplefiles import ADDED, PeopleFile, open_people, write_answers
from lianfang.jobs.peoplefiles.formulas import defused
from lianfang.jobs.trouble import Trouble
from lianfang.kernel.cells import defuse

from .conftest import LISTS

DAY = date(2022, 4, 6)
LIST = (
    "序号,姓名,手机号,备注,score\r\n"
    "1,王芳,19900010001,=1+1,9\r\n"
    '2,张三 李四(女儿),19900010002,"a ""b""\r\n<c> & d",\r\n'
    "3,赵六,+8619900010003,_x000D_,\r\n"
    ",,,,\r\n"
    "合计,3,,,\r\n"
)
WANTED = (
    ("王芳", 1, 1, "same", 12, 0.9999, "姓名一致"),
    ("张三 李四(女儿)", 2, 1, "review", 7, 0.5, "=姓名"),
    ("张三 李四(女儿)", 2, 2, "new", None, 0.0, ""),
    ("赵六", 3, 1, "new", None, 0.0, ""),
)


def people(folder: Path, text: str = LIST) -> PeopleFile:
    path = folder / "list.csv"
    path.write_bytes(text.encode())
    return open_people(path, today=DAY)


def answers(rows: Sequence[Sequence[Any]]) -> pa.Table:
    return pa.table(
        {
            "decision": pa.array([row[-4] for row in rows], pa.string()),
            "ledger_row": pa.array([row[-3] for row in rows], pa.int64()),
            "score": pa.array([row[-2] for row in rows], pa.float64()),
            "reasons": pa.array([row[-1] for row in rows], pa.string()),
        }
    )


def written(folder: Path, ending: str, one: PeopleFile | None = None) -> Path:
    out = folder / f"answer{ending}"
    write_answers(out, one or people(folder), answers(WANTED), progress=lambda *told: None)
    return out


def shown(cell: Any) -> str:
    return "" if cell is None else str(cell).removesuffix(".0")


class TestAnAnswerAsText:
    def test_has_the_lists_own_columns_and_ours(self, tmp_path):
        content = written(tmp_path, ".csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        header, *rows = csv.reader(content.decode("utf-8-sig").splitlines(keepends=True))
        assert header == ["序号", "姓名", "手机号", "备注", "score", *ADDED]
        assert [(row[1], *row[6:11]) for row in rows] == [
            (name, *map(shown, told[:-2]), shown(told[-2])) for name, *told in WANTED
        ]
        assert [row[:5] for row in rows[1:3]] == [["2", "张三 李四(女儿)", "19900010002", 'a "b"\n<c> & d', ""]] * 2

    def test_defuses_what_a_spreadsheet_would_evaluate(self, tmp_path):
        rows = list(csv.reader(written(tmp_path, ".csv").read_text(encoding="utf-8-sig").splitlines()))
        text = written(tmp_path, ".csv").read_text(encoding="utf-8-sig")
        assert rows[1][3] == "'=1+1"
        assert "'+8619900010003" in text
        assert "'=姓名" in text


class TestAnAnswerAsASheet:
    def test_has_the_lists_own_columns_and_ours(self, tmp_path):
        page = openpyxl.load_workbook(written(tmp_path, ".xlsx")).active
        header, *rows = page.iter_rows(min_row=2, values_only=True)
        assert list(header) == ["序号", "姓名", "手机号", "备注", "score", *ADDED]
        assert [(row[1], *row[6:]) for row in rows] == [(*told[:-1], told[-1] or None) for told in WANTED]
        assert rows[1][3] == 'a "b"\n<c> & d'
        assert (page.dimensions, page.auto_filter.ref, page.freeze_panes) == ("A1:L6", "A2:L6", "A3")

    def test_shows_what_looks_like_a_formula_as_text(self, tmp_path):
        page = openpyxl.load_workbook(written(tmp_path, ".xlsx")).active
        assert (page["D3"].value, page["D3"].data_type, page["D3"].quotePrefix) == ("=1+1", "s", True)
        assert not page["B3"].quotePrefix

    def test_is_read_by_our_own_reader(self, tmp_path):
        again = open_people(written(tmp_path, ".xlsx"), today=DAY)
        assert again.labels[:4] == ("序号", "姓名", "手机号", "备注")
        book = python_calamine.CalamineWorkbook.from_path(tmp_path / "answer.xlsx")
        assert book.get_sheet_by_index(0).to_python()[2][1] == "王芳"

    def test_of_more_rows_than_a_sheet_has_is_refused(self, tmp_path):
        many = pa.table({"decision": pa.nulls(1_048_575, pa.string())})
        with pytest.raises(Trouble) as trouble:
            write_answers(tmp_path / "a.xlsx", people(tmp_path), many, progress=lambda *told: None)
        assert trouble.value.code == "reconcile.too_long"
        assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


class TestAnAnswerAsParquet:
    def test_gives_own_columns_names_of_their_own(self, tmp_path):
        table = pq.read_table(written(tmp_path, ".parquet"))
        assert table.column_names == ["序号", "姓名", "手机号", "备注", "score 2", *ADDED]
        assert table["备注"].to_pylist()[0] == "=1+1"
        assert table["ledger_row"].to_pylist() == [12, 7, None, None]
        assert table["score"].to_pylist() == [0.9999, 0.5, 0.0, 0.0]


class TestAnyAnswer:
    def test_of_another_kind_is_refused(self, tmp_path):
        with pytest.raises(Trouble) as trouble:
            written(tmp_path, ".ods")
        assert trouble.value.code == "reconcile.format"

    @pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
    def test_that_fails_leaves_nothing_behind(self, ending, tmp_path):
        with pytest.raises(ValueError, match="fewer"):
            write_answers(tmp_path / f"a{ending}", people(tmp_path), answers(WANTED[:2]), progress=lambda *told: None)
        assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]

    @pytest.mark.parametrize("path", sorted(LISTS.glob("0[1-9]*")), ids=lambda path: path.name[:2])
    def test_has_a_row_for_everybody(self, path, tmp_path):
        one = open_people(path, today=DAY)
        told = [row for raw, _ in one.batches() for row in raw.select(["sheet", "row", "part"]).to_pylist()]
        many = answers([("new", None, 0.0, "")] * len(told))
        write_answers(tmp_path / "a.parquet", one, many, progress=lambda *told: None)
        table = pq.read_table(tmp_path / "a.parquet")
        assert table.select(["sheet", "row", "part"]).to_pylist() == told
        assert table.num_columns == len(one.labels) + len(ADDED)


def test_columns_are_defused_as_the_kernel_defuses_cells():
    random = Random(5)
    signs = "=+-@\t\r\n＝＋－＠ 　\u200b\u202e\x00\x1f\x85\xa0a1王'"
    texts = ["".join(random.choice(signs) for _ in range(random.randrange(5))) for _ in range(5000)]
    assert defused(pa.array(texts)).to_pylist() == [defuse(text) for text in texts]

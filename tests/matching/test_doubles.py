"""`lianfang match duplicates`: files in, the records that are somebody's twice out, and nothing else touched."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from lianfang.jobs.catalogue import compile_all
from lianfang.jobs.cli import app
from lianfang.matching import words

from .conftest import read_csv
from .test_within import number

ONE = number("19700105", 11)
TWO = number("19701206", 12)
FIRST = f"""姓名,证件号码,手机号,地址
张建国,{ONE},19900000001,望湖花苑5幢2单元301室
李秀英,{TWO},19900000002,望湖花苑5幢2单元301室
王伟,,19900000007,望湖花苑8幢1单元601室
张建果,{ONE},19900000001,望湖花苑5幢2单元301室
=1+1,,19900000009,望湖花苑8幢1单元602室
"""
SECOND = f"""序号,联系电话,人员姓名,身份证号
1,19900000001,刘德华,{TWO}
2,19955555555,张建国,{ONE}
3,19900000066,赵六,
"""


@pytest.fixture(scope="module", autouse=True)
def catalogue() -> None:
    compile_all(Path(words.__file__).resolve().parents[1])


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    for name, text in (("first.csv", FIRST), ("second.csv", SECOND)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [str(tmp_path / "first.csv"), str(tmp_path / "second.csv")]


def run(*arguments: str) -> tuple[int, dict]:
    done = CliRunner().invoke(app, ["match", "duplicates", *arguments, "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_finds_them_within_a_list_and_between_lists(files: list[str], tmp_path: Path) -> None:
    before = [Path(file).read_bytes() for file in files]
    code, told = run(*files, "--out", str(tmp_path / "out.csv"))
    assert code == 0
    assert (told["files"], told["records"], told["groups"], told["records_in_groups"], told["review"]) == (
        2,
        8,
        1,
        3,
        1,
    )
    lines = read_csv(tmp_path / "out.csv")
    assert [(line["file"], line["row"], line["group"], line["decision"]) for line in lines] == [
        ("first.csv", "1", "1", "same"),
        ("first.csv", "4", "1", "same"),
        ("second.csv", "2", "1", "same"),
        ("first.csv", "2", "2", "review"),
        ("second.csv", "1", "2", "review"),
    ]
    assert [(line["other_file"], line["other_row"]) for line in lines[3:]] == [("second.csv", "1"), ("first.csv", "2")]
    assert lines[1]["reasons"] == "姓名同音不同字；证件号码一致、手机号一致、门牌一致"
    assert lines[3]["reasons"].endswith(words.word_of("id.name_differs", words.chinese()))
    assert all(0 <= float(line["score"]) <= 1 for line in lines)
    assert [Path(file).read_bytes() for file in files] == before


def test_keeps_the_cells_of_the_files_under_their_own_labels(files: list[str], tmp_path: Path) -> None:
    run(*files, "--out", str(tmp_path / "out.csv"))
    lines = read_csv(tmp_path / "out.csv")
    assert [lines[0][label] for label in ("姓名", "证件号码", "手机号", "序号", "人员姓名")] == [
        "张建国", ONE, "19900000001", "", "",
    ]  # fmt: skip
    assert [lines[2][label] for label in ("姓名", "序号", "联系电话", "人员姓名", "身份证号")] == [
        "", "2", "19955555555", "张建国", ONE,
    ]  # fmt: skip


@pytest.mark.parametrize("ending", [".xlsx", ".parquet"])
def test_writes_other_formats(files: list[str], tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out{ending}"
    assert run(*files, "--out", str(out))[0] == 0
    if ending == ".xlsx":
        sheet = openpyxl.load_workbook(out).active
        assert sheet is not None
        rows = list(sheet.iter_rows(values_only=True))
        found = [dict(zip(rows[1], row, strict=True)) for row in rows[2:]]
    else:
        found = pq.read_table(out).to_pylist()
    assert [(line["row"], line["group"], line["other_row"]) for line in found][:2] == [(1, 1, 4), (4, 1, 1)]


def test_of_one_file_alone(files: list[str], tmp_path: Path) -> None:
    code, told = run(files[1], "--out", str(tmp_path / "out.xlsx"))
    assert (code, told["records"], told["groups"], told["review"]) == (0, 3, 0, 0)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None and sheet.max_row == 2


def test_two_files_of_one_name_are_told_apart(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    other = tmp_path / "more" / "first.csv"
    other.write_text(FIRST.splitlines()[0] + "\n" + FIRST.splitlines()[3] + "\n", encoding="utf-8")
    run(files[0], str(other), "--out", str(tmp_path / "out.csv"))
    assert {files[0], str(other)} == {line["file"] for line in read_csv(tmp_path / "out.csv")}


def test_never_writes_over_a_file_it_reads(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "linked.csv").hardlink_to(files[1])
    for out in (files[1], str(tmp_path / "more" / ".." / "second.csv"), str(tmp_path / "linked.csv")):
        (tmp_path / "more").mkdir(exist_ok=True)
        code, told = run(*files, "--out", out)
        assert (code, told["error"]["code"]) == (1, "duplicates.own_file")
    assert Path(files[1]).read_text(encoding="utf-8") == SECOND


def test_says_what_is_wrong(files: list[str], tmp_path: Path) -> None:
    code, told = run(*files, str(tmp_path / "gone.csv"), "--out", str(tmp_path / "out.csv"))
    assert (code, told["error"]["code"]) == (1, "reconcile.no_file")
    assert run(*files, "--out", str(tmp_path / "out.docx"))[1]["error"]["code"] == "reconcile.format"
    assert not (tmp_path / "out.csv").exists()

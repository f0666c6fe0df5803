"""Files that are broken, disguised, enormous or malicious, and honest ones in odd clothes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lianfang.core.lists.intake.api import (
    DEFAULT,
    MESSAGES,
    IntakeRefusal,
    Limits,
    find_table,
    open_pasted,
    open_source,
    read_rows,
)

from . import hostile_files
from .conftest import DAY, LISTS


def refusal(path: Path, *, filename: str = "", limits: Limits = DEFAULT) -> IntakeRefusal:
    with pytest.raises(IntakeRefusal) as refused:
        open_source(path, filename=filename or path.name, limits=limits)
    return refused.value


def names(path: Path, filename: str = "") -> list[str]:
    workbook = open_source(path, filename=filename or path.name)
    return [facts.name for facts, _ in read_rows(workbook, mappings=None, today=DAY)]


class TestAFileThatIsRefused:
    def test_says_what_to_do_for_every_code(self) -> None:
        assert all(sentence.endswith(".") and len(sentence) > 20 for sentence in MESSAGES.values())

    def test_when_it_is_protected_by_a_password(self, tmp_path: Path) -> None:
        assert refusal(hostile_files.encrypted(tmp_path / "名单.xlsx")).code == "file.encrypted"

    def test_when_it_has_macros_whatever_it_is_called(self, tmp_path: Path) -> None:
        path = hostile_files.with_macros(tmp_path / "名单.xlsx")
        assert refusal(path).code == "file.macro"
        assert refusal(path, filename="名单.xlsm").code == "file.macro"

    def test_when_it_would_unpack_to_a_thousand_times_its_size(self, tmp_path: Path) -> None:
        refused = refusal(hostile_files.bomb(tmp_path / "名单.xlsx"))
        assert refused.code == "file.bomb"
        assert int(refused.facts["unpacked"]) > 80_000_000

    def test_when_it_is_empty_or_holds_no_cell(self, tmp_path: Path) -> None:
        (tmp_path / "空.csv").write_bytes(b"")
        assert refusal(tmp_path / "空.csv").code == "file.empty"
        assert refusal(hostile_files.workbook(tmp_path / "空.xlsx", [])).code == "file.empty"

    def test_when_name_and_content_disagree(self, tmp_path: Path) -> None:
        path = hostile_files.workbook(tmp_path / "名单.xlsx", [["姓名"], ["王丽"]])
        assert refusal(path, filename="名单.csv").facts == {"extension": "csv", "found": "xlsx"}
        (tmp_path / "照片.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
        assert refusal(tmp_path / "照片.xlsx").facts["found"] == "png"
        assert refusal(path, filename="名单").code == "file.kind"

    def test_when_it_has_more_rows_or_bytes_than_permitted(self, tmp_path: Path) -> None:
        path = hostile_files.workbook(tmp_path / "名单.xlsx", [["姓名"], *[["王丽"]] * 50])
        assert refusal(path, limits=dataclasses.replace(DEFAULT, rows=50)).code == "file.too_many_rows"
        assert refusal(path, limits=dataclasses.replace(DEFAULT, file_bytes=100)).code == "file.too_large"

    def test_when_reading_takes_too_long(self, tmp_path: Path) -> None:
        path = hostile_files.workbook(tmp_path / "名单.xlsx", [["姓名"], ["王丽"]])
        assert refusal(path, limits=dataclasses.replace(DEFAULT, wall_seconds=0)).code == "file.timeout"

    def test_when_a_cell_in_the_far_corner_would_eat_all_memory(self, tmp_path: Path) -> None:
        path = hostile_files.corners(tmp_path / "名单.xlsx")
        assert refusal(path).code == "file.too_costly"

    def test_when_its_only_cell_is_in_a_column_nobody_uses(self, tmp_path: Path) -> None:
        path = hostile_files.workbook(tmp_path / "名单.xlsx", [["姓名"], ["王丽"]], start=(1_048_574, 16_383))
        assert refusal(path).code == "file.too_many_columns"

    @pytest.mark.parametrize("source", ["05", "11", "12"])
    @pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
    def test_when_it_was_cut_off_in_transfer(self, tmp_path: Path, source: str, share: float) -> None:
        whole = next(LISTS.glob(f"{source}_*"))
        path = hostile_files.cut(tmp_path / f"断{whole.suffix}", of=whole, share=share)
        assert refusal(path).code == "file.damaged"

    def test_when_text_is_binary_in_truth(self, tmp_path: Path) -> None:
        (tmp_path / "名单.csv").write_bytes(bytes(range(256)) * 40)
        assert refusal(tmp_path / "名单.csv").code == "file.damaged"


class TestAFileThatIsRead:
    def test_when_it_is_a_web_page_called_xls(self, tmp_path: Path) -> None:
        workbook = open_source(hostile_files.web_page(tmp_path / "名单.xls"), filename="名单.xls")
        people = [facts for facts, _ in read_rows(workbook, mappings=None, today=DAY)]
        assert workbook.kind == "html"
        assert [(one.name, one.identity) for one in people] == [("王丽", "999999199001010016"), ("李强", "")]
        assert people[0].phones == ("19900000001", "19900000002")

    def test_when_it_is_xml_called_xls(self, tmp_path: Path) -> None:
        assert names(hostile_files.xml_sheet(tmp_path / "名单.xls")) == ["王丽"]

    def test_when_a_stray_cell_stands_a_million_rows_below(self, tmp_path: Path) -> None:
        rows: list[list[object]] = [["姓名", "电话"], ["王丽", "19900000001"]]
        path = hostile_files.workbook(tmp_path / "名单.xlsx", [*rows, *[[None]] * 1_000_000, ["共1人"]])
        workbook = open_source(path, filename=path.name)
        table = find_table(workbook.sheets[0])
        assert table is not None
        assert workbook.sheets[0].height == 1_000_003
        assert [(one.first_row, one.last_row, one.reason) for one in table.skipped] == [
            (1, 1, "header"),
            (3, 1_000_002, "blank"),
            (1_000_003, 1_000_003, "total"),
        ]

    def test_with_the_text_of_formulas_nobody_calculated(self, tmp_path: Path) -> None:
        openpyxl = pytest.importorskip("openpyxl")
        book = openpyxl.Workbook()
        book.active.append(["姓名", "身份证号", "电话"])
        book.active.append(["王丽", '="999999199001010016"', "=A1&B1"])
        book.save(tmp_path / "名单.xlsx")
        (facts, raw), *_ = read_rows(
            open_source(tmp_path / "名单.xlsx", filename="名单.xlsx"), mappings=None, today=DAY
        )
        assert facts.identity == "999999199001010016"
        assert (facts.phones, raw[2]) == ((), "=A1&B1")

    def test_when_a_table_does_not_begin_in_the_first_cell(self, tmp_path: Path) -> None:
        rows: list[list[object]] = [["姓名", "电话"], ["王丽", "19900000001"]]
        path = hostile_files.workbook(tmp_path / "名单.xlsx", rows, start=(4, 3))
        facts, raw = next(read_rows(open_source(path, filename=path.name), mappings=None, today=DAY))
        assert (facts.name, facts.sheet_row, raw[:3]) == ("王丽", 6, [None, None, None])

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
    def test_in_every_encoding_senders_use(self, tmp_path: Path, encoding: str) -> None:
        (tmp_path / "名单.csv").write_bytes("姓名,电话\r\n王丽,19900000001\r\n".encode(encoding))
        assert names(tmp_path / "名单.csv") == ["王丽"]

    def test_when_a_few_zero_bytes_got_into_a_text(self, tmp_path: Path) -> None:
        content = "姓名,电话\n" + "王丽,19900000001\n" * 40
        (tmp_path / "名单.csv").write_bytes(content.encode().replace("王".encode(), "王".encode() + b"\0", 1))
        workbook = open_source(tmp_path / "名单.csv", filename="名单.csv")
        assert workbook.notices == ("text.nul_removed",)
        assert len(workbook.sheets[0].rows) == 41

    def test_when_a_quotation_mark_was_never_closed(self) -> None:
        pasted = '姓名,电话,备注\n王丽,19900000001,"未关引号\n李强,19900000003,\n赵敏,19900000004,\n'
        workbook = open_pasted(pasted)
        assert workbook.notices == ("text.stray_quotes",)
        assert [facts.name for facts, _ in read_rows(workbook, mappings=None, today=DAY)] == ["王丽", "李强", "赵敏"]

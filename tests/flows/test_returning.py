"""Results flow back: the sender's file, upper-level forms, exchange files, rows to be mended."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.capabilities.screening import deciding, returning
from lianfang.capabilities.screening.outcome_words import OUTCOME_CODES, OUTCOME_TEXTS
from lianfang.capabilities.screening.own_values import fitting
from lianfang.capabilities.screening.reasons import sentence_of
from lianfang.capabilities.screening.results import count_groups, count_list, groups_of, results_of
from lianfang.core.access.models import User
from lianfang.core.actions.door import Answer, Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.lists import storage
from lianfang.core.lists.intake.source import open_source
from lianfang.core.lists.models import ListRow, SourceList
from lianfang.core.people.models import Person
from lianfang.core.work import actions
from lianfang.core.work.models import WorkItem, WorkSubject
from lianfang.core.work.outcomes import Outcome
from lianfang.jobs.town import Town
from tests.flows.bringing import bring, get_done, town_list, work_of
from tests.town import LISTS

SIGNS = "在本辖区—-已管控不需转推从未到过离开联系上空号错查无此人重复由他处 01（）"
"""What entries of senders' drop-down lists are made of."""
FORMS = LISTS / "sender_templates"
HEADER = ("序号", "姓名", "身份证号码", "联系电话", "现住址")


@pytest.fixture
def family(town: Town) -> list[Person]:
    """Two people of different households of the ledger, with number and telephone."""
    found: list[Person] = []
    for person in town.people.values():
        known = person.documents.exists() and person.telephones.exists() and person.dwelling_id
        if known and all(person.household_id != other.household_id for other in found):
            found.append(person)
        if len(found) == 3:
            return found
    raise AssertionError("the town has too few people")


def written_list(
    folder: Path, people: list[Person], *, result: str = "", choices: str = "", formula: bool = False
) -> Path:
    """A small list in a sender's layout; with a result column, a drop-down list in it, or formulas in it."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "名单"
    page.append(["关于核查下列人员的通知"])
    page.append([*HEADER, *([result] if result else [])])
    for number, person in enumerate(people, start=1):
        document, phone = person.documents.all()[0].number, person.telephones.all()[0].number
        line = [number, person.name, document, phone, person.dwelling.label if person.dwelling else ""]
        page.append([*line, *([f'=IF(A{number + 2}>9,1,"")'] if formula else [])])
    if choices:
        rule = openpyxl.worksheet.datavalidation.DataValidation(type="list", formula1=f'"{choices}"')
        rule.add("F3:F99")
        page.add_data_validation(rule)
    path = folder / "来文.xlsx"
    book.save(path)
    return path


def returned(one: SourceList, desk: User, folder: Path, **options: bool) -> tuple[Answer, list[list[object]]]:
    """What comes back: the answer, and the cells of the first sheet."""
    answer = returning.return_file(Command(actor=desk), list_id=one.id, folder=str(folder), **options)
    book = openpyxl.load_workbook(folder / answer["file"])
    return answer, [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


class TestOwnFile:
    def test_gets_four_columns_if_the_sender_left_none(
        self, town: Town, desk: User, command_post: User, family: list[Person], tmp_path: Path
    ) -> None:
        one = bring(written_list(tmp_path, family), desk, town)
        get_done(work_of(one, most=1), desk, command_post, outcomes=[Outcome.LEFT])
        answer, cells = returned(one, desk, tmp_path)
        assert cells[1] == [*HEADER, "核查结果", "核查情况", "核查人", "核查时间"]
        assert answer["counts"] == {"rows": 3, "persons": 3, "done": 1, "open": 2, "review": 0, "refused": 0}
        results = [line[5:] for line in cells[2:]]
        done = next(line for line in results if line[0])
        assert done[:3] == ["已离开", "去向：丹岚市北岭区；电话核实", desk.display_name]
        assert sum(not any(line) for line in results) == 2

    def test_says_what_is_open_only_if_asked(
        self, town: Town, desk: User, family: list[Person], tmp_path: Path
    ) -> None:
        one = bring(written_list(tmp_path, family, result="核查结果"), desk, town)
        _, silent = returned(one, desk, tmp_path)
        _, spoken = returned(one, desk, tmp_path, say_open=True)
        assert [line[5] for line in silent[2:]] == [None, None, None]
        assert {str(line[5])[:3] for line in spoken[2:]} == {"未办结"}

    def test_speaks_the_words_of_the_senders_own_list(
        self, town: Town, desk: User, command_post: User, family: list[Person], tmp_path: Path
    ) -> None:
        one = bring(written_list(tmp_path, family, result="核查结果", choices="已管控,不需管控,转推"), desk, town)
        said = [Outcome.CONTROLLED, Outcome.NO_CONTROL, Outcome.NO_SUCH_PERSON]
        get_done(work_of(one, most=3), desk, command_post, outcomes=said)
        answer, cells = returned(one, desk, tmp_path)
        assert cells[1][5:] == ["核查结果", "核查情况"]
        assert {(line[5], line[6]) for line in cells[2:]} == {
            ("已管控", "电话核实"),
            ("不需管控", "电话核实"),
            (None, "查无此人；电话核实"),
        }
        assert answer["problem_count"] == 0

    def test_never_overwrites_formulas(
        self, town: Town, desk: User, command_post: User, family: list[Person], tmp_path: Path
    ) -> None:
        one = bring(written_list(tmp_path, family, result="核查结果", formula=True), desk, town)
        get_done(work_of(one, most=3), desk, command_post, outcomes=[Outcome.NO_CONTROL])
        _, cells = returned(one, desk, tmp_path)
        assert {line[5] for line in cells[2:]} == {f'=IF(A{n}>9,1,"")' for n in (3, 4, 5)}
        assert {line[6] for line in cells[2:]} == {"在本辖区—不需管控"}

    def test_names_each_of_several_people_on_a_row(
        self, town: Town, desk: User, command_post: User, tmp_path: Path
    ) -> None:
        one = bring(town_list("06"), desk, town)
        groups = [group for group in groups_of(results_of(one)).values() if len(group) > 1]
        group = next(g for g in groups if len({p.person_id for p in g}) > 1 and all(p.person_id for p in g))
        for number, person in enumerate(group):
            subject = WorkSubject.objects.get(person_id=person.person_id, item__origins__row=person.row_id)
            WorkItem.objects.filter(id=subject.item_id, state="unplaced").update(state="dispatched")
            actions.record(
                Command(actor=desk),
                item_id=subject.item_id,
                outcome=Outcome.NO_CONTROL if number else Outcome.CONTROLLED,
                person_ids=[person.person_id] if person.person_id else [],
            )
        open_ones = WorkItem.objects.filter(origins__row__in=[p.row_id for p in group], state="submitted")
        actions.verify(Command(actor=command_post), ids=list(open_ones.values_list("id", flat=True).distinct()))
        answer = returning.return_file(Command(actor=desk), list_id=one.id, folder=str(tmp_path))
        page = openpyxl.load_workbook(tmp_path / answer["file"]).worksheets[0]
        cell = str(page.cell(row=group[0].sheet_row, column=18).value)
        assert cell.startswith(f"{group[0].name}：在本辖区—已管控；{group[1].name}：在本辖区—不需管控")

    def test_of_a_web_page_called_xls_comes_back_as_a_workbook(
        self, town: Town, desk: User, command_post: User, family: list[Person], tmp_path: Path
    ) -> None:
        lines = [HEADER, *((str(n), p.name, p.documents.all()[0].number, "", "") for n, p in enumerate(family, 1))]
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in lines)
        path = tmp_path / "导出.xls"
        path.write_text(f"<html><meta charset=utf-8><table>{body}</table></html>", encoding="utf-8")
        one = bring(path, desk, town)
        get_done(work_of(one, most=3), desk, command_post, outcomes=[Outcome.NEVER_CAME])
        answer, cells = returned(one, desk, tmp_path)
        assert answer["name"].endswith(".xlsx") and "return.format_changed" in answer["notes"]
        assert [line[5] for line in cells[1:]] == ["从未到过"] * 3

    def test_is_a_logged_export_and_only_for_those_who_may(
        self, town: Town, desk: User, secretary: User, county: User, family: list[Person], tmp_path: Path
    ) -> None:
        one = bring(written_list(tmp_path, family), desk, town)
        with pytest.raises(NotFound):
            returning.return_file(Command(actor=secretary), list_id=one.id, folder=str(tmp_path))
        with pytest.raises(NotAllowed):
            returning.return_file(Command(actor=county), list_id=one.id, folder=str(tmp_path))
        returning.return_file(Command(actor=desk), list_id=one.id, folder=str(tmp_path), recipient="市防控办")
        entry = AuditEntry.objects.get(kind="export", subject_id=one.id)
        assert entry.facts["recipient"] == "市防控办" and entry.facts["rows"] == 3 and entry.actor_id == desk.id

    def test_is_refused_in_words_when_the_senders_file_is_gone(
        self, town: Town, desk: User, family: list[Person], tmp_path: Path
    ) -> None:
        one = bring(written_list(tmp_path, family), desk, town)
        storage.shred(one.id)
        with pytest.raises(Refusal) as refused:
            returning.return_file(Command(actor=desk), list_id=one.id, folder=str(tmp_path))
        assert refused.value.code == "lists.file_gone" and not AuditEntry.objects.filter(kind="export").exists()


class TestCounts:
    def test_are_the_same_by_page_and_by_file(self, town: Town, desk: User, command_post: User) -> None:
        one = bring(town_list("06"), desk, town)
        get_done(work_of(one, most=5), desk, command_post)
        counts = count_list(one)
        assert counts == count_groups(groups_of(results_of(one)))
        assert counts.rows == 98 and counts.persons == 123 and 0 < counts.done < counts.rows


class TestRowsToMend:
    def test_come_back_mended(self, town: Town, desk: User, tmp_path: Path) -> None:
        one = bring(town_list("05"), desk, town)
        answer = returning.return_errors(Command(actor=desk), list_id=one.id, folder=str(tmp_path))
        path = tmp_path / answer["file"]
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        assert str(page["A1"].value).startswith("云澜街道4月6日")
        header = [cell.value for cell in page[2]]
        number, name = header.index("身份证号") + 1, header.index("人员姓名") + 1
        told = [str(page.cell(row=row, column=len(header) - 1).value) for row in range(3, page.max_row + 1)]
        assert sum("末" in text or "lost the last digits" in text for text in told) == 48
        mended = 0
        for row in range(3, page.max_row + 1):
            known = [p for p in town.people.values() if p.name == page.cell(row=row, column=name).value]
            if known and known[0].documents.exists():
                page.cell(row=row, column=number).value = known[0].documents.all()[0].number
                mended += 1
        book.save(tmp_path / "补正.xlsx")
        again = bring(tmp_path / "补正.xlsx", desk, town, sender="补正")
        fields = again.mapping["tables"][0]["fields"]
        assert fields[-2:] == ["ignore", "ignore"] and fields[number - 1] == "identity"
        assert again.counts["rows"] == answer["counts"]["rows"]
        lost = sum(
            "identity.digits_lost" in {p[0] for p in row.problems} for row in ListRow.objects.filter(source_list=again)
        )
        assert mended and lost <= again.counts["rows"] - mended

    def test_are_not_written_when_there_are_none(
        self, town: Town, desk: User, family: list[Person], tmp_path: Path
    ) -> None:
        one = bring(written_list(tmp_path, family), desk, town)
        with pytest.raises(Refusal) as refused:
            returning.return_errors(Command(actor=desk), list_id=one.id, folder=str(tmp_path))
        assert refused.value.code == "lists.nothing_to_mend"


class TestUpperForms:
    @pytest.fixture
    def finished(self, town: Town, desk: User, command_post: User) -> SourceList:
        one = bring(town_list("12"), desk, town)
        get_done(work_of(one, most=12), desk, command_post)
        return one

    @pytest.mark.parametrize(
        ("form", "sheet", "first", "column", "coded"),
        [("A_市级_核查结果回传表", "回传表", 4, 6, False), ("B_省平台_批量导入模板", "data", 4, 10, True),
         ("C_涉疫协查反馈表", "反馈", 7, 10, True)],
    )  # fmt: skip
    def test_keep_their_layout_and_speak_their_codes(
        self,
        finished: SourceList,
        desk: User,
        tmp_path: Path,
        form: str,
        sheet: str,
        first: int,
        column: int,
        coded: bool,
    ) -> None:
        template = FORMS / f"{form}.xlsx"
        answer = returning.return_template(
            Command(actor=desk), list_ids=[finished.id], template=str(template), folder=str(tmp_path),
            unit="云澜街道", recipient="市防控办",
        )  # fmt: skip
        before, after = openpyxl.load_workbook(template), openpyxl.load_workbook(tmp_path / answer["file"])
        assert after.sheetnames == before.sheetnames
        assert [p.sheet_state for p in after.worksheets] == [p.sheet_state for p in before.worksheets]
        old, new = before[sheet], after[sheet]
        assert [[c.value for c in row] for row in new.iter_rows(max_row=first - 1)] == [
            [c.value for c in row] for row in old.iter_rows(max_row=first - 1)
        ]
        assert len(new.data_validations.dataValidation) == len(old.data_validations.dataValidation)
        rows = range(first, first + 60)
        names = [new.cell(row=row, column=2 if form[0] in "AC" else 1).value for row in rows]
        assert all(names) and answer["counts"]["rows"] == 60
        said = [new.cell(row=row, column=column).value for row in rows]
        allowed = set(OUTCOME_CODES.values()) if coded else set(OUTCOME_TEXTS.values())
        assert sum(one is not None for one in said) == count_list(finished).done
        assert {one for one in said if one is not None} <= allowed

    def test_of_an_exchange_take_finished_rows_and_report_the_rest(
        self, finished: SourceList, desk: User, tmp_path: Path
    ) -> None:
        answer = returning.return_profile(
            Command(actor=desk), list_ids=[finished.id], profile="省平台", folder=str(tmp_path), unit="云澜街道",
            recipient="",
        )  # fmt: skip
        page = openpyxl.load_workbook(tmp_path / answer["file"]).worksheets[0]
        head = [cell.value for cell in page[1]]
        assert head[:5] == ["xm", "zjlx", "zjhm", "sjhm", "xb"] and head[9] == "hcjg"
        lines = [[cell.value for cell in row] for row in page.iter_rows(min_row=3)]
        assert len(lines) == answer["counts"]["rows"] == count_list(finished).done
        assert {line[1] for line in lines} <= {"111", "414", "511", "516", "553", "990", None}
        assert {line[9] for line in lines} <= set(OUTCOME_CODES.values())
        assert all(len(str(line[13])) == 14 for line in lines)
        assert answer["counts"]["problems"] == answer["problem_count"]
        groups = answer["problems"]
        assert sum(count for _field, _code, _limit, count, _records in groups) == answer["problem_count"]
        assert len({tuple(group[:3]) for group in groups}) == len(groups)
        assert all(len(records) == min(count, 5) for *_what, count, records in groups)

    def test_of_an_exchange_without_a_finished_row_are_refused(self, town: Town, desk: User, tmp_path: Path) -> None:
        one = bring(town_list("19"), desk, town)
        with pytest.raises(Refusal) as refused:
            returning.return_profile(
                Command(actor=desk), list_ids=[one.id], profile="省平台", folder=str(tmp_path), unit="云澜街道",
                recipient="",
            )  # fmt: skip
        assert refused.value.code == "lists.nothing_done"

    def test_without_a_header_are_refused_with_a_sentence(
        self, finished: SourceList, desk: User, tmp_path: Path
    ) -> None:
        openpyxl.Workbook().save(tmp_path / "leer.xlsx")
        with pytest.raises(Refusal) as refused:
            returning.return_template(
                Command(actor=desk), list_ids=[finished.id], template=str(tmp_path / "leer.xlsx"),
                folder=str(tmp_path), unit="云澜街道", recipient="x",
            )  # fmt: skip
        assert refused.value.code == "return.no_header"
        assert refused.value.sentence != refused.value.code


class TestUndoneReview:
    def test_takes_the_result_out_of_the_file_again(self, town: Town, desk: User) -> None:
        one = bring(town_list("19"), desk, town)
        row = ListRow.objects.filter(source_list=one, decision="review").exclude(household=None)[0]
        before = count_list(one)
        deciding.decide_row(Command(actor=desk), row_id=row.id, kind="household")
        assert count_list(one).review == before.review - 1
        deciding.undo_decision(Command(actor=desk))
        assert count_list(one) == before


class TestWords:
    def test_there_is_a_code_for_every_outcome(self) -> None:
        assert set(OUTCOME_TEXTS) == set(Outcome.values)
        assert list(OUTCOME_CODES.values()) == [f"{n:02}" for n in range(1, 11)]

    @given(
        st.lists(st.text(alphabet=SIGNS, min_size=1, max_size=8), max_size=6),
        st.sampled_from(list(OUTCOME_TEXTS.values())),
    )
    def test_never_leave_the_senders_list(self, allowed: list[str], text: str) -> None:
        chosen = fitting(allowed, text)
        assert chosen is None or chosen in allowed

    @pytest.mark.parametrize(
        ("allowed", "text", "fits"),
        [
            (["在本辖区-已管控", "其他"], "在本辖区—已管控", "在本辖区-已管控"),
            (["01", "02", "10"], "已由他处管控", "10"),
            (["1", "2"], "在本辖区—不需管控", "2"),
            (["转推", "已离开"], "不在本辖区—转推", "转推"),
            (["是", "否"], "查无此人", None),
            ([], "查无此人", None),
        ],
    )
    def test_find_their_place_in_a_drop_down_list(self, allowed: list[str], text: str, fits: str | None) -> None:
        assert fitting(allowed, text) == fits

    def test_say_reasons_as_people_do(self) -> None:
        said = sentence_of(["name.homophone", "phone.equal", "door.equal", "evidence.thin"], missing=["id"])
        assert said.index("；" if "；" in said else ";") > 0
        assert len([part for part in said.replace("；", ";").split(";") if part]) == 4


def test_the_stored_file_is_never_changed(town: Town, desk: User, family: list[Person], tmp_path: Path) -> None:
    one = bring(written_list(tmp_path, family), desk, town)
    before = storage.content(one.id)
    returning.return_file(Command(actor=desk), list_id=one.id, folder=str(tmp_path))
    with storage.unsealed(one.id, filename=one.filename) as path:
        assert open_source(path, filename=one.filename).sheets[0].rows[1] == list(HEADER)
    assert storage.content(one.id) == before

"""The nineteen lists that came down to the toy town on its first day."""

from __future__ import annotations

import re

import pytest

from lianfang.core.lists.intake.api import IntakeRefusal, Mapping, find_table, find_tables, open_source, skipped_rows
from lianfang.kernel.rowfacts import RowFacts

from .conftest import LISTS, ledger, opened, people_of, truth_of


def codes(facts: RowFacts) -> set[str]:
    return {problem.code for problem in facts.problems}


class TestEveryList:
    def test_gives_exactly_the_people_on_the_rows_the_truth_names(self, list_name: str) -> None:
        assert set(people_of(list_name)) == set(truth_of(list_name))

    def test_accounts_for_every_physical_row_once(self, list_name: str) -> None:
        for sheet in opened(list_name).sheets:
            told = [sheet.numbers[index] for table in find_tables(sheet) for index in table.body]
            for table in find_tables(sheet):
                for one in table.skipped:
                    told.extend(range(one.first_row, one.last_row + 1))
            told.extend(sheet.continued)
            assert sorted(told) == list(range(1, sheet.height + 1))

    def test_refuses_numbers_that_lost_digits_by_name_and_uses_no_part_of_them(self, list_name: str) -> None:
        people = people_of(list_name)
        lost = [seat for seat, row in truth_of(list_name).items() if row["ev_id"] == "lost"]
        wrong = [seat for seat in lost if people[seat].identity or "identity.digits_lost" not in codes(people[seat])]
        assert wrong == []

    def test_reads_the_numbers_the_truth_calls_exact_as_the_ledger_holds_them(self, list_name: str) -> None:
        people = people_of(list_name)
        wrong = []
        for seat, row in truth_of(list_name).items():
            known = ledger().get(row["person_id"])
            checked = row["ev_id"] == "exact" and known and known["id_type"] == "居民身份证"
            if checked and known and (people[seat].identity, people[seat].identity_valid) != (known["id_no"], True):
                wrong.append((seat, people[seat].identity))
        assert wrong == []

    def test_keeps_masked_numbers_and_names_as_masks(self, list_name: str) -> None:
        people = people_of(list_name)
        wrong = []
        for seat, row in truth_of(list_name).items():
            facts = people[seat]
            if row["ev_id"] == "masked" and ("*" not in facts.identity_masked or facts.identity):
                wrong.append(seat)
            if row["ev_name"] == "masked" and ("*" not in facts.name_masked or facts.name):
                wrong.append(seat)
            if row["ev_phone"] == "masked" and not facts.phones_masked:
                wrong.append(seat)
        assert wrong == []

    def test_finds_the_telephone_the_ledger_knows(self, list_name: str) -> None:
        people = people_of(list_name)
        wrong = [
            seat
            for seat, row in truth_of(list_name).items()
            if row["ev_phone"] == "own"
            and ledger().get(row["person_id"], {}).get("phone")
            and ledger()[row["person_id"]]["phone"] not in people[seat].phones
        ]
        assert wrong == []

    def test_gives_an_address_wherever_the_truth_sees_one(self, list_name: str) -> None:
        people = people_of(list_name)
        wrong = [
            seat for seat, row in truth_of(list_name).items() if row["ev_addr"] != "none" and not people[seat].address
        ]
        assert wrong == []

    def test_leaves_no_date_unread(self, list_name: str) -> None:
        unread = [
            facts for facts in people_of(list_name).values() if any(code.startswith("date.") for code in codes(facts))
        ]
        assert unread == []


class TestTheCityOfficeList:
    def test_is_found_under_two_titles_with_the_note_and_signature_left_out(self) -> None:
        table = find_table(opened("01").sheets[0])
        assert table is not None
        assert table.header_rows == (3,)
        assert [(one.first_row, one.reason) for one in table.skipped if one.reason != "blank"] == [
            (1, "title"),
            (2, "title"),
            (3, "header"),
            (329, "note"),
            (330, "note"),
        ]

    def test_shows_its_hidden_rows_and_column_and_reads_them_all_the_same(self) -> None:
        sheet = opened("01").sheets[0]
        assert len(sheet.hidden_rows) == 6
        assert sheet.hidden_columns == {6}
        assert sheet.hidden_rows <= {seat[2] for seat in people_of("01")}

    def test_recognises_the_columns_to_be_filled_on_return(self) -> None:
        table = find_table(opened("01").sheets[0])
        assert table is not None
        fields = dict(zip(table.labels, Mapping.of_table(table).fields, strict=True))
        assert (fields["核查结果"], fields["管控措施"], fields["身份证\n号码"]) == (
            "result",
            "result_measure",
            "identity",
        )


class TestTheRailwayList:
    def test_is_gbk_with_pinyin_initials_where_dz_is_the_station_and_not_the_address(self) -> None:
        table = find_table(opened("02").sheets[0])
        assert table is not None
        assert opened("02").encoding == "gb18030"
        assert dict(zip(table.labels, Mapping.of_table(table).fields, strict=True))["dz"] == "destination"

    def test_reads_the_arrival_written_without_separators(self) -> None:
        assert people_of("02")["", 1, 2, 1].extra["arrived_at"] == "2022-04-06T07:53:00"


class TestTheAirlineList:
    def test_prefers_the_chinese_name_and_keeps_the_latin_one(self) -> None:
        facts = people_of("03")["PNR", 156, 157, 1]
        assert (facts.name, facts.extra["name_latin"]) == ("邵妹秀", "SHAO MEIXIU")

    def test_takes_the_latin_name_without_its_title_where_there_is_no_other(self) -> None:
        assert people_of("03")["PNR", 6, 7, 1].name == "WU/MEIZHEN"


class TestTheTracersForm:
    def test_joins_two_header_rows(self) -> None:
        table = find_table(opened("06").sheets[0])
        assert table is not None
        assert table.header_rows == (2, 3)
        assert table.labels[:2] == ("序号", "基本信息/姓名")
        assert "居住信息/楼幢" in table.labels

    def test_gives_a_family_one_number_and_one_telephone_and_the_number_to_the_first(self) -> None:
        family = [people_of("06")["流调", 9, 12, part] for part in (1, 2, 3)]
        assert [one.name for one in family] == ["周根利", "赵素贞", "周佳雪"]
        assert [one.identity for one in family] == ["999999195605156579", "", ""]
        assert {one.phones for one in family} == {("19900055122",)}
        assert [one.extra.get("relation", "") for one in family] == ["", "妻子", "女儿"]

    def test_joins_the_address_from_five_columns(self) -> None:
        facts = people_of("06")["流调", 1, 4, 1]
        assert facts.address == "云澜街道花园新村3幢2单元402室"
        assert (facts.building, facts.unit, facts.room) == ("3幢", "2单元", "402")


class TestTheCommunitiesWorkbook:
    def test_has_a_summary_a_zero_report_and_a_hidden_sheet_that_counts(self) -> None:
        kinds = {table.key: table.kind for sheet in opened("07").sheets for table in find_tables(sheet)}
        assert (kinds["汇总"], kinds["枫林社区"]) == ("summary", "zero_report")
        hidden = [sheet for sheet in opened("07").sheets if not sheet.visible]
        assert [(sheet.name, kinds[sheet.name]) for sheet in hidden] == [("临江社区", "persons")]

    def test_says_that_the_zero_was_written_down(self) -> None:
        table = find_table(next(sheet for sheet in opened("07").sheets if sheet.name == "枫林社区"))
        assert table is not None
        assert table.stated_zero

    def test_takes_the_community_from_the_name_of_the_sheet(self) -> None:
        assert people_of("07")["望湖社区", 3, 5, 1].community == "望湖社区"


class TestTheChatGroupChain:
    def test_leaves_out_title_format_example_and_closing_line(self) -> None:
        reasons = {(one.first_row, one.reason) for _, one in skipped_rows(opened("09")) if one.reason != "blank"}
        assert reasons == {(1, "title"), (2, "title"), (3, "title"), (4, "example"), (85, "note")}

    def test_keeps_a_nickname_apart_and_counts_the_household(self) -> None:
        facts = people_of("09")["", 9, 14, 1]
        assert (facts.name, facts.extra["nickname"], facts.extra["household_size"]) == ("", "岁月静好", "2")

    def test_takes_the_compound_from_the_title(self) -> None:
        assert {facts.compound for facts in people_of("09").values()} == {"望湖花苑"}

    def test_reads_names_on_both_sides_of_the_door(self) -> None:
        family = [people_of("09")["", 30, 35, part] for part in (1, 2)]
        assert [one.name for one in family] == ["吐尔逊·热合曼", "祖丽皮亚·玉素甫"]
        assert {(one.address, one.phones) for one in family} == {("2#202", ("19900069450",))}


class TestTheLandlordsList:
    def test_imports_the_tenant_and_never_the_landlord(self) -> None:
        facts = people_of("11")["登记表", 1, 4, 1]
        assert (facts.name, facts.phones) == ("潘平", ("19900012648",))
        assert "贺龙鑫" not in repr(facts)
        assert "19900044754" not in repr(facts)


class TestTheNeighbouringCitysList:
    def test_keeps_the_registered_address_apart_from_where_people_live(self) -> None:
        facts = people_of("15")["Sheet1", 1, 4, 1]
        assert (facts.registered_address, facts.address) == ("云岭县青岙乡金湖花园30-3-403", "松岗家园1幢2单元401")


class TestTheVenueCodeList:
    def test_takes_calculated_values_and_treats_formula_text_as_text(self) -> None:
        people = people_of("16")
        assert people["扫码", 1, 2, 1].identity == "999999198703265449"
        attack = people["扫码", 6, 7, 1]
        assert attack.address.startswith("@SUM")
        assert "cell.formula" in codes(attack)
        assert people["扫码", 12, 13, 1].name == ""

    def test_drops_the_override_that_turns_a_name_around_and_says_so(self) -> None:
        facts = people_of("16")["扫码", 72, 73, 1]
        assert re.fullmatch(r"[一-鿿]+", facts.name)
        assert "cell.hidden_characters" in codes(facts)


class TestTheZeroReport:
    def test_is_a_report_without_people_and_not_an_error(self) -> None:
        table = find_table(opened("17").sheets[0])
        assert table is not None
        assert (table.kind, table.body) == ("zero_report", [])


class TestTheInterruptedTransfer:
    def test_is_refused_by_name(self) -> None:
        path = next(LISTS.glob("18_*"))
        with pytest.raises(IntakeRefusal) as refused:
            open_source(path, filename=path.name)
        assert refused.value.code == "file.damaged"


class TestTheReturnForms:
    @pytest.mark.parametrize(("letter", "header"), [("A", (3,)), ("B", (1, 2, 3)), ("C", (5, 6))])
    def test_have_a_header_and_nobody_in_them(self, letter: str, header: tuple[int, ...]) -> None:
        path = next((LISTS / "sender_templates").glob(f"{letter}_*"))
        table = find_table(open_source(path, filename=path.name).sheets[0])
        assert table is not None
        assert (table.kind, table.header_rows) == ("zero_report", header)

    def test_of_the_province_show_their_codes_beside_the_labels(self) -> None:
        path = next((LISTS / "sender_templates").glob("B_*"))
        table = find_table(open_source(path, filename=path.name).sheets[0])
        assert table is not None
        assert [column.code for column in table.columns][:4] == ["xm", "zjlx", "zjhm", "sjhm"]
        assert [guess.field for guess in table.guesses][:8] == [
            "name", "identity_type", "identity", "phone", "sex", "county", "subdistrict", "community",
        ]  # fmt: skip

"""Rows for another authority's format: nothing cut, nothing guessed, nobody lost."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.core.lists.returns import (
    ReturnCountMismatch,
    ReturnRefused,
    build_rows,
    check_counts,
    read_profile,
)

from .compare import FORMS

PROFILE = read_profile(FORMS / "export_profile_省平台.csv")
GOOD = {
    "person.name": "王某",
    "document.type": "resident",
    "document.number": "999999199001010016",
    "area.community": "999999001001",
    "outcome": "01",
    "work.done_at": datetime(2022, 4, 6, 6, 30, tzinfo=UTC),
}
TABLES = {"zjlx": {"resident": "111", "passport": "414"}, "hcjg": {"controlled": "01"}}


class TestTheProvincialProfile:
    def test_is_read_in_order(self) -> None:
        assert PROFILE.names[:4] == ("xm", "zjlx", "zjhm", "sjhm") and len(PROFILE.fields) == 15
        done_at = PROFILE.fields[13]
        assert (done_at.kind, done_at.length, done_at.required, done_at.pattern) == (
            "datetime",
            14,
            True,
            "yyyyMMddHHmmss",
        )

    def test_writes_codes_days_and_times_of_our_zone(self) -> None:
        rows, problems = build_rows(PROFILE, [{**GOOD, "measure.starts_on": date(2022, 4, 6)}], code_tables=TABLES)
        assert problems == []
        assert list(rows[0]) == list(PROFILE.names)
        assert (rows[0]["zjlx"], rows[0]["gkksrq"], rows[0]["hcsj"]) == ("111", "20220406", "20220406143000")

    @pytest.mark.parametrize(
        ("source", "value", "code"),
        [
            ("person.name", "", "return.required_missing"),
            ("person.name", "王" * 51, "return.too_long"),
            ("phone", "19900000000/19900000001", "return.too_long"),
            ("document.type", "driver", "return.unknown_code"),
            ("measure", "居家隔离", "return.unknown_code"),
            ("measure.starts_on", "4月6日", "return.not_a_day"),
            ("work.done_at", date(2022, 4, 6), "return.not_an_instant"),
            ("work.done_at", datetime(2022, 4, 6, 14, 30), "return.not_an_instant"),
        ],
    )
    def test_reports_what_does_not_fit_and_writes_nothing_there(self, source: str, value: object, code: str) -> None:
        rows, problems = build_rows(PROFILE, [GOOD, {**GOOD, source: value}], code_tables=TABLES)
        (problem,) = problems
        assert (problem.record, problem.code) == (2, code)
        assert rows[1][problem.field] == "" and rows[0] == {**rows[1], problem.field: rows[0][problem.field]}

    @given(st.lists(st.dictionaries(st.sampled_from([one.source for one in PROFILE.fields]), st.text(max_size=60))))
    def test_gives_as_many_rows_as_there_are_records(self, records: list[dict[str, str]]) -> None:
        rows, problems = build_rows(PROFILE, records, code_tables=TABLES)
        check_counts(expected=len(records), found=len(rows))
        assert len(rows) == len(records)
        limits = {one.name: one.length for one in PROFILE.fields}
        assert all(len(text) <= limits[name] for row in rows for name, text in row.items())
        assert {one.record for one in problems} == set(range(1, len(records) + 1)) - {
            number
            for number, row in enumerate(rows, 1)
            if all(row[one.name] for one in PROFILE.fields if one.required)
            and not any(one.record == number for one in problems)
        }


def test_fewer_rows_than_records_are_refused() -> None:
    with pytest.raises(ReturnCountMismatch) as refusal:
        check_counts(expected=20, found=19)
    assert (refusal.value.code, refusal.value.expected, refusal.value.found) == ("return.count_mismatch", 20, 19)


@pytest.mark.parametrize(
    "text",
    ["", "order,field,type\n1,xm,colour\n", "order,field,type\nx,xm,text\n", "order,field\n1,xm\n2,xm\n"],
)
def test_a_profile_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ReturnRefused) as refusal:
        read_profile(text)
    assert refusal.value.code == "return.bad_profile"


def test_numbers_are_checked_and_other_date_patterns_known() -> None:
    profile = read_profile("field,type,format\nrs,integer,\ntw,decimal,\nrq,date,yyyy/MM/dd\n")
    rows, problems = build_rows(profile, [{"rs": 3, "tw": "36.8", "rq": date(2022, 4, 6)}, {"rs": "3人"}])
    assert rows[0] == {"rs": "3", "tw": "36.8", "rq": "2022/04/06"}
    assert [(one.record, one.field, one.code) for one in problems] == [(2, "rs", "return.not_a_number")]

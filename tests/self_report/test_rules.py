"""What a household's form must say, and when reports become a list: without database, clock or page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.capabilities.self_report import rules
from lianfang.capabilities.self_report.codes import own_code, receipt_number
from lianfang.capabilities.self_report.plates import look_through
from lianfang.capabilities.self_report.words import LISTED_NEEDS, LISTED_RELATIONS, LISTED_SYMPTOMS, LISTED_TRANSPORT
from lianfang.kernel.short_codes import read_code
from lianfang.kernel.uuid7 import uuid7

TODAY = date(2022, 4, 6)
NOON = datetime(2022, 4, 6, 4, tzinfo=UTC)
SOUND = {
    "address": "1幢101",
    "came": "no",
    "contact": "no",
    "read": "yes",
    "p0-name": "何文斌",
    "p0-phone": "19900012345",
}


def faults(**changes: str) -> dict[str, str]:
    """Faults of a sound form with these changes."""
    return rules.faults_of(rules.draft_of({**SOUND, **changes}, {}), today=TODAY)


class TestAForm:
    def test_that_is_sound_is_taken(self) -> None:
        assert faults() == {}
        assert faults(**{"p1-name": "何小满", "p2-name": "John Smith", "p2-number": "E12345678"}) == {}

    @pytest.mark.parametrize(
        ("changes", "where", "code"),
        [
            ({"address": " "}, "address", "no_address"),
            ({"came": "yes", "arrived_on": "2022-04-05"}, "origin", "no_origin"),
            ({"came": "yes", "origin": "丹岚市"}, "arrived_on", "no_day"),
            ({"came": "yes", "origin": "丹岚市", "arrived_on": "2022-04-07"}, "arrived_on", "future_day"),
            ({"tested_on": "不知道"}, "tested_on", "bad_day"),
            ({"contact": "maybe"}, "contact", "choose"),
            ({"read": ""}, "read", "not_read"),
            ({"p0-phone": ""}, "p0-phone", "no_phone"),
            ({"p0-phone": "199****2345"}, "p0-phone", "bad_phone"),
            ({"p0-name": "123"}, "p0-name", "bad_name"),
            ({"p0-number": "999999190001011111"}, "p0-number", "bad_number"),
            ({"p1-phone": "19900012346"}, "p1-name", "no_name"),
        ],
    )
    def test_says_beside_which_line_something_is_missing(self, changes: dict[str, str], where: str, code: str) -> None:
        assert faults(**changes) == {where: f"self_report.{code}"}

    @settings(max_examples=25)
    @given(
        st.dictionaries(st.sampled_from([*SOUND, "p1-name", "p1-number", "origin", "arrived_on"]), st.text(max_size=20))
    )
    def test_loses_nothing_and_never_breaks(self, changes: dict[str, str]) -> None:
        draft = rules.draft_of({**SOUND, **changes}, {"symptoms": ["cough", "<x>"]})
        wrong = rules.faults_of(draft, today=TODAY)
        assert draft.many["symptoms"] == ("cough",)
        if not wrong:
            kept = rules.plain_of(draft, today=TODAY)
            assert len(rules.draft_from(kept).people) == len(draft.people)
            assert len(rules.tail_of(kept)) == 4

    def test_keeps_of_a_stay_at_home_no_journey(self) -> None:
        kept = rules.plain_of(rules.draft_of({**SOUND, "origin": "丹岚市", "transport": "train"}, {}), today=TODAY)
        assert "origin" not in kept and "transport" not in kept and "read" not in kept

    def test_knows_a_word_of_the_list_for_every_choice(self) -> None:
        assert set(LISTED_RELATIONS) == set(rules.RELATIONS)
        assert set(LISTED_TRANSPORT) == set(rules.TRANSPORT) - {""}
        assert (set(LISTED_SYMPTOMS), set(LISTED_NEEDS)) == (set(rules.SYMPTOMS), set(rules.NEEDS))


class TestWaitingReports:
    @pytest.mark.parametrize(
        ("waiting", "age", "since_last", "due"),
        [(1, 10, None, False), (1, 31, None, True), (1, 60, 60, False), (1, 660, 601, True), (200, 1, 1, True)],
    )
    def test_become_a_list_together(self, waiting: int, age: int, since_last: int | None, due: bool) -> None:
        last = None if since_last is None else NOON - timedelta(seconds=since_last)
        oldest = NOON - timedelta(seconds=age)
        assert rules.is_due(waiting=waiting, oldest_at=oldest, last_list_at=last, now=NOON) is due


class TestCodes:
    def test_of_a_report_are_always_the_same_and_tell_nothing_of_each_other(self) -> None:
        ids = [uuid7() for _ in range(200)]
        assert [own_code(one) for one in ids] == [own_code(one) for one in ids]
        assert len({own_code(one) for one in ids} | {receipt_number(one) for one in ids}) == 400
        assert all(read_code(own_code(one), length=10) for one in ids)


class TestPlates:
    RULES = (("鄂", "湖北"), ("鄂A", "武汉市"))

    def test_are_found_however_they_are_written(self) -> None:
        found = look_through("鄂A·12345, 鄂a12346\n鄂B12345；京A88888，粤B D12345\n鄂A12345", self.RULES)
        assert [(one.plate.number, one.whence) for one in found] == [
            ("鄂A12345", "武汉市"),
            ("鄂A12346", "武汉市"),
            ("鄂B12345", "湖北"),
            ("京A88888", ""),
            ("粤BD12345", ""),
        ]

    def test_that_are_none_are_named_and_hit_nobody(self) -> None:
        found = look_through("鄂A1\n无牌\n<b>", self.RULES)
        assert (found[0].written, found[0].whence, found[0].plate.problem) == ("鄂A1", "", "plate.shape")
        assert not any(one.whence for one in found)

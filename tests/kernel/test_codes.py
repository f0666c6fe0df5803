"""Codes of organisations, places and vehicles (published vectors), and identifiers that carry their time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.kernel.credit_codes import credit_code_check, organisation_check, read_credit_code
from lianfang.kernel.divisions import DivisionLevel, MalformedDivision, division_level, parent_code, parse_division
from lianfang.kernel.plates import read_plate
from lianfang.kernel.uuid7 import uuid7, uuid7_instant

CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class TestCreditCodes:
    @pytest.mark.parametrize(
        "number", ["91350100M000100Y43", "9111000071093123XX", "91330106673959654P", "91110000802100433B"]
    )
    def test_of_real_shape_are_valid(self, number: str) -> None:
        found = read_credit_code(number.lower())
        assert (found.number, found.valid, found.kind, found.problem) == (number, True, "enterprise", "")

    @pytest.mark.parametrize(
        ("number", "problem"),
        [
            ("91350100M000100Y44", "credit_code.checksum"),
            ("9135010OM000100Y43", "credit_code.shape"),
            ("91350100M000100Y4", "credit_code.shape"),
            ("91AB0100M000100Y43", "credit_code.shape"),
        ],
    )
    def test_are_refused_with_their_reason(self, number: str, problem: str) -> None:
        assert read_credit_code(number).problem == problem

    def test_check_the_organisation_inside(self) -> None:
        first17 = "91350100M000100Y5"
        assert organisation_check("M000100Y") == "4"
        assert read_credit_code(first17 + credit_code_check(first17)).problem == "credit_code.organisation"

    @given(st.integers(0, 17), st.sampled_from(CREDIT_LETTERS))
    def test_catch_every_single_wrong_character(self, place: int, letter: str) -> None:
        number = "91350100M000100Y43"
        wrong = number[:place] + letter + number[place + 1 :]
        assert wrong == number or not read_credit_code(wrong).valid


class TestDivisions:
    @pytest.mark.parametrize(
        ("code", "level", "kind", "parent"),
        [
            ("330000", DivisionLevel.PROVINCE, "", ""),
            ("330300", DivisionLevel.PREFECTURE, "", "330000"),
            ("330300000000", DivisionLevel.PREFECTURE, "", "330000"),
            ("330381", DivisionLevel.COUNTY, "", "330300"),
            ("370102013", DivisionLevel.SUBDISTRICT, "street", "370102"),
            ("330381101", DivisionLevel.SUBDISTRICT, "town", "330381"),
            ("330381205", DivisionLevel.SUBDISTRICT, "township", "330381"),
            ("320112002033", DivisionLevel.COMMUNITY, "residents_committee", "320112002"),
            ("320112002200", DivisionLevel.COMMUNITY, "villagers_committee", "320112002"),
            ("370102013006008", DivisionLevel.GRID, "", "370102013006"),
            ("999999001001001", DivisionLevel.GRID, "", "999999001001"),
        ],
    )
    def test_say_level_kind_and_parent(self, code: str, level: DivisionLevel, kind: str, parent: str) -> None:
        found = parse_division(code)
        assert (found.level, found.kind, parent_code(code)) == (level, kind, parent)
        assert division_level(code) is level

    @pytest.mark.parametrize("text", ["", "33038", "3303811", "000000", "33038A", "３３０３８１", "3703820130060080"])
    def test_are_refused_when_malformed(self, text: str) -> None:
        with pytest.raises(MalformedDivision) as refused:
            parse_division(text)
        assert refused.value.code == "division.malformed"


class TestPlates:
    @pytest.mark.parametrize(
        ("text", "number", "kind"),
        [
            ("浙A12345", "浙A12345", "ordinary"),
            ("浙A·12345", "浙A12345", "ordinary"),
            ("浙a 12345", "浙A12345", "ordinary"),
            ("浙AD12345", "浙AD12345", "new_energy_small"),
            ("浙AK12345", "浙AK12345", "new_energy_small"),
            ("浙A12345D", "浙A12345D", "new_energy_large"),
            ("浙A1234挂", "浙A1234挂", "suffixed"),
            ("粤Z1234港", "粤Z1234港", "hk_macao"),
            ("使123456", "使123456", "special"),
            ("WJ浙12345", "WJ浙12345", "special"),
            ("临牌", "", "without"),
            ("无牌 红色货车", "", "without"),
        ],
    )
    def test_are_told_apart_by_shape(self, text: str, number: str, kind: str) -> None:
        found = read_plate(text)
        assert (found.number, found.kind, found.problem) == (number, kind, "")

    @pytest.mark.parametrize("text", ["浙AN12345", "浙AI2345", "浙A123456", "12345", "浙1A2345"])
    def test_are_refused_when_no_shape_fits(self, text: str) -> None:
        assert read_plate(text).problem == "plate.shape"

    def test_may_be_absent(self) -> None:
        assert read_plate("").problem == ""


class TestTimeOrderedIdentifiers:
    def test_rise_and_tell_when_they_were_made(self) -> None:
        before = datetime.now(UTC) - timedelta(milliseconds=1)
        made = [uuid7() for _ in range(200)]
        after = datetime.now(UTC) + timedelta(milliseconds=1)
        assert made == sorted(made)
        assert all(before <= uuid7_instant(one) <= after for one in made)

    def test_agree_with_the_example_of_the_standard(self) -> None:
        example = uuid.UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
        assert uuid7_instant(example) == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)

    def test_are_not_read_out_of_other_versions(self) -> None:
        with pytest.raises(ValueError, match="version 7"):
            uuid7_instant(uuid.uuid4())

"""Identity documents: the published vectors, the ways they are typed, and the laws of the check digit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.kernel.identity import (
    Identity,
    IdentityKind,
    age_on,
    check_digit,
    kind_of_hint,
    read_identities,
    read_identity,
    same_number_slip,
)

TODAY = date(2022, 4, 6)
WANG = "999999199001010016"


@st.composite
def valid_numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), TODAY))
    first17 = f"999999{born:%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return first17 + check_digit(first17)


def read(text: object, hint: str = "") -> Identity:
    return read_identity(text, today=TODAY, hint=hint)


class TestPublishedVectors:
    @pytest.mark.parametrize(
        ("number", "kind"),
        [
            ("11010519491231002X", IdentityKind.RESIDENT_ID),
            ("440524188001010014", IdentityKind.RESIDENT_ID),
            ("34052419800101001X", IdentityKind.RESIDENT_ID),
            ("999999199001010016", IdentityKind.RESIDENT_ID),
            ("999999202002290026", IdentityKind.RESIDENT_ID),
            ("810000199408230021", IdentityKind.HK_MACAO_RESIDENCE),
            ("830000199201300022", IdentityKind.TAIWAN_RESIDENCE),
            ("911124198108030024", IdentityKind.FOREIGN_PERMANENT),
            ("932682198501010017", IdentityKind.FOREIGN_PERMANENT),
            ("KAZ110090123105", IdentityKind.FOREIGN_PERMANENT_OLD),
            ("H99990002", IdentityKind.HK_MACAO_PERMIT),
            ("99990009", IdentityKind.TAIWAN_PERMIT),
            ("EZ9900050", IdentityKind.PASSPORT_CN),
            ("ZZ0001029", IdentityKind.PASSPORT_FOREIGN),
        ],
    )
    def test_are_valid(self, number: str, kind: IdentityKind) -> None:
        found = read(number)
        assert (found.number, found.kind, found.valid, found.problem) == (number, kind, True, "")

    @pytest.mark.parametrize(
        ("number", "problem"),
        [
            ("110105194912310021", "identity.checksum"),
            ("11010519490230002X", "identity.birth_date"),
            ("999999199001010061", "identity.checksum"),
            ("99999919900101001", "identity.length"),
            ("9999991990010100166", "identity.length"),
            ("HELLO", "identity.unknown_shape"),
        ],
    )
    def test_are_refused_with_their_reason(self, number: str, problem: str) -> None:
        found = read(number)
        assert (found.valid, found.problem) == (False, problem)

    def test_keep_a_faulty_number_so_that_the_slip_can_be_found(self) -> None:
        assert same_number_slip(read("110105194912310021").number, "11010519491231002X")

    def test_widen_fifteen_digits(self) -> None:
        found = read("110105491231002")
        assert (found.number, found.valid, found.widened_from_15) == ("11010519491231002X", True, True)

    def test_tell_birth_sex_and_division(self) -> None:
        found = read("11010519491231002X")
        assert (found.birth_date, found.sex, found.division) == (date(1949, 12, 31), "2", "110105")

    def test_warn_about_a_very_old_person_without_refusing(self) -> None:
        assert read("440524188001010014").warnings == ("identity.very_old",)

    def test_refuse_someone_not_yet_born(self) -> None:
        first17 = "99999920220407001"
        assert read(first17 + check_digit(first17)).problem == "identity.future_birth"


class TestTypedNumbers:
    @pytest.mark.parametrize(
        "typed",
        [
            WANG,
            " 999999 1990 0101 0016 ",
            "999999-19900101-0016",
            "'" + WANG,
            f'="{WANG}"',
            f'"{WANG}"',
            WANG + "\t",
            WANG + "?",
            WANG + "\u200b",
            WANG + "。",
            "９９９９９９１９９００１０１００１６",
            "身份证:" + WANG,
            "身份证号码：" + WANG,
            "证件号" + WANG,
            "ID" + WANG,
            "ID: " + WANG,
            WANG + "本人",
            WANG + "（儿子）",
        ],
    )
    def test_are_read_through_their_decoration(self, typed: str) -> None:
        found = read(typed)
        assert (found.number, found.valid) == (WANG, True)

    def test_accept_a_small_x(self) -> None:
        assert read("11010519491231002x").valid

    @pytest.mark.parametrize("typed", [None, "", "无", "不详", "/", "-", "（暂无）"])
    def test_are_simply_absent(self, typed: object) -> None:
        assert read(typed) == Identity()
        assert read_identities(typed, today=TODAY) == ()

    @pytest.mark.parametrize(
        "typed",
        [9.99999198602229e17, 999999198602229000, "9.99999E+17", "身份证:4.40524E+17", "440524188001010000"],
    )
    def test_are_refused_by_name_when_excel_ate_the_end(self, typed: object) -> None:
        found = read(typed)
        assert (found.problem, found.number, found.valid) == ("identity.digits_lost", "", False)

    def test_ending_in_zeros_by_nature_are_used_with_a_warning(self) -> None:
        found = read("999999198602229000")
        assert (found.valid, found.warnings) == (True, ("identity.maybe_rounded",))

    @pytest.mark.parametrize("between", ["、", "\n", " / ", ";", " "])
    def test_of_several_people_in_a_cell_are_told_apart(self, between: str) -> None:
        cell = f"{WANG}{between}999999202002290026"
        assert [one.number for one in read_identities(cell, today=TODAY)] == [WANG, "999999202002290026"]
        assert (read(cell).problem, read(cell).valid) == ("identity.several", False)


class TestMaskedNumbers:
    @pytest.mark.parametrize(
        ("typed", "masked"),
        [
            ("999999********1234", "999999********1234"),
            ("9999991990****1234", "9999991990****1234"),
            ("99999919900101****", "99999919900101****"),
            ("9****************4", "9****************4"),
            ("999***********1926", "999***********1926"),
            ("999999XXXXXXXX1234", "999999********1234"),
            ("999999xxxxxxxx123X", "999999********123X"),
            ("999999****1234", "999999********1234"),
            ("999999＊＊＊＊＊＊＊＊１２３４", "999999********1234"),
            ("身份证：999999●●●●●●●●1234", "999999********1234"),
            ("999***1990****1234", "999***1990****1234"),
            ("*****************X", "*****************X"),
        ],
    )
    def test_are_brought_to_eighteen_places(self, typed: str, masked: str) -> None:
        found = read(typed)
        assert (found.masked, found.number, found.valid, found.problem) == (masked, "", False, "")

    def test_still_tell_what_is_not_hidden(self) -> None:
        found = read("99999919900101****")
        assert (found.birth_date, found.division, found.sex) == (date(1990, 1, 1), "999999", "")
        assert read("999999********1234").sex == "1"

    @pytest.mark.parametrize("typed", ["9*9*9", "********", "999999199001*01*1"])
    def test_are_refused_where_the_places_cannot_be_known(self, typed: str) -> None:
        assert (read(typed).problem, read(typed).masked) == ("identity.masked_shape", "")

    def test_of_a_passport_stay_as_written(self) -> None:
        found = read("E****1234", hint="护照")
        assert (found.masked, found.kind) == ("E****1234", IdentityKind.PASSPORT_FOREIGN)

    @given(valid_numbers(), st.integers(0, 17), st.integers(1, 17))
    def test_of_any_length_fit_the_number_they_hide(self, number: str, start: int, stars: int) -> None:
        end = min(start + stars, 18)
        shape = number[:start] + "*" * (end - start) + number[end:]
        masked = read(shape).masked
        assert all(sign in ("*", digit) for sign, digit in zip(masked, number, strict=True))


class TestTheRowsOwnWord:
    @pytest.mark.parametrize(
        ("hint", "kind"),
        [
            ("居民身份证", IdentityKind.RESIDENT_ID),
            ("01", IdentityKind.RESIDENT_ID),
            ("111", IdentityKind.RESIDENT_ID),
            ("1", IdentityKind.RESIDENT_ID),
            ("NI", IdentityKind.RESIDENT_ID),
            ("护照", IdentityKind.PASSPORT_FOREIGN),
            ("414", IdentityKind.PASSPORT_FOREIGN),
            ("B", IdentityKind.PASSPORT_FOREIGN),
            ("PP", IdentityKind.PASSPORT_FOREIGN),
            ("C", IdentityKind.HK_MACAO_PERMIT),
            ("港澳居民来往内地通行证", IdentityKind.HK_MACAO_PERMIT),
            ("港澳居民居住证", IdentityKind.HK_MACAO_RESIDENCE),
            ("台湾居民来往大陆通行证", IdentityKind.TAIWAN_PERMIT),
            ("G", IdentityKind.TAIWAN_PERMIT),
            ("台湾居民居住证", IdentityKind.TAIWAN_RESIDENCE),
            ("外国人永久居留身份证", IdentityKind.FOREIGN_PERMANENT),
            ("553", IdentityKind.FOREIGN_PERMANENT),
            ("其他", None),
            ("", None),
        ],
    )
    def test_is_understood_over_all_code_tables(self, hint: str, kind: IdentityKind | None) -> None:
        assert kind_of_hint(hint) is kind

    def test_makes_nine_digits_a_passport(self) -> None:
        assert read("123456789", hint="护照").kind is IdentityKind.PASSPORT_FOREIGN
        assert not read("123456789").valid

    def test_yields_to_a_number_that_says_otherwise(self) -> None:
        found = read(WANG, hint="护照")
        assert (found.kind, found.valid, found.warnings) == (
            IdentityKind.RESIDENT_ID,
            True,
            ("identity.kind_mismatch",),
        )

    def test_names_the_foreigners_card_of_a_synthetic_division(self) -> None:
        assert read("999999197307039955", hint="外国人永久居留身份证").kind is IdentityKind.FOREIGN_PERMANENT

    def test_cuts_the_issue_count_off_a_travel_permit(self) -> None:
        assert read("M9999000402").number == "M99990004"


class TestTheCheckDigit:
    @given(valid_numbers())
    def test_accepts_every_number_it_completes(self, number: str) -> None:
        assert read(number).valid

    @given(valid_numbers(), st.integers(0, 17), st.sampled_from("0123456789"))
    def test_catches_every_single_wrong_digit(self, number: str, place: int, digit: str) -> None:
        wrong = number[:place] + digit + number[place + 1 :]
        assert wrong == number or not read(wrong).valid
        assert wrong == number or same_number_slip(wrong, number)

    @given(valid_numbers(), st.integers(0, 16))
    def test_catches_every_swap_of_neighbours(self, number: str, place: int) -> None:
        wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert wrong == number or not read(wrong).valid
        assert wrong == number or same_number_slip(wrong, number)

    @given(st.dates(date(1900, 1, 1), date(1999, 9, 30)), st.integers(1, 999))
    def test_holds_after_widening(self, born: date, sequence: int) -> None:
        found = read(f"999999{born:%y%m%d}{sequence:03d}")
        assert found.valid and found.widened_from_15
        assert check_digit(found.number[:17]) == found.number[17]

    @pytest.mark.parametrize("text", ["", "1234", "1234567890123456X", "１２３４５６７８９０１２３４５６７"])
    def test_is_refused_for_anything_but_seventeen_digits(self, text: str) -> None:
        with pytest.raises(ValueError, match="seventeen"):
            check_digit(text)

    @given(st.text(max_size=40) | st.floats() | st.integers() | st.none() | st.booleans())
    def test_never_lets_a_stray_cell_raise(self, cell: object) -> None:
        found = read(cell)
        assert not (found.valid and found.problem)


class TestSlips:
    @pytest.mark.parametrize("other", ["99999919900101001", "9999991990010100166", "9999991990010100016"])
    def test_miss_or_double_a_digit(self, other: str) -> None:
        assert same_number_slip(WANG, other) and same_number_slip(other, WANG)

    @pytest.mark.parametrize("other", [WANG, "", "999999199001020026", "999999202002290026", "9999991990010100"])
    def test_are_not_seen_in_equal_or_distant_numbers(self, other: str) -> None:
        assert not same_number_slip(WANG, other)


class TestAge:
    def test_grows_on_the_birthday(self) -> None:
        born = date(1990, 4, 6)
        assert [age_on(born, TODAY - timedelta(days=1)), age_on(born, TODAY)] == [31, 32]

    def test_of_a_leap_day_child_grows_on_the_first_of_march(self) -> None:
        assert [age_on(date(2020, 2, 29), date(2022, 2, 28)), age_on(date(2020, 2, 29), date(2022, 3, 1))] == [1, 2]

    def test_needs_a_day_after_birth(self) -> None:
        with pytest.raises(ValueError, match="before the birth"):
            age_on(TODAY, TODAY - timedelta(days=1))

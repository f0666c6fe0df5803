"""Telephone numbers the way clerks, systems and Excel write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.kernel.phones import Phone, display_phone, read_phones

DAUGHTER = "19900038628"
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


def numbers(cell: object) -> list[str]:
    return [phone.number for phone in read_phones(cell).phones]


class TestOneNumber:
    @pytest.mark.parametrize(
        "cell",
        [
            DAUGHTER,
            19900038628.0,
            19900038628,
            "1.9900038628E+10",
            "199-0003-8628",
            "199 0003 8628",
            "199—0003—8628",
            "+8619900038628",
            "+86 199 0003 8628",
            "0086 199 0003 8628",
            "86-19900038628",
            "(+86)19900038628",
            "019900038628",
            "１９９０００３８６２８",
            "'19900038628",
            "电话：19900038628",
            "19900038628,",
            "\u202d19900038628\u202c",
        ],
    )
    def test_is_read_however_it_is_written(self, cell: object) -> None:
        assert read_phones(cell).phones == (Phone(DAUGHTER, "mobile"),)

    @pytest.mark.parametrize(
        "cell", ["0590-1234567", "0590 1234567", "(0590)1234567", "（0590）1234567", "05901234567", "+86 590 1234567"]
    )
    def test_may_be_a_landline(self, cell: str) -> None:
        assert read_phones(cell).phones == (Phone("0590-1234567", "landline"),)

    def test_keeps_its_extension_as_a_note(self) -> None:
        assert read_phones("010-12345678转801").phones == (Phone("010-12345678", "landline", "转801"),)

    @pytest.mark.parametrize(
        "cell", ["19900038628（女儿）", "19900038628女儿", "女儿19900038628", "女儿:19900038628", "女儿 199-0003-8628"]
    )
    def test_keeps_the_note_beside_it(self, cell: str) -> None:
        assert read_phones(cell).phones == (Phone(DAUGHTER, "mobile", "女儿"),)


class TestSeveralNumbers:
    @pytest.mark.parametrize("between", ["\n", "/", "；", "、", " ", "，", "或", " / ", "|", "\r\n"])
    def test_are_taken_apart(self, between: str) -> None:
        assert numbers(f"19900058827{between}19900042989") == ["19900058827", "19900042989"]

    def test_keep_their_own_notes(self) -> None:
        for cell in ("19900038628(女儿) 19900038629(儿子)", "女儿19900038628、儿子19900038629"):
            assert [phone.note for phone in read_phones(cell).phones] == ["女儿", "儿子"]

    def test_share_the_area_code_of_the_first(self) -> None:
        assert numbers("0590-1234567/7654321") == ["0590-1234567", "0590-7654321"]

    def test_are_not_repeated(self) -> None:
        assert numbers("19900038628 / 199-0003-8628") == [DAUGHTER]

    def test_survive_a_broken_neighbour(self) -> None:
        found = read_phones("1990003862、19900038629")
        assert [phone.number for phone in found.phones] == ["19900038629"]
        assert (found.problems, found.refused) == (("phone.length",), ("1990003862",))

    @given(st.lists(MOBILES, min_size=1, max_size=4, unique=True), st.sampled_from(["\n", "/", ";", "、", " "]))
    def test_come_back_in_the_order_written(self, written: list[str], between: str) -> None:
        assert numbers(between.join(written)) == written


class TestNoNumber:
    @pytest.mark.parametrize("cell", [None, "", "无", "无手机", "/", "不详"])
    def test_is_no_fault(self, cell: object) -> None:
        found = read_phones(cell)
        assert (found.phones, found.problems) == ((), ())

    @pytest.mark.parametrize(
        ("cell", "problem"),
        [
            ("1990004660", "phone.length"),
            ("199000386281", "phone.length"),
            ("12345", "phone.length"),
            ("29900038628", "phone.shape"),
            ("1.99E+10", "phone.digits_lost"),
            ("9****", "phone.masked_shape"),
        ],
    )
    def test_is_made_of_a_broken_one(self, cell: str, problem: str) -> None:
        found = read_phones(cell)
        assert (found.phones, found.problems) == ((), (problem,))

    @given(st.text(max_size=40) | st.floats() | st.integers())
    def test_ever_raises(self, cell: object) -> None:
        found = read_phones(cell)
        assert len(found.problems) == len(found.refused)


class TestMaskedNumbers:
    @pytest.mark.parametrize("cell", ["199****2859", "199***2859", "199XXXX2859", "199＊＊＊＊2859", "+86199****2859"])
    def test_are_brought_to_eleven_places(self, cell: str) -> None:
        assert read_phones(cell).phones == (Phone("199****2859", "masked"),)


class TestDisplay:
    def test_groups_mobile_numbers(self) -> None:
        assert [display_phone(one) for one in (DAUGHTER, "199****8628", "0590-1234567", "")] == [
            "199 0003 8628",
            "199 **** 8628",
            "0590-1234567",
            "",
        ]

"""What is shown to those who may not see everything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.kernel.masking import mask_identity, mask_name, mask_phone


class TestMaskedDisplay:
    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("何玉芝", "何＊＊"),
            ("何芝", "何＊"),
            ("欧阳修", "欧阳＊"),
            ("欧阳", "欧＊"),
            ("何", "＊"),
            ("吐尔逊·热合曼", "吐＊＊·＊＊＊"),
            ("ZHANG SAN", "Z**** S**"),
            ("", ""),
        ],
    )
    def test_of_a_name_shows_the_surname(self, name: str, shown: str) -> None:
        assert mask_name(name) == shown

    @pytest.mark.parametrize(
        ("number", "shown"),
        [
            ("999999199001010016", "999999********0016"),
            ("ZZ0001029", "Z******29"),
            ("12345", "*****"),
            ("", ""),
        ],
    )
    def test_of_a_document_hides_the_birth_date(self, number: str, shown: str) -> None:
        assert mask_identity(number) == shown

    @pytest.mark.parametrize(
        ("number", "shown"),
        [("19900012345", "199****2345"), ("0590-1234567", "0590-*****67"), ("1990004660", "**********"), ("", "")],
    )
    def test_of_a_telephone_hides_the_middle(self, number: str, shown: str) -> None:
        assert mask_phone(number) == shown

    @given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8))
    def test_of_a_name_never_reveals_more_than_two_characters(self, name: str) -> None:
        shown = mask_name(name)
        assert len(shown) == len(name)
        assert len(shown.replace("＊", "")) <= (2 if len(name) > 2 else len(name) - 1)

    @given(st.from_regex(r"[0-9A-Z]{1,20}", fullmatch=True))
    def test_of_a_document_never_reveals_much(self, number: str) -> None:
        shown = mask_identity(number)
        assert len(shown) == len(number)
        assert len(shown.replace("*", "")) <= (10 if len(number) == 18 else 3)

    @given(st.from_regex(r"[0-9]{1,14}", fullmatch=True))
    def test_of_a_telephone_never_reveals_more_than_seven_digits(self, number: str) -> None:
        assert len(mask_phone(number).replace("*", "")) <= 7

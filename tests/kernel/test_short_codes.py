"""Codes on posters and receipts: what a finger or an ear gets wrong is found."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from lianfang.kernel.short_codes import ALPHABET, code_of, read_code, spaced

NUMBERS = st.integers(min_value=0, max_value=29**9)


class TestACode:
    def test_has_no_letters_that_look_alike(self) -> None:
        assert not set("0O1ILSU") & set(ALPHABET)
        assert len(ALPHABET) == 29

    @given(NUMBERS)
    def test_is_read_as_people_write_it(self, number: int) -> None:
        code = code_of(number, length=10)
        assert read_code(code, length=10) == code
        assert read_code(f" {spaced(code).lower()} ", length=10) == code
        assert read_code(code, length=9) == ""

    def test_with_one_wrong_character_or_two_swapped_is_none(self) -> None:
        code = code_of(123456789012, length=10)
        for place, other in product(range(10), ALPHABET):
            if other != code[place]:
                assert read_code(code[:place] + other + code[place + 1 :], length=10) == ""
        for place in range(9):
            if code[place] != code[place + 1]:
                swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
                assert read_code(swapped, length=10) == ""

    def test_is_never_made_of_something_else(self) -> None:
        for text in ("", None, "漢字", "<script>", "0" * 10, "A" * 9, 17, "\x00" * 10):
            assert read_code(text, length=10) == ""

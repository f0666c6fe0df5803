from __future__ import annotations

from lianfang.kernel.cellshapes import is_counting


def test_a_superscript_is_a_digit_and_no_number() -> None:
    assert not is_counting(["¹", "²", "³"])
    assert is_counting(["1", "2", "3"])

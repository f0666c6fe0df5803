"""What comes out of spreadsheet cells, and what may go back into them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.kernel.cells import clean_text, defuse, digits_lost, looks_like_formula

ANY_TEXT = st.text(st.characters(codec=None), max_size=40)
TRICKY = st.text(alphabet="=+-@'\"\t\r\n \u3000\u200b\u202e\ufeff＝（）；张三1", max_size=20)


class TestCleanText:
    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            (None, ""),
            ("", ""),
            ("  张三  ", "张三"),
            ("张\u202e三\u200b", "张三"),
            ("\ufeff姓名", "姓名"),
            ("１９９０００３８８７７", "19900038877"),
            ("（女儿）；甲：乙，丙、丁。", "(女儿);甲:乙,丙、丁。"),
            ("花园新村  3幢\u3000 3单元", "花园新村 3幢 3单元"),
            ("身份证\r\n 号码", "身份证\n号码"),
            ("1幢\t101", "1幢 101"),
            ("'999999199001010016", "999999199001010016"),
            ('="999999199001010016"', "999999199001010016"),
            ('="say ""hi"""', 'say "hi"'),
            ("999999199001010016\t", "999999199001010016"),
            ("吐尔逊．热合曼", "吐尔逊.热合曼"),
            ("3–2－101", "3-2-101"),
            ("⼀⼆", "一二"),
            ("٣٤", "34"),
            ("bad\ud800surrogate\x00", "badsurrogate"),
        ],
    )
    def test_folds_what_only_looks_different(self, cell: object, text: str) -> None:
        assert clean_text(cell) == text

    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            (123.0, "123"),
            (19900019549.0, "19900019549"),
            (36.8, "36.8"),
            (7, "7"),
            (float("nan"), ""),
            (True, "TRUE"),
            (999999781105442.0, "999999781105442"),
            (9.99999198602229e17, "9.99999198602229e+17"),
            (date(2022, 4, 6), "2022-04-06"),
            (datetime(2022, 4, 6, 14, 5, 33), "2022-04-06 14:05:33"),
            (time(9, 30), "09:30:00"),
        ],
    )
    def test_writes_numbers_and_days_as_people_would(self, cell: object, text: str) -> None:
        assert clean_text(cell) == text

    @given(ANY_TEXT | TRICKY)
    def test_changes_nothing_the_second_time(self, text: str) -> None:
        once = clean_text(text)
        assert clean_text(once) == once

    @given(ANY_TEXT)
    def test_leaves_no_control_or_hidden_characters(self, text: str) -> None:
        cleaned = clean_text(text)
        assert not set(cleaned) & set("\u200b\u202e\u202d\u2066\ufeff\x00\t\r\x1b")
        assert cleaned.encode("utf-8").decode() == cleaned.strip()

    @given(st.integers(min_value=10**15, max_value=10**18))
    def test_never_passes_a_long_number_off_as_exact(self, number: int) -> None:
        assert digits_lost(clean_text(float(number)))


class TestFormulas:
    @pytest.mark.parametrize(
        "text",
        [
            "=1+1",
            "+86",
            "-5",
            "@SUM(1+1)*cmd|' /C calc'!A0",
            "\t=1",
            "\r=1",
            " =1",
            "＝1",
            "\u200b=HYPERLINK()",
            "\n@x",
        ],
    )
    def test_are_seen_behind_any_disguise(self, text: str) -> None:
        assert looks_like_formula(text)
        assert defuse(text) == "'" + text

    @pytest.mark.parametrize("text", ["", "张三", "199", "3-2-101", "'=1", "a=b", "(=1)"])
    def test_are_not_seen_where_there_are_none(self, text: str) -> None:
        assert not looks_like_formula(text)
        assert defuse(text) == text

    @given(ANY_TEXT | TRICKY)
    def test_never_leave_a_trigger_in_front(self, text: str) -> None:
        safe = defuse(text)
        assert not looks_like_formula(safe)
        assert defuse(safe) == safe
        assert safe.endswith(text)


class TestDigitsLost:
    @pytest.mark.parametrize(
        "text",
        ["4.40524E+17", "9.99999E+17", "9.99999198603090e17", "9.99999198602229e+17", "1.99E+10", "440524188001010000"],
    )
    def test_are_recognised(self, text: str) -> None:
        assert digits_lost(text)

    @pytest.mark.parametrize("text", ["", "440524188001010014", "1.9900038628E+10", "19900038000", "36.8", "E99000510"])
    def test_are_not_suspected_elsewhere(self, text: str) -> None:
        assert not digits_lost(text)

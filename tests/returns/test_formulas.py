"""References in formulas follow their cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.core.lists.returns.formulas import RowShift, copied
from lianfang.core.lists.returns.refs import area_of, column_name, column_number

SHIFT = RowShift(sheet="表", first=7, after=206, count=30)


class TestInsertedRows:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("COUNTA(B7:B206)", "COUNTA(B7:B236)"),
            ('COUNTIF($J$7:$J$206,"B206:B300")', 'COUNTIF($J$7:$J$236,"B206:B300")'),
            ("SUM(B7:B205)+B206+B207", "SUM(B7:B205)+B206+B237"),
            ("SUM(B:B)+SUM(3:206)+LOG10(A300)", "SUM(B:B)+SUM(3:236)+LOG10(A330)"),
            ("其他!B300+'表'!B300+表!B300", "其他!B300+'表'!B330+表!B330"),
            ("Table1[列]&A1048576", "Table1[列]&A1048576"),
            ("B206:C206", "B206:C206"),
        ],
    )
    def test_move_what_lies_below_and_stretch_what_reaches_to_the_end(self, before: str, after: str) -> None:
        assert SHIFT.formula(before, home="表") == after

    def test_leave_formulas_of_other_sheets_alone(self) -> None:
        assert SHIFT.formula("SUM(B7:B206)", home="其他") == "SUM(B7:B206)"

    def test_stretch_a_rule_on_the_last_row_alone(self) -> None:
        assert SHIFT.text("F206 A300:B301", alone_grows=True) == "F206:F236 A330:B331"


class TestACopiedFormula:
    def test_moves_only_relative_references(self) -> None:
        assert copied("$B$7+B7+$B7+B$7+SUM(5:6)", rows=2, columns=1) == "$B$7+C9+$B9+C$7+SUM(7:8)"


class TestColumnNames:
    @given(st.integers(0, 16_383))
    def test_can_be_read_back(self, column: int) -> None:
        assert column_number(column_name(column)) == column
        assert area_of(f"${column_name(column)}$5").first_column == column

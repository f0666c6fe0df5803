"""By which keys people of one staircase are found for a row, and how two names are alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.kernel.identity import check_digit
from lianfang.kernel.matching import LedgerPerson, blocking_keys, ledger_keys
from lianfang.kernel.matching_names import compare_names
from lianfang.kernel.rowfacts import RowFacts


def number(birth: date, sequence: int) -> str:
    """A citizen number of the unassigned division 999999."""
    first17 = f"999999{birth:%Y%m%d}{sequence:03}"
    return first17 + check_digit(first17)


COURT = "999999001001X01"
DOOR, NEXT_DOOR, OTHER_UNIT = f"{COURT}|b5|u2|r301", f"{COURT}|b5|u2|r302", f"{COURT}|b5|u1|r301"


def person(person_id: str, name: str, birth: date, sequence: int, **fields: object) -> LedgerPerson:
    known = LedgerPerson(
        person_id=person_id,
        household_id="H1",
        dwelling_id="D1",
        name=name,
        identities=(("resident_id", number(birth, sequence)),),
        phones=("19900000001",),
        sex="1" if sequence % 2 else "2",
        birth_date=birth,
        door_key=DOOR,
        compound_code=COURT,
    )
    return replace(known, **fields)  # type: ignore[arg-type]  # the fields are named at each call


FATHER = person("P1", "陈建国", date(1968, 3, 4), 11)
MOTHER = person("P2", "林秀英", date(1970, 5, 6), 12, phones=("19900000002",))
SON = person("P3", "陈子涵", date(2012, 7, 8), 13)
TWIN = person("P4", "陈子晗", date(2012, 7, 8), 15)
FAMILY = (FATHER, MOTHER, SON, TWIN)
STRANGER = person(
    "P9", "陈建国", date(1981, 9, 9), 21, household_id="H9", phones=("19900000009",), door_key=NEXT_DOOR
)  # fmt: skip


def number_of(someone: LedgerPerson) -> str:
    return someone.identities[0][1]


def row(name: str = "", **fields: object) -> RowFacts:
    facts = RowFacts(sheet="名单", data_row=1, sheet_row=4, name=name)
    return replace(facts, **fields)  # type: ignore[arg-type]  # the fields are named at each call


def with_number(name: str, written: str, *, valid: bool = True, **fields: object) -> RowFacts:
    return row(name, identity=written, identity_kind="resident_id", identity_valid=valid, **fields)


def found(facts: RowFacts, door: str = "") -> set[str]:
    """Who the database would bring: everybody who shares a key."""
    asked = blocking_keys(facts, door)
    return {someone.person_id for someone in (*FAMILY, STRANGER) if asked & ledger_keys(someone)}


class TestPeopleAreFound:
    @given(st.integers(0, 17), st.integers(1, 9))
    def test_wherever_the_slip_of_their_number_is(self, at: int, step: int) -> None:
        right = number_of(FATHER)
        digit = str((int(right[at]) + step) % 10) if right[at].isdigit() else "1"
        assert "P1" in found(with_number("陈建国", right[:at] + digit + right[at + 1 :], valid=False))

    def test_when_a_digit_is_lost(self) -> None:
        right = number_of(FATHER)
        assert "P1" in found(with_number("陈建国", right[:9] + right[10:], valid=False))

    @pytest.mark.parametrize(
        ("facts", "door", "who"),
        [
            (row(phones=("19900000001",)), "", {"P1", "P3", "P4"}),
            (row(phones_masked=("199****0002",)), "", {"P2"}),
            (row("周小兰"), DOOR, {"P1", "P2", "P3", "P4"}),
            (row("周小兰"), NEXT_DOOR, {"P9"}),
            (row("陈健国"), f"{COURT}|b9|u1|r101", {"P1", "P9"}),
            (row("CHEN/JIANGUO", phones=("19911110009",)), "", {"P9"}),
            (row("陈健国", birth_date=date(1968, 3, 4)), "", {"P1"}),
            (row("陈建国"), "", {"P1", "P9"}),
            (row(name_masked="陈*国", identity_masked=f"{number_of(FATHER)[:14]}****"), "", {"P1"}),
            (row(name_masked="陈*国", identity_masked=f"999999********{number_of(TWIN)[14:]}"), "", {"P4"}),
        ],
        ids=["telephone", "masked telephone", "door", "next door", "sound in the compound",
             "letters and the end of a telephone", "birth date", "name alone", "number without its end",
             "number without its middle"],
    )  # fmt: skip
    def test_by_what_they_share_with_a_row(self, facts: RowFacts, door: str, who: set[str]) -> None:
        assert found(facts, door) == who

    def test_with_a_valid_number_of_their_own_only_by_it_and_by_telephone_or_door(self) -> None:
        other = number(date(1968, 3, 4), 91)
        assert found(with_number("陈建国", other)) == set()
        assert "P1" in found(with_number("陈建国", other, phones=("19900000001",)))

    def test_never_for_a_row_that_names_nobody(self) -> None:
        assert blocking_keys(row(), "") == frozenset()


class TestTwoNames:
    @pytest.mark.parametrize(
        ("written", "ledger", "likeness"),
        [
            ("陈建国", "陈建国", "equal"),
            ("陳建國", "陈建国", "equal"),
            ("TRAN THI LAN", "LAN TRAN THI", "equal"),
            ("TRANTHILAN", "TRAN THI LAN", "equal"),
            ("陈健国", "陈建国", "homophone"),
            ("程建国", "陈建国", "homophone"),
            ("陈国建", "陈建国", "swapped"),
            ("陈建", "陈建国", "missing_char"),
            ("吐尔逊", "吐尔逊·热合曼", "missing_char"),
            ("吐尔逊热合曼", "吐尔逊·热合曼", "equal"),
            ("陈建军", "陈建国", "shape?"),
            ("CHEN/JIANGUO", "陈建国", "pinyin"),
            ("王建国", "陈小明", "differs"),
            ("", "陈建国", "absent"),
        ],
    )
    def test_are_compared(self, written: str, ledger: str, likeness: str) -> None:
        assert compare_names(row(written), ledger) == likeness

    @pytest.mark.parametrize(
        ("masked", "likeness"), [("陈*国", "masked"), ("陈**", "surname"), ("陈*", "surname"), ("王*国", "differs")]
    )
    def test_are_compared_behind_a_mask(self, masked: str, likeness: str) -> None:
        assert compare_names(row(name_masked=masked), "陈建国") == likeness

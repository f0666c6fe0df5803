"""Who is this row? Small cases with people of one staircase, told as they happen at a data desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.kernel.identity import check_digit
from lianfang.kernel.matching import Decision, LedgerPerson, blocking_keys, decide, ledger_keys
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


def found_by_keys(facts: RowFacts, door: str, ledger: tuple[LedgerPerson, ...]) -> list[LedgerPerson]:
    """What the database would bring: everybody who shares a key."""
    asked = blocking_keys(facts, door)
    return [someone for someone in ledger if asked & ledger_keys(someone)]


def decided(facts: RowFacts, door: str = "", ledger: tuple[LedgerPerson, ...] = (*FAMILY, STRANGER)) -> Decision:
    return decide(facts, door, found_by_keys(facts, door, ledger))


class TestAnExactRow:
    def test_is_the_person_with_the_number(self) -> None:
        decision = decided(with_number("陈建国", number_of(FATHER)))
        assert (decision.kind, decision.person_id) == ("same", "P1")
        assert decision.reasons[:2] == ("id.equal", "name.equal")

    @pytest.mark.parametrize("name", ["陈健国", "陳建國", "陈国建", "陈国", "CHEN/JIANGUO", "JIANGUO CHEN", ""])
    def test_stays_the_person_when_the_name_is_mistyped(self, name: str) -> None:
        assert decided(with_number(name, number_of(FATHER))).person_id == "P1"

    def test_with_an_unrelated_name_goes_to_review(self) -> None:
        decision = decided(with_number("王小红", number_of(FATHER)))
        assert (decision.kind, decision.reasons[-1]) == ("review", "id.name_differs")

    def test_of_a_person_held_twice_takes_one_and_says_so(self) -> None:
        again = replace(FATHER, person_id="P0", household_id="H0", door_key=NEXT_DOOR)
        decision = decided(with_number("陈建国", number_of(FATHER)), ledger=(*FAMILY, again))
        assert (decision.kind, decision.person_id, decision.reasons[-1]) == ("same", "P0", "ledger.twice")


class TestTwoValidNumbersThatDiffer:
    OTHER = number(date(1968, 3, 4), 91)

    def test_are_never_one_person(self) -> None:
        decision = decided(with_number("陈建国", self.OTHER, phones=("19900000001",)), DOOR)
        assert (decision.kind, decision.reasons[-1]) == ("review", "id.contradicts")

    def test_make_a_namesake_somebody_new(self) -> None:
        assert decided(with_number("陈建国", self.OTHER, phones=("19900000077",))).kind == "new"

    @given(st.integers(100, 999), st.booleans(), st.booleans())
    def test_are_never_same_whatever_else_agrees(self, sequence: int, phone: bool, door: bool) -> None:
        written = number(FATHER.birth_date or date(1968, 3, 4), sequence)
        facts = with_number("陈建国", written, phones=FATHER.phones if phone else (), birth_date=FATHER.birth_date)
        assert decide(facts, DOOR if door else "", [FATHER]).kind != "same"


class TestADamagedNumber:
    def test_one_digit_off_with_the_name_is_the_person(self) -> None:
        right = number_of(FATHER)
        wrong = right[:16] + str((int(right[16]) + 1) % 10) + right[17]
        decision = decided(with_number("陈建国", wrong, valid=False))
        assert (decision.person_id, decision.reasons[0]) == ("P1", "id.slip")

    def test_with_a_digit_lost_is_still_found(self) -> None:
        right = number_of(FATHER)
        assert decided(with_number("陈建国", right[:9] + right[10:], valid=False)).person_id == "P1"

    @given(st.integers(0, 17), st.integers(1, 9))
    def test_is_found_wherever_the_slip_is(self, at: int, step: int) -> None:
        right = number_of(FATHER)
        digit = str((int(right[at]) + step) % 10) if right[at].isdigit() else "1"
        facts = with_number("陈建国", right[:at] + digit + right[at + 1 :], valid=False)
        assert FATHER in found_by_keys(facts, "", FAMILY)


class TestATelephone:
    def test_of_one_household_alone_tells_the_household(self) -> None:
        decision = decided(row(phones=("19900000001",)))
        assert (decision.kind, decision.person_id, decision.household_id) == ("review", None, "H1")
        assert decision.reasons[-1] == "household.only"

    def test_of_father_and_son_with_their_surname_tells_the_household(self) -> None:
        decision = decided(row("陈", surname_only=True, phones=("19900000001",)))
        assert (decision.kind, decision.household_id) == ("review", "H1")
        assert "phone.family" in decision.reasons

    def test_with_a_surname_and_a_single_owner_is_still_only_likely(self) -> None:
        decision = decided(row("林", surname_only=True, phones=("19900000002",)))
        assert (decision.kind, decision.household_id) == ("review", "H1")
        assert decision.candidates[0].person_id == "P2"

    def test_with_the_full_name_is_the_person(self) -> None:
        assert decided(row("陈建国", phones=("19900000001",))).person_id == "P1"

    def test_of_a_relative_counts_when_the_household_is_passed(self) -> None:
        facts = row("XIUYING LIN", phones=("19900000001",))
        decision = decide(facts, "", FAMILY)
        assert (decision.person_id, decision.reasons) == ("P2", ("name.pinyin", "phone.family"))

    def test_under_another_name_with_another_number_is_a_member_not_known_yet(self) -> None:
        decision = decided(with_number("周小兰", number(date(1999, 1, 1), 22), phones=("19900000001",)))
        assert (decision.kind, decision.household_id) == ("new", "H1")

    def test_masked_counts_with_the_name(self) -> None:
        assert decided(row("陈建国", phones_masked=("199****0001",))).person_id == "P1"

    def test_nobody_has_leaves_a_new_person(self) -> None:
        assert decided(row("周小兰", phones=("19900007777",))) == Decision("new")


class TestTwins:
    def test_are_told_apart_by_the_exact_name(self) -> None:
        assert decided(row("陈子晗", phones=("19900000001",), birth_date=date(2012, 7, 8))).person_id == "P4"

    def test_with_a_sound_alike_go_to_review(self) -> None:
        decision = decided(row("陈子函", phones=("19900000001",)))
        assert (decision.kind, decision.reasons[-1], decision.household_id) == ("review", "close", "H1")

    def test_masked_alike_go_to_review(self) -> None:
        facts = row(name_masked="陈子*", identity_masked="99999920120708****", phones=("19900000001",))
        assert decided(facts).kind == "review"

    def test_masked_differently_do_not(self) -> None:
        masked = number_of(TWIN)[:6] + "********" + number_of(TWIN)[14:]
        facts = row(name_masked="陈*晗", identity_masked=masked, phones_masked=("199****0001",))
        assert decided(facts).person_id == "P4"


class TestANameAtTheDoor:
    def test_is_the_person_although_the_telephone_changed(self) -> None:
        assert decided(row("陈建国", phones=("19900008888",)), DOOR).person_id == "P1"

    def test_without_the_unit_is_the_person(self) -> None:
        assert decided(row("陈建国"), f"{COURT}|b5|r301", FAMILY).person_id == "P1"

    def test_of_the_same_building_only_goes_to_review_between_namesakes(self) -> None:
        decision = decided(row("陈建国"), f"{COURT}|b5")
        assert (decision.kind, {who.person_id for who in decision.candidates}) == ("review", {"P1", "P9"})

    def test_with_one_character_different_may_be_a_brother(self) -> None:
        decision = decided(row("陈子轩", phones=("19900000001",)), DOOR)
        assert decision.kind == "review"

    def test_with_one_character_more_may_be_a_sister(self) -> None:
        assert decided(row("林秀", phones=("19900000002",)), DOOR).kind == "review"

    def test_of_another_sex_goes_to_review(self) -> None:
        assert decided(row("陈建国", sex="2", phones=("19900000001",))).kind == "review"

    def test_where_the_household_moved_is_found_by_number(self) -> None:
        moved = decided(with_number("陈建国", number_of(FATHER)), "999999001008X01|g3|n58")
        assert (moved.person_id, moved.reasons[-1]) == ("P1", "door.differs")

    def test_that_nobody_there_has_is_somebody_new(self) -> None:
        assert decided(row("周小兰", phones=("19900007777",)), DOOR).kind == "new"


class TestAMaskedRow:
    def test_with_year_tail_and_name_is_the_person(self) -> None:
        masked = number_of(FATHER)[:10] + "****" + number_of(FATHER)[14:]
        assert decided(row(name_masked="陈*国", identity_masked=masked)).person_id == "P1"

    def test_with_the_tail_alone_goes_to_review(self) -> None:
        masked = "999999********" + number_of(FATHER)[14:]
        assert decided(row(name_masked="陈*国", identity_masked=masked)).kind == "review"

    def test_that_shows_another_digit_is_somebody_else(self) -> None:
        masked = "999999********" + number_of(FATHER)[14:17] + ("1" if number_of(FATHER)[17] != "1" else "2")
        assert decided(row(name_masked="陈*国", identity_masked=masked, phones_masked=("199****0001",))).kind == "new"


class TestARowThatNamesNobody:
    def test_goes_to_review(self) -> None:
        assert decided(row(), DOOR) == Decision("review", reasons=("row.nobody",))

    def test_asks_for_no_one_by_name(self) -> None:
        assert blocking_keys(row(), "") == frozenset()


class TestADecision:
    @given(st.permutations([*FAMILY, STRANGER]))
    def test_does_not_depend_on_the_order_of_candidates(self, people: list[LedgerPerson]) -> None:
        facts = row("陈子函", phones=("19900000001",))
        assert decide(facts, DOOR, people) == decide(facts, DOOR, [*FAMILY, STRANGER])

    @given(st.sampled_from([*FAMILY, STRANGER]), st.booleans(), st.booleans(), st.booleans())
    def test_never_takes_a_wrong_person_for_a_true_row(
        self, someone: LedgerPerson, numbered: bool, phone: bool, door: bool
    ) -> None:
        facts = row(
            someone.name,
            identity=number_of(someone) if numbered else "",
            identity_valid=numbered,
            phones=someone.phones if phone else (),
        )
        decision = decided(facts, someone.door_key if door else "")
        assert decision.person_id in (None, someone.person_id)
        assert decision.kind == "same" or not (numbered or phone or door)

    def test_lists_at_most_five_candidates_best_first(self) -> None:
        crowd = tuple(replace(SON, person_id=f"P{place}", name=f"陈{place}") for place in "一二三四五六七")
        scores = [who.score for who in decide(row(phones=("19900000001",)), "", crowd).candidates]
        assert len(scores) == 5
        assert scores == sorted(scores, reverse=True)


class TestParts:
    def test_add_up_to_the_score(self) -> None:
        crowd = decided(row("陈健国", phones=("19900000001",)), DOOR).candidates
        assert len(crowd) > 1
        for who in crowd:
            assert who.score == pytest.approx(1 / (1 + 2 ** -sum(bits for _, bits in who.parts)), abs=1e-3)

    def test_take_telephone_and_door_for_one_thing(self) -> None:
        best = decided(row("陈健国", phones=("19900000001",)), DOOR).candidates[0]
        codes = [code for code, _ in best.parts]
        assert codes[0] == "prior"
        assert [code for code in codes if code.startswith("contact.")] == ["contact.family+door"]
        assert not [code for code in codes if code.startswith(("phone.", "door."))]


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

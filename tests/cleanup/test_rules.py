"""Who may be one person, and who is family: tables of examples, weighed with the figures of the toy town."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as chosen
from hypothesis import strategies as st

from lianfang.capabilities.cleanup.comparing import PRIOR, compare_people
from lianfang.capabilities.cleanup.rules import are_two_people, have_same_valid_number, suspicious
from lianfang.core.people.figures import current_figures
from lianfang.core.people.scale import Scale
from lianfang.jobs.town import Town
from lianfang.kernel.identity import check_digit
from lianfang.kernel.matching import LedgerPerson


def number(first17: str) -> str:
    return first17 + check_digit(first17)


ONE, TWO = number("99999919900101001"), number("99999919900101003")
SLIP = ONE[:15] + ("0" if ONE[15] != "0" else "1") + ONE[16:]
KNOWN = LedgerPerson(
    person_id="a",
    household_id="h",
    name="王诗涵",
    identities=(("resident_id", ONE),),
    phones=("19900000001",),
    sex="2",
    birth_date=date(1990, 1, 1),
    door_key="999999001001X01|b1|u1|r101",
    compound_code="999999001001X01",
)
ELSEWHERE = {"household_id": "i", "door_key": "999999001002X07|b3|u1|r502", "compound_code": "999999001002X07"}
NO_NUMBER: dict[str, Any] = {"identities": ()}


def other(**changes: Any) -> LedgerPerson:
    return replace(KNOWN, **{"person_id": "b", **changes})


@pytest.fixture
def scale(town: Town) -> Iterator[Scale]:
    """The engine with the figures of the town."""
    with closing(Scale(current_figures(now=timezone.now()))) as made:
        yield made


def suspected(one: LedgerPerson, two: LedgerPerson, scale: Scale) -> bool:
    return suspicious(one, two, weight=compare_people([one], [two], scale=scale)[0].weight)


class TestTwoRecords:
    @pytest.mark.parametrize(
        "changes",
        [
            {**ELSEWHERE, "phones": ("19900000002",)},
            {**ELSEWHERE, **NO_NUMBER},
            {**ELSEWHERE, **NO_NUMBER, "phones": ()},
            {**ELSEWHERE, "identities": (("resident_id", SLIP),), "phones": ()},
            {**NO_NUMBER, "name": "王诗含"},
            {**NO_NUMBER, "name": "王诗"},
            {"name": "李大伟", "sex": "1", "phones": (), **ELSEWHERE},
            {**NO_NUMBER, "birth_date": date(1990, 1, 11)},
        ],
        ids=["same number", "moved", "name and birth date", "slip", "sound", "character lacking", "number of another",
             "birth date wrong"],
    )  # fmt: skip
    def test_may_be_one_person(self, changes: dict[str, Any], scale: Scale) -> None:
        two = other(**changes)
        assert suspected(KNOWN, two, scale) and suspected(two, KNOWN, scale)

    @pytest.mark.parametrize(
        "changes",
        [
            {"identities": (("resident_id", TWO),)},
            {**NO_NUMBER, "name": "王诗琪"},
            {**NO_NUMBER, "name": "王诗晗", "sex": "1"},
            {**NO_NUMBER, "name": "王建国", "sex": "1", "birth_date": date(1962, 3, 4)},
            {**NO_NUMBER, **ELSEWHERE, "phones": (), "birth_date": date(1970, 1, 1)},
            {**NO_NUMBER, **ELSEWHERE, "phones": (), "name": "王诗含"},
            {**NO_NUMBER, **ELSEWHERE, "phones": (), "birth_date": None},
        ],
        ids=["two numbers", "twin sister", "twin brother", "father", "namesake", "sounds alike elsewhere", "bare name"],
    )
    def test_are_left_alone(self, changes: dict[str, Any], scale: Scale) -> None:
        two = other(**changes)
        assert not suspected(KNOWN, two, scale) and not suspected(two, KNOWN, scale)

    def test_of_a_couple_with_passports_in_a_row_are_left_alone(self, scale: Scale) -> None:
        one = other(name="ANNA IVANOVA", identities=(("passport_foreign", "ZZ0010250"),))
        two = other(name="IVAN IVANOV", identities=(("passport_foreign", "ZZ0010251"),), sex="1", person_id="c")
        assert not suspected(one, two, scale)


class TestTwoValidNumbers:
    def test_are_two_people_whatever_else_agrees(self) -> None:
        assert are_two_people(KNOWN, other(identities=(("resident_id", TWO),)))
        both = other(identities=(("resident_id", TWO), ("resident_id", ONE)))
        assert not are_two_people(KNOWN, both) and have_same_valid_number(KNOWN, both)

    def test_count_only_if_they_are_valid(self) -> None:
        wrong = other(identities=(("resident_id", SLIP),))
        assert not are_two_people(KNOWN, wrong) and not have_same_valid_number(wrong, wrong)


class TestTheComparison:
    @chosen(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
    @given(
        names=st.tuples(st.sampled_from(["王诗涵", "王诗含", "王诗", "李大伟", "WANG SHIHAN"]), st.just("王诗涵")),
        phones=st.lists(st.sampled_from(["19900000001", "19900000002"]), max_size=2),
        born=st.sampled_from([None, date(1990, 1, 1), date(1962, 3, 4)]),
        numbers=st.sampled_from(["", ONE, TWO, SLIP]),
    )
    def test_has_reasons_that_add_up(
        self, scale: Scale, names: tuple[str, str], phones: list[str], born: date | None, numbers: str
    ) -> None:
        documents = (("resident_id", numbers),) if numbers else ()
        two = other(name=names[0], phones=tuple(phones), birth_date=born, identities=documents)
        found = compare_people([KNOWN], [two], scale=scale)[0]
        assert found.weight == pytest.approx(sum(weight for _code, weight in found.reasons), abs=0.001)
        assert found.reasons[0][0] == PRIOR and 0 <= found.score <= 1
        assert (found.score > 0.5) == (found.weight > 0) or abs(found.weight) < 0.001

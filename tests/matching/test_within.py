"""Who is held twice, told in the toy town: what may be one person without anybody looking, and what never may."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import islice

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.raw_people import County
from lianfang.kernel.identity import check_digit
from lianfang.matching import model
from lianfang.matching.features import features
from lianfang.matching.grouping import Link, groups_of
from lianfang.matching.places import Places
from lianfang.matching.store import build
from lianfang.matching.within import Duplicates, duplicates

from .conftest import Cells, raw_table

DAY = date(2022, 4, 6)


def number(birth: str, order: int) -> str:
    head = f"999999{birth}{order:03}"
    return head + check_digit(head)


def person(name: str, birth: str, order: int, phone: str | None, *, room: str = "301", **more: str | None) -> Cells:
    return {
        "name": name,
        "id": number(birth, order),
        "phone": phone,
        "birth_date": birth,
        "sex": "男" if order % 2 else "女",
        "community": "望湖社区",
        "compound": "望湖花苑",
        "building": "5",
        "unit": "2",
        "room": room,
        **more,
    }


@cache
def others() -> tuple[Places, pa.Table]:
    """Two thousand people of whom none is held twice, numbered from 1001, and the places of the town."""
    rows = [row for household in islice(County(7).households(), 700) for row in household]
    places = Places.learned(raw_table([ZHANG, *rows]))
    return places, features(raw_table(rows), today=DAY, places=places, first_key=1001)


def found(*rows: Cells, share: float | None = None) -> Duplicates:
    places, town = others()
    store = build([features(raw_table([*rows]), today=DAY, places=places), town], places, mark="toy")
    try:
        return duplicates(store, model.shipped(), share=share)
    finally:
        store.close()


def told(*rows: Cells, share: float | None = None) -> dict[tuple[int, int], str]:
    """Decisions by pair of the rows told of, numbered from 1."""
    pairs = found(*rows, share=share)
    told = zip(pairs.a.tolist(), pairs.b.tolist(), pairs.sure.tolist(), strict=True)
    return {(a, b): "same" if sure else "review" for a, b, sure in told if b <= len(rows)}


ZHANG = person("张建国", "19700105", 11, "19900000001")
WRONG_DIGIT = number("19700105", 11)[:-3] + "9" + number("19700105", 11)[-2:]
SAME = {
    "word for word": {},
    "a character of the same sound": {"name": "张建果"},
    "a digit of the number mistyped": {"id": WRONG_DIGIT},
    "without a number": {"id": None},
    "moved, without a number": {"id": None, "building": "9", "room": "102"},
    "without number, birth date and sex": {"id": None, "birth_date": None, "sex": None},
    "another telephone and another door": {"phone": "19955555555", "building": "9", "room": "102"},
    "letters": {"name": "ZHANG JIANGUO", "id": None},
}


@pytest.mark.parametrize("slip", SAME.values(), ids=SAME.keys())
def test_somebody_held_twice(slip: Cells) -> None:
    assert told(ZHANG, {**ZHANG, **slip}, share=0.03) == {(1, 2): "same"}
    assert told({**ZHANG, **slip}, ZHANG, share=0.03) == {(1, 2): "same"}


def test_where_hardly_anybody_is_held_twice_more_is_asked() -> None:
    rows = (ZHANG, {**ZHANG, "id": None, "birth_date": None, "sex": None})
    assert told(*rows) == {(1, 2): "review"}  # of 2000 records: the share is learned


TWINS = [
    person("张欣怡", "20200203", 14, "19900000003"),
    person("张欣悦", "20200203", 16, "19900000003"),
]
NOBODY = {
    "two valid numbers, all else the same": [ZHANG, {**ZHANG, "id": number("19700105", 13)}],
    "twins": TWINS,
    "twins, one without a number": [TWINS[0], {**TWINS[1], "id": None}],
    "father and son on one telephone": [ZHANG, person("张建", "19950303", 15, "19900000001", id=None)],
    "brothers who share a character": [ZHANG, person("张建军", "19720303", 17, "19900000001", id=None)],
    "one name, far from each other": [
        person("王伟", "19850505", 41, "19900000007"),
        person("王伟", "19870707", 43, "19900000008", id=None, building="9", room="102"),
    ],
    "a name and nothing beside it": [person("欧阳文博", "19900909", 31, "19900000006"), {"name": "欧阳文博"}],
}


@pytest.mark.parametrize("rows", NOBODY.values(), ids=NOBODY.keys())
def test_two_people(rows: list[Cells]) -> None:
    assert "same" not in told(*rows).values()


def test_one_number_under_two_names_is_for_a_person_to_decide() -> None:
    assert told(ZHANG, person("刘德华", "19700105", 11, "19922222222", room="801")) == {(1, 2): "review"}


def test_a_masked_name_may_be_a_brothers() -> None:
    masked = {"name": "张建*", "phone": "19900000001", "address": "望湖花苑5幢2单元301室", "birth_date": "19700105"}
    assert told(ZHANG, masked, share=0.03) == {(1, 2): "review"}
    assert told(ZHANG, {**masked, "id": f"999999********{ZHANG['id'][-4:]}"}, share=0.03) == {(1, 2): "same"}


def test_somebody_may_be_held_three_times() -> None:
    pairs = found(ZHANG, {**ZHANG, "id": None}, {**ZHANG, "id": WRONG_DIGIT, "phone": None})
    assert pairs.members.tolist() == [1, 2, 3] and pairs.group.tolist() == [1, 1, 1]


def test_a_group_never_joins_two_valid_numbers() -> None:
    other = {**ZHANG, "id": number("19700105", 13)}
    pairs = found(ZHANG, {**ZHANG, "id": None}, other)
    assert pairs.members.tolist() == [] and not pairs.sure.any()
    assert [(a, b) for a, b in zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)] == [(1, 2), (2, 3)]
    assert {pairs.matched.reason_of(pair) for pair in range(len(pairs.a))} == {"close"}


def test_what_is_plainer_stays_a_group_where_something_else_is_left() -> None:
    other = {**ZHANG, "id": number("19700105", 13)}
    pairs = found(ZHANG, ZHANG, {**ZHANG, "id": None}, other)
    assert pairs.members.tolist() == [1, 2]


def test_the_parts_add_up_to_the_probability() -> None:
    pairs = found(ZHANG, {**ZHANG, "id": None, "phone": None}, *TWINS, {**TWINS[0], "id": None, "birth_date": None})
    assert len(pairs.a)
    for pair, probability in enumerate(pairs.matched.decided.probability):
        if 1e-9 < probability < 1 - 1e-9:
            odds = np.log2(probability / (1 - probability))
            assert sum(weight for _, weight in pairs.matched.why(pair)) == pytest.approx(odds, abs=1e-6)


def test_nobody_and_one_alone() -> None:
    places = Places.learned(raw_table([ZHANG]))
    for rows in ([{"name": None}], [ZHANG]):
        store = build([features(raw_table(rows), today=DAY, places=places)], places, mark="toy")
        assert duplicates(store, model.shipped()).a.tolist() == []


ROWS = [
    ZHANG,
    {**ZHANG, "id": None},
    {**ZHANG, "id": number("19700105", 13)},
    {**ZHANG, "name": "张建果", "phone": None, "id": WRONG_DIGIT},
    *TWINS,
    {**TWINS[0], "id": None},
    {**TWINS[1], "id": f"999999********{number('20200203', 16)[-4:]}"},
    {"name": "张先生", "phone": "19900000001"},
    person("吐尔逊·热合曼", "19800808", 21, "19900000005", room="402"),
    person("吐尔逊", "19800808", 21, "19900000005", room="402", id=None),
]


@cache
def in_order() -> tuple[frozenset[frozenset[int]], frozenset[tuple[frozenset[int], bool]]]:
    return _named(found(*ROWS), list(range(len(ROWS))))


def _named(
    pairs: Duplicates, order: list[int]
) -> tuple[frozenset[frozenset[int]], frozenset[tuple[frozenset[int], bool]]]:
    """Groups and pairs by the places of their rows in `ROWS`."""
    place = dict(enumerate(order, start=1))
    groups = {
        frozenset(place[member] for member in pairs.members[pairs.group == one].tolist() if member in place)
        for one in set(pairs.group.tolist())
    }
    ends = zip(pairs.a.tolist(), pairs.b.tolist(), pairs.sure.tolist(), strict=True)
    return frozenset(groups), frozenset((frozenset({place[a], place[b]}), sure) for a, b, sure in ends if b in place)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(len(ROWS))))
def test_the_order_of_the_records_changes_nothing(order: list[int]) -> None:
    assert _named(found(*(ROWS[at] for at in order)), order) == in_order()


LINKS = st.lists(
    st.builds(Link, st.integers(0, 9), st.integers(10, 19), st.sampled_from((6.0, 9.0, 14.0, 20.0, 40.0))), max_size=25
)
NUMBERS = st.dictionaries(st.integers(0, 19), st.tuples(st.sampled_from("ab"), st.sampled_from("12")))


class TestGroups:
    @given(LINKS, NUMBERS)
    def test_hold_no_two_numbers_of_a_kind(self, links: list[Link], numbers: dict[int, tuple[str, str]]) -> None:
        group, left = groups_of(links, numbers)
        held = {(group[record], *number) for record, number in numbers.items() if record in group}
        assert len({(one, kind) for one, kind, _ in held}) == len(held)
        assert {at for at, link in enumerate(links) if group.get(link.a, 0) != group.get(link.b, -1)} <= set(left)

    @given(LINKS, NUMBERS, st.randoms(use_true_random=False))
    def test_do_not_depend_on_the_order(self, links, numbers, random) -> None:
        group, left = groups_of(links, numbers)
        turned = random.sample(links, len(links))
        again, left_again = groups_of(turned, numbers)
        assert again == group
        assert sorted(links[at] for at in left) == sorted(turned[at] for at in left_again)

    def test_leave_the_weakest_link_and_those_as_weak(self) -> None:
        numbers = {1: ("id", "1"), 4: ("id", "4")}
        chain = [Link(1, 2, 40.0), Link(2, 3, 12.0), Link(3, 4, 30.0)]
        assert groups_of(chain, numbers) == ({1: 1, 2: 1, 3: 2, 4: 2}, [1])
        assert groups_of([Link(1, 2, 12.0), Link(2, 4, 14.0)], numbers) == ({}, [0, 1])

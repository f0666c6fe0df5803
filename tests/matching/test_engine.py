"""Who a row is, told in the toy town: what may be one person without anybody looking, and what never may."""

from __future__ import annotations

from datetime import date
from itertools import islice

import numpy as np
import pytest

from bench.raw_people import County
from lianfang.kernel.identity import check_digit
from lianfang.matching import model
from lianfang.matching.engine import Matched, match
from lianfang.matching.features import features
from lianfang.matching.places import Places
from lianfang.matching.store import MEMORY, Store, build, open_kept

from .conftest import Cells, raw_table

DAY = date(2022, 4, 6)


def number(birth: str, order: int) -> str:
    head = f"999999{birth}{order:03}"
    return head + check_digit(head)


def person(name: str, birth: str, order: int, phone: str, *, room: str = "301", **more: str | None) -> Cells:
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


ADDRESS = "望湖花苑5幢2单元301室"
FOUR = number("19700105", 11)[-4:]
PEOPLE: list[Cells] = [
    person("张建国", "19700105", 11, "19900000001"),
    person("李秀英", "19721112", 12, "19900000002"),
    person("张欣怡", "20010203", 14, "19900000003"),
    person("张欣悦", "20010203", 16, "19900000003"),
    person("吐尔逊·热合曼", "19800808", 21, "19900000005", room="402"),
    person("欧阳文博", "19900909", 31, "19900000006", room="501"),
    person("王伟", "19850505", 41, "19900000007", room="601"),
    person("王伟", "19870707", 43, "19900000008", room="602"),
    person("赵小宝", "20220301", 51, "19900000009", room="701", id=None),
    person("SMITH JOHN", "19750215", 61, "19900000010", room="801", id="EZ9000001", id_kind="护照"),
]


@pytest.fixture(scope="module")
def ledger() -> Store:
    """Ten people worth telling of among two thousand others."""
    others = [row for household in islice(County(7).households(), 700) for row in household]
    raw = raw_table([*PEOPLE, *others])
    places = Places.learned(raw)
    return build([features(raw, today=DAY, places=places)], places, mark="toy")


def decided(ledger: Store, *rows: Cells) -> list[tuple[str, int | None]]:
    table = found(ledger, *rows).answers()
    return list(zip(table["decision"].to_pylist(), table["person"].to_pylist(), strict=True))


def found(ledger: Store, *rows: Cells) -> Matched:
    table = features(raw_table(list(rows)), today=DAY, places=ledger.places)
    return match(ledger, table, model.shipped(), coverage=0.8)


SAME = {
    "the number and the name": {"name": "张建国", "id": number("19700105", 11)},
    "the number, another character of the same sound": {"name": "张建果", "id": number("19700105", 11)},
    "a digit mistyped": {"name": "张建国", "id": number("19700105", 11)[:-3] + "9" + number("19700105", 11)[-2:]},
    "traditional characters, a telephone": {"name": "張建國", "phone": "19900000001"},
    "the telephone of a relative, the door": {"name": "李秀英", "phone": "19900000001", "address": ADDRESS},
    "a masked number and a door": {"name": "张建国", "id": f"999999********{FOUR}", "address": ADDRESS},
    "a compound surname, a changed telephone": {
        "name": "欧阳文博", "phone": "19911111111", "address": "望湖花苑5-2-501",
    },
    "a name cut short, the telephone": {"name": "吐尔逊", "phone": "19900000005", "address": "望湖花苑5幢2单元402"},
    "letters": {"name": "OUYANG/WENBO", "phone": "19900000006"},
    "a passport": {"name": "JOHN SMITH", "id": "EZ9000001"},
    "a passport renewed, a name mistyped": {
        "name": "JONH SMITH", "id": "EZ9555555", "id_kind": "护照", "birth_date": "1975-02-15", "phone": "19900000010",
    },
    "a second given name, the telephone": {"name": "SMITH JOHN ALAN", "phone": "19900000010", "birth_date": "19750215"},
    "a newborn without a number": {"name": "赵小宝", "phone": "19900000009", "birth_date": "2022-03-01"},
    "who moved away": {"name": "欧阳文博", "phone": "19900000006", "address": "望湖花苑9幢1单元101室"},
    "one of two of one name, by the door": {"name": "王伟", "address": "望湖花苑5幢2单元602室"},
}  # fmt: skip
WHO = {
    "李秀英": 2,
    "吐尔逊": 5,
    "欧阳文博": 6,
    "OUYANG/WENBO": 6,
    "JOHN SMITH": 10,
    "JONH SMITH": 10,
    "SMITH JOHN ALAN": 10,
    "赵小宝": 9,
    "王伟": 8,
}


@pytest.mark.parametrize("row", SAME.values(), ids=SAME.keys())
def test_one_person(ledger: Store, row: Cells) -> None:
    assert decided(ledger, row) == [("same", WHO.get(str(row["name"]), 1))]


LOOK = {
    "a surname alone on a telephone of the family": {"name": "张先生", "phone": "19900000003"},
    "a telephone of the ledger and no name": {"phone": "19900000006"},
    "a surname of nobody there on a telephone of the ledger": {"name": "钱先生", "phone": "19900000006"},
    "twins: a name with one character hidden fits both": {"name": "张欣*", "phone": "19900000003"},
    "a name and nothing beside it": {"name": "欧阳文博"},
    "one number under two unrelated names": {"name": "刘德华", "id": number("19700105", 11), "phone": "19900000001"},
    "all but the number says it is her": {
        "name": "李秀英", "id": number("19721212", 12), "phone": "19900000002", "address": ADDRESS,
    },
    "two of one name in one building": {"name": "王伟", "address": "望湖花苑5幢"},
}  # fmt: skip


@pytest.mark.parametrize("row", LOOK.values(), ids=LOOK.keys())
def test_a_person_must_look(ledger: Store, row: Cells) -> None:
    assert decided(ledger, row)[0][0] == "review"


NEW = {
    "a valid number nobody has, of a known name": {"name": "王伟", "id": number("19991231", 71)},
    "a brother who is not in the ledger": {
        "name": "张建军", "id": number("19740404", 13), "phone": "19900000001", "address": ADDRESS,
    },
    "another foreigner behind the same door": {
        "name": "SMITH MARY", "id": "EZ9777777", "id_kind": "护照", "birth_date": "1977-05-05", "phone": "19900000010",
    },
    "a family behind a door of its own": {"name": "钱多多", "phone": "19922222222", "address": "望湖花苑8幢1单元101室"},
}  # fmt: skip


@pytest.mark.parametrize("row", NEW.values(), ids=NEW.keys())
def test_nobody_we_know(ledger: Store, row: Cells) -> None:
    assert decided(ledger, row) == [("new", None)]


def test_the_parts_add_up_to_the_score(ledger: Store) -> None:
    rows = [*SAME.values(), *LOOK.values(), *NEW.values()]
    matched = found(ledger, *rows)
    for pair, probability in enumerate(matched.decided.probability):
        if 0 < probability < 1 - 1e-9 and abs(sum(part[pair] for part in matched.parts.values())) < 80:
            odds = np.log2(probability / (1 - probability))
            assert sum(weight for _, weight in matched.why(pair)) == pytest.approx(odds, abs=1e-6)


def test_a_row_may_be_one_person_only(ledger: Store) -> None:
    matched = found(ledger, *SAME.values(), *LOOK.values(), *NEW.values())
    together = np.bincount(matched.pairs.at, weights=matched.decided.probability)
    assert (together <= 1 + 1e-9).all()


def test_two_valid_numbers_that_differ_are_never_one_person(ledger: Store) -> None:
    rows = [{**row, "id": number("19600606", 900 + at)} for at, row in enumerate([*SAME.values(), *PEOPLE])]
    assert "same" not in {decision for decision, person in decided(ledger, *rows) if person not in (9, 10)}


def test_nobody_is_missing_who_may_be_a_row(ledger: Store) -> None:
    matched = found(ledger, *SAME.values(), *LOOK.values(), *NEW.values())
    assert {1, 2, 3, 4, 5, 6, 7, 8, 9, 10} <= set(matched.seen().tolist())


def test_the_order_of_the_rows_changes_nothing(ledger: Store) -> None:
    rows = [*SAME.values(), *LOOK.values(), *NEW.values()]
    turned = decided(ledger, *reversed(rows))
    assert decided(ledger, *rows) == turned[::-1]


def test_nobody_in_the_ledger_and_nobody_on_the_list() -> None:
    places = Places.learned(raw_table(PEOPLE))
    nobody = build([features(raw_table([{"name": None}]), today=DAY, places=places)], places, mark="nobody")
    assert decided(nobody, *PEOPLE) == [("new", None)] * len(PEOPLE)
    assert found(nobody, {"name": ""}).answers()["decision"].to_pylist() == ["new"]


def test_a_kept_ledger_answers_as_a_new_one(ledger: Store, tmp_path) -> None:
    raw = raw_table(PEOPLE)
    places = Places.learned(raw)
    path = tmp_path / "ledger.duckdb"
    build([features(raw, today=DAY, places=places)], places, mark="one", path=path).close()
    assert path.stat().st_mode & 0o077 == 0
    kept = open_kept(path, mark="one")
    assert kept is not None
    assert decided(kept, *SAME.values()) == decided(
        build([features(raw, today=DAY, places=places)], places, mark="two"), *SAME.values()
    )
    kept.close()
    assert open_kept(path, mark="another ledger") is None
    path.write_bytes(b"no database")
    assert open_kept(path, mark="one") is None


def test_what_does_not_fit_into_memory_gets_more_room(ledger: Store) -> None:
    rows = [*SAME.values(), *LOOK.values(), *NEW.values()]
    expected = decided(ledger, *rows)
    ledger.con.execute("SET memory_limit = '1MB'")
    try:
        assert decided(ledger, *rows) == expected
    finally:
        ledger.con.execute(f"SET memory_limit = '{MEMORY}'")

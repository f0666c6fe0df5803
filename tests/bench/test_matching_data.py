"""The generator of the matching benchmark: numbers nobody has, truth that holds, noise as often as it says."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest

from bench.matching.addresses import STYLES, in_style, spoken
from bench.matching.cells import spoil_name, spoil_number
from bench.matching.generate import Ledger, Listed, ledger, listed, write_all
from bench.matching.numbers import Numbers
from bench.matching.people import TODAY
from bench.matching.places import Home, Place
from bench.matching.tables import homophones, look_alikes, regional
from lianfang.kernel.identity import IdentityKind, read_identity

PEOPLE, ROWS = 12_000, 6_000
NUMBER = Numbers(Random(1)).identity(date(1985, 6, 7).toordinal(), "1")


@pytest.fixture(scope="module")
def known() -> Ledger:
    return ledger(PEOPLE, 7)


@pytest.fixture(scope="module")
def normal(known: Ledger) -> Listed:
    return listed(known, ROWS, 7)


@pytest.fixture(scope="module")
def hard(known: Ledger) -> Listed:
    return listed(known, ROWS, 7, "hard")


def _noise(made: Listed) -> Counter[str]:
    return Counter(fault for row in made.rows for fault in row.noise)


class TestALedger:
    def test_has_as_many_rows_as_asked(self, known: Ledger) -> None:
        assert len(known.people) == len(known.household_of) == PEOPLE
        assert len(list(known.rows())) == PEOPLE

    def test_gives_valid_numbers_of_the_division_nobody_has(self, known: Ledger) -> None:
        citizens = [one for one in known.people if one.kind == "身份证"]
        assert len(citizens) > PEOPLE * 0.95
        for one in citizens:
            read = read_identity(one.number, today=TODAY)
            assert (read.valid, read.kind) == (True, IdentityKind.RESIDENT_ID)
            assert one.number.startswith("999999")
            assert (read.birth_date, read.sex) == (one.birth_date, one.sex)

    def test_gives_every_number_once(self, known: Ledger) -> None:
        first = known.people[: PEOPLE - len(known.twice)]
        assert max(Counter(one.number for one in first if one.number).values()) == 1

    def test_gives_unassigned_telephones_that_families_share(self, known: Ledger) -> None:
        phones = Counter(one.phone for one in known.people if one.phone)
        assert all(len(phone) == 11 and phone.startswith("1990") for phone in phones)
        assert sum(count > 1 for count in phones.values()) > PEOPLE * 0.05

    def test_holds_foreigners_minorities_and_children_without_number(self, known: Ledger) -> None:
        assert any(one.latin and one.number.startswith("ZZ") for one in known.people)
        assert any("·" in one.name for one in known.people)
        assert any(not one.number and one.birth_date > date(2021, 1, 1) for one in known.people)

    def test_holds_two_in_a_thousand_twice(self, known: Ledger) -> None:
        assert len(known.twice) == round(PEOPLE * 0.002)
        for own, second in known.twice.items():
            one, copy = known.people[own - 1], known.people[second - 1]
            assert (one.born, one.sex) == (copy.born, copy.sex)
            assert copy.number in ("", one.number)

    def test_has_twins_among_brothers_and_sisters(self) -> None:
        big = ledger(40_000, 8)
        children = [
            (one, two)
            for one, two in zip(big.people, big.people[1:], strict=False)
            if one.relation in "子女" and two.relation in "子女" and one.home is two.home
        ]
        share = sum(one.born == two.born for one, two in children) / len(children)
        assert 0.04 < share < 0.08

    def test_is_the_same_for_the_same_seed_only(self) -> None:
        first, second, other = (list(ledger(1_500, seed).rows()) for seed in (5, 5, 6))
        assert first == second
        assert first != other


class TestAList:
    def test_is_three_quarters_known_people(self, normal: Listed) -> None:
        origins = Counter(row.origin for row in normal.rows)
        assert origins == {"ledger": 4560, "repeat": 300, "outside": 570, "member": 570}
        assert all((row.ledger_row > 0) == (row.origin in ("ledger", "repeat")) for row in normal.rows)

    def test_names_the_right_person_where_nothing_was_spoiled(self, known: Ledger, normal: Listed) -> None:
        clean = [row for row in normal.rows if row.ledger_row and not row.noise]
        assert len(clean) > ROWS * 0.2
        for row in clean:
            person = known.people[row.ledger_row - 1]
            assert (row.cells[1], row.cells[3]) == (person.name, person.number)

    def test_takes_strangers_that_the_ledger_does_not_have(self, known: Ledger, normal: Listed) -> None:
        held = {one.number for one in known.people if one.number}
        strange = [row for row in normal.rows if not row.ledger_row and not any("id:" in fault for fault in row.noise)]
        assert strange
        assert not any(row.cells[3] in held for row in strange)

    @pytest.mark.parametrize(
        ("fault", "least", "most"),
        [
            ("id:missing", 0.035, 0.085),
            ("id:masked", 0.07, 0.14),
            ("name:homophone", 0.022, 0.045),
            ("name:regional", 0.005, 0.016),
            ("name:look_alike", 0.008, 0.02),
            ("name:masked", 0.02, 0.036),
            ("phone:changed", 0.05, 0.085),
            ("phone:relative", 0.03, 0.085),
            ("phone:masked", 0.05, 0.09),
            ("address:missing", 0.18, 0.28),
            ("address:moved", 0.04, 0.08),
        ],
    )
    def test_is_spoiled_as_often_as_the_rates_say(self, normal: Listed, fault: str, least: float, most: float) -> None:
        assert least < _noise(normal)[fault] / ROWS < most

    def test_has_few_numbers_when_it_is_hard(self, hard: Listed) -> None:
        noise = _noise(hard)
        assert 0.57 < noise["id:missing"] / ROWS < 0.63
        assert 0.08 < noise["id:masked"] / ROWS < 0.12
        assert noise["phone:missing"] / ROWS > 0.3
        assert noise["name:homophone"] / ROWS > 0.05

    def test_is_the_same_for_the_same_seeds(self, tmp_path: Path) -> None:
        for folder in ("one", "two"):
            write_all(tmp_path / folder, people=1_500, rows=400, seed=3)
        files = sorted(path.name for path in (tmp_path / "one").iterdir())
        assert files == ["hard.csv", "hard_truth.csv", "ledger.csv", "list.csv", "list_truth.csv"]
        for name in files:
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()

    def test_counts_its_truth_like_its_rows(self, tmp_path: Path) -> None:
        write_all(tmp_path, people=1_500, rows=400, seed=3)
        with (tmp_path / "list_truth.csv").open(encoding="utf-8-sig") as source:
            truth = list(csv.DictReader(source))
        with (tmp_path / "list.csv").open(encoding="utf-8-sig") as source:
            rows = list(csv.reader(source))[1:]
        assert [one["row"] for one in truth] == [row[0] for row in rows] == [str(row) for row in range(1, 401)]

    def test_cannot_want_more_people_than_there_are(self) -> None:
        with pytest.raises(ValueError, match="the ledger has"):
            listed(ledger(500, 1), 1_000, 1)


class TestNoise:
    @pytest.mark.parametrize("what", ["wrong_digit", "swapped", "lost", "doubled", "excel"])
    def test_never_leaves_a_valid_number(self, what: str) -> None:
        random = Random(1)
        for _ in range(200):
            spoiled = spoil_number(random, NUMBER, what)
            assert spoiled
            assert spoiled != NUMBER
            assert not read_identity(spoiled, today=TODAY).valid

    def test_shortens_to_fifteen_digits_only_who_was_born_in_the_last_century(self) -> None:
        assert spoil_number(Random(1), NUMBER, "fifteen") == f"{NUMBER[:6]}{NUMBER[8:17]}"
        assert spoil_number(Random(1), f"{NUMBER[:6]}20{NUMBER[8:]}", "fifteen") is None

    def test_hides_digits_in_five_shapes(self) -> None:
        random = Random(2)
        masks = {spoil_number(random, NUMBER, "masked").translate({88: "*"}) for _ in range(300)}
        assert len(masks) == 5

    def test_knows_characters_that_sound_or_look_alike(self) -> None:
        sounds, shapes, far = homophones("伟"), look_alikes("拢"), regional("张")
        assert sounds and "伟" not in sounds.values and "维" in sounds.values
        assert shapes and "笼" in shapes.values
        assert far and "张" not in far.values and "赞" in far.values

    def test_leaves_the_surname_in_a_masked_compound_name(self) -> None:
        shapes = {spoil_name(Random(seed), "欧阳明", "masked") for seed in range(40)}
        assert "欧**" in shapes

    def test_writes_one_door_in_a_dozen_ways(self) -> None:
        flat = Home(Place("云澜街道", "望湖", "望湖花苑", "多层小区", "望湖路8号"), "12", "2", "301")
        house = Home(Place("云澜街道", "后塘", "后塘村", "自然村", "后塘路9号"), "5", "", "115")
        assert len({in_style(flat, style) for style in range(STYLES)}) == STYLES
        assert in_style(flat, 6) == "望湖社区望湖花苑十二幢二单元三零一室"
        assert in_style(house, 6) == "后塘社区后塘村五组115号"

    @pytest.mark.parametrize(
        ("number", "said"), [("3", "三"), ("10", "十"), ("12", "十二"), ("20", "二十"), ("105", "一零五")]
    )
    def test_says_numbers(self, number: str, said: str) -> None:
        assert spoken(number) == said

"""Raw cells of invented people, clean as a ledger has them and messy as lists do: division 999999, telephones 1990…"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random

import pyarrow as pa

from lianfang.jobs.demo_names import PlaceNames, draw_foreign, draw_given, draw_minority, draw_surname
from lianfang.kernel.identity import check_digit

TODAY = date(2026, 11, 28)
TOWNS = ("云澜街道", "清溪街道", "石桥镇", "白沙街道", "桃源镇", "安和乡")
KINDS = ("多层小区", "多层小区", "高层小区", "安置小区", "自然村")
HOUSEHOLD = 3
Row = dict[str, str | None]


class County:
    """Compounds, buildings and villages of a county, and the people who live there."""

    def __init__(self, seed: int, *, communities: int = 120) -> None:
        self._random, names = Random(seed), PlaceNames(Random(seed))
        self._count = seed * 1_000_003
        self._places: list[tuple[str, str, str, str]] = []
        for index in range(communities):
            community = names.community()
            for _ in range(4):
                compound = names.compound(community, self._random.choice(KINDS))
                self._places.append((TOWNS[index % len(TOWNS)], f"{community}社区", compound.name, compound.kind))

    def households(self) -> Iterator[list[Row]]:
        """Households in the order of their doors, again and again through the county."""
        random = self._random
        while True:
            for town, community, compound, kind in self._places:
                for block in range(1, random.randint(5, 25)):
                    for home in range(1, random.randint(15, 50)):
                        yield self._household((town, community, compound, *_door(kind, block, home)))

    def person(self) -> Row:
        """Somebody from a door anywhere in the county."""
        random = self._random
        town, community, compound, kind = random.choice(self._places)
        door = _door(kind, random.randint(1, 24), random.randint(1, 49))
        return random.choice(self._household((town, community, compound, *door)))

    def _household(self, where: tuple[str, str, str, str, str, str]) -> list[Row]:
        random = self._random
        surname, phone = draw_surname(random), self._phone()
        town, community, compound, building, unit, room = where
        suffix = "室" if unit else ""
        people = []
        for _ in range(random.randint(1, 2 * HOUSEHOLD - 1)):
            sex = random.choice("12")
            born = TODAY - timedelta(days=random.randrange(95 * 365))
            name = surname + draw_given(random, sex=sex, born=born.year)
            if random.random() < 0.006:
                name = draw_minority(random)
            people.append(
                {
                    "name": name,
                    "id_kind": "居民身份证",
                    "id": self._identity(born, sex) if random.random() > 0.012 else None,
                    "phone": phone if random.random() < 0.4 else self._phone(),
                    "sex": "男" if sex == "1" else "女",
                    "birth_date": born.isoformat(),
                    "community": community,
                    "compound": compound,
                    "building": building,
                    "unit": unit or None,
                    "room": room,
                    "address": f"云岭县{town}{community}{compound}{building}{unit}{room}{suffix}",
                }
            )
        return people

    def _identity(self, born: date, sex: str) -> str:
        self._count += 7
        first17 = f"999999{born:%Y%m%d}{self._count % 500 * 2 + (sex == '1'):03}"
        return first17 + check_digit(first17)

    def _phone(self) -> str:
        self._count += 1
        return f"1990{self._count * 4_567_891 % 10_000_000:07}"


def _door(kind: str, block: int, home: int) -> tuple[str, str, str]:
    if kind == "自然村":
        return f"{block}组", "", f"{home}号"
    floor, flat = divmod(home, 4)
    return f"{block}幢", f"{1 + home % 3}单元", f"{floor + 1}0{flat + 1}"


def ledger(county: County, rows: int) -> Iterator[pa.Table]:
    """A ledger of at least so many rows, in batches."""
    batch: list[Row] = []
    for household in county.households():
        batch += household
        if len(batch) >= min(65_536, rows):
            yield pa.Table.from_pylist(batch)
            rows -= len(batch)
            batch = []
        if rows <= 0:
            return


def messy_list(county: County, rows: int, *, seed: int) -> pa.Table:
    """A list as it comes: cells missing, masked, decorated, in every style; addresses in one cell."""
    dirt = Dirt(Random(seed))
    return pa.Table.from_pylist([dirt.row(county.person()) for _ in range(rows)])


class Dirt:
    """Writes cells as people write them. The shares are those of common lists: a third of the cells of a column."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def row(self, clean: Row) -> Row:
        """The row as a list would have it."""
        return {
            "name": self.name(clean["name"] or ""),
            "id": self.identity(clean["id"] or ""),
            "phone": self.phone(clean["phone"] or ""),
            "sex": clean["sex"] if self._random.random() < 0.7 else None,
            "address": self.address(clean),
        }

    def _one_of(self, text: str, ways: tuple[tuple[float, Callable[[str], str | None]], ...]) -> str | None:
        chance = self._random.random()
        for share, way in ways:
            chance -= share
            if chance < 0:
                return way(text)
        return text

    def name(self, name: str) -> str | None:
        """A name."""
        return self._one_of(
            name,
            (
                (0.03, " ".join),
                (0.03, lambda n: n + self._random.choice(("先生", "女士", "(女儿)", "（户主）", "同志"))),
                (0.04, lambda n: n[0] + "*" + n[2:]),
                (0.02, lambda n: n[0] + "某某"),
                (0.02, lambda n: n[:1]),
                (0.02, lambda n: n.translate(str.maketrans("张陈刘杨赵吴国华", "張陳劉楊趙吳國華"))),
                (0.02, lambda _: draw_foreign(self._random)[0]),
                (0.01, lambda n: f"{n} ZHANG SAN"),
                (0.02, lambda n: f" {n}\u200b"),
                (0.02, lambda n: f"{self._random.randint(1, 99)}.{n}"),
                (0.01, lambda n: f"{n}、{draw_surname(self._random)}小明"),
                (0.01, lambda n: f"{n} 1990000{self._random.randint(1000, 9999)}"),
                (0.02, lambda _: None),
                (0.01, lambda _: "不详"),
            ),
        )

    def identity(self, number: str) -> str | None:
        """A document number."""
        at = self._random.randrange(17)
        if not number:
            return None
        return self._one_of(
            number,
            (
                (0.08, lambda _: None),
                (0.05, lambda n: n[:6] + "*" * 8 + n[14:]),
                (0.02, lambda n: n[:14] + "****"),
                (0.02, lambda n: n[:at] + self._random.choice("0123456789") + n[at + 1 :]),
                (0.01, lambda n: n[:at] + n[at + 1 :]),
                (0.02, lambda n: n.lower()),
                (0.03, lambda n: f"'{n}"),
                (0.02, lambda n: f"{n[:6]} {n[6:14]} {n[14:]}"),
                (0.02, lambda n: f"身份证号:{n}"),
                (0.02, lambda n: n[:6] + n[8:17]),
                (0.02, lambda n: n.translate(str.maketrans("0123456789", "０１２３４５６７８９"))),
                (0.01, lambda _: f"ZZ{self._random.randint(0, 9_999_999):07}"),
                (0.01, lambda _: f"H98{self._random.randint(0, 999_999):06}"),
                (0.01, lambda _: "无"),
            ),
        )

    def phone(self, number: str) -> str | None:
        """A telephone."""
        return self._one_of(
            number,
            (
                (0.07, lambda _: None),
                (0.07, lambda n: n[:3] + "****" + n[7:]),
                (0.03, lambda n: f"+86 {n}"),
                (0.03, lambda n: f"{n[:3]}-{n[3:7]}-{n[7:]}"),
                (0.03, lambda n: f"{n}(女儿)"),
                (0.02, lambda n: f"{n}\n1990{self._random.randint(0, 9_999_999):07}"),
                (0.01, lambda n: f"{n}.0"),
                (0.01, lambda _: f"0590-{self._random.randint(2_000_000, 8_999_999)}"),
                (0.01, lambda n: n[:10]),
                (0.01, lambda n: n.translate(str.maketrans("0123456789", "０１２３４５６７８９"))),
            ),
        )

    def address(self, row: Row) -> str | None:
        """Where somebody lives, in one of many styles."""
        random = self._random
        compound, community = row["compound"] or "", row["community"] or ""
        building, unit, room = row["building"] or "", row["unit"] or "", row["room"] or ""
        number, entrance = building.rstrip("幢组"), unit.removesuffix("单元")
        styles: tuple[Callable[[], str | None], ...] = (
            lambda: row["address"],
            lambda: row["address"],
            lambda: f"{compound}{building}{unit}{room}",
            lambda: f"{compound}{building}{unit}{room}室",
            lambda: f"{community}{compound}{building}{unit}{room}",
            lambda: "-".join(filter(None, (compound + number, entrance, room))),
            lambda: f"{compound}{number}#{room}",
            lambda: f"{compound}{number}号楼{unit}{room}室",
            lambda: f"{compound} {building} {unit} {room}",
            lambda: f"{compound}{building}",
            lambda: f"{compound}{_chinese(number)}幢{_chinese(entrance)}单元{room}",
            lambda: f"{compound}０{number}幢{room}室",
            self._elsewhere,
            lambda: f"云岭县{random.choice(TOWNS)}",
            lambda: f"{compound}{building}{unit}{room}旁边",
            lambda: f"{compound}{number}栋{random.randint(1, 9)}楼{room}",
            lambda: None,
            lambda: "",
        )
        return random.choice(styles)()

    def _elsewhere(self) -> str:
        block, entrance, floor, flat = (self._random.randint(1, most) for most in (40, 4, 12, 4))
        return f"云州市北岭区梅林街道夏晖小区{block}幢{entrance}单元{floor}0{flat}"


def _chinese(number: str) -> str:
    return "".join("零一二三四五六七八九"[int(digit)] for digit in number) if number.isdigit() else ""
